//! Adding people, changing what they may do, and the first run.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use kernel::db::is_taken;
use kernel::db::sea_orm::{DatabaseTransaction, DbErr};
use kernel::id::{OrgId, PersonId};
use kernel::secret::{random_token, same};
use kernel::{Clock, Db, Secret};

use crate::org::NewOrg;
use crate::password::Passwords;
use crate::person::{NewPerson, Person, PersonChange, PersonError, check_password};
use crate::role::Role;
use crate::store;

#[derive(Clone)]
pub struct People {
    db: Db,
    clock: Arc<dyn Clock>,
    passwords: Passwords,
}

impl People {
    pub(crate) fn new(db: Db, clock: Arc<dyn Clock>, passwords: Passwords) -> Self {
        Self { db, clock, passwords }
    }

    /// Adds a person to an organisation.
    pub async fn add(&self, org: OrgId, new: NewPerson) -> Result<Person, PersonError> {
        let (new, hash) = self.prepare(new).await?;
        let txn = self.db.write().await?;
        let person = self.insert(&txn, org, new, hash).await?;
        txn.commit().await?;
        Ok(person)
    }

    /// Adds an owner to the home organisation, or makes `org` when there is none: what `livefair user add` does.
    pub async fn create_owner(&self, org: Option<NewOrg>, new: NewPerson) -> Result<Person, PersonError> {
        let (mut new, hash) = self.prepare(new).await?;
        new.roles = vec![Role::Owner];
        let txn = self.db.write().await?;
        store::claim_first_run(&txn).await?;
        let home = if let Some(home) = store::first_org(&txn).await? {
            home
        } else {
            let org = org.ok_or(PersonError::NoOrg)?.checked()?;
            store::insert_org(&txn, org, self.clock.now()).await?
        };
        let person = self.insert(&txn, home.id, new, hash).await?;
        txn.commit().await?;
        Ok(person)
    }

    /// Makes the first organisation and its owner, or changes nothing: two who try at once do not both succeed.
    async fn set_up(&self, org: &NewOrg, new: NewPerson) -> Result<Person, PersonError> {
        let org = org.checked()?;
        let (new, hash) = self.prepare(new).await?;
        let txn = self.db.write().await?;
        if !store::claim_first_run(&txn).await? || store::is_anybody_here(&txn).await? {
            return Err(PersonError::SetUpAlready);
        }
        let org = store::insert_org(&txn, org, self.clock.now()).await?;
        let person = self.insert(&txn, org.id, new, hash).await?;
        txn.commit().await?;
        Ok(person)
    }

    pub async fn of(&self, org: OrgId) -> Result<Vec<Person>, DbErr> {
        store::people_of(self.db.read(), org).await
    }

    pub async fn get(&self, id: PersonId) -> Result<Option<Person>, DbErr> {
        store::person(self.db.read(), id).await
    }

    /// Gives a person these roles and no others. The last owner stays one.
    pub async fn set_roles(&self, org: OrgId, id: PersonId, roles: &[Role]) -> Result<Person, PersonError> {
        let txn = self.db.write().await?;
        can_do_without(&txn, org, id, roles).await?;
        store::replace_roles(&txn, org, id, roles).await?;
        let person = store::person_in(&txn, org, id).await?.ok_or(PersonError::NoSuchPerson)?;
        txn.commit().await?;
        Ok(person)
    }

    /// Removes a person from the organisation; their sessions and API tokens end. The last owner stays.
    pub async fn remove(&self, org: OrgId, id: PersonId) -> Result<(), PersonError> {
        let txn = self.db.write().await?;
        can_do_without(&txn, org, id, &[]).await?;
        store::remove_person(&txn, org, id).await?;
        txn.commit().await?;
        Ok(())
    }

    /// Changes what a person says of themselves.
    pub async fn change(&self, id: PersonId, change: PersonChange) -> Result<Person, PersonError> {
        let change = change.checked()?;
        let txn = self.db.write().await?;
        store::update_person(&txn, id, change).await?;
        let person = store::person(&txn, id).await?.ok_or(PersonError::NoSuchPerson)?;
        txn.commit().await?;
        Ok(person)
    }

    /// Changes the password of somebody who knows the present one, and ends their sessions but the one with this
    /// hash.
    pub async fn change_password(
        &self,
        person: &Person,
        session: &str,
        old: Secret<String>,
        new: Secret<String>,
    ) -> Result<(), PersonError> {
        let kept = store::password_of(self.db.read(), &person.email).await?.and_then(|(_, hash)| hash);
        if !self.passwords.check(kept.clone(), old).await {
            return Err(PersonError::WrongPassword);
        }
        check_password(&new, &person.email)?;
        let hash = self.passwords.hash(new).await?;
        let txn = self.db.write().await?;
        if !store::replace_password(&txn, person.id, kept.as_deref(), &hash).await? {
            return Err(PersonError::WrongPassword);
        }
        store::delete_sessions_of(&txn, person.id, Some(session)).await?;
        txn.commit().await?;
        Ok(())
    }

