//! Durable orders a second, in a closed loop through the use case: every buyer waits for the answer before asking
//! again. Then the rush: 64 buyers who want more than there is, each asking twice under one key. Prints tables with
//! the conditions that they depend on. `orders_over_http` measures the same through the whole server.
//!
//! `cargo run --release -p bench --bin orders -- --seconds 3`
#![expect(clippy::print_stdout, reason = "the table is what this program is for")]

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant as Stopwatch};

use anyhow::Context as _;
use async_trait::async_trait;
use bench::house::Usage;
use bench::numbers::{Times, count, ms};
use clap::Parser;
use kernel::db::sea_orm::{ConnectionTrait as _, DatabaseBackend, DatabaseTransaction, DbErr, Statement};
use kernel::id::{CompanyId, ContactId, EventId, OrgId, ProductId, QuestionId, VariantId};
use kernel::{Actor, Clock as _, Currency, Db, Keys, Locale, LocalizedText, Outbox, Quantity, SystemClock, UnitPrice};
use trade::buyer::{BuyerDetails, NewBuyer};
use trade::offer::{MAX_QUANTITY, NewOffer, Offer, Refusal};
use trade::order::Order;
use trade::ports::{Buyers, Dispatch, Goods, Hold, Letters, MeetError, Met, Seller, Shown, Shows, VariantFacts};
use trade::{Neighbours, Settings, Trade, TradeError};
use uuid::Uuid;

const BATCHES: [usize; 4] = [1, 16, 64, 128];
/// The rush: so many buyers at once, and so many pieces, fewer than they want.
const RUSH: usize = 64;
const PIECES: i64 = 5000;

#[derive(Parser)]
struct Arguments {
    /// Seconds for each row of the table.
    #[arg(long, default_value_t = 2.0)]
    seconds: f64,
    /// Where the SQLite file is made; its disk is what is measured.
    #[arg(long, default_value = ".")]
    dir: PathBuf,
    /// A PostgreSQL server to measure too.
    #[arg(long, env = "TEST_DATABASE_URL")]
    postgres: Option<String>,
}

/// A stock without end, buyers known by their address, letters that go nowhere: the neighbours are not measured.
struct Nobody;

#[async_trait]
impl Goods for Nobody {
    async fn variant(&self, _: &DatabaseTransaction, _: OrgId, _: VariantId) -> Result<Option<VariantFacts>, DbErr> {
        let name = LocalizedText::of([(Locale::english(), "Magnetic building bricks, 100 pieces".to_owned())]);
        Ok(Some(VariantFacts {
            product: ProductId::new(),
            sku: "LB-100".into(),
            name,
            multiple: Quantity(1),
            published: true,
        }))
    }
    async fn shown(&self, _: ProductId) -> Result<Option<Shown>, DbErr> {
        Ok(None)
    }
    async fn names(&self, _: &[ProductId]) -> Result<BTreeMap<ProductId, LocalizedText>, DbErr> {
        Ok(BTreeMap::new())
    }
    async fn hold(&self, _: &DatabaseTransaction, _: VariantId, _: Quantity) -> Result<Hold, DbErr> {
        Ok(Hold::Held)
    }
    async fn release(&self, _: &DatabaseTransaction, _: VariantId, _: Quantity) -> Result<(), DbErr> {
        Ok(())
    }
    async fn sell(&self, _: &DatabaseTransaction, _: VariantId, _: Quantity) -> Result<(), DbErr> {
        Ok(())
    }
    async fn take_back(&self, _: &DatabaseTransaction, _: VariantId, _: Quantity) -> Result<(), DbErr> {
        Ok(())
    }
}

#[async_trait]
impl Buyers for Nobody {
    /// The same buyer each time, as the number in the address says.
    async fn meet(&self, _: &DatabaseTransaction, buyer: &BuyerDetails, _: &Locale) -> Result<Met, MeetError> {
        let digits: String = buyer.email.chars().filter(char::is_ascii_digit).collect();
        let who = Uuid::from_u128(digits.parse().unwrap_or_default());
        Ok(Met { company: CompanyId::from_uuid(who), contact: ContactId::from_uuid(who) })
    }
    async fn home(&self, _: &DatabaseTransaction) -> Result<Option<OrgId>, DbErr> {
        Ok(None)
    }
    async fn sellers(&self, _: OrgId) -> Result<Vec<Seller>, DbErr> {
        Ok(Vec::new())
    }
}

#[async_trait]
impl Shows for Nobody {
    async fn firm_of(&self, _: EventId) -> Result<Option<OrgId>, DbErr> {
        Ok(Some(OrgId::from_uuid(Uuid::nil())))
    }
    async fn may_convert(&self, _: &Actor, _: QuestionId) -> Result<bool, DbErr> {
        Ok(false)
    }
}

