import { expect, test } from 'vitest';
import { draftOf, faultsOf, filled, pricesOf } from './draft';

const good = () => ({ ...draftOf(undefined, ['en', 'ja']), sku: 'NB-1', names: { en: 'Blocks', ja: '' }, tiers: [{ min_quantity: 500, price: '2.10' }, { min_quantity: 100, price: '2.345' }], moq: 100 });

test('tiers go out from the smallest quantity up, in millionths', () => {
  expect(pricesOf(good())).toMatchObject({ moq: 100, tiers: [{ min_quantity: 100, unit_price: { micro: 2_345_000, currency: 'USD' } }, { min_quantity: 500 }] });
});

test('prices in another currency are kept', () => {
  const prices = pricesOf(good(), [{ min_quantity: 1, unit_price: { micro: 5, currency: 'EUR' } }]);
  expect(prices).toMatchObject({ tiers: [{}, {}, { unit_price: { currency: 'EUR' } }] });
});

test('what is missing is named', () => {
  expect(faultsOf(good())).toEqual([]);
  expect(faultsOf({ ...good(), names: { en: ' ' }, sku: '' })).toEqual(['fault-name', 'fault-sku']);
  expect(faultsOf({ ...good(), tiers: [{ min_quantity: 1, price: '2' }, { min_quantity: 1, price: 'x' }] })).toEqual(['price-bad', 'fault-tiers']);
  expect(faultsOf({ ...good(), moq: 100, multiple: 24 })).toEqual(['fault-multiple']);
});

test('empty languages stay away', () => {
  expect(filled({ en: ' Blocks ', ja: ' ' })).toEqual({ en: 'Blocks' });
});
