/** One idempotency key for one wish, kept until it is answered: pressing again repeats the request, not what it does. */

import { Refusal } from '@livefair/api';
import { uuidv7 } from '@livefair/ui/uuid.ts';

export class Once {
  #key: string | undefined;
  #wish = '';

  /** Runs `send` with the key of this wish: another wish gets another key, and so does one that was answered. */
  async run<T>(wish: unknown, send: (key: string) => Promise<T>): Promise<T> {
    const said = JSON.stringify(wish);
    if (said !== this.#wish) this.#key = undefined;
    this.#wish = said;
    this.#key ??= uuidv7();
    try {
      const answer = await send(this.#key);
      this.#key = undefined;
      return answer;
    } catch (cause) {
      if (!(cause instanceof Refusal && cause.isUndecided)) this.#key = undefined;
      throw cause;
    }
  }
}