#[async_trait]
impl Letters for Nobody {
    async fn queue(&self, _: &DatabaseTransaction, _: Vec<Dispatch>) -> Result<(), DbErr> {
        Ok(())
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let sync = fsync_time(&arguments.dir)?;
    bench::print_conditions("durable orders a second, closed loop through the use case");
    println!("clients in the same process, {} s a row; the relay and the follow-up do not run", arguments.seconds);
    println!("fdatasync of a 4 KiB append: {:.2} ms median in {}", ms(sync), arguments.dir.display());
    println!("SQLite: WAL, synchronous=FULL");
    if let Some(server) = &arguments.postgres {
        println!("PostgreSQL: {}", settings_of(server).await?);
    }
    println!();
    println!(
        "{:<11} {:>5} {:>7} {:>9} {:>9} {:>9} {:>12}  sold + left = total",
        "database", "batch", "buyers", "orders/s", "p50 ms", "p99 ms", "CPU µs/order"
    );
    for batch in BATCHES {
        on_sqlite(&arguments.dir, async |url| measure("SQLite", url, batch, arguments.seconds).await).await?;
    }
    if let Some(server) = &arguments.postgres {
        for batch in BATCHES {
            on_postgres(server, async |url| measure("PostgreSQL", url, batch, arguments.seconds).await).await?;
        }
    }
    println!("\n{RUSH} buyers at once want more than the {PIECES} pieces there are, and ask twice under each key");
    on_sqlite(&arguments.dir, async |url| rush("SQLite", url).await).await?;
    if let Some(server) = &arguments.postgres {
        on_postgres(server, async |url| rush("PostgreSQL", url).await).await?;
    }
    Ok(())
}

async fn on_sqlite(dir: &Path, run: impl AsyncFnOnce(&str) -> anyhow::Result<()>) -> anyhow::Result<()> {
    let dir = tempfile::tempdir_in(dir)?;
    run(&Db::file_url(&dir.path().join("orders.db"))).await
}

/// On a database of its own in the server.
async fn on_postgres(server: &str, run: impl AsyncFnOnce(&str) -> anyhow::Result<()>) -> anyhow::Result<()> {
    let admin = Db::open_one(server).await.context("PostgreSQL does not answer")?;
    let name = format!("bench_{}", Uuid::now_v7().simple());
    admin.read().execute_unprepared(&format!("CREATE DATABASE {name}")).await?;
    let mut url: url::Url = server.parse()?;
    url.set_path(&name);
    let measured = run(url.as_str()).await;
    admin.read().execute_unprepared(&format!("DROP DATABASE {name} WITH (FORCE)")).await?;
    measured
}

/// What a commit of this server waits for.
async fn settings_of(server: &str) -> anyhow::Result<String> {
    let admin = Db::open_one(server).await.context("PostgreSQL does not answer")?;
    let sql = "SELECT name || '=' || setting AS said FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit')";
    let rows = admin.read().query_all_raw(Statement::from_string(DatabaseBackend::Postgres, sql)).await?;
    let said = rows.iter().map(|row| row.try_get("", "said")).collect::<Result<Vec<String>, _>>()?;
    Ok(said.join(", "))
}

async fn open(url: &str, batch: usize) -> anyhow::Result<Trade> {
    let db = Db::open(url).await?;
    db.migrate(&[kernel::outbox::migrations(), trade::migrations()].concat()).await?;
    let clock = Arc::new(SystemClock);
    let nobody = Arc::new(Nobody);
    let neighbours =
        Neighbours { goods: nobody.clone(), buyers: nobody.clone(), letters: nobody.clone(), shows: nobody };
    let settings = Settings { batch, ..Settings::default() };
    let outbox = Outbox::new(clock.clone());
    let keys = Keys::from_secret([7; 32]);
    Ok(Trade::start(db, clock, outbox, &keys, neighbours, settings))
}

async fn measure(database: &str, url: &str, batch: usize, seconds: f64) -> anyhow::Result<()> {
    let trade = open(url, batch).await?;
    let offer = active_offer(&trade, MAX_QUANTITY).await?;
    // Twice the batch, so that the next one gathers while this one is written.
    let buyers = (batch * 2).max(4);
    for number in 0..buyers {
        place(&trade, &offer, number, Uuid::now_v7()).await?;
    }
    let (used, started) = (Usage::of("self")?, Stopwatch::now());
    let until = started + Duration::from_secs_f64(seconds.clamp(0.1, 60.0));
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..buyers {
        let (trade, offer) = (trade.clone(), offer.clone());
        tasks.spawn(async move {
            let mut waits = Vec::new();
            while Stopwatch::now() < until {
                let asked = Stopwatch::now();
                place(&trade, &offer, number, Uuid::now_v7()).await?;
                waits.push(asked.elapsed());
            }
            anyhow::Ok(waits)
        });
    }
    let mut waits = Vec::new();
    while let Some(done) = tasks.join_next().await {
        waits.extend(done??);
    }
    let took = started.elapsed().as_secs_f64();
    let cpu = Usage::of("self")?.since(used).as_secs_f64() * 1e6 / count(waits.len());
    let waits = Times::of(waits);
    let sold = waits.count() + buyers;
    let verdict = verdict(&trade, &offer, i64::try_from(sold)?).await?;
    println!(
        "{database:<11} {batch:>5} {buyers:>7} {:>9.0} {:>9.2} {:>9.2} {cpu:>12.0}  {verdict}",
        count(waits.count()) / took,
        waits.at(50.0),
        waits.at(99.0)
    );
    Ok(())
}

/// Buyers ask until everything is sold; no piece may be sold twice and no key may make two orders.
async fn rush(database: &str, url: &str) -> anyhow::Result<()> {
    let trade = open(url, kernel::db::writer::BATCH).await?;
    let offer = active_offer(&trade, PIECES).await?;
    let started = Stopwatch::now();
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..RUSH {
        let (trade, offer) = (trade.clone(), offer.clone());
        tasks.spawn(async move {
            let (mut bought, mut unequal) = (0_i64, 0_usize);
            loop {
                let key = Uuid::now_v7();
                let both = tokio::join!(place(&trade, &offer, number, key), place(&trade, &offer, number, key));
                match both {
                    (Ok(one), Ok(other)) => {
                        bought += one.quantity.0;
                        unequal += usize::from(one.id != other.id);
                    }
                    (Err(TradeError::Refused(Refusal::OutOfStock { .. } | Refusal::OfferNotActive)), Err(_)) => break,
                    (Err(cause), _) | (_, Err(cause)) => return Err(cause),
                }
            }
            Ok((bought, unequal))
        });
    }
    let (mut sold, mut unequal) = (0, 0);
    while let Some(done) = tasks.join_next().await {
        let (bought, differing) = done??;
        sold += bought;
        unequal += differing;
    }
    let took = started.elapsed().as_secs_f64();
    let verdict = verdict(&trade, &offer, sold).await?;
    println!(
        "{database:<11} sold {sold} of {PIECES} in {took:.2} s, oversold {}, keys with two orders {unequal}: {verdict}",
        (sold - PIECES).max(0)
    );
    anyhow::ensure!(sold == PIECES && unequal == 0, "sold {sold} of {PIECES}, {unequal} keys with two orders");
    Ok(())
}

/// Whether the answers, the pool and the ledger of its movements agree.
async fn verdict(trade: &Trade, offer: &Offer, sold: i64) -> anyhow::Result<&'static str> {
    let (by_movements, left) = trade.offers.audit(offer.id).await?;
    anyhow::ensure!(
        by_movements == left && sold + left == offer.total.0,
        "WRONG: sold {sold}, left {left}, by movements {by_movements}, total {}",
        offer.total
    );
    Ok("exact")
}

