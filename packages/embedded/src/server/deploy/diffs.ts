/** What a push changes, in the shapes the CLI prints. */
import type { ComponentPath, IndexDiff } from "../../types.ts";
import { cronsOf, instances, type AnalyzedDefinition, type PushAnalysis } from "./analysis.ts";

type Names = { added: string[]; removed: string[] };

interface WireIndex {
  name: string;
  type: "database";
  fields: string[];
}

export interface WireIndexDiff {
  added_indexes: WireIndex[];
  removed_indexes: WireIndex[];
}

/** Index changes per component, as start_push and finish_push answer them. */
export function wireIndexDiffs(
  diffs: Map<ComponentPath, IndexDiff>,
): Record<ComponentPath, WireIndexDiff> {
  return Object.fromEntries(
    [...diffs].map(([path, { added, removed }]) => [
      path,
      { added_indexes: added.map(wireIndex), removed_indexes: removed.map(wireIndex) },
    ]),
  );
}

/** The answer of finish_push: every component that appears, changes or goes. */
export function pushDiff(
  before: PushAnalysis | null,
  after: PushAnalysis,
  indexDiffs: Record<ComponentPath, WireIndexDiff>,
): object {
  const old = before === null ? new Map<string, AnalyzedDefinition>() : instances(before);
  const fresh = instances(after);
  const paths = new Set([...old.keys(), ...fresh.keys()]);
  return {
    authDiff: nameDiff(texts(before?.appAuth), texts(after.appAuth)),
    definitionDiffs: {},
    componentDiffs: Object.fromEntries(
      [...paths].map((path) => [
        path,
        componentDiff(old.get(path), fresh.get(path), indexDiffs[path]),
      ]),
    ),
  };
}

function componentDiff(
  before: AnalyzedDefinition | undefined,
  after: AnalyzedDefinition | undefined,
  indexDiff: WireIndexDiff | undefined,
): object {
  return {
    diffType: {
      type: before === undefined ? "create" : after === undefined ? "unmount" : "modify",
    },
    moduleDiff: nameDiff(Object.keys(before?.functions ?? {}), Object.keys(after?.functions ?? {})),
    udfConfigDiff: null,
    cronDiff: cronDiff(cronsOf(before), cronsOf(after)),
    indexDiff: indexDiff ?? { added_indexes: [], removed_indexes: [] },
    schemaDiff: schemaDiff(before?.schema, after?.schema),
  };
}

function schemaDiff(before: unknown, after: unknown): object | null {
  const previous = before == null ? null : JSON.stringify(before);
  const next = after == null ? null : JSON.stringify(after);
  return previous === next ? null : { previous_schema: previous, next_schema: next };
}

function cronDiff(
  before: Map<string, string>,
  after: Map<string, string>,
): { added: string[]; updated: string[]; deleted: string[] } {
  const { added, removed } = nameDiff([...before.keys()], [...after.keys()]);
  const updated = [...after].filter(
    ([name, spec]) => before.has(name) && before.get(name) !== spec,
  );
  return { added, updated: updated.map(([name]) => name), deleted: removed };
}

function nameDiff(before: string[], after: string[]): Names {
  return {
    added: after.filter((name) => !before.includes(name)),
    removed: before.filter((name) => !after.includes(name)),
  };
}

function texts(values: unknown[] | undefined): string[] {
  return (values ?? []).map((value) => JSON.stringify(value));
}

function wireIndex(index: { table: string; name: string; fields: string[] }): WireIndex {
  return { name: `${index.table}.${index.name}`, type: "database", fields: index.fields };
}
