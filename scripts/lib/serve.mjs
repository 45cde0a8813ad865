import { createServer } from "node:http";
import sirv from "sirv";

/**
 * The headers of every answer. Styles may be inline (the component library positions its popovers so), scripts
 * may not; connections go to the page's own origin and to the deployment, nowhere else.
 * @param {{convexUrl: string, siteUrl: string}} deployment
 */
function securityHeaders({ convexUrl, siteUrl }) {
  const socket = convexUrl.replace(/^http/, "ws");
  const policy = [
    "default-src 'self'",
    `connect-src 'self' ${convexUrl} ${socket} ${siteUrl}`,
    "img-src 'self' data:",
    "style-src 'self' 'unsafe-inline'",
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ];
  return {
    "Content-Security-Policy": policy.join("; "),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
  };
}

/**
 * Serves the built page out of a folder that must not change meanwhile: files of `folder`, the page itself for every other path without a file ending (its router
 * reads the address), and /config.json, which tells the page where its deployment is.
 * @param {{folder: string, config: {convexUrl: string, siteUrl: string, demo: boolean}}} options
 * @returns {import("node:http").Server}
 */
export function createWebServer({ folder, config }) {
  const headers = securityHeaders(config);
  const files = sirv(folder, {
    single: true,
    etag: true,
    setHeaders(response, path) {
      // Vite puts the content's hash into the names below assets/, so those never change. A path there
      // without an ending is answered with the page, which does.
      const hashed = /^\/assets\/[^/]+\.\w+$/.test(path);
      response.setHeader(
        "Cache-Control",
        hashed ? "public, max-age=31536000, immutable" : "no-cache",
      );
    },
  });
  const configBody = JSON.stringify(config);
  return createServer((request, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    if (request.method !== "GET" && request.method !== "HEAD") {
      response.writeHead(405, { Allow: "GET, HEAD" }).end();
    } else if (request.url?.split("?")[0] === "/config.json") {
      response.writeHead(200, { "Content-Type": "application/json", "Cache-Control": "no-store" });
      response.end(request.method === "HEAD" ? undefined : configBody);
    } else {
      files(request, response, () => {
        response.writeHead(404, { "Content-Type": "text/plain; charset=utf-8" }).end("Not found\n");
      });
    }
  });
}

/** Starts listening. @param {import("node:http").Server} server @param {{port: number, host: string}} address */
export const listen = (server, address) =>
  new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(address, () => resolve(undefined));
  });
