import { api } from "../_generated/api";
import type { Doc, Id, TableNames } from "../_generated/dataModel";
import { needChallenge } from "../lib/access";
import { totalsOf as aggregateTotals } from "../lib/challengePoints";
import { type ErrorCode, type Refusal, refusalOf } from "../lib/errors";
import type { VerbArgs } from "../lib/pointLedger/commit";
import { sealCtx, type WriteCtx } from "../lib/tableOwners";
import schema from "../schema";
import type { Metrics } from "../tables/scoring";
import { keyOf } from "./api.setup";
import { type Member, newScene, type Scene, settled, uuid } from "./ledger.setup";
import * as model from "./model.setup";
import type { Expected, ModelPerson, ModelRow, ModelVersion } from "./model.setup";
import { type AwardPrefixes, FAR, settleAwards, WEEKLY } from "./modelAwards.setup";
import { FIRST_RULE, type RuledType, WORLD_RULES, type WorldType } from "./worldTypes.setup";

/** Somebody of the world: how they call, and what the model holds of them. */
export type Player = ModelPerson & { member: Member; apiKeyId: Id<"apiKeys"> };

/** A row and whose it is. */
export interface Found {
  person: Player;
  row: ModelRow;
}

/** What came of an operation, and what the model expects. */
export interface Outcome {
  expected: Expected;
  refusal: Refusal | null;
}

/** A person's doubt about a row, as the model keeps it. */
interface ModelFlag {
  row: ModelRow;
  flaggedBy: string;
  status: "open" | "upheld" | "dismissed";
}

/** An operation that had nothing to do and called nobody. */
export const IDLE: Outcome = { expected: { isNothing: true, actors: [] }, refusal: null };

/** A challenge with people and types, and the model beside it: what every door of the world works on. */
export class Stage {
  readonly people: Player[];
  /** The versions of each type's rule so far: the last one is current. */
  readonly versions = new Map<WorldType, ModelVersion[]>();
  readonly flags: ModelFlag[] = [];
  readonly appeals: Array<{ id: Id<"appeals">; person: Player; row: ModelRow; isOpen: boolean }> =
    [];
  private calls = 0;
  private rows = 0;

  constructor(
    readonly scene: Scene,
    readonly types: Record<WorldType, Id<"activityTypes">>,
    readonly prefixes: AwardPrefixes,
    readonly keys: Record<"admin" | "ada" | "bob", Id<"apiKeys">>,
    private readonly startedAt: number,
  ) {
    const { ada, bob } = scene;
    this.people = [this.player(ada, keys.ada), this.player(bob, keys.bob)];
  }

  private player(member: Member, apiKeyId: Id<"apiKeys">): Player {
    return { ...model.newPerson(member.userId, this.startedAt), member, apiKeyId };
  }

  /** The organiser, who does nothing themselves. */
  organiser(): ModelPerson {
    return model.newPerson(this.scene.admin.userId, this.startedAt);
  }

  person(index: number): Player {
    const person = this.people[index % this.people.length];
    if (person === undefined) throw new Error("no such person");
    return person;
  }

  /** This person, or the other where only they are worth it. */
  personWho(index: number, isWorth: (person: Player) => boolean): Player {
    const [first, other] = [this.person(index), this.person(index + 1)];
    return !isWorth(first) && isWorth(other) ? other : first;
  }

  /** One of the rows people wrote, of anybody: mostly one that is worth it, now and then another. */
  ownRow(index: number, isWorth: (row: ModelRow) => boolean = () => true): Found | null {
    const all = this.people.flatMap((person) =>
      person.rows.filter(({ type }) => type !== null).map((row) => ({ person, row })),
    );
    const worth = all.filter(({ row }) => isWorth(row));
    return [...worth, ...all.slice(0, 1)][index % (worth.length + 1)] ?? null;
  }

  nextRequest(): string {
    this.calls += 1;
    return uuid(this.calls);
  }

  /** The version of a type that is current. */
  current(type: WorldType): ModelVersion {
    const rule = isRuled(type) ? FIRST_RULE[type] : 0;
    return this.versions.get(type)?.at(-1) ?? { rule, version: 1 };
  }

  /** Adds a row to the model, scored by the current version of its type. */
  addRow(
    person: ModelPerson,
    facts: Pick<ModelRow, "source" | "type" | "day" | "amount"> & Partial<ModelRow>,
  ): ModelRow {
    this.rows += 1;
    const scoredBy = facts.type === null ? { rule: 0, version: 0 } : this.current(facts.type);
    const row = model.newRow({ number: this.rows, scoredBy, ...facts });
    person.rows.push(row);
    return row;
  }

  /** What follows from a change of somebody's rows; to be called once for each verb of the ledger. */
  settle(person: ModelPerson): void {
    model.price(person);
    settleAwards(person, this.prefixes, (award) => {
      const facts = { source: "achievement", type: null, amount: 0 } as const;
      this.addRow(person, { ...facts, ...award });
    });
    model.mark(person, Date.now());
  }

  /** Runs something of the ledger as no door does it: for the system, or what a job does. */
  async asSystem<Answer>(
    { userId }: ModelPerson,
    run: (ctx: WriteCtx, args: Pick<VerbArgs, "challenge" | "userId">) => Promise<Answer>,
  ): Promise<Answer> {
    return await this.scene.t.run(async (raw) => {
      const ctx = sealCtx(raw);
      const challenge = await needChallenge(ctx, this.scene.challengeId);
      return await run(ctx, { challenge, userId: userId as Id<"users"> });
    });
  }

