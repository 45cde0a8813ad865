/** How the commands read their options and tell what goes wrong. */
import { parseArgs, type ParseArgsConfig } from "node:util";

/** The command line is wrong, or the server cannot start; the message is for the person who typed it. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

type OptionsConfig = NonNullable<ParseArgsConfig["options"]>;

type Parsed<Options extends OptionsConfig> = ReturnType<
  typeof parseArgs<{ args: string[]; options: Options; allowPositionals: true; strict: true }>
>;

/** Reads the options and names of a command. Refuses unknown options with `UsageError` and the help text. */
export function readArguments<Options extends OptionsConfig>(
  help: string,
  args: string[],
  options: Options,
): Parsed<Options> {
  try {
    return parseArgs({ args, options, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n\n${help}`);
  }
}

/** Exactly `names.length` names. Refuses more and fewer with `UsageError`. */
export function requireNames(help: string, given: string[], ...names: string[]): string[] {
  if (given.length === names.length) return given;
  const expected = names.length === 0 ? "no names" : names.join(" ");
  throw new UsageError(`Expected ${expected}, not "${given.join(" ")}".\n\n${help}`);
}
