//! The demo's encoder: ffmpeg publishing over real RTMP, a moving picture with product cards and a tune.

use std::fmt::Write as _;
use std::process::Stdio;
use std::time::Duration;

use anyhow::Context as _;
use tokio::process::{Child, Command};
use tokio_util::sync::CancellationToken;

use super::picture;
use crate::config::Config;

/// A running ffmpeg with the folder of its pictures.
pub struct Encoder {
    child: Child,
    _cards: tempfile::TempDir,
}

impl Encoder {
    /// Starts ffmpeg; `None` when this machine has none.
    pub async fn start(
        config: &Config,
        server: &str,
        key: &str,
        cancel: CancellationToken,
    ) -> anyhow::Result<Option<Self>> {
        let program = &config.media.ffmpeg;
        if program == "off" || Command::new(program).arg("-version").stdout(Stdio::null()).status().await.is_err() {
            tracing::warn!("ffmpeg is missing: the demo's show has no picture of its own");
            return Ok(None);
        }
        let cards = tokio::task::spawn_blocking(cards).await??;
        let child = Command::new(program)
            .args(["-hide_banner", "-loglevel", "error", "-nostdin"])
            .args(["-re", "-f", "lavfi", "-i", BACKGROUND])
            .args(["-stream_loop", "-1", "-f", "concat", "-safe", "0", "-i"])
            .arg(cards.path().join("cards.txt"))
            .args(["-re", "-f", "lavfi", "-i", TUNE, "-filter_complex", SCENE, "-map", "[v]", "-map", "2:a"])
            .args(["-c:v", "libx264", "-preset", "veryfast", "-tune", "zerolatency", "-pix_fmt", "yuv420p"])
            .args(["-g", "50", "-keyint_min", "50", "-sc_threshold", "0", "-b:v", "1800k", "-maxrate", "2000k"])
            .args(["-bufsize", "2000k", "-c:a", "aac", "-b:a", "128k", "-ar", "48000", "-f", "flv"])
            .arg(format!("{server}/{key}"))
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .context("ffmpeg could not be started")?;
        drop(cancel);
        Ok(Some(Self { child, _cards: cards }))
    }

    /// Ends ffmpeg and waits until it is gone.
    pub async fn stop(mut self) {
        let _already_gone = self.child.start_kill();
        let _late = tokio::time::timeout(Duration::from_secs(3), self.child.wait()).await;
    }
}

const BACKGROUND: &str = "color=c=0xf3efe6:s=1280x720:r=25";
/// A slow broken chord, so that one hears at once whether sound arrives.
const TUNE: &str =
    "aevalsrc='0.12*sin(2*PI*t*(220*pow(2\\,mod(floor(t*2)*7\\,12)/12)))*exp(-3*mod(t\\,0.5))':s=48000:c=stereo";
/// The card of the product of the moment drifts over the stand; the bar below runs like a clock, a turn a second.
const SCENE: &str = "[1:v]scale=520:520,setsar=1[card];\
    [0:v]drawbox=x=0:y=640:w=1280:h=80:color=0x1f4fa3:t=fill[stand];\
    color=c=0xc8372d:s=60x8:r=25[hand];\
    [stand][card]overlay=x='(W-w)/2+180*sin(t*0.7)':y='(H-h)/2-40+24*sin(t*1.1)':shortest=0[shown];\
    [shown][hand]overlay=x='mod(t\\,1)*(W-w)':y=676:shortest=0,format=yuv420p[v]";

/// The products' pictures as files, and the list that shows each for eight seconds.
fn cards() -> anyhow::Result<tempfile::TempDir> {
    let folder = tempfile::tempdir()?;
    let mut list = String::from("ffconcat version 1.0\n");
    for index in 0..7 {
        let path = folder.path().join(format!("{index}.jpg"));
        std::fs::write(&path, picture::draw(index))?;
        writeln!(list, "file '{}'\nduration 8", path.display())?;
    }
    std::fs::write(folder.path().join("cards.txt"), list)?;
    Ok(folder)
}
