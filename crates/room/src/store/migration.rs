//! The schema of rooms. Nothing refers to the chat's table, so that it can move to a file of its own when its writes
//! disturb the others (decision 0007).

use kernel::db::{Migration, SchemaManager};
use sea_orm::DbErr;
use sea_orm::ExprTrait as _;
use sea_orm::sea_query::{Expr, Index, Query, Table};
use sea_orm_migration::schema::{big_integer, big_integer_null, boolean, string, string_null, text, uuid, uuid_null};

pub fn migrations() -> Vec<Migration> {
    vec![
        Migration { name: "0001_room_rooms", up: |schema| Box::pin(rooms(schema)) },
        Migration { name: "0002_room_ctl", up: |schema| Box::pin(ctl(schema)) },
        Migration { name: "0003_room_questions", up: |schema| Box::pin(questions(schema)) },
        Migration { name: "0004_room_answers", up: |schema| Box::pin(answers(schema)) },
        Migration { name: "0005_room_messages", up: |schema| Box::pin(messages(schema)) },
        Migration { name: "0006_room_mutes", up: |schema| Box::pin(mutes(schema)) },
        Migration { name: "0007_room_languages", up: |schema| Box::pin(languages(schema)) },
        Migration { name: "0008_room_item_versions", up: |schema| Box::pin(item_versions(schema)) },
        Migration { name: "0009_room_offers_reread", up: |schema| Box::pin(offers_reread(schema)) },
        Migration { name: "0010_room_messages_by_room", up: |schema| Box::pin(messages_by_room(schema)) },
    ]
}

async fn rooms(schema: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("room_rooms")
        .col(uuid("event").primary_key())
        .col(uuid("org"))
        .col(string("state"))
        .col(big_integer("version"))
        .col(text("settings"))
        .col(big_integer("settings_version"))
        .col(big_integer("changed_at"))
        .to_owned();
    schema.create_table(table).await
}

async fn ctl(schema: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("room_ctl")
        .col(uuid("event"))
        .col(string("key"))
        .col(string("kind"))
        .col(big_integer("version"))
        .col(text("body"))
        .col(big_integer("changed_at"))
        .primary_key(Index::create().col("event").col("key"))
        .to_owned();
    schema.create_table(table).await
}

async fn questions(schema: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("room_questions")
        .col(uuid("id").primary_key())
        .col(uuid("event"))
        .col(string("participant"))
        .col(string("name"))
        .col(text("text"))
        .col(string("lang"))
        .col(uuid_null("product"))
        .col(big_integer_null("at_ms"))
        .col(boolean("private"))
        .col(string("state"))
        .col(big_integer("version"))
        .col(uuid_null("assignee"))
        .col(uuid_null("merged_into"))
        .col(uuid_null("inquiry"))
        .col(string_null("reason"))
        .col(big_integer("asked_at"))
        .col(big_integer("changed_at"))
        .to_owned();
    schema.create_table(table).await?;
    let by_state = Index::create()
        .name("room_questions_by_event")
        .table("room_questions")
        .col("event")
        .col("state")
        .col("asked_at")
        .to_owned();
    schema.create_index(by_state).await?;
    let by_target =
        Index::create().name("room_questions_by_merged_into").table("room_questions").col("merged_into").to_owned();
    schema.create_index(by_target).await
}

async fn answers(schema: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("room_answers")
        .col(uuid("id").primary_key())
        .col(uuid("question"))
        .col(text("text"))
        .col(string("lang"))
        .col(string("by_name"))
        .col(uuid_null("by_person"))
        .col(boolean("public"))
        .col(big_integer("at"))
        .to_owned();
    schema.create_table(table).await?;
    let by_question = Index::create().name("room_answers_by_question").table("room_answers").col("question").to_owned();
    schema.create_index(by_question).await
}

async fn messages(schema: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("room_messages")
        .col(uuid("id").primary_key())
        .col(uuid("event"))
        .col(string("participant"))
        .col(string("name"))
        .col(text("text"))
        .col(string("lang"))
        .col(string("state"))
        .col(big_integer("at"))
        .to_owned();
    schema.create_table(table).await?;
    let by_event =
        Index::create().name("room_messages_by_event").table("room_messages").col("event").col("at").to_owned();
    schema.create_index(by_event).await
}

async fn mutes(schema: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("room_mutes")
        .col(uuid("event"))
        .col(string("participant"))
        .col(string("kind"))
        .col(big_integer_null("until"))
        .col(uuid_null("by_person"))
        .col(big_integer("at"))
        .primary_key(Index::create().col("event").col("participant"))
        .to_owned();
    schema.create_table(table).await
}

async fn languages(schema: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::alter().table("room_rooms").add_column(text("languages").default("[]")).to_owned();
    schema.alter_table(table).await
}

/// What is on the air was numbered by the moment; now the run sheet's version numbers it. The room rereads it.
async fn item_versions(schema: &SchemaManager<'_>) -> Result<(), DbErr> {
    let forget = Query::delete().from_table("room_ctl").and_where(Expr::col("key").eq("item")).to_owned();
    schema.exec_stmt(forget).await
}

/// Offers are reread from trade and no longer kept.
async fn offers_reread(schema: &SchemaManager<'_>) -> Result<(), DbErr> {
    let forget = Query::delete().from_table("room_ctl").and_where(Expr::col("kind").eq("offer")).to_owned();
    schema.exec_stmt(forget).await
}

/// A message is known by its room and its id, and says whether the crew said it.
async fn messages_by_room(schema: &SchemaManager<'_>) -> Result<(), DbErr> {
    schema.rename_table(Table::rename().table("room_messages", "room_messages_before").to_owned()).await?;
    let table = Table::create()
        .table("room_messages")
        .col(uuid("id"))
        .col(uuid("event"))
        .col(string("participant"))
        .col(string("name"))
        .col(text("text"))
        .col(string("lang"))
        .col(string("state"))
        .col(big_integer("at"))
        .col(boolean("crew").default(false))
        .primary_key(Index::create().name("room_messages_key").col("id").col("event"))
        .to_owned();
    schema.create_table(table).await?;
    let kept = ["id", "event", "participant", "name", "text", "lang", "state", "at"];
    let before = Query::select().columns(kept).from("room_messages_before").to_owned();
    let mut copy = Query::insert().into_table("room_messages").columns(kept).to_owned();
    copy.select_from(before).map_err(|mismatch| DbErr::Custom(mismatch.to_string()))?;
    schema.exec_stmt(copy).await?;
    schema.drop_table(Table::drop().table("room_messages_before").to_owned()).await?;
    let by_event =
        Index::create().name("room_messages_by_event").table("room_messages").col("event").col("at").to_owned();
    schema.create_index(by_event).await
}
