//! Durable orders a second, in a closed loop through the use case: every buyer waits for the answer before asking
//! again. Prints a table with the conditions that it depends on.
//!
//! `cargo run --release -p bench --bin orders -- --seconds 3`
#![expect(clippy::print_stdout, reason = "the table is what this program is for")]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant as Stopwatch};

use anyhow::Context as _;
use async_trait::async_trait;
use clap::Parser;
use kernel::db::sea_orm::{ConnectionTrait as _, DatabaseTransaction, DbErr};
use kernel::id::{CompanyId, ContactId, EventId, OrgId, ProductId, VariantId};
use kernel::{Clock as _, Currency, Db, Keys, Locale, LocalizedText, Outbox, Quantity, SystemClock, UnitPrice};
use trade::buyer::{BuyerDetails, NewBuyer};
use trade::offer::{MAX_QUANTITY, NewOffer, Offer, OfferState};
use trade::ports::{BuyerMail, Buyers, Goods, Hold, Letters, MeetError, Met, VariantFacts};
use trade::{Neighbours, Settings, Trade};
use uuid::Uuid;

const BATCHES: [usize; 4] = [1, 16, 64, 128];

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
        Ok(Some(VariantFacts { product: ProductId::new(), sku: "LB-100".into(), name, multiple: Quantity(1) }))
    }
    async fn seller_of(&self, _: &DatabaseTransaction, _: ProductId) -> Result<Option<OrgId>, DbErr> {
        Ok(None)
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
    async fn meet(&self, _: &DatabaseTransaction, _: &BuyerDetails, _: &Locale) -> Result<Met, MeetError> {
        Ok(Met { company: CompanyId::new(), contact: ContactId::new() })
    }
    async fn home(&self, _: &DatabaseTransaction) -> Result<Option<OrgId>, DbErr> {
        Ok(None)
    }
}

#[async_trait]
impl Letters for Nobody {
    async fn queue(&self, _: &DatabaseTransaction, _: BuyerMail) -> Result<(), DbErr> {
        Ok(())
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let build = if cfg!(debug_assertions) { "debug (use --release for figures to compare)" } else { "release" };
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let sync = fsync_time(&arguments.dir)?;
    println!("durable orders a second, closed loop through the use case");
    println!("{build} build, {cores} cores, clients in the same process, {} s a row", arguments.seconds);
    println!("fdatasync of a 4 KiB append: {:.2} ms median in {}", ms(sync), arguments.dir.display());
    println!("SQLite: WAL, synchronous=FULL. PostgreSQL: its server's settings.\n");
    println!(
        "{:<11} {:>5} {:>7} {:>9} {:>9} {:>9}  sold + left = total",
        "database", "batch", "buyers", "orders/s", "p50 ms", "p99 ms"
    );
    for batch in BATCHES {
        let dir = tempfile::tempdir_in(&arguments.dir)?;
        let url = Db::file_url(&dir.path().join("orders.db"));
        measure("SQLite", &url, batch, arguments.seconds).await?;
    }
    if let Some(server) = &arguments.postgres {
        for batch in BATCHES {
            on_postgres(server, batch, arguments.seconds).await?;
        }
    }
    Ok(())
}

async fn on_postgres(server: &str, batch: usize, seconds: f64) -> anyhow::Result<()> {
    let admin = Db::open_for_writer(server).await.context("PostgreSQL does not answer")?;
    let name = format!("bench_{}", Uuid::now_v7().simple());
    admin.read().execute_unprepared(&format!("CREATE DATABASE {name}")).await?;
    let mut url: url::Url = server.parse()?;
    url.set_path(&name);
    let measured = measure("PostgreSQL", url.as_str(), batch, seconds).await;
    admin.read().execute_unprepared(&format!("DROP DATABASE {name} WITH (FORCE)")).await?;
    measured
}

async fn measure(database: &str, url: &str, batch: usize, seconds: f64) -> anyhow::Result<()> {
    let db = Db::open(url).await?;
    db.migrate(&[kernel::outbox::migrations(), trade::migrations()].concat()).await?;
    let clock = Arc::new(SystemClock);
    let nobody = Arc::new(Nobody);
    let neighbours = Neighbours { goods: nobody.clone(), buyers: nobody.clone(), letters: nobody };
    let writer = Db::open_for_writer(url).await?;
    let settings = Settings { batch, ..Settings::default() };
    let outbox = Outbox::new(clock.clone());
    let keys = Keys::from_secret([7; 32]);
    let trade = Trade::start(db.clone(), writer, clock, outbox, &keys, neighbours, settings);
    let offer = active_offer(&trade).await?;

    // Twice the batch, so that the next one gathers while this one is written.
    let buyers = (batch * 2).max(4);
    for number in 0..buyers {
        place(&trade, &offer, number).await?;
    }
    let started = Stopwatch::now();
    let until = started + Duration::from_secs_f64(seconds.clamp(0.1, 60.0));
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..buyers {
        let (trade, offer) = (trade.clone(), offer.clone());
        tasks.spawn(async move {
            let mut waits = Vec::new();
            while Stopwatch::now() < until {
                let asked = Stopwatch::now();
                place(&trade, &offer, number).await?;
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
    waits.sort_unstable();
    let at = |share: usize| waits.get(waits.len() * share / 100).copied().map_or(f64::NAN, ms);
    let (by_movements, left) = trade.offers.audit(offer.id).await?;
    let sold = waits.len() + buyers;
    let exact = by_movements == left && i64::try_from(sold)? + left == offer.total.0;
    #[expect(clippy::cast_precision_loss, reason = "a rate needs no 53 bits")]
    let rate = waits.len() as f64 / took;
    let verdict = if exact { "exact" } else { "WRONG" };
    println!("{database:<11} {batch:>5} {buyers:>7} {rate:>9.0} {:>9.2} {:>9.2}  {verdict}", at(50), at(99));
    anyhow::ensure!(exact, "sold {sold}, left {left}, total {}", offer.total);
    Ok(())
}

async fn active_offer(trade: &Trade) -> anyhow::Result<Offer> {
    let (org, now) = (OrgId::new(), SystemClock.now());
    let new = NewOffer {
        event: EventId::new(),
        variant: VariantId::new(),
        unit_price: UnitPrice { micro: 9_800_000, currency: Currency::USD },
        total: Quantity(MAX_QUANTITY),
        per_company: None,
        min_quantity: Quantity(1),
        starts_at: now,
        ends_at: now + Duration::from_hours(1),
    };
    let draft = trade.offers.draft(org, &new).await?;
    Ok(trade.offers.change(org, draft.id, OfferState::Active, "bench", "").await?)
}

async fn place(trade: &Trade, offer: &Offer, buyer: usize) -> anyhow::Result<()> {
    let buyer = NewBuyer {
        company: format!("Juguetes del Sol {buyer}"),
        name: "Ana Ruiz".into(),
        email: format!("ana{buyer}@juguetes.example"),
        country: "ES".into(),
        lang: Locale::english(),
    };
    // As our pages make them: time-ordered, so that the index grows at its end.
    trade.orders.place(offer.id, Quantity(1), &buyer, &Uuid::now_v7().to_string()).await?;
    Ok(())
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

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
