// Everything a watch page knows: what the shell said, what the room says now, and what the viewer has open.
import { request } from '@livefair/api/light.ts';
import type { OfferView, ProductCard, ShowView } from '@livefair/api/types';
import { type Link, type Pending, RoomClient } from '@livefair/ui/room/client.ts';
import { emptyRoom, type Offer, type RoomView } from '@livefair/ui/room/view.ts';
import type { Boot } from './boot.ts';
import { remember, remembered } from './buyer.ts';
import { chosen, newest } from './offers.ts';

export type Phase = 'before' | 'live' | 'interrupted' | 'ended' | 'replay' | 'archived' | 'cancelled';
export type Open = { dialog: 'order'; product: ProductCard; offer: Offer } | { dialog: 'inquiry'; product?: ProductCard; question?: string };

const PHASES: Record<string, Phase> = {
  live: 'live', interrupted: 'interrupted', ended: 'ended', processing: 'ended', replay: 'replay', archived: 'archived', cancelled: 'cancelled',
};

export class Show {
  readonly boot: Boot;
  readonly products = new Map<string, ProductCard>();
  meta: ShowView = $state.raw(null!);
  room: RoomView = $state.raw(emptyRoom());
  pending: Pending[] = $state.raw([]);
  /** `elsewhere`: another window of this viewer has taken this one's place in the room. */
  link: Link | 'elsewhere' = $state.raw('connecting');
  now = $state.raw(Date.now());
  online = $state.raw(true);
  /** Offers read over HTTP while the room cannot be reached. */
  read: OfferView[] = $state.raw([]);
  attached: ProductCard | null = $state.raw(null);
  /** What is attached was chosen by hand, nothing included, and stays until the question is sent. */
  picked = $state.raw(false);
  open: Open | null = $state.raw(null);
  programme_ms: number | null = $state.raw(null);
  /** Nobody yet: may watch, and gives a name before writing. */
  stranger = $state.raw(false);
  name = $state.raw(remembered().name);
  readonly #client: RoomClient;
  readonly phase: Phase = $derived(PHASES[this.room.state ?? this.meta.state] ?? 'before');
  readonly pins: ProductCard[] = $derived.by(() => {
    const ids = this.room.versions.pins === undefined ? this.meta.pins : this.room.pins;
    return ids.flatMap((id) => this.products.get(id) ?? []);
  });
  readonly onAir: ProductCard | undefined = $derived(this.products.get((this.room.item === undefined ? this.meta.on_air : this.room.item?.product) ?? ''));
  readonly listed: ProductCard[] = $derived.by(() => {
    const order = new Map(this.meta.products.map((id, at) => [id, at]));
    return [...this.products.values()].sort((a, b) => (order.get(a.id) ?? 1e6) - (order.get(b.id) ?? 1e6));
  });

  constructor(boot: Boot) {
    this.boot = boot;
    this.meta = boot.show;
    for (const product of boot.products) this.products.set(product.id, product);
    const url = new URL(`/rooms/${boot.event}`, location.href);
    url.protocol = url.protocol.replace('http', 'ws');
    this.#client = new RoomClient({
      url: url.href, lang: boot.lang, token: () => this.#token(), onchange: () => this.#hear(),
      fallback: async () => (await import('@livefair/ui/room/events.ts')).openEvents,
    });
  }

  /** Connects, and gives back what undoes it. */
  start(): () => void {
    const client = this.#client;
    const tick = setInterval(() => (this.now = client.now()), 500);
    const listen = new AbortController();
    const { signal } = listen;
    const online = () => {
      this.online = navigator.onLine;
      if (this.online) client.hurry();
    };
    online();
    addEventListener('online', online, { signal });
    addEventListener('offline', online, { signal });
    void client.start();
    return () => {
      clearInterval(tick);
      listen.abort();
      client.stop();
    };
  }

  /** Questions still reach somebody. */
  get canAsk(): boolean {
    return this.link !== 'closed' && !this.#isGone;
  }
  get #isGone(): boolean {
    return this.phase === 'cancelled' || this.phase === 'archived';
  }
  /** By id. */
  get offers(): Map<string, Offer> {
    return newest([...this.read, ...Object.values(this.room.offers)]);
  }
  /** The offer on a product that runs, is about to, or has sold out. */
  offerOn(product: string): Offer | undefined {
    return this.#isGone ? undefined : chosen(this.offers.values(), product, this.now);
  }
  /** Pieces that may be sold, where they are known. */
  stockOf(product: ProductCard): number | null {
    return this.room.stock[product.variant] ?? product.available ?? null;
  }

  /** Attaches a product to the next question by hand, or takes it off. */
  pick(product: ProductCard | null): void {
    this.attached = product;
    this.picked = true;
  }
  /** Brings the room back to this window. */
  here(): void {
    this.#client.here();
  }
  ask(text: string): void {
    const question = { text, product: this.attached?.id, at_ms: this.programme_ms ?? undefined };
    this.#named().ask(question);
    this.picked = false;
  }
  chat(text: string): void {
    this.#named().chat(text);
  }
  forget(id: string): void {
    this.#client.forget(id);
  }

  /** The connection of somebody who may write: a stranger becomes a guest under the name given. */
  #named(): RoomClient {
    const client = this.#client;
    if (this.stranger && this.name.trim()) {
      this.stranger = false;
      const name = this.name.trim();
      remember({ ...remembered(), name });
      void client.renew(() => request('post', '/api/v1/guests', { body: { name, lang: this.boot.lang } }));
    }
    return client;
  }

  async #token(): Promise<string> {
    const got = await request('post', '/api/v1/rooms/{event}/tokens', { path: { event: this.boot.event }, body: { lang: this.boot.lang } });
    this.stranger = got.participant.startsWith('anyone:');
    return got.token;
  }

  #hear(): void {
    const client = this.#client;
    const before = this.room.state;
    this.room = client.view;
    this.pending = client.pending;
    if (client.link === 'away' && this.link === 'connecting') void this.#readOffers();
    this.link = client.link === 'closed' && client.closed_code === 4009 ? 'elsewhere' : client.link;
    if (before && before !== client.view.state) void this.#readShow();
  }

  /** What the room does not say (the recording of a replay); a failure leaves what is known. */
  async #readShow(): Promise<void> {
    const asked = request('get', '/api/v1/shows/{event}', { path: { event: this.boot.event }, query: { lang: this.boot.lang } });
    this.meta = await asked.catch(() => this.meta);
  }

  async #readOffers(): Promise<void> {
    const asked = request('get', '/api/v1/offers', { query: { event: this.boot.event } });
    this.read = await asked.then((listed) => listed.items, () => this.read);
  }
}
