// What the two designs ask of PostgreSQL, in one round trip each. Both keep the same rows; `sumsDesign` adds them up when
// it is asked, `totalsDesign` keeps everybody's total and weeks in the transaction of the activity.

/**
 * Statements, by what they do. $1 is a person (log, total, rank, history, profile) or a row (edit, remove); $2 of a log the
 * day, $3 the points; $2 of an edit the points.
 * @typedef {Record<"schema" | "filled" | "log" | "edit" | "remove" | "page" | "week" | "total" | "rank" | "history" | "profile", string>} Design
 */

const ROWS = `
CREATE TABLE activities (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  challenge int NOT NULL,
  person int NOT NULL,
  day date,
  points int NOT NULL,
  deleted boolean NOT NULL DEFAULT false
);`;
const BY_PERSON = "CREATE INDEX ON activities (challenge, person, day DESC, id DESC);";
const HISTORY = `
SELECT id, day, points, deleted FROM activities
WHERE challenge = 1 AND person = $1 ORDER BY day DESC, id DESC LIMIT 20`;
const LIVE = "challenge = 1 AND NOT deleted";
const BEST = "ORDER BY total DESC, person LIMIT 25";

/**
 * Sums over the rows, each time. Everything they read is in an index, so that the table itself is not touched.
 * @param {string} weekStart first day of the measured week @returns {Design}
 */
export const sumsDesign = (weekStart) => ({
  schema: ROWS,
  filled: `${BY_PERSON}
CREATE INDEX ON activities (challenge, person) INCLUDE (points) WHERE NOT deleted;
CREATE INDEX ON activities (challenge, day) INCLUDE (person, points) WHERE NOT deleted;`,
  log: "INSERT INTO activities (challenge, person, day, points) VALUES (1, $1, $2, $3) RETURNING id",
  edit: "UPDATE activities SET points = $2 WHERE id = $1",
  remove: "UPDATE activities SET deleted = true WHERE id = $1",
  page: `SELECT sum(points)::int AS total FROM activities WHERE ${LIVE} GROUP BY person ${BEST}`,
  week: `
SELECT sum(points)::int AS total FROM activities
WHERE ${LIVE} AND day BETWEEN '${weekStart}' AND date '${weekStart}' + 6 GROUP BY person ${BEST}`,
  total: `SELECT coalesce(sum(points), 0)::int AS total FROM activities WHERE ${LIVE} AND person = $1`,
  rank: `
WITH sums AS (SELECT person, sum(points) AS total FROM activities WHERE ${LIVE} GROUP BY person)
SELECT 1 + count(*)::int AS rank FROM sums
WHERE total > coalesce((SELECT total FROM sums WHERE person = $1), 0)`,
  history: HISTORY,
  profile: `
SELECT coalesce(sum(points), 0)::int AS total, count(*)::int AS activities,
       count(DISTINCT day)::int AS days, max(day) AS newest
FROM activities WHERE ${LIVE} AND person = $1`,
});

/** The number of a day's week; weeks before the measured one are negative. @param {string} weekStart */
const weekOf = (weekStart) => `(day - date '${weekStart}' + 7000) / 7 - 1000`;

/**
 * Writes a change (person, day, points, activities) into the total and the week.
 * @param {string} weekStart
 */
const counted = (weekStart) => `
total AS (
  INSERT INTO totals AS t SELECT 1, person, points, activities FROM change
  ON CONFLICT (challenge, person) DO UPDATE
  SET points = t.points + excluded.points, activities = t.activities + excluded.activities
), week AS (
  INSERT INTO weeks AS w SELECT 1, ${weekOf(weekStart)}, person, points FROM change
  ON CONFLICT (challenge, week, person) DO UPDATE SET points = w.points + excluded.points
)`;

/**
 * Totals and weeks as rows of their own.
 * @param {string} weekStart first day of the measured week @returns {Design}
 */
export const totalsDesign = (weekStart) => ({
  schema: `${ROWS}
CREATE TABLE totals (
  challenge int, person int, points int NOT NULL, activities int NOT NULL, PRIMARY KEY (challenge, person)
);
CREATE TABLE weeks (
  challenge int, week int, person int, points int NOT NULL, PRIMARY KEY (challenge, week, person)
);`,
  filled: `${BY_PERSON}
INSERT INTO totals SELECT 1, person, sum(points), count(*) FROM activities WHERE ${LIVE} GROUP BY person;
INSERT INTO weeks SELECT 1, ${weekOf(weekStart)}, person, sum(points)
  FROM activities WHERE ${LIVE} AND day IS NOT NULL GROUP BY 2, 3;
CREATE INDEX ON totals (challenge, points DESC);
CREATE INDEX ON weeks (challenge, week, points DESC);`,
  log: `
WITH change AS (
  INSERT INTO activities (challenge, person, day, points) VALUES (1, $1, $2, $3)
  RETURNING id, person, day, points, 1 AS activities
), ${counted(weekStart)} SELECT id FROM change`,
  edit: `
WITH before AS (
  SELECT id, points FROM activities WHERE id = $1 FOR UPDATE
), change AS (
  UPDATE activities AS a SET points = $2 FROM before WHERE a.id = before.id
  RETURNING a.person, a.day, a.points - before.points AS points, 0 AS activities
), ${counted(weekStart)} SELECT 1`,
  remove: `
WITH change AS (
  UPDATE activities SET deleted = true WHERE id = $1 AND NOT deleted
  RETURNING person, day, -points AS points, -1 AS activities
), ${counted(weekStart)} SELECT 1`,
  page: "SELECT points AS total FROM totals WHERE challenge = 1 ORDER BY points DESC LIMIT 25",
  week: "SELECT points AS total FROM weeks WHERE challenge = 1 AND week = 0 ORDER BY points DESC LIMIT 25",
  total: "SELECT points AS total FROM totals WHERE challenge = 1 AND person = $1",
  rank: `
SELECT 1 + count(*)::int AS rank FROM totals
WHERE challenge = 1 AND points > (SELECT points FROM totals WHERE challenge = 1 AND person = $1)`,
  history: HISTORY,
  profile: `
SELECT points AS total, activities, (SELECT max(day) FROM activities WHERE ${LIVE} AND person = $1) AS newest
FROM totals WHERE challenge = 1 AND person = $1`,
});
