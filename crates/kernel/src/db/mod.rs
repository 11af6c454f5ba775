//! The database: SQLite by default, PostgreSQL by address, one code path.

mod migrate;
pub mod writer;

use std::path::Path;
use std::time::Duration;

use sea_orm::{
    ConnectOptions, Database, DatabaseBackend, DatabaseConnection, DatabaseTransaction, DbErr, SqliteTransactionMode,
    TransactionOptions, TransactionTrait,
};

pub use migrate::{MigrateError, Migration};
pub use sea_orm;
pub use sea_orm_migration::SchemaManager;

/// An open database. Cloning is cheap; the clones share the pool.
#[derive(Clone, Debug)]
pub struct Db(DatabaseConnection);

impl Db {
    /// Opens `sqlite:PATH` (made when missing) or `postgres://…`.
    ///
    /// SQLite runs in WAL mode with `synchronous=FULL`, so that what is committed survives a power cut.
    pub async fn open(url: &str) -> Result<Self, DbErr> {
        Self::open_with(url, 8).await
    }

    /// As [`Db::open`] with one connection and a large statement cache: the writer's own door.
    pub async fn open_for_writer(url: &str) -> Result<Self, DbErr> {
        Self::open_with(url, 1).await
    }

    async fn open_with(url: &str, connections: u32) -> Result<Self, DbErr> {
        let mut options = ConnectOptions::new(url);
        options
            .max_connections(connections)
            .min_connections(1)
            .acquire_timeout(Duration::from_secs(10))
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
        Database::connect(options).await.map(Self)
    }

    /// The address of a SQLite file, for [`Db::open`].
    pub fn file_url(path: &Path) -> String {
        format!("sqlite:{}", path.display())
    }

    /// For reading. Whoever writes takes [`Db::write`].
    pub fn read(&self) -> &DatabaseConnection {
        &self.0
    }

    /// Begins a transaction that may write: IMMEDIATE on SQLite, since one that begins by reading and
    /// writes later meets "database is locked". Dropping it rolls back.
    pub async fn write(&self) -> Result<DatabaseTransaction, DbErr> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        self.0.begin_with_options(options).await
    }

    pub fn is_sqlite(&self) -> bool {
        self.0.get_database_backend() == DatabaseBackend::Sqlite
    }

    /// Asks the database for an answer: `/readyz` and `doctor` call it.
    pub async fn ping(&self) -> Result<(), DbErr> {
        self.0.ping().await
    }

    pub async fn close(self) -> Result<(), DbErr> {
        self.0.close().await
    }
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
