/**
 * The figures of `GET /metrics`, in the text format of Prometheus. The format is four kinds of lines, so it is
 * written here rather than by a client library, whose registry would live beside the objects that know the figures.
 */
import { readFileSync, statSync } from "node:fs";
import type { Execution } from "../runtime/index.ts";
import type { Engine } from "../types.ts";
import type { LiveQueries } from "./sync/liveQueries.ts";
import type { SocketServer } from "./sync/socketServer.ts";

/** What the figures are read from when somebody asks. */
export interface MetricsSources {
  engine: Engine;
  live: LiveQueries;
  sockets: SocketServer;
  dataFile: string;
}

/** Upper bounds of the classes of duration, seconds. */
const DURATIONS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

interface KindFigures {
  ok: number;
  failed: number;
  seconds: number;
  /** One count per bound, of executions that took at most so long; longer ones are in none. */
  within: number[];
}

/** Counts what ends; knows nothing of the people or arguments behind it. */
export class Metrics {
  readonly #byKind = new Map<Execution["udfType"], KindFigures>();
  readonly #startedMs = Date.now();
  #commits = 0;

  /** Counts a function that has ended. */
  countExecution({ udfType, error, durationMs }: Execution): void {
    let figures = this.#byKind.get(udfType);
    if (figures === undefined) {
      figures = { ok: 0, failed: 0, seconds: 0, within: DURATIONS.map(() => 0) };
      this.#byKind.set(udfType, figures);
    }
    const seconds = durationMs / 1000;
    if (error === null) figures.ok++;
    else figures.failed++;
    figures.seconds += seconds;
    for (const [i, bound] of DURATIONS.entries()) {
      if (seconds <= bound) figures.within[i] = (figures.within[i] ?? 0) + 1;
    }
  }

  countCommit(): void {
    this.#commits++;
  }

  /** Everything counted so far, and the present state of the sources. */
  text({ engine, live, sockets, dataFile }: MetricsSources): string {
    const { reruns, cacheHits, cacheMisses } = live.counts;
    const { waiting, running } = engine.jobCounts();
    return [
      ...this.#functionLines(),
      ...metric("commits_total", "counter", "Commits, deploys among them.", this.#commits),
      ...metric("query_reruns_total", "counter", "Runs of watched queries.", reruns),
      ...metric("query_cache_hits_total", "counter", "Queries answered from the cache.", cacheHits),
      ...metric("query_cache_misses_total", "counter", "Plain queries that ran.", cacheMisses),
      ...metric("connections", "gauge", "Open WebSockets.", sockets.connections),
      ...metric("subscriptions", "gauge", "Watched queries of all clients.", live.subscriptions),
      ...metric("jobs_waiting", "gauge", "Scheduled functions that have not started.", waiting),
      ...metric("jobs_running", "gauge", "Scheduled functions that run.", running),
      ...metric(
        "memory_anonymous_bytes",
        "gauge",
        "Memory without the mapped data file.",
        memory(),
      ),
      ...metric(
        "heap_bytes",
        "gauge",
        "JavaScript objects in memory.",
        process.memoryUsage().heapUsed,
      ),
      ...metric("cpu_seconds_total", "counter", "Processor time of the process.", cpuSeconds()),
      ...metric("data_file_bytes", "gauge", "Size of the data file.", statSync(dataFile).size),
      ...metric("start_time_seconds", "gauge", "When the server started.", this.#startedMs / 1000),
      "",
    ].join("\n");
  }

  #functionLines(): string[] {
    const kinds = [...this.#byKind].map(([kind, figures]) => ({
      kind: kind.toLowerCase(),
      ...figures,
    }));
    return [
      ...header("functions_total", "counter", "Functions that have ended, by kind and outcome."),
      ...kinds.flatMap(({ kind, ok, failed }) => [
        `milepost_functions_total{kind="${kind}",outcome="ok"} ${ok}`,
        `milepost_functions_total{kind="${kind}",outcome="failed"} ${failed}`,
      ]),
      ...header("function_seconds", "histogram", "How long functions took, by kind."),
      ...kinds.flatMap(({ kind, ok, failed, seconds, within }) => [
        ...DURATIONS.map(
          (bound, i) =>
            `milepost_function_seconds_bucket{kind="${kind}",le="${bound}"} ${within[i] ?? 0}`,
        ),
        `milepost_function_seconds_bucket{kind="${kind}",le="+Inf"} ${ok + failed}`,
        `milepost_function_seconds_sum{kind="${kind}"} ${seconds}`,
        `milepost_function_seconds_count{kind="${kind}"} ${ok + failed}`,
      ]),
    ];
  }
}

function header(name: string, type: string, help: string): string[] {
  return [`# HELP milepost_${name} ${help}`, `# TYPE milepost_${name} ${type}`];
}

function metric(name: string, type: string, help: string, value: number): string[] {
  return [...header(name, type, help), `milepost_${name} ${value}`];
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Resident memory less the pages of the mapped file, where the system tells; else all of it. */
function memory(): number {
  if (process.platform === "linux") {
    const kilobytes = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
    if (kilobytes !== undefined) return Number(kilobytes) * 1024;
  }
  return process.memoryUsage.rss();
}
