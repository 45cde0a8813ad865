import { assert } from "vitest";
import { api, internal } from "../_generated/api";
import type { Id } from "../_generated/dataModel";
import type { ErrorCode } from "../lib/errors";
import { sealActivity } from "../lib/pointLedger";
import type { ImportRow } from "../lib/rules/importRows";
import { applyGone, applyRows } from "../lib/stravaApply";
import { fits, type ModelHeld, type ModelRow, type Said } from "./model.setup";
import {
  externalIdOf,
  importAll,
  type Importing,
  minuteOf,
  typeOfSport,
} from "./modelImports.setup";
import { applySwitch, restoreCode } from "./worldActivities.setup";
import type { Of } from "./worldOperations.setup";
import {
  actorOf,
  attempt,
  dayText,
  IDLE,
  metricsOf,
  type Outcome,
  outcome,
  type Player,
  type Stage,
} from "./worldStage.setup";

/** Why Strava's row may not stay where it says it is now. */
const UNCOUNTED = ["INVALID_INPUT", "LIMIT_REACHED", "NOT_AVAILABLE_THIS_WEEK", "UNMAPPED_SPORT"];
/** What the numbers of imported rows are drawn from. */
const NUMBERS = [0, 1, 2, 3];
const ATHLETE = { athleteId: "1" };

/** A row as its source sends it. */
function sentRow(said: Said): ImportRow {
  const loggedDate = dayText(said.day);
  const startedAt = Date.parse(`${loggedDate}T00:00:00Z`) + minuteOf(said) * 60_000;
  const { sport, amount } = said;
  return {
    externalId: externalIdOf(said),
    sport,
    startedAt,
    loggedDate,
    metrics: metricsOf(amount),
  };
}

/** Archives, Strava, held rows, and raw fields that expire. */
export class Imports {
  constructor(private readonly stage: Stage) {}

  async importRows({ who, rows, allowDuplicates, byKey }: Of<"import">): Promise<Outcome> {
    const { stage } = this;
    const { t, challengeId } = stage.scene;
    const person = stage.person(who);
    const requestId = stage.nextRequest();
    const source = "archive" as const;
    const args = { challengeId, source, rows: rows.map(sentRow), allowDuplicates, requestId };
    const call = byKey
      ? t.mutation(internal.mutations.apiMutations.importActivities, {
          apiKeyId: person.apiKeyId,
          input: args,
        })
      : person.member.as.mutation(api.mutations.imports.importActivities, args);
    const { answer, refusal } = await attempt(call);
    if (person.status !== "in") return { expected: outcome("NOT_PARTICIPANT"), refusal };
    const heldBefore = heldText(person);
    const wanted = importAll(this.importing(person, { source, allowDuplicates }), rows);
    const told = answer?.results.map(({ status, reason }) => reason ?? status);
    assert.deepEqual(told, wanted);
    stage.settle(person);
    const isSame = wanted.every((one) => one !== "created" && one !== "updated");
    const isNothing = isSame && heldText(person) === heldBefore;
    return { expected: outcome(null, { isNothing, actors: ["import"], requestId }), refusal };
  }

  private importing(
    person: Player,
    {
      isAdmin = false,
      ...how
    }: Pick<Importing, "source" | "allowDuplicates"> & { isAdmin?: boolean },
  ): Importing {
    const { stage } = this;
    const current = (type: Parameters<Stage["current"]>[0]) => stage.current(type);
    const add: Importing["add"] = (facts) => stage.addRow(person, facts);
    return { person, isAdmin, ...how, current, add };
  }

  /** What Strava says about an activity, as a fetch of it confirmed. */
  async strava({ who, row: said }: Of<"strava">): Promise<Outcome> {
    const { stage } = this;
    const person = stage.person(who);
    const run = stage.asSystem(person, async (ctx, account) => {
      await applyRows(ctx, { ...account, ...ATHLETE }, [sentRow(said)]);
    });
    const { refusal } = await attempt(run);
    const code = this.applyStrava(person, said);
    return { expected: outcome(code, { actors: ["strava"] }), refusal };
  }

  private applyStrava(person: Player, said: Said): ErrorCode | null {
    if (person.status !== "in") return null;
    const { stage } = this;
    const row = stravaRow(person, said);
    const type = typeOfSport(said.sport);
    if (row?.isDeleted && row.isRemovedByStrava && type !== null) {
      const code = restoreCode(person, row, false);
      if (code !== null) return code;
      applySwitch(stage, person, row, { isRemove: false, asAdmin: false });
    }
    if (row?.isSealed) return null;
    const how = { source: "strava", allowDuplicates: false } as const;
    const [told = ""] =
      type === null ? ["UNMAPPED_SPORT"] : importAll(this.importing(person, how), [said]);
    stage.settle(person);
    if (UNCOUNTED.includes(told)) this.removeByStrava(person, row);
    return null;
  }

