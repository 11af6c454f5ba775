//! Inquiries: opened by buyers, worked through by the firm.

use axum::extract::State;
use axum::http::StatusCode;
use kernel::http::{IdempotencyKey, Json, Listed, Page, Path, Query};
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

impl From<Inquiry> for InquiryView {
    fn from(inquiry: Inquiry) -> Self {
        Self {
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
        (status = 422, body = Problem, content_type = "application/problem+json",
            description = "bad-field, idempotency-key-reused")))]
pub async fn open_inquiry(
    State(trade): State<Trade>,
    key: IdempotencyKey,
    Json(new): Json<NewInquiry>,
) -> Result<(StatusCode, Json<InquiryOpenedView>), Problem> {
    let inquiry = trade.inquiries.open(&new, &key.0).await?;
    let deal = format!("/deal/{}", trade.deals.inquiry_token(inquiry.id).expose());
    Ok((StatusCode::CREATED, Json(InquiryOpenedView { inquiry: inquiry.into(), deal })))
}

/// The firm's inquiries, newest first.
#[utoipa::path(get, path = "/api/v1/inquiries", tag = "trade", params(InquiriesWanted),
    responses((status = 200, body = Listed<InquiryView>)))]
pub async fn inquiries(
    State(trade): State<Trade>,
    actor: Actor,
    Query(wanted): Query<InquiriesWanted>,
) -> Result<Json<Listed<InquiryView>>, Problem> {
    let org = actor.require(Right::SeeTrade)?;
    let page = Page { after: wanted.after, limit: wanted.limit };
    let found = trade.inquiries.list(org, wanted.state, page.after()?, page.limit() + 1).await?;
    Ok(Json(Listed::cut(found, page.limit(), |inquiry| inquiry.id.to_string()).map(InquiryView::from)))
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
    Path(id): Path<InquiryId>,
    Json(wanted): Json<InquiryMove>,
) -> Result<Json<InquiryView>, Problem> {
    let org = actor.require(Right::ManageTrade)?;
    let moved = trade.inquiries.change(org, id, wanted.to, &actor.name, &reason(wanted.reason)).await?;
    Ok(Json(moved.into()))
}
