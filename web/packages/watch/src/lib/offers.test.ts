import type { Offer } from '@livefair/ui/room/view.ts';
import { expect, test } from 'vitest';
import { chosen, newest } from './offers.ts';

const NOW = 10_000;
const offer = (id: string, more: Partial<Offer> = {}): Offer => ({
  offer: id, product: 'p', variant: 'v', unit_price: { micro: 820_000, currency: 'USD' }, total: 100, left: 50,
  starts_at: 5_000, ends_at: 20_000, state: 'active', version: 1, ...more,
});
const seen = (...offers: Offer[]) => chosen(newest(offers).values(), 'p', NOW)?.offer;

test('a sold-out offer does not hide the one that runs, whatever their versions', () => {
  expect(seen(offer('old', { state: 'sold_out', left: 0, version: 40 }), offer('new'))).toBe('new');
  expect(seen(offer('new'), offer('old', { left: 0, version: 40 }))).toBe('new');
});

test('an offer whose time is over does not hide a new one, and is not shown itself', () => {
  expect(seen(offer('old', { ends_at: 9_000, version: 40 }), offer('new'))).toBe('new');
  expect(seen(offer('old', { ends_at: 9_000 }))).toBeUndefined();
});

test('what runs comes before what will, the next before a later one, and that before what sold out', () => {
  const [runs, soon, later, sold] = [offer('runs'), offer('soon', { starts_at: 11_000 }), offer('later', { starts_at: 12_000 }), offer('sold', { state: 'sold_out' })];
  expect([seen(sold, later, soon, runs), seen(sold, later, soon), seen(sold), seen()]).toEqual(['runs', 'soon', 'sold', undefined]);
});

test('of one offer the newest word counts, read or heard', () => {
  const { offer: id, ...read } = offer('a', { version: 3, left: 7 });
  const told = newest([{ ...read, id } as never, offer('a', { version: 2, left: 50 }), offer('a', { version: 4, state: 'withdrawn' })]);
  expect(told.get('a')).toMatchObject({ version: 4, state: 'withdrawn' });
  expect(chosen(told.values(), 'p', NOW)).toBeUndefined();
});

test('offers on other products stay theirs', () => {
  expect(seen(offer('a', { product: 'q' }))).toBeUndefined();
});
