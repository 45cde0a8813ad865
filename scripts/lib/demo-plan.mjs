// What the demo challenge is made of: invented people and six weeks of their days, the same for the same day.
import { seededRandom } from "./random.mjs";

const DAY_MS = 86_400_000;
const DAYS_BEFORE = 28;
const DAYS_AFTER = 13;
/** Days before today that people log by hand; earlier ones came with their archives. */
const HAND_LOGGED_DAYS = 5;

/** @typedef {{distance_m?: number, moving_s?: number, duration_s?: number}} Metrics */
/** @typedef {{sport: string, type: string, title: string, day: string, startedAt: number, metrics: Metrics}} PlannedActivity */
/** @typedef {{displayName: string, email: string, imported: PlannedActivity[], logged: PlannedActivity[]}} PlannedPerson */

/**
 * Sports of the demo: label in an archive, key of the starter type, metres per second of an average person.
 * @type {Record<string, {label: string, type: string, speed: number, titles: string[]}>}
 */
const SPORTS = {
  run: {
    label: "Run",
    type: "run",
    speed: 2.8,
    titles: ["Morning run", "Evening run", "Park loop"],
  },
  ride: {
    label: "Ride",
    type: "ride",
    speed: 6.6,
    titles: ["Commute", "Canal ride", "Hill repeats"],
  },
  row: { label: "Rowing", type: "row", speed: 3.4, titles: ["Rowing club", "Steady row"] },
  swim: { label: "Swim", type: "swim", speed: 0.75, titles: ["Pool laps", "Lake swim"] },
  walk: { label: "Walk", type: "walk", speed: 1.35, titles: ["Lunch walk", "Dog walk", "Woods"] },
  yoga: { label: "Yoga", type: "yoga", speed: 0, titles: ["Yoga class", "Stretching"] },
  strength: {
    label: "Weight Training",
    type: "strength",
    speed: 0,
    titles: ["Gym", "Kettlebells"],
  },
};

/**
 * How somebody spends the weeks: chance of doing something on a weekday and at the weekend, and per sport its share
 * and usual amount (metres, or minutes where there is no distance).
 * @typedef {{weekday: number, weekend: number, sports: Array<[string, number, number]>}} Habit
 * @type {Record<string, Habit>}
 */
const HABITS = {
  everyDay: { weekday: 1, weekend: 1, sports: [["run", 1, 6_500]] },
  runner: {
    weekday: 0.6,
    weekend: 0.8,
    sports: [
      ["run", 5, 8_200],
      ["strength", 1, 40],
    ],
  },
  distance: {
    weekday: 0.4,
    weekend: 0.9,
    sports: [
      ["run", 4, 15_500],
      ["walk", 1, 6_000],
    ],
  },
  cyclist: {
    weekday: 0.5,
    weekend: 0.8,
    sports: [
      ["ride", 6, 38_000],
      ["yoga", 1, 35],
    ],
  },
  commuter: { weekday: 0.9, weekend: 0.2, sports: [["ride", 1, 11_000]] },
  walker: { weekday: 0.85, weekend: 0.9, sports: [["walk", 1, 5_200]] },
  swimmer: {
    weekday: 0.45,
    weekend: 0.5,
    sports: [
      ["swim", 4, 2_000],
      ["walk", 1, 4_000],
    ],
  },
  rower: {
    weekday: 0.4,
    weekend: 0.7,
    sports: [
      ["row", 4, 8_000],
      ["strength", 2, 45],
    ],
  },
  gym: {
    weekday: 0.55,
    weekend: 0.3,
    sports: [
      ["strength", 3, 50],
      ["yoga", 2, 45],
    ],
  },
  weekend: {
    weekday: 0.05,
    weekend: 0.95,
    sports: [
      ["walk", 2, 12_000],
      ["ride", 1, 30_000],
    ],
  },
};

/**
 * Name and habit; the first is the organiser, and the first five are offered for the one-click sign-in. A third
 * entry names the person whose training somebody shares, so that they tie.
 * @type {Array<[string, string, string?]>}
 */
const PEOPLE = [
  ["Ines Calloway", "runner"],
  ["Tariq Benhaddou", "everyDay"],
  ["Mei-Lin Zhao", "cyclist"],
  ["Oskar Lindqvist", "walker"],
  ["Amara Okonjo", "gym"],
  ["Joaquín Arrieta", "distance"],
  ["Priya Venkataraman", "swimmer"],
  ["Liam Gallowhill", "commuter"],
  ["Sofía Quispe", "runner"],
  ["Haruto Minegishi", "rower"],
  ["Nadia Wojnarowska", "walker"],
  ["Kwabena Ofori-Darko", "runner"],
  ["Freya Halvorsdottir", "distance"],
  ["Mateus Carvalhal", "cyclist"],
  ["Leilani Kahananui", "swimmer"],
  ["Bram van Oosterwijk", "commuter"],
  ["Zeynep Karadeniz", "everyDay"],
  ["Eoghan Mac Dhòmhnaill", "weekend"],
  ["Thandiwe Mabuza", "walker"],
  ["Lucía Ferreiro", "gym"],
  ["Anh Tuấn Đoàn", "runner"],
  ["Rosalind Thackeray", "weekend"],
  ["Ibrahim Al-Sabbagh", "runner"],
  ["Chiara Montefusco", "gym"],
  ["Ngaio Te Rangihaeata", "rower"],
  ["Pavel Hronský", "cyclist"],
  ["Yasmin Daneshvar", "walker"],
  ["Gideon Achterberg", "distance"],
  ["Saoirse Ní Bhriain", "runner"],
  ["Dmitri Volkanov", "rower"],
  ["Abena Asantewaa", "commuter"],
  ["Wendell Blackfeather", "weekend"],
  ["Ritika Chowdhary", "walker", "Yasmin Daneshvar"],
  ["Sven-Erik Dahlgren", "cyclist"],
  ["Marisol Etcheverry", "swimmer"],
  ["Tomasz Grzelak", "gym"],
  ["Adaeze Nwachukwu", "everyDay"],
  ["Caleb Winterbourne", "weekend"],
  ["Hanna Virtasalo", "runner", "Saoirse Ní Bhriain"],
  ["Rashid Qureishi", "walker"],
];

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
    startedAt: Date.parse(`${day}T00:00:00Z`) + Math.round((6 + 13 * random()) * 3600) * 1000,
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

/** @param {string} name */
function emailOf(name) {
  const ascii = name.normalize("NFD").replaceAll("Đ", "D").replaceAll("đ", "d");
  const words = ascii
    .replace(/[^A-Za-z -]/g, "")
    .toLowerCase()
    .split(/[ -]+/);
  return `${words.join(".")}@demo.invalid`;
}

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
    return {
      displayName,
      email: emailOf(displayName),
      imported: activities.filter(({ day }) => day < handLoggedFrom),
      logged: activities.filter(({ day }) => day >= handLoggedFrom),
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
      starterTypes: [...new Set(Object.values(SPORTS).map(({ type }) => type))],
    },
    people,
  };
}
