/** The join code in what a person pasted: the code itself, or a link that ends in it. */
export function joinCodeOf(text: string): string {
  const trimmed = text.trim();
  const afterJoin = /\/join\/([^/?#\s]+)/.exec(trimmed)?.[1];
  return afterJoin ?? trimmed;
}

/** The link that lets someone join, on the site the page was opened from. */
export function joinLink(code: string): string {
  return `${location.origin}/join/${code}`;
}
