//! Typed identifiers: UUIDv7 (RFC 9562 5.7), so that they sort by the time they were made and keep
//! database pages warm; strings on the wire.

use std::{cmp::Ordering, fmt, hash, marker::PhantomData, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

/// The id of a `K`. Ids of different kinds do not mix.
pub struct Id<K>(Uuid, PhantomData<fn() -> K>);

impl<K> Id<K> {
    /// Makes a new id that sorts after those made before it on this machine.
    pub fn new() -> Self {
        Self(Uuid::now_v7(), PhantomData)
    }

    /// Takes an id made elsewhere.
    pub const fn from_uuid(uuid: Uuid) -> Self {
        Self(uuid, PhantomData)
    }

    pub const fn uuid(self) -> Uuid {
        self.0
    }
}

impl<K> Default for Id<K> {
    fn default() -> Self {
        Self::new()
    }
}
impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K> Copy for Id<K> {}
impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<K> Eq for Id<K> {}
impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl<K> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}
impl<K> hash::Hash for Id<K> {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
impl<K> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
impl<K> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
impl<K> FromStr for Id<K> {
    type Err = uuid::Error;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Uuid::from_str(text).map(Self::from_uuid)
    }
}
impl<K> Serialize for Id<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}
impl<'de, K> Deserialize<'de> for Id<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Uuid::deserialize(deserializer).map(Self::from_uuid)
    }
}

#[cfg(feature = "db")]
mod db {
    use sea_orm::sea_query::{ArrayType, Nullable, ValueType, ValueTypeErr};
    use sea_orm::{ActiveValue, ColIdx, ColumnType, DbErr, IntoActiveValue, QueryResult};
    use sea_orm::{TryFromU64, TryGetError, TryGetable, Value};

    use super::{Id, Uuid};

    impl<K> From<Id<K>> for Value {
        fn from(id: Id<K>) -> Self {
            id.0.into()
        }
    }
    impl<K> TryGetable for Id<K> {
        fn try_get_by<I: ColIdx>(row: &QueryResult, index: I) -> Result<Self, TryGetError> {
            Uuid::try_get_by(row, index).map(Self::from_uuid)
        }
    }
    impl<K> ValueType for Id<K> {
        fn try_from(value: Value) -> Result<Self, ValueTypeErr> {
            <Uuid as ValueType>::try_from(value).map(Self::from_uuid)
        }
        fn type_name() -> String {
            "Id".into()
        }
        fn array_type() -> ArrayType {
            <Uuid as ValueType>::array_type()
        }
        fn column_type() -> ColumnType {
            ColumnType::Uuid
        }
    }
    impl<K> Nullable for Id<K> {
        fn null() -> Value {
            Uuid::null()
        }
    }
    impl<K> IntoActiveValue<Id<K>> for Id<K> {
        fn into_active_value(self) -> ActiveValue<Id<K>> {
            ActiveValue::Set(self)
        }
    }
    impl<K> TryFromU64 for Id<K> {
        fn try_from_u64(_: u64) -> Result<Self, DbErr> {
            Err(DbErr::ConvertFromU64("Id is a UUID"))
        }
    }
}

#[cfg(feature = "http")]
mod http {
    use utoipa::openapi::{ObjectBuilder, RefOr, Schema, SchemaFormat, Type, schema::KnownFormat};
    use utoipa::{PartialSchema, ToSchema};

    use super::Id;

    impl<K> PartialSchema for Id<K> {
        fn schema() -> RefOr<Schema> {
            ObjectBuilder::new()
                .schema_type(Type::String)
                .format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid)))
                .into()
        }
    }
    impl<K> ToSchema for Id<K> {
        fn name() -> std::borrow::Cow<'static, str> {
            "Id".into()
        }
    }
}

/// What an id is the id of. A domain that refers to another's row does so by these.
pub mod kind {
    macro_rules! kinds {
        ($($(#[$doc:meta])* $kind:ident => $alias:ident),* $(,)?) => {$(
            #[derive(Debug)]
            pub enum $kind {}
            $(#[$doc])*
            pub type $alias = super::Id<$kind>;
        )*};
    }
    kinds! {
        /// An organisation that works here: seller, academy, authority.
        Org => OrgId,
        /// A person who works here and logs in.
        Person => PersonId,
        /// A buyer's company.
        Company => CompanyId,
        /// A person at a buyer's company.
        Contact => ContactId,
        /// A visitor without an account; the signed cookie carries it.
        Guest => GuestId,
        ApiToken => ApiTokenId,
        Passkey => PasskeyId,
        Product => ProductId,
        Variant => VariantId,
        Picture => PictureId,
        Import => ImportId,
        /// A sale event: one show.
        Show => EventId,
        RunItem => RunItemId,
        StreamKey => StreamKeyId,
        Recording => RecordingId,
        Message => MessageId,
        Question => QuestionId,
        Answer => AnswerId,
        Inquiry => InquiryId,
        Offer => OfferId,
        Order => OrderId,
        Mail => MailId,
        /// One thing that happened, as the bus carries it.
        Happening => HappeningId,
    }
}
pub use kind::{
    AnswerId, ApiTokenId, CompanyId, ContactId, EventId, GuestId, HappeningId, ImportId, InquiryId, MailId, MessageId,
    OfferId, OrderId, OrgId, PasskeyId, PersonId, PictureId, ProductId, QuestionId, RecordingId, RunItemId,
    StreamKeyId, VariantId,
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_by_the_time_they_were_made() {
        let ids: Vec<OrderId> = (0..1000).map(|_| OrderId::new()).collect();
        assert!(ids.is_sorted());
    }

    #[test]
    fn ids_are_strings_on_the_wire() {
        let id = OrderId::new();
        let json = serde_json::to_string(&id).unwrap();
        assert_eq!(json, format!("\"{id}\""));
        assert_eq!(serde_json::from_str::<OrderId>(&json).unwrap(), id);
    }
}
