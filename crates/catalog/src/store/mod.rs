//! Every query of the catalogue. They take the caller's connection and never begin a transaction.

mod entity;
pub mod imports;
pub mod migration;
pub mod stock;

use std::collections::{BTreeMap, HashMap};

use kernel::db::is_taken;
use kernel::id::{OrgId, PictureId, ProductId, VariantId};
use kernel::{Instant, LocalizedText, Quantity, UnitPrice};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::LikeExpr;
use sea_orm::{QueryOrder, QuerySelect, Set, TryInsertResult};

use self::entity::{picture, price_tier, product, product_key, variant};
use crate::price::{Prices, Tier};
use crate::product::{Product, ProductState, Spec};

/// Rows by one statement: far below SQLite's 32,766 variables.
pub const AT_ONCE: usize = 500;

/// What an order needs to know of a variant.
#[derive(Clone, Debug, PartialEq)]
pub struct VariantForOrder {
    pub variant: VariantId,
    pub product: ProductId,
    pub org: OrgId,
    pub sku: String,
    pub names: LocalizedText,
    pub unit: String,
    pub moq: Quantity,
    pub multiple: Quantity,
    pub prices: Prices,
    /// Whether buyers may see and order it.
    pub published: bool,
}

/// Looks a variant up for an order.
pub async fn variant_for_order(conn: &impl ConnectionTrait, id: VariantId) -> Result<Option<VariantForOrder>, DbErr> {
    let Some(product) = product_of(conn, id).await? else { return Ok(None) };
    Ok(Some(VariantForOrder {
        variant: product.variant,
        product: product.id,
        org: product.org,
        moq: product.prices.moq(),
        multiple: product.prices.multiple(),
        prices: product.prices,
        published: product.state == ProductState::Published,
        sku: product.spec.sku,
        names: product.spec.names,
        unit: product.spec.unit,
    }))
}

/// Which products to list.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub org: Option<OrgId>,
    pub state: Option<ProductState>,
    /// Folded text.
    pub search: Option<String>,
    pub after: Option<ProductId>,
}

pub async fn products(conn: &impl ConnectionTrait, filter: &Filter, limit: u64) -> Result<Vec<Product>, DbErr> {
    let mut find = product::Entity::find().order_by_asc(product::Column::Id).limit(limit);
    if let Some(org) = filter.org {
        find = find.filter(product::Column::Org.eq(org));
    }
    if let Some(state) = filter.state {
        find = find.filter(product::Column::State.eq(state.word()));
    }
    if let Some(search) = &filter.search {
        find = find.filter(product::Column::Search.like(containing(search)));
    }
    if let Some(after) = filter.after {
        find = find.filter(product::Column::Id.gt(after));
    }
    let rows = find.all(conn).await?;
    assembled(conn, rows).await
}

