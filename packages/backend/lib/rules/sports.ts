/**
 * Sport labels per key of the starter catalogue: the words of English, Dutch and German exports, and the API's names.
 * Left out on purpose, so that an organiser decides: e-bike rides, "Workout" (anything at all), ball games, winter
 * sports, and water sports other than swimming and rowing.
 */
const LABELS: Readonly<Record<string, readonly string[]>> = {
  run: [
    "Run",
    "Trail Run",
    "Virtual Run",
    "Hardloopsessie",
    "Hardlopen",
    "Virtuele hardloopsessie",
    "Lauf",
    "Traillauf",
    "Virtueller Lauf",
  ],
  ride: [
    "Ride",
    "Virtual Ride",
    "Mountain Bike Ride",
    "Gravel Ride",
    "Fietsrit",
    "Virtuele fietsrit",
    "Mountainbikerit",
    "Gravelrit",
    "Radfahrt",
    "Virtuelle Radfahrt",
    "Mountainbikefahrt",
    "Gravelfahrt",
  ],
  row: ["Rowing", "Virtual Row", "Roeien", "Rudern"],
  swim: ["Swim", "Zwemmen", "Schwimmen"],
  walk: ["Walk", "Hike", "Wandeling", "Wandelen", "Hiken", "Spaziergang", "Wandern", "Wanderung"],
  highIntensity: ["HIIT", "High Intensity Interval Training", "Crossfit"],
  lowIntensity: ["Pilates"],
  yoga: ["Yoga"],
  strength: ["Weight Training", "Krachttraining", "Krafttraining", "Gewichtstraining"],
};

/** "Virtual Ride", "VirtualRide" and " virtual-ride " are one label. */
function normalised(label: string): string {
  return label
    .normalize("NFC")
    .toLowerCase()
    .replace(/[\s_-]+/g, "");
}

const KEYS = new Map(
  Object.entries(LABELS).flatMap(([key, labels]) =>
    labels.map((label) => [normalised(label), key] as const),
  ),
);

/**
 * The key of the starter type a sport label counts as by default, whatever its case, blanks and hyphens; null when
 * nobody but the organiser can know.
 */
export function catalogueKeyOfLabel(label: string): string | null {
  return KEYS.get(normalised(label)) ?? null;
}
