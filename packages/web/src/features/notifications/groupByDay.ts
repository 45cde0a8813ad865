/** Things in their order, put together by the day they belong to. */
export function groupByDay<Item>(
  items: readonly Item[],
  dayOf: (item: Item) => string,
): Array<{ day: string; items: Item[] }> {
  const days: Array<{ day: string; items: Item[] }> = [];
  for (const item of items) {
    const day = dayOf(item);
    const last = days.at(-1);
    if (last?.day === day) last.items.push(item);
    else days.push({ day, items: [item] });
  }
  return days;
}
