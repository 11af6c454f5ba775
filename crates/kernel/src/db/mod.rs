//! The database: SQLite by default, PostgreSQL by address, one code path.

mod migrate;
pub mod writer;

use std::path::Path;
use std::time::Duration;

use sea_orm::{
    ConnectOptions, Database, DatabaseConnection, DatabaseTransaction, DbErr, SqliteTransactionMode,
    TransactionOptions, TransactionTrait,
};

pub use migrate::{MigrateError, Migration};
pub use sea_orm;
pub use sea_orm_migration::SchemaManager;

/// An open database. Cloning is cheap; the clones share the pools.
///
/// Those who write wait for connections of their own, so that a use case that reads beside its transaction
/// never waits for one that waits for it. SQLite has one writer at a time, hence one such connection: writers
/// wait in order instead of polling a lock.
#[derive(Clone, Debug)]
pub struct Db {
    read: DatabaseConnection,
    write: DatabaseConnection,
}

impl Db {
    /// Opens `sqlite:PATH` (made when missing) or `postgres://…`.
    ///
    /// SQLite runs in WAL mode with `synchronous=FULL`, so that what is committed survives a power cut.
    pub async fn open(url: &str) -> Result<Self, DbErr> {
        let read = connect(url, 8).await?;
        let write = connect(url, if url.starts_with("sqlite:") { 1 } else { 8 }).await?;
        Ok(Self { read, write })
    }

    /// As [`Db::open`] with one connection and a large statement cache: the writer's own door.
    pub async fn open_for_writer(url: &str) -> Result<Self, DbErr> {
        let only = connect(url, 1).await?;
        Ok(Self { read: only.clone(), write: only })
    }

    /// The address of a SQLite file, for [`Db::open`].
    pub fn file_url(path: &Path) -> String {
        format!("sqlite:{}", path.display())
    }

    /// For reading. Whoever writes takes [`Db::write`].
    pub fn read(&self) -> &DatabaseConnection {
        &self.read
    }

    /// Begins a transaction that may write: IMMEDIATE on SQLite, since one that begins by reading and
    /// writes later meets "database is locked". Dropping it rolls back.
    pub async fn write(&self) -> Result<DatabaseTransaction, DbErr> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        self.write.begin_with_options(options).await
    }

    /// Asks the database for an answer: `/readyz` and `doctor` call it.
    pub async fn ping(&self) -> Result<(), DbErr> {
        self.read.ping().await
    }

    pub async fn close(self) -> Result<(), DbErr> {
        self.write.close().await?;
        self.read.close().await
    }
}

async fn connect(url: &str, connections: u32) -> Result<DatabaseConnection, DbErr> {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(Duration::from_secs(15))
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(|sqlite| {
            use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
            sqlite
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .foreign_keys(true)
                .busy_timeout(Duration::from_secs(10))
                .pragma("wal_autocheckpoint", "4000")
                .statement_cache_capacity(500)
        })
        .map_sqlx_postgres_opts(|postgres| postgres.statement_cache_capacity(500));
    Database::connect(options).await
}

/// Whether a write was refused because a unique key is taken.
pub fn is_taken(err: &DbErr) -> bool {
    matches!(err.sql_err(), Some(sea_orm::SqlErr::UniqueConstraintViolation(_)))
}

impl From<DbErr> for crate::Problem {
    fn from(cause: DbErr) -> Self {
        Self::internal(&cause)
    }
}
