import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Soon } from './soon';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('wishes that never cease are still heard every time the pause is over', async () => {
  let done = 0;
  const soon = new Soon(async () => void (done += 1), 400);
  for (let at_ms = 0; at_ms < 4_000; at_ms += 100) {
    soon.ask();
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(done).toBe(10);
});

test('a wish during the work is done after it, and two never run at once', async () => {
  let [running, most, done] = [0, 0, 0];
  const soon = new Soon(async () => {
    most = Math.max(most, ++running);
    await new Promise((ready) => setTimeout(ready, 1_000));
    running -= 1;
    done += 1;
  }, 400);
  soon.ask();
  await vi.advanceTimersByTimeAsync(500);
  soon.ask();
  soon.ask();
  await vi.advanceTimersByTimeAsync(10_000);
  expect([most, done]).toEqual([1, 2]);
});

test('what was asked for before a stop is not done', async () => {
  let done = 0;
  const soon = new Soon(async () => void (done += 1), 400);
  soon.ask();
  soon.stop();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(done).toBe(0);
});
