//! Builds the house: opens the database, wires every domain, starts what runs beside the requests.

use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Context as _;
use catalog::Catalog;
use futures_util::FutureExt as _;
use identity::{Identity, NewOrg, NewPerson, OrgKind, Role};
use kernel::db::Migration;
use kernel::id::OrgId;
use kernel::{Blobs, Bus, Clock, Db, Keys, LocalBus, Locale, Outbox, SystemClock};
use live::{Gate, Live, follow_media};
use mail::{Address, Log, Post, Smtp, Transport};
use media::{Origin, OriginSettings, RecorderSettings, Recorders, Replays, RtmpServer, StreamGate, Streams};
use room::{NodeSettings, Rooms, RoomsSetup};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use trade::{Neighbours, OpenOffers, Trade};

use crate::cli::UserArgs;
use crate::config::{Config, reachable};
use crate::demo::LogIn;
use crate::health::{self, Health};
use crate::room_sources::Domains;

/// Every domain's schema, in the order of their dependencies.
pub fn migrations() -> Vec<Migration> {
    [
        kernel::outbox::migrations(),
        mail::migrations(),
        identity::migrations(),
        catalog::migrations(),
        live::migrations(),
        room::migrations(),
        trade::migrations(),
    ]
    .concat()
}

/// Opens the database and brings it to this version; tells how many steps that took.
pub async fn open_database(config: &Config) -> anyhow::Result<(Db, usize)> {
    let data = &config.data;
    std::fs::create_dir_all(data).with_context(|| format!("the data folder {} cannot be made", data.display()))?;
    tempfile::tempfile_in(data).with_context(|| format!("the data folder {} cannot be written to", data.display()))?;
    let db = Db::open(&config.database_url()).await.context("the database cannot be opened")?;
    let applied = db.migrate(&migrations()).await.context("the database cannot be used")?;
    Ok((db, applied))
}

/// The wired house.
#[derive(Clone)]
pub struct App {
    pub(crate) config: Arc<Config>,
    pub(crate) db: Db,
    pub(crate) identity: Identity,
    pub(crate) catalog: Catalog,
    pub(crate) live: Live,
    pub(crate) rooms: Rooms,
    pub(crate) trade: Trade,
    pub(crate) origin: Origin,
    pub(crate) replays: Replays,
    pub(crate) health: Health,
    gate: Arc<dyn StreamGate>,
    post: Post,
    outbox: Outbox,
    bus: Arc<dyn Bus>,
    streams: Streams,
    recorders: Recorders,
    clock: Arc<dyn Clock>,
}

