/** Things in their order, those of one day put together; the day may be null where a thing belongs to none. */
export function groupByDay<Item, Day extends string | null>(
  items: readonly Item[],
  dayOf: (item: Item) => Day,
): Array<{ day: Day; items: Item[] }> {
  const days: Array<{ day: Day; items: Item[] }> = [];
  for (const item of items) {
    const day = dayOf(item);
    const last = days.at(-1);
    if (last?.day === day) last.items.push(item);
    else days.push({ day, items: [item] });
  }
  return days;
}
