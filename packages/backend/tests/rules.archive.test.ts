import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  MAX_ARCHIVE_CHARACTERS,
  MAX_ARCHIVE_ROWS,
  parseArchive,
  type Archive,
} from "../lib/rules/archive";

/** The columns we read and their neighbours, as exports since 2021 spell them in four languages. */
const ENGLISH =
  "Activity ID,Activity Date,Activity Name,Activity Type,Activity Description,Elapsed Time,Distance,Max Heart Rate,Relative Effort,Commute,Activity Private Note,Activity Gear,Filename,Athlete Weight,Bike Weight,Elapsed Time,Moving Time,Distance,Max Speed,Average Speed,Elevation Gain";
const GERMAN =
  "Aktivitäts-ID,Aktivitätsdatum,Name der Aktivität,Aktivitätsart,Aktivitätsbeschreibung,Verstrichene Zeit,Distanz,Max. Herzfrequenz,Relative Leistung,Pendeln,Hinweis,Ausrüstung,Dateiname,Sportlergewicht,Fahrradgewicht,Verstrichene Zeit,Bewegungszeit,Distanz,Höchstgeschw.,Durchschnittliche Geschwindigkeit,Höhenzunahme";
const DUTCH =
  "Activiteits-ID,Datum van activiteit,Naam activiteit,Activiteitstype,Beschrijving,Verstreken tijd,Afstand,Max. hartslag,Relatieve inspanning,Woon-werk,Notitie,Uitrusting,Bestandsnaam,Gewicht,Fietsgewicht,Verstreken tijd,Beweegtijd,Afstand,Max. snelheid,Gemiddelde snelheid,Totale stijging";
const CZECH =
  "ID aktivity,Datum aktivity,Název aktivity,Typ aktivity,Popis aktivity,Uplynulý čas,Vzdálenost,Maximální tepová frekvence,Relativní úsilí,Dojíždění,Poznámka,Vybavení,Název souboru,Hmotnost sportovce,Hmotnost kola,Uplynulý čas,Aktivní čas,Vzdálenost,Maximální rychlost,Průměrná rychlost,Nastoupaná výška";
/** Exports of 2019 and 2020: two columns fewer before the precise block. */
const ENGLISH_2020 =
  "Activity ID,Activity Date,Activity Name,Activity Type,Activity Description,Elapsed Time,Distance,Relative Effort,Commute,Activity Gear,Filename,Athlete Weight,Bike Weight,Elapsed Time,Moving Time,Distance,Max Speed,Average Speed,Elevation Gain";

interface Cells {
  id: string;
  date: string;
  title: string;
  sport: string;
  elapsed: string;
  shown: string;
  preciseElapsed: string;
  moving: string;
  metres: string;
  elevation: string;
}

/** One row of the 21 columns above; a cell that needs quotation marks gets them. */
function row(change: Partial<Cells> = {}): string {
  const cells = {
    id: "12070555079",
    date: "May 29, 2022, 3:53:35 PM",
    title: "Morning run",
    sport: "Run",
    elapsed: "1428",
    shown: "3.32",
    preciseElapsed: "1428.0",
    moving: "1411.0",
    metres: "3322.949951171875",
    elevation: "61.878829",
    ...change,
  };
  const { id, date, title, sport, elapsed, shown, preciseElapsed, moving, metres, elevation } =
    cells;
  const first = [id, date, title, sport, "", elapsed, shown, "", "", "false", "", "", "", "", ""];
  return [...first, preciseElapsed, moving, metres, "", "", elevation]
    .map((cell) => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell))
    .join(",");
}

function read(text: string, zone = "UTC"): Archive {
  const archive = parseArchive(text, { zone });
  if (!archive.ok) throw new Error(archive.problem);
  return archive;
}

function only(text: string, zone?: string) {
  const { rows, refused } = read(text, zone);
  expect(refused).toEqual([]);
  expect(rows).toHaveLength(1);
  return rows[0];
}

/** Why the single row of a file was refused. */
function refusal(header: string, change: Partial<Cells>): string | undefined {
  const { rows, refused } = read(`${header}\n${row(change)}\n`);
  expect(rows).toEqual([]);
  expect(refused).toHaveLength(1);
  expect(refused[0]?.line).toBe(2);
  return refused[0]?.problem;
}

