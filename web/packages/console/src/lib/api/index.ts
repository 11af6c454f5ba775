/** The server's doors, one function each. */

import type { Decision, InquiryState, Listed, NewOffer, NewPerson, NewProduct, NewRunItem, NewShow, Offer, OfferChange, OfferState, Order, OrderState, Org, Prices, Product, ProductCard, ProductChange, ProductState, Question, QuestionState, Right, Role, RoomSettings, RunItem, SetUp, Show, ShowPlan, ShowState } from '../types';
import { answer, api, asked, everyPage, sent } from './client';

export { Refusal } from '@livefair/api';

const of = (id: string) => ({ params: { path: { id } } });
const keyed = (key: string) => ({ header: { 'Idempotency-Key': key } });
const ofEvent = (event: string) => ({ params: { path: { event } } });

export const session = {
  now: () => answer(api.GET('/api/v1/session')),
  logIn: (email: string, password: string) => answer(api.POST('/api/v1/session', { body: { email, password } })),
  logOut: () => answer(api.DELETE('/api/v1/session')),
  setUp: (body: SetUp) => answer(api.POST('/api/v1/setup', { body })),
};

export const shows = {
  list: (): Promise<Listed<Show>> => everyPage((query) => answer(api.GET('/api/v1/events', { params: { query } }))),
  one: (id: string) => answer(api.GET('/api/v1/events/{id}', of(id))),
  plan: (body: NewShow) => answer(api.POST('/api/v1/events', { body })),
  change: (id: string, body: ShowPlan & { version?: number }) => answer(api.PATCH('/api/v1/events/{id}', { ...of(id), body })),
  move: (id: string, to: ShowState, from_version: number, reason?: string) =>
    answer(api.POST('/api/v1/events/{id}/transitions', { ...of(id), body: { to, from_version, reason } })),
  readiness: (id: string) => answer(api.GET('/api/v1/events/{id}/readiness', of(id))),
  health: (id: string) => answer(api.GET('/api/v1/events/{id}/stream', of(id))),
  runSheet: (id: string) => answer(api.GET('/api/v1/events/{id}/run_items', of(id))),
  addItem: (id: string, body: NewRunItem) => answer(api.POST('/api/v1/events/{id}/run_items', { ...of(id), body })),
  reorder: (id: string, items: string[], version: number) =>
    answer(api.PUT('/api/v1/events/{id}/run_order', { ...of(id), body: { items, version } })),
  moveItem: (item: string, to: RunItem['state']) => answer(api.POST('/api/v1/run_items/{id}/transitions', { ...of(item), body: { to } })),
  changeItem: (item: string, body: NewRunItem) => answer(api.PATCH('/api/v1/run_items/{id}', { ...of(item), body })),
  removeItem: (item: string) => answer(api.DELETE('/api/v1/run_items/{id}', of(item))),
  pins: (id: string) => answer(api.GET('/api/v1/events/{id}/pins', of(id))),
  pin: (id: string, products: string[], version: number) =>
    answer(api.PUT('/api/v1/events/{id}/pins', { ...of(id), body: { products, version } })),
  keys: (id: string) => answer(api.GET('/api/v1/events/{id}/stream-keys', of(id))),
  makeKey: (id: string, label: string) => answer(api.POST('/api/v1/events/{id}/stream-keys', { ...of(id), body: { label } })),
  revokeKey: (id: string, key: string) => answer(api.DELETE('/api/v1/events/{id}/stream-keys/{key}', { params: { path: { id, key } } })),
};

export const catalogue = {
  cards: (lang: string): Promise<Listed<ProductCard>> =>
    everyPage((page) => answer(api.GET('/api/v1/catalogue', { params: { query: { lang, ...page } } }))),
  list: (filter: { q?: string; state?: ProductState; after?: string; limit?: number }): Promise<Listed<Product>> =>
    answer(api.GET('/api/v1/products', { params: { query: asked(filter) } })),
  one: (id: string) => answer(api.GET('/api/v1/products/{id}', of(id))),
  add: (body: NewProduct, key: string) => answer(api.POST('/api/v1/products', { params: keyed(key), body })),
  change: (id: string, body: ProductChange) => answer(api.PATCH('/api/v1/products/{id}', { ...of(id), body })),
  move: (id: string, act: 'publish' | 'pause' | 'retire') => answer(api.POST(`/api/v1/products/{id}/${act}`, of(id))),
  picture: (id: string, file: File) => answer(api.POST('/api/v1/products/{id}/pictures', { ...of(id), ...sent(file) })),
  prices: (variant: string, body: Prices) => answer(api.PUT('/api/v1/variants/{id}/prices', { ...of(variant), body })),
  orderPictures: (id: string, pictures: string[]) => answer(api.PUT('/api/v1/products/{id}/picture_order', { ...of(id), body: { pictures } })),
  removePicture: (id: string, picture: string) => answer(api.DELETE('/api/v1/products/{id}/pictures/{picture}', { params: { path: { id, picture } } })),
  moveStock: (variant: string, body: { delta: number; reason: string }, key: string) =>
    answer(
      api.POST('/api/v1/stock/{variant}/movements', {
        params: { path: { variant }, header: { 'Idempotency-Key': key } },
        body,
      }),
    ),
  dryRun: (file: File) => answer(api.POST('/api/v1/product-imports', sent(file))),
  apply: (id: string) => answer(api.POST('/api/v1/product-imports/{id}/apply', of(id))),
};

