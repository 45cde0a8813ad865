import { api } from "@milepost/backend/api";
import type { Archive, ArchiveRow } from "@milepost/backend/rules/archive";
import { useConvex, useMutation } from "convex/react";
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
  type PlannedRow,
  type RowResult,
} from "./importPlan";

/** Where an import stands. `reason` is why an organiser imports days that are closed for participants. */
export type ImportState =
  | { step: "choose"; problem: string | null }
  | { step: "previewing"; done: number; total: number }
  | { step: "ready"; archive: Archive; plan: PlannedRow[]; reason: string; problem: string | null }
  | { step: "importing"; done: number; total: number }
  | { step: "done"; archive: Archive; results: RowResult[] };

type Ready = Extract<ImportState, { step: "ready" }>;

/** Reads an archive in the browser, shows what would become of its rows, and imports those that count. */
export function useImport() {
  const client = useConvex();
  const importActivities = useMutation(api.mutations.imports.importActivities);
  const { challengeId } = useChallenge();
  const today = useToday();
  const viewer = useViewer();
  const [state, setState] = useState<ImportState>({ step: "choose", problem: null });

  function sharedArgs(reason: string) {
    return { challengeId, source: "archive" as const, ...(reason === "" ? {} : { reason }) };
  }

  async function preview(archive: Archive, reason: string): Promise<void> {
    const total = archive.rows.length;
    setState({ step: "previewing", done: 0, total });
    const results: RowResult[] = [];
    try {
      for (const rows of chunksOf(archive.rows, CHUNK_SIZE)) {
        const args = { ...sharedArgs(reason), rows, today };
        results.push(...(await client.query(api.queries.imports.preview, args)).results);
        setState({ step: "previewing", done: results.length, total });
      }
      setState({
        step: "ready",
        archive,
        plan: planOf(archive.rows, results),
        reason,
        problem: null,
      });
    } catch (error) {
      setState({ step: "choose", problem: messageOf(error) });
    }
  }

  async function choose(file: File): Promise<void> {
    const { parseArchive } = await import("@milepost/backend/rules/archive");
    const archive = parseArchive(await file.text(), { zone: viewer?.timezone ?? browserZone() });
    if (!archive.ok) setState({ step: "choose", problem: archive.problem });
    else await preview(archive, "");
  }

  /** Imports `rows`, and `duplicates` although each looks like an activity that is already there. */
  async function run(ready: Ready, rows: ArchiveRow[], duplicates: ArchiveRow[]): Promise<void> {
    const { archive, plan, reason } = ready;
    const chunks = [
      ...chunksOf(rows, CHUNK_SIZE).map((chunk) => ({ chunk, allowDuplicates: false })),
      ...chunksOf(duplicates, CHUNK_SIZE).map((chunk) => ({ chunk, allowDuplicates: true })),
    ];
    const total = rows.length + duplicates.length;
    const written: RowResult[] = [];
    setState({ step: "importing", done: 0, total });
    try {
      for (const { chunk, allowDuplicates } of chunks) {
        const args = { ...sharedArgs(reason), rows: chunk, requestId: newRequestId() };
        const answer = await importActivities({
          ...args,
          ...(allowDuplicates ? { allowDuplicates } : {}),
        });
        written.push(...answer.results);
        setState({ step: "importing", done: written.length, total });
      }
      setState({ step: "done", archive, results: mergeResults(plan, written) });
    } catch (error) {
      // What was imported stays and is known the next time: pressing import again goes on where this stopped.
      setState({ ...ready, problem: messageOf(error) });
    }
  }

  return {
    state,
    choose,
    preview,
    run,
    startOver: () => setState({ step: "choose", problem: null }),
  };
}