const EXPECTED = {
  externalId: "12070555079",
  sport: "Run",
  startedAt: Date.UTC(2022, 4, 29, 15, 53, 35),
  loggedDate: "2022-05-29",
  metrics: { distance_m: 3322.95, duration_s: 1428, moving_s: 1411, elevation_m: 61.879 },
  title: "Morning run",
};

describe("headers", () => {
  test("English, by name", () => {
    expect(only(`${ENGLISH}\n${row()}\n`)).toEqual(EXPECTED);
    expect(read(`${ENGLISH}\n`)).toEqual({
      ok: true,
      generation: { language: "en", columns: 21 },
      rows: [],
      refused: [],
      adjusted: [],
    });
  });

  test("the column count and further columns do not matter", () => {
    expect(only(`${ENGLISH},Type,Future Column,Media\n${row()},,,\n`)).toEqual(EXPECTED);
  });

  test("German and Dutch by name, Czech by position", () => {
    const languages = [
      [GERMAN, "de", { sport: "Lauf", shown: "3,32", date: "29.05.2022, 15:53:35" }],
      [DUTCH, "nl", { sport: "Hardloopsessie", shown: "3,32", date: "29 mei 2022, 15:53:35" }],
      [CZECH, "other", { sport: "Běh", shown: "3,32", date: "29. 5. 2022 15:53:35" }],
    ] as const;
    for (const [header, language, change] of languages) {
      const text = `${header}\n${row(change)}\n`;
      expect(only(text)).toEqual({ ...EXPECTED, sport: change.sport });
      expect(read(text).generation).toEqual({ language, columns: 21 });
    }
  });

  test("the 2019 generation has its precise block two columns earlier, in any language", () => {
    const renamed = ENGLISH_2020.split(",").map((name) => `x${name}`);
    for (const header of [ENGLISH_2020, renamed.join(",")]) {
      const line =
        '12070555079,"May 29, 2022, 3:53:35 PM",Morning run,Run,,1428,3.32,,false,,,,,1428.0,1411.0,3322.949951171875,,,61.878829';
      expect(only(`${header}\n${line}\n`)).toEqual(EXPECTED);
    }
  });

  test("missing translations, HTML, BOM, pandas aliases and CRLF", () => {
    const marked = ENGLISH.replace(
      "Activity Type",
      '"<span class=""translation_missing"" title=""translation missing: en-US.x.type"">Activity Type</span>"',
    ).replace("Elevation Gain", "translation missing: en-US.lib.horton_values.elevation_gain");
    const pandas = ENGLISH.replace(",Elapsed Time,Moving", ",Elapsed Time.1,Moving").replace(
      "Moving Time,Distance",
      "Moving Time,Distance.1",
    );
    for (const header of [marked, pandas, `\uFEFF${ENGLISH}`]) {
      expect(only(`${header}\n${row()}\n`)).toEqual(EXPECTED);
      expect(read(header).generation.language).toBe("en");
    }
    expect(only(`${ENGLISH}\r\n${row()}\r\n`)).toEqual(EXPECTED);
  });

  test("the oldest export has one distance, in metres", () => {
    const header = "id,date,name,type,description,elapsed_time,distance,commute,gear,filename";
    const line = '1988225457,2018-11-27 19:11:32,Evening Ride,Ride,"",1468,6075.0,true,bike,a.gpx';
    expect(only(`${header}\n${line}\n`)).toEqual({
      externalId: "1988225457",
      sport: "Ride",
      startedAt: Date.UTC(2018, 10, 27, 19, 11, 32),
      loggedDate: "2018-11-27",
      metrics: { distance_m: 6075, duration_s: 1468, moving_s: 1468 },
      title: "Evening Ride",
    });
  });

  test("exports of 10 columns have the displayed distance only", () => {
    const header =
      "Activity ID,Activity Date,Activity Name,Activity Type,Activity Description,Elapsed Time,Distance,Commute,Activity Gear,Filename";
    const lines = [
      '1,"Jul 12, 2016, 5:13:58 PM",Ride,Ride,,600,"1,004.5",false,,',
      '2,"Jul 12, 2016, 5:13:58 PM",Ride,Ride,,600,4.73,false,,',
      '3,"Jul 12, 2016, 5:13:58 PM",Swim,Swim,,600,"1,250",false,,',
      '4,"Jul 12, 2016, 5:13:58 PM",Gym,Weight Training,,600,0,false,,',
    ];
    const { rows, refused } = read(`${header}\n${lines.join("\n")}`);
    expect(rows.map(({ metrics }) => metrics.distance_m)).toEqual([4730, 1250, undefined]);
    expect(refused).toEqual([
      { line: 2, externalId: "1", problem: "metrics.distance_m must be at most 1000000" },
    ]);
  });

  test.each([
    ["a header nobody knows", "Nummer,Wann,Was\n1,2,3\n", "3 columns"],
    ["positions that are not proved", CZECH.replace(",Vzdálenost,Max", ",Délka,Max"), "21 columns"],
    ["one of two distances lost", ENGLISH.replace("Moving Time,Distance,", "Moving Time,"), "20"],
    ["a spreadsheet's semicolons", ENGLISH.replaceAll(",", ";"), "saved again by a spreadsheet"],
  ])("%s is a problem of the whole file", (_, text, part) => {
    const problem = parseArchive(`${text}\n${row()}\n`, { zone: "UTC" });
    expect(problem).toMatchObject({ ok: false, code: "UNKNOWN_HEADER" });
    expect(problem.ok ? "" : problem.problem).toContain(part);
  });
});

