// Who the invented people of the demo are and what they do.

/**
 * Sports of the demo: label in an archive, key and name of the starter type, metres per second of an average person.
 * @type {Record<string, {label: string, key: string, type: string, speed: number, titles: string[]}>}
 */
export const SPORTS = {
  run: {
    label: "Run",
    key: "run",
    type: "Run",
    speed: 2.8,
    titles: ["Morning run", "Evening run", "Park loop"],
  },
  ride: {
    label: "Ride",
    key: "ride",
    type: "Ride",
    speed: 6.6,
    titles: ["Commute", "Canal ride", "Hill repeats"],
  },
  row: {
    label: "Rowing",
    key: "row",
    type: "Row",
    speed: 3.4,
    titles: ["Rowing club", "Steady row"],
  },
  swim: {
    label: "Swim",
    key: "swim",
    type: "Swim",
    speed: 0.75,
    titles: ["Pool laps", "Lake swim"],
  },
  walk: {
    label: "Walk",
    key: "walk",
    type: "Walk",
    speed: 1.35,
    titles: ["Lunch walk", "Dog walk", "Woods"],
  },
  yoga: {
    label: "Yoga",
    key: "yoga",
    type: "Yoga",
    speed: 0,
    titles: ["Yoga class", "Stretching"],
  },
  strength: {
    label: "Weight Training",
    key: "strength",
    type: "Strength training",
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
export const HABITS = {
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
export const PEOPLE = [
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