    /// Gives a member who forgot theirs a new password, and ends their sessions. Whoever belongs to another
    /// organisation, too, is not this one's alone to let in.
    pub async fn reset_password(&self, org: OrgId, id: PersonId, new: Secret<String>) -> Result<(), PersonError> {
        let person = store::person_in(self.db.read(), org, id).await?.ok_or(PersonError::NoSuchPerson)?;
        let hash = self.prepare_password(new, &person.email).await?;
        let txn = self.db.write().await?;
        if store::is_elsewhere(&txn, org, id).await? || store::roles_in(&txn, org, id).await?.is_empty() {
            return Err(PersonError::NoSuchPerson);
        }
        let_in_by(&txn, id, &hash).await?;
        txn.commit().await?;
        Ok(())
    }

    /// As [`Self::reset_password`], for whoever rules the machine.
    pub async fn reset_password_of(&self, email: &str, new: Secret<String>) -> Result<(), PersonError> {
        let email = mail::checked_email(email).map_err(|_ignored| PersonError::BadEmail)?;
        let hash = self.prepare_password(new, &email).await?;
        let txn = self.db.write().await?;
        let (id, _) = store::password_of(&txn, &email).await?.ok_or(PersonError::NoSuchPerson)?;
        let_in_by(&txn, id, &hash).await?;
        txn.commit().await?;
        Ok(())
    }

    async fn prepare_password(&self, new: Secret<String>, email: &str) -> Result<String, PersonError> {
        check_password(&new, email)?;
        self.passwords.hash(new).await
    }

    async fn prepare(&self, new: NewPerson) -> Result<(NewPerson, String), PersonError> {
        let new = new.checked()?;
        let hash = self.passwords.hash(new.password.clone()).await?;
        Ok((new, hash))
    }

    async fn insert(
        &self,
        txn: &DatabaseTransaction,
        org: OrgId,
        new: NewPerson,
        hash: String,
    ) -> Result<Person, PersonError> {
        let inserted = store::insert_person(txn, org, new, hash, self.clock.now()).await;
        inserted.map_err(|err| if is_taken(&err) { PersonError::EmailTaken } else { err.into() })
    }
}

/// The password with this hash opens, and nothing that was opened before stays open.
async fn let_in_by(txn: &DatabaseTransaction, id: PersonId, hash: &str) -> Result<(), DbErr> {
    store::set_password(txn, id, hash).await?;
    store::delete_sessions_of(txn, id, None).await?;
    Ok(())
}

/// Refuses when somebody who is to have these roles is the last owner. Two owners who demote or remove each other at
/// once take turns at the organisation's row.
async fn can_do_without(
    txn: &DatabaseTransaction,
    org: OrgId,
    id: PersonId,
    roles: &[Role],
) -> Result<(), PersonError> {
    store::touch_org(txn, org).await?;
    let before = store::roles_in(txn, org, id).await?;
    if before.is_empty() {
        return Err(PersonError::NoSuchPerson);
    }
    if before.contains(&Role::Owner) && !roles.contains(&Role::Owner) && store::owners_of(txn, org).await? < 2 {
        return Err(PersonError::LastOwner);
    }
    Ok(())
}

/// The first run: until somebody is here, whoever holds the code the server printed may make the owner.
#[derive(Clone)]
pub struct FirstRun {
    people: People,
    code: Arc<Secret<String>>,
    done: Arc<AtomicBool>,
}

impl FirstRun {
    pub(crate) fn new(people: People) -> Self {
        Self { people, code: Arc::new(random_token::<6>()), done: Arc::default() }
    }

    /// For the server to print, once, when [`Self::is_done`] says no.
    pub fn code(&self) -> &Secret<String> {
        &self.code
    }

    pub async fn is_done(&self) -> Result<bool, DbErr> {
        if self.done.load(Ordering::Relaxed) {
            return Ok(true);
        }
        let done = store::is_anybody_here(self.people.db.read()).await?;
        self.done.store(done, Ordering::Relaxed);
        Ok(done)
    }

    pub async fn set_up(&self, code: &Secret<String>, org: &NewOrg, mut new: NewPerson) -> Result<Person, PersonError> {
        if self.is_done().await? {
            return Err(PersonError::SetUpAlready);
        }
        let given = code.expose().trim().to_lowercase();
        if !same(given.as_bytes(), self.code.expose().as_bytes()) {
            return Err(PersonError::WrongCode);
        }
        new.roles = vec![Role::Owner];
        self.people.set_up(org, new).await
    }
}
