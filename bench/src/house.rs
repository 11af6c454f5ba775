//! A Livefair of the benchmark's own: the built program on free ports over a folder that goes away with it.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use clap::Args;
use serde_json::json;
use server::demo::client::Client;
use server::demo::seed;
use tempfile::TempDir;

const EMAIL: &str = "owner@example.com";
const PASSWORD: &str = "a-long-enough-password";
const SETTINGS: &str = "livefair.toml";
/// Linux counts CPU time in these for `/proc`.
const TICK: Duration = Duration::from_millis(10);

/// Which program is measured, and where its data lies.
#[derive(Clone, Debug, Args)]
pub struct HouseArgs {
    /// The built program; the one beside this benchmark when absent.
    #[arg(long, env = "LIVEFAIR")]
    livefair: Option<PathBuf>,
    /// Where the data folder is made; its disk is part of what is measured.
    #[arg(long, default_value = ".")]
    dir: PathBuf,
    /// Store in this PostgreSQL database instead of SQLite; it must be empty.
    #[arg(long)]
    database_url: Option<String>,
}

pub struct House {
    program: PathBuf,
    data: TempDir,
    database_url: Option<String>,
    child: Option<Child>,
    pub http: SocketAddr,
    rtmp: SocketAddr,
}

/// What a process has used.
#[derive(Clone, Copy, Debug, Default)]
pub struct Usage {
    pub cpu: Duration,
    pub resident_bytes: u64,
    pub peak_bytes: u64,
}

impl House {
    /// Makes the data folder with these settings and an owner; [`Self::start`] opens the doors.
    pub fn make(args: &HouseArgs, settings: &str) -> anyhow::Result<Self> {
        let program = match &args.livefair {
            Some(program) => program.clone(),
            None => std::env::current_exe()?.with_file_name("livefair"),
        };
        ensure!(program.is_file(), "{} is missing: build the server, or name it with --livefair", program.display());
        let data = tempfile::Builder::new().prefix("livefair-bench-").tempdir_in(&args.dir)?;
        std::fs::write(data.path().join(SETTINGS), settings)?;
        let (http, rtmp) = (free_port()?, free_port()?);
        let database_url = args.database_url.clone();
        let house = Self { program, data, database_url, child: None, http, rtmp };
        let mut add = house.command("user");
        add.arg("add").args(["--email", EMAIL, "--name", "Gu Weijun", "--firm", "Ningbo Huamao"]);
        let added = house.over(add).env("LIVEFAIR_PASSWORD", PASSWORD).stdout(Stdio::null()).status()?;
        ensure!(added.success(), "the owner could not be added");
        Ok(house)
    }

    fn command(&self, name: &str) -> Command {
        let mut command = Command::new(&self.program);
        command.arg(name);
        command
    }

    /// The command, over this house's data.
    fn over(&self, mut command: Command) -> Command {
        command.arg("--data").arg(self.data.path()).args(["--log", "error", "--config"]);
        command.arg(self.data.path().join(SETTINGS));
        if let Some(url) = &self.database_url {
            command.args(["--database-url", url]);
        }
        command
    }

    /// Starts `serve`; the doors open a moment later.
    pub fn spawn(&mut self) -> anyhow::Result<()> {
        let mut serve = self.command("serve");
        serve.args(["--http", &self.http.to_string(), "--rtmp", &self.rtmp.to_string()]);
        self.child = Some(self.over(serve).stdin(Stdio::null()).stdout(Stdio::null()).spawn()?);
        Ok(())
    }

