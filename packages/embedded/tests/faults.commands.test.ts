/** What goes wrong with backup, restore and compact: full disks, and what killed ones leave behind. */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { backup, check, restore } from "../src/store/index.ts";
import { kill, spawnLimited } from "./childFixture.ts";
import { COMMAND, exitOf, whenReady } from "./fixtures/server/harness.ts";
import { openTestStore, temporaryDirectory, write } from "./storeFixture.ts";

const DOCUMENTS = 1_500;

/** A folder with 3 MB of documents. */
async function filledFolder(): Promise<string> {
  const dir = temporaryDirectory();
  const store = await openTestStore(dir);
  write(store, (tx) => {
    for (let n = 0; n < DOCUMENTS; n++) tx.insert("", "notes", { text: "x".repeat(2_000) });
  });
  await store.close();
  return dir;
}

test("W5 the disk is full in a backup, a compaction or a restore: one sentence, and no half file", async () => {
  const dir = await filledFolder();
  const whole = join(temporaryDirectory(), "whole.mdb");
  await backup({ dir, target: whole, overwrite: false });
  const [copies, empty] = [temporaryDirectory(), temporaryDirectory()];
  const attempts = [
    ["backup", copies, "--data-dir", dir],
    ["compact", "--data-dir", dir],
    ["restore", whole, "--data-dir", empty],
  ];
  for (const attempt of attempts) {
    const { code, stderr } = await exitOf(spawnLimited("-f 2000", COMMAND, ...attempt));
    expect(code).toBe(1);
    expect(stderr).toMatch(/^\/\S+ cannot be written: .*file too large.*\.\n$/i);
  }
  expect(readdirSync(copies)).toEqual([]);
  expect(readdirSync(empty)).toEqual([]);
  expect(readdirSync(dir).sort()).toEqual(["store.mdb", "store.mdb-lock"]);
  expect(await check(dir)).toMatchObject({ documents: DOCUMENTS, problems: [] });
});

test("W4 the disk is full in an upload: it is refused, and takes no space", async () => {
  const dir = temporaryDirectory();
  const args = ["--data-dir", dir, "--port", "0", "--site-port", "0"];
  const { child, url } = await whenReady(spawnLimited("-f 2000", COMMAND, ...args));
  const adminKey = readFileSync(join(dir, "admin-key"), "utf8").trim();
  const headers = { Authorization: `Convex ${adminKey}` };
  const post = (path: string, body?: string) =>
    fetch(`${url}/api/import/${path}`, { method: "POST", headers, body: body ?? null });
  const { uploadToken } = (await (await post("start_upload")).json()) as { uploadToken: string };
  const part = (body: string) => post(`upload_part?uploadToken=${uploadToken}&partNumber=1`, body);
  const refused = await part("x".repeat(4_000_000));
  expect([refused.status, await refused.text()]).toEqual([
    507,
    expect.stringContaining("The upload was not stored: EFBIG"),
  ]);
  expect(statSync(join(dir, "milepost-uploads", uploadToken)).size).toBe(0);
  expect((await part("fits")).status).toBe(200);
  await kill(child);
});

test("W18 what a killed restore and a killed compaction have left is removed, and stops nobody", async () => {
  const dir = await filledFolder();
  const [target, empty] = [join(temporaryDirectory(), "copy.mdb"), temporaryDirectory()];
  await backup({ dir, target, overwrite: false });
  leaveHalf(join(empty, "restore.part"));
  await restore(target, empty);
  expect(await check(empty)).toMatchObject({ documents: DOCUMENTS, problems: [] });
  for (const name of ["restore.part", "store.mdb.compact"]) leaveHalf(join(empty, name));
  await (await openTestStore(empty)).close();
  expect(readdirSync(empty).sort()).toEqual(["store.mdb", "store.mdb-lock"]);
});

function leaveHalf(folder: string): void {
  mkdirSync(folder);
  writeFileSync(join(folder, "part"), "half");
}
