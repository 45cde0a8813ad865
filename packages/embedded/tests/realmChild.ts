/** Prints what a function sees of the machine it runs on, from an environment of the test's choice. */
import { Compiler } from "../src/runtime/code.ts";
import { Realm } from "../src/runtime/realm.ts";

const source = `export const seen = {
  text: String(new Date(0)),
  time: new Date(0).toTimeString(),
  date: new Date(0).toLocaleString(),
  hours: new Date(0).getHours(),
  zone: new Intl.DateTimeFormat().resolvedOptions().timeZone,
  locale: Intl.NumberFormat().resolvedOptions().locale,
  isFormat: Intl.NumberFormat("de") instanceof Intl.NumberFormat,
  number: (1234.5).toLocaleString(),
  german: (1234.5).toLocaleString("de"),
  country: new Intl.DisplayNames(undefined, { type: "region" }).of("DE"),
  list: [1.5, new Date(0)].toLocaleString(),
  upper: "i".toLocaleUpperCase(),
  order: ["z", "\u00e4"].sort((a, b) => a.localeCompare(b)).join(""),
};`;
const code = await new Compiler().compile([{ path: "seen.js", source, environment: "isolate" }]);
const realm = new Realm({ code, kind: "transaction", environment: {} });
process.stdout.write(JSON.stringify(realm.load("seen.js")["seen"]));
