import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchDeployment } from "../lib/launch.mjs";

const dataDir = mkdtempSync(join(tmpdir(), "milepost-launch-"));
const taken = createServer();
let takenPort = "";
const options = { "data-dir": dataDir, "site-port": "0", "web-port": "0", "no-demo": true };

beforeAll(async () => {
  await new Promise((resolve) => taken.listen(0, "127.0.0.1", () => resolve(undefined)));
  const address = taken.address();
  if (typeof address === "object" && address !== null) takenPort = String(address.port);
});

afterAll(() => {
  taken.close();
  rmSync(dataDir, { recursive: true });
});

// The taken port ends a start that wrongly gets past the host.
test("refuses every spelling of all addresses at once", async () => {
  for (const host of ["0.0.0.0", "::", "0", "::0", "0:0:0:0:0:0:0:0", ""]) {
    const start = launchDeployment({ ...options, host, port: takenPort });
    await expect(start, `host ${host}`).rejects.toThrow("every address at once");
  }
});

test("a start refused for its port does not decide about the demo", async () => {
  const start = launchDeployment({ ...options, host: "127.0.0.1", port: takenPort });
  await expect(start).rejects.toThrow("is taken by another program");
  expect(existsSync(join(dataDir, "start.json"))).toBe(false);
});
