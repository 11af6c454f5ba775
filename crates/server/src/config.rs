//! Settings: the file, overridden by the environment, overridden by flags. What is unknown or wrong is
//! refused with the key, the value and what is allowed.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use serde::Deserialize;
use url::Url;

use crate::cli::ServeArgs;

#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where the database, recordings, pictures and the secret key lie.
    pub data: PathBuf,
    pub http: SocketAddr,
    pub rtmp: SocketAddr,
    /// Where people reach this server; links in mails begin with it.
    pub public_url: Option<Url>,
    /// `sqlite:PATH` or `postgres://…`; a SQLite file in the data folder when absent.
    pub database_url: Option<String>,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// Who shows it as `Authorization: Bearer …` may read `/metrics`; without it only this machine may.
    pub metrics_token: Option<kernel::Secret<String>>,
    pub log: Log,
    pub media: Media,
    pub mail: Mail,
    pub trade: Trade,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// Directives such as `info` or `info,room=debug`.
    pub filter: String,
    pub format: LogFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    Text,
    Json,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Media {
    /// Length of an LL-HLS part, 200 to 1000 ms.
    pub part_ms: u32,
    /// How much of a show the live playlist holds, 20 to 14400 s.
    pub window_s: u32,
    /// Recording stops when less is free.
    pub min_free_disk_mib: u64,
    /// Path of ffmpeg, or `off`.
    pub ffmpeg: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mail {
    /// `smtp://user:password@host:587`; without it mail waits in the queue.
    pub smtp_url: Option<kernel::Secret<String>>,
    pub from: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Trade {
    /// How long an order holds its pieces before the firm confirms it, 1 to 720 h.
    pub reserve_hours: u32,
    /// Orders and inquiries a minute from one address, ten minutes of it at once, 1 to 1,000,000.
    pub per_address_minute: u32,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data: "./data".into(),
            http: SocketAddr::from(([127, 0, 0, 1], 8080)),
            rtmp: SocketAddr::from(([127, 0, 0, 1], 1935)),
            public_url: None,
            database_url: None,
            trusted_proxies: Vec::new(),
            metrics_token: None,
            log: Log::default(),
            media: Media::default(),
            mail: Mail::default(),
            trade: Trade::default(),
        }
    }
}
impl Default for Log {
    fn default() -> Self {
        Self { filter: "info,sea_orm_migration=warn".into(), format: LogFormat::Text }
    }
}
impl Default for Media {
    fn default() -> Self {
        Self { part_ms: 334, window_s: 60, min_free_disk_mib: 1024, ffmpeg: "ffmpeg".into() }
    }
}
impl Default for Mail {
    fn default() -> Self {
        Self { smtp_url: None, from: "Livefair <noreply@localhost>".into() }
    }
}
impl Default for Trade {
    fn default() -> Self {
        Self { reserve_hours: 48, per_address_minute: 60 }
    }
}

impl Config {
    /// Reads the file (a missing default file is fine, a missing named one is not) and lays the arguments over it.
    pub fn load(args: &ServeArgs) -> anyhow::Result<Self> {
        let mut config = match &args.config {
            Some(path) => Self::read(path)?,
            None if Path::new("livefair.toml").exists() => Self::read(Path::new("livefair.toml"))?,
            None => Self::default(),
        };
        config.overlay(args);
        config.check()?;
        Ok(config)
    }

    fn read(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
        Self::parse(&text).map_err(|problem| anyhow::anyhow!("{}: {problem}", path.display()))
    }

    /// Parses the file's text; the refusal is one line with the place, the key and what is allowed.
    pub fn parse(text: &str) -> Result<Self, String> {
        toml::from_str(text).map_err(|err: toml::de::Error| {
            let read = err.span().and_then(|span| text.get(..span.start)).unwrap_or("");
            let line = read.matches('\n').count();
            let key = key_at(text, line).map(|key| format!("{key}: ")).unwrap_or_default();
            format!("line {}: {key}{}", line + 1, err.message().replace('\n', " "))
        })
    }

