// A storm of webhook deliveries, the same for the same seed: what athletes do, and what the webhook makes of it.

/** @typedef {import("./core.d.mts").FakeActivity} FakeActivity */
/** @typedef {import("./core.d.mts").FakeStrava} FakeStrava */
/** @typedef {import("./storm.d.mts").StormPlan} StormPlan */

const DUPLICATED = 0.3;
const REORDERED = 0.2;
const FORGED = 0.05;
const LOST = 0.02;
/** How far a reordered delivery falls behind. */
const MOST_BEHIND = 40;

/**
 * Numbers in [0, 1), the same for the same seed everywhere (mulberry32).
 * @param {number} seed
 */
export function randomOf(seed) {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Lets athletes do `events` things at the fake, and answers what the webhook delivers about it: 30 % twice, 20 % later
 * than what happened after it, 5 % forged besides, and 2 % never.
 * @param {FakeStrava} fake
 * @param {{seed: number, events: number, athleteIds: string[], days: string[], before?: number}} options
 *   days: dates of the activities; before: events of plans before this one
 * @returns {StormPlan}
 */
export function planStorm(fake, { seed, events, athleteIds, days, before = 0 }) {
  const random = randomOf(seed + before);
  /** @type {<T>(list: readonly T[]) => T} */
  const pick = (list) => /** @type {any} */ (list[Math.floor(random() * list.length)]);
  const counts = { events, duplicated: 0, reordered: 0, forged: 0, lost: 0 };
  /** @type {Array<{at: number, payload: unknown}>} */
  const queue = [];
  let nextId = 1_000 + before;
  for (let at = before; at < before + events; at++) {
    const athleteId = pick(athleteIds);
    const payload = act(fake, athleteId, { random, pick, days, newId: () => nextId++, at });
    if (random() < LOST) counts.lost += 1;
    else {
      const isReordered = random() < REORDERED;
      if (isReordered) counts.reordered += 1;
      queue.push({ at: at + (isReordered ? random() * MOST_BEHIND : 0), payload });
      if (random() < DUPLICATED) {
        counts.duplicated += 1;
        queue.push({ at: at + random() * MOST_BEHIND, payload });
      }
    }
    if (random() < FORGED) {
      counts.forged += 1;
      queue.push({ at: at + random(), payload: forge(fake, athleteIds, { random, pick, at }) });
    }
  }
  queue.sort((a, b) => a.at - b.at);
  return { deliveries: queue.map(({ payload }) => payload), counts };
}

/**
 * One thing an athlete does, with its event.
 * @param {FakeStrava} fake @param {string} athleteId
 * @param {{random: () => number, pick: <T>(list: readonly T[]) => T, days: string[], newId: () => number, at: number}} by
 */
function act(fake, athleteId, { random, pick, days, newId, at }) {
  const known = [...fake.activitiesOf(athleteId).keys()];
  const chance = random();
  // No two events may look the same: in one second much happens.
  const stamp = (/** @type {object} */ event) => ({ ...event, event_time: 1_780_000_000 + at });
  if (known.length === 0 || chance < 0.35) {
    const id = newId();
    fake.put(athleteId, activity(id, pick(days), random));
    return stamp(fake.event(athleteId, String(id), "create"));
  }
  const objectId = pick(known);
  if (chance < 0.8) {
    const before = /** @type {FakeActivity} */ (fake.activitiesOf(athleteId).get(objectId));
    const day = before.start_date.slice(0, 10);
    fake.put(athleteId, activity(before.id, random() < 0.2 ? pick(days) : day, random));
    return stamp(fake.event(athleteId, objectId, "update", { title: `Edit ${at}` }));
  }
  fake.remove(athleteId, objectId);
  return stamp(fake.event(athleteId, objectId, "delete"));
}

/** @param {number} id @param {string} day @param {() => number} random @returns {FakeActivity} */
function activity(id, day, random) {
  const start = `${day}T${String(6 + Math.floor(random() * 14)).padStart(2, "0")}:00:00Z`;
  const moving = 300 + Math.floor(random() * 6000);
  return {
    id,
    sport_type: random() < 0.9 ? "Run" : "Kitesurf",
    name: `Activity ${id}`,
    start_date: start,
    start_date_local: start,
    distance: 500 + Math.floor(random() * 20_000),
    moving_time: moving,
    elapsed_time: moving + 60,
  };
}

/**
 * A delivery Strava never sent. @param {FakeStrava} fake @param {string[]} athleteIds
 * @param {{random: () => number, pick: <T>(list: readonly T[]) => T, at: number}} by
 */
function forge(fake, athleteIds, { random, pick, at }) {
  const athleteId = pick(athleteIds);
  const other = pick(athleteIds);
  const objectId = pick([...fake.activitiesOf(other).keys(), "999"]);
  const time = { event_time: 1_790_000_000 + at };
  const chance = random();
  if (chance < 0.4) return { ...fake.event(other, objectId, "delete"), ...time };
  if (chance < 0.6) return { ...fake.event(athleteId, objectId, "create"), ...time };
  if (chance < 0.7)
    return { ...fake.event(athleteId, athleteId, "update", { authorized: "false" }), ...time };
  if (chance < 0.8)
    return { ...fake.event(other, objectId, "delete"), ...time, subscription_id: 1 };
  if (chance < 0.9) return { ...fake.event("424242", objectId, "delete"), ...time };
  return { hello: "world" };
}
