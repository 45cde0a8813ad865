import { createServer } from "node:net";
import { describe, expect, test } from "vitest";
import { helpText, readOptions, readPort } from "../lib/options.mjs";
import { choosePort } from "../lib/ports.mjs";

const OPTIONS = /** @type {const} */ ({
  "data-dir": { type: "string", value: "DIR", default: ".milepost", help: "where the data lives" },
  person: { type: "string", help: "who" },
  "no-demo": { type: "boolean", help: "start empty" },
});

/** @param {string[]} argv */
const read = (...argv) => readOptions("tool [options]", OPTIONS, argv);

describe("options", () => {
  test("have their defaults, and false for a switch that is not given", () => {
    expect({ ...read() }).toEqual({ "data-dir": ".milepost", "no-demo": false });
    expect({ ...read("--no-demo", "--person", "a@b.example") }).toEqual({
      "data-dir": ".milepost",
      "no-demo": true,
      person: "a@b.example",
    });
  });

  test("refuse what they do not know, by name", () => {
    expect(() => read("--prot", "3")).toThrow("Unknown option '--prot'. Run with --help");
    expect(() => read("extra")).toThrow("Unexpected argument 'extra'");
    expect(() => read("--person")).toThrow("--person");
    expect(() => read("--no-demo=yes")).toThrow("--no-demo");
  });

  test("explain themselves with their defaults", () => {
    const text = helpText("tool [options]", OPTIONS);
    expect(text).toContain("--data-dir DIR  where the data lives (default .milepost)");
    expect(text).toContain("--help");
  });

  test("take a port only as a whole number a port can be", () => {
    expect(readPort("0", "port")).toBe(0);
    expect(readPort("65535", "port")).toBe(65_535);
    for (const text of ["65536", "-1", "3000.5", "0x10", "", "http"]) {
      expect(() => readPort(text, "web-port")).toThrow("--web-port must be a port number");
    }
  });
});

describe("a port", () => {
  test("that is taken is refused with the option that chooses another", async () => {
    const server = createServer();
    await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const wish = { host: "127.0.0.1", port, option: "web-port", purpose: "web page" };
    await expect(choosePort(wish)).rejects.toThrow(
      `Port ${port} (web page) is taken by another program. Stop that program or choose another port with --web-port N.`,
    );
    server.close();
    await expect(choosePort({ ...wish, port: 0 })).resolves.toBeGreaterThan(0);
  });
});
