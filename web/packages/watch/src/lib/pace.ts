// How far behind live the picture aims to be. hls.js reaches its goal by playing a little faster, but it moves the goal
// away at every stall and never back, and leaves a viewer who is further behind than a segment where he is.

/** Every stall moves the goal this much, so that a line that stutters gets the buffer it needs, up to MOST_STEPS. */
const STEP_S = 0.5;
const MOST_STEPS = 6;
/** So long without a stall, and the goal comes one step nearer again. */
const CALM_MS = 30_000;
/** Beyond this hls.js plays no faster (a segment of 2 s and the hold-back of 1 s): what is further away is jumped to. */
const LOST_S = 3;
/** A jump needs this long to show whether it helped. */
const REST_MS = 5_000;

/** Times in milliseconds of any steady clock, distances from the live edge in seconds. */
export class Pace {
  #steps = 0;
  #since = 0;
  #jumped = -Infinity;

  stalled(now: number): void {
    this.#steps = Math.min(this.#steps + 1, MOST_STEPS);
    this.#since = now;
  }

  /** Where to aim: the distance that the stream asks for, and a step more for each stall of late. */
  goal(hold_back_s: number, now: number): number {
    const forgiven = Math.min(this.#steps, Math.floor((now - this.#since) / CALM_MS));
    this.#steps -= forgiven;
    this.#since += forgiven * CALM_MS;
    return hold_back_s + this.#steps * STEP_S;
  }

  /** Whether to jump to live now; told so, it counts as done. */
  mustJump(latency_s: number, goal_s: number, now: number): boolean {
    const must = latency_s > goal_s + LOST_S && now - this.#jumped >= REST_MS;
    if (must) this.#jumped = now;
    return must;
  }
}
