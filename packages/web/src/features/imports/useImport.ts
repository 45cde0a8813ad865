import { api } from "@milepost/backend/api";
import type { Archive, ArchiveRow } from "@milepost/backend/rules/archive";
import { useConvex, useMutation, type ReactMutation } from "convex/react";
import type { FunctionArgs } from "convex/server";
import { useState } from "react";
import { useToday, useViewer } from "../../app/context";
import { messageOf } from "../../lib/refusals";
import { newRequestId } from "../../lib/requestId";
import { browserZone } from "../../lib/today";
import { useChallenge } from "../challenges/challengeContext";
import {
  CHUNK_SIZE,
  chunksOf,
  mergeResults,
  planOf,
  shipmentOf,
  type PlannedRow,
  type RowResult,
} from "./importPlan";
import { persistently } from "../../lib/persistently";
import { patiently } from "./patiently";

/** What would become of the file's rows, before anything is written. */
export interface ReadyImport {
  step: "ready";
  archive: Archive;
  plan: PlannedRow[];
  /** Why an organiser imports days that are closed for participants, "" for everybody else; the plan was made with it. */
  reason: string;
  /** The reason typed last, also where asking with it failed. */
  typedReason: string;
  /** Held rows of which the person says that they are no duplicates. */
  chosenIds: ReadonlySet<string>;
  problem: string | null;
}

/** Where an import stands. */
export type ImportState =
  | { step: "choose"; problem: string | null }
  | { step: "previewing"; done: number; total: number }
  | ReadyImport
  | { step: "importing"; done: number; total: number }
  | { step: "done"; archive: Archive; results: RowResult[] };

interface Progress {
  done: number;
  total: number;
}

/** Reads the chosen file; a file that cannot be opened, or a reader that cannot be loaded, is a problem like any other. */
async function readArchive(file: File, zone: string) {
  try {
    const { parseArchive } = await import("@milepost/backend/rules/archive");
    return parseArchive(await file.text(), { zone });
  } catch {
    return { ok: false, problem: "The file could not be opened. Choose it again." } as const;
  }
}

/** What the deployment would do with each row, asked chunk by chunk; `onProgress` hears after each. */
async function previewRows(
  client: ReturnType<typeof useConvex>,
  args: Omit<FunctionArgs<typeof api.queries.imports.preview>, "rows">,
  rows: readonly ArchiveRow[],
  onProgress: (progress: Progress) => void,
): Promise<RowResult[]> {
  const results: RowResult[] = [];
  for (const chunk of chunksOf(rows, CHUNK_SIZE)) {
    onProgress({ done: results.length, total: rows.length });
    const answer = await client.query(api.queries.imports.preview, { ...args, rows: chunk });
    results.push(...answer.results);
  }
  return results;
}

type ImportChunk = ReactMutation<typeof api.mutations.imports.importActivities>;

/** Imports rows chunk by chunk, each under a request id of its own; `onProgress` hears after each. */
async function importRows(
  importChunk: ImportChunk,
  args: Omit<FunctionArgs<typeof api.mutations.imports.importActivities>, "rows" | "requestId">,
  rows: readonly ArchiveRow[],
  onProgress: (count: number) => void,
): Promise<RowResult[]> {
  const results: RowResult[] = [];
  for (const chunk of chunksOf(rows, CHUNK_SIZE)) {
    const call = { ...args, rows: chunk, requestId: newRequestId() };
    const answer = await patiently(() => persistently(() => importChunk(call)));
    results.push(...answer.results);
    onProgress(chunk.length);
  }
  return results;
}

/** Reads an archive in the browser, shows what would become of its rows, and imports those that count. */
export function useImport() {
  const client = useConvex();
  const importChunk = useMutation(api.mutations.imports.importActivities);
  const { challengeId } = useChallenge();
  const today = useToday();
  const viewer = useViewer();
  const [state, setState] = useState<ImportState>({ step: "choose", problem: null });

  function sharedArgs(reason: string) {
    const source = "archive" as const;
    return { challengeId, source, ...(reason === "" ? {} : { reason }) };
  }

  async function preview(
    archive: Archive,
    reason: string,
    before: ReadyImport | null,
  ): Promise<void> {
    try {
      const args = { ...sharedArgs(reason), today };
      const results = await previewRows(client, args, archive.rows, (progress) =>
        setState({ step: "previewing", ...progress }),
      );
      const plan = planOf(archive.rows, results);
      const chosenIds = before?.chosenIds ?? new Set();
      const wish = { reason, typedReason: reason, chosenIds };
      setState({ step: "ready", archive, plan, ...wish, problem: null });
    } catch (error) {
      const problem = messageOf(error);
      if (before === null) setState({ step: "choose", problem });
      else setState({ ...before, typedReason: reason, problem });
    }
  }

  async function choose(file: File): Promise<void> {
    const archive = await readArchive(file, viewer?.timezone ?? browserZone());
    if (!archive.ok) setState({ step: "choose", problem: archive.problem });
    else await preview(archive, "", null);
  }

  async function run(ready: ReadyImport): Promise<void> {
    const { archive, plan, reason, chosenIds } = ready;
    const { rows, anyway } = shipmentOf(plan, chosenIds);
    const total = rows.length + anyway.length;
    let done = 0;
    const advance = (count: number): void => {
      done += count;
      setState({ step: "importing", done, total });
    };
    advance(0);
    try {
      const args = sharedArgs(reason);
      const allowing = { ...args, allowDuplicates: true };
      const written = await importRows(importChunk, args, rows, advance);
      written.push(...(await importRows(importChunk, allowing, anyway, advance)));
      setState({ step: "done", archive, results: mergeResults(plan, written) });
    } catch (error) {
      // What was imported stays and is known the next time: pressing import again goes on where this stopped.
      const problem = `${messageOf(error)} What was imported so far is kept; import again to go on.`;
      setState({ ...ready, problem });
    }
  }

  return {
    state,
    choose,
    /** Asks again what would become of the rows, as organiser when a reason is given. */
    lookAgain: async (ready: ReadyImport, reason: string) =>
      await preview(ready.archive, reason, ready),
    /** Says which held rows are no duplicates. */
    tick: (ready: ReadyImport, chosenIds: ReadonlySet<string>) => setState({ ...ready, chosenIds }),
    run,
    startOver: () => setState({ step: "choose", problem: null }),
  };
}