    fn overlay(&mut self, args: &ServeArgs) {
        fn set<T: Clone>(to: &mut T, from: Option<&T>) {
            if let Some(value) = from {
                *to = value.clone();
            }
        }
        set(&mut self.data, args.data.as_ref());
        set(&mut self.http, args.http.as_ref());
        set(&mut self.rtmp, args.rtmp.as_ref());
        set(&mut self.log.filter, args.log.as_ref());
        if args.database_url.is_some() {
            self.database_url.clone_from(&args.database_url);
        }
        if args.public_url.is_some() {
            self.public_url.clone_from(&args.public_url);
        }
        if let Some(token) = &args.metrics_token {
            self.metrics_token = Some(token.clone().into());
        }
        if let Some(smtp) = &args.smtp_url {
            self.mail.smtp_url = Some(smtp.clone().into());
        }
    }

    fn check(&self) -> anyhow::Result<()> {
        within("media.part_ms", u64::from(self.media.part_ms), 200, 1000)?;
        within("media.window_s", u64::from(self.media.window_s), 20, 14_400)?;
        within("trade.reserve_hours", u64::from(self.trade.reserve_hours), 1, 720)?;
        within("trade.per_address_minute", u64::from(self.trade.per_address_minute), 1, 1_000_000)?;
        if let Some(url) = &self.database_url
            && !["sqlite:", "postgres:", "postgresql:"].iter().any(|scheme| url.starts_with(scheme))
        {
            bail!("database_url: its scheme is not known; allowed are sqlite:PATH and postgres://…");
        }
        if let Some(url) = &self.public_url
            && !matches!(url.scheme(), "http" | "https")
        {
            bail!("public_url: {url} is not allowed; use http:// or https://");
        }
        if let Some(url) = &self.public_url
            && (url.path() != "/" || url.query().is_some() || url.fragment().is_some())
        {
            bail!("public_url: {url} is not allowed; end after the host and its port");
        }
        if self.metrics_token.as_ref().is_some_and(|token| token.expose().len() < 16) {
            bail!("metrics_token: too short; use 16 characters or more");
        }
        Ok(())
    }

    /// The database's address.
    pub fn database_url(&self) -> String {
        self.database_url.clone().unwrap_or_else(|| kernel::Db::file_url(&self.data.join("livefair.db")))
    }

    pub fn is_sqlite(&self) -> bool {
        self.database_url().starts_with("sqlite:")
    }

    /// What an encoder takes as server: the public host, when there is one, at the RTMP port.
    pub fn rtmp_url(&self) -> String {
        match self.public_url.as_ref().and_then(Url::host_str) {
            Some(host) => format!("rtmp://{host}:{}/live", self.rtmp.port()),
            None => format!("rtmp://{}/live", reachable(self.rtmp)),
        }
    }

    /// Where people reach this server, without a slash at the end. On one machine alone that is `localhost`: browsers
    /// make no passkeys for an IP address.
    pub fn public_base(&self) -> String {
        let url = match &self.public_url {
            Some(url) => url.to_string(),
            None if self.http.ip() == Ipv4Addr::LOCALHOST => format!("http://localhost:{}", self.http.port()),
            None => format!("http://{}", reachable(self.http)),
        };
        url.trim_end_matches('/').to_owned()
    }

    /// Whether links in mails begin with an address that was only guessed.
    pub fn guesses_public_url(&self) -> bool {
        self.public_url.is_none() && self.http.ip().is_unspecified()
    }

    /// Whether a proxy stands in front, as far as the settings tell: its own requests come from this machine too.
    pub fn is_behind_proxy(&self) -> bool {
        !self.trusted_proxies.is_empty() || self.public_url.as_ref().is_some_and(|url| url.scheme() == "https")
    }
}

/// An address that others can call: one that stands for every address of the machine stands for none in a link.
pub(crate) fn reachable(address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        return SocketAddr::new(outward(address.ip()).unwrap_or(Ipv4Addr::LOCALHOST.into()), address.port());
    }
    address
}

/// The machine's own address on the way outside. Nothing is sent: the system only looks the way up.
fn outward(any: IpAddr) -> Option<IpAddr> {
    let beyond: IpAddr = if any.is_ipv4() { [192, 0, 2, 1].into() } else { [0x2001, 0xdb8, 0, 0, 0, 0, 0, 1].into() };
    let socket = UdpSocket::bind((any, 0)).ok()?;
    socket.connect((beyond, 9)).ok()?;
    Some(socket.local_addr().ok()?.ip())
}

