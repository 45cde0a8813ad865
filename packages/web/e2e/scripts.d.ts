declare module "*/scripts/lib/browser.mjs" {
  /** The Chromium to test with, or null. */
  export function findChromium(): string | null;
}
