//! States as words: one list gives the enum, its word in the database and on the wire, and every member.

/// Declares an enum whose members are words.
macro_rules! words {
    ($(#[$doc:meta])* pub enum $name:ident { $($(#[$member_doc:meta])* $member:ident => $word:tt),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
        pub enum $name {
            $($(#[$member_doc])* #[serde(rename = $word)] $member),*
        }

        impl $name {
            pub const ALL: [Self; [$($word),*].len()] = [$(Self::$member),*];

            /// The word that the database and the wire use.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$member => $word),* }
            }

            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.into_iter().find(|member| member.word() == word)
            }
        }
    };
}
pub(crate) use words;
