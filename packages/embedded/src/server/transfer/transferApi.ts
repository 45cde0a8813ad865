/** The endpoints of `npx convex export` and `npx convex import`; all need the admin key. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import type { Engine } from "../../types.ts";
import { readJson } from "../http/body.ts";
import { badRequest } from "../http/errors.ts";
import { sendJson } from "../http/respond.ts";
import type { SystemQueries } from "../systemQueries.ts";
import { exportZip } from "./exportZip.ts";
import { finishUpload, performImport, type Imports } from "./imports.ts";

const DOWNLOAD = "/api/export/zip/";

export interface Transfers {
  engine: Engine;
  imports: Imports;
  system: SystemQueries;
}

type Answer = (
  transfers: Transfers,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
) => Promise<void>;

const POSTS: Readonly<Record<string, Answer>> = {
  "/api/export/request/zip": async ({ engine, system }, _url, _request, response) => {
    // The snapshot is taken when the download begins: there is nothing to prepare, and nothing is kept.
    system.exportTs = engine.store.ts;
    sendJson(response, 200, null);
  },
  "/api/import/start_upload": async ({ imports }, _url, _request, response) =>
    sendJson(response, 200, { uploadToken: imports.startUpload() }),
  "/api/import/upload_part": async ({ imports }, url, request, response) => {
    const part = Number(url.searchParams.get("partNumber"));
    await imports.uploadPart(url.searchParams.get("uploadToken") ?? "", part, request);
    sendJson(response, 200, String(part));
  },
  "/api/import/finish_upload": async ({ imports }, _url, request, response) => {
    const body = await readJson(request, finishUpload);
    const importId = await imports.finishUpload(body.uploadToken, body.import);
    sendJson(response, 200, { importId });
  },
  "/api/perform_import": async ({ imports }, _url, request, response) => {
    const { importId } = await readJson(request, performImport);
    await imports.perform(importId);
    sendJson(response, 200, null);
  },
};

const download: Answer = async ({ engine, system: { exportTs } }, url, _request, response) => {
  if (exportTs === null || url.pathname !== DOWNLOAD + String(exportTs)) {
    throw badRequest("ExportNotFound", "There is no such export. Ask for a new one.");
  }
  const snapshot = await engine.store.snapshot();
  response.writeHead(200, {
    "Content-Type": "application/zip",
    "Content-Disposition": `attachment; filename=snapshot_${String(exportTs)}.zip`,
  });
  await pipeline(exportZip(snapshot), response);
};

/** By path; the id of an export follows behind the last slash of its path. */
export const TRANSFER_ENDPOINTS: Readonly<
  Record<string, { method: "GET" | "POST"; answer: Answer }>
> = {
  ...Object.fromEntries(
    Object.entries(POSTS).map(([path, answer]) => [path, { method: "POST", answer }] as const),
  ),
  [DOWNLOAD]: { method: "GET", answer: download },
};
