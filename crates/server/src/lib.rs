//! The program: command line, settings, wiring, pages, demo. The only crate that knows all the others.

pub mod app;
mod assets;
mod backup;
pub mod cli;
pub mod config;
pub mod demo;
mod doctor;
mod headers;
mod health;
mod logs;
pub mod openapi;
mod pages;
mod replay;
mod room_sources;
mod router;
mod serve;
mod shows;
mod stdio;

pub use serve::raise_file_limit;

use std::process::ExitCode;

use tokio_util::sync::CancellationToken;

use app::App;
use cli::{Command, FileArgs, PasswordArgs, ServeArgs, UserArgs, UserCommand};
use config::Config;

/// Runs a command to its end.
pub async fn run(command: Command) -> anyhow::Result<ExitCode> {
    cli::check_environment(std::env::vars_os().filter_map(|(name, _)| name.into_string().ok()))?;
    match command {
        Command::Serve(args) => Box::pin(serve(args)).await?,
        Command::Demo(args) => Box::pin(demo::run(args)).await?,
        Command::Migrate(args) => migrate(&args).await?,
        Command::User(UserCommand::Add(args)) => Box::pin(add_user(args)).await?,
        Command::User(UserCommand::Password(args)) => Box::pin(reset_password(args)).await?,
        Command::Doctor(args) => return doctor(&args).await,
        Command::Backup(FileArgs { serve, file }) => {
            backup::write(&Config::load(&serve)?, &file).await?;
            stdio::line(&format!("written: {}", file.display()));
        }
        Command::Restore(FileArgs { serve, file }) => {
            let config = Config::load(&serve)?;
            backup::restore(&config, &file)?;
            stdio::line(&format!("restored into {}", config.data.display()));
        }
        Command::Openapi => stdio::line(&openapi::json().await?),
    }
    Ok(ExitCode::SUCCESS)
}

async fn serve(args: ServeArgs) -> anyhow::Result<()> {
    let config = Config::load(&args)?;
    logs::start(&config.log)?;
    let cancel = stop_signal();
    let app = App::start(&config, args.secret_key.as_deref()).await?;
    let served = app.serve(cancel).await?;
    tracing::info!(http = served.base, rtmp = served.rtmp_url, "Livefair is open");
    if config.guesses_public_url() {
        tracing::warn!("links in mails begin with {}: set public_url to where people reach you", config.public_base());
    }
    if !app.has_people().await? {
        let code = app.set_up_code();
        stdio::line(&format!("Nobody works here yet. Open {}/console/setup and enter the code {code}", served.shown));
    }
    served.done.await?
}

async fn migrate(args: &ServeArgs) -> anyhow::Result<()> {
    let config = Config::load(args)?;
    let applied = app::open_database(&config).await?.1;
    stdio::line(&format!("{applied} steps applied"));
    Ok(())
}

async fn add_user(args: UserArgs) -> anyhow::Result<()> {
    let config = Config::load(&args.serve)?;
    let app = App::start(&config, args.serve.secret_key.as_deref()).await?;
    let password = match &args.password {
        Some(password) => password.clone(),
        None => stdio::ask_secret("Password: ").await?,
    };
    let roles = app.add_user(&args, password).await?;
    stdio::line(&format!("{} may log in as {roles}", args.email));
    Ok(())
}

async fn reset_password(args: PasswordArgs) -> anyhow::Result<()> {
    let config = Config::load(&args.serve)?;
    let app = App::start(&config, args.serve.secret_key.as_deref()).await?;
    let password = match args.password {
        Some(password) => password,
        None => stdio::ask_secret("New password: ").await?,
    };
    app.identity.people.reset_password_of(&args.email, password.into()).await?;
    stdio::line(&format!("{} may log in with the new password", args.email));
    Ok(())
}

async fn doctor(args: &ServeArgs) -> anyhow::Result<ExitCode> {
    let config = Config::load(args)?;
    let findings = doctor::examine(&config).await;
    for finding in &findings {
        let mark = if finding.ok { "ok  " } else { "MEND" };
        let mend = if finding.ok { String::new() } else { format!(": {}", finding.mend) };
        stdio::line(&format!("{mark} {}{mend}", finding.what));
    }
    let sound = findings.iter().all(|finding| finding.ok || finding.is_optional);
    Ok(if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Cancelled by Ctrl-C or SIGTERM.
fn stop_signal() -> CancellationToken {
    let cancel = CancellationToken::new();
    let stop = cancel.clone();
    tokio::spawn(async move {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
        } else {
            let _unheard = tokio::signal::ctrl_c().await;
        }
        stop.cancel();
    });
    cancel
}
