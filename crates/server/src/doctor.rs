//! `livefair doctor`: what this machine has, a line each, and how to mend what it lacks.

use std::net::{SocketAddr, TcpListener};

use kernel::Db;

use crate::config::Config;

/// One thing looked at.
pub struct Finding {
    pub ok: bool,
    pub what: String,
    pub mend: &'static str,
}

impl Finding {
    /// Whether the server does its work without it.
    pub fn optional(&self) -> bool {
        self.mend.starts_with("optional") || self.what == "SMTP server" || self.what.ends_with("open files")
    }
}

fn finding(ok: bool, what: impl Into<String>, mend: &'static str) -> Finding {
    Finding { ok, what: what.into(), mend }
}

/// Looks at everything the server will need.
pub async fn examine(config: &Config) -> Vec<Finding> {
    vec![
        data_folder(config),
        database(config).await,
        port("http", config.http),
        port("rtmp", config.rtmp),
        ffmpeg(&config.media.ffmpeg).await,
        disk(config),
        files(),
        smtp(config),
        passkeys(config),
    ]
}

fn data_folder(config: &Config) -> Finding {
    let data = &config.data;
    let writable = std::fs::create_dir_all(data).is_ok() && tempfile::tempfile_in(data).is_ok();
    finding(
        writable,
        format!("data folder {}", data.display()),
        "make it writable for this user, or name another by --data",
    )
}

async fn database(config: &Config) -> Finding {
    let kind = if config.database_url().starts_with("sqlite:") { "SQLite" } else { "PostgreSQL" };
    let opened = match Db::open(&config.database_url()).await {
        Ok(db) => db.ping().await.is_ok(),
        Err(_) => false,
    };
    finding(opened, format!("database ({kind})"), "check database_url, and that the server runs and lets you in")
}

fn port(name: &str, address: SocketAddr) -> Finding {
    let free = TcpListener::bind(address).is_ok();
    finding(
        free,
        format!("{name} address {address}"),
        "another program (perhaps a running livefair) has it; choose another",
    )
}

async fn ffmpeg(program: &str) -> Finding {
    let output = tokio::process::Command::new(program).arg("-version").output().await;
    let version = output.ok().and_then(|o| {
        let text = String::from_utf8_lossy(&o.stdout).into_owned();
        text.lines().next().map(|line| line.split(" Copyright").next().unwrap_or(line).to_owned())
    });
    let what = version.clone().unwrap_or_else(|| format!("ffmpeg ({program})"));
    finding(version.is_some(), what, "optional: `apt install ffmpeg`; ingest, the page and recording work without it")
}

fn disk(config: &Config) -> Finding {
    let free_mib = rustix::fs::statvfs(&config.data).map_or(0, |fs| fs.f_bavail * fs.f_frsize / (1024 * 1024));
    let enough = free_mib >= config.media.min_free_disk_mib * 4;
    finding(enough, format!("{free_mib} MiB free for recordings"), "an hour at 4 Mbit/s takes 1.8 GiB; free some space")
}

fn files() -> Finding {
    let limit = crate::serve::raise_file_limit();
    finding(
        limit >= 60_000,
        format!("{limit} open files"),
        "one viewer takes one; raise the hard limit (LimitNOFILE=262144)",
    )
}

fn smtp(config: &Config) -> Finding {
    finding(config.mail.smtp_url.is_some(), "SMTP server", "set mail.smtp_url; until then mail waits in the queue")
}

fn passkeys(config: &Config) -> Finding {
    let base = config.public_base();
    finding(
        base.parse().is_ok_and(|url| identity::passkeys_work_at(&url)),
        format!("passkeys at {base}"),
        "optional: set public_url to a name with https://; browsers refuse passkeys elsewhere, passwords work",
    )
}