impl App {
    pub async fn start(config: &Config, secret_key: Option<&str>) -> anyhow::Result<Self> {
        let (db, _) = open_database(config).await?;
        let keys = keys(config, secret_key)?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let outbox = Outbox::new(clock.clone());
        let bus: Arc<dyn Bus> = Arc::new(LocalBus::new());
        let blobs = Blobs::folder(&config.data.join("blobs"))?;
        let base = config.public_base();

        let post = post(config, &db, &clock, &keys)?;
        let who = who_settings(config)?;
        let identity = Identity::new(&db, clock.clone(), &keys, post.clone(), who.clone());
        let catalog = Catalog::new(db.clone(), outbox.clone(), clock.clone(), blobs).keeping(Arc::new(OpenOffers));

        let streams = Streams::new(clock.clone());
        let recordings = config.data.join("recordings");
        std::fs::create_dir_all(&recordings).context("the folder of the recordings cannot be made")?;
        let part_target = Duration::from_millis(config.media.part_ms.into());
        let recorders = Recorders::new(
            RecorderSettings {
                min_free_bytes: config.media.min_free_disk_mib << 20,
                part_target,
                ..RecorderSettings::new(&recordings)
            },
            streams.clone(),
            clock.clone(),
        );
        let live = Live::new(live::Parts {
            db: db.clone(),
            outbox: outbox.clone(),
            clock: clock.clone(),
            keys: keys.clone(),
            streams: streams.clone(),
            recorders: recorders.clone(),
            hosts: Arc::new(Firms(identity.orgs.clone())),
            rtmp_url: config.rtmp_url(),
        });
        let gate: Arc<dyn StreamGate> = Arc::new(Gate(live.clone()));
        let window = Duration::from_secs(config.media.window_s.into());
        let settings = OriginSettings { part_target, window };
        let origin = Origin::new(streams.clone(), gate.clone(), settings, clock.clone());

        let shows = Arc::new(crate::shows::Shows { live: live.clone(), db: db.clone() });
        let neighbours =
            Neighbours::of(catalog.clone(), &identity, post.clone(), outbox.clone(), clock.clone(), shows, &base);
        let reservation = Duration::from_hours(config.trade.reserve_hours.into());
        let settings = trade::Settings {
            reservation,
            per_address_minute: config.trade.per_address_minute,
            ..trade::Settings::default()
        };
        let trade = Trade::start(db.clone(), clock.clone(), outbox.clone(), &keys, neighbours, settings);
        let sources = Domains {
            db: db.clone(),
            live: live.clone(),
            catalog: catalog.clone(),
            offers: trade.offers.clone(),
            clock: clock.clone(),
        };
        let rooms = Rooms::start(RoomsSetup {
            db: db.clone(),
            outbox: outbox.clone(),
            keys: keys.clone(),
            clock: clock.clone(),
            node: NodeSettings { allowed_origins: who.origins.clone(), ..NodeSettings::default() },
            sources: Arc::new(sources),
            address_of: |extensions| extensions.get::<identity::ClientAddress>().and_then(|address| address.0),
        })?;
        let health = Health::new(db.clone(), config);
        let config = Arc::new(config.clone());
        Ok(Self {
            config,
            db,
            identity,
            catalog,
            live,
            rooms,
            trade,
            origin,
            replays: Replays::new(recordings),
            health,
            gate,
            post,
            outbox,
            bus,
            streams,
            recorders,
            clock,
        })
    }
}

/// A serving house: where it is, and its end.
pub struct Served {
    pub base: String,
    /// The address for people: passkeys want its name.
    pub shown: String,
    /// What an encoder takes as server.
    pub rtmp_url: String,
    /// The end; a failure when it came by itself.
    pub done: JoinHandle<anyhow::Result<()>>,
}

impl App {
    /// Opens the doors. The house closes in order when `cancel` says so: viewers are told to come back, requests
    /// under way end, recordings are sealed.
    pub async fn serve(&self, cancel: CancellationToken) -> anyhow::Result<Served> {
        let listener = bind(self.config.http, "http").await?;
        let rtmp = RtmpServer::bind(self.config.rtmp, self.gate.clone(), self.streams.clone(), self.clock.clone())
            .await
            .with_context(|| format!("rtmp: {} cannot be listened on", self.config.rtmp))?;
        let base = format!("http://{}", reachable(listener.local_addr()?));
        let shown = if self.config.http.port() == 0 { base.clone() } else { self.config.public_base() };
        let rtmp_url = self.config.rtmp_url();
        let router = crate::router::whole(self)?;
        self.recorders.recover().await.context("the recordings cannot be read")?;
        self.live.attach().await.context("the running shows cannot be taken up again")?;

        let tasks = TaskTracker::new();
        let guard = Guard::new(&cancel);
        self.run_beside(&tasks, &guard);
        tasks.spawn(rtmp.run(cancel.child_token()));
        let app = self.clone();
        let done = tokio::spawn(async move {
            let http = tokio::spawn(crate::serve::serve(listener, router, cancel.clone()));
            cancel.cancelled().await;
            app.rooms.shutdown().await;
            let _ended = http.await;
            app.recorders.stop_all().await;
            tasks.close();
            let _late = tokio::time::timeout(Duration::from_secs(5), tasks.wait()).await;
            guard.verdict()
        });
        Ok(Served { base, shown, rtmp_url, done })
    }

