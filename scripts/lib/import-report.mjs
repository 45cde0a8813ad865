/**
 * @typedef {object} ImportReport
 * @property {string} file
 * @property {string} challenge
 * @property {string} person
 * @property {string} zone time zone the days of the rows were computed in
 * @property {boolean} dryRun
 * @property {Array<{line: number, externalId?: string | undefined, problem: string}>} refused rows that could not be read
 * @property {Array<{line: number, externalId?: string | undefined, problem: string}>} adjusted rows read with a change
 * @property {Array<{externalId: string, status: string, reason?: string | undefined, sport?: string | undefined}>} results
 */

/**
 * How many rows ended how, the largest group first.
 * @param {ImportReport["results"]} results
 */
function countResults(results) {
  /** @type {Map<string, {status: string, reason: string, rows: number}>} */
  const counts = new Map();
  for (const { status, reason = "" } of results) {
    const key = `${status} ${reason}`;
    const entry = counts.get(key) ?? { status, reason, rows: 0 };
    entry.rows += 1;
    counts.set(key, entry);
  }
  return [...counts.values()].sort((a, b) => b.rows - a.rows);
}

/**
 * Prints what an import did, as text or as one JSON object.
 * @param {ImportReport} report @param {boolean} asJson
 */
export function printReport(report, asJson) {
  const counts = countResults(report.results);
  if (asJson) {
    console.log(JSON.stringify({ ...report, counts }));
    return;
  }
  const verb = report.dryRun ? "Would import" : "Imported";
  console.log(
    `${verb} ${report.file} for ${report.person} into "${report.challenge}" (days in ${report.zone}):`,
  );
  for (const { status, reason, rows } of counts) {
    console.log(`  ${String(rows).padStart(6)}  ${status.padEnd(8)} ${reason}`.trimEnd());
  }
  printUnmapped(report.results);
  printRemarks("that could not be read", report.refused);
  printRemarks("read with a change", report.adjusted);
}

/** The labels an organiser has still to map, with their rows. @param {ImportReport["results"]} results */
function printUnmapped(results) {
  /** @type {Map<string, number>} */
  const labels = new Map();
  for (const { reason, sport = "" } of results) {
    if (reason === "UNMAPPED_SPORT") labels.set(sport, (labels.get(sport) ?? 0) + 1);
  }
  if (labels.size === 0) return;
  const list = [...labels].map(([label, rows]) => `${label} (${rows})`).join(", ");
  console.log(`Labels without an activity type here: ${list}`);
}

/** @param {string} what @param {ImportReport["refused"]} remarks */
function printRemarks(what, remarks) {
  if (remarks.length > 0) console.log(`Rows ${what}: ${remarks.length}`);
  for (const { line, problem } of remarks) console.log(`  line ${line}: ${problem}`);
}
