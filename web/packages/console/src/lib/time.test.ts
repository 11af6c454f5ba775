import { expect, test } from 'vitest';
import { clockTime, duration, instantOf, wallOf, zoneLabel } from './time';

test('a wall time in Ningbo becomes the instant', () => {
  expect(instantOf('2026-05-13T20:00', 'Asia/Shanghai')).toBe('2026-05-13T12:00:00.000Z');
  expect(wallOf('2026-05-13T12:00:00Z', 'Asia/Shanghai')).toBe('2026-05-13T20:00');
});

test('a zone with summer time follows the day, not today', () => {
  expect(instantOf('2026-01-15T20:00', 'Europe/Madrid')).toBe('2026-01-15T19:00:00.000Z');
  expect(instantOf('2026-07-15T20:00', 'Europe/Madrid')).toBe('2026-07-15T18:00:00.000Z');
});

test('a time that the clock change skips moves on, a doubled one means the first', () => {
  expect(instantOf('2026-03-29T02:30', 'Europe/Madrid')).toBe('2026-03-29T01:30:00.000Z');
  expect(instantOf('2026-10-25T02:30', 'Europe/Madrid')).toBe('2026-10-25T00:30:00.000Z');
});

test('wall and instant agree in every zone offered', () => {
  for (const zone of ['Asia/Kolkata', 'America/Chicago', 'Pacific/Auckland', 'UTC']) {
    expect(wallOf(instantOf('2026-05-13T20:05', zone), zone)).toBe('2026-05-13T20:05');
  }
});

test('a clock time is that of the zone given', () => {
  expect(clockTime('2026-05-13T12:00:05Z', 'en', 'Asia/Shanghai')).toBe('20:00:05');
});

test('a zone is shown as its city and its distance from UTC', () => {
  expect(zoneLabel('America/Chicago', '2026-05-13T12:00:00Z', 'en')).toBe('Chicago (GMT-05:00)');
});

test('durations keep their width', () => {
  expect([duration(5), duration(245), duration(3845), duration(-3)]).toEqual(['0:05', '4:05', '1:04:05', '0:00']);
});
