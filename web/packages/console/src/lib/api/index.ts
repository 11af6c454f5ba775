/** The server's doors, one function each. */

import type {
  ApiToken, ImportReport, Inquiry, Listed, Localized, Offer, Order, Org, Person, Pins, Product, ProductCard, Question,
  Readiness, RunItem, RunSheet, Session, Show, ShowState, StreamHealth, StreamKey,
} from '../types';
import { get, patch, post, put, query, remove } from './http';

export { Refusal } from '@livefair/api';

/** Follows a list to its end. */
async function everyPage<T>(path: (after?: string) => string): Promise<Listed<T>> {
  const items: T[] = [];
  let after: string | undefined;
  do {
    const page = await get<Listed<T>>(path(after));
    items.push(...page.items);
    after = page.next ?? undefined;
  } while (after);
  return { items };
}

const key = () => ({ 'idempotency-key': crypto.randomUUID() });

export const session = {
  now: () => get<Session>('session'),
  logIn: (email: string, password: string) => post<void>('session', { email, password }),
  logOut: () => remove('session'),
  setUp: (setup: SetUp) => post<void>('setup', setup),
  passkeyChallenge: () => post<{ id?: string; publicKey?: unknown }>('session/passkey-challenges'),
  passkey: (answer: unknown) => post<void>('session/passkey', answer),
};

export interface SetUp {
  code: string;
  org: { name: string; kind: string; country: string; time_zone: string };
  name: string;
  email: string;
  password: string;
}

export interface ShowPlan {
  title: Localized;
  text: Localized;
  languages: string[];
  starts_at: string;
  time_zone: string;
}

export const shows = {
  list: () => get<Listed<Show>>('events?limit=100'),
  one: (id: string) => get<Show>(`events/${id}`),
  plan: (plan: ShowPlan) => post<Show>('events', plan),
  change: (id: string, plan: Partial<ShowPlan> & { version?: number }) => patch<Show>(`events/${id}`, plan),
  move: (id: string, to: ShowState, from_version: number, reason?: string) =>
    post<Show>(`events/${id}/transitions`, { to, from_version, reason }),
  readiness: (id: string) => get<Readiness>(`events/${id}/readiness`),
  health: (id: string) => get<StreamHealth>(`events/${id}/stream`),
  runSheet: (id: string) => get<RunSheet>(`events/${id}/run_items`),
  addItem: (id: string, item: { title?: string; product?: string; minutes?: number }) => post<RunItem>(`events/${id}/run_items`, item),
  changeItem: (item: string, change: { title?: string; minutes?: number }) => patch<RunItem>(`run_items/${item}`, change),
  reorder: (id: string, items: string[], version: number) => put<RunSheet>(`events/${id}/run_order`, { items, version }),
  moveItem: (item: string, to: RunItem['state']) => post<RunItem>(`run_items/${item}/transitions`, { to }),
  pins: (id: string) => get<Pins>(`events/${id}/pins`),
  pin: (id: string, products: string[], version: number) => put<Pins>(`events/${id}/pins`, { products, version }),
  keys: (id: string) => get<Listed<StreamKey>>(`events/${id}/stream-keys`),
  makeKey: (id: string, label: string) => post<StreamKey>(`events/${id}/stream-keys`, { label }),
  revokeKey: (id: string, streamKey: string) => remove(`events/${id}/stream-keys/${streamKey}`),
};

export const catalogue = {
  cards: (lang: string) => get<Listed<ProductCard>>(`catalogue${query({ lang, limit: 100 })}`),
  list: (filter: { q?: string; after?: string }) => get<Listed<Product>>(`products${query(filter)}`),
  one: (id: string) => get<Product>(`products/${id}`),
  add: (product: unknown) => post<Product>('products', product),
  change: (id: string, product: unknown) => patch<Product>(`products/${id}`, product),
  translate: (id: string, lang: string, words: { name: string; text: string }) => put<void>(`products/${id}/translations/${lang}`, words),
  move: (id: string, act: 'publish' | 'pause' | 'retire') => post<Product>(`products/${id}/${act}`),
  picture: (id: string, file: File) => post<unknown>(`products/${id}/pictures`, formOf(file)),
  prices: (variant: string, prices: unknown) => put<unknown>(`variants/${variant}/prices`, prices),
  stock: (variant: string) => get<{ available: number; version?: number }>(`stock/${variant}`),
  moveStock: (variant: string, delta: number, reason: string) => post<unknown>(`stock/${variant}/movements`, { delta, reason }, key()),
  dryRun: (file: File) => post<ImportReport>('product-imports', formOf(file)),
  apply: (id: string) => post<unknown>(`product-imports/${id}/apply`, {}, key()),
};

function formOf(file: File): FormData {
  const form = new FormData();
  form.set('file', file);
  return form;
}

export const trade = {
  orders: (filter: { state?: string; event?: string; after?: string }) => get<Listed<Order>>(`orders${query(filter)}`),
  confirm: (id: string) => post<Order>(`orders/${id}/confirm`),
  cancel: (id: string, reason: string) => post<Order>(`orders/${id}/cancel`, { reason }),
  exportUrl: (filter: { state?: string; event?: string }) => `/api/v1/orders/export.csv${query(filter)}`,
  inquiries: (filter: { state?: string; after?: string }) => get<Listed<Inquiry>>(`inquiries${query(filter)}`),
  moveInquiry: (id: string, to: string) => post<Inquiry>(`inquiries/${id}/transitions`, { to }),
  offers: (event: string) => get<Listed<Offer>>(`offers${query({ event })}`),
  offer: (offer: unknown) => post<Offer>('offers', offer, key()),
  moveOffer: (id: string, to: string) => post<Offer>(`offers/${id}/transitions`, { to }),
};

export const room = {
  token: (event: string, lang: string) => post<{ token: string; name: string }>(`rooms/${event}/tokens`, { lang }),
  /** All of them: they are listed oldest first, and the desk needs the newest. */
  questions: (event: string) => everyPage<Question>((after) => `rooms/${event}/questions${query({ limit: 100, after })}`),
  answer: (question: string, text: string, isPublic: boolean) => post<unknown>(`questions/${question}/answers`, { text, public: isPublic }),
  moveQuestion: (question: string, to: string) => post<unknown>(`questions/${question}/transitions`, { to }),
  decide: (message: string, decision: 'remove' | 'restore' | 'approve' | 'refuse') => post<unknown>(`messages/${message}/decisions`, { decision }),
  mute: (event: string, participant: string) => put<unknown>(`rooms/${event}/mutes/${participant}`, { kind: 'muted' }),
};

export const org = {
  one: () => get<Org>('org'),
  change: (change: Partial<Org>) => patch<Org>('org', change),
  people: () => get<Listed<Person>>('people'),
  addPerson: (person: { name: string; email: string; password: string; roles: string[] }) => post<Person>('people', person),
  setRoles: (id: string, roles: string[]) => put<Person>(`people/${id}/roles`, { roles }),
  tokens: () => get<Listed<ApiToken>>('api-tokens'),
  addToken: (name: string, rights: string[]) => post<ApiToken>('api-tokens', { name, rights }),
  revokeToken: (id: string) => remove(`api-tokens/${id}`),
};
