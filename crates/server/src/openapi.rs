//! One OpenAPI 3.1 document out of every domain's own.

use anyhow::bail;
use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;

use crate::app::App;
use crate::config::Config;

#[derive(utoipa::OpenApi)]
#[openapi(info(
    title = "Livefair",
    description = "The trade fair, live. JSON in snake_case; ids are UUIDv7 strings; instants RFC 3339 UTC; refusals RFC 9457.",
    license(name = "Apache-2.0", identifier = "Apache-2.0")
))]
struct Base;

/// Joins documents; a schema name that two domains use for different shapes is refused, since one would overwrite the other.
pub fn join(documents: Vec<OpenApi>) -> anyhow::Result<OpenApi> {
    let mut whole = Base::openapi();
    for document in documents {
        let theirs = document.components.as_ref().map(|c| c.schemas.clone()).unwrap_or_default();
        if let Some(ours) = &whole.components {
            for (name, schema) in &theirs {
                if ours.schemas.get(name).is_some_and(|known| known != schema) {
                    bail!("two schemas are called {name}");
                }
            }
        }
        whole.merge(document);
    }
    Ok(whole)
}

/// The document as `docs/api/openapi.json` keeps it, from a house that is built and thrown away.
pub async fn json() -> anyhow::Result<String> {
    let scratch = tempfile::tempdir()?;
    let config = Config { data: scratch.path().to_owned(), ..Config::default() };
    let app = App::start(&config, None).await?;
    let (_, document) = crate::router::api(&app)?;
    Ok(document.to_pretty_json()?)
}
