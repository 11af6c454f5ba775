// The shapes on the wire that pages name, as the server's document has them (`schema.ts`). Ids are strings, instants
// RFC 3339 UTC, money whole minor units, unit prices millionths of the major unit.
import type { components } from './schema.ts';

type Said = components['schemas'];
export type Problem = Said['Problem'];
export type ProductCard = Said['ProductCard'];
export type UnitPrice = Said['UnitPrice'];
export type ShowView = Said['ShowView'];
export type OfferView = Said['OfferView'];
export type OrderView = Said['OrderView'];
export type OrderPlaced = Said['OrderPlaced'];
export type NewInquiry = Said['NewInquiry'];
export type InquiryOpenedView = Said['InquiryOpenedView'];
export type DealView = Said['DealView'];
export type BuyerDetails = Said['TradeNewBuyer'];
