/** The run sheet's order. */

/** The list with the item at `from` moved to `to`; the same list when that changes nothing. */
export function moved<T>(list: readonly T[], from: number, to: number): readonly T[] {
  const aim = Math.min(Math.max(to, 0), list.length - 1);
  const item = list[from];
  if (item === undefined || from === aim) return list;
  const rest = list.filter((_, index) => index !== from);
  return [...rest.slice(0, aim), item, ...rest.slice(aim)];
}

/** Where each item starts, in minutes from the show's start. */
export function startMinutes(items: readonly { minutes: number }[]): number[] {
  let at = 0;
  return items.map(({ minutes }) => {
    const start = at;
    at += minutes;
    return start;
  });
}
