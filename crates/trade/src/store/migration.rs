//! The schema of trade.

use kernel::db::{Migration, SchemaManager};
use sea_orm::DbErr;
use sea_orm::sea_query::{
    Expr, ExprTrait as _, Index, IndexCreateStatement, IntoIndexColumn, Table, TableCreateStatement,
};
use sea_orm_migration::schema::{
    big_integer, big_integer_null, boolean_null, json, string, string_null, text, uuid, uuid_null,
};

pub fn migrations() -> Vec<Migration> {
    macro_rules! step {
        ($name:literal, $up:ident) => {
            Migration { name: $name, up: |schema| Box::pin($up(schema)) }
        };
    }
    vec![
        step!("0001_trade_offers", offers),
        step!("0002_trade_orders", orders),
        step!("0003_trade_ledgers", ledgers),
        step!("0004_trade_inquiries", inquiries),
        step!("0005_trade_deals", deals),
        step!("0006_trade_offer_held", offer_held),
    ]
}

async fn offers(schema: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = table("trade_offer")
        .col(uuid("id").primary_key())
        .col(uuid("org"))
        .col(uuid("event"))
        .col(uuid("product"))
        .col(uuid("variant"))
        .col(string("sku"))
        .col(json("name"))
        .col(big_integer("unit_micro"))
        .col(string("currency"))
        .col(big_integer("total"))
        .col(big_integer("remaining"))
        .col(big_integer_null("per_company"))
        .col(big_integer("min_quantity"))
        .col(big_integer("multiple"))
        .col(big_integer("starts_at"))
        .col(big_integer("ends_at"))
        .col(string("state"))
        .col(big_integer("version"))
        .col(string_null("slot"))
        // The last line: the guard stands in the UPDATE.
        .check(Expr::col("remaining").gte(0))
        .check(Expr::col("remaining").lte(Expr::col("total")))
        .to_owned();
    schema.create_table(table).await?;
    schema.create_index(index("trade_offer_event", "trade_offer", &["event"])).await?;
    // One open offer to a variant and event: closed ones have no slot, and NULLs never collide.
    schema.create_index(index("trade_offer_slot", "trade_offer", &["slot"]).unique().to_owned()).await
}

/// Orders are inserted by the hundred: every index but the two that grow at their end stays off this table.
async fn orders(schema: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = table("trade_order")
        .col(uuid("id").primary_key())
        .col(uuid("org"))
        .col(string("number"))
        .col(uuid("offer"))
        .col(uuid("event"))
        .col(uuid("product"))
        .col(uuid("variant"))
        .col(string("sku"))
        .col(string("name"))
        .col(big_integer("quantity"))
        .col(big_integer("unit_micro"))
        .col(big_integer("total_minor"))
        .col(string("currency"))
        .col(uuid("company"))
        .col(uuid("contact"))
        .col(string("buyer_company"))
        .col(string("buyer_name"))
        .col(string("buyer_email"))
        .col(string("buyer_country"))
        .col(string("lang"))
        .col(string("state"))
        .col(big_integer("version"))
        .col(big_integer("placed_at"))
        .col(big_integer_null("reserved_until"))
        .check(Expr::col("quantity").gt(0))
        .to_owned();
    schema.create_table(table).await?;
    schema.create_index(index("trade_order_number", "trade_order", &["number"]).unique().to_owned()).await?;
    schema.create_index(index("trade_order_reserved_until", "trade_order", &["reserved_until"])).await
}

async fn ledgers(schema: &SchemaManager<'_>) -> Result<(), DbErr> {
    let key = table("trade_key")
        .col(string("key"))
        .col(uuid("contact"))
        .col(uuid("body"))
        .col(uuid("subject"))
        .primary_key(&mut primary_key(&["key", "contact"]))
        .to_owned();
    schema.create_table(key).await?;
    let claim = table("trade_claim")
        .col(uuid("offer"))
        .col(uuid("company"))
        .col(big_integer("quantity"))
        .check(Expr::col("quantity").gte(0))
        .primary_key(&mut primary_key(&["offer", "company"]))
        .to_owned();
    schema.create_table(claim).await?;
    let movement = table("trade_movement")
        .col(uuid("id").primary_key())
        .col(uuid("offer"))
        .col(uuid_null("order"))
        .col(big_integer("delta"))
        .col(big_integer("at"))
        .to_owned();
    schema.create_table(movement).await?;
    let transition = table("trade_transition")
        .col(uuid("id").primary_key())
        .col(uuid("subject"))
        .col(string("from_state"))
        .col(string("to_state"))
        .col(string("actor"))
        .col(string("reason"))
        .col(big_integer("at"))
        .to_owned();
    schema.create_table(transition).await?;
    schema.create_index(index("trade_transition_subject", "trade_transition", &["subject"])).await
}

async fn inquiries(schema: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = table("trade_inquiry")
        .col(uuid("id").primary_key())
        .col(uuid("org"))
        .col(uuid_null("event"))
        .col(uuid_null("product"))
        .col(uuid_null("question"))
        .col(big_integer_null("quantity"))
        .col(text("text"))
        .col(uuid("company"))
        .col(uuid("contact"))
        .col(string("buyer_company"))
        .col(string("buyer_name"))
        .col(string("buyer_email"))
        .col(string("buyer_country"))
        .col(string("lang"))
        .col(string("state"))
        .col(big_integer("version"))
        .col(big_integer("opened_at"))
        .to_owned();
    schema.create_table(table).await?;
    schema.create_index(index("trade_inquiry_contact", "trade_inquiry", &["contact"])).await?;
    // A question is turned into an inquiry once.
    schema.create_index(index("trade_inquiry_question", "trade_inquiry", &["question"]).unique().to_owned()).await
}

async fn deals(schema: &SchemaManager<'_>) -> Result<(), DbErr> {
    let deal = table("trade_deal")
        .col(string("token_hash").primary_key())
        .col(uuid("contact"))
        .col(big_integer("opened_at"))
        .to_owned();
    schema.create_table(deal).await?;
    let buyer_order = table("trade_buyer_order")
        .col(uuid("contact"))
        .col(uuid("order"))
        .primary_key(&mut primary_key(&["contact", "order"]))
        .to_owned();
    schema.create_table(buyer_order).await?;
    let progress = table("trade_progress").col(string("job").primary_key()).col(uuid("order")).to_owned();
    schema.create_table(progress).await
}

async fn offer_held(schema: &SchemaManager<'_>) -> Result<(), DbErr> {
    let held = Table::alter().table("trade_offer").add_column(boolean_null("held")).to_owned();
    schema.alter_table(held).await
}

fn table(name: &'static str) -> TableCreateStatement {
    Table::create().table(name).to_owned()
}

fn index(name: &'static str, table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    on(Index::create().name(name).table(table), columns)
}

fn primary_key(columns: &[&'static str]) -> IndexCreateStatement {
    on(&mut Index::create(), columns)
}

fn on(index: &mut IndexCreateStatement, columns: &[&'static str]) -> IndexCreateStatement {
    for column in columns {
        index.col((*column).into_index_column());
    }
    index.to_owned()
}