    /// Starts what runs beside the requests.
    fn run_beside(&self, tasks: &TaskTracker, guard: &Guard) {
        let stop = || guard.cancel.clone();
        // Before the relay begins: whoever consumes must be there. Ends with the bus, when the house is gone.
        tokio::spawn(guard.over("rooms", self.rooms.clone().listen(self.bus.consume())));
        let (outbox, db, bus, cancel) = (self.outbox.clone(), self.db.clone(), self.bus.clone(), stop());
        tasks.spawn(guard.over("relay", async move { outbox.relay(db, bus, cancel).await }));
        let (post, cancel) = (self.post.clone(), stop());
        tasks.spawn(guard.over("post", async move { post.run(cancel).await }));
        tasks.spawn(guard.over("media", follow_media(self.live.clone(), stop())));
        let (orders, cancel) = (self.trade.orders.clone(), stop());
        tasks.spawn(guard.over("orders", async move { orders.follow_up(cancel.cancelled()).await }));
        tasks.spawn(guard.over("sweep", sweep(self.clone(), stop())));
    }

    pub async fn has_people(&self) -> anyhow::Result<bool> {
        Ok(self.identity.first_run.is_done().await?)
    }

    pub fn set_up_code(&self) -> String {
        self.identity.first_run.code().expose().clone()
    }

    /// Makes the demo's firm and its owner.
    pub async fn create_owner(&self, firm: &str, country: &str, zone: &str, who: &LogIn) -> anyhow::Result<()> {
        let org = NewOrg {
            name: firm.to_owned(),
            kind: OrgKind::Seller,
            country: country.to_owned(),
            time_zone: zone.to_owned(),
        };
        let person = NewPerson {
            name: who.name.to_owned(),
            email: who.email.to_owned(),
            password: who.password.to_owned().into(),
            roles: vec![Role::Owner],
            locale: Locale::english(),
            time_zone: zone.to_owned(),
        };
        self.identity.people.create_owner(Some(org), person).await?;
        Ok(())
    }

    /// Adds a person of the demo to its firm.
    pub async fn hire(&self, who: &LogIn, role: Role, zone: &str) -> anyhow::Result<()> {
        let home = self.identity.orgs.home().await?.context("there is no firm")?;
        let person = NewPerson {
            name: who.name.to_owned(),
            email: who.email.to_owned(),
            password: who.password.to_owned().into(),
            roles: vec![role],
            locale: Locale::english(),
            time_zone: zone.to_owned(),
        };
        self.identity.people.add(home.id, person).await?;
        Ok(())
    }

    /// Adds a person; the first becomes the owner of a new firm. Tells the roles.
    pub async fn add_user(&self, args: &UserArgs, password: String) -> anyhow::Result<String> {
        let role = |word: &String| {
            let known: Vec<&str> = Role::ALL.iter().map(|role| role.word()).collect();
            Role::from_word(word).with_context(|| format!("roles: {word} is not allowed; use {}", known.join(", ")))
        };
        let roles = args.roles.iter().map(role).collect::<anyhow::Result<Vec<_>>>()?;
        let person = NewPerson {
            name: args.name.clone(),
            email: args.email.clone(),
            password: password.into(),
            roles: roles.clone(),
            locale: Locale::english(),
            time_zone: args.time_zone.clone(),
        };
        let home = self.identity.orgs.home().await?;
        let added = match home {
            Some(home) if self.has_people().await? => self.identity.people.add(home.id, person).await?,
            _ => {
                let org = NewOrg {
                    name: args.firm.clone(),
                    kind: OrgKind::Seller,
                    country: args.country.clone(),
                    time_zone: args.time_zone.clone(),
                };
                self.identity.people.create_owner(Some(org), person).await?
            }
        };
        Ok(added.roles.iter().map(|role| role.word()).collect::<Vec<_>>().join(", "))
    }
}

/// Watches over what the house cannot do without. When such a task panics, half a house would go on serving and lose
/// what that half should do: the house closes in order instead, and whoever started it starts it again.
#[derive(Clone)]
struct Guard {
    cancel: CancellationToken,
    broken: Arc<AtomicBool>,
}

impl Guard {
    fn new(cancel: &CancellationToken) -> Self {
        Self { cancel: cancel.clone(), broken: Arc::default() }
    }

