import { api } from "@milepost/backend/api";
import { Link } from "@tanstack/react-router";
import { useConvex, useQuery } from "convex/react";
import { ArrowLeft, Hourglass, Printer } from "lucide-react";
import { useState } from "react";
import { Button } from "../../components/Button";
import { PageHeader, usePageTitle } from "../../components/Page";
import { Loading, SkeletonRows } from "../../components/Skeleton";
import { EmptyState } from "../../components/States";
import { formatDays } from "../../lib/format";
import { useDo } from "../../lib/useDo";
import { useChallenge, useSharedArgs } from "../challenges/challengeContext";
import { FinalTable, type FinalRow } from "./FinalTable";

const PAGE_SIZE = 100;
const dateTime = new Intl.DateTimeFormat(undefined, { dateStyle: "long", timeStyle: "short" });

/** The frozen standings of a challenge that is over, made to be printed. */
export function FinalPage() {
  const challenge = useChallenge();
  const first = useQuery(api.queries.standings.final, { ...useSharedArgs(), limit: PAGE_SIZE });
  usePageTitle(`Final standings of ${challenge.name}`);
  return (
    <>
      <Link
        to="/c/$challengeId"
        params={{ challengeId: challenge.challengeId }}
        className="inline-flex min-h-9 items-center gap-2 justify-self-start rounded font-semibold text-accent-ink print:hidden"
      >
        <ArrowLeft className="size-4" aria-hidden />
        Leaderboard
      </Link>
      {first === undefined && (
        <Loading label="Loading the final standings">
          <SkeletonRows count={8} />
        </Loading>
      )}
      {first === null && (
        <EmptyState icon={Hourglass} level={1} title="No final standings yet">
          {challenge.isFinal
            ? "They are being put together. This page shows them by itself."
            : "They are frozen when the organisers close the challenge."}
        </EmptyState>
      )}
      {first && <Standings key={first.version} first={first} />}
    </>
  );
}

interface Page {
  version: number;
  readyAt: number | null;
  page: FinalRow[];
  continueCursor: number | null;
}

/** The pages of one version, which never change. */
function usePages(first: Page) {
  const client = useConvex();
  const shared = useSharedArgs();
  const { version } = first;
  const [later, setLater] = useState<{ rows: FinalRow[]; cursor: number | null } | null>(null);
  const cursor = later === null ? first.continueCursor : later.cursor;
  const rows = [...first.page, ...(later?.rows ?? [])];

  /** Loads the next page, or all that are left. */
  async function load(isAll: boolean): Promise<void> {
    let [next, all] = [cursor, later?.rows ?? []];
    do {
      if (next === null) return;
      const args = { ...shared, version, cursor: next, limit: PAGE_SIZE };
      const answer = await client.query(api.queries.standings.final, args);
      all = [...all, ...(answer?.page ?? [])];
      next = answer?.continueCursor ?? null;
      setLater({ rows: all, cursor: next });
    } while (isAll);
  }

  return { rows, hasMore: cursor !== null, load };
}

function Standings({ first }: { first: Page }) {
  const challenge = useChallenge();
  const { rows, hasMore, load } = usePages(first);
  const { isPending, run } = useDo();

  async function print(): Promise<void> {
    await load(true);
    // The rows just loaded are on the page after the next frame.
    requestAnimationFrame(() => requestAnimationFrame(() => globalThis.print()));
  }

  return (
    <>
      <div className="flex flex-wrap items-end justify-between gap-4">
        <PageHeader title="Final standings">
          {challenge.name}, {formatDays(challenge.startsOn, challenge.endsOn)}.
          {first.readyAt !== null && ` Frozen ${dateTime.format(first.readyAt)}`}
          {first.version > 1 && `, version ${first.version} after a correction`}
        </PageHeader>
        <Button
          variant="secondary"
          className="print:hidden"
          pending={isPending}
          onClick={() => run(print)}
        >
          <Printer aria-hidden />
          Print
        </Button>
      </div>
      <FinalTable rows={rows} ownUserId={challenge.viewer?.userId} isPart={hasMore} />
      {hasMore && (
        <Button
          variant="secondary"
          className="print:hidden"
          pending={isPending}
          onClick={() => run(() => load(false))}
        >
          Show more
        </Button>
      )}
    </>
  );
}
