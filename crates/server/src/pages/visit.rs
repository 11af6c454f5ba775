//! What a visitor's request brings to a page, and leaves for the next one. A request that cannot be read is refused as
//! everywhere else.

use std::convert::Infallible;

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use kernel::Problem;
use kernel::http::Language;
use serde::de::DeserializeOwned;

use super::Pages;

/// The pages, asking the API from where the visitor asks.
impl FromRequestParts<Self> for Pages {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, pages: &Self) -> Result<Self, Infallible> {
        Ok(Self { api: pages.api.asked_by(parts), ..pages.clone() })
    }
}

/// A language that was chosen by its link (`?lang=`) is that of the pages that follow. Scripts may read and change it: the
/// console keeps its own choice there.
pub async fn keep_language(Language(locale): Language, request: Request, next: Next) -> Response {
    let query = request.uri().query().unwrap_or_default();
    let is_chosen = query.split('&').any(|pair| pair.starts_with("lang="));
    let mut response = next.run(request).await;
    let kept = format!("lf_lang={locale}; Path=/; Max-Age=31536000; SameSite=Lax");
    if let (true, Ok(kept)) = (is_chosen, HeaderValue::try_from(kept)) {
        response.headers_mut().append(header::SET_COOKIE, kept);
    }
    response
}

/// A form as a browser sends it.
pub struct Form<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Form<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        match axum::Form::from_request(request, state).await {
            Ok(axum::Form(form)) => Ok(Self(form)),
            Err(refused) => Err(Problem::new(refused.status().as_u16(), "bad-form")),
        }
    }
}