    /// The work, watched over.
    fn over<W: Future<Output = ()>>(&self, task: &'static str, work: W) -> impl Future<Output = ()> + use<W> {
        let guard = self.clone();
        async move {
            if AssertUnwindSafe(work).catch_unwind().await.is_err() {
                tracing::error!(task, "a task panicked; the house closes");
                guard.broken.store(true, Ordering::Relaxed);
                guard.cancel.cancel();
            }
        }
    }

    fn verdict(&self) -> anyhow::Result<()> {
        anyhow::ensure!(!self.broken.load(Ordering::Relaxed), "the house closed because a task panicked");
        Ok(())
    }
}

/// The firms of `identity`, as `live` asks for them.
struct Firms(identity::Orgs);

#[async_trait::async_trait]
impl live::Hosts for Firms {
    async fn name_of(&self, org: OrgId) -> Option<String> {
        let found = self.0.get(org).await;
        found
            .inspect_err(|cause| tracing::warn!(%cause, "a firm's name could not be read"))
            .ok()
            .flatten()
            .map(|org| org.name)
    }
}

async fn bind(address: SocketAddr, key: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| format!("{key}: {address} cannot be listened on"))
}

/// Lets lapse what has lapsed. Lapsed things count as lapsed when they are looked at; this only tidies.
async fn sweep(app: App, cancel: CancellationToken) {
    let mut every = tokio::time::interval(Duration::from_secs(5));
    let mut hourly = tokio::time::interval(Duration::from_hours(1));
    loop {
        tokio::select! {
            () = cancel.cancelled() => return,
            _ = hourly.tick() => {
                if let Err(cause) = app.identity.sessions.sweep().await {
                    tracing::warn!(%cause, "lapsed sessions could not be removed");
                }
                if let Err(cause) = app.post.sweep().await {
                    tracing::warn!(%cause, "old mails could not be removed");
                }
                if let Err(cause) = app.catalog.forget_imports().await {
                    tracing::warn!(%cause, "checked sheets could not be forgotten");
                }
                continue;
            }
            _ = every.tick() => {}
        }
        app.health.upkeep();
        health::tell_recordings(&app.recorders);
        let now = app.clock.now();
        if let Err(cause) = app.trade.orders.expire_due(now).await {
            tracing::warn!(%cause, "lapsed orders could not be released");
        }
        if let Err(cause) = app.trade.offers.end_due(now).await {
            tracing::warn!(%cause, "lapsed offers could not be ended");
        }
    }
}

fn keys(config: &Config, secret_key: Option<&str>) -> anyhow::Result<Keys> {
    if let Some(hex) = secret_key {
        return Keys::from_hex(hex).context("LIVEFAIR_SECRET_KEY: write 64 hex digits");
    }
    let path = config.data.join("secret.key");
    Keys::from_file(&path).with_context(|| format!("the secret key {} cannot be used", path.display()))
}

fn post(config: &Config, db: &Db, clock: &Arc<dyn Clock>, keys: &Keys) -> anyhow::Result<Post> {
    let (name, email) = config.mail.from.split_once('<').unwrap_or(("Livefair", &config.mail.from));
    let from = Address::new(name.trim(), email.trim_end_matches('>'))
        .map_err(|bad| anyhow::anyhow!("mail.from: {bad}; write: Name <name@host.example>"))?;
    let transport: Arc<dyn Transport> = match &config.mail.smtp_url {
        Some(url) => Arc::new(Smtp::from_url(url).context("mail.smtp_url")?),
        None => Arc::new(Log),
    };
    Ok(Post::new(db.clone(), clock.clone(), keys, from, transport)?)
}

fn who_settings(config: &Config) -> anyhow::Result<identity::Settings> {
    let public_url = config.public_base().parse().context("public_url")?;
    Ok(identity::Settings { trusted_proxies: config.trusted_proxies.clone(), ..identity::Settings::new(public_url) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_task_that_panics_closes_the_house_and_one_that_ends_does_not() {
        let cancel = CancellationToken::new();
        let guard = Guard::new(&cancel);
        guard.over("ends", async {}).await;
        assert!(guard.verdict().is_ok() && !cancel.is_cancelled());
        guard.over("panics", async { assert!(cancel.is_cancelled(), "a bug") }).await;
        assert!(guard.verdict().is_err() && cancel.is_cancelled());
    }
}
