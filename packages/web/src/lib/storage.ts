/**
 * Reads JSON from the browser's storage.
 *
 * @returns null when there is nothing, when it is not JSON, or when the browser blocks storage.
 */
export function readStored(key: string): unknown {
  try {
    const text = localStorage.getItem(key);
    return text === null ? null : JSON.parse(text);
  } catch {
    return null;
  }
}

/** Writes JSON to the browser's storage; null removes the key. A blocked or full storage changes nothing. */
export function writeStored(key: string, value: unknown): void {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // Nothing typed depends on storage alone: the page still holds it.
  }
}