describe("distances", () => {
  const distance = (header: string, change: Partial<Cells>) =>
    only(`${header}\n${row(change)}\n`)?.metrics.distance_m;

  test("the precise one wins, whatever is displayed", () => {
    expect(distance(ENGLISH, { shown: "nonsense", sport: "Swim" })).toBe(3322.95);
  });

  test("0 and empty are no distance", () => {
    expect(distance(ENGLISH, { shown: "0", metres: "" })).toBeUndefined();
    expect(distance(ENGLISH, { shown: "0.0", metres: "" })).toBeUndefined();
    expect(distance(ENGLISH, { shown: "", metres: "" })).toBeUndefined();
    expect(distance(ENGLISH, { shown: "5", metres: "0.0" })).toBeUndefined();
  });

  test.each([
    [ENGLISH, "Run", "5.70", 5700],
    [ENGLISH, "Swim", "1,250", 1250],
    [ENGLISH, "Rowing", "2,000", 2000],
    [ENGLISH, "Kayaking", "4.5", 4500],
    [DUTCH, "Hardloopsessie", "4,73", 4730],
    [DUTCH, "Zwemmen", "1.200", 1200],
    [DUTCH, "Zwemmen", "950", 950],
    [GERMAN, "Radfahrt", "104,73", 104_730],
    [CZECH, "Run", "5", 5000],
    [CZECH, "Swim", "950", 950],
  ])("displayed distances follow sport and language %#", (header, sport, shown, metres) => {
    const date = "29.05.2022, 15:53:35";
    expect(distance(header, { sport, shown, date, metres: "" })).toBe(metres);
  });

  test.each([
    [ENGLISH, "Run", "4,73"],
    [ENGLISH, "Run", "1.200,5"],
    [GERMAN, "Lauf", "4.73"],
    [DUTCH, "Fietsrit", "1,004.5"],
    [CZECH, "Run", "4,73"],
    [CZECH, "Plavání", "950"],
    [ENGLISH, "Run", "-5"],
    [ENGLISH, "Run", "five"],
  ])("a distance that can be read in two ways is refused %#", (header, sport, shown) => {
    const problem = refusal(header, { sport, shown, date: "29.05.2022, 15:53:35", metres: "" });
    expect(problem).toContain(shown);
  });

  test.each(["5,700.3", "5700,3", "NaN", "Infinity", "1e400", "-1", "0x10", "1e9"])(
    "a precise cell %j is refused, not guessed",
    (metres) => expect(refusal(ENGLISH, { metres })).toMatch(/distance/i),
  );
});

