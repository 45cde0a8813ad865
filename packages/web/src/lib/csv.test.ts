import { expect, test } from "vitest";
import { csvFileName, csvOf } from "./csv";

const lines = (...rows: Array<Array<string | number | null>>) => csvOf(rows).slice(1).split("\r\n");

test("rows end with CRLF, after a byte order mark", () => {
  expect(
    csvOf([
      ["a", "b"],
      [1, null],
    ]),
  ).toBe("\uFEFFa,b\r\n1,\r\n");
});

test("commas, quotes and line breaks are quoted, quotes doubled", () => {
  expect(lines(['say "hi", please', "two\nlines"])[0]).toBe('"say ""hi"", please","two\nlines"');
});

test.each(["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "=cmd|' /C calc'!A0"])(
  "F13 %j cannot run as a formula",
  (text) => {
    expect(lines([text])[0]).toBe(`'${text}`);
  },
);

test("F13 a carriage return in front is disarmed and quoted", () => {
  expect(csvOf([["\r=1+1"]])).toBe(`\uFEFF"'\r'=1+1"\r\n`);
});

test.each([
  ["Ada;=HYPERLINK(A1)", "Ada;'=HYPERLINK(A1)"],
  ["Ada\t@SUM(A1)", "Ada\t'@SUM(A1)"],
  ['Ada;"=1+1', `"Ada;'""=1+1"`],
  ["wet\n+1", `"wet\n'+1"`],
])("F13 %j cannot run where a spreadsheet splits cells inside it", (text, cell) => {
  expect(lines([text])[0]).toBe(cell);
});

test("numbers stay numbers, negative ones too", () => {
  expect(lines([-5, 0, 12.5])[0]).toBe("-5,0,12.5");
});

test("a formula inside a text is a text", () => {
  expect(lines(["a=1; b - c"])[0]).toBe("a=1; b - c");
});

test("the name of the file suits every system", () => {
  expect(csvFileName("Läuft: «2026»/B", "ledger", "2026-06-10")).toBe(
    "läuft-2026-b-ledger-2026-06-10.csv",
  );
  expect(csvFileName("???", "activities", "2026-06-10")).toBe("activities-2026-06-10.csv");
});