/// A pattern for what has the words in it: signs that mean something in a pattern mean themselves.
fn containing(words: &str) -> LikeExpr {
    let mut pattern = String::from("%");
    for sign in words.chars() {
        if matches!(sign, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(sign);
    }
    pattern.push('%');
    LikeExpr::new(pattern).escape('\\')
}

pub async fn products_by_id(conn: &impl ConnectionTrait, ids: &[ProductId]) -> Result<Vec<Product>, DbErr> {
    let rows = product::Entity::find().filter(product::Column::Id.is_in(ids.iter().copied())).all(conn).await?;
    assembled(conn, rows).await
}

pub async fn product(conn: &impl ConnectionTrait, id: ProductId) -> Result<Option<Product>, DbErr> {
    Ok(products_by_id(conn, &[id]).await?.into_iter().next())
}

pub async fn product_of(conn: &impl ConnectionTrait, id: VariantId) -> Result<Option<Product>, DbErr> {
    match variant::Entity::find_by_id(id).one(conn).await? {
        Some(row) => product(conn, row.product).await,
        None => Ok(None),
    }
}

/// The products of SKUs.
pub async fn products_by_sku(
    conn: &impl ConnectionTrait,
    org: OrgId,
    skus: impl IntoIterator<Item = &str>,
) -> Result<HashMap<String, Product>, DbErr> {
    let rows = variant::Entity::find()
        .filter(variant::Column::Org.eq(org))
        .filter(variant::Column::Sku.is_in(skus))
        .all(conn)
        .await?;
    let ids: Vec<ProductId> = rows.iter().map(|row| row.product).collect();
    let products = products_by_id(conn, &ids).await?;
    Ok(products.into_iter().map(|product| (product.spec.sku.clone(), product)).collect())
}

/// Gathers what belongs to product rows: four queries, however many rows.
async fn assembled(conn: &impl ConnectionTrait, rows: Vec<product::Model>) -> Result<Vec<Product>, DbErr> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<ProductId> = rows.iter().map(|row| row.id).collect();
    let variants = variant::Entity::find().filter(variant::Column::Product.is_in(ids.clone())).all(conn).await?;
    let variant_ids: Vec<VariantId> = variants.iter().map(|row| row.id).collect();
    let levels = stock::levels(conn, variant_ids.iter().copied()).await?;
    let tiers = price_tier::Entity::find().filter(price_tier::Column::Variant.is_in(variant_ids)).all(conn).await?;
    let pictures = picture::Entity::find()
        .filter(picture::Column::Product.is_in(ids))
        .order_by_asc(picture::Column::Position)
        .all(conn)
        .await?;
    let mut tiers_of: HashMap<VariantId, Vec<Tier>> = HashMap::new();
    for row in tiers {
        tiers_of.entry(row.variant).or_default().push(tier(&row)?);
    }
    let mut pictures_of: HashMap<ProductId, Vec<PictureId>> = HashMap::new();
    for row in pictures {
        pictures_of.entry(row.product).or_default().push(row.id);
    }
    let mut variant_of: HashMap<ProductId, variant::Model> =
        variants.into_iter().map(|row| (row.product, row)).collect();
    rows.into_iter()
        .map(|row| {
            let variant = variant_of.remove(&row.id).ok_or_else(|| damaged("a product has no variant"))?;
            let available = levels.get(&variant.id).map(stock::Level::available);
            let tiers = tiers_of.remove(&variant.id).unwrap_or_default();
            let pictures = pictures_of.remove(&row.id).unwrap_or_default();
            one(row, variant, tiers, pictures, available)
        })
        .collect()
}

fn one(
    row: product::Model,
    variant: variant::Model,
    tiers: Vec<Tier>,
    pictures: Vec<PictureId>,
    available: Option<i64>,
) -> Result<Product, DbErr> {
    let prices = Prices::new(Quantity(variant.moq), Quantity(variant.multiple), tiers);
    let carton = variant.carton.map(serde_json::from_value).transpose();
    Ok(Product {
        id: row.id,
        org: row.org,
        variant: variant.id,
        state: ProductState::from_word(&row.state).ok_or_else(|| damaged("a product's state is unknown"))?,
        version: row.version,
        spec: Spec {
            sku: variant.sku,
            names: row.names,
            texts: row.texts,
            unit: variant.unit,
            carton: carton.map_err(|err| DbErr::Json(err.to_string()))?,
            origin: row.origin,
        },
        prices: prices.map_err(|err| DbErr::Type(err.to_string()))?,
        lead_time_days: variant.lead_time_days,
        available,
        pictures,
        updated_at: row.updated_at,
    })
}

fn damaged(what: &str) -> DbErr {
    DbErr::Custom(what.to_owned())
}

fn tier(row: &price_tier::Model) -> Result<Tier, DbErr> {
    let currency = row.currency.parse().map_err(|err: kernel::MoneyError| DbErr::Type(err.to_string()))?;
    let unit_price = UnitPrice::new(row.micro, currency).map_err(|err| DbErr::Type(err.to_string()))?;
    Ok(Tier { min_quantity: Quantity(row.min_quantity), unit_price })
}

