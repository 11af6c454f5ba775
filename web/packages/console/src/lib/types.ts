/** What the API says to the crew, beside the shapes of `@livefair/api`. */

import type { Carton, Listed, Localized, Money, UnitPrice } from '@livefair/api';

export type { Carton, Listed, Localized, Money, UnitPrice };


export interface Session {
  who: 'anyone' | 'guest' | 'buyer' | 'person';
  name: string;
  org?: { id: string; name: string; kind: string } | null;
  person?: { id: string; name: string; email: string; locale: string; time_zone: string } | null;
  rights: string[];
  set_up: boolean;
}

export interface Org { id: string; name: string; kind: string; country: string; time_zone: string }
export interface Person { id: string; name: string; email: string; roles: string[] }
export interface ApiToken { id: string; name: string; rights: string[]; created_at?: string; last_used_at?: string | null; token?: string }

export type ShowState =
  | 'draft' | 'scheduled' | 'rehearsing' | 'live' | 'interrupted' | 'ended' | 'processing' | 'replay' | 'archived' | 'cancelled';

export interface Show {
  id: string;
  title: Localized;
  text: Localized;
  languages: string[];
  state: ShowState;
  starts_at: string;
  time_zone: string;
  version: number;
}

export interface RunItem {
  id: string;
  title: string;
  product?: string | null;
  minutes: number;
  state: 'queued' | 'on_air' | 'done' | 'skipped';
  started_at?: string | null;
}
export interface RunSheet { items: RunItem[]; version: number }
export interface Pins { products: string[]; version: number }
export interface StreamKey { id: string; label: string; created_at?: string; key?: string; server?: string }
export interface Readiness { items: { key: string; ok: boolean; advice?: string | null }[]; ready: boolean }

export interface StreamHealth {
  state: string;
  since?: string | null;
  video?: { codec?: string; width?: number; height?: number; fps?: number; kbps?: number; keyframe_ms?: number } | null;
  audio?: { codec?: string; sample_rate?: number; channels?: number; kbps?: number } | null;
  source?: string | null;
  /** The playlist as the crew may see it, before the show too. */
  playlist?: string;
  warnings?: { code: string; fact?: string | null }[];
}

export interface Tier { min_quantity: number; unit_price: UnitPrice }

export interface ProductCard {
  id: string;
  variant: string;
  sku: string;
  name: string;
  picture?: string | null;
  moq: number;
  multiple: number;
  tiers: Tier[];
  available?: number | null;
}

export interface Product {
  id: string;
  variant: string;
  state: 'draft' | 'published' | 'paused' | 'retired';
  sku: string;
  names: Localized;
  texts: Localized;
  unit: string;
  origin: string;
  /** Addresses, 800 px wide. */
  pictures: string[];
  moq: number;
  multiple: number;
  tiers: Tier[];
  lead_time_days?: number | null;
  carton?: Carton | null;
  available?: number | null;
}

export interface ImportReport {
  id: string;
  /** Rows that can be applied. */
  rows: number;
  /** Whether it can be applied: it can when no cell is bad. */
  ok: boolean;
  finding_count: number;
  findings: { row: number; column: string; value: string; reason: string }[];
}

export interface Party { company: string; name: string; email: string; country: string; lang?: string }
export type OrderState = 'placed' | 'confirmed' | 'cancelled' | 'expired';

export interface Order {
  id: string;
  number: string;
  state: OrderState;
  event?: string | null;
  product: string;
  sku: string;
  name: string;
  quantity: number;
  unit_price: UnitPrice;
  total: Money;
  placed_at: string;
  reserved_until?: string | null;
  buyer: Party;
}

export interface Inquiry {
  id: string;
  state: string;
  event?: string | null;
  product?: string | null;
  quantity?: number | null;
  text: string;
  opened_at?: string;
  created_at?: string;
  buyer: Party;
}

export interface Offer {
  id: string;
  event: string;
  product: string;
  variant: string;
  unit_price: UnitPrice;
  total: number;
  left: number;
  per_company?: number | null;
  starts_at?: string;
  ends_at: string;
  state: string;
  version: number;
}

export interface Question {
  id: string;
  /** Who asks. */
  name: string;
  text: string;
  lang: string;
  product?: string | null;
  state: 'new' | 'assigned' | 'answered_on_air' | 'answered_text' | 'merged' | 'dismissed' | 'owed' | 'converted';
  private?: boolean;
  asked_at: string;
  answers?: { text: string; public: boolean; by?: string }[];
}