describe("times", () => {
  const times = (change: Partial<Cells>) => {
    const { rows, adjusted } = read(`${ENGLISH}\n${row(change)}\n`);
    const { duration_s, moving_s } = rows[0]?.metrics ?? {};
    return { duration_s, moving_s, said: adjusted.map(({ line, problem }) => [line, problem]) };
  };

  test("elapsed time is cut to a day and reported, moving time counts as it is", () => {
    expect(times({ preciseElapsed: "439200.0" })).toEqual({
      duration_s: 86_400,
      moving_s: 1411,
      said: [[2, "Elapsed time of 122 hours is counted as 24 hours"]],
    });
  });

  test("a missing moving time is the elapsed time, reported", () => {
    expect(times({ moving: "" })).toEqual({
      duration_s: 1428,
      moving_s: 1428,
      said: [[2, "Moving time is missing; elapsed time is used"]],
    });
  });

  test("a moving time of 0 stays 0, reported", () => {
    expect(times({ moving: "0.0" })).toMatchObject({
      moving_s: 0,
      said: [[2, expect.stringContaining("Moving time is 0")]],
    });
    expect(times({ moving: "0.0", elapsed: "0", preciseElapsed: "0.0" })).toEqual({
      duration_s: 0,
      moving_s: 0,
      said: [],
    });
  });

  test("the first elapsed time stands in for an empty second one", () => {
    expect(times({ preciseElapsed: "" }).duration_s).toBe(1428);
    expect(times({ preciseElapsed: "", elapsed: "", moving: "" })).toEqual({
      duration_s: undefined,
      moving_s: undefined,
      said: [],
    });
  });

  test("numbers with separators are refused", () => {
    expect(refusal(ENGLISH, { preciseElapsed: "1,428" })).toContain("Elapsed time");
    expect(refusal(ENGLISH, { elevation: "61,8" })).toContain("Elevation gain");
    expect(refusal(ENGLISH, { elevation: "20001" })).toContain("metrics.elevation_m");
  });
});

describe("dates", () => {
  const startedAt = (date: string) => only(`${ENGLISH}\n${row({ date })}\n`)?.startedAt;

  test.each([
    ["Jul 12, 2016, 5:13:58 PM", "2016-07-12T17:13:58Z"],
    ["Jul 12, 2016, 5:13:58\u202FPM", "2016-07-12T17:13:58Z"],
    ["Jul 12, 2016, 12:00:00 AM", "2016-07-12T00:00:00Z"],
    ["Jul 12, 2016, 12:00:00 PM", "2016-07-12T12:00:00Z"],
    ["25 Jun 2015, 11:18:35", "2015-06-25T11:18:35Z"],
    ["23 jun. 2017 15:52:12", "2017-06-23T15:52:12Z"],
    ["8 jul 2017, 15:25:34", "2017-07-08T15:25:34Z"],
    ["1 mrt. 2020 08:00:00", "2020-03-01T08:00:00Z"],
    ["1 mei 2020, 08:00:00", "2020-05-01T08:00:00Z"],
    ["1 okt. 2020 08:00:00", "2020-10-01T08:00:00Z"],
    ["5. März 2022, 15:52:12", "2022-03-05T15:52:12Z"],
    ["5. Dez. 2022, 15:52:12", "2022-12-05T15:52:12Z"],
    ["09.12.2022, 15:24:49", "2022-12-09T15:24:49Z"],
    ["2018-09-12 15:02:23", "2018-09-12T15:02:23Z"],
    ["29 feb 2020, 23:59:59", "2020-02-29T23:59:59Z"],
  ])("%j", (date, instant) => expect(startedAt(date)).toBe(Date.parse(instant)));

  test.each([
    "",
    "yesterday",
    "Feb 30, 2026, 5:13:58 PM",
    "29 feb 2021, 10:00:00",
    "07/12/2016 17:13:58",
    "Jul 12, 2016, 13:13:58 PM",
    "Jul 12, 2016, 0:13:58 AM",
    "2018-09-12 24:00:00",
    "2018-09-12 15:60:00",
    "25 juin 2015, 11:18:35",
    "12 Jul 1916, 10:00:00",
  ])("%j is refused", (date) => expect(refusal(ENGLISH, { date })).toContain("Activity date"));

  test("the day is the person's", () => {
    const text = `${ENGLISH}\n${row({ date: "Jan 1, 2022, 4:30:00 AM" })}\n`;
    expect(only(text, "UTC")?.loggedDate).toBe("2022-01-01");
    expect(only(text, "America/New_York")?.loggedDate).toBe("2021-12-31");
    expect(only(text, "America/New_York")?.startedAt).toBe(only(text)?.startedAt);
  });
});

