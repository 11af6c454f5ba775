//! Who acts, and what they may do. `identity` resolves the actor of each request and grants the rights;
//! every domain asks [`Actor::require`] and knows no roles.

use serde::{Deserialize, Serialize};

use crate::Problem;
use crate::id::{CompanyId, ContactId, GuestId, OrgId, PersonId};

/// Something a person may be allowed to do. `identity`'s role table says which role grants which.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "http", derive(utoipa::ToSchema))]
pub enum Right {
    /// Change the organisation, its people and their roles, API tokens.
    ManageOrg,
    /// See the organisation's people.
    SeePeople,
    /// Change products, prices, pictures; import.
    ManageCatalog,
    /// Receive and correct stock.
    ManageStock,
    /// Plan sale events, their run sheet and crew.
    PlanEvents,
    /// Make and revoke stream keys, take a show on the air and end it.
    GoLive,
    /// Run the run sheet: items, pins, offers' starts.
    RunShow,
    /// Hold, remove and restore messages; mute; slow mode.
    Moderate,
    /// Answer, assign, merge and dismiss questions.
    Answer,
    /// See the live desk and its figures.
    SeeDesk,
    /// See inquiries, orders and the buyers behind them; export.
    SeeTrade,
    /// Make live offers, confirm and cancel orders, qualify inquiries.
    ManageTrade,
    /// Decide findings.
    DecideCompliance,
    /// Speak on the air.
    Speak,
    /// Interpret on the air.
    Interpret,
    /// Examine candidates.
    Examine,
}

impl Right {
    pub const ALL: [Self; 16] = [
        Self::ManageOrg,
        Self::SeePeople,
        Self::ManageCatalog,
        Self::ManageStock,
        Self::PlanEvents,
        Self::GoLive,
        Self::RunShow,
        Self::Moderate,
        Self::Answer,
        Self::SeeDesk,
        Self::SeeTrade,
        Self::ManageTrade,
        Self::DecideCompliance,
        Self::Speak,
        Self::Interpret,
        Self::Examine,
    ];

    fn bit(self) -> u32 {
        1 << (self as u32)
    }
}

/// A set of rights.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rights(u32);

impl Rights {
    pub const NONE: Self = Self(0);

    pub fn of(rights: &[Right]) -> Self {
        Self(rights.iter().fold(0, |set, right| set | right.bit()))
    }

    pub fn all() -> Self {
        Self::of(&Right::ALL)
    }

    pub fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The rights in both: what an API token of narrower scope keeps.
    pub fn within(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub fn has(self, right: Right) -> bool {
        self.0 & right.bit() != 0
    }

    pub fn iter(self) -> impl Iterator<Item = Right> {
        Right::ALL.into_iter().filter(move |right| self.has(*right))
    }
}

/// Who is behind a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Nobody known: may read what is public.
    Anyone,
    /// A visitor with a signed guest identity.
    Guest(GuestId),
    /// A buyer who came by a magic or deal link.
    Buyer { company: CompanyId, contact: ContactId },
    /// Somebody who works here.
    Person(PersonId),
}

/// The actor of a request: who, for which organisation, with which rights.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    pub who: Who,
    /// The organisation a person works for.
    pub org: Option<OrgId>,
    pub rights: Rights,
    /// The name others see: a guest's own, a contact's, a person's.
    pub name: String,
}

impl Actor {
    pub fn anyone() -> Self {
        Self { who: Who::Anyone, org: None, rights: Rights::NONE, name: String::new() }
    }

    /// The organisation for which the actor may do this, or the refusal.
    pub fn require(&self, right: Right) -> Result<OrgId, Problem> {
        let org = self.org.ok_or_else(|| Problem::unauthorized("log-in-needed"))?;
        if self.rights.has(right) {
            return Ok(org);
        }
        Err(Problem::forbidden("right-missing").with("right", right))
    }

    /// Refuses to hand on rights that the actor has not: nobody makes anybody stronger than themselves.
    pub fn may_grant(&self, rights: Rights) -> Result<(), Problem> {
        match rights.iter().find(|right| !self.rights.has(*right)) {
            Some(right) => Err(Problem::forbidden("right-missing").with("right", right)),
            None => Ok(()),
        }
    }

    /// The organisation a person works for, whatever they may do there, or the refusal.
    pub fn works_here(&self) -> Result<OrgId, Problem> {
        self.person()?;
        self.org.ok_or_else(|| Problem::unauthorized("log-in-needed"))
    }

    /// The person who acts, or the refusal.
    pub fn person(&self) -> Result<PersonId, Problem> {
        match self.who {
            Who::Person(person) => Ok(person),
            _ => Err(Problem::unauthorized("log-in-needed")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rights_are_kept_apart() {
        let rights = Rights::of(&[Right::Answer, Right::Examine]);
        assert!(rights.has(Right::Answer) && rights.has(Right::Examine) && !rights.has(Right::GoLive));
        assert_eq!(rights.iter().collect::<Vec<_>>(), [Right::Answer, Right::Examine]);
        assert_eq!(Rights::all().within(rights), rights);
    }

    #[test]
    fn a_visitor_is_asked_to_log_in_and_a_crew_member_told_what_is_missing() {
        let refusal = Actor::anyone().require(Right::GoLive).unwrap_err();
        assert_eq!((refusal.status, refusal.code()), (401, "log-in-needed"));
        let member = Actor { org: Some(OrgId::new()), ..Actor::anyone() };
        assert_eq!(member.require(Right::GoLive).unwrap_err().status, 403);
    }
}
