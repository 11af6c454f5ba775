//! A small client of the public API.

use anyhow::{Context as _, bail};
use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::{Method, RequestBuilder, multipart};
use serde::Serialize;
use serde_json::Value;

#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
}

impl Client {
    pub fn new(base: &str) -> anyhow::Result<Self> {
        let mut headers = HeaderMap::new();
        headers.insert("origin", HeaderValue::from_str(base)?);
        let http = reqwest::Client::builder().cookie_store(true).default_headers(headers).build()?;
        Ok(Self { http, base: base.to_owned() })
    }

    pub async fn log_in(&self, email: &str, password: &str) -> anyhow::Result<()> {
        self.post("/api/v1/session", &serde_json::json!({"email": email, "password": password})).await.map(|_| ())
    }

    pub async fn get(&self, path: &str) -> anyhow::Result<Value> {
        self.send(path, self.request(Method::GET, path)).await
    }

    /// What is answered as it is.
    pub async fn text(&self, path: &str) -> anyhow::Result<String> {
        answer(path, self.request(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, body: &impl Serialize) -> anyhow::Result<Value> {
        self.send(path, self.request(Method::POST, path).json(body)).await
    }

    pub async fn put(&self, path: &str, body: &impl Serialize) -> anyhow::Result<Value> {
        self.send(path, self.request(Method::PUT, path).json(body)).await
    }

    /// Posts as a buyer's page does: with an idempotency key of its own, and a room token where there is one.
    pub async fn post_once(&self, path: &str, token: Option<&str>, body: &impl Serialize) -> anyhow::Result<Value> {
        let key = uuid::Uuid::now_v7().to_string();
        let mut request = self.request(Method::POST, path).header("idempotency-key", key).json(body);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        self.send(path, request).await
    }

    pub async fn upload(&self, path: &str, name: &str, bytes: Vec<u8>) -> anyhow::Result<Value> {
        let part = multipart::Part::bytes(bytes).file_name(name.to_owned());
        let form = multipart::Form::new().part("file", part);
        self.send(path, self.request(Method::POST, path).multipart(form)).await
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base))
    }

    async fn send(&self, path: &str, request: RequestBuilder) -> anyhow::Result<Value> {
        Ok(serde_json::from_str(&answer(path, request).await?).unwrap_or(Value::Null))
    }
}

async fn answer(path: &str, request: RequestBuilder) -> anyhow::Result<String> {
    let response = request.send().await.with_context(|| format!("{path} was not answered"))?;
    let status = response.status();
    let body = response.text().await?;
    if !status.is_success() {
        bail!("{path} answered {status}: {body}");
    }
    Ok(body)
}
