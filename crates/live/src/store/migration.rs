//! The tables of `live`.

use kernel::db::{Migration, SchemaManager};
use sea_orm::DbErr;
use sea_orm::sea_query::{ConditionalStatement, Expr, ExprTrait, ForeignKey, ForeignKeyAction, Index, Table};
use sea_orm_migration::schema;

pub fn migrations() -> Vec<Migration> {
    vec![
        Migration { name: "0001_live_events", up: |schema| Box::pin(events(schema)) },
        Migration { name: "0002_live_run_items", up: |schema| Box::pin(run_items(schema)) },
        Migration { name: "0003_live_stream_keys", up: |schema| Box::pin(stream_keys(schema)) },
        Migration { name: "0004_live_by_recording", up: |schema| Box::pin(by_recording(schema)) },
    ]
}

async fn events(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let event = Table::create()
        .table("sale_event")
        .col(schema::uuid("id").primary_key())
        .col(schema::uuid("org"))
        .col(schema::string("state"))
        .col(schema::big_integer("state_since"))
        .col(schema::big_integer("version"))
        .col(schema::json("title"))
        .col(schema::json("text"))
        .col(schema::json("languages"))
        .col(schema::json("markets"))
        .col(schema::json("hosts"))
        .col(schema::big_integer("starts_at"))
        .col(schema::string("time_zone"))
        .col(schema::uuid_null("recording"))
        .col(schema::json("pins"))
        .col(schema::big_integer("pins_version"))
        .col(schema::boolean("is_pinned_by_hand"))
        .col(schema::big_integer("sheet_version"))
        .col(schema::big_integer("updated_at"))
        .to_owned();
    manager.create_table(event).await?;
    let by_org = Index::create().name("sale_event_by_org").table("sale_event").col("org").col("id").to_owned();
    manager.create_index(by_org).await?;
    let by_state = Index::create().name("sale_event_by_state").table("sale_event").col("state").col("id").to_owned();
    manager.create_index(by_state).await?;
    let audit = Table::create()
        .table("sale_event_audit")
        .col(schema::uuid("id").primary_key())
        .col(schema::uuid("event"))
        .col(schema::string("from_state"))
        .col(schema::string("to_state"))
        .col(schema::big_integer("version"))
        .col(schema::uuid_null("by"))
        .col(schema::text("reason"))
        .col(schema::big_integer("at"))
        .foreign_key(ForeignKey::create().from("sale_event_audit", "event").to("sale_event", "id"))
        .to_owned();
    manager.create_table(audit).await
}

async fn run_items(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let item = Table::create()
        .table("run_item")
        .col(schema::uuid("id").primary_key())
        .col(schema::uuid("event"))
        .col(schema::big_integer("position"))
        .col(schema::string("state"))
        .col(schema::json("title"))
        .col(schema::uuid_null("product"))
        .col(schema::big_integer("minutes"))
        .col(schema::big_integer_null("started_at"))
        .foreign_key(
            ForeignKey::create().from("run_item", "event").to("sale_event", "id").on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned();
    manager.create_table(item).await?;
    let by_event = Index::create().name("run_item_by_event").table("run_item").col("event").col("position").to_owned();
    manager.create_index(by_event).await?;
    // The last line of "one item on the air": the use case sees to it first.
    let on_air = Index::create()
        .name("run_item_on_air")
        .table("run_item")
        .col("event")
        .unique()
        .and_where(Expr::col("state").eq("on_air"))
        .to_owned();
    manager.create_index(on_air).await
}

async fn stream_keys(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let key = Table::create()
        .table("stream_key")
        .col(schema::uuid("id").primary_key())
        .col(schema::uuid("event"))
        .col(schema::string("hash"))
        .col(schema::string("label"))
        .col(schema::big_integer("created_at"))
        .col(schema::big_integer_null("revoked_at"))
        .foreign_key(
            ForeignKey::create()
                .from("stream_key", "event")
                .to("sale_event", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned();
    manager.create_table(key).await?;
    let hash = Index::create().name("stream_key_hash").table("stream_key").col("hash").unique().to_owned();
    manager.create_index(hash).await?;
    let by_event = Index::create().name("stream_key_by_event").table("stream_key").col("event").to_owned();
    manager.create_index(by_event).await
}

async fn by_recording(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let index = Index::create().name("sale_event_by_recording").table("sale_event").col("recording").to_owned();
    manager.create_index(index).await
}
