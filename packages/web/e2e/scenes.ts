import { randomUUID } from "node:crypto";
import { api, internal } from "@milepost/backend/api";
import type { Id } from "@milepost/backend/dataModel";
import type { MovingProduct } from "../../../scripts/lib/moving-product.mjs";
import { connectAthlete, deliver } from "../../../scripts/lib/strava-world.mjs";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** After so many failures Strava work waits for a person; no pause between two of them is longer. */
const TRIES = 8;
const LONGEST_PAUSE_MS = 1.5 * HOUR_MS;
/** More people than a board draws at once. */
const CROWD = 220;
const WIDTH = 8;
const STINA = "1001";
const NOOR = "2002";

/** Challenges in states that take days, or several people, to come about. */
export interface Scenes {
  /** Runs; Stina is connected to Strava, Noor has to connect again and is off the ranking. */
  fjord: Id<"challenges">;
  /** Over, not final; activities arrived late. */
  winter: Id<"challenges">;
  /** Final. */
  relay: Id<"challenges">;
  /** Begins in twelve days. */
  spring: Id<"challenges">;
  /** Their organiser, and who organises the relay beside her. */
  vera: Id<"users">;
  odd: Id<"users">;
}

/** A challenge with its one activity. */
interface Track {
  challengeId: Id<"challenges">;
  run: Id<"activityTypes">;
}

interface WorkWanted {
  status: "waiting" | "dead" | "done";
  count?: number;
  attempts?: number;
}

