import { expect, test } from "vitest";
import { fileNameOf } from "./exports";

test("a file is named after what is in it", () => {
  expect(fileNameOf("Spring Miles!", "People")).toBe("spring-miles-people");
  expect(fileNameOf("Été (2026)", "Board")).toBe("été-2026-board");
});
