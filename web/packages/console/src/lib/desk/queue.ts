/**
 * What the desk shows and what waits: nothing moves under the pointer, so what arrives while somebody
 * reads is counted and comes in when they ask for it.
 */

export interface Queued {
  id: string;
  /** Milliseconds, for the order. */
  at: number;
}

export class Queue<T extends Queued> {
  constructor(
    readonly shown: readonly T[] = [],
    readonly waiting: readonly T[] = [],
  ) {}

  /** A new item waits; one that is already known is replaced where it stands. */
  arrive(item: T): Queue<T> {
    const replace = (list: readonly T[]) => list.map((known) => (known.id === item.id ? item : known));
    if (this.shown.some(({ id }) => id === item.id)) return new Queue(replace(this.shown), this.waiting);
    if (this.waiting.some(({ id }) => id === item.id)) return new Queue(this.shown, replace(this.waiting));
    return new Queue(this.shown, [...this.waiting, item]);
  }

  /** Lets the waiting items in, newest on top. */
  show(): Queue<T> {
    return this.waiting.length === 0 ? this : new Queue(newestFirst([...this.shown, ...this.waiting]), []);
  }

  /** Changes an item where it stands. */
  change(id: string, change: (item: T) => T): Queue<T> {
    const apply = (list: readonly T[]) => list.map((item) => (item.id === id ? change(item) : item));
    return new Queue(apply(this.shown), apply(this.waiting));
  }

  /** Starts over from a fresh list, all of it shown. */
  static of<T extends Queued>(items: readonly T[]): Queue<T> {
    return new Queue(newestFirst(items), []);
  }
}

export function newestFirst<T extends Queued>(items: readonly T[]): T[] {
  return [...items].sort((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1));
}

/** The neighbour in a list of ids, for `j` and `k`; stays at the ends. */
export function neighbour(ids: readonly string[], current: string | undefined, step: 1 | -1): string | undefined {
  const at = current === undefined ? -1 : ids.indexOf(current);
  if (at === -1) return step === 1 ? ids[0] : ids[ids.length - 1];
  return ids[Math.min(Math.max(at + step, 0), ids.length - 1)];
}
