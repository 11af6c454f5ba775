//! Schema changes: each domain gives its own list, applied once each, in order, never edited afterwards.

use std::collections::HashSet;

use futures_util::future::BoxFuture;
use sea_orm::{ConnectionTrait as _, DatabaseBackend, DbErr};
use sea_orm_migration::{MigrationName, MigrationTrait, MigratorTraitSelf, SchemaManager, async_trait};

use super::Db;

/// One step of the schema. Names begin with a number within their domain: `0001_catalog_products`.
#[derive(Clone, Copy)]
pub struct Migration {
    pub name: &'static str,
    pub up: for<'a> fn(&'a SchemaManager<'a>) -> BoxFuture<'a, Result<(), DbErr>>,
}

impl MigrationName for Migration {
    fn name(&self) -> &str {
        self.name
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        (self.up)(manager).await
    }

    /// A step that is broken off leaves nothing behind, on SQLite too, where the default is none.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

struct Steps(Vec<Migration>);

#[async_trait::async_trait]
impl MigratorTraitSelf for Steps {
    fn migrations(&self) -> Vec<Box<dyn MigrationTrait>> {
        self.0.iter().map(|step| Box::new(*step) as Box<dyn MigrationTrait>).collect()
    }
}

/// What PostgreSQL calls the right to change the schema: a number nobody else is likely to take.
const LOCK: i64 = 0x6c69_7665_6661_6972;

#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// The database has steps this program does not know: a newer program has used it.
    #[error("the database is newer than this program: it has the step {0}")]
    Newer(String),
    #[error("the schema could not be changed")]
    Store(#[from] DbErr),
}

impl Db {
    /// Applies what is not yet applied, and refuses a database that a newer program has changed.
    ///
    /// Of several nodes that start at once on PostgreSQL, one changes the schema while the others wait.
    pub async fn migrate(&self, steps: &[Migration]) -> Result<usize, MigrateError> {
        if self.writing().get_database_backend() != DatabaseBackend::Postgres {
            return self.apply(steps).await;
        }
        let turn = self.write_batch().await?;
        turn.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({LOCK})")).await?;
        let applied = self.apply(steps).await;
        turn.commit().await?;
        applied
    }

    async fn apply(&self, steps: &[Migration]) -> Result<usize, MigrateError> {
        let migrator = Steps(steps.to_vec());
        let known: HashSet<&str> = steps.iter().map(|step| step.name).collect();
        let applied = migrator.get_migration_models(self.writing()).await?;
        if let Some(unknown) = applied.iter().find(|row| !known.contains(row.version.as_str())) {
            return Err(MigrateError::Newer(unknown.version.clone()));
        }
        migrator.up(self.writing(), None).await?;
        Ok(steps.len() - applied.len())
    }
}