export interface OrderFilter { state?: OrderState; event?: string }

export const trade = {
  orders: (filter: OrderFilter & { after?: string }): Promise<Listed<Order>> =>
    answer(api.GET('/api/v1/orders', { params: { query: asked(filter) } })),
  confirm: (id: string) => answer(api.POST('/api/v1/orders/{id}/confirm', of(id))),
  cancel: (id: string, reason: string) => answer(api.POST('/api/v1/orders/{id}/cancel', { ...of(id), body: { reason } })),
  exportUrl: (filter: OrderFilter) => `/api/v1/orders/export.csv?${new URLSearchParams(asked({ ...filter }) as Record<string, string>)}`,
  sums: (event: string) => answer(api.GET('/api/v1/orders/sum', { params: { query: { event } } })),
  inquiries: (filter: { state?: InquiryState; after?: string }) => answer(api.GET('/api/v1/inquiries', { params: { query: asked(filter) } })),
  moveInquiry: (id: string, to: InquiryState) => answer(api.POST('/api/v1/inquiries/{id}/transitions', { ...of(id), body: { to } })),
  offers: (event: string): Promise<Listed<Offer>> => everyPage((page) => answer(api.GET('/api/v1/offers', { params: { query: { event, ...page } } }))),
  changeOffer: (id: string, body: OfferChange) => answer(api.PATCH('/api/v1/offers/{id}', { ...of(id), body })),
  /** Made and opened in one. */
  startOffer: (body: NewOffer, key: string) => answer(api.POST('/api/v1/offers', { params: keyed(key), body: { ...body, activate: true } })),
  moveOffer: (id: string, to: OfferState) => answer(api.POST('/api/v1/offers/{id}/transitions', { ...of(id), body: { to } })),
};

/** A line of the transcript, which the document knows as a file. */
export interface Line { id: string; participant: string; name: string; lang: string; state: string; text: string }

export const room = {
  token: (event: string, lang: string) => answer(api.POST('/api/v1/rooms/{event}/tokens', { ...ofEvent(event), body: { lang } })),
  /** All of them: they are listed oldest first, and the desk needs the newest. */
  questions: (event: string): Promise<Listed<Question>> =>
    everyPage((query) => answer(api.GET('/api/v1/rooms/{event}/questions', { params: { path: { event }, query } }))),
  answer: (question: string, text: string, isPublic: boolean) =>
    answer(api.POST('/api/v1/questions/{id}/answers', { ...of(question), body: { text, public: isPublic } })),
  /** `into` names the question that a merged one repeats. */
  moveQuestion: (question: string, to: QuestionState, into?: string) =>
    answer(api.POST('/api/v1/questions/{id}/transitions', { ...of(question), body: { to, into } })),
  decide: (message: string, decision: Decision) => answer(api.POST('/api/v1/messages/{id}/decisions', { ...of(message), body: { decision } })),
  mutes: (event: string) => answer(api.GET('/api/v1/rooms/{event}/mutes', ofEvent(event))),
  mute: (event: string, participant: string) =>
    answer(api.PUT('/api/v1/rooms/{event}/mutes/{participant}', { params: { path: { event, participant } }, body: { kind: 'muted' } })),
  unmute: (event: string, participant: string) =>
    answer(api.DELETE('/api/v1/rooms/{event}/mutes/{participant}', { params: { path: { event, participant } } })),
  /** All lines of the chat as far as they are stored, also those that only the crew sees. */
  transcript: async (event: string): Promise<Line[]> => {
    const text = await answer(api.GET('/api/v1/rooms/{event}/transcript.jsonl', { ...ofEvent(event), parseAs: 'text' }));
    return String(text ?? '').split('\n').filter(Boolean).map((line) => JSON.parse(line) as Line);
  },
  settings: (event: string) => answer(api.GET('/api/v1/rooms/{event}/settings', ofEvent(event))),
  set: (event: string, body: RoomSettings) => answer(api.PUT('/api/v1/rooms/{event}/settings', { ...ofEvent(event), body })),
};

export const org = {
  one: () => answer(api.GET('/api/v1/org')),
  change: (body: Partial<Org>) => answer(api.PATCH('/api/v1/org', { body })),
  people: () => answer(api.GET('/api/v1/people')),
  addPerson: (body: NewPerson) => answer(api.POST('/api/v1/people', { body })),
  setRoles: (id: string, roles: Role[]) => answer(api.PUT('/api/v1/people/{id}/roles', { ...of(id), body: { roles } })),
  removePerson: (id: string) => answer(api.DELETE('/api/v1/people/{id}', of(id))),
  tokens: () => answer(api.GET('/api/v1/api-tokens')),
  addToken: (name: string, rights: Right[]) => answer(api.POST('/api/v1/api-tokens', { body: { name, rights } })),
  revokeToken: (id: string) => answer(api.DELETE('/api/v1/api-tokens/{id}', of(id))),
};
