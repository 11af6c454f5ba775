//! `livefair doctor`: what this machine has, a line each, and how to mend what it lacks. It changes nothing.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;

use rustix::fs::{Access, access};
use sea_orm::{ConnectOptions, ConnectionTrait as _, Database, DbErr, Statement};

use crate::config::Config;

/// One thing looked at.
pub struct Finding {
    pub ok: bool,
    pub what: String,
    pub mend: &'static str,
    /// Whether the server does its work without it.
    pub is_optional: bool,
}

impl Finding {
    fn optional(self) -> Self {
        Self { is_optional: true, ..self }
    }
}

fn finding(ok: bool, what: impl Into<String>, mend: &'static str) -> Finding {
    Finding { ok, what: what.into(), mend, is_optional: false }
}

/// Looks at everything the server will need.
pub async fn examine(config: &Config) -> Vec<Finding> {
    vec![
        data_folder(config),
        database(config).await,
        port("http", config.http),
        port("rtmp", config.rtmp),
        public_url(config),
        ffmpeg(&config.media.ffmpeg).await,
        disk(config),
        files(),
        smtp(config),
        passkeys(config),
    ]
}

fn data_folder(config: &Config) -> Finding {
    let data = &config.data;
    let what = format!("data folder {}", data.display());
    if data.is_dir() {
        let writable = access(data, Access::WRITE_OK | Access::EXEC_OK).is_ok();
        return finding(writable, what, "make it writable for this user, or name another by --data");
    }
    let above = data.ancestors().skip(1).find(|folder| folder.as_os_str().is_empty() || folder.exists());
    let above = above.filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let can_be_made = above.is_dir() && access(above, Access::WRITE_OK | Access::EXEC_OK).is_ok();
    let what = if can_be_made { format!("{what} will be made") } else { format!("{what} cannot be made") };
    finding(can_be_made, what, "make it for this user, or name another by --data")
}

/// How the database compares with this program.
enum Standing {
    Missing,
    Ready,
    /// So many steps are still to be taken.
    Older(usize),
    /// It has this step, which the program does not know.
    Newer(String),
}

async fn database(config: &Config) -> Finding {
    let kind = if config.is_sqlite() { "SQLite" } else { "PostgreSQL" };
    let (ok, said, mend) = match standing(config).await {
        Ok(Standing::Missing) => (true, "will be made".to_owned(), ""),
        Ok(Standing::Ready) => (true, "is of this version".to_owned(), ""),
        Ok(Standing::Older(steps)) => (true, format!("will be brought to this version in {steps} steps"), ""),
        Ok(Standing::Newer(step)) => {
            let said = format!("is newer than this program: it has the step {step}");
            (false, said, "run the program that wrote it, or restore a backup from before")
        }
        Err(_) => {
            (false, "cannot be opened".to_owned(), "check database_url, and that the server runs and lets you in")
        }
    };
    finding(ok, format!("database ({kind}) {said}"), mend)
}

async fn standing(config: &Config) -> Result<Standing, DbErr> {
    let mut url = config.database_url();
    if let Some(path) = url.strip_prefix("sqlite:") {
        let path = path.trim_start_matches("//").split('?').next().unwrap_or_default();
        if !Path::new(path).exists() {
            return Ok(Standing::Missing);
        }
        // Without a log beside it nobody has it open, and looking leaves none behind.
        let still = if Path::new(&format!("{path}-wal")).exists() { "" } else { "&immutable=true" };
        url = format!("sqlite:{path}?mode=ro{still}");
    }
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    let db = Database::connect(options).await?;
    db.ping().await?;
    let asked = Statement::from_string(db.get_database_backend(), "SELECT version FROM seaql_migrations");
    // An empty database has no list of steps.
    let rows = db.query_all_raw(asked).await.unwrap_or_default();
    let taken = rows.iter().map(|row| row.try_get("", "version")).collect::<Result<Vec<String>, _>>()?;
    db.close().await?;
    let known: Vec<&str> = crate::app::migrations().iter().map(|step| step.name).collect();
    if let Some(unknown) = taken.iter().find(|step| !known.contains(&step.as_str())) {
        return Ok(Standing::Newer(unknown.clone()));
    }
    let left = known.len().saturating_sub(taken.len());
    Ok(if left == 0 { Standing::Ready } else { Standing::Older(left) })
}

fn public_url(config: &Config) -> Finding {
    let what = format!("links in mails begin with {}", config.public_base());
    finding(!config.guesses_public_url(), what, "set public_url to where people reach this server").optional()
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
    if program == "off" {
        return finding(true, "ffmpeg is off", "").optional();
    }
    let output = tokio::process::Command::new(program).arg("-version").output().await;
    let version = output.ok().and_then(|o| {
        let text = String::from_utf8_lossy(&o.stdout).into_owned();
        text.lines().next().map(|line| line.split(" Copyright").next().unwrap_or(line).to_owned())
    });
    let what = version.clone().unwrap_or_else(|| format!("ffmpeg ({program})"));
    let mend = "optional: `apt install ffmpeg`; ingest, the page and recording work without it";
    finding(version.is_some(), what, mend).optional()
}

fn disk(config: &Config) -> Finding {
    let there = config.data.ancestors().find(|folder| folder.exists()).unwrap_or(Path::new("."));
    let free_mib = rustix::fs::statvfs(there).map_or(0, |fs| fs.f_bavail * fs.f_frsize / (1024 * 1024));
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
    .optional()
}

fn smtp(config: &Config) -> Finding {
    let mend = "set mail.smtp_url; until then mail waits in the queue";
    finding(config.mail.smtp_url.is_some(), "SMTP server", mend).optional()
}

fn passkeys(config: &Config) -> Finding {
    let base = config.public_base();
    finding(
        base.parse().is_ok_and(|url| identity::passkeys_work_at(&url)),
        format!("passkeys at {base}"),
        "optional: set public_url to a name with https://; browsers refuse passkeys elsewhere, passwords work",
    )
    .optional()
}
