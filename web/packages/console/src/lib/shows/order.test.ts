import { expect, test } from 'vitest';
import { moved, startMinutes } from './order';

test('an item moves up, down and to the ends', () => {
  expect(moved(['a', 'b', 'c'], 2, 0)).toEqual(['c', 'a', 'b']);
  expect(moved(['a', 'b', 'c'], 0, 1)).toEqual(['b', 'a', 'c']);
  expect(moved(['a', 'b', 'c'], 0, 99)).toEqual(['b', 'c', 'a']);
});

test('a move that changes nothing keeps the list', () => {
  const list = ['a', 'b'];
  expect(moved(list, 0, -1)).toBe(list);
  expect(moved(list, 1, 2)).toBe(list);
  expect(moved(list, 7, 0)).toBe(list);
});

test('starts add up', () => {
  expect(startMinutes([{ minutes: 5 }, { minutes: 8 }, { minutes: 3 }])).toEqual([0, 5, 13]);
});
