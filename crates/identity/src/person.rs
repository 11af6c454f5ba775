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
    #[error("this is not the present password")]
    WrongPassword,
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
            PersonError::WrongPassword => Self::forbidden("wrong-password"),
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

/// What a person changes of themselves.
#[derive(Clone, Debug, Default)]
pub struct PersonChange {
    pub name: Option<String>,
    pub locale: Option<Locale>,
    pub time_zone: Option<String>,
}

impl PersonChange {
    /// The same, cleaned, or the refusal.
    pub fn checked(self) -> Result<Self, PersonError> {
        if self.time_zone.as_deref().is_some_and(|zone| !is_time_zone(zone)) {
            return Err(PersonError::BadTimeZone);
        }
        Ok(Self { name: self.name.as_deref().map(checked_name).transpose()?, ..self })
    }
}

fn checked_name(name: &str) -> Result<String, PersonError> {
    let name = clean_line(name);
    if name.is_empty() || name.chars().count() > 80 { Err(PersonError::BadName) } else { Ok(name) }
}

pub fn check_password(password: &Secret<String>, email: &str) -> Result<(), PersonError> {
    let password = password.expose();
    let fits = (10..=200).contains(&password.chars().count()) && password.to_lowercase() != email;
    fits.then_some(()).ok_or(PersonError::BadPassword)
}

impl NewPerson {
    /// The same, cleaned, or the refusal.
    pub fn checked(self) -> Result<Self, PersonError> {
        let name = checked_name(&self.name)?;
        let email = mail::checked_email(&self.email).map_err(|_ignored| PersonError::BadEmail)?;
        check_password(&self.password, &email)?;
        if !is_time_zone(&self.time_zone) {
            return Err(PersonError::BadTimeZone);
        }
        Ok(Self { name, email, ..self })
    }
}
