import { expect, test } from 'vitest';
import { neighbour, Queue } from './queue';

const item = (id: string, at: number, text = id) => ({ id, at, text });

test('what arrives waits and does not move what is shown', () => {
  const queue = Queue.of([item('a', 1), item('b', 2)]).arrive(item('c', 3)).arrive(item('d', 4));
  expect(queue.shown.map(({ id }) => id)).toEqual(['b', 'a']);
  expect(queue.waiting).toHaveLength(2);
  expect(queue.show().shown.map(({ id }) => id)).toEqual(['d', 'c', 'b', 'a']);
  expect(queue.show().waiting).toHaveLength(0);
});

test('the same item heard twice counts once and takes the newer text', () => {
  const queue = Queue.of([item('a', 1)]).arrive(item('b', 2)).arrive(item('b', 2, 'new')).arrive(item('a', 1, 'edited'));
  expect(queue.waiting.map(({ text }) => text)).toEqual(['new']);
  expect(queue.shown.map(({ text }) => text)).toEqual(['edited']);
});

test('a change reaches an item wherever it stands', () => {
  const queue = Queue.of([item('a', 1)]).arrive(item('b', 2)).change('b', (it) => ({ ...it, text: 'x' }));
  expect(queue.waiting[0]?.text).toBe('x');
});

test('j and k stay at the ends', () => {
  expect(neighbour(['a', 'b'], undefined, 1)).toBe('a');
  expect(neighbour(['a', 'b'], 'b', 1)).toBe('b');
  expect(neighbour(['a', 'b'], 'a', -1)).toBe('a');
  expect(neighbour([], 'a', 1)).toBeUndefined();
});
