import type { MutationCtx } from "../_generated/server";
import { activityPointsAggregate } from "../lib/activityPointsAggregate";
import { awardBonusActivity } from "../lib/pointLedger";
import { sealCtx } from "../lib/tableOwners";
import type { accountOf } from "./ledger.setup";
import type { Draw } from "./random.setup";

export type Account = Awaited<ReturnType<typeof accountOf>>;

/** One way to damage an account behind the ledger's back. */
export interface Tampering {
  what: string;
  /** A finding of this kind must name it. */
  kind: string;
  /** Does the damage; answers what undoes it, where a repair does not. */
  damage: (ctx: MutationCtx, account: Account, draw: Draw) => Promise<Undo>;
}

type Undo = ((ctx: MutationCtx) => Promise<unknown>) | undefined;

/** A small random number that is never 0. */
const wrong = (draw: Draw) => (draw(2) === 0 ? 1 : -1) * (1 + draw(500));

function pick<Item>(items: readonly Item[], draw: Draw): Item {
  const item = items[draw(items.length)];
  if (item === undefined) throw new Error("nothing to pick from");
  return item;
}

function without<Row extends { _id: unknown; _creationTime: number }>(row: Row) {
  const { _id, _creationTime, ...fields } = row;
  return fields;
}

/** Damage of what is derived from the rows: a repair writes it anew. */
export const DERIVED: Tampering[] = [
  {
    what: "a total",
    kind: "standings.totalPoints",
    damage: async (ctx, { standing }, draw) => {
      const totalPoints = standing.totalPoints + wrong(draw);
      await ctx.db.patch("standings", standing._id, { totalPoints });
      return undefined;
    },
  },
  {
    what: "the board's order",
    kind: "standings.negTotal",
    damage: async (ctx, { standing }, draw) => {
      const negTotal = standing.negTotal + wrong(draw);
      await ctx.db.patch("standings", standing._id, { negTotal });
      return undefined;
    },
  },
  {
    what: "a count",
    kind: "standings.activityCount",
    damage: async (ctx, { standing }, draw) => {
      const activityCount = standing.activityCount + wrong(draw);
      await ctx.db.patch("standings", standing._id, { activityCount });
      return undefined;
    },
  },
  {
    what: "streak fields",
    kind: "standings.streakLength",
    damage: async (ctx, { standing }, draw) => {
      const streakLength = standing.streakLength + 1 + draw(9);
      const fields = { streakLength, longestStreak: streakLength, streakLastDay: "2026-06-01" };
      await ctx.db.patch("standings", standing._id, fields);
      return undefined;
    },
  },
  {
    what: "a standing that is gone",
    kind: "standings.missing",
    damage: async (ctx, { standing }) => {
      await ctx.db.delete("standings", standing._id);
      return undefined;
    },
  },
  {
    what: "a standing that is there twice",
    kind: "standings.doubled",
    damage: async (ctx, { standing }) => {
      await ctx.db.insert("standings", without(standing));
      return undefined;
    },
  },
  {
    what: "a value of the aggregate",
    kind: "aggregate.value",
    damage: async (ctx, { rows }, draw) => {
      const row = pick(
        rows.filter(({ deletedAt }) => deletedAt === undefined),
        draw,
      );
      const pointsEarned = row.pointsEarned + wrong(draw);
      await activityPointsAggregate.replace(ctx, row, { ...row, pointsEarned });
      return undefined;
    },
  },
  {
    what: "a key missing in the aggregate",
    kind: "aggregate.missing",
    damage: async (ctx, { rows }, draw) => {
      await activityPointsAggregate.delete(ctx, pick(rows, draw));
      return undefined;
    },
  },
  {
    what: "a key of nothing in the aggregate",
    kind: "aggregate.extra",
    damage: async (ctx, { rows, standing }, draw) => {
      // An id that no row has: the id of another table.
      const _id = standing._id as unknown as (typeof rows)[number]["_id"];
      const row = { ...pick(rows, draw), _id, pointsEarned: wrong(draw), deletedAt: undefined };
      await activityPointsAggregate.insert(ctx, row);
      return undefined;
    },
  },
  ...(["week", "category"] as const).map((board): Tampering => ({
    what: `a ${board}'s points`,
    kind: "boardTotals",
    damage: async (ctx, { boards }, draw) => {
      const row = pick(
        boards.filter((one) => one.board === board),
        draw,
      );
      const points = row.points + wrong(draw);
      await ctx.db.patch("boardTotals", row._id, { points });
      return undefined;
    },
  })),
  {
    what: "a board row that is gone",
    kind: "boardTotals",
    damage: async (ctx, { boards }, draw) => {
      await ctx.db.delete("boardTotals", pick(boards, draw)._id);
      return undefined;
    },
  },
  {
    what: "a board row that is there twice",
    kind: "boardTotals.doubled",
    damage: async (ctx, { boards }, draw) => {
      await ctx.db.insert("boardTotals", without(pick(boards, draw)));
      return undefined;
    },
  },
  {
    what: "a day's points",
    kind: "dayTotals",
    damage: async (ctx, { days }, draw) => {
      const day = pick(days, draw);
      await ctx.db.patch("dayTotals", day._id, { points: day.points + wrong(draw) });
      return undefined;
    },
  },
  {
    what: "a day that is there twice",
    kind: "dayTotals.doubled",
    damage: async (ctx, { days }, draw) => {
      await ctx.db.insert("dayTotals", without(pick(days, draw)));
      return undefined;
    },
  },
  {
    what: "the streak row's points",
    kind: "streakRow.points",
    damage: async (ctx, { rows }, draw) => {
      const row = pick(
        rows.filter(({ source, deletedAt }) => source === "streak" && deletedAt === undefined),
        draw,
      );
      const pointsEarned = row.pointsEarned + wrong(draw);
      await ctx.db.patch("activities", row._id, { pointsEarned });
      return undefined;
    },
  },
];

