/** Somebody was faster: what was wished is tried once more on the newer state. */

import { Refusal } from '@livefair/api';

/** Runs `attempt`; after a version conflict it takes the newer state and runs it once more. */
export async function onceMore<T>(attempt: () => Promise<T>, renew: () => Promise<unknown>): Promise<T> {
  try {
    return await attempt();
  } catch (cause) {
    if (!(cause instanceof Refusal) || cause.code !== 'version-conflict') throw cause;
    await renew();
    return attempt();
  }
}
