//! The catalogue's tables.

use kernel::db::{Migration, SchemaManager};
use sea_orm::DbErr;
use sea_orm::sea_query::{Expr, ExprTrait, ForeignKey, ForeignKeyAction, Index, Table};
use sea_orm_migration::schema;

pub fn migrations() -> Vec<Migration> {
    vec![
        Migration { name: "0001_catalog_products", up: |schema| Box::pin(products(schema)) },
        Migration { name: "0002_catalog_prices_and_pictures", up: |schema| Box::pin(prices_and_pictures(schema)) },
        Migration { name: "0003_catalog_stock", up: |schema| Box::pin(stock(schema)) },
        Migration { name: "0004_catalog_imports", up: |schema| Box::pin(imports(schema)) },
        Migration { name: "0005_catalog_movement_keys", up: |schema| Box::pin(movement_keys(schema)) },
        Migration { name: "0006_catalog_product_keys", up: |schema| Box::pin(product_keys(schema)) },
    ]
}

async fn products(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let product = Table::create()
        .table("product")
        .col(schema::uuid("id").primary_key())
        .col(schema::uuid("org"))
        .col(schema::string("state"))
        .col(schema::big_integer("version"))
        .col(schema::json("names"))
        .col(schema::json("texts"))
        .col(schema::text("search"))
        .col(schema::string("origin"))
        .col(schema::big_integer("created_at"))
        .col(schema::big_integer("updated_at"))
        .to_owned();
    manager.create_table(product).await?;
    let by_org = Index::create().name("product_by_org").table("product").col("org").col("id").to_owned();
    manager.create_index(by_org).await?;
    let by_state = Index::create().name("product_by_state").table("product").col("state").col("id").to_owned();
    manager.create_index(by_state).await?;

    let variant = Table::create()
        .table("variant")
        .col(schema::uuid("id").primary_key())
        .col(schema::uuid("product"))
        .col(schema::uuid("org"))
        .col(schema::string("sku"))
        .col(schema::string("unit"))
        .col(schema::big_integer("moq"))
        .col(schema::big_integer("multiple"))
        .col(schema::big_integer_null("lead_time_days"))
        .col(schema::json_null("carton"))
        .foreign_key(
            ForeignKey::create().from("variant", "product").to("product", "id").on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned();
    manager.create_table(variant).await?;
    let sku = Index::create().name("variant_sku").table("variant").col("org").col("sku").unique().to_owned();
    manager.create_index(sku).await?;
    let by_product = Index::create().name("variant_by_product").table("variant").col("product").to_owned();
    manager.create_index(by_product).await
}

async fn prices_and_pictures(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let tier = Table::create()
        .table("price_tier")
        .col(schema::uuid("variant"))
        .col(schema::string("currency"))
        .col(schema::big_integer("min_quantity"))
        .col(schema::big_integer("micro"))
        .primary_key(Index::create().col("variant").col("currency").col("min_quantity"))
        .foreign_key(
            ForeignKey::create().from("price_tier", "variant").to("variant", "id").on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned();
    manager.create_table(tier).await?;
    let picture = Table::create()
        .table("picture")
        .col(schema::uuid("id").primary_key())
        .col(schema::uuid("product"))
        .col(schema::big_integer("position"))
        .col(schema::big_integer("width"))
        .col(schema::big_integer("height"))
        .col(schema::big_integer("created_at"))
        .foreign_key(
            ForeignKey::create().from("picture", "product").to("product", "id").on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned();
    manager.create_table(picture).await?;
    let by_product =
        Index::create().name("picture_by_product").table("picture").col("product").col("position").to_owned();
    manager.create_index(by_product).await
}

async fn stock(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    // The checks are the last line: the conditional updates never reach them.
    let item = Table::create()
        .table("stock_item")
        .col(schema::uuid("variant").primary_key())
        .col(schema::uuid("product"))
        .col(schema::big_integer("on_hand").check(Expr::col("on_hand").gte(0)))
        .col(schema::big_integer("allocated").check(Expr::col("allocated").gte(0)))
        .col(schema::big_integer("held").check(Expr::col("held").gte(0)))
        .col(schema::big_integer("version"))
        .check(Expr::col("held").add(Expr::col("allocated")).lte(Expr::col("on_hand")))
        .foreign_key(ForeignKey::create().from("stock_item", "variant").to("variant", "id"))
        .to_owned();
    manager.create_table(item).await?;
    let movement = Table::create()
        .table("stock_movement")
        .col(schema::uuid("id").primary_key())
        .col(schema::uuid("variant"))
        .col(schema::string("kind"))
        .col(schema::big_integer("on_hand"))
        .col(schema::big_integer("allocated"))
        .col(schema::big_integer("held"))
        .col(schema::text("reason"))
        .col(schema::uuid_null("by"))
        .col(schema::big_integer("at"))
        .to_owned();
    manager.create_table(movement).await
}

async fn imports(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let import = Table::create()
        .table("product_import")
        .col(schema::uuid("id").primary_key())
        .col(schema::uuid("org"))
        .col(schema::uuid_null("by"))
        .col(schema::big_integer("row_count"))
        .col(schema::big_integer("finding_count"))
        .col(schema::text("rows"))
        .col(schema::text_null("outcome"))
        .col(schema::big_integer("created_at"))
        .to_owned();
    manager.create_table(import).await
}

async fn movement_keys(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let key = Table::alter().table("stock_movement").add_column(schema::string_null("key")).to_owned();
    manager.alter_table(key).await?;
    // Movements without a key, those of orders and imports, never collide: NULLs are distinct.
    let once = Index::create()
        .name("stock_movement_key")
        .table("stock_movement")
        .col("variant")
        .col("key")
        .unique()
        .to_owned();
    manager.create_index(once).await
}

async fn product_keys(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let key = Table::create()
        .table("product_key")
        .col(schema::uuid("org"))
        .col(schema::string("key"))
        .col(schema::string("body"))
        .col(schema::uuid("product"))
        .primary_key(Index::create().col("org").col("key"))
        .to_owned();
    manager.create_table(key).await
}
