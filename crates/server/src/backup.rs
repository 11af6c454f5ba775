//! Backup and restore: one archive (tar) with the database as of one moment, the blobs, recordings and the key.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, bail};
use kernel::Db;
use sea_orm::{ConnectionTrait as _, Statement};

use crate::config::Config;

const DATABASE: &str = "livefair.db";
/// What lies in the data folder beside the database. Blobs and recordings only ever grow or go whole,
/// so copying them after the database holds every file that a row of it names.
const BESIDE: [&str; 3] = ["secret.key", "blobs", "recordings"];

/// Writes the archive; the server may run meanwhile.
pub async fn write(config: &Config, file: &Path) -> anyhow::Result<()> {
    let url = config.database_url();
    if !url.starts_with("sqlite:") {
        bail!("backup copies SQLite; for PostgreSQL use pg_dump, and copy {} beside it", config.data.display());
    }
    if file.exists() {
        bail!("{} exists; name a new file", file.display());
    }
    if !config.data.join(DATABASE).exists() && config.database_url.is_none() {
        bail!("{} holds no database", config.data.display());
    }
    let scratch = tempfile::tempdir()?;
    let copy = scratch.path().join(DATABASE);
    let db = Db::open(&url).await?;
    let backend = db.read().get_database_backend();
    let into = Statement::from_sql_and_values(backend, "VACUUM INTO ?", [copy.display().to_string().into()]);
    db.read().execute_raw(into).await.context("the database could not be copied")?;
    db.close().await?;
    let (data, file) = (config.data.clone(), file.to_owned());
    tokio::task::spawn_blocking(move || archive(&data, &copy, &file)).await?
}

fn archive(data: &Path, database: &Path, file: &Path) -> anyhow::Result<()> {
    let partial = file.with_extension("partial");
    let mut tar = tar::Builder::new(fs::File::create_new(&partial)?);
    tar.append_path_with_name(database, DATABASE)?;
    for name in BESIDE {
        let path = data.join(name);
        if path.is_dir() {
            tar.append_dir_all(name, &path)?;
        } else if path.is_file() {
            tar.append_path_with_name(&path, name)?;
        }
    }
    tar.into_inner()?.sync_all()?;
    fs::rename(&partial, file)?;
    Ok(())
}

/// Lays the archive into an empty or missing data folder.
pub fn restore(config: &Config, file: &Path) -> anyhow::Result<()> {
    let data = &config.data;
    if data.read_dir().is_ok_and(|mut entries| entries.next().is_some()) {
        bail!("{} is not empty; restore into a new folder (--data)", data.display());
    }
    fs::create_dir_all(data).with_context(|| format!("{} cannot be made", data.display()))?;
    let archive = fs::File::open(file).with_context(|| format!("{} cannot be read", file.display()))?;
    tar::Archive::new(archive).unpack(data).with_context(|| format!("{} is not a whole backup", file.display()))?;
    if !data.join(DATABASE).is_file() {
        bail!("{} holds no database: it is not a Livefair backup", file.display());
    }
    Ok(())
}
