//! Files that belong to rows: pictures, papers, imports. Local files by default; the same door leads to S3.

use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use object_store::{ObjectStore, ObjectStoreExt, local::LocalFileSystem, memory::InMemory, path};

#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    #[error("no such blob")]
    Missing,
    #[error("the blob store failed")]
    Store(#[source] object_store::Error),
    #[error("the blob folder could not be opened")]
    Folder(#[source] std::io::Error),
}

impl From<object_store::Error> for BlobError {
    fn from(err: object_store::Error) -> Self {
        match err {
            object_store::Error::NotFound { .. } => Self::Missing,
            other => Self::Store(other),
        }
    }
}

/// Where blobs lie. Keys are made by the program (`pictures/{id}/320.jpg`), never taken from a request as they are.
#[derive(Clone)]
pub struct Blobs(Arc<dyn ObjectStore>);

impl Blobs {
    /// Blobs as files under a folder, made when missing.
    pub fn folder(root: &Path) -> Result<Self, BlobError> {
        std::fs::create_dir_all(root).map_err(BlobError::Folder)?;
        Ok(Self(Arc::new(LocalFileSystem::new_with_prefix(root)?.with_fsync(true))))
    }

    /// Blobs in memory, for tests.
    pub fn memory() -> Self {
        Self(Arc::new(InMemory::new()))
    }

    pub async fn put(&self, key: &str, bytes: Bytes) -> Result<(), BlobError> {
        self.0.put(&path::Path::from(key), bytes.into()).await?;
        Ok(())
    }

    pub async fn get(&self, key: &str) -> Result<Bytes, BlobError> {
        Ok(self.0.get(&path::Path::from(key)).await?.bytes().await?)
    }

    /// Deletes; a blob that is not there is already deleted.
    pub async fn delete(&self, key: &str) -> Result<(), BlobError> {
        match self.0.delete(&path::Path::from(key)).await {
            Err(object_store::Error::NotFound { .. }) | Ok(()) => Ok(()),
            Err(other) => Err(other.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_blob_comes_back_until_deleted() {
        let dir = tempfile::tempdir().unwrap();
        for blobs in [Blobs::memory(), Blobs::folder(dir.path()).unwrap()] {
            blobs.put("pictures/a/320.jpg", Bytes::from_static(b"jpg")).await.unwrap();
            assert_eq!(blobs.get("pictures/a/320.jpg").await.unwrap(), "jpg");
            blobs.delete("pictures/a/320.jpg").await.unwrap();
            assert!(matches!(blobs.get("pictures/a/320.jpg").await, Err(BlobError::Missing)));
        }
    }

    #[tokio::test]
    async fn a_key_cannot_leave_the_folder() {
        let dir = tempfile::tempdir().unwrap();
        let blobs = Blobs::folder(&dir.path().join("blobs")).unwrap();
        std::fs::write(dir.path().join("secret"), "no").unwrap();
        assert!(blobs.get("../secret").await.is_err());
    }
}
