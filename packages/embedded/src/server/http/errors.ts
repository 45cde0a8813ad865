/** A request the server refuses, with the status and the `{code, message}` body the official clients read. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;
  readonly code: string;

  /** `status` is an HTTP status in 400..599; `code` one word for programs, `message` a sentence for people. */
  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export function badRequest(code: string, message: string): ApiError {
  return new ApiError(400, code, message);
}
