//! Why the catalogue refuses.

use axum::response::{IntoResponse, Response};
use kernel::Problem;
use kernel::blobs::BlobError;
use kernel::outbox::OutboxError;

use crate::picture::PictureError;
use crate::price::{PricesError, Refusal};
use crate::product::{MAX_PICTURES, ProductState, SpecError};
use crate::sheet::SheetError;

#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    #[error("there is no such product")]
    NoSuchProduct,
    #[error("there is no such variant")]
    NoSuchVariant,
    #[error("there is no such picture")]
    NoSuchPicture,
    #[error("there is no such import")]
    NoSuchImport,
    #[error("the SKU is taken")]
    SkuTaken,
    #[error("somebody else changed the product meanwhile")]
    VersionConflict { version: i64 },
    #[error("a {} product cannot do that", state.word())]
    IllegalTransition { state: ProductState },
    #[error("the product is not ready for buyers")]
    NotReady { missing: Vec<&'static str> },
    #[error("a live offer of the product runs")]
    OnOffer,
    #[error(transparent)]
    BadSpec(#[from] SpecError),
    #[error(transparent)]
    BadPrices(#[from] PricesError),
    #[error("the lead time is 0 to 3,650 days")]
    BadLeadTime,
    #[error(transparent)]
    NoPrice(#[from] Refusal),
    #[error("fewer pieces are left than that")]
    StockTooLow { available: i64 },
    #[error("a movement has a quantity and a reason")]
    BadMovement,
    #[error(transparent)]
    BadPicture(#[from] PictureError),
    #[error("a product has at most {MAX_PICTURES} pictures")]
    TooManyPictures,
    #[error("the order names every picture once")]
    NotAnOrder,
    #[error("the key was used for another request")]
    KeyReused,
    #[error(transparent)]
    BadSheet(#[from] SheetError),
    #[error("the import has findings")]
    ImportRejected { findings: usize },
    #[error("an import would take stock that is promised")]
    ImportBelowPromised { sku: String, promised: i64 },
    #[error("a worker died")]
    Worker(#[from] tokio::task::JoinError),
    #[error("the stored import cannot be read")]
    Stored(#[from] serde_json::Error),
    #[error("a file could not be kept")]
    Blob(#[from] BlobError),
    #[error("the catalogue could not be stored")]
    Store(#[from] kernel::db::sea_orm::DbErr),
    #[error("the happening could not be kept")]
    Outbox(#[from] OutboxError),
}

impl From<CatalogError> for Problem {
    fn from(err: CatalogError) -> Self {
        use CatalogError as E;
        match &err {
            E::NoSuchProduct => Self::not_found("no-such-product"),
            E::NoSuchVariant => Self::not_found("no-such-variant"),
            E::NoSuchPicture => Self::not_found("no-such-picture"),
            E::NoSuchImport => Self::not_found("no-such-import"),
            E::SkuTaken => Self::conflict("sku-taken"),
            E::VersionConflict { version } => Self::conflict("version-conflict").with("version", version),
            E::IllegalTransition { state } => Self::conflict("illegal-transition").with("state", state),
            E::NotReady { missing } => Self::conflict("product-not-ready").with("missing", missing),
            E::OnOffer => Self::conflict("product-on-offer"),
            E::BadSpec(refused) => {
                Self::unprocessable("bad-field").with("field", refused.field()).detail(refused.to_string())
            }
            E::BadPrices(refused) => Self::unprocessable("bad-prices").detail(refused.to_string()),
            E::BadLeadTime => Self::unprocessable("bad-field").with("field", "lead_time_days").detail(err.to_string()),
            E::NoPrice(refused) => refused.into(),
            E::StockTooLow { available } => Self::conflict("out-of-stock").with("available", available),
            E::BadMovement => Self::unprocessable("bad-movement").detail(err.to_string()),
            E::BadPicture(PictureError::TooLarge) => Self::new(413, "picture-too-large"),
            E::BadPicture(PictureError::UnknownFormat) => Self::new(415, "picture-format-unknown"),
            E::BadPicture(PictureError::TooManyPixels) => Self::unprocessable("picture-too-many-pixels"),
            E::BadPicture(PictureError::Damaged(_)) => Self::unprocessable("picture-damaged"),
            E::TooManyPictures => Self::conflict("too-many-pictures").with("most", MAX_PICTURES),
            E::NotAnOrder => Self::unprocessable("not-an-order"),
            E::KeyReused => Self::unprocessable("idempotency-key-reused"),
            E::BadSheet(SheetError::TooLarge) => Self::new(413, "sheet-too-large"),
            E::BadSheet(refused) => Self::unprocessable("sheet-unreadable").detail(refused.to_string()),
            E::ImportRejected { findings } => Self::unprocessable("import-rejected").with("findings", findings),
            E::ImportBelowPromised { sku, promised } => {
                Self::conflict("stock-promised").with("sku", sku).with("promised", promised)
            }
            E::Worker(_) | E::Stored(_) | E::Blob(_) | E::Store(_) | E::Outbox(_) => Self::internal(&err),
        }
    }
}

impl From<&Refusal> for Problem {
    fn from(refused: &Refusal) -> Self {
        match refused {
            Refusal::BelowMoq { moq } => Self::unprocessable("below-moq").with("moq", moq),
            Refusal::NotAMultiple { nearest } => Self::unprocessable("not-a-multiple").with("nearest", nearest),
            Refusal::UnknownCurrency => Self::unprocessable("unknown-currency"),
            Refusal::PriceOnRequest => Self::unprocessable("price-on-request"),
        }
    }
}

impl IntoResponse for CatalogError {
    fn into_response(self) -> Response {
        Problem::from(self).into_response()
    }
}