/// Stores new products by three statements; `false` when a SKU is taken (the transaction is then spoilt).
pub async fn insert_products(conn: &impl ConnectionTrait, products: &[Product]) -> Result<bool, DbErr> {
    if products.is_empty() {
        return Ok(true);
    }
    product::Entity::insert_many(products.iter().map(product_row)).exec_without_returning(conn).await?;
    match variant::Entity::insert_many(products.iter().map(variant_row)).exec_without_returning(conn).await {
        Ok(_) => {}
        Err(err) if is_taken(&err) => return Ok(false),
        Err(err) => return Err(err),
    }
    insert_tiers(conn, products).await?;
    Ok(true)
}

/// Keeps under which key a product is about to be made; when the key was used before, what was asked then and the
/// product it made.
pub async fn keep_key(
    conn: &impl ConnectionTrait,
    org: OrgId,
    key: &str,
    body: &str,
    product: ProductId,
) -> Result<Option<(String, ProductId)>, DbErr> {
    let row = product_key::ActiveModel {
        org: Set(org),
        key: Set(key.to_owned()),
        body: Set(body.to_owned()),
        product: Set(product),
    };
    let kept = product_key::Entity::insert_many([row]).on_conflict_do_nothing().exec_without_returning(conn).await?;
    if matches!(kept, TryInsertResult::Inserted(1)) {
        return Ok(None);
    }
    let earlier = product_key::Entity::find_by_id((org, key.to_owned())).one(conn).await?;
    Ok(earlier.map(|row| (row.body, row.product)))
}

/// How an update went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Updated {
    Done,
    /// Somebody else changed the row since it was read.
    Stale,
    SkuTaken,
}

/// Stores a product changed since `from_version`.
pub async fn update_product(
    conn: &impl ConnectionTrait,
    product: &Product,
    from_version: i64,
) -> Result<Updated, DbErr> {
    let mut row = product_row(product);
    row.id = sea_orm::NotSet;
    row.created_at = sea_orm::NotSet;
    let done = product::Entity::update_many()
        .set(row)
        .filter(product::Column::Id.eq(product.id))
        .filter(product::Column::Version.eq(from_version))
        .exec(conn)
        .await?;
    if done.rows_affected == 0 {
        return Ok(Updated::Stale);
    }
    let mut row = variant_row(product);
    row.id = sea_orm::NotSet;
    let stored =
        variant::Entity::update_many().set(row).filter(variant::Column::Id.eq(product.variant)).exec(conn).await;
    match stored {
        Ok(_) => {}
        Err(err) if is_taken(&err) => return Ok(Updated::SkuTaken),
        Err(err) => return Err(err),
    }
    Ok(Updated::Done)
}

/// Puts the present tiers in place of the stored ones.
pub async fn replace_tiers(conn: &impl ConnectionTrait, products: &[Product]) -> Result<(), DbErr> {
    price_tier::Entity::delete_many()
        .filter(price_tier::Column::Variant.is_in(products.iter().map(|product| product.variant)))
        .exec(conn)
        .await?;
    insert_tiers(conn, products).await
}

async fn insert_tiers(conn: &impl ConnectionTrait, products: &[Product]) -> Result<(), DbErr> {
    let tiers: Vec<price_tier::ActiveModel> = products
        .iter()
        .flat_map(|product| product.prices.tiers().iter().map(|tier| tier_row(product.variant, tier)))
        .collect();
    for some in tiers.chunks(AT_ONCE) {
        price_tier::Entity::insert_many(some.to_vec()).exec_without_returning(conn).await?;
    }
    Ok(())
}

