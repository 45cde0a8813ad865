/** Names that a deployment accepts, with Convex's words for those it does not. */

const MAX_LENGTH = 64;

/** Why `name` cannot be the name of a function or of a validator's field; null when it can. */
export function identifierProblem(name: string): string | null {
  if (name === "") return "Identifier cannot be empty";
  if (!/^[a-zA-Z_]/.test(name)) {
    return `Invalid first character '${name[0]}' in ${name}: Identifiers must start with an alphabetic character or underscore`;
  }
  const invalid = /\W/.exec(name);
  if (invalid) {
    return `Identifier ${name} has invalid character '${invalid[0]}': Identifiers can only contain alphanumeric characters or underscores`;
  }
  if (name.length > MAX_LENGTH) {
    return `Identifier is too long (${name.length} > maximum ${MAX_LENGTH})`;
  }
  return /^_+$/.test(name) ? `Identifier ${name} cannot have exclusively underscores` : null;
}

/** Why `part` cannot be a folder or a file in the path of a module; null when it can. */
export function pathProblem(part: string): string | null {
  if (part.length > MAX_LENGTH) {
    return `Path component is too long (${part.length} > maximum ${MAX_LENGTH}).`;
  }
  if (!/^[\w.]*$/.test(part)) {
    return `Path component ${part} can only contain alphanumeric characters, underscores, or periods.`;
  }
  return /[a-zA-Z0-9]/.test(part)
    ? null
    : `Path component ${part} must have at least one alphanumeric character.`;
}

/** True for the names of tables and indexes. */
export function isTableOrIndexName(name: string): boolean {
  return /^[a-zA-Z]\w*$/.test(name) && name.length <= MAX_LENGTH;
}
