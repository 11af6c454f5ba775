import { expect, test } from 'vitest';
import { Pace } from './pace.ts';

const HOLD_BACK_S = 1;

test('a stall moves the goal away, and calm brings it back', () => {
  const pace = new Pace();
  const goals = [0, 5_000, 34_999, 35_000].map((now) => {
    if (now <= 5_000) pace.stalled(now);
    return pace.goal(HOLD_BACK_S, now);
  });
  expect(goals).toEqual([1.5, 2, 2, 1.5]);
  expect(pace.goal(HOLD_BACK_S, 65_000)).toBe(HOLD_BACK_S);
  expect(pace.goal(HOLD_BACK_S, 1e9)).toBe(HOLD_BACK_S);
});

test('a line that always stalls gets three seconds more, not ever more', () => {
  const pace = new Pace();
  for (let now = 0; now < 60_000; now += 1_000) pace.stalled(now);
  expect(pace.goal(HOLD_BACK_S, 60_000)).toBe(4);
});

test('whoever is lost is brought to live, and given time to arrive', () => {
  const pace = new Pace();
  expect(pace.mustJump(4, 1, 0)).toBe(false);
  expect(pace.mustJump(6.2, 1, 1_000)).toBe(true);
  expect(pace.mustJump(6.2, 1, 5_000)).toBe(false);
  expect(pace.mustJump(6.2, 1, 6_000)).toBe(true);
});
