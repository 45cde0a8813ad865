import fc from "fast-check";

/** Any day from the first to tomorrow, mostly one of two, so that rows meet whose points depend on their day. */
const day = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(9, 10) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 11 }) },
);
/** Metres up to 3,000, mostly of a few lengths, so that imported rows look like others. */
const amount = fc.oneof(fc.constantFrom(1000, 1099, 2003), fc.nat(3000));
const who = fc.nat(1);
const pick = fc.nat(30);
const type = fc.oneof(
  // Mostly types whose rows depend on their day.
  fc.constantFrom("jog", "sip"),
  fc.constantFrom("run", "run", "stretch", "drink", "hike", "rest"),
);
const asAdmin = fc.boolean();
const isStale = fc.nat(3).map((one) => one === 0);
/** By an API key instead of a session. */
const byKey = fc.boolean();
/** Mostly as it should be. */
const isProper = fc.nat(5).map((one) => one !== 0);
const kind = <Kind extends string>(name: Kind) => fc.constant(name);
const said = fc.record({
  number: fc.nat(3),
  day,
  amount,
  sport: fc.constantFrom("Run", "Jog", "Jog", "Curling"),
});
const weighed = <Value>(weight: number, arbitrary: fc.Arbitrary<Value>) => ({ weight, arbitrary });

/** One thing somebody may do; which row or person it is about is settled when it runs. */
export const operation = fc.oneof(
  // A failing sequence shrinks to the operations it needs, with nothing in the place of the others.
  { withCrossShrink: true },
  weighed(1, fc.record({ kind: kind("nothing") })),
  weighed(24, fc.record({ kind: kind("log"), who, type, day, amount, asAdmin, byKey })),
  weighed(
    9,
    fc.record({ kind: kind("edit"), pick, type, day, amount, asAdmin, isStale, byKey, isProper }),
  ),
  weighed(5, fc.record({ kind: kind("remove"), pick, asAdmin, isStale, byKey })),
  weighed(6, fc.record({ kind: kind("restore"), pick, asAdmin, isStale, byKey })),
  weighed(
    9,
    fc.record({
      kind: kind("import"),
      who,
      rows: fc.array(said, { minLength: 1, maxLength: 4 }),
      allowDuplicates: isProper.map((proper) => !proper),
      byKey,
    }),
  ),
  weighed(9, fc.record({ kind: kind("strava"), who, row: said })),
  weighed(4, fc.record({ kind: kind("stravaGone"), who, number: fc.nat(3) })),
  weighed(4, fc.record({ kind: kind("seal"), pick })),
  weighed(
    5,
    fc.record({
      kind: kind("decideHeld"),
      pick,
      decision: fc.constantFrom("keepBoth", "replace", "discard"),
      asAdmin,
    }),
  ),
  weighed(3, fc.record({ kind: kind("award"), who, key: fc.nat(1), points: amount })),
  weighed(3, fc.record({ kind: kind("revoke"), who, key: fc.nat(1) })),
  weighed(
    3,
    fc.record({
      kind: kind("adjust"),
      who,
      day,
      points: fc.integer({ min: -99, max: 99 }),
      isProper,
    }),
  ),
  weighed(4, fc.record({ kind: kind("flag"), who, pick })),
  weighed(
    3,
    fc.record({ kind: kind("decideFlags"), pick, decision: fc.constantFrom("remove", "dismiss") }),
  ),
  weighed(3, fc.record({ kind: kind("appeal"), pick })),
  weighed(4, fc.record({ kind: kind("decideAppeal"), pick, isAccepted: isProper })),
  weighed(
    5,
    fc.record({
      kind: kind("rule"),
      type: fc.constantFrom("run", "jog", "sip"),
      rule: fc.nat(2),
      isProper,
    }),
  ),
  weighed(4, fc.record({ kind: kind("rescore"), who })),
  weighed(1, fc.record({ kind: kind("leave"), who })),
  weighed(1, fc.record({ kind: kind("remove person"), who, isProper })),
  weighed(1, fc.record({ kind: kind("ban"), who, isProper })),
  weighed(2, fc.record({ kind: kind("unban"), who, isProper })),
  weighed(3, fc.record({ kind: kind("join"), who })),
  weighed(3, fc.record({ kind: kind("rank"), who, ranked: fc.boolean() })),
  weighed(3, fc.record({ kind: kind("replay") })),
  weighed(3, fc.record({ kind: kind("hostile"), who, variant: fc.nat(7) })),
  weighed(2, fc.record({ kind: kind("repair"), isDue: isProper.map((proper) => !proper) })),
);
type Drawn<Arbitrary> = Arbitrary extends fc.Arbitrary<infer Value> ? Value : never;
export type Operation = Drawn<typeof operation>;
export type Of<Kind extends Operation["kind"]> = Extract<Operation, { kind: Kind }>;