fn product_row(product: &Product) -> product::ActiveModel {
    product::ActiveModel {
        id: Set(product.id),
        org: Set(product.org),
        state: Set(product.state.word().to_owned()),
        version: Set(product.version),
        names: Set(product.spec.names.clone()),
        texts: Set(product.spec.texts.clone()),
        search: Set(product.spec.search_text()),
        origin: Set(product.spec.origin.clone()),
        created_at: Set(product.updated_at),
        updated_at: Set(product.updated_at),
    }
}

fn variant_row(product: &Product) -> variant::ActiveModel {
    variant::ActiveModel {
        id: Set(product.variant),
        product: Set(product.id),
        org: Set(product.org),
        sku: Set(product.spec.sku.clone()),
        unit: Set(product.spec.unit.clone()),
        moq: Set(product.prices.moq().0),
        multiple: Set(product.prices.multiple().0),
        lead_time_days: Set(product.lead_time_days),
        carton: Set(product.spec.carton.and_then(|carton| serde_json::to_value(carton).ok())),
    }
}

fn tier_row(variant: VariantId, tier: &Tier) -> price_tier::ActiveModel {
    price_tier::ActiveModel {
        variant: Set(variant),
        currency: Set(tier.unit_price.currency.code().to_owned()),
        min_quantity: Set(tier.min_quantity.0),
        micro: Set(tier.unit_price.micro),
    }
}

/// A picture to keep.
pub struct NewPicture {
    pub id: PictureId,
    pub product: ProductId,
    pub position: i64,
    pub width: u32,
    pub height: u32,
    pub at: Instant,
}

pub async fn insert_picture(conn: &impl ConnectionTrait, new: &NewPicture) -> Result<(), DbErr> {
    let row = picture::ActiveModel {
        id: Set(new.id),
        product: Set(new.product),
        position: Set(new.position),
        width: Set(new.width.into()),
        height: Set(new.height.into()),
        created_at: Set(new.at),
    };
    picture::Entity::insert(row).exec_without_returning(conn).await?;
    Ok(())
}

pub async fn delete_picture(conn: &impl ConnectionTrait, id: PictureId) -> Result<(), DbErr> {
    picture::Entity::delete_by_id(id).exec(conn).await?;
    Ok(())
}

/// Numbers pictures as they stand here.
pub async fn order_pictures(conn: &impl ConnectionTrait, pictures: &[PictureId]) -> Result<(), DbErr> {
    for (position, id) in (0_i64..).zip(pictures) {
        picture::Entity::update_many()
            .col_expr(picture::Column::Position, Expr::value(position))
            .filter(picture::Column::Id.eq(*id))
            .exec(conn)
            .await?;
    }
    Ok(())
}

/// Says that something of a product changed, and keeps others off it until the transaction ends; `false` when
/// the organisation has no such product.
pub async fn touch_product(
    conn: &impl ConnectionTrait,
    org: OrgId,
    id: ProductId,
    now: Instant,
) -> Result<bool, DbErr> {
    let touched = product::Entity::update_many()
        .col_expr(product::Column::UpdatedAt, Expr::value(now))
        .filter(product::Column::Id.eq(id))
        .filter(product::Column::Org.eq(org))
        .exec(conn)
        .await?;
    Ok(touched.rows_affected == 1)
}

/// What others show of a product.
#[derive(Clone, Debug, PartialEq)]
pub struct Publication {
    pub org: OrgId,
    pub names: LocalizedText,
    /// Whether buyers may see it.
    pub published: bool,
}

/// Looks up what others show of products; those that do not exist are left out.
pub async fn publication_of(
    conn: &impl ConnectionTrait,
    ids: &[ProductId],
) -> Result<BTreeMap<ProductId, Publication>, DbErr> {
    let rows = product::Entity::find().filter(product::Column::Id.is_in(ids.iter().copied())).all(conn).await?;
    let publication = |row: product::Model| {
        let published = row.state == ProductState::Published.word();
        (row.id, Publication { org: row.org, names: row.names, published })
    };
    Ok(rows.into_iter().map(publication).collect())
}
