//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::bail;
use clap::{Args, CommandFactory as _, Parser, Subcommand};
use url::Url;

/// The trade fair, live.
#[derive(Debug, Parser)]
#[command(name = "livefair", version, about)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serves the fair.
    Serve(ServeArgs),
    /// Serves a seeded demo firm with a live show, and prints addresses and log-ins.
    Demo(ServeArgs),
    /// Brings the database to this version.
    Migrate(ServeArgs),
    /// Manages people.
    #[command(subcommand)]
    User(UserCommand),
    /// Checks this machine: settings, database, ffmpeg, ports, disk, open files.
    Doctor(ServeArgs),
    /// Writes everything to one file while the server may run (SQLite).
    Backup(FileArgs),
    /// Lays a backup into an empty data folder.
    Restore(FileArgs),
    /// Prints the OpenAPI document.
    Openapi,
}

#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Adds a person; the first becomes the owner of a new firm.
    Add(UserArgs),
    /// Gives a person who forgot theirs a new password, and ends their sessions.
    Password(PasswordArgs),
}

/// What `serve` and everything that needs its settings take. Flags win over `LIVEFAIR_*`, which win over the file.
#[derive(Clone, Debug, Default, Args)]
pub struct ServeArgs {
    /// Settings file; ./livefair.toml when there is one.
    #[arg(long, env = "LIVEFAIR_CONFIG")]
    pub config: Option<PathBuf>,
    /// Data folder [default: ./data].
    #[arg(long, env = "LIVEFAIR_DATA")]
    pub data: Option<PathBuf>,
    /// Address of the web [default: 127.0.0.1:8080].
    #[arg(long, env = "LIVEFAIR_HTTP")]
    pub http: Option<SocketAddr>,
    /// Address for encoders [default: 127.0.0.1:1935].
    #[arg(long, env = "LIVEFAIR_RTMP")]
    pub rtmp: Option<SocketAddr>,
    /// sqlite:PATH or postgres://… [default: a file in the data folder].
    #[arg(long, env = "LIVEFAIR_DATABASE_URL", hide_env_values = true)]
    pub database_url: Option<String>,
    /// Where people reach this server, for links in mails.
    #[arg(long, env = "LIVEFAIR_PUBLIC_URL")]
    pub public_url: Option<Url>,
    /// smtp://user:password@host:port.
    #[arg(long, env = "LIVEFAIR_SMTP_URL", hide_env_values = true)]
    pub smtp_url: Option<String>,
    /// Who shows it may read /metrics from elsewhere.
    #[arg(long, env = "LIVEFAIR_METRICS_TOKEN", hide_env_values = true)]
    pub metrics_token: Option<String>,
    /// What to log, such as info or info,room=debug [default: info].
    #[arg(long, env = "LIVEFAIR_LOG")]
    pub log: Option<String>,
    /// The installation's secret, 64 hex digits, instead of the file in the data folder.
    #[arg(long, env = "LIVEFAIR_SECRET_KEY", hide_env_values = true, hide = true)]
    pub secret_key: Option<String>,
}

#[derive(Debug, Args)]
pub struct UserArgs {
    #[command(flatten)]
    pub serve: ServeArgs,
    /// E-mail address to log in with.
    #[arg(long)]
    pub email: String,
    #[arg(long)]
    pub name: String,
    /// Roles, by comma; the first person is always owner.
    #[arg(long, value_delimiter = ',', default_value = "owner")]
    pub roles: Vec<String>,
    /// Name of the firm, for the first person.
    #[arg(long, default_value = "My firm")]
    pub firm: String,
    /// IANA time zone of the firm.
    #[arg(long, default_value = "Asia/Shanghai")]
    pub time_zone: String,
    /// ISO 3166 country of the firm.
    #[arg(long, default_value = "CN")]
    pub country: String,
    /// Password; asked on standard input when absent.
    #[arg(long, env = "LIVEFAIR_PASSWORD", hide_env_values = true)]
    pub password: Option<String>,
}

#[derive(Debug, Args)]
pub struct PasswordArgs {
    #[command(flatten)]
    pub serve: ServeArgs,
    /// E-mail address they log in with.
    pub email: String,
    /// The new password; asked on standard input when absent.
    #[arg(long, env = "LIVEFAIR_PASSWORD", hide_env_values = true)]
    pub password: Option<String>,
}

#[derive(Debug, Args)]
pub struct FileArgs {
    #[command(flatten)]
    pub serve: ServeArgs,
    pub file: PathBuf,
}

/// Refuses a `LIVEFAIR_*` variable that no command reads, and names the nearest that one does.
pub fn check_environment(mut names: impl Iterator<Item = String>) -> anyhow::Result<()> {
    let mut known = Vec::new();
    variables_of(&Cli::command(), &mut known);
    let is_ours = |name: &String| name.starts_with("LIVEFAIR_") && !is_of_a_service(name);
    if let Some(name) = names.find(|name| is_ours(name) && !known.contains(name)) {
        let nearness = |known: &&String| strsim::normalized_damerau_levenshtein(known, &name);
        let nearest = known.iter().max_by(|a, b| nearness(a).total_cmp(&nearness(b)));
        bail!("{name} is no setting; did you mean {}?", nearest.map_or("another", String::as_str));
    }
    Ok(())
}

/// Whether Kubernetes (or Docker, by a link) says so where the service called `livefair` is.
fn is_of_a_service(name: &str) -> bool {
    let said = name.trim_start_matches("LIVEFAIR_");
    said == "SERVICE_HOST" || said == "PORT" || said.starts_with("PORT_") || said.starts_with("SERVICE_PORT")
}

fn variables_of(command: &clap::Command, into: &mut Vec<String>) {
    let named = command.get_arguments().filter_map(|argument| argument.get_env()?.to_str());
    into.extend(named.map(str::to_owned));
    for inner in command.get_subcommands() {
        variables_of(inner, into);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_variable_that_nobody_reads_is_refused_with_the_nearest_that_somebody_does() {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>().into_iter();
        assert!(check_environment(names(&["PATH", "LIVEFAIR_DATA", "LIVEFAIR_PASSWORD"])).is_ok());
        let service =
            ["LIVEFAIR_SERVICE_HOST", "LIVEFAIR_SERVICE_PORT_HTTP", "LIVEFAIR_PORT", "LIVEFAIR_PORT_80_TCP_ADDR"];
        assert!(check_environment(names(&service)).is_ok(), "what Kubernetes says of a service");
        let refusal = check_environment(names(&["LIVEFAIR_PUBLIC_URI"])).unwrap_err().to_string();
        assert_eq!(refusal, "LIVEFAIR_PUBLIC_URI is no setting; did you mean LIVEFAIR_PUBLIC_URL?");
    }
}
