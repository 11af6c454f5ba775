// One idempotency key for one wish, kept until the server has answered: pressing again repeats the request, not the order.
import { Refusal } from '@livefair/api/refusal.ts';
import { uuidv7 } from '@livefair/ui/uuid.ts';

export class Once {
  #key: string | null = null;
  #wish = '';

  /** Whether this very wish was sent and never answered: it may have been carried out. */
  awaits(wish: unknown): boolean {
    return this.#key !== null && JSON.stringify(wish) === this.#wish;
  }

  /** Runs `send` with the key of this wish. A changed wish gets a new key; an unanswered one keeps its key. */
  async run<T>(wish: unknown, send: (key: string) => Promise<T>): Promise<T> {
    const said = JSON.stringify(wish);
    if (!this.#key || said !== this.#wish) this.#key = uuidv7();
    this.#wish = said;
    try {
      const answer = await send(this.#key);
      this.#key = null;
      return answer;
    } catch (failure) {
      if (!(failure instanceof Refusal && failure.isUndecided)) this.#key = null;
      throw failure;
    }
  }
}
