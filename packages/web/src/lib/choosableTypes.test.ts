import { expect, test } from "vitest";
import { choosableTypes } from "./choosableTypes";

const run = { activityTypeId: "run" };
const row = { activityTypeId: "row", isRetired: true as const };
const ski = { activityTypeId: "ski", isRetired: true as const };

test("a retired activity is offered only where it is chosen already", () => {
  expect(choosableTypes([run, row, ski])).toEqual([run]);
  expect(choosableTypes([run, row, ski], ["row", ""])).toEqual([run, row]);
});