describe("rows", () => {
  test("ids are digits, whole, and come once", () => {
    expect(only(`${ENGLISH}\n${row({ id: " 98765432109 " })}`)?.externalId).toBe("98765432109");
    expect(refusal(ENGLISH, { id: "1.20706E+10" })).toContain("spreadsheet");
    expect(refusal(ENGLISH, { id: "1,20706E+10" })).toContain("spreadsheet");
    for (const id of ["", "12a", "-1", "1.0", "12345678901234567890"]) {
      expect(refusal(ENGLISH, { id })).toContain("Activity ID");
    }
    const twice = read(
      `${ENGLISH}\n${row({ id: "1" })}\n${row({ id: "2" })}\n${row({ id: "1" })}\n`,
    );
    expect(twice.rows.map(({ externalId }) => externalId)).toEqual(["1", "2"]);
    expect(twice.refused).toEqual([{ line: 4, externalId: "1", problem: "is on line 2 already" }]);
  });

  test("unknown sports stay as they are spelled", () => {
    for (const sport of ["Football (Soccer)", "Kitesurfen", "Běh"]) {
      expect(only(`${ENGLISH}\n${row({ sport })}`)?.sport).toBe(sport);
    }
    expect(refusal(ENGLISH, { sport: "" })).toContain("Activity type");
  });

  test("titles keep commas, quotation marks, emoji and line breaks inside; empty ones are left out", () => {
    const title = 'Über, "Berg"\nund 🚵 Tal';
    expect(only(`${ENGLISH}\n${row({ title: `  ${title} ` })}`)?.title).toBe(title);
    expect(only(`${ENGLISH}\n${row({ title: " " })}`)).not.toHaveProperty("title");
    const long = only(`${ENGLISH}\n${row({ title: "🚵".repeat(300) })}`)?.title;
    expect(long).toBe("🚵".repeat(200));
  });

  test("line numbers count line breaks inside cells and blank lines", () => {
    const lines = [ENGLISH, row({ id: "1", title: "a\nb\nc" }), "", row({ id: "x" }), ""];
    const { rows, refused } = read(lines.join("\n"));
    expect(rows).toHaveLength(1);
    expect(refused.map(({ line }) => line)).toEqual([6]);
  });

  test("a row that is cut off or shifted is refused, the others are kept", () => {
    const { rows, refused } = read(
      `${ENGLISH}\n7,"May 29, 2022\n${row({ id: "8" })}`.replace('"May', "May"),
    );
    expect(rows.map(({ externalId }) => externalId)).toEqual(["8"]);
    expect(refused).toEqual([{ line: 2, externalId: "7", problem: "has 3 cells instead of 21" }]);
  });

  test("a file read twice gives the same", () => {
    const text = `${ENGLISH}\n${row()}\n${row({ id: "x" })}\n`;
    expect(read(text)).toEqual(read(text));
  });
});

