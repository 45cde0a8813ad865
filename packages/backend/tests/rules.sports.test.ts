import { expect, test } from "vitest";
import { STARTER_TYPES } from "../lib/rules/catalogue";
import { catalogueKeyOfLabel } from "../lib/rules/sports";

test.each([
  ["Run", "run"],
  ["TrailRun", "run"],
  ["Hardloopsessie", "run"],
  ["Lauf", "run"],
  ["Virtual Ride", "ride"],
  ["VirtualRide", "ride"],
  ["virtuele FIETSRIT", "ride"],
  ["Radfahrt", "ride"],
  ["Rowing", "row"],
  [" swim ", "swim"],
  ["Zwemmen", "swim"],
  ["Hike", "walk"],
  ["Spaziergang", "walk"],
  ["High-Intensity Interval Training", "highIntensity"],
  ["HighIntensityIntervalTraining", "highIntensity"],
  ["Crossfit", "highIntensity"],
  ["Pilates", "lowIntensity"],
  ["Yoga", "yoga"],
  ["Weight Training", "strength"],
  ["Krachttraining", "strength"],
])("%j counts as %s", (label, key) => expect(catalogueKeyOfLabel(label)).toBe(key));

test.each([
  "Workout",
  "Training",
  "E-Bike Ride",
  "EBikeRide",
  "Kayaking",
  "Surfing",
  "Football (Soccer)",
  "constructor",
  "",
])("%j is left to the organiser", (label) => expect(catalogueKeyOfLabel(label)).toBe(null));

test("every default leads to a starter type, whose key is unique", () => {
  const keys = STARTER_TYPES.map(({ key }) => key);
  expect(new Set(keys).size).toBe(keys.length);
  const labels = ["Run", "Ride", "Rowing", "Swim", "Walk", "HIIT", "Pilates", "Yoga"];
  const found = [...labels, "Weight Training"].map((label) => catalogueKeyOfLabel(label));
  // No sport is a drink.
  expect(new Set(found)).toEqual(new Set(keys.filter((key) => key !== "drinks")));
});
