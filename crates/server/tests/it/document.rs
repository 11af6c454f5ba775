//! The OpenAPI document is the one in `docs/api`; the pages' types are made from it.

#[tokio::test]
async fn the_document_is_the_one_in_docs() {
    let now = server::openapi::json().await.unwrap();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/api/openapi.json");
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    assert!(kept.trim() == now.trim(), "docs/api/openapi.json is stale: run `make bless`");
}
