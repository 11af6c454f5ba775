const MOST = 3;

/** The pins with this product or without it. The newest comes first; the oldest leaves when there are too many. */
export function pinsWith(pinned: readonly string[], product: string, isWanted: boolean): string[] {
  const rest = pinned.filter((other) => other !== product);
  return isWanted ? [product, ...rest].slice(0, MOST) : rest;
}
