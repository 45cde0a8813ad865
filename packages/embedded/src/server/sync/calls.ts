/** Calls of functions as clients ask for them. */
import type { FunctionCall } from "../../types.ts";
import type { Caller } from "../auth/caller.ts";
import { parseArgs } from "../http/values.ts";
import { ProtocolError, type AddQuery, type FunctionRequest } from "./messages.ts";

/** What a caller may do, as a call carries it. */
export function rightsOf(caller: Caller): Pick<FunctionCall, "identity" | "access"> {
  return { identity: caller.identity, access: caller.isAdmin ? "any" : "public" };
}

const COMPONENT_REFUSAL = "Functions of components need the admin key.";

/** Why a query may not run any more: its client had the admin key when it asked, and has become somebody else. */
export function refusalOf({ component, access }: FunctionCall): string | undefined {
  return component !== "" && access === "public" ? COMPONENT_REFUSAL : undefined;
}

/**
 * The call a client asks for. Refuses arguments that are none with `ApiError`, and with `ProtocolError` a
 * component without the admin key.
 */
export function callOf(
  { udfPath, args, componentPath }: FunctionRequest | AddQuery,
  caller: Caller,
): FunctionCall {
  if (componentPath != null && !caller.isAdmin) throw new ProtocolError(COMPONENT_REFUSAL);
  return {
    component: componentPath ?? "",
    path: udfPath,
    args: parseArgs(args),
    ...rightsOf(caller),
  };
}
