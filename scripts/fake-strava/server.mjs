import { createServer } from "node:http";

/** The longest request body that is read. */
const MAX_BODY = 1_000_000;

/** @param {import("node:http").IncomingMessage} request */
async function bodyOf(request) {
  let body = "";
  for await (const chunk of request.setEncoding("utf8")) {
    body += chunk;
    if (body.length > MAX_BODY) throw new Error("the body is too long");
  }
  return body;
}

/**
 * Changes the made-up world as an athlete would: the paths under /fake are ours, not Strava's.
 * @param {import("./core.mjs").FakeStrava} fake @param {string} path @param {string} body
 */
async function control(fake, path, body) {
  const { athleteId, activity, id, kind, times, objectId, aspect, updates } = JSON.parse(body);
  if (path === "/fake/activity") fake.put(athleteId, activity);
  else if (path === "/fake/remove") fake.remove(athleteId, String(id));
  else if (path === "/fake/revoke") fake.revoke(athleteId);
  else if (path === "/fake/fault") fake.fail(kind, times);
  else if (path === "/fake/event" && fake.subscription !== null) {
    const event = JSON.stringify(fake.event(athleteId, objectId, aspect, updates));
    return (await fetch(fake.subscription.callbackUrl, { method: "POST", body: event })).status;
  } else return 404;
  return 200;
}

/**
 * Serves a fake Strava on 127.0.0.1, and on no other address.
 * @param {import("./core.mjs").FakeStrava} fake @param {number} port 0 = any free one
 * @returns {Promise<{url: string, close: () => Promise<void>}>}
 */
export async function serveFake(fake, port) {
  const server = createServer((request, response) => {
    const url = request.url ?? "/";
    const reply = async () => {
      const body = await bodyOf(request);
      if (url.startsWith("/fake/") && request.method === "POST") {
        response.writeHead(await control(fake, url, body)).end();
        return;
      }
      const { authorization } = request.headers;
      const method = request.method ?? "GET";
      const answer = await fake.handle({ method, url, authorization, body });
      if (answer.isLost) request.socket.destroy();
      else response.writeHead(answer.status, answer.headers).end(answer.body);
    };
    reply().catch((error) => response.writeHead(400).end(String(error)));
  });
  await new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve(null));
  });
  const address = server.address();
  const actual = typeof address === "object" && address !== null ? address.port : port;
  return {
    url: `http://127.0.0.1:${actual}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
