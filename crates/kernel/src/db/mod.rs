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
/// wait in order instead of polling a lock, up to 100 ms at a time. On PostgreSQL the group-committing
/// [`writer::Writer`] has a connection of its own, whose statement cache is its alone.
#[derive(Clone, Debug)]
pub struct Db {
    read: DatabaseConnection,
    write: DatabaseConnection,
    batches: DatabaseConnection,
}

impl Db {
    /// Opens `sqlite:PATH` (made when missing) or `postgres://…`.
    ///
    /// SQLite runs in WAL mode with `synchronous=FULL`, so that what is committed survives a power cut.
    pub async fn open(url: &str) -> Result<Self, DbErr> {
        if url.starts_with("sqlite:") {
            let write = connect(url, 1, Use::All).await?; // first: it makes the file
            return Ok(Self { read: connect(url, 8, Use::Reading).await?, batches: write.clone(), write });
        }
        let read = connect(url, 8, Use::All).await?;
        let write = connect(url, 8, Use::All).await?;
        let batches = connect(url, 1, Use::All).await?;
        Ok(Self { read, write, batches })
    }

    /// As [`Db::open`] with one connection for all: for a short errand such as making a database.
    pub async fn open_one(url: &str) -> Result<Self, DbErr> {
        let only = connect(url, 1, Use::All).await?;
        Ok(Self { read: only.clone(), write: only.clone(), batches: only })
    }

    /// The address of a SQLite file, for [`Db::open`].
    pub fn file_url(path: &Path) -> String {
        format!("sqlite:{}", path.display().to_string().replace('%', "%25").replace('?', "%3F"))
    }

    /// For reading: SQLite refuses to write here. Whoever writes takes [`Db::write`] or [`Db::writing`].
    pub fn read(&self) -> &DatabaseConnection {
        &self.read
    }

    /// For one statement that writes and is a transaction by itself. Never beside an open [`Db::write`].
    pub fn writing(&self) -> &DatabaseConnection {
        &self.write
    }

    /// Begins a transaction that may write: IMMEDIATE on SQLite, since one that begins by reading and
    /// writes later meets "database is locked". Dropping it rolls back.
    pub async fn write(&self) -> Result<DatabaseTransaction, DbErr> {
        begin(&self.write).await
    }

    /// As [`Db::write`], for the group-committing writer.
    async fn write_batch(&self) -> Result<DatabaseTransaction, DbErr> {
        begin(&self.batches).await
    }

    /// Asks the database for an answer: `/readyz` and `doctor` call it.
    pub async fn ping(&self) -> Result<(), DbErr> {
        self.read.ping().await
    }

    pub async fn close(self) -> Result<(), DbErr> {
        self.batches.close().await?;
        self.write.close().await?;
        self.read.close().await
    }
}

async fn begin(pool: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    pool.begin_with_options(options).await
}

/// What connections are for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    Reading,
    All,
}

async fn connect(url: &str, connections: u32, purpose: Use) -> Result<DatabaseConnection, DbErr> {
    let mut options = ConnectOptions::new(url);
    // A file does not hang up.
    options.test_before_acquire(!url.starts_with("sqlite:"));
    options
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(Duration::from_secs(15))
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(move |sqlite| {
            use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
            let sqlite = if purpose == Use::Reading { sqlite.pragma("query_only", "on") } else { sqlite };
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
