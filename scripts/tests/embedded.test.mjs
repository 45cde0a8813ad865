import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { inRoot } from "../lib/paths.mjs";

/** @param {number} pid */
function isRunning(pid) {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test("a killed start leaves no deployment behind", { timeout: 60_000 }, async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "milepost-tied-"));
  const program = `
    import { startEmbedded } from ${JSON.stringify(inRoot("scripts", "lib", "embedded.mjs"))};
    const { child } = await startEmbedded({ dataDir: ${JSON.stringify(dataDir)}, quiet: true });
    console.log(child.pid);
  `;
  const parent = spawn(process.execPath, ["--input-type=module", "--eval", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [printed] = await once(parent.stdout, "data");
  const pid = Number(printed);
  try {
    expect(isRunning(pid)).toBe(true);
    parent.kill("SIGKILL");
    await vi.waitUntil(() => !isRunning(pid), { timeout: 20_000 });
  } finally {
    if (isRunning(pid)) process.kill(pid, "SIGKILL");
    rmSync(dataDir, { recursive: true, force: true });
  }
});
