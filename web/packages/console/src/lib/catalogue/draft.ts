/** A product as it is typed, and the requests it becomes. */

import { microOf, typedPrice } from '../money';
import type { Carton, Prices, Product } from '../types';

export interface TierDraft { min_quantity: number; price: string }

export interface ProductDraft {
  sku: string;
  names: Record<string, string>;
  texts: Record<string, string>;
  unit: string;
  origin: string;
  currency: string;
  tiers: TierDraft[];
  moq: number;
  multiple: number;
  lead_time_days: number | null;
  carton: Carton | undefined;
}

export function draftOf(product: Product | undefined, languages: readonly string[]): ProductDraft {
  const texts = (of?: Record<string, string>) => Object.fromEntries(languages.map((language) => [language, of?.[language] ?? '']));
  const currency = product?.tiers[0]?.unit_price.currency ?? 'USD';
  const tiers = (product?.tiers ?? [])
    .filter(({ unit_price }) => unit_price.currency === currency)
    .map(({ min_quantity, unit_price }) => ({ min_quantity, price: typedPrice(unit_price.micro) }));
  return {
    sku: product?.sku ?? '', names: texts(product?.names), texts: texts(product?.texts),
    unit: product?.unit ?? 'piece', origin: product?.origin ?? 'CN', currency,
    tiers: tiers.length > 0 ? tiers : [{ min_quantity: 1, price: '' }],
    moq: product?.moq ?? 1, multiple: product?.multiple ?? 1, lead_time_days: product?.lead_time_days ?? null,
    carton: product?.carton ?? undefined,
  };
}

/** The tiers from the smallest quantity up. */
export function pricesOf(draft: ProductDraft, others: Product['tiers'] = []): Prices {
  const tiers = draft.tiers
    .map(({ min_quantity, price }) => ({ min_quantity, unit_price: { micro: microOf(price) ?? 0, currency: draft.currency } }))
    .sort((a, b) => a.min_quantity - b.min_quantity);
  const kept = others.filter(({ unit_price }) => unit_price.currency !== draft.currency);
  return { tiers: [...tiers, ...kept], moq: draft.moq, multiple: draft.multiple, lead_time_days: draft.lead_time_days };
}

/** Fields that hold the draft back, by the names of their sentences. */
export function faultsOf(draft: ProductDraft): string[] {
  const faults: string[] = [];
  if (!Object.values(draft.names).some((name) => name.trim())) faults.push('fault-name');
  if (!draft.sku.trim()) faults.push('fault-sku');
  if (draft.tiers.some(({ price }) => !microOf(price))) faults.push('price-bad');
  if (new Set(draft.tiers.map(({ min_quantity }) => min_quantity)).size < draft.tiers.length) faults.push('fault-tiers');
  if (draft.multiple > 1 && draft.moq % draft.multiple !== 0) faults.push('fault-multiple');
  return faults;
}

export function filled(texts: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).map(([language, text]) => [language, text.trim()]).filter(([, text]) => text));
}
