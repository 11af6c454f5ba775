/** A live offer as it is typed at the desk, and the request it becomes. */

import { microOf, typedPrice } from '../money';
import type { NewOffer, Offer, ProductCard } from '../types';

export interface OfferDraft {
  price: string;
  currency: string;
  total: number | null;
  /** Minutes until it starts; none starts it at once. */
  wait: number | null;
  minutes: number | null;
  per_company: number | null;
}
type Tiers = ProductCard['tiers'];
type Standing = Pick<Offer, 'unit_price' | 'total' | 'per_company' | 'starts_at' | 'ends_at'>;
export type Terms = Pick<NewOffer, 'unit_price' | 'total' | 'per_company' | 'min_quantity' | 'starts_at' | 'ends_at'>;

const MINUTE_MS = 60_000;
const TOTAL = 200;
const MINUTES = 10;

/** The currencies a product is priced in, in the order of its tiers. */
export function currenciesOf(tiers: Tiers): string[] {
  return [...new Set(tiers.map(({ unit_price }) => unit_price.currency))];
}

/** The price of the largest quantity in a currency, to start an offer from. */
export function bestPrice(tiers: Tiers, currency: string): string {
  const best = tiers.filter(({ unit_price }) => unit_price.currency === currency).at(-1);
  return best ? typedPrice(best.unit_price.micro) : '';
}

/** An offer for this product before anything is typed. */
export function offerDraft({ tiers, moq, available }: Pick<ProductCard, 'tiers' | 'moq' | 'available'>): OfferDraft {
  const currency = currenciesOf(tiers)[0] ?? 'USD';
  return { currency, price: bestPrice(tiers, currency), total: Math.max(moq, Math.min(available ?? TOTAL, TOTAL)), wait: 0, minutes: MINUTES, per_company: null };
}

/** An offer that is yet to start, to be changed. */
export function draftOfOffer({ unit_price, total, per_company, starts_at, ends_at }: Standing, now_ms: number): OfferDraft {
  const minutes = (from: number, to: number) => Math.max(0, Math.round((to - from) / MINUTE_MS));
  return {
    currency: unit_price.currency, price: typedPrice(unit_price.micro), total, per_company: per_company ?? null,
    wait: minutes(now_ms, Date.parse(starts_at)), minutes: Math.max(1, minutes(Date.parse(starts_at), Date.parse(ends_at))),
  };
}

/** The terms as they are sent, `undefined` while something is missing. An offer below the smallest order is for all that is offered. */
export function termsOf(draft: OfferDraft, least: number, now_ms: number): Terms | undefined {
  const micro = microOf(draft.price);
  if (!micro || !draft.total || !draft.minutes) return undefined;
  const begin = now_ms + (draft.wait ?? 0) * MINUTE_MS;
  return {
    unit_price: { micro, currency: draft.currency }, total: draft.total, per_company: draft.per_company ?? null, min_quantity: Math.min(least, draft.total),
    starts_at: new Date(begin).toISOString(), ends_at: new Date(begin + draft.minutes * MINUTE_MS).toISOString(),
  };
}
