/** One idempotency key and one body for one wish, kept until it is answered: pressing again repeats the request, not what it does. */

import { Refusal } from '@livefair/api';
import { uuidv7 } from '@livefair/ui/uuid.ts';

export class Once {
  #kept: { key: string; body: unknown } | undefined;
  #wish = '';

  /**
   * Runs `send` with the body and the key of this wish: another wish gets others, and so does one that was answered.
   * What is said of the moment, such as a start, belongs into `body` and not into the wish.
   */
  async run<B, T>(wish: unknown, body: () => B, send: (body: B, key: string) => Promise<T>): Promise<T> {
    const said = JSON.stringify(wish);
    if (said !== this.#wish) this.#kept = undefined;
    this.#wish = said;
    this.#kept ??= { key: uuidv7(), body: body() };
    try {
      const answer = await send(this.#kept.body as B, this.#kept.key);
      this.#kept = undefined;
      return answer;
    } catch (cause) {
      if (!(cause instanceof Refusal && cause.isUndecided)) this.#kept = undefined;
      throw cause;
    }
  }
}
