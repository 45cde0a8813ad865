/** The last character there is: nothing that begins with a prefix comes after the prefix with this behind it. */
const LAST_CHARACTER = "\u{10FFFF}";

/** A name or a part of one as it is searched by: without capitals, accents and space around it. */
export function searchForm(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().trim();
}

/** Where the texts that begin with a prefix end, exclusive. */
export function afterPrefix(prefix: string): string {
  return prefix + LAST_CHARACTER;
}
