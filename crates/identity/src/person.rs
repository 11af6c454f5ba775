//! People who work here, and what a new one must bring.

use kernel::id::{OrgId, PersonId};
use kernel::text::clean_line;
use kernel::{Instant, Locale, Problem, Secret};
use sea_orm::DbErr;

use crate::org::{OrgError, is_time_zone};
use crate::role::Role;

/// Somebody who works here and logs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    pub id: PersonId,
    pub name: String,
    /// In lower case; unique.
    pub email: String,
    pub locale: Locale,
    pub time_zone: String,
    pub created_at: Instant,
    /// What they do in the organisation they were asked for in.
    pub roles: Vec<Role>,
    pub org: Option<OrgId>,
}

/// A person to be added.
#[derive(Clone, Debug)]
pub struct NewPerson {
    pub name: String,
    pub email: String,
    pub password: Secret<String>,
    pub roles: Vec<Role>,
    pub locale: Locale,
    pub time_zone: String,
}

#[derive(Debug, thiserror::Error)]
pub enum PersonError {
    #[error("a person has a name of at most 80 characters")]
    BadName,
    #[error("this is not an e-mail address")]
    BadEmail,
    #[error("a password has 10 to 200 characters and is not the e-mail address")]
    BadPassword,
    #[error("the time zone is not an IANA name, such as Asia/Shanghai")]
    BadTimeZone,
    #[error("somebody with this e-mail address is here already")]
    EmailTaken,
    #[error("an organisation keeps at least one owner")]
    LastOwner,
    #[error("there is no such person")]
    NoSuchPerson,
    #[error("the installation has its owner already")]
    SetUpAlready,
    #[error("this is not the set-up code")]
    WrongCode,
    #[error("there is no organisation yet to which an owner could belong")]
    NoOrg,
    #[error(transparent)]
    Org(#[from] OrgError),
    #[error("the password could not be hashed")]
    Hash,
    #[error("the person could not be stored")]
    Store(#[from] DbErr),
}

impl From<PersonError> for Problem {
    fn from(err: PersonError) -> Self {
        let bad = |field: &str| Self::unprocessable("bad-field").with("field", field).detail(err.to_string());
        match err {
            PersonError::BadName => bad("name"),
            PersonError::BadEmail => bad("email"),
            PersonError::BadPassword => bad("password"),
            PersonError::BadTimeZone => bad("time_zone"),
            PersonError::EmailTaken => Self::conflict("email-taken"),
            PersonError::LastOwner => Self::conflict("last-owner"),
            PersonError::NoSuchPerson => Self::not_found("no-such-person"),
            PersonError::SetUpAlready => Self::conflict("set-up-already"),
            PersonError::WrongCode => Self::forbidden("wrong-set-up-code"),
            PersonError::NoOrg => Self::conflict("no-org"),
            PersonError::Org(cause) => cause.into(),
            PersonError::Hash => Self::internal(&err),
            PersonError::Store(cause) => Self::internal(&cause),
        }
    }
}

impl NewPerson {
    /// The same, cleaned, or the refusal.
    pub fn checked(self) -> Result<Self, PersonError> {
        let name = clean_line(&self.name);
        if name.is_empty() || name.chars().count() > 80 {
            return Err(PersonError::BadName);
        }
        let email = mail::checked_email(&self.email).map_err(|_ignored| PersonError::BadEmail)?;
        let password = self.password.expose();
        if !(10..=200).contains(&password.chars().count()) || password.to_lowercase() == email {
            return Err(PersonError::BadPassword);
        }
        if !is_time_zone(&self.time_zone) {
            return Err(PersonError::BadTimeZone);
        }
        Ok(Self { name, email, ..self })
    }
}
