//! Products from sheets: first what is wrong with them, then all or nothing.

use axum::extract::{Multipart, State};
use axum::http::StatusCode;
use kernel::http::{Json, Path, uploaded_file};
use kernel::id::ImportId;
use kernel::{Actor, Problem, Right};
use serde::Serialize;
use utoipa::ToSchema;

use crate::catalog::Catalog;
use crate::import::Finding;
use crate::imports::{DryRun, ImportOutcome};

/// What a dry run found.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProductImportView {
    id: ImportId,
    /// Rows under the header.
    rows: usize,
    /// Rows without a finding; all must be for the import to be applied.
    ok: usize,
    /// The first 500 bad cells.
    findings: Vec<Finding>,
    finding_count: usize,
    /// As what the letters of a CSV file were read, such as UTF-8 or GBK; a guess unless it is UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    encoding: Option<&'static str>,
}

impl From<DryRun> for ProductImportView {
    fn from(run: DryRun) -> Self {
        let DryRun { id, rows, ok, findings, finding_count, encoding } = run;
        Self { id, rows, ok, findings, finding_count, encoding }
    }
}

/// Reads a sheet (CSV or XLSX, at most 20 MiB and 20,000 rows) and names each bad cell; changes nothing.
#[utoipa::path(post, path = "/api/v1/product-imports", tag = "catalog",
    request_body(content = Vec<u8>, content_type = "multipart/form-data", description = "the part `file`"),
    responses((status = 201, body = ProductImportView),
        (status = 413, body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json")))]
pub async fn check_import(
    State(catalog): State<Catalog>,
    actor: Actor,
    upload: Multipart,
) -> Result<(StatusCode, Json<ProductImportView>), Problem> {
    let org = actor.require(Right::ManageCatalog)?;
    let file = uploaded_file(upload).await?;
    let run = catalog.check_import(org, actor.person().ok(), file).await?;
    Ok((StatusCode::CREATED, Json(run.into())))
}

/// Applies a checked import, all or nothing; again, it answers with what it did the first time.
#[utoipa::path(post, path = "/api/v1/product-imports/{id}/apply", tag = "catalog", params(("id" = ImportId, Path)),
    responses((status = 200, body = ImportOutcome),
        (status = 409, body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json")))]
pub async fn apply_import(
    State(catalog): State<Catalog>,
    actor: Actor,
    Path(id): Path<ImportId>,
) -> Result<Json<ImportOutcome>, Problem> {
    let org = actor.require(Right::ManageCatalog)?;
    Ok(Json(catalog.apply_import(org, actor.person().ok(), id).await?))
}
