import { useLayoutEffect, useRef, type RefObject } from "react";

function wantsLessMotion(): boolean {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/**
 * Lets table rows glide to their new places when `order` changes, so that the eye can follow who moved. Rows carry
 * their key in `data-row-key`. Does nothing for people who want less motion.
 */
export function useGlidingRows(
  body: RefObject<HTMLTableSectionElement | null>,
  order: string,
): void {
  const tops = useRef(new Map<string, number>());
  useLayoutEffect(() => {
    const rows = [...(body.current?.rows ?? [])];
    const before = tops.current;
    const after = new Map(rows.map((row) => [row.dataset.rowKey ?? "", row.offsetTop]));
    tops.current = after;
    if (wantsLessMotion()) return;
    for (const row of rows) {
      const key = row.dataset.rowKey ?? "";
      const distance = (before.get(key) ?? Number.NaN) - (after.get(key) ?? 0);
      if (Number.isNaN(distance) || distance === 0) continue;
      const frames = [{ transform: `translateY(${distance}px)` }, { transform: "none" }];
      row.animate(frames, { duration: 450, easing: "cubic-bezier(0.2, 0.7, 0.2, 1)" });
    }
  }, [body, order]);
}

/** Tints an element for a moment when `value` rises; not on the first showing. */
export function useRiseFlash(element: RefObject<HTMLElement | null>, value: number): void {
  const last = useRef(value);
  useLayoutEffect(() => {
    const hasRisen = value > last.current;
    last.current = value;
    if (!hasRisen || wantsLessMotion()) return;
    const accent = "var(--color-accent-soft)";
    element.current?.animate(
      [{ backgroundColor: accent }, { backgroundColor: accent, offset: 0.4 }, {}],
      1600,
    );
  }, [element, value]);
}