    /// Starts `serve` and waits until it answers.
    pub async fn start(&mut self) -> anyhow::Result<()> {
        self.spawn()?;
        let ready = format!("{}/readyz", self.base());
        let until = Instant::now() + Duration::from_secs(30);
        while reqwest::get(&ready).await.is_err() {
            ensure!(Instant::now() < until, "the server does not open");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Ok(())
    }

    /// SIGKILL: nothing gets a chance to tidy up.
    pub fn kill(&mut self) -> anyhow::Result<()> {
        if let Some(mut child) = self.child.take() {
            child.kill()?;
            child.wait()?;
        }
        Ok(())
    }

    pub fn base(&self) -> String {
        format!("http://{}", self.http)
    }

    /// A client that has logged in as the owner.
    pub async fn owner(&self) -> anyhow::Result<Client> {
        let client = Client::new(&self.base())?;
        client.log_in(EMAIL, PASSWORD).await?;
        Ok(client)
    }

    /// What the server has used since its start.
    pub fn usage(&self) -> anyhow::Result<Usage> {
        let child = self.child.as_ref().context("the server does not run")?;
        Usage::of(&child.id().to_string())
    }
}

impl Drop for House {
    fn drop(&mut self) {
        let _already_gone = self.kill();
    }
}

impl Usage {
    /// CPU time used since then.
    pub fn since(self, then: Self) -> Duration {
        self.cpu.saturating_sub(then.cpu)
    }

    /// Of a process by its number, or of `self`.
    pub fn of(process: &str) -> anyhow::Result<Self> {
        let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
        let after_name = stat.rsplit_once(") ").context("no name in stat")?.1;
        let field = |at: usize| after_name.split(' ').nth(at).and_then(|n| n.parse::<u32>().ok()).unwrap_or(0);
        let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
        let kib = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            line.trim().trim_end_matches(" kB").parse::<u64>().ok()
        };
        Ok(Self {
            cpu: TICK * (field(11) + field(12)),
            resident_bytes: kib("VmRSS:").unwrap_or(0) * 1024,
            peak_bytes: kib("VmHWM:").unwrap_or(0) * 1024,
        })
    }
}

fn free_port() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?)
}

/// What the show's encoder publishes.
#[derive(Clone, Copy, Debug)]
pub enum Picture {
    /// 160×90 at 10 frames: the show is live, and the encoder costs next to nothing.
    Small,
    /// 640×360 at 25 frames, 1.5 Mbit/s.
    Phone,
}

impl Picture {
    /// ffmpeg's source, and how it is encoded.
    fn arguments(self) -> (&'static str, &'static [&'static str]) {
        match self {
            Self::Small => ("testsrc2=s=160x90:r=10", &["-g", "20"]),
            Self::Phone => (
                "testsrc2=s=640x360:r=25,noise=alls=20:allf=t",
                &["-g", "50", "-b:v", "1500k", "-maxrate", "1500k", "-bufsize", "750k"],
            ),
        }
    }
}

/// A show on the air: the demo's catalogue and event, published by ffmpeg over RTMP.
pub struct Show {
    pub event: String,
    encoder: Child,
}

impl Show {
    pub async fn go_live(house: &House, owner: &Client, picture: Picture) -> anyhow::Result<Self> {
        let products = seed::catalogue(owner).await?;
        let event = seed::event(owner, &products).await?;
        let key = owner.post(&format!("/api/v1/events/{event}/stream-keys"), &json!({"label": "bench"})).await?;
        let Some(key) = key["key"].as_str() else { bail!("no stream key: {key}") };
        let (source, coding) = picture.arguments();
        let encoder = Command::new("ffmpeg")
            .args(["-hide_banner", "-loglevel", "error", "-nostdin", "-re", "-f", "lavfi", "-i", source])
            .args(["-f", "lavfi", "-i", "sine=r=48000"])
            .args(["-c:v", "libx264", "-preset", "ultrafast", "-bf", "0", "-sc_threshold", "0", "-pix_fmt", "yuv420p"])
            .args(coding)
            .args(["-c:a", "aac", "-f", "flv"])
            .arg(format!("rtmp://{}/live/{key}", house.rtmp))
            .spawn()
            .context("ffmpeg is missing")?;
        let show = Self { event, encoder };
        seed::go_live(owner, &show.event).await?;
        Ok(show)
    }
}

impl Drop for Show {
    fn drop(&mut self) {
        let _already_gone = self.encoder.kill();
        let _reaped = self.encoder.wait();
    }
}
