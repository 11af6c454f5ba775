//! What each role may do.

use kernel::Right;
use kernel::actor::Rights;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a person does in an organisation. A person may have several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Owner,
    Producer,
    Host,
    Cohost,
    Interpreter,
    Moderator,
    Desk,
    Sales,
    Compliance,
    Examiner,
    Observer,
}

impl Role {
    pub const ALL: [Self; 11] = [
        Self::Owner,
        Self::Producer,
        Self::Host,
        Self::Cohost,
        Self::Interpreter,
        Self::Moderator,
        Self::Desk,
        Self::Sales,
        Self::Compliance,
        Self::Examiner,
        Self::Observer,
    ];

    /// The word on the wire and in the database.
    pub fn word(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Producer => "producer",
            Self::Host => "host",
            Self::Cohost => "cohost",
            Self::Interpreter => "interpreter",
            Self::Moderator => "moderator",
            Self::Desk => "desk",
            Self::Sales => "sales",
            Self::Compliance => "compliance",
            Self::Examiner => "examiner",
            Self::Observer => "observer",
        }
    }

    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }

    /// The table of who may do what.
    pub fn rights(self) -> Rights {
        use Right::{
            Answer, DecideCompliance, Examine, GoLive, Interpret, ManageCatalog, ManageStock, ManageTrade, Moderate,
            PlanEvents, RunShow, SeeDesk, SeePeople, SeeTrade, Speak,
        };
        match self {
            Self::Owner => Rights::all(),
            Self::Producer => Rights::of(&[
                SeePeople,
                ManageCatalog,
                ManageStock,
                PlanEvents,
                GoLive,
                RunShow,
                Moderate,
                Answer,
                SeeDesk,
                SeeTrade,
                ManageTrade,
                Speak,
            ]),
            Self::Host => Rights::of(&[GoLive, RunShow, Moderate, Answer, SeeDesk, Speak]),
            Self::Cohost => Rights::of(&[Answer, SeeDesk, Speak]),
            Self::Interpreter => Rights::of(&[SeeDesk, Interpret]),
            Self::Moderator => Rights::of(&[Moderate, Answer, SeeDesk]),
            Self::Desk => Rights::of(&[Moderate, Answer, SeeDesk, SeeTrade]),
            Self::Sales => Rights::of(&[Answer, SeeDesk, SeeTrade, ManageTrade]),
            Self::Compliance => Rights::of(&[Moderate, SeeDesk, DecideCompliance]),
            Self::Examiner => Rights::of(&[SeeDesk, Examine]),
            Self::Observer => Rights::of(&[SeeDesk]),
        }
    }
}

/// The rights of somebody with all these roles.
pub fn rights_of(roles: &[Role]) -> Rights {
    roles.iter().fold(Rights::NONE, |rights, role| rights.and(role.rights()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_may_do_what() {
        let line = |name: &str, cell: &dyn Fn(Role) -> &'static str| {
            let cells = Role::ALL.map(|role| format!("{:>12}", cell(role)));
            format!("{name:<17}{}", cells.concat())
        };
        let mut table = vec![line("", &Role::word)];
        table.extend(
            Right::ALL
                .map(|right| line(&format!("{right:?}"), &|role| if role.rights().has(right) { "yes" } else { "." })),
        );
        insta::assert_snapshot!(table.join("\n"));
    }

    #[test]
    fn words_of_roles_read_back_and_match_the_wire() {
        for role in Role::ALL {
            assert_eq!(Role::from_word(role.word()), Some(role));
            assert_eq!(serde_json::to_value(role).unwrap(), role.word());
        }
    }

    #[test]
    fn roles_add_up() {
        let both = rights_of(&[Role::Interpreter, Role::Sales]);
        assert!(both.has(Right::Interpret) && both.has(Right::ManageTrade) && !both.has(Right::GoLive));
    }
}
