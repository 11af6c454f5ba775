import { expect, test } from 'vitest';
import { clockFace, money, tierFor, unitPrice, untilWords } from './format.ts';
import { total } from './total.ts';
import { uuidv7 } from './uuid.ts';

test('money carries its code and the digits of its currency', () => {
  expect(money({ minor: 1_234_560, currency: 'USD' }, 'en')).toBe('USD 12,345.60');
  expect(money({ minor: 12_345, currency: 'JPY' }, 'ja')).toBe('JPY 12,345');
  expect(money({ minor: 1_234_560, currency: 'KWD' }, 'en')).toBe('KWD 1,234.560');
});

test('minor units are those of ISO 4217, not those in common use', () => {
  expect(money({ minor: 1_500_000, currency: 'IQD' }, 'en')).toBe('IQD 1,500.000');
  expect(money({ minor: 150_000, currency: 'ALL' }, 'en')).toBe('ALL 1,500.00');
  expect(total({ micro: 2_345_500, currency: 'KWD' }, 12)).toEqual({ minor: 28_146, currency: 'KWD' });
  expect(total({ micro: 1_250_500_000, currency: 'JPY' }, 3)).toEqual({ minor: 3752, currency: 'JPY' });
});

test('a unit price may go below a cent', () => {
  expect(unitPrice({ micro: 82_500, currency: 'USD' }, 'en')).toBe('USD 0.0825');
  expect(unitPrice({ micro: 8_200_000, currency: 'USD' }, 'en')).toBe('USD 8.20');
});

test('a total is exact where a float is not', () => {
  expect(total({ micro: 82_500, currency: 'USD' }, 1000)).toEqual({ minor: 8250, currency: 'USD' });
  expect(total({ micro: 1_005_000, currency: 'USD' }, 1)).toEqual({ minor: 101, currency: 'USD' });
});

test('a countdown never goes below zero', () => {
  expect(clockFace(299_001)).toBe('05:00');
  expect(clockFace(-5)).toBe('00:00');
  expect(clockFace(3_723_000)).toBe('1:02:03');
});

test('time until is told in the two largest units', () => {
  expect(untilWords(2 * 86_400_000 + 3 * 3_600_000, 'en')).toBe('2 days 3 hours');
  expect(untilWords(59_000, 'en')).toBe('0 minutes');
});

test('the tier is the highest one reached', () => {
  const tiers = [{ min_quantity: 100 }, { min_quantity: 24 }, { min_quantity: 500 }];
  expect(tierFor(tiers, 499)?.min_quantity).toBe(100);
  expect(tierFor(tiers, 3)).toBeUndefined();
});

test('ids are UUIDs of version 7, sorted by time', () => {
  expect(uuidv7(1_799_923_456_789)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(uuidv7(1) < uuidv7(2)).toBe(true);
});