/// The key that a line (from 0) of the file sets, with its table: `media.part_ms`.
fn key_at(text: &str, line: usize) -> Option<String> {
    let (key, _) = text.lines().nth(line)?.split_once('=')?;
    let table = text.lines().take(line).filter_map(|line| line.trim().strip_prefix('[')?.split_once(']')).last();
    let table = table.map(|(name, _)| format!("{}.", name.trim())).unwrap_or_default();
    Some(format!("{table}{}", key.trim()))
}

fn within(key: &str, value: u64, least: u64, most: u64) -> anyhow::Result<()> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    bail!("{key}: {value} is not allowed; use {least} to {most}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_key_is_refused_with_its_place_and_what_is_allowed() {
        let refusal = Config::parse("http = \"127.0.0.1:9000\"\n\n[media]\npart = 5\n").unwrap_err();
        assert!(
            refusal.starts_with("line 4: media.part: unknown field `part`, expected one of `part_ms`"),
            "{refusal}"
        );
    }

    #[test]
    fn a_value_that_cannot_be_read_is_refused_with_its_key() {
        let refusal = Config::parse("[log]\nfilter = \"info\"\n[media]\npart_ms = \"long\"\n").unwrap_err();
        assert!(refusal.starts_with("line 4: media.part_ms: invalid type: string"), "{refusal}");
        let refusal = Config::parse("http = \"everywhere\"\n").unwrap_err();
        assert!(refusal.starts_with("line 1: http: invalid socket address"), "{refusal}");
    }

    #[test]
    fn links_never_begin_with_an_address_that_nobody_can_call() {
        let mut config = Config { http: "0.0.0.0:8080".parse().unwrap(), ..Config::default() };
        assert!(!config.public_base().contains("0.0.0.0") && config.public_base().ends_with(":8080"));
        assert!(config.guesses_public_url());
        config.rtmp = "[::]:1935".parse().unwrap();
        assert!(!config.rtmp_url().contains("::]"), "{}", config.rtmp_url());
        config.rtmp = "[2001:db8::7]:1935".parse().unwrap();
        assert_eq!(config.rtmp_url(), "rtmp://[2001:db8::7]:1935/live");
        config.public_url = Some("https://fair.example/".parse().unwrap());
        assert_eq!(config.public_base(), "https://fair.example");
        assert_eq!(config.rtmp_url(), "rtmp://fair.example:1935/live");
    }

    #[test]
    fn a_bad_value_is_refused_with_what_is_allowed() {
        let mut config = Config::default();
        config.media.part_ms = 50;
        let refusal = config.check().unwrap_err().to_string();
        assert_eq!(refusal, "media.part_ms: 50 is not allowed; use 200 to 1000");
        config = Config { database_url: Some("mysql://x".into()), ..Config::default() };
        assert!(config.check().unwrap_err().to_string().starts_with("database_url"));
        let at = |url: &str| Config { public_url: Some(url.parse().unwrap()), ..Config::default() }.check();
        for url in ["https://fair.example/shop", "https://fair.example/?a=1", "https://fair.example/#a"] {
            assert!(at(url).unwrap_err().to_string().ends_with("end after the host and its port"), "{url}");
        }
        assert!(at("https://fair.example:8443").is_ok());
    }

    #[test]
    fn the_public_address_is_the_one_given_else_the_machines_own() {
        assert_eq!(Config::default().public_base(), "http://localhost:8080");
        let named = Config { public_url: Some("https://fair.example/".parse().unwrap()), ..Config::default() };
        assert_eq!(named.public_base(), "https://fair.example");
    }

    #[test]
    fn flags_override_the_file() {
        let mut config = Config::parse("http = \"127.0.0.1:9000\"\nrtmp = \"127.0.0.1:9001\"").unwrap();
        let args = ServeArgs { http: Some(SocketAddr::from(([127, 0, 0, 1], 7))), ..ServeArgs::default() };
        config.overlay(&args);
        assert_eq!((config.http.port(), config.rtmp.port()), (7, 9001));
    }
}
