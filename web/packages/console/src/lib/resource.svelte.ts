import { Refusal } from '@livefair/api';

/** Something asked from the server: its last answer stays while a newer one is under way. */
export class Resource<T> {
  value = $state.raw<T>();
  refusal = $state.raw<Refusal>();
  busy = $state(false);
  #turn = 0;

  constructor(readonly ask: () => Promise<T>) {}

  async load(): Promise<void> {
    const turn = ++this.#turn;
    this.busy = true;
    try {
      const value = await this.ask();
      if (turn !== this.#turn) return;
      this.value = value;
      this.refusal = undefined;
    } catch (cause) {
      if (turn === this.#turn) this.refusal = asRefusal(cause);
    } finally {
      if (turn === this.#turn) this.busy = false;
    }
  }
}

/** A resource that asks now, and again whenever what it read has changed. For use in components. */
export function resource<T>(ask: () => Promise<T>): Resource<T> {
  const made = new Resource(ask);
  $effect(() => {
    void made.load();
  });
  return made;
}

/** Something done at the server: busy while it runs, and why it was refused. */
export class Action {
  busy = $state(false);
  refusal = $state.raw<Refusal>();

  /** Runs it; `undefined` when it was refused. */
  async run<T>(act: () => Promise<T>): Promise<T | undefined> {
    this.busy = true;
    this.refusal = undefined;
    try {
      return await act();
    } catch (cause) {
      this.refusal = asRefusal(cause);
      return undefined;
    } finally {
      this.busy = false;
    }
  }
}

function asRefusal(cause: unknown): Refusal {
  return cause instanceof Refusal ? cause : new Refusal({ type: '/problems/unexpected', title: String(cause), status: 0 });
}

/** Does something again and again while the component stands and the page is looked at. */
export function every(ms: number, act: () => void): void {
  $effect(() => {
    const timer = setInterval(() => {
      if (!document.hidden) act();
    }, ms);
    return () => clearInterval(timer);
  });
}
