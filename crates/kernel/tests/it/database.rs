use kernel::Db;
use kernel::db::{MigrateError, Migration, SchemaManager};
use kernel::testing::each_database;
use sea_orm::sea_query::{Expr, ExprTrait as _, Table};
use sea_orm::{ConnectionTrait as _, DatabaseBackend, DbErr, EntityTrait as _, Set, entity::prelude::*};
use sea_orm_migration::schema;

mod counter {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "counter")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: kernel::id::OrderId,
        pub at: kernel::Instant,
        pub left: i64,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

fn counter_table() -> Migration {
    Migration {
        name: "0001_test_counter",
        up: |manager: &SchemaManager| {
            Box::pin(async move {
                manager
                    .create_table(
                        Table::create()
                            .table("counter")
                            .col(schema::uuid("id").primary_key())
                            .col(schema::big_integer("at"))
                            .col(schema::big_integer("left"))
                            .to_owned(),
                    )
                    .await
            })
        },
    }
}

async fn with_one_counter(db: &Db, left: i64) -> Result<kernel::id::OrderId, DbErr> {
    let id = kernel::id::OrderId::new();
    let row = counter::ActiveModel { id: Set(id), at: Set(kernel::Instant::from_millis(7)), left: Set(left) };
    counter::Entity::insert(row).exec_without_returning(db.writing()).await?;
    Ok(id)
}

#[tokio::test]
async fn ids_and_instants_come_back_as_they_went_in() {
    each_database(&[counter_table()], async |db| {
        let id = with_one_counter(&db, 3).await.unwrap();
        let row = counter::Entity::find_by_id(id).one(db.read()).await.unwrap().unwrap();
        assert_eq!((row.id, row.at, row.left), (id, kernel::Instant::from_millis(7), 3));
    })
    .await;
}

#[tokio::test]
async fn concurrent_guarded_updates_never_go_below_zero() {
    each_database(&[counter_table()], async |db| {
        let id = with_one_counter(&db, 10).await.unwrap();
        let takes = (0..40).map(|_| take_one(db.clone(), id));
        let taken = futures_util::future::join_all(takes).await;
        assert_eq!(taken.iter().filter(|took| **took).count(), 10);
        let row = counter::Entity::find_by_id(id).one(db.read()).await.unwrap().unwrap();
        assert_eq!(row.left, 0);
    })
    .await;
}

/// Reads, then writes in one transaction: the shape that meets "database is locked" when it begins deferred.
async fn take_one(db: Db, id: kernel::id::OrderId) -> bool {
    let txn = db.write().await.unwrap();
    let _seen = counter::Entity::find_by_id(id).one(&txn).await.unwrap();
    let taken = counter::Entity::update_many()
        .col_expr(counter::Column::Left, Expr::col(counter::Column::Left).sub(1))
        .filter(counter::Column::Id.eq(id))
        .filter(counter::Column::Left.gte(1))
        .exec(&txn)
        .await
        .unwrap();
    txn.commit().await.unwrap();
    taken.rows_affected == 1
}

#[tokio::test]
async fn a_dropped_transaction_leaves_nothing() {
    each_database(&[counter_table()], async |db| {
        let txn = db.write().await.unwrap();
        txn.execute_unprepared("DELETE FROM counter").await.unwrap();
        drop(txn);
        with_one_counter(&db, 1).await.unwrap();
        assert_eq!(counter::Entity::find().count(db.read()).await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn migrations_are_applied_once_and_a_newer_database_is_refused() {
    each_database(&[counter_table()], async |db| {
        assert_eq!(db.migrate(&[counter_table()]).await.unwrap(), 0);
        let refusal = db.migrate(&[]).await.unwrap_err();
        assert!(matches!(&refusal, MigrateError::Newer(step) if step == "0001_test_counter"), "{refusal}");
    })
    .await;
}

#[tokio::test]
async fn a_step_that_is_broken_off_leaves_nothing_behind() {
    let broken = Migration {
        name: "0002_test_broken",
        up: |manager: &SchemaManager| {
            Box::pin(async move {
                let half = Table::create().table("half").col(schema::uuid("id").primary_key()).to_owned();
                manager.create_table(half).await?;
                Err(DbErr::Custom("the disk is full".into()))
            })
        },
    };
    each_database(&[counter_table()], async |db| {
        for _ in 0..2 {
            let refusal = db.migrate(&[counter_table(), broken]).await.unwrap_err().to_string();
            assert_eq!(refusal, "the schema could not be changed");
        }
        assert!(!SchemaManager::new(db.read()).has_table("half").await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn a_file_may_have_any_name() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("50% off? 积木.db");
    Db::open(&Db::file_url(&path)).await.unwrap().close().await.unwrap();
    assert!(path.exists());
}

#[tokio::test]
async fn two_nodes_that_migrate_at_once_take_turns() {
    let slow = Migration {
        name: "0002_test_slow",
        up: |manager: &SchemaManager| {
            Box::pin(async move {
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
                manager
                    .create_table(Table::create().table("slow").col(schema::uuid("id").primary_key()).to_owned())
                    .await
            })
        },
    };
    each_database(&[counter_table()], async |db| {
        if db.read().get_database_backend() == DatabaseBackend::Sqlite {
            return; // Its one node.
        }
        let steps = [counter_table(), slow];
        let (a, b) = tokio::join!(db.migrate(&steps), db.migrate(&steps));
        assert_eq!(a.unwrap() + b.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_full_database_says_that_there_is_no_room() {
    let dir = tempfile::tempdir().unwrap();
    let db = Db::open(&Db::file_url(&dir.path().join("fair.db"))).await.unwrap();
    let txn = db.write().await.unwrap();
    txn.execute_unprepared("CREATE TABLE heap (bytes BLOB); PRAGMA max_page_count = 4").await.unwrap();
    let full = txn.execute_unprepared("INSERT INTO heap VALUES (zeroblob(100000))").await.unwrap_err();
    let problem = kernel::Problem::from(full);
    assert_eq!((problem.status, problem.code()), (507, "storage-full"));
}
