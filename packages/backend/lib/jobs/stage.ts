import type { Doc } from "../../_generated/dataModel";
import type { AccountFinding, ImpactShare, StageName } from "../../tables/jobs";
import type { ReadCtx, WriteCtx } from "../tableOwners";

export type Job = Doc<"jobs">;

/** What became of one item. */
export interface Applied {
  findings?: AccountFinding[];
  /** There is more to do for this item: it is the next one again. */
  isAgain?: boolean;
  /** Changes of ranks are queued: the item comes again when they are through, or is left after a while. */
  isWaiting?: boolean;
  /** The aggregate is being built from nothing, so what it lacks is no finding. */
  isRebuild?: boolean;
  /** What it changed for a person. */
  share?: ImpactShare;
}

/** One pass of a job over items in the order of their keys. */
export interface Stage {
  /** Tells who watches what goes on; deletions are not watched. */
  name?: StageName;
  /** It has one item, however many people there are. */
  isSingle?: true;
  /** Items a step takes at first. */
  batch: number;
  /** It moves points, so that frozen standings end the job. */
  needsOpen?: true;
  /** The next items after the last one that is done, at most `limit`; none end the stage. Reads only. */
  keys(
    ctx: ReadCtx,
    job: Job,
    range: { after: string | null; limit: number },
  ): Promise<readonly string[]>;
  /** Does one item, all of it or nothing; again after it was done it changes nothing. */
  apply(ctx: WriteCtx, job: Job, key: string): Promise<Applied>;
}

/** A stage of a single item. */
export function once(
  apply: (ctx: WriteCtx, job: Job) => Promise<Applied>,
  name?: StageName,
): Stage {
  return {
    name,
    isSingle: true,
    batch: 1,
    keys: async (_ctx, _job, { after }) => (after === null ? ["once"] : []),
    apply: async (ctx, job) => await apply(ctx, job),
  };
}
