//! Reading and changing organisations.

use kernel::Db;
use kernel::db::sea_orm::DbErr;
use kernel::id::OrgId;

use crate::org::{NewOrg, Org, OrgError};
use crate::store;

#[derive(Clone)]
pub struct Orgs {
    db: Db,
}

impl Orgs {
    pub fn new(db: Db) -> Self {
        Self { db }
    }

    /// The organisation whose house this is: the first, whatever it does.
    pub async fn home(&self) -> Result<Option<Org>, DbErr> {
        store::first_org(self.db.read()).await
    }

    pub async fn get(&self, id: OrgId) -> Result<Option<Org>, DbErr> {
        store::org(self.db.read(), id).await
    }

    /// Changes what `change` changes.
    pub async fn change(&self, id: OrgId, change: impl FnOnce(&mut NewOrg)) -> Result<Org, OrgError> {
        let txn = self.db.write().await?;
        // Two who change different things at once take turns, and neither undoes the other's.
        store::touch_org(&txn, id).await?;
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
