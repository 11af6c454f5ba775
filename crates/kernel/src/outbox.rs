//! What happened, kept in the transaction that made it happen, and told to the bus after commit.
//! Delivery is at least once, in the order of making among what has committed; transactions that run side by side
//! may commit in another order, so readers go by the versions in what they are told.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Table;
use sea_orm::{QueryOrder, QuerySelect, Set};
use sea_orm_migration::schema;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::db::Migration;
use crate::id::HappeningId;
use crate::{Bus, Clock, Db, Envelope, Event, Instant};

const AT_ONCE: u64 = 256;

mod entity {
    use super::{DeriveEntityModel, EntityTrait, HappeningId, Instant};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "outbox")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: HappeningId,
        pub name: String,
        pub version: i32,
        pub at: Instant,
        #[sea_orm(column_type = "Text")]
        pub payload: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub fn migrations() -> Vec<Migration> {
    vec![Migration {
        name: "0001_kernel_outbox",
        up: |manager| {
            Box::pin(async move {
                manager
                    .create_table(
                        Table::create()
                            .table("outbox")
                            .col(schema::uuid("id").primary_key())
                            .col(schema::string("name"))
                            .col(schema::integer("version"))
                            .col(schema::big_integer("at"))
                            .col(schema::text("payload"))
                            .to_owned(),
                    )
                    .await
            })
        },
    }]
}

#[derive(Debug, thiserror::Error)]
pub enum OutboxError {
    #[error("the happening is not JSON")]
    Encode(#[from] serde_json::Error),
    #[error("the happening could not be stored")]
    Store(#[from] DbErr),
}

impl From<OutboxError> for DbErr {
    fn from(err: OutboxError) -> Self {
        match err {
            OutboxError::Store(cause) => cause,
            OutboxError::Encode(cause) => Self::Custom(cause.to_string()),
        }
    }
}

/// Keeps happenings until the bus has them.
#[derive(Clone)]
pub struct Outbox {
    clock: Arc<dyn Clock>,
    news: Arc<Notify>,
}

impl Outbox {
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, news: Arc::new(Notify::new()) }
    }

    /// Keeps one happening in the caller's transaction.
    pub async fn add<E: Event>(&self, txn: &impl ConnectionTrait, event: &E) -> Result<(), OutboxError> {
        self.add_all(txn, std::slice::from_ref(event)).await
    }

    /// Keeps many happenings by one statement.
    pub async fn add_all<E: Event>(&self, txn: &impl ConnectionTrait, events: &[E]) -> Result<(), OutboxError> {
        if events.is_empty() {
            return Ok(());
        }
        let now = self.clock.now();
        let rows: Vec<_> = events.iter().map(|event| row(event, now)).collect::<Result<_, _>>()?;
        entity::Entity::insert_many(rows).exec_without_returning(txn).await?;
        Ok(())
    }

    /// Says that a transaction with happenings has committed.
    pub fn wake(&self) {
        self.news.notify_one();
    }

    /// Tells the bus all that is waiting; returns how many. What a consumer has not taken stays.
    pub async fn relay_due(&self, db: &Db, bus: &dyn Bus) -> Result<usize, DbErr> {
        let mut told = 0;
        loop {
            let waiting = entity::Entity::find().order_by_asc(entity::Column::Id).limit(AT_ONCE).all(db.read()).await?;
            let all = waiting.len();
            let done = publish(waiting, bus).await?;
            if !done.is_empty() {
                told += done.len();
                let txn = db.write().await?;
                entity::Entity::delete_many().filter(entity::Column::Id.is_in(done.iter().copied())).exec(&txn).await?;
                txn.commit().await?;
            }
            if done.len() < all || all == 0 {
                return Ok(told);
            }
        }
    }

    /// Relays until cancelled: at once when woken, and every second in case a wake was lost with its process.
    pub async fn relay(&self, db: Db, bus: Arc<dyn Bus>, cancel: CancellationToken) {
        loop {
            tokio::select! {
                () = cancel.cancelled() => return,
                relayed = self.relay_due(&db, bus.as_ref()) => if let Err(cause) = relayed {
                    tracing::warn!(%cause, "the outbox could not be relayed; trying again");
                },
            }
            tokio::select! {
                () = cancel.cancelled() => return,
                () = self.news.notified() => {}
                () = tokio::time::sleep(Duration::from_secs(1)) => {}
            }
        }
    }
}

/// Publishes side by side, so that one slow consumer costs its time once; tells what was taken.
async fn publish(waiting: Vec<entity::Model>, bus: &dyn Bus) -> Result<Vec<HappeningId>, DbErr> {
    let mut publishing = Vec::with_capacity(waiting.len());
    for row in waiting {
        let id = row.id;
        let published = bus.publish(envelope(row)?);
        publishing.push(async move { published.await.is_ok().then_some(id) });
    }
    Ok(join_all(publishing).await.into_iter().flatten().collect())
}

fn row<E: Event>(event: &E, now: Instant) -> Result<entity::ActiveModel, serde_json::Error> {
    Ok(entity::ActiveModel {
        id: Set(HappeningId::new()),
        name: Set(E::NAME.to_owned()),
        version: Set(i32::from(E::VERSION)),
        at: Set(now),
        payload: Set(serde_json::to_string(event)?),
    })
}

fn envelope(row: entity::Model) -> Result<Envelope, DbErr> {
    let payload = serde_json::value::RawValue::from_string(row.payload).map_err(|e| DbErr::Json(e.to_string()))?;
    Ok(Envelope {
        id: row.id,
        name: row.name,
        version: u16::try_from(row.version).unwrap_or(u16::MAX),
        at: row.at,
        payload: payload.into(),
    })
}
