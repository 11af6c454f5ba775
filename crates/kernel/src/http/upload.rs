//! Files sent by a form.

use axum::extract::Multipart;
use axum::extract::multipart::MultipartError;
use bytes::Bytes;

use crate::Problem;

/// Multipart framing around a file itself: what a route's body limit allows beside it.
pub const FRAMING_BYTES: usize = 64 * 1024;

/// The part `file` of an upload. The route's body limit bounds it.
pub async fn uploaded_file(mut upload: Multipart) -> Result<Bytes, Problem> {
    while let Some(field) = upload.next_field().await.map_err(|cause| unreadable(&cause))? {
        if field.name() == Some("file") {
            return field.bytes().await.map_err(|cause| unreadable(&cause));
        }
    }
    Err(Problem::unprocessable("file-missing"))
}

fn unreadable(cause: &MultipartError) -> Problem {
    Problem::new(cause.status().as_u16(), "upload-unreadable").detail(cause.body_text())
}