  private removeByStrava(person: Player, row: ModelRow | undefined): void {
    if (row === undefined || row.isDeleted || row.isSticky) return;
    applySwitch(this.stage, person, row, { isRemove: true, asAdmin: false });
    row.isRemovedByStrava = true;
  }

  /** Strava has an activity no more. */
  async stravaGone({ who, number: drawn }: Of<"stravaGone">): Promise<Outcome> {
    const { stage } = this;
    const isThere = (person: Player, number: number) =>
      stravaRow(person, { number })?.isDeleted === false;
    const person = stage.personWho(who, (one) => NUMBERS.some((number) => isThere(one, number)));
    const known = NUMBERS.filter((number) => isThere(person, number));
    const number = known[drawn] ?? drawn;
    const externalId = externalIdOf({ number });
    const run = stage.asSystem(person, async (ctx, account) => {
      await applyGone(ctx, { ...account, ...ATHLETE }, externalId);
    });
    const { refusal } = await attempt(run);
    const row = stravaRow(person, { number });
    const held = person.held.find(
      (one) => one.source === "strava" && one.externalId === externalId,
    );
    this.removeByStrava(person, row);
    if (held && !held.isDiscarded) person.held = person.held.filter((one) => one !== held);
    const isNothing = row === undefined && held === undefined;
    return { expected: outcome(null, { isNothing, actors: ["strava"] }), refusal };
  }

  /** The raw fields of one of Strava's rows may be kept no longer. */
  async seal({ pick }: Of<"seal">): Promise<Outcome> {
    const { stage } = this;
    const found = stage.ownRow(pick, ({ source }) => source === "strava");
    if (found?.row.source !== "strava") return IDLE;
    const { person, row } = found;
    const run = stage.asSystem(person, async (ctx) => {
      await sealActivity(ctx, { activity: await stage.activity(ctx, row) });
    });
    const { refusal } = await attempt(run);
    const isNothing = row.isSealed;
    row.isSealed = true;
    row.isForgotten ||= row.isDeleted;
    stage.settle(person);
    return { expected: outcome(null, { isNothing }), refusal };
  }

  async decideHeld({ pick, decision, asAdmin }: Of<"decideHeld">): Promise<Outcome> {
    const { stage } = this;
    const all = stage.people.flatMap((person) => person.held.map((held) => ({ person, held })));
    const found = all[pick % Math.max(all.length, 1)];
    if (found === undefined) return IDLE;
    const { person, held } = found;
    const requestId = stage.nextRequest();
    const heldId = held.id as Id<"heldActivities">;
    const args = { heldId, decision, requestId, ...(asAdmin ? { reason: "Looked at it" } : {}) };
    const session = asAdmin ? stage.scene.admin : person.member;
    const { refusal } = await attempt(
      session.as.mutation(api.mutations.moderation.decideHeld, args),
    );
    const code = this.heldCode(person, held, { decision, asAdmin });
    if (code === null) this.applyHeld(person, held, { decision, asAdmin });
    const change = { actors: [actorOf(asAdmin), "import"], requestId };
    return { expected: outcome(code, change), refusal };
  }

  private heldCode(
    person: Player,
    held: ModelHeld,
    { decision, asAdmin }: Pick<Of<"decideHeld">, "decision" | "asAdmin">,
  ): ErrorCode | null {
    if (person.status !== "in") return asAdmin ? "NOT_FOUND" : "NOT_PARTICIPANT";
    // Nobody but their person learns of Strava's rows.
    if (held.isDiscarded || (asAdmin && held.source === "strava")) return "NOT_FOUND";
    if (decision === "discard") return null;
    const { twin, said } = held;
    const takesTwin = decision === "replace" && !twin.isDeleted;
    if (takesTwin && twin.isSticky && !asAdmin) return "NOT_CHALLENGE_ADMIN";
    const type = typeOfSport(said.sport) ?? "run";
    if (!takesTwin) return fits(person, { type, day: said.day }, { isAdmin: true });
    twin.isDeleted = true;
    const code = fits(person, { type, day: said.day }, { isAdmin: true });
    twin.isDeleted = false;
    return code;
  }

  private applyHeld(
    person: Player,
    held: ModelHeld,
    { decision, asAdmin }: Pick<Of<"decideHeld">, "decision" | "asAdmin">,
  ): void {
    if (decision === "discard") {
      held.isDiscarded = true;
      return;
    }
    const { twin, said, source } = held;
    if (decision === "replace" && !twin.isDeleted)
      applySwitch(this.stage, person, twin, { isRemove: true, asAdmin });
    importAll(this.importing(person, { source, allowDuplicates: true, isAdmin: true }), [said]);
    this.stage.settle(person);
  }
}

function stravaRow(person: Player, said: Pick<Said, "number">): ModelRow | undefined {
  const externalId = externalIdOf(said);
  return person.rows.find((one) => one.source === "strava" && one.externalId === externalId);
}

/** What is held of somebody, as text. */
function heldText({ held }: Player): string {
  return JSON.stringify(held.map(({ externalId, said, twin }) => [externalId, said, twin.number]));
}
