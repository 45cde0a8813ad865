import { spawn } from "node:child_process";
import { EventEmitter } from "node:events";
import { expect, test, vi } from "vitest";
import { convexCli } from "../lib/deploy.mjs";

vi.mock("node:child_process", () => ({
  spawn: vi.fn(() => {
    const child = new EventEmitter();
    queueMicrotask(() => child.emit("close", 0, null));
    return child;
  }),
}));

test("the admin key reaches the CLI by its environment, never by arguments anybody can read", async () => {
  vi.stubEnv("CONVEX_DEPLOYMENT", "dev:somewhere-else");
  await convexCli(["deploy"], { url: "http://127.0.0.1:1", adminKey: "milepost|secret" });
  const [, args, options] = vi.mocked(spawn).mock.calls[0] ?? [];
  expect(args?.slice(1)).toEqual(["deploy"]);
  expect(options?.env).toMatchObject({
    CONVEX_SELF_HOSTED_URL: "http://127.0.0.1:1",
    CONVEX_SELF_HOSTED_ADMIN_KEY: "milepost|secret",
    CONVEX_DEPLOYMENT: "",
  });
});
