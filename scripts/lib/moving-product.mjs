import { moveClock } from "./embedded.mjs";
import { launchDeployment } from "./launch.mjs";
import { connectTo } from "./product.mjs";
import { pushIfChanged } from "./push.mjs";
import { serveWeb } from "./start.mjs";
import { setUpStrava, startFake } from "./strava-world.mjs";
import { withFolder } from "./temporary.mjs";
import { buildWebIfChanged } from "./web.mjs";

/**
 * The whole product with a clock that can be moved, and a made-up Strava whose clock goes along.
 * @typedef {object} MovingProduct
 * @property {string} url of the page
 * @property {ReturnType<typeof connectTo>} connection
 * @property {import("../fake-strava/core.mjs").FakeStrava} fake
 * @property {() => number} now what their clocks say, UTC ms; a browser's does not go along by itself
 * @property {(ms: number) => Promise<void>} pass lets time pass for both at once
 */

/**
 * Runs `body` with such a product, on an empty data folder and free ports, that is thrown away afterwards. Its sign-in
 * page offers people made with `isDemo`.
 * @template T
 * @param {(product: MovingProduct) => Promise<T>} body
 */
export const withMovingProduct = (body) =>
  withFolder(async (folder) => {
    let aheadMs = 0;
    const now = () => Date.now() + aheadMs;
    const strava = await startFake({ now });
    const ports = { port: "0", "site-port": "0", "web-port": "0" };
    const options = { "data-dir": folder, host: "127.0.0.1", "no-demo": false, ...ports };
    const how = { hasMovableClock: true, quiet: true };
    const { deployment, webPort, webUrl } = await launchDeployment(options, how);
    /** @type {Awaited<ReturnType<typeof serveWeb>> | null} */
    let server = null;
    try {
      await Promise.all([pushIfChanged(deployment), buildWebIfChanged()]);
      server = await serveWeb({ deployment, webPort, host: options.host, demo: true });
      await setUpStrava(folder, strava.url);
      const pass = async (/** @type {number} */ ms) => {
        await moveClock(deployment, ms);
        aheadMs += ms;
      };
      return await body({
        url: webUrl,
        connection: connectTo(folder),
        fake: strava.fake,
        now,
        pass,
      });
    } finally {
      server?.close().closeAllConnections();
      await deployment.stop();
      await strava.close();
    }
  });
