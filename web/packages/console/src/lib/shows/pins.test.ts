import { expect, test } from 'vitest';
import { pinsWith } from './pins';

test('the newest pin comes first and the oldest of four leaves', () => {
  expect(pinsWith(['a', 'b', 'c'], 'd', true)).toEqual(['d', 'a', 'b']);
});

test('a wish met already changes nothing', () => {
  expect(pinsWith(['a'], 'a', true)).toEqual(['a']);
  expect(pinsWith(['a'], 'b', false)).toEqual(['a']);
});
