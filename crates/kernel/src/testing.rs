//! What tests of every crate need: databases of their own, a clock that stands.

use std::sync::Arc;

use crate::{Instant, ManualClock};

/// A clock at noon UTC of the day after the first certificates, 2020-05-12.
pub fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::at(Instant::from_millis(1_589_284_800_000)))
}

#[cfg(feature = "db")]
pub use db::each_database;

#[cfg(feature = "db")]
mod db {
    use std::future::Future;

    use sea_orm::ConnectionTrait;
    use uuid::Uuid;

    use crate::Db;
    use crate::db::Migration;

    /// Runs a test on SQLite (a file, since memory has no WAL) and on PostgreSQL when `TEST_DATABASE_URL`
    /// names a server; says so when it does not. Each run has a database of its own.
    pub async fn each_database<F: Future<Output = ()>>(migrations: &[Migration], test: impl Fn(Db) -> F) {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let db = Db::open(&Db::file_url(&dir.path().join("test.db"))).await.expect("SQLite opens");
        db.migrate(migrations).await.expect("SQLite migrates");
        test(db).await;
        #[expect(clippy::disallowed_methods, reason = "tests learn of the server from the one that runs them")]
        let server = std::env::var("TEST_DATABASE_URL");
        match server {
            Ok(url) => on_postgres(&url, migrations, test).await,
            Err(_) => eprintln!("skipped PostgreSQL: TEST_DATABASE_URL is not set"),
        }
    }

    async fn on_postgres<F: Future<Output = ()>>(server: &str, migrations: &[Migration], test: impl Fn(Db) -> F) {
        let admin = Db::open_one(server).await.expect("PostgreSQL answers");
        let name = format!("test_{}", Uuid::now_v7().simple());
        admin.read().execute_unprepared(&format!("CREATE DATABASE {name}")).await.expect("a database is made");
        let mut url: url::Url = server.parse().expect("TEST_DATABASE_URL is a URL");
        url.set_path(&name);
        let db = Db::open(url.as_str()).await.expect("PostgreSQL opens");
        db.migrate(migrations).await.expect("PostgreSQL migrates");
        test(db.clone()).await;
        let _closed = db.close().await;
        let _dropped = admin.read().execute_unprepared(&format!("DROP DATABASE {name} WITH (FORCE)")).await;
    }
}
