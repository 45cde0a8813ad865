import { expect, test } from "vitest";
import { checkNode } from "../lib/install.mjs";

test.each(["20.19.0", "20.20.2", "22.12.0", "24.0.0", "25.1.0", "26.10.0"])(
  "Node %s starts",
  (version) => {
    expect(() => checkNode(version)).not.toThrow();
  },
);

test.each(["18.20.8", "20.18.3", "21.7.3", "22.11.0", "23.11.1"])(
  "Node %s is refused",
  (version) => {
    expect(() => checkNode(version)).toThrow(
      `Milepost needs Node 20 from 20.19 on, or 22 from 22.12 on, or 24.0 or newer; this is ${version}.`,
    );
  },
);
