//! Buyers' companies and contacts: one row each, however often they come and for whatever.

use std::sync::Arc;

use kernel::db::sea_orm::{ConnectionTrait, DbErr};
use kernel::id::{CompanyId, ContactId};
use kernel::text::clean_line;
use kernel::{Clock, Db, Locale, Problem};

use crate::country::is_country;
use crate::store;

/// Who a buyer says they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuyerDetails {
    pub company: String,
    pub name: String,
    pub email: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    pub locale: Locale,
}

#[derive(Debug, thiserror::Error)]
pub enum BuyerError {
    #[error("a company has a name of at most 120 characters")]
    BadCompany,
    #[error("a contact has a name of at most 80 characters")]
    BadName,
    #[error("this is not an e-mail address")]
    BadEmail,
    #[error("the country is not a code of ISO 3166-1, such as ES")]
    BadCountry,
    #[error("the buyer could not be stored")]
    Store(#[from] DbErr),
}

impl From<BuyerError> for Problem {
    fn from(err: BuyerError) -> Self {
        let field = match &err {
            BuyerError::BadCompany => "buyer.company",
            BuyerError::BadName => "buyer.name",
            BuyerError::BadEmail => "buyer.email",
            BuyerError::BadCountry => "buyer.country",
            BuyerError::Store(cause) => return Self::internal(cause),
        };
        Self::unprocessable("bad-field").with("field", field).detail(err.to_string())
    }
}

impl BuyerDetails {
    /// The same, cleaned, or the refusal.
    pub fn checked(&self) -> Result<Self, BuyerError> {
        let (company, name) = (clean_line(&self.company), clean_line(&self.name));
        if company.is_empty() || company.chars().count() > 120 {
            return Err(BuyerError::BadCompany);
        }
        if name.is_empty() || name.chars().count() > 80 {
            return Err(BuyerError::BadName);
        }
        let email = mail::checked_email(&self.email).map_err(|_ignored| BuyerError::BadEmail)?;
        if !is_country(&self.country) {
            return Err(BuyerError::BadCountry);
        }
        Ok(Self { company, name, email, country: self.country.clone(), locale: self.locale.clone() })
    }
}

#[derive(Clone)]
pub struct Buyers {
    db: Db,
    clock: Arc<dyn Clock>,
}

impl Buyers {
    pub fn new(db: Db, clock: Arc<dyn Clock>) -> Self {
        Self { db, clock }
    }

    /// Finds the contact with this e-mail address, or makes it and its company, in the caller's transaction.
    ///
    /// What is known stays as it is: an address that nobody has proven to be theirs changes no names. Contacts are
    /// shared by the organisations of an installation.
    pub async fn meet(
        &self,
        txn: &impl ConnectionTrait,
        details: &BuyerDetails,
    ) -> Result<(CompanyId, ContactId), BuyerError> {
        let details = details.checked()?;
        if let Some(known) = store::contact_by_email(txn, &details.email).await? {
            return Ok((known.company_id, known.id));
        }
        let company = store::insert_company(txn, &details, self.clock.now()).await?;
        if let Some(contact) = store::insert_contact(txn, company, &details, self.clock.now()).await? {
            return Ok((company, contact));
        }
        // Somebody made the contact meanwhile.
        store::delete_company(txn, company).await?;
        let known = store::contact_by_email(txn, &details.email).await?;
        let known = known.ok_or_else(|| DbErr::RecordNotFound("a contact that is taken".to_owned()))?;
        Ok((known.company_id, known.id))
    }

    /// Who a contact is.
    pub async fn get(&self, id: ContactId) -> Result<Option<BuyerDetails>, DbErr> {
        let found = store::contact_and_company(self.db.read(), id).await?;
        Ok(found.map(|(contact, company)| BuyerDetails {
            company: company.name,
            name: contact.name,
            email: contact.email,
            country: company.country,
            locale: contact.locale,
        }))
    }
}
