import { assert, vi } from "vitest";
import type { TableNames } from "../_generated/dataModel";
import { settled } from "./ledger.setup";
import { Activities } from "./worldActivities.setup";
import { Boards, checkNewEvents, checkPerson } from "./worldChecks.setup";
import { Imports } from "./worldImports.setup";
import { Members } from "./worldMembers.setup";
import { Moderation } from "./worldModeration.setup";
import type { Operation } from "./worldOperations.setup";
import { Rules } from "./worldRules.setup";
import { IDLE, newStage, type Outcome, type Stage, type Stored } from "./worldStage.setup";

/** The source is rebuilt from the rows after so many operations. */
const OPERATIONS_PER_VERIFY = 10;
/** The tables that a call which has nothing to do leaves alone; what it remembers of itself is none of them. */
const LEDGER: TableNames[] = [
  "activities",
  "pointEvents",
  "eventNotes",
  "standings",
  "dayTotals",
  "boardTotals",
  "heldActivities",
  "achievementProgress",
  "activityTypeVersions",
  "participations",
  "flags",
];

/** How often operations of a kind did something, had nothing to do, and were refused with each code. */
export interface Tally {
  done: number;
  idle: number;
  refused: Record<string, number>;
}

/** A scene and the model beside it; every operation goes through both. */
export class World {
  private readonly activities: Activities;
  private readonly imports: Imports;
  private readonly moderation: Moderation;
  private readonly members: Members;
  private readonly rules: Rules;
  private readonly boards: Boards;
  private operations = 0;

  private constructor(
    private readonly stage: Stage,
    private last: Stored,
  ) {
    this.activities = new Activities(stage);
    this.imports = new Imports(stage);
    this.moderation = new Moderation(stage);
    this.members = new Members(stage);
    this.rules = new Rules(stage);
    this.boards = new Boards(stage);
  }

  static async start(): Promise<World> {
    const stage = await newStage();
    return new World(stage, await stage.stored());
  }

  /**
   * Runs one operation, compares its outcome with the model's, and everything stored with the model; counts it in
   * `tallies`.
   */
  async run(operation: Operation, tallies: Map<string, Tally>): Promise<void> {
    if (operation.kind === "nothing") return;
    vi.setSystemTime(Date.now() + 60_000);
    const before = this.last;
    const result = await this.apply(operation);
    const { expected, refusal } = result;
    assert.strictEqual(refusal?.code, expected.refused, "refused");
    const after = await this.stage.stored();
    this.last = after;
    this.stage.learnIds(after);
    if (expected.refused !== undefined) assert.deepEqual(after, before, "L7");
    else if (expected.isNothing)
      for (const name of LEDGER) assert.deepEqual(after.tables[name], before.tables[name], name);
    for (const person of this.stage.people) checkPerson(person, after);
    checkNewEvents(before, after, expected);
    await this.boards.check();
    this.operations += 1;
    if (this.operations % OPERATIONS_PER_VERIFY === 0) await this.boards.verify();
    count(tallies, operation, result);
  }

  /** What holds once the queue of ranks is empty. */
  async finish(): Promise<void> {
    await settled(this.stage.scene.t);
    await this.boards.checkRanks();
    await this.boards.verify();
  }

  private async apply(operation: Operation): Promise<Outcome> {
    switch (operation.kind) {
      case "nothing":
        return IDLE;
      case "log":
        return await this.activities.log(operation);
      case "edit":
        return await this.activities.edit(operation);
      case "remove":
      case "restore":
        return await this.activities.removeOrRestore(operation);
      case "replay":
        return await this.activities.replay();
      case "hostile":
        return await this.activities.hostile(operation);
      case "import":
        return await this.imports.importRows(operation);
      case "strava":
        return await this.imports.strava(operation);
      case "stravaGone":
        return await this.imports.stravaGone(operation);
      case "seal":
        return await this.imports.seal(operation);
      case "decideHeld":
        return await this.imports.decideHeld(operation);
      case "adjust":
        return await this.moderation.adjust(operation);
      case "flag":
        return await this.moderation.flag(operation);
      case "decideFlags":
        return await this.moderation.decideFlags(operation);
      case "appeal":
        return await this.moderation.appeal(operation);
      case "decideAppeal":
        return await this.moderation.decideAppeal(operation);
      case "leave":
      case "join":
        return await this.members.leaveOrJoin(operation);
      case "rank":
        return await this.members.setRanked(operation);
      case "remove person":
      case "ban":
        return await this.members.expel(operation);
      case "unban":
        return await this.members.unban(operation);
      case "rule":
        return await this.rules.change(operation);
      case "rescore":
        return await this.rules.rescore(operation);
      case "award":
        return await this.rules.award(operation);
      case "revoke":
        return await this.rules.revoke(operation);
      case "repair":
        return await this.rules.repair(operation);
    }
  }
}

function count(tallies: Map<string, Tally>, operation: Operation, { expected }: Outcome): void {
  const name =
    "byKey" in operation && operation.byKey ? `${operation.kind} by key` : operation.kind;
  const tally = tallies.get(name) ?? { done: 0, idle: 0, refused: {} };
  const { refused } = expected;
  if (refused !== undefined) tally.refused[refused] = (tally.refused[refused] ?? 0) + 1;
  else if (expected.isNothing) tally.idle += 1;
  else tally.done += 1;
  tallies.set(name, tally);
}
