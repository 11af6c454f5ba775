import { expect, test } from 'vitest';
import { microOf, typedPrice } from './money';

test('a typed price keeps every digit', () => {
  expect(microOf('2.345')).toBe(2_345_000);
  expect(microOf('0.1')).toBe(100_000);
  expect(microOf('1,5')).toBeUndefined();
  expect(microOf('-1')).toBeUndefined();
  expect(typedPrice(2_300_000)).toBe('2.30');
  expect(typedPrice(microOf('0.000001') ?? 0)).toBe('0.000001');
});
