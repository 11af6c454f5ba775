// What a viewer's page shows of a room.

export interface ChatLine { id: string; name: string; text: string; lang: string; s: number; /** Said by the firm that holds the show. */ crew: boolean }
export interface Reply { id?: string; text: string; lang: string; by: string; public: boolean }
export interface Question { id: string; name: string; text: string; lang: string; product?: string; state: string; answers: Reply[]; mine: boolean }
export interface Offer {
  offer: string;
  product: string;
  variant: string;
  unit_price: { micro: number; currency: string };
  total: number;
  left: number;
  per_company?: number | null;
  min_quantity?: number;
  multiple?: number;
  starts_at?: string | number | null;
  ends_at?: string | number | null;
  state: string;
  version: number;
}
export interface RoomView {
  state: string | null;
  pins: string[];
  /** What is on the air; `null` when the room says nothing is, `undefined` while it has not said. */
  item?: { product?: string; title?: string } | null;
  offers: Record<string, Offer>;
  stock: Record<string, number>;
  chat: ChatLine[];
  questions: Question[];
  viewers: number | null;
  notice: string | null;
  slow_s: number;
  versions: Record<string, number>;
}

export function emptyRoom(): RoomView {
  return { state: null, pins: [], offers: {}, stock: {}, chat: [], questions: [], viewers: null, notice: null, slow_s: 0, versions: {} };
}
