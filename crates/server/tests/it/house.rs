//! A running program of the test's own.

use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use server::demo::client::Client;

pub const EMAIL: &str = "gu@example.com";
pub const PASSWORD: &str = "a-long-enough-password";

/// `livefair` on free ports over a data folder.
pub struct House {
    child: Child,
    pub base: String,
    pub rtmp: String,
}

pub fn livefair(data: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_livefair")).args(args).arg("--data").arg(data).output().unwrap()
}

pub fn add_owner(data: &Path) {
    let added = livefair(data, &["user", "add", "--email", EMAIL, "--name", "Gu Weijun", "--password", PASSWORD]);
    assert!(added.status.success(), "{}", String::from_utf8_lossy(&added.stderr));
}

pub fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl House {
    /// Starts `serve` and waits until it answers.
    pub async fn open(data: &Path) -> Self {
        Self::open_with(data, &[]).await
    }

    /// Starts `serve` with further arguments.
    pub async fn open_with(data: &Path, further: &[&str]) -> Self {
        Self::open_on(data, (free_port(), free_port()), further).await
    }

    /// Starts `serve` where it was before, so that viewers find it again.
    pub async fn open_on(data: &Path, (http, rtmp): (u16, u16), further: &[&str]) -> Self {
        let child = Command::new(env!("CARGO_BIN_EXE_livefair"))
            .args(["serve", "--http", &format!("127.0.0.1:{http}"), "--rtmp", &format!("127.0.0.1:{rtmp}"), "--data"])
            .arg(data)
            .args(further)
            .stdout(Stdio::null())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let house =
            Self { child, base: format!("http://127.0.0.1:{http}"), rtmp: format!("rtmp://127.0.0.1:{rtmp}/live") };
        let until = Instant::now() + Duration::from_secs(20);
        while reqwest::get(format!("{}/readyz", house.base)).await.is_err() {
            assert!(Instant::now() < until, "the house does not open");
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        house
    }

    /// A client that has logged in as the owner.
    pub async fn owner(&self) -> Client {
        let client = Client::new(&self.base).unwrap();
        client.log_in(EMAIL, PASSWORD).await.unwrap();
        client
    }

    pub async fn get(&self, path: &str) -> reqwest::Response {
        reqwest::get(format!("{}{path}", self.base)).await.unwrap()
    }

    /// SIGTERM: an orderly end.
    pub fn ask_to_stop(&self) {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    }

    /// Waits for the end.
    pub async fn stopped(mut self) -> std::process::ExitStatus {
        let until = Instant::now() + Duration::from_secs(20);
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < until, "the house does not stop");
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    }

    /// SIGKILL: nothing gets a chance to tidy up.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for House {
    fn drop(&mut self) {
        let _already_gone = self.child.kill();
        let _reaped = self.child.wait();
    }
}

/// All items of a list, page by page.
pub async fn all(client: &Client, path: &str) -> Vec<Value> {
    let mut items = Vec::new();
    let mut after = String::new();
    loop {
        let page =
            client.get(&format!("{path}{}limit=100{after}", if path.contains('?') { '&' } else { '?' })).await.unwrap();
        items.extend(page["items"].as_array().cloned().unwrap_or_default());
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return items,
        }
    }
}