async fn active_offer(trade: &Trade, pieces: i64) -> anyhow::Result<Offer> {
    let (org, now) = (OrgId::from_uuid(Uuid::nil()), SystemClock.now());
    let new = NewOffer {
        event: EventId::new(),
        variant: VariantId::new(),
        unit_price: UnitPrice { micro: 9_800_000, currency: Currency::USD },
        total: Quantity(pieces),
        per_company: None,
        min_quantity: Quantity(1),
        starts_at: now,
        ends_at: now + Duration::from_hours(1),
        activate: true,
    };
    Ok(trade.offers.make(org, &new, None, "bench").await?)
}

/// `key` is made as our pages make them: time-ordered, so that the index grows at its end.
async fn place(trade: &Trade, offer: &Offer, buyer: usize, key: Uuid) -> Result<Order, TradeError> {
    let buyer = NewBuyer {
        company: format!("Juguetes del Sol {buyer}"),
        name: "Ana Ruiz".into(),
        email: format!("ana{buyer}@juguetes.example"),
        country: "ES".into(),
        lang: Locale::english(),
    };
    trade.orders.place(offer.id, Quantity(1), &buyer, &key.to_string()).await
}

fn fsync_time(dir: &Path) -> anyhow::Result<Duration> {
    let mut file = tempfile::tempfile_in(dir)?;
    let mut times = Vec::with_capacity(200);
    for _ in 0..200 {
        file.write_all(&[7; 4096])?;
        let began = Stopwatch::now();
        file.sync_data()?;
        times.push(began.elapsed());
    }
    times.sort_unstable();
    Ok(times[times.len() / 2])
}
