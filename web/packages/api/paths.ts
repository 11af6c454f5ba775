// The endpoints the pages call, in the form openapi-fetch reads. `schema.ts`, once generated, is checked against
// the same contract by the server's OpenAPI snapshot.
import type {
  DealView, Id, InquiryOpenedView, Listed, NewInquiry, NewQuestion, OfferView, OrderPlaced, OrderView, Problem,
  ProductCard, RoomToken, SessionView, ShowView,
} from './types.ts';

type Answers<R> = {
  200: { headers: Record<string, unknown>; content: { 'application/json': R } };
  default: { headers: Record<string, unknown>; content: { 'application/problem+json': Problem } };
};
type Get<R, Path = undefined, Query = undefined> = {
  parameters: (Path extends undefined ? object : { path: Path }) & (Query extends undefined ? object : { query?: Query });
  responses: Answers<R>;
};
type Send<R, Body = undefined, Path = undefined, Header = undefined> = {
  parameters: (Path extends undefined ? object : { path: Path }) & (Header extends undefined ? object : { header: Header });
  responses: Answers<R>;
} & (Body extends undefined ? object : { requestBody: { content: { 'application/json': Body } } });
type Keyed = { 'Idempotency-Key': string };
type PageQuery = { lang?: string; after?: string; limit?: number; q?: string };

export interface paths {
  '/api/v1/session': { get: Get<SessionView>; post: Send<undefined, { email: string; password: string }>; delete: Send<undefined> };
  '/api/v1/guests': { post: Send<{ guest: string; name: string }, { name: string; lang: string }> };
  '/api/v1/catalogue': { get: Get<Listed<ProductCard>, undefined, PageQuery> };
  '/api/v1/catalogue/{product}': { get: Get<ProductCard, { product: Id }, { lang?: string }> };
  '/api/v1/shows': { get: Get<Listed<ShowView>, undefined, PageQuery> };
  '/api/v1/shows/{event}': { get: Get<ShowView, { event: Id }, { lang?: string }> };
  '/api/v1/rooms/{event}/tokens': { post: Send<RoomToken, { lang: string; name?: string }, { event: Id }> };
  '/api/v1/rooms/{event}/tickets': { post: Send<{ ticket: string }, undefined, { event: Id }> };
  '/api/v1/rooms/{event}/log': { get: Get<unknown, { event: Id }, { epoch: string; after: number }> };
  '/api/v1/rooms/{event}/messages': { post: Send<unknown, { id: string; text: string }, { event: Id }> };
  '/api/v1/rooms/{event}/questions': { post: Send<unknown, NewQuestion, { event: Id }> };
  '/api/v1/inquiries': { post: Send<InquiryOpenedView, NewInquiry, undefined, Keyed> };
  '/api/v1/offers': { get: Get<Listed<OfferView>, undefined, { event?: Id }> };
  '/api/v1/offers/{id}/orders': {
    post: Send<OrderPlaced, { quantity: number; buyer: NewInquiry['buyer'] }, { id: Id }, Keyed>;
  };
  '/api/v1/deal': { get: Get<DealView> };
  '/api/v1/deal/orders/{id}/cancel': { post: Send<OrderView, undefined, { id: Id }> };
}
