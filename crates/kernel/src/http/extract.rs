//! Extractors. axum's own refuse in plain text; these refuse with a [`Problem`] that names what and where.

use std::convert::Infallible;

use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, OptionalFromRequestParts, Request};
use axum::http::{HeaderMap, header, request::Parts};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Deserializer, Serialize, de::DeserializeOwned};

use crate::{Actor, Locale, Problem};

/// A JSON body, and a JSON answer.
#[derive(Clone, Copy, Debug)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;
    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        match axum::Json::<T>::from_request(request, state).await {
            Ok(axum::Json(value)) => Ok(Self(value)),
            Err(refusal) => Err(json_problem(&refusal)),
        }
    }
}

fn json_problem(refusal: &JsonRejection) -> Problem {
    match refusal {
        JsonRejection::JsonDataError(e) => Problem::unprocessable("bad-field").detail(e.body_text()),
        JsonRejection::JsonSyntaxError(e) => Problem::bad_request("bad-json").detail(e.body_text()),
        JsonRejection::MissingJsonContentType(_) => {
            Problem::new(415, "json-expected").detail("send Content-Type: application/json")
        }
        other => Problem::new(other.status().as_u16(), "body-unreadable").detail(other.body_text()),
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

/// Tells a field that is `null` from one that is absent, for `deserialize_with` beside `default`.
pub fn said<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// Path parameters.
#[derive(Clone, Copy, Debug)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let axum::extract::Path(value) =
            <axum::extract::Path<T> as FromRequestParts<S>>::from_request_parts(parts, state)
                .await
                .map_err(|refusal: PathRejection| Problem::not_found("no-such-path").detail(refusal.body_text()))?;
        Ok(Self(value))
    }
}

/// Query parameters.
#[derive(Clone, Copy, Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let axum::extract::Query(value) =
            <axum::extract::Query<T> as FromRequestParts<S>>::from_request_parts(parts, state)
                .await
                .map_err(|refusal: QueryRejection| Problem::bad_request("bad-query").detail(refusal.body_text()))?;
        Ok(Self(value))
    }
}

/// The header `Idempotency-Key`: the same key from the same caller is the same act, done once.
/// 1 to 255 visible ASCII characters; our own pages send UUIDv7, which keep the index warm.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct IdempotencyKey(pub String);

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let missing = || Problem::bad_request("idempotency-key-missing");
        let value = parts.headers.get("idempotency-key").ok_or_else(missing)?;
        let key = value.to_str().map_err(|_ignored| Problem::bad_request("idempotency-key-malformed"))?;
        if key.is_empty() || key.len() > 255 || !key.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(
                Problem::bad_request("idempotency-key-malformed").detail("use 1 to 255 visible ASCII characters")
            );
        }
        Ok(Self(key.to_owned()))
    }
}

/// The interface language of a request: `?lang=`, else the cookie `lf_lang`, else `Accept-Language`, else English.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Language(pub Locale);

impl<S: Send + Sync> FromRequestParts<S> for Language {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let asked = parts
            .uri
            .query()
            .and_then(|query| query.split('&').find_map(|pair| pair.strip_prefix("lang=")).map(str::to_owned));
        let wanted = asked
            .or_else(|| cookie(&parts.headers, "lf_lang").map(str::to_owned))
            .or_else(|| Some(parts.headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?.to_owned()))
            .unwrap_or_default();
        Ok(Self(Locale::negotiate(&wanted)))
    }
}

/// The value of a cookie (RFC 6265 5.4). What other cookies are made of is their own affair.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .flat_map(|line| line.as_bytes().split(|byte| *byte == b';'))
        .filter_map(|pair| pair.trim_ascii().strip_prefix(name.as_bytes())?.strip_prefix(b"="))
        .find_map(|value| str::from_utf8(value).ok())
}

/// Who acts: put there by identity's middleware; nobody known without it.
impl<S: Send + Sync> FromRequestParts<S> for Actor {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_else(Self::anyone))
    }
}

impl<S: Send + Sync> OptionalFromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, Problem> {
        if parts.headers.contains_key("idempotency-key") {
            return <Self as FromRequestParts<S>>::from_request_parts(parts, state).await.map(Some);
        }
        Ok(None)
    }
}
