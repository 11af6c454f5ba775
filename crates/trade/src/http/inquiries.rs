//! Inquiries: opened by buyers, worked through by the firm.

use axum::extract::State;
use axum::http::StatusCode;
use identity::ClientAddress;
use kernel::http::{IdempotencyKey, Json, Language, Listed, Page, Path, Query};
use kernel::id::{EventId, InquiryId, ProductId, QuestionId};
use kernel::{Actor, Instant, Locale, Problem, Quantity, Right};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::reason;
use crate::buyer::BuyerDetails;
use crate::inquiries::NewInquiry;
use crate::inquiry::{Inquiry, InquiryState};
use crate::trade::Trade;

/// An inquiry, as its buyer and the firm see it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct InquiryView {
    #[schema(value_type = String, format = Uuid)]
    pub id: InquiryId,
    pub state: InquiryState,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Uuid)]
    pub event: Option<EventId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Uuid)]
    pub product: Option<ProductId>,
    /// What the product is called now: for its buyer in their language, for the firm in the reader's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Uuid)]
    pub question: Option<QuestionId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quantity: Option<Quantity>,
    pub text: String,
    pub lang: Locale,
    pub opened_at: Instant,
    pub buyer: BuyerDetails,
}

impl InquiryView {
    /// Inquiries for a reader, or each in its buyer's language.
    pub async fn all(trade: &Trade, of: Vec<Inquiry>, reader: Option<&Locale>) -> Result<Vec<Self>, Problem> {
        let names = trade.inquiries.product_names(&of).await?;
        let view = |inquiry: Inquiry| {
            let name = inquiry.product.and_then(|product| names.get(&product));
            let name = name.map(|name| name.pick(reader.unwrap_or(&inquiry.lang)).to_owned());
            Self::of(inquiry, name)
        };
        Ok(of.into_iter().map(view).collect())
    }

    async fn one(trade: &Trade, inquiry: Inquiry, reader: Option<&Locale>) -> Result<Self, Problem> {
        let views = Self::all(trade, vec![inquiry], reader).await?;
        views.into_iter().next().ok_or_else(|| Problem::not_found("no-such-inquiry"))
    }

    fn of(inquiry: Inquiry, product_name: Option<String>) -> Self {
        Self {
            product_name,
            id: inquiry.id,
            state: inquiry.state,
            event: inquiry.event,
            product: inquiry.product,
            question: inquiry.question,
            quantity: inquiry.quantity,
            text: inquiry.text,
            lang: inquiry.lang,
            opened_at: inquiry.opened_at,
            buyer: inquiry.buyer,
        }
    }
}

/// An open inquiry, and the page where its buyer follows it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct InquiryOpenedView {
    pub inquiry: InquiryView,
    /// `/deal/{token}`.
    pub deal: String,
}

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct InquiryMove {
    pub to: InquiryState,
    #[serde(default)]
    pub reason: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct InquiriesWanted {
    state: Option<InquiryState>,
    after: Option<String>,
    limit: Option<u32>,
}

/// Asks for a price.
#[utoipa::path(post, path = "/api/v1/inquiries", tag = "trade", request_body = NewInquiry,
    params(("Idempotency-Key" = String, Header, description = "1 to 255 visible ASCII characters")),
    responses(
        (status = 201, body = InquiryOpenedView),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "idempotency-key-missing"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "question-has-inquiry"),
        (status = 404, body = Problem, content_type = "application/problem+json",
            description = "no-such-event, no-such-product, no-such-question: not the asker's, nor put to the actor's desk"),
        (status = 429, body = Problem, content_type = "application/problem+json", description = "too-many-tries"),
        (status = 422, body = Problem, content_type = "application/problem+json",
            description = "bad-field, idempotency-key-reused")))]
pub async fn open_inquiry(
    State(trade): State<Trade>,
    actor: Actor,
    from: ClientAddress,
    key: IdempotencyKey,
    Json(new): Json<NewInquiry>,
) -> Result<(StatusCode, Json<InquiryOpenedView>), Problem> {
    trade.limits.check(from, &new.buyer.email, trade.orders.now())?;
    let inquiry = trade.inquiries.open(&new, &key.0, &actor).await?;
    let deal = format!("/deal/{}", trade.deals.inquiry_token(inquiry.id).expose());
    let inquiry = InquiryView::one(&trade, inquiry, None).await?;
    Ok((StatusCode::CREATED, Json(InquiryOpenedView { inquiry, deal })))
}

/// The firm's inquiries, newest first.
#[utoipa::path(get, path = "/api/v1/inquiries", tag = "trade", params(InquiriesWanted),
    responses((status = 200, body = Listed<InquiryView>)))]
pub async fn inquiries(
    State(trade): State<Trade>,
    actor: Actor,
    Language(reader): Language,
    Query(wanted): Query<InquiriesWanted>,
) -> Result<Json<Listed<InquiryView>>, Problem> {
    let org = actor.require(Right::SeeTrade)?;
    let page = Page { after: wanted.after, limit: wanted.limit };
    let found = trade.inquiries.list(org, wanted.state, page.after()?, page.limit() + 1).await?;
    let Listed { items, next } = Listed::cut(found, page.limit(), |inquiry| inquiry.id.to_string());
    Ok(Json(Listed { items: InquiryView::all(&trade, items, Some(&reader)).await?, next }))
}

/// Moves an inquiry.
#[utoipa::path(post, path = "/api/v1/inquiries/{id}/transitions", tag = "trade", request_body = InquiryMove,
    params(("id" = String, Path, format = Uuid)),
    responses(
        (status = 200, body = InquiryView),
        (status = 409, body = Problem, content_type = "application/problem+json",
            description = "illegal-transition, version-conflict")))]
pub async fn change_inquiry(
    State(trade): State<Trade>,
    actor: Actor,
    Language(reader): Language,
    Path(id): Path<InquiryId>,
    Json(wanted): Json<InquiryMove>,
) -> Result<Json<InquiryView>, Problem> {
    let org = actor.require(Right::ManageTrade)?;
    let moved = trade.inquiries.change(org, id, wanted.to, &actor.name, &reason(wanted.reason)).await?;
    Ok(Json(InquiryView::one(&trade, moved, Some(&reader)).await?))
}
