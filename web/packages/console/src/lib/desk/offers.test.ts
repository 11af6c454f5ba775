import { expect, test } from 'vitest';
import { currenciesOf, draftOfOffer, offerDraft, termsOf } from './offers';

const NOW = Date.parse('2026-05-13T12:00:00Z');
const tier = (min_quantity: number, micro: number, currency: string) => ({ min_quantity, unit_price: { micro, currency } });
const product = { tiers: [tier(100, 2_500_000, 'USD'), tier(500, 2_100_000, 'USD'), tier(100, 2_300_000, 'EUR')], moq: 100, available: 150 };

test('a price and its currency are those of one tier', () => {
  expect(currenciesOf(product.tiers)).toEqual(['USD', 'EUR']);
  expect(offerDraft(product)).toMatchObject({ currency: 'USD', price: '2.10', total: 150 });
  expect(offerDraft({ ...product, tiers: [], available: null })).toMatchObject({ price: '', total: 200 });
});

test('an offer starts at once or after its minutes', () => {
  const draft = offerDraft(product);
  expect(termsOf(draft, 100, NOW)).toMatchObject({ min_quantity: 100, starts_at: '2026-05-13T12:00:00.000Z', ends_at: '2026-05-13T12:10:00.000Z' });
  expect(termsOf({ ...draft, wait: 5, total: 40 }, 100, NOW)).toMatchObject({ min_quantity: 40, starts_at: '2026-05-13T12:05:00.000Z', ends_at: '2026-05-13T12:15:00.000Z' });
});

test('what is missing or no price holds it back', () => {
  const draft = offerDraft(product);
  for (const lack of [{ total: null }, { minutes: null }, { price: '' }, { price: '0' }, { price: '1,5' }]) expect(termsOf({ ...draft, ...lack }, 100, NOW)).toBeUndefined();
});

test('an offer that is yet to start is typed as it stands', () => {
  const standing = { unit_price: { micro: 2_100_000, currency: 'EUR' }, total: 80, per_company: 20, starts_at: '2026-05-13T12:05:00Z', ends_at: '2026-05-13T12:20:00Z' };
  const draft = draftOfOffer(standing, NOW);
  expect(draft).toEqual({ currency: 'EUR', price: '2.10', total: 80, per_company: 20, wait: 5, minutes: 15 });
  expect(termsOf(draft, 10, NOW)).toMatchObject({ starts_at: '2026-05-13T12:05:00.000Z', ends_at: '2026-05-13T12:20:00.000Z' });
});
