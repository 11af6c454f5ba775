/** A product as it is typed, and the requests it becomes. */

import { microOf, typedPrice } from '../money';
import { unitCode } from './unit';
import type { Carton, NewProduct, Prices, Product } from '../types';

export const CARTON = ['pieces', 'length_mm', 'width_mm', 'height_mm', 'gross_g'] as const satisfies (keyof Carton)[];
export type CartonDraft = Record<(typeof CARTON)[number], number | null>;

export interface TierDraft { min_quantity: number | null; price: string }
/** The prices in one currency: what is typed in one means nothing in another. */
export interface PriceDraft { currency: string; tiers: TierDraft[] }

export interface ProductDraft {
  sku: string;
  names: Record<string, string>;
  texts: Record<string, string>;
  unit: string;
  origin: string;
  prices: PriceDraft[];
  moq: number | null;
  multiple: number | null;
  lead_time_days: number | null;
  carton: CartonDraft | undefined;
}
type Said = Pick<NewProduct, 'sku'> & Required<Pick<NewProduct, 'names' | 'texts' | 'unit' | 'origin' | 'carton'>>;

/** `languages` are those of the form; words in others are kept as they are. */
export function draftOf(product: Product | undefined, languages: readonly string[]): ProductDraft {
  const texts = (of?: Record<string, string>) => ({ ...Object.fromEntries(languages.map((language) => [language, ''])), ...of });
  return {
    sku: product?.sku ?? '', names: texts(product?.names), texts: texts(product?.texts),
    unit: unitCode(product?.unit ?? 'piece'), origin: product?.origin ?? 'CN', prices: pricesFrom(product?.tiers ?? []),
    moq: product?.moq ?? 1, multiple: product?.multiple ?? 1, lead_time_days: product?.lead_time_days ?? null,
    carton: product?.carton ? { ...product.carton } : undefined,
  };
}

function pricesFrom(tiers: Product['tiers']): PriceDraft[] {
  const currencies = [...new Set(tiers.map(({ unit_price }) => unit_price.currency))];
  if (currencies.length === 0) return [{ currency: 'USD', tiers: [{ min_quantity: 1, price: '' }] }];
  return currencies.map((currency) => ({
    currency,
    tiers: tiers.filter(({ unit_price }) => unit_price.currency === currency).map(({ min_quantity, unit_price }) => ({ min_quantity, price: typedPrice(unit_price.micro) })),
  }));
}

/** What is said about the product, every word of it: a language left empty is taken away. */
export function saidOf(draft: ProductDraft): Said {
  const { sku, unit, origin, carton, names, texts } = draft;
  return { sku, unit, origin, names: filled(names), texts: filled(texts), carton: (carton as Carton | undefined) ?? null };
}

/** The tiers of each currency from the smallest quantity up. */
export function pricesOf({ prices, moq, multiple, lead_time_days }: ProductDraft): Prices {
  const tiers = prices.flatMap(({ currency, tiers }) =>
    tiers
      .map(({ min_quantity, price }) => ({ min_quantity: min_quantity ?? 1, unit_price: { micro: microOf(price) ?? 0, currency } }))
      .sort((a, b) => a.min_quantity - b.min_quantity),
  );
  return { tiers, moq: moq ?? 1, multiple: multiple ?? 1, lead_time_days };
}

/** A whole number from `least` up. */
export function isCount(typed: number | null, least = 1): typed is number {
  return typed !== null && Number.isInteger(typed) && typed >= least;
}

/** Fields that hold the draft back, by the names of their sentences. */
export function faultsOf(draft: ProductDraft): string[] {
  const faults: string[] = [];
  const { prices, moq, multiple, lead_time_days, carton } = draft;
  const tiers = prices.flatMap(({ tiers }) => tiers);
  const isTwice = ({ tiers }: PriceDraft) => new Set(tiers.map(({ min_quantity }) => min_quantity)).size < tiers.length;
  const counts = [moq, multiple, ...tiers.map(({ min_quantity }) => min_quantity), ...CARTON.map((field) => (carton ? carton[field] : 1))];
  if (!Object.values(draft.names).some((name) => name.trim())) faults.push('fault-name');
  if (!draft.sku.trim()) faults.push('fault-sku');
  if (!/^[A-Za-z]{2}$/.test(draft.origin.trim())) faults.push('fault-origin');
  if (tiers.some(({ price }) => !microOf(price))) faults.push('price-bad');
  if (prices.some(isTwice)) faults.push('fault-tiers');
  if (!counts.every((count) => isCount(count)) || (lead_time_days !== null && !isCount(lead_time_days, 0))) faults.push('fault-count');
  if (isCount(moq) && isCount(multiple) && moq % multiple !== 0) faults.push('fault-multiple');
  return faults;
}

export function filled(texts: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).map(([language, text]) => [language, text.trim()]).filter(([, text]) => text));
}
