//! The tables of trade.

use kernel::id::{CompanyId, ContactId, EventId, InquiryId, OfferId, OrderId, OrgId, ProductId, QuestionId, VariantId};
use kernel::{Instant, Locale, LocalizedText};
use uuid::Uuid;

/// Declares a table's rows.
macro_rules! table {
    ($module:ident, $table:literal, $(#[$doc:meta])* { $($(#[$attribute:meta])* $field:ident: $type:ty),* $(,)? }) => {
        $(#[$doc])*
        pub mod $module {
            #![expect(unused_imports, reason = "tables differ in the types they use")]
            use sea_orm::entity::prelude::*;

            use super::{
                CompanyId, ContactId, EventId, InquiryId, Instant, Locale, LocalizedText, OfferId, OrderId, OrgId,
                ProductId, QuestionId, Uuid, VariantId,
            };

            #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
            #[sea_orm(table_name = $table)]
            pub struct Model {
                $($(#[$attribute])* pub $field: $type),*
            }

            #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
            pub enum Relation {}

            impl ActiveModelBehavior for ActiveModel {}
        }
    };
}

table!(offer, "trade_offer", {
    #[sea_orm(primary_key, auto_increment = false)] id: OfferId,
    org: OrgId,
    event: EventId,
    product: ProductId,
    variant: VariantId,
    sku: String,
    #[sea_orm(column_type = "Json")] name: LocalizedText,
    unit_micro: i64,
    currency: String,
    total: i64,
    remaining: i64,
    per_company: Option<i64>,
    min_quantity: i64,
    multiple: i64,
    starts_at: Instant,
    ends_at: Instant,
    state: String,
    version: i64,
    slot: Option<String>,
    held: Option<bool>,
});

table!(order, "trade_order", {
    #[sea_orm(primary_key, auto_increment = false)] id: OrderId,
    org: OrgId,
    number: String,
    offer: OfferId,
    event: EventId,
    product: ProductId,
    variant: VariantId,
    sku: String,
    name: String,
    quantity: i64,
    unit_micro: i64,
    total_minor: i64,
    currency: String,
    company: CompanyId,
    contact: ContactId,
    buyer_company: String,
    buyer_name: String,
    buyer_email: String,
    buyer_country: String,
    lang: Locale,
    state: String,
    version: i64,
    placed_at: Instant,
    reserved_until: Option<Instant>,
});

table!(key, "trade_key", #[doc = "What was done under an idempotency key."] {
    #[sea_orm(primary_key, auto_increment = false)] key: String,
    #[sea_orm(primary_key, auto_increment = false)] contact: ContactId,
    body: Uuid,
    subject: Uuid,
});

table!(claim, "trade_claim", #[doc = "What a company has ordered of an offer that has a limit."] {
    #[sea_orm(primary_key, auto_increment = false)] offer: OfferId,
    #[sea_orm(primary_key, auto_increment = false)] company: CompanyId,
    quantity: i64,
});

table!(movement, "trade_movement", #[doc = "Pieces into and out of an offer's pool; append-only."] {
    #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
    offer: OfferId,
    order: Option<OrderId>,
    delta: i64,
    at: Instant,
});

table!(transition, "trade_transition", #[doc = "Who moved what, when and why; append-only."] {
    #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
    subject: Uuid,
    from_state: String,
    to_state: String,
    actor: String,
    reason: String,
    at: Instant,
});

table!(inquiry, "trade_inquiry", {
    #[sea_orm(primary_key, auto_increment = false)] id: InquiryId,
    org: OrgId,
    event: Option<EventId>,
    product: Option<ProductId>,
    question: Option<QuestionId>,
    quantity: Option<i64>,
    #[sea_orm(column_type = "Text")] text: String,
    company: CompanyId,
    contact: ContactId,
    buyer_company: String,
    buyer_name: String,
    buyer_email: String,
    buyer_country: String,
    lang: Locale,
    state: String,
    version: i64,
    opened_at: Instant,
});

table!(deal, "trade_deal", #[doc = "Deal links, by the hash of their token."] {
    #[sea_orm(primary_key, auto_increment = false)] token_hash: String,
    contact: ContactId,
    opened_at: Instant,
});

table!(buyer_order, "trade_buyer_order", #[doc = "A buyer's orders: a projection, filled in sorted lots."] {
    #[sea_orm(primary_key, auto_increment = false)] contact: ContactId,
    #[sea_orm(primary_key, auto_increment = false)] order: OrderId,
});

table!(progress, "trade_progress", #[doc = "How far a background job has come."] {
    #[sea_orm(primary_key, auto_increment = false)] job: String,
    order: OrderId,
});
