import { Refusal } from '@livefair/api';
import { expect, test } from 'vitest';
import { saidOf } from './refused';

const said = (code: string, status: number, more: object = {}) => saidOf(new Refusal({ type: `/problems/${code}`, title: code, status, ...more })).replaceAll(/[\u2068\u2069]/g, '');

test("the console's own sentence comes first, then the one that buyers read, with its facts", () => {
  expect(said('too-large', 413)).toBe('This is too large. Send a smaller file.');
  expect(said('stock-promised', 409)).toBe('The stock is promised to running offers.');
  expect(said('below-moq', 422, { moq: 24 })).toBe('The smallest order is 24.');
});

test('a field is named as the page names it, or not at all', () => {
  expect(said('bad-field', 422, { field: 'lead_time_days' })).toBe('Check this field: Lead time, days.');
  expect(said('bad-field', 422, { field: 'inner_thing' })).not.toContain('inner_thing');
});

test("a code is never taken for a word of the console's own", () => {
  expect(said('try-again', 409)).not.toBe('Try again');
});

test('what the server did not answer may have been done; what the page did wrong is not the network', () => {
  expect(said('unknown', 502)).not.toMatch(/nothing was changed/i);
  expect(said('offline', 0)).toMatch(/did not answer/);
  expect(said('unexpected', 0)).toMatch(/page/i);
  expect(said('unknown', 404)).toBe('This does not exist, or no longer.');
  expect(said('never-heard', 418, { detail: 'A teapot.' })).toBe('This was refused: A teapot.');
});
