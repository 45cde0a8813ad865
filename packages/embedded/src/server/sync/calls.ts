/** Calls of functions as clients ask for them. */
import type { FunctionCall } from "../../types.ts";
import type { Caller } from "../auth/caller.ts";
import { parseArgs } from "../http/values.ts";
import { ProtocolError, type AddQuery, type FunctionRequest } from "./messages.ts";

/** What a caller may do, as a call carries it. */
export function rightsOf(caller: Caller): Pick<FunctionCall, "identity" | "access"> {
  return { identity: caller.identity, access: caller.isAdmin ? "any" : "public" };
}

/**
 * The call a client asks for. Refuses arguments that are none with `ApiError`, and with `ProtocolError` a
 * component without the admin key.
 */
export function callOf(
  { udfPath, args, componentPath }: FunctionRequest | AddQuery,
  caller: Caller,
): FunctionCall {
  if (componentPath != null && !caller.isAdmin) {
    throw new ProtocolError("Functions of components need the admin key.");
  }
  return {
    component: componentPath ?? "",
    path: udfPath,
    args: parseArgs(args),
    ...rightsOf(caller),
  };
}