/** Damage of the rows themselves, which are the truth of all else: it is named, and no repair touches it. */
export const ROWS: Tampering[] = ([undefined, 1_780_000_000_000] as const).map((deletedAt) => ({
  what: deletedAt === undefined ? "a copy of an import" : "a removed copy of an import",
  kind: "activities.doubled",
  damage: async (ctx, { rows }, draw) => {
    const imported = rows.filter(({ externalId }) => externalId !== undefined);
    const copy = { ...without(pick(imported, draw)), deletedAt };
    const id = await ctx.db.insert("activities", copy);
    return async (later) => await later.db.delete("activities", id);
  },
}));

const heldAward = ({ rows }: Account, draw: Draw) =>
  pick(
    rows.filter(({ awardKey, deletedAt }) => awardKey !== undefined && deletedAt === undefined),
    draw,
  );

/** Awards given again: a repair takes them back, and leaves their tombstone and an event. */
export const AWARDS: Tampering[] = [
  {
    what: "an award that was put in a second time",
    kind: "award.doubled",
    damage: async (ctx, account, draw) => {
      const award = heldAward(account, draw);
      const _id = await ctx.db.insert("activities", without(award));
      if (draw(2) === 0) await activityPointsAggregate.insert(ctx, { ...award, _id });
      return undefined;
    },
  },
  {
    what: "an award that the ledger gave a second time",
    kind: "award.doubled",
    damage: async (ctx, account, draw) => {
      const { awardKey, challengeId, userId, loggedDate } = heldAward(account, draw);
      const challenge = await ctx.db.get("challenges", challengeId);
      if (challenge === null || loggedDate === null) throw new Error("no challenge");
      const whose = { challenge, userId, actor: { kind: "system" as const } };
      const award = { source: "achievement" as const, loggedDate, points: 40, label: "Again" };
      const given = { ...whose, ...award, awardKey: `again/${draw(1_000_000_000)}` };
      const { activityId } = await awardBonusActivity(sealCtx(ctx), given);
      await ctx.db.patch("activities", activityId, { awardKey });
      return undefined;
    },
  },
  {
    what: "a tombstone with the key of an award",
    kind: "award.doubled",
    damage: async (ctx, account, draw) => {
      const award = heldAward(account, draw);
      await ctx.db.insert("activities", { ...without(award), deletedAt: award._creationTime });
      return undefined;
    },
  },
];

/** Damage of the events: only an admin can say what it means. */
export const LEDGER: Tampering[] = [
  {
    what: "an event that is lost",
    kind: "pointEvents.missing",
    damage: async (ctx, { events }, draw) => {
      const event = pick(events, draw);
      await ctx.db.delete("pointEvents", event._id);
      return async (later) => await later.db.insert("pointEvents", without(event));
    },
  },
  {
    what: "an event that is there twice",
    kind: "pointEvents.doubled",
    damage: async (ctx, { events }, draw) => {
      const id = await ctx.db.insert("pointEvents", without(pick(events, draw)));
      return async (later) => await later.db.delete("pointEvents", id);
    },
  },
  ...(["pointsBefore", "pointsAfter", "totalAfter"] as const).map((field): Tampering => ({
    what: `an event whose ${field} is altered`,
    kind: "pointEvents.altered",
    damage: async (ctx, { events }, draw) => {
      const event = pick(events, draw);
      await ctx.db.patch("pointEvents", event._id, { [field]: event[field] + wrong(draw) });
      return async (later) =>
        await later.db.patch("pointEvents", event._id, { [field]: event[field] });
    },
  })),
];
