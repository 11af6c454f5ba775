import { expect, test } from 'vitest';
import type { Product } from '../types';
import { saidOf, draftOf, faultsOf, filled, pricesOf, type ProductDraft } from './draft';

const usd = (...tiers: [number | null, string][]) => ({ currency: 'USD', tiers: tiers.map(([min_quantity, price]) => ({ min_quantity, price })) });
const good = (): ProductDraft => ({ ...draftOf(undefined, ['en', 'ja']), sku: 'NB-1', names: { en: 'Blocks', ja: '' }, prices: [usd([500, '2.10'], [100, '2.345'])], moq: 100 });
const tier = (min_quantity: number, micro: number, currency: string) => ({ min_quantity, unit_price: { micro, currency } });

test('tiers go out from the smallest quantity up, in millionths', () => {
  expect(pricesOf(good())).toMatchObject({ moq: 100, tiers: [{ min_quantity: 100, unit_price: { micro: 2_345_000, currency: 'USD' } }, { min_quantity: 500 }] });
});

test('each currency keeps its own prices, and one that is taken away goes', () => {
  const tiers = [tier(1, 2_300_000, 'USD'), tier(500, 2_100_000, 'USD'), tier(1, 2_000_000, 'EUR')];
  const draft = draftOf({ tiers } as Product, ['en']);
  expect(draft.prices.map(({ currency, tiers }) => [currency, tiers.map(({ price }) => price)])).toEqual([['USD', ['2.30', '2.10']], ['EUR', ['2']]]);
  expect(pricesOf(draft).tiers).toEqual(tiers);
  expect(pricesOf({ ...draft, prices: draft.prices.slice(1) }).tiers).toEqual([tiers[2]]);
});

test('words that are cleared are taken away, and those in other languages stay', () => {
  const draft = draftOf({ names: { en: 'Blocks', ja: 'つみき', fr: 'Cubes' }, texts: { ja: '木' }, tiers: [] } as unknown as Product, ['en', 'ja']);
  draft.names.ja = draft.texts.ja = '';
  expect(saidOf(draft)).toMatchObject({ names: { en: 'Blocks', fr: 'Cubes' }, texts: {}, carton: null });
  expect(Object.keys(saidOf(draft).names ?? {})).toEqual(['en', 'fr']);
});

test('what is missing is named', () => {
  expect(faultsOf(good())).toEqual([]);
  expect(faultsOf({ ...good(), names: { en: ' ' }, sku: '' })).toEqual(['fault-name', 'fault-sku']);
  expect(faultsOf({ ...good(), prices: [usd([1, '2'], [1, 'x'])] })).toEqual(['price-bad', 'fault-tiers']);
  expect(faultsOf({ ...good(), prices: [usd([1, '2']), { ...usd([1, '3']), currency: 'EUR' }] })).toEqual([]);
  expect(faultsOf({ ...good(), moq: 100, multiple: 24 })).toEqual(['fault-multiple']);
  expect(faultsOf({ ...good(), origin: '' })).toEqual(['fault-origin']);
});

test('a number that was emptied or is none is named', () => {
  const carton = { pieces: 24, length_mm: 400, width_mm: null, height_mm: 300, gross_g: 8_000 };
  for (const lack of [{ moq: null }, { multiple: null }, { moq: 1.5 }, { lead_time_days: -1 }, { prices: [usd([null, '2'])] }, { carton }]) {
    expect(faultsOf({ ...good(), ...lack })).toEqual(['fault-count']);
  }
});

test('empty languages stay away', () => {
  expect(filled({ en: ' Blocks ', ja: ' ' })).toEqual({ en: 'Blocks' });
});
