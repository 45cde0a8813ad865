/** What the store refuses: `StoreError` is for the operator, `DatabaseError` for the author of a function. */

export type StoreErrorCode =
  | "LOCKED"
  | "NEWER_FORMAT"
  | "DAMAGED"
  | "UNUSABLE"
  | "EXISTS"
  | "CLOSED"
  | "SCHEMA"
  | "IMPORT"
  | "WRITE";

/** The data directory cannot be opened or written to, or a deploy does not fit the rows in it. */
export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

export type DatabaseErrorCode =
  | "DocumentNotFound"
  | "IndexNotFound"
  | "InvalidCursor"
  | "InvalidId"
  | "InvalidQuery"
  | "InvalidTable"
  | "InvalidValue"
  | "ReadOnly"
  | "SchemaEnforcement"
  | "TransactionLimit"
  | "Unsupported";

/** A function asked for something the database refuses; its message is thrown into the function. */
export class DatabaseError extends Error {
  override readonly name = "DatabaseError";
  readonly code: DatabaseErrorCode;

  constructor(code: DatabaseErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