  /** The stored activity of a row. */
  async activity(ctx: WriteCtx, { id }: ModelRow): Promise<Doc<"activities">> {
    const activity = await ctx.db.get("activities", id as Id<"activities">);
    if (activity === null) throw new Error("no such row");
    return activity;
  }

  /** Takes ids that no answer tells from what is stored. */
  learnIds({ tables }: Stored): void {
    for (const person of this.people) {
      for (const row of person.rows.filter(({ id }) => id === "")) {
        const stored = tables.activities.find(
          (one) =>
            one.userId === person.userId &&
            one.awardKey === row.awardKey &&
            one.externalId === row.externalId &&
            one.source === row.source,
        );
        row.id = stored?._id ?? "";
      }
      for (const held of person.held.filter(({ id }) => id === "")) {
        const stored = tables.heldActivities.find(
          (one) =>
            one.userId === person.userId &&
            one.source === held.source &&
            one.externalId === held.externalId,
        );
        held.id = stored?._id ?? "";
      }
    }
  }

  /** All that is stored but rate limits: the tables of the app, and what the aggregate sums up. */
  async stored() {
    const { t, challengeId } = this.scene;
    const names = Object.keys(schema.tables) as TableNames[];
    return await t.run(async (ctx) => {
      const all: Array<[string, unknown[]]> = [];
      for (const name of names) all.push([name, await ctx.db.query(name).collect()]);
      const tables = Object.fromEntries(all) as { [Name in TableNames]: Array<Doc<Name>> };
      const userIds = tables.standings.map(({ userId }) => userId);
      const totals = await aggregateTotals(ctx, challengeId, userIds);
      const sums = Object.fromEntries(userIds.map((userId, index) => [userId, totals[index]]));
      return { tables, sums };
    });
  }
}
export type Stored = Awaited<ReturnType<Stage["stored"]>>;

/** A new world: two participants with keys, an organiser, all types and two achievements. */
export async function newStage(): Promise<Stage> {
  const startedAt = Date.now();
  const scene = await newScene();
  const { challengeId, admin, ada, bob } = scene;
  const made: Record<string, Id<"activityTypes">> = {};
  for (const name of ["jog", "sip"] as const) {
    const rule = WORLD_RULES[name][FIRST_RULE[name]];
    if (rule === undefined) throw new Error("a type without a rule");
    const args = { challengeId, name, ...rule };
    made[name] = (await admin.as.mutation(api.mutations.activityTypes.create, args)).activityTypeId;
  }
  const types = { ...scene.types, ...made } as Stage["types"];
  const mapping = { challengeId, label: "Jog", activityTypeId: types.jog };
  await admin.as.mutation(api.mutations.imports.setMapping, mapping);
  const { create } = api.mutations.achievements;
  const { achievementId: weekly } = await admin.as.mutation(create, {
    challengeId,
    name: WEEKLY.name,
    points: WEEKLY.points,
    frequency: "oncePerWeek",
    criteria: { kind: "count", activityTypeIds: [types.run, types.jog], times: WEEKLY.times },
  });
  const { achievementId: far } = await admin.as.mutation(create, {
    challengeId,
    name: FAR.name,
    points: FAR.points,
    frequency: "oncePerChallenge",
    criteria: {
      kind: "cumulative",
      metric: "distance_m",
      unit: "km",
      atLeast: FAR.metres / 1000,
      types: [
        { activityTypeId: types.run, factor: 1 },
        { activityTypeId: types.hike, factor: 0.5 },
      ],
    },
  });
  await settled(scene.t);
  const prefixes = { weekly: `achievement/${weekly}/`, far: `achievement/${far}/` };
  const keys = {
    admin: (await keyOf(scene, admin, "admin")).apiKeyId,
    ada: (await keyOf(scene, ada, "log")).apiKeyId,
    bob: (await keyOf(scene, bob, "log")).apiKeyId,
  };
  return new Stage(scene, types, prefixes, keys, startedAt);
}

export function isRuled(type: WorldType): type is RuledType {
  return type in WORLD_RULES;
}

export const dayText = (number: number) => `2026-06-${String(number).padStart(2, "0")}`;
export const metricsOf = (amount: number): Metrics => ({
  distance_m: amount,
  count: amount % 5,
});

/** What the model expects: a refusal, nothing, or a change with events by these actors and for this request. */
export function outcome(
  code: ErrorCode | null,
  change: { isNothing?: boolean; actors?: string[]; requestId?: string } = {},
): Expected {
  if (code !== null) return { refused: code };
  const { isNothing = false, actors = [], requestId } = change;
  return { isNothing, actors, requestId };
}

/** A call's answer, or what it was refused with. */
export async function attempt<Answer>(
  call: Promise<Answer>,
): Promise<{ answer: Answer | null; refusal: Refusal | null }> {
  try {
    return { answer: await call, refusal: null };
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === null) throw error;
    return { answer: null, refusal };
  }
}

/** Who acts: an organiser, or the person. */
export const actorOf = (asAdmin: boolean) => (asAdmin ? "challengeAdmin" : "user");
