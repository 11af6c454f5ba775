//! Making, reading and changing organisations.

use std::sync::Arc;

use kernel::db::sea_orm::DbErr;
use kernel::id::OrgId;
use kernel::{Clock, Db};

use crate::org::{NewOrg, Org, OrgError, OrgKind};
use crate::store;

#[derive(Clone)]
pub struct Orgs {
    db: Db,
    clock: Arc<dyn Clock>,
}

impl Orgs {
    pub fn new(db: Db, clock: Arc<dyn Clock>) -> Self {
        Self { db, clock }
    }

    pub async fn create(&self, new: &NewOrg) -> Result<Org, OrgError> {
        let txn = self.db.write().await?;
        let org = store::insert_org(&txn, new.checked()?, self.clock.now()).await?;
        txn.commit().await?;
        Ok(org)
    }

    /// The firm whose house this is: the first seller.
    pub async fn home(&self) -> Result<Option<Org>, DbErr> {
        store::first_org(self.db.read(), OrgKind::Seller).await
    }

    pub async fn get(&self, id: OrgId) -> Result<Option<Org>, DbErr> {
        store::org(self.db.read(), id).await
    }

    /// Changes what `change` changes.
    pub async fn change(&self, id: OrgId, change: impl FnOnce(&mut NewOrg)) -> Result<Org, OrgError> {
        let txn = self.db.write().await?;
        let mut org = store::org(&txn, id).await?.ok_or(OrgError::NoSuchOrg)?;
        let mut new = NewOrg { name: org.name, kind: org.kind, country: org.country, time_zone: org.time_zone };
        change(&mut new);
        let new = new.checked()?;
        (org.name, org.country, org.time_zone) = (new.name, new.country, new.time_zone);
        store::update_org(&txn, &org).await?;
        txn.commit().await?;
        Ok(org)
    }
}
