//! What trade asks of its neighbours: the goods and their stock, who a buyer is, and mail.

use std::collections::BTreeMap;

use async_trait::async_trait;
use kernel::db::sea_orm::{DatabaseTransaction, DbErr};
use kernel::id::{CompanyId, ContactId, EventId, OrgId, ProductId, QuestionId, VariantId};
use kernel::{Actor, Locale, LocalizedText, Quantity};

use crate::buyer::{BadBuyer, BuyerDetails};

/// What an offer freezes of a variant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VariantFacts {
    pub product: ProductId,
    pub sku: String,
    pub name: LocalizedText,
    pub multiple: Quantity,
    /// Whether buyers may see it.
    pub published: bool,
}

/// What an inquiry needs to know of a product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Who sells it.
    pub org: OrgId,
    pub sku: String,
    pub name: LocalizedText,
}

/// Whether stock could be held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    Held,
    /// No stock is kept of the variant: there is always as much as was offered.
    MadeToOrder,
    Short {
        available: Quantity,
    },
}

/// The catalogue and its stock. All in the caller's transaction.
#[async_trait]
pub trait Goods: Send + Sync + 'static {
    /// The variant, when this organisation sells it.
    async fn variant(
        &self,
        txn: &DatabaseTransaction,
        org: OrgId,
        variant: VariantId,
    ) -> Result<Option<VariantFacts>, DbErr>;

    /// A product that buyers may see.
    async fn shown(&self, product: ProductId) -> Result<Option<Shown>, DbErr>;

    /// What products are called, whether buyers may see them or not.
    async fn names(&self, products: &[ProductId]) -> Result<BTreeMap<ProductId, LocalizedText>, DbErr>;

    /// Keeps pieces of a variant for an offer and its orders.
    async fn hold(&self, txn: &DatabaseTransaction, variant: VariantId, quantity: Quantity) -> Result<Hold, DbErr>;

    /// Gives held pieces back.
    async fn release(&self, txn: &DatabaseTransaction, variant: VariantId, quantity: Quantity) -> Result<(), DbErr>;

    /// Turns held pieces into sold ones.
    async fn sell(&self, txn: &DatabaseTransaction, variant: VariantId, quantity: Quantity) -> Result<(), DbErr>;

    /// Gives sold pieces back.
    async fn take_back(&self, txn: &DatabaseTransaction, variant: VariantId, quantity: Quantity) -> Result<(), DbErr>;
}

/// A buyer as `identity` knows them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Met {
    pub company: CompanyId,
    pub contact: ContactId,
}

#[derive(Debug, thiserror::Error)]
pub enum MeetError {
    #[error(transparent)]
    Bad(#[from] BadBuyer),
    #[error("the buyer could not be stored")]
    Store(#[from] DbErr),
}

/// Who buyers are.
#[async_trait]
pub trait Buyers: Send + Sync + 'static {
    /// Finds or keeps the buyer's company and contact.
    async fn meet(&self, txn: &DatabaseTransaction, buyer: &BuyerDetails, lang: &Locale) -> Result<Met, MeetError>;

    /// The organisation that sells here, for an inquiry that names no product.
    async fn home(&self, txn: &DatabaseTransaction) -> Result<Option<OrgId>, DbErr>;

    /// Who answers a firm's inquiries.
    async fn sellers(&self, org: OrgId) -> Result<Vec<Seller>, DbErr>;
}

/// Somebody of the firm who answers inquiries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seller {
    pub name: String,
    pub email: String,
    pub lang: Locale,
}

/// The shows that offers and inquiries come from.
#[async_trait]
pub trait Shows: Send + Sync + 'static {
    /// Whose show it is.
    async fn firm_of(&self, event: EventId) -> Result<Option<OrgId>, DbErr>;

    /// Whether an inquiry may come of a question at this actor's wish: who asked it, and the desk it was put to.
    async fn may_convert(&self, actor: &Actor, question: QuestionId) -> Result<bool, DbErr>;
}

/// What a mail is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Letter {
    OrderPlaced,
    OrderConfirmed,
    OrderCancelled,
    /// Nobody confirmed it in time.
    OrderExpired,
    InquiryReceived,
    /// To the firm.
    InquiryNotice,
}

/// A mail to a buyer, or to a seller about one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dispatch {
    /// The firm that writes.
    pub org: OrgId,
    pub letter: Letter,
    pub to: String,
    pub name: String,
    pub lang: Locale,
    /// What the letter says: number, product, quantity, total …, already formatted.
    pub facts: Vec<(&'static str, String)>,
    /// Where its button leads: `/deal/{token}` for a buyer.
    pub page: String,
}

/// Letters to buyers and sellers.
#[async_trait]
pub trait Letters: Send + Sync + 'static {
    /// Keeps the mails in the caller's transaction.
    async fn queue(&self, txn: &DatabaseTransaction, mails: Vec<Dispatch>) -> Result<(), DbErr>;

    /// Says that a transaction with mails has committed.
    fn wake(&self) {}
}
