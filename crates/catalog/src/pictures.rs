//! Keeps and serves pictures.

use std::collections::BTreeSet;

use bytes::Bytes;
use kernel::blobs::BlobError;
use kernel::db::sea_orm::DatabaseTransaction;
use kernel::id::{OrgId, PictureId, ProductId};
use uuid::Uuid;

use crate::CatalogError as E;
use crate::catalog::Catalog;
use crate::picture::{WIDTHS, render};
use crate::product::{MAX_PICTURES, Product};
use crate::store;

impl Catalog {
    /// Keeps a picture of a product, after those it has.
    pub async fn add_picture(&self, org: OrgId, id: ProductId, file: Bytes) -> Result<Product, E> {
        self.room_for_picture(&self.product(org, id).await?)?;
        // The worker holds the permit, since it goes on when the caller has gone.
        let permit = self.decoders.clone().acquire_owned().await.ok();
        let rendered = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            render(&file)
        });
        let rendered = rendered.await??;
        // Random throughout: the address is public, and a UUIDv7 would tell when it was made.
        let picture = PictureId::from_uuid(Uuid::new_v4());
        for (width, jpeg) in rendered.sizes {
            self.blobs.put(&key(picture, width), jpeg).await?;
        }
        let txn = self.db.write().await?;
        let product = self.product_in_hand(&txn, org, id).await?;
        self.room_for_picture(&product)?;
        let new = store::NewPicture {
            id: picture,
            product: id,
            position: i64::try_from(product.pictures.len()).unwrap_or(i64::MAX),
            width: rendered.width,
            height: rendered.height,
            at: self.clock.now(),
        };
        store::insert_picture(&txn, &new).await?;
        txn.commit().await?;
        self.product(org, id).await
    }

    /// Takes a picture away; those after it move up.
    pub async fn remove_picture(&self, org: OrgId, id: ProductId, picture: PictureId) -> Result<Product, E> {
        let txn = self.db.write().await?;
        let mut pictures = self.product_in_hand(&txn, org, id).await?.pictures;
        let at = pictures.iter().position(|known| *known == picture).ok_or(E::NoSuchPicture)?;
        pictures.remove(at);
        store::delete_picture(&txn, picture).await?;
        store::order_pictures(&txn, &pictures).await?;
        txn.commit().await?;
        for width in WIDTHS {
            // A file that stays behind is shown nowhere.
            if let Err(cause) = self.blobs.delete(&key(picture, width)).await {
                tracing::warn!(%cause, picture.id = %picture, "a removed picture's file stays behind");
            }
        }
        self.product(org, id).await
    }

    /// Puts the pictures in another order; `wanted` names each once. The first is the one on cards.
    pub async fn order_pictures(&self, org: OrgId, id: ProductId, wanted: &[PictureId]) -> Result<Product, E> {
        let txn = self.db.write().await?;
        let sorted = |pictures: &[PictureId]| pictures.iter().copied().collect::<BTreeSet<_>>();
        let present = self.product_in_hand(&txn, org, id).await?.pictures;
        if wanted.len() != present.len() || sorted(wanted) != sorted(&present) {
            return Err(E::NotAnOrder);
        }
        store::order_pictures(&txn, wanted).await?;
        txn.commit().await?;
        self.product(org, id).await
    }

    /// The product, its row touched first: two who change its pictures take turns.
    async fn product_in_hand(&self, txn: &DatabaseTransaction, org: OrgId, id: ProductId) -> Result<Product, E> {
        if !store::touch_product(txn, org, id, self.clock.now()).await? {
            return Err(E::NoSuchProduct);
        }
        store::product(txn, id).await?.ok_or(E::NoSuchProduct)
    }

    /// A picture's JPEG. What has no such width has no such picture.
    pub async fn picture(&self, picture: PictureId, width: u32) -> Result<Bytes, E> {
        if !WIDTHS.contains(&width) {
            return Err(E::NoSuchPicture);
        }
        self.blobs.get(&key(picture, width)).await.map_err(|err| match err {
            BlobError::Missing => E::NoSuchPicture,
            other => other.into(),
        })
    }

    #[expect(clippy::unused_self, reason = "reads as a rule of the catalogue")]
    fn room_for_picture(&self, product: &Product) -> Result<(), E> {
        if product.pictures.len() >= MAX_PICTURES { Err(E::TooManyPictures) } else { Ok(()) }
    }
}

fn key(picture: PictureId, width: u32) -> String {
    format!("pictures/{picture}/{width}.jpg")
}