/** Waits until something is so. */
async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 30_000;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`It is never so: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** Brings the states about through the doors everybody uses, in a product with nobody in it. */
export class Stage {
  readonly #product: MovingProduct;

  constructor(product: MovingProduct) {
    this.#product = product;
  }

  #as(userId: Id<"users">) {
    return this.#product.connection.as(userId);
  }

  #day(days: number): string {
    return new Date(this.#product.now() + days * DAY_MS).toISOString().slice(0, 10);
  }

  async #person(displayName: string, email?: string): Promise<Id<"users">> {
    const { createPerson } = internal.mutations.admin;
    const person = { displayName, isDemo: true, ...(email === undefined ? {} : { email }) };
    return (await this.#product.connection.admin.mutation(createPerson, person)).userId;
  }

  async #challenge(
    organiser: Id<"users">,
    name: string,
    [first, last]: [number, number],
    people: Array<Id<"users">>,
  ): Promise<Track> {
    const days = { startsOn: this.#day(first), endsOn: this.#day(last), timezone: "UTC" };
    const open = { visibility: "public", backdateDays: 30, graceHours: 0 } as const;
    const wish = { name, ...days, ...open, starterTypes: ["run"] };
    const { challengeId } = await this.#as(organiser).mutation(
      api.mutations.challenges.create,
      wish,
    );
    for (const userId of people) {
      await this.#as(userId).mutation(api.mutations.challenges.join, { challengeId });
    }
    const types = await this.#as(organiser).query(api.queries.activityTypes.list, { challengeId });
    const run = types[0]?.activityTypeId;
    if (run === undefined) throw new Error("the challenge has no runs");
    return { challengeId, run };
  }

  /** Everything, in the order it has to happen. */
  async play(): Promise<Scenes> {
    const vera = await this.#person("Vera Holm");
    const stina = await this.#person("Stina Ek");
    const noor = await this.#person("Noor Aziz");
    await this.#person("Per Berg", "per@demo.invalid");
    const odd = await this.#person("Odd Lund");
    const { admin } = this.#product.connection;
    await admin.mutation(internal.mutations.admin.makePlatformAdmin, { email: "per@demo.invalid" });

    const fjord = await this.#challenge(vera, "Along the fjord", [-20, 40], [stina, noor]);
    const winter = await this.#challenge(vera, "Winter miles", [-10, 1], [stina, noor]);
    const relay = await this.#challenge(vera, "Autumn relay", [-30, 1], [stina, noor, odd]);
    await this.#as(vera).mutation(api.mutations.participants.setRole, {
      challengeId: relay.challengeId,
      userId: odd,
      role: "admin",
    });
    await this.#fillRelay(relay);
    await this.#recordOnStrava(stina, noor);
    await this.#log(noor, fjord, "Round the bay", 12_000);
    await this.#product.pass(8 * DAY_MS);

    await this.#as(noor).mutation(api.mutations.participations.setRanked, {
      challengeId: fjord.challengeId,
      ranked: false,
    });
    await this.#as(vera).mutation(api.mutations.challenges.finalize, {
      challengeId: relay.challengeId,
    });
    await this.#arriveLate(stina);
    await this.#refuseNoor(noor);
    await this.#hold(stina, fjord);
    await this.#appeal(vera, stina, fjord);
    const spring = await this.#challenge(vera, "Spring start", [12, 40], [stina]);
    return {
      fjord: fjord.challengeId,
      winter: winter.challengeId,
      relay: relay.challengeId,
      spring: spring.challengeId,
      vera,
      odd,
    };
  }

  async #log(
    userId: Id<"users">,
    { challengeId, run }: Track,
    notes: string,
    metres: number,
  ): Promise<Id<"activities">> {
    const logged = await this.#as(userId).mutation(api.mutations.activities.log, {
      challengeId,
      activityTypeId: run,
      loggedDate: this.#day(0),
      metrics: { distance_m: metres, moving_s: 3_600, duration_s: 3_600 },
      notes,
      requestId: randomUUID(),
    });
    return logged.activityId;
  }

  /** A crowd that fills more than one page of every list, some of them tied. */
  async #fillRelay(relay: Track): Promise<void> {
    const { challengeId } = relay;
    const runners = Array.from({ length: CROWD }, (_, index) => index + 1);
    await Promise.all(
      Array.from({ length: WIDTH }, async () => {
        for (let number = runners.pop(); number !== undefined; number = runners.pop()) {
          const userId = await this.#person(`Runner ${number}`);
          await this.#as(userId).mutation(api.mutations.challenges.join, { challengeId });
          if (number > 40) await this.#log(userId, relay, "Relay", 1_000 * Math.ceil(number / 9));
        }
      }),
    );
  }

  #record(athleteId: string, id: number, days: number, metres: number): void {
    const start = `${this.#day(days)}T00:00:01Z`;
    const times = { start_date: start, start_date_local: start, moving_time: 2_400 };
    const run = { id, sport_type: "Run", name: `Lap ${id}`, ...times, elapsed_time: 2_400 };
    this.#product.fake.put(athleteId, { ...run, distance: metres });
  }

  /** Waits until so many pieces of somebody's Strava work are in a state, tried so often. */
  async #stravaWork(
    userId: Id<"users">,
    { status, count = 1, attempts = 0 }: WorkWanted,
  ): Promise<void> {
    await until(`${count} pieces of work are ${status} after ${attempts}`, async () => {
      const args = { status, paginationOpts: { numItems: 50, cursor: null } };
      const { page } = await this.#as(userId).query(api.queries.strava.work, args);
      return page.filter((task) => task.attempts === attempts).length >= count;
    });
  }

  async #recordOnStrava(stina: Id<"users">, noor: Id<"users">): Promise<void> {
    for (const [id, days] of [1, 2, 3].map((n) => [n, -n] as const))
      this.#record(STINA, id, days, 4_000 + 1_000 * id);
    await connectAthlete(this.#as(stina), STINA);
    await connectAthlete(this.#as(noor), NOOR);
    for (const userId of [stina, noor]) await this.#stravaWork(userId, { status: "done" });
  }

  /** Two runs of when "Winter miles" was on, told about after it closed. */
  async #arriveLate(stina: Id<"users">): Promise<void> {
    for (const id of [11, 12]) {
      this.#record(STINA, id, -8, 2_000 + 500 * id);
      await deliver(this.#product.fake, this.#product.fake.event(STINA, String(id), "create"));
    }
    await this.#stravaWork(stina, { status: "done", count: 3 });
  }

  /** Strava refuses the access it gave, however often it is asked. */
  async #refuseNoor(noor: Id<"users">): Promise<void> {
    const { fake } = this.#product;
    this.#record(NOOR, 21, 0, 5_000);
    fake.refuseAccess(NOOR);
    for (let attempts = 1; attempts <= TRIES; attempts += 1) {
      if (attempts === 1) await deliver(fake, fake.event(NOOR, "21", "create"));
      else await this.#product.pass(LONGEST_PAUSE_MS);
      const status = attempts < TRIES ? "waiting" : "dead";
      await this.#stravaWork(noor, { status, attempts });
    }
  }

  /** A watch's archive has two runs that were logged by hand as well. */
  async #hold(stina: Id<"users">, fjord: Track): Promise<void> {
    for (const metres of [9_000, 15_000]) await this.#log(stina, fjord, "To the ferry", metres);
    await this.#as(stina).mutation(api.mutations.imports.importActivities, {
      challengeId: fjord.challengeId,
      source: "archive",
      rows: [9_020, 15_030].map((distance_m, index) => ({
        externalId: `watch-${index}`,
        sport: "Run",
        title: `Watch ${index}`,
        startedAt: Date.parse(`${this.#day(0)}T00:00:0${index}Z`),
        loggedDate: this.#day(0),
        metrics: { distance_m, moving_s: 3_590, duration_s: 3_600 },
      })),
      requestId: randomUUID(),
    });
  }

  async #appeal(vera: Id<"users">, stina: Id<"users">, fjord: Track): Promise<void> {
    const activityId = await this.#log(stina, fjord, "On the treadmill", 21_000);
    const { remove } = api.mutations.activities;
    const reason = "Only runs outside count.";
    await this.#as(vera).mutation(remove, { activityId, reason, requestId: randomUUID() });
    const text = "The window was open.";
    await this.#as(stina).mutation(api.mutations.moderation.appeal, { activityId, text });
  }
}
