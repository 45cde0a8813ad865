import type { FakeStrava } from "./core.d.mts";

export interface StormPlan {
  /** Bodies in the order they arrive. */
  deliveries: unknown[];
  counts: { events: number; duplicated: number; reordered: number; forged: number; lost: number };
}

export declare function randomOf(seed: number): () => number;

export declare function planStorm(
  fake: FakeStrava,
  options: {
    seed: number;
    events: number;
    athleteIds: string[];
    days: string[];
    before?: number;
  },
): StormPlan;
