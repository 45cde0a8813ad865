// What the demo challenge is made of: invented people and six weeks of their days, the same for the same day.
import { HABITS, PEOPLE, SPORTS } from "./demo-people.mjs";
import { seededRandom } from "./random.mjs";

const DAY_MS = 86_400_000;
const DAYS_BEFORE = 28;
const DAYS_AFTER = 13;
/** Days before today that people log by hand; earlier ones came with their archives. */
const HAND_LOGGED_DAYS = 5;

/** @typedef {{distance_m?: number, moving_s?: number, duration_s?: number, count?: number, steps?: number}} Metrics */
/** @typedef {{sport: string, type: string, variant?: string, title: string, day: string, startedAt: number, metrics: Metrics}} PlannedActivity */
/** @typedef {import("./demo-people.mjs").Habit} Habit */
/** @typedef {{displayName: string, email: string, imported: PlannedActivity[], logged: PlannedActivity[]}} PlannedPerson */

/** @param {string} day @param {number} days */
function shift(day, days) {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** The day a demo challenge was planned on. @param {string} startsOn its first day */
export const plannedDay = (startsOn) => shift(startsOn, DAYS_BEFORE);

/** @param {() => number} random @param {Habit["sports"]} sports */
function pick(random, sports) {
  let left = random() * sports.reduce((sum, [, share]) => sum + share, 0);
  for (const entry of sports) {
    left -= entry[1];
    if (left < 0) return entry;
  }
  return sports[0];
}

/**
 * One activity of a day.
 * @param {() => number} random @param {Habit} habit @param {string} day
 * @returns {PlannedActivity}
 */
function planActivity(random, habit, day) {
  const [name, , usual] = pick(random, habit.sports) ?? ["walk", 1, 5_000];
  const sport = SPORTS[name];
  if (sport === undefined) throw new Error(`no sport ${name}`);
  const amount = usual * (0.7 + 0.7 * random());
  const distance = sport.speed > 0 ? Math.round(amount / 10) * 10 : undefined;
  const moving = Math.round(
    distance ? distance / (sport.speed * (0.9 + 0.25 * random())) : amount * 60,
  );
  const title = sport.titles[Math.floor(random() * sport.titles.length)] ?? name;
  return {
    sport: sport.label,
    type: sport.type,
    title,
    day,
    startedAt: atHour(day, 6 + 13 * random()),
    metrics: {
      ...(distance === undefined ? {} : { distance_m: distance }),
      moving_s: moving,
      duration_s: Math.round(moving * (1.02 + 0.1 * random())),
    },
  };
}

/**
 * @param {string} trainingName whose dice decide @param {Habit} habit @param {string} startsOn @param {string} today
 */
function planActivities(trainingName, habit, startsOn, today) {
  const random = seededRandom(`milepost demo ${trainingName}`);
  // Some found the challenge late.
  const late = random() < 0.2 ? Math.floor(random() * 12) : 0;
  /** @type {PlannedActivity[]} */
  const activities = [];
  for (let day = shift(startsOn, late); day <= today; day = shift(day, 1)) {
    const isWeekend = [0, 6].includes(new Date(`${day}T00:00:00Z`).getUTCDay());
    const chance = isWeekend ? habit.weekend : habit.weekday;
    // Today is young: not everybody has been out yet.
    const doesIt = random() < (day === today ? chance * 0.4 : chance);
    if (doesIt) activities.push(planActivity(random, habit, day));
    if (doesIt && random() < 0.08) activities.push(planActivity(random, habit, day));
  }
  return activities;
}

/** When it happened, in UTC ms. @param {string} day @param {number} hour */
const atHour = (day, hour) => Date.parse(`${day}T00:00:00Z`) + Math.round(hour * 3600) * 1000;

/**
 * What some people log by hand beside their sport: steps, drinks and climbing, the types with rules about days and options.
 * @param {string} name @param {string} from @param {string} today
 */
function planHabits(name, from, today) {
  const random = seededRandom(`milepost demo habits ${name}`);
  const [counts, drinks, climbs] = [random() < 0.25, random() < 0.3, random() < 0.2];
  /** @type {PlannedActivity[]} */
  const planned = [];
  /** @param {string} day @param {number} hour @param {Omit<PlannedActivity, "sport" | "day" | "startedAt">} deed */
  const add = (day, hour, deed) =>
    planned.push({ sport: deed.type, day, startedAt: atHour(day, hour), ...deed });
  for (let day = from; day < today; day = shift(day, 1)) {
    const steps = Math.round(30 + 130 * random()) * 100;
    if (counts) add(day, 20, { type: "Steps", title: "All day", metrics: { steps } });
    const count = 1 + Math.floor(3 * random());
    if (drinks && random() < 0.5) add(day, 21, { type: "Drinks", title: "", metrics: { count } });
    const hours = 1 + 2 * random();
    if (!climbs || random() < 0.6) continue;
    const variant = hours >= 2 ? "multiPitch" : "boulder";
    const metrics = { duration_s: Math.round(hours * 3600) };
    add(day, 17, { type: "Climbing", variant, title: "With the club", metrics });
  }
  return planned;
}

/** @param {string} name */
function emailOf(name) {
  const ascii = name.normalize("NFD").replaceAll("Đ", "D").replaceAll("đ", "d");
  const words = ascii
    .replace(/[^A-Za-z -]/g, "")
    .toLowerCase()
    .split(/[ -]+/);
  return `${words.join(".")}@demo.invalid`;
}

/** The log limit lets ten through at once. */
const MOST_BY_HAND = 10;

/**
 * The demo challenge around a day: six weeks, of which four are over, and who did what until today.
 * @param {string} today YYYY-MM-DD
 */
export function planDemo(today) {
  const startsOn = shift(today, -DAYS_BEFORE);
  const handLoggedFrom = shift(today, -HAND_LOGGED_DAYS);
  /** @type {PlannedPerson[]} */
  const people = PEOPLE.map(([displayName, habitName, sharedWith]) => {
    const habit = HABITS[habitName];
    if (habit === undefined) throw new Error(`no habit ${habitName}`);
    const activities = planActivities(sharedWith ?? displayName, habit, startsOn, today);
    const habits = planHabits(sharedWith ?? displayName, handLoggedFrom, today);
    const byHand = [...activities.filter(({ day }) => day >= handLoggedFrom), ...habits];
    return {
      displayName,
      email: emailOf(displayName),
      imported: activities.filter(({ day }) => day < handLoggedFrom),
      logged: byHand.slice(0, MOST_BY_HAND),
    };
  });
  return {
    challenge: {
      name: "Six Weeks Outside",
      description:
        "The demo challenge: forty invented people, four weeks in. Sign in as one of them, log an activity and watch the board.",
      startsOn,
      endsOn: shift(today, DAYS_AFTER),
      timezone: "UTC",
      visibility: /** @type {const} */ ("public"),
      // Everybody brings four weeks of history.
      backdateDays: DAYS_BEFORE + DAYS_AFTER + 1,
      starterTypes: [...new Set(Object.values(SPORTS).map(({ key }) => key)), "drinks"],
    },
    people,
    days: {
      weekAgo: shift(today, -6),
      yesterday: shift(today, -1),
      today,
      inAWeek: shift(today, 6),
    },
  };
}