describe("damaged files", () => {
  const problemOf = (text: string) => {
    const result = parseArchive(text, { zone: "UTC" });
    return result.ok ? "read" : result;
  };

  test("an unclosed quotation mark names its line", () => {
    const text = `${ENGLISH}\n${row()}\n8,"May 29, 2022, 3:53:35 PM,Run\n${row({ id: "9" })}`;
    expect(problemOf(text)).toMatchObject({ code: "CORRUPT", line: 3 });
    expect(problemOf(`${ENGLISH}\n1,"a"b,c\n`)).toMatchObject({ code: "CORRUPT", line: 2 });
  });

  test("binary, empty and oversize files", () => {
    expect(problemOf("PK\u0003\u0004\u0014")).toMatchObject({
      code: "NOT_TEXT",
      problem: expect.stringContaining("zip"),
    });
    expect(problemOf("\u001F\uFFFD\b\u0000")).toMatchObject({ code: "NOT_TEXT" });
    expect(problemOf("")).toMatchObject({ code: "EMPTY" });
    expect(problemOf("\n\n")).toMatchObject({ code: "EMPTY" });
    expect(problemOf("x".repeat(MAX_ARCHIVE_CHARACTERS + 1))).toMatchObject({ code: "TOO_LARGE" });
    const tooMany = `id,date,type\n${"1,,\n".repeat(MAX_ARCHIVE_ROWS + 1)}`;
    expect(problemOf(tooMany)).toMatchObject({ code: "TOO_MANY_ROWS" });
  });
});

/** Real exports beside the repository; the project does not carry other people's activities. */
const REAL_DATA = new URL("../../../../shared/data/strava_export/", import.meta.url);

/** The cells of a CSV text, read character by character: an independent check of the reader. */
function cellsOf(text: string): string[][] {
  const rows: string[][] = [[""]];
  let isQuoted = false;
  for (const character of text) {
    const cells = rows.at(-1) ?? [];
    if (character === '"') isQuoted = !isQuoted;
    else if (character === "," && !isQuoted) cells.push("");
    else if (character === "\n" && !isQuoted) rows.push([""]);
    else cells[cells.length - 1] += character;
  }
  return rows.filter((cells) => cells.length > 1);
}

function realExport(name: string): string | null {
  const file = new URL(name, REAL_DATA);
  if (existsSync(file)) return readFileSync(file, "utf8");
  console.warn(`Skipped: the real export ${name} is not here.`);
  return null;
}

describe("real exports", () => {
  test("an account of 290 activities, whole", (context) => {
    const text = realExport("en-us_2020-12_78col_eoinlees.csv");
    if (text === null) return context.skip("the real export is not here");
    const { generation, rows, refused, adjusted } = read(text);
    expect(generation).toEqual({ language: "en", columns: 78 });
    expect(refused).toEqual([]);
    expect(adjusted.map(({ line, externalId }) => [line, externalId])).toEqual([
      [127, "3207704727"],
    ]);
    expect(rows).toHaveLength(290);

    const perYear: Record<string, number> = {};
    for (const { loggedDate } of rows) {
      const year = loggedDate.slice(0, 4);
      perYear[year] = (perYear[year] ?? 0) + 1;
    }
    expect(perYear).toEqual({ 2015: 3, 2016: 2, 2017: 3, 2019: 83, 2020: 199 });
    expect(rows.filter(({ sport }) => sport === "Swim")).toHaveLength(37);
    expect(rows.filter(({ metrics }) => metrics.distance_m === undefined)).toHaveLength(9);

    const thousandths = (value: number) => BigInt(Math.round(value * 1000));
    const expected = cellsOf(text)
      .slice(1)
      .reduce((sum, cells) => sum + thousandths(Number(cells[15])), 0n);
    const total = rows.reduce((sum, { metrics }) => sum + thousandths(metrics.distance_m ?? 0), 0n);
    expect(total).toBe(expected);
    expect(total).toBe(1_379_821_900n);
  });

  test("one run of a 94-column export agrees with its track", (context) => {
    const text = realExport("en-us_2024-08_94col_geoplayground.csv");
    if (text === null) return context.skip("the real export is not here");
    expect(read(text).generation).toEqual({ language: "en", columns: 94 });
    expect(only(text)).toMatchObject({ ...EXPECTED, title: "Laufen Landal Park" });
  });

  test("a German header of 92 columns", (context) => {
    const text = realExport("headeronly_de_2024-06_92col.csv");
    if (text === null) return context.skip("the real export is not here");
    expect(read(text)).toMatchObject({ generation: { language: "de", columns: 92 }, rows: [] });
    const unknownWords = text.replaceAll(/[^,\n]+/g, (word) => `x${word}`);
    expect(read(unknownWords).generation).toEqual({ language: "other", columns: 92 });
  });
});
