//! What a visitor's request brings to a page. A request that cannot be read is refused as everywhere else.

use std::convert::Infallible;

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use kernel::Problem;
use serde::de::DeserializeOwned;

use super::Pages;

/// The pages, asking the API from where the visitor asks.
impl FromRequestParts<Self> for Pages {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, pages: &Self) -> Result<Self, Infallible> {
        Ok(Self { api: pages.api.asked_by(parts), ..pages.clone() })
    }
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
