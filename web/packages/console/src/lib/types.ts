/** What the API says to the crew: names for the shapes of its document, which this file does not repeat. */

import type { components } from '@livefair/api/schema.ts';

type Said = components['schemas'];

export type Money = Said['Money'];
export type UnitPrice = Said['UnitPrice'];
export type Localized = Said['LocalizedText'];
export interface Listed<T> { items: T[]; next?: string | null }

export type Session = Said['SessionView'];
export type Right = Said['Right'];
export type Role = Said['Role'];
export type Org = Said['OrgView'];
export type SetUp = Said['SetUp'];
export type Person = Said['PersonView'];
export type NewPerson = Said['PersonNew'];
export type ApiToken = Said['ApiTokenView'];
export type FreshToken = Said['ApiTokenCreated'];
export type Passkey = Said['PasskeyView'];
export type OwnSession = Said['OwnSessionView'];
export type AccountChange = Said['AccountChange'];

export type Show = Said['EventView'];
export type ShowState = Said['EventState'];
export type NewShow = Said['NewEventBody'];
/** A plan with everything a form says. */
export type ShowPlan = Required<Pick<NewShow, 'title' | 'text' | 'languages' | 'markets' | 'hosts' | 'starts_at' | 'time_zone'>>;
export type RunItem = Said['RunItemView'];
export type RunSheet = Said['RunSheetView'];
export type NewRunItem = Said['RunItemBody'];
export type Pins = Said['EventPins'];
export type StreamKey = Said['StreamKeyView'];
export type StreamHealth = Said['EventStreamView'];
export type Readiness = Said['EventReadiness'];

export type ProductCard = Said['ProductCard'];
export type Product = Said['ProductView'];
export type ProductState = Said['ProductState'];
export type NewProduct = Said['NewProductBody'];
export type ProductChange = Said['ProductChangeBody'];
export type Prices = Said['VariantPricesBody'];
export type Carton = Said['ProductCarton'];
export type ImportReport = Said['ProductImportView'];
export type ImportOutcome = Said['ProductImportOutcome'];

export type Order = Said['OrderView'];
export type OrderState = Said['OrderState'];
export type OrderSums = Said['OrderSums'];
export type Inquiry = Said['InquiryView'];
export type InquiryState = Said['InquiryState'];
export type Offer = Said['OfferView'];
export type OfferState = Said['OfferState'];
export type NewOffer = Said['NewOffer'];
export type OfferChange = Said['OfferChange'];

export type Question = Said['QuestionView'];
export type QuestionState = Said['QuestionState'];
export type Answer = Said['QuestionAnswerView'];
export type Decision = Said['Decision'];
export type RoomSettings = Said['RoomSettings'];
