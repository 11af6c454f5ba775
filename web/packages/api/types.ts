// The shapes on the wire, written by hand from the HTTP contract. Ids are strings, instants RFC 3339 UTC,
// money whole minor units, unit prices millionths of the major unit.

export type Id = string;
export type Timestamp = string;
export type Lang = string;
/** A text per language tag. */
export type Localized = Record<Lang, string>;
export interface Money { minor: number; currency: string }
export interface UnitPrice { micro: number; currency: string }
export interface Listed<T> { items: T[]; next?: string | null }
/** RFC 9457; facts of the refusal stand beside the named members. */
export interface Problem { type: string; title: string; status: number; detail?: string; [fact: string]: unknown }

// identity
export interface SessionView {
  who: 'anyone' | 'guest' | 'buyer' | 'person';
  name: string;
  org?: { id: Id; name: string; kind: string };
  person?: { id: Id; name: string; email: string; locale: Lang; time_zone: string };
  company?: { id: Id; name: string };
  rights: string[];
  set_up: boolean;
}

// catalog
export interface PriceTier { min_quantity: number; unit_price: UnitPrice }
export interface Carton { pieces: number; length_mm: number; width_mm: number; height_mm: number; gross_g: number }
export interface ProductCard {
  id: Id;
  variant: Id;
  sku: string;
  name: string;
  text: string;
  lang: Lang;
  picture?: string | null;
  pictures: string[];
  unit: string;
  moq: number;
  multiple: number;
  lead_time_days?: number | null;
  tiers: PriceTier[];
  available?: number | null;
  carton?: Carton | null;
  origin?: string | null;
}

// live
export type EventState =
  | 'draft' | 'scheduled' | 'rehearsing' | 'live' | 'interrupted'
  | 'ended' | 'processing' | 'replay' | 'archived' | 'cancelled';
export interface ShowView {
  id: Id;
  title: string;
  text: string;
  lang: Lang;
  state: EventState;
  starts_at: Timestamp;
  org_name?: string | null;
  time_zone: string;
  languages: Lang[];
  products: Id[];
  pins: Id[];
  on_air?: Id | null;
  recording?: Id | null;
}

// room
/** `participant` starts with `anyone:` for somebody without a name, who may only watch. */
export interface RoomToken { token: string; name: string; participant: string; crew: boolean }
export interface NewQuestion { id: Id; text: string; product?: Id; at_ms?: number; private?: boolean }

// trade
export interface BuyerDetails { company: string; name: string; email: string; country: string; lang: Lang }
export interface NewInquiry {
  event?: Id;
  product?: Id;
  question?: Id;
  quantity?: number;
  text: string;
  buyer: BuyerDetails;
}
export interface InquiryView {
  id: Id;
  state: string;
  event?: Id | null;
  product?: Id | null;
  quantity?: number | null;
  text: string;
  lang: Lang;
  opened_at: Timestamp;
  buyer: Omit<BuyerDetails, 'lang'>;
}
export interface InquiryOpenedView { inquiry: InquiryView; deal: string }
export type OfferState = 'draft' | 'active' | 'sold_out' | 'ended' | 'withdrawn';
export interface OfferView {
  id: Id;
  event: Id;
  product: Id;
  variant: Id;
  unit_price: UnitPrice;
  total: number;
  left: number;
  per_company?: number | null;
  min_quantity: number;
  multiple: number;
  sku: string;
  name: string;
  starts_at: Timestamp;
  ends_at: Timestamp;
  state: OfferState;
  version: number;
}
export type OrderState = 'placed' | 'confirmed' | 'cancelled' | 'expired';
export interface OrderView {
  id: Id;
  number: string;
  state: OrderState;
  event?: Id | null;
  offer: Id;
  product: Id;
  variant: Id;
  sku: string;
  name: string;
  quantity: number;
  unit_price: UnitPrice;
  total: Money;
  placed_at: Timestamp;
  reserved_until?: Timestamp | null;
  buyer: { company: string; name: string; email: string; country: string };
}
export interface OrderPlaced { order: OrderView; deal: string }
export interface DealView {
  buyer: { company: string; name: string; email: string; country: string };
  orders: OrderView[];
  inquiries: InquiryView[];
}
