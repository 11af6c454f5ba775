//! Backup and restore: one archive (tar) with the database as of one moment, the blobs, recordings and the key.

use std::fs;
use std::io::{self, Read as _, Write};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;

use anyhow::{Context as _, bail};
use kernel::Db;
use sea_orm::{ConnectionTrait as _, Statement};

use crate::config::Config;

const DATABASE: &str = "livefair.db";
/// What lies in the data folder beside the database. Blobs and recordings only ever grow or go whole,
/// so copying them after the database holds every file that a row of it names.
const BESIDE: [&str; 3] = ["secret.key", "blobs", "recordings"];
/// Copied before its neighbours: a recording that says "sealed" is complete, one that says "open" is mended when
/// the restored server starts. Its film comes last, so that it holds all that the index names.
const FIRST: &str = "state.json";
const LAST: &str = "mp4";

/// Writes the archive; the server may run meanwhile.
pub async fn write(config: &Config, file: &Path) -> anyhow::Result<()> {
    let url = config.database_url();
    if !config.is_sqlite() {
        bail!("backup copies SQLite; for PostgreSQL use pg_dump, and copy {} beside it", config.data.display());
    }
    if file.exists() {
        bail!("{} exists; name a new file", file.display());
    }
    if !config.data.join(DATABASE).exists() && config.database_url.is_none() {
        bail!("{} holds no database", config.data.display());
    }
    let beside = folder_of(file);
    let scratch = tempfile::tempdir_in(beside).with_context(|| format!("{} cannot be written to", beside.display()))?;
    let copy = scratch.path().join(DATABASE);
    let db = Db::open(&url).await?;
    let backend = db.read().get_database_backend();
    let into = Statement::from_sql_and_values(backend, "VACUUM INTO ?", [copy.display().to_string().into()]);
    db.writing().execute_raw(into).await.context("the database could not be copied")?;
    db.close().await?;
    let (data, file) = (config.data.clone(), file.to_owned());
    tokio::task::spawn_blocking(move || archive(&data, &copy, &file)).await?
}

fn folder_of(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The archive holds the key and everybody's data: it is its owner's alone, and has its name once it is whole.
fn archive(data: &Path, database: &Path, file: &Path) -> anyhow::Result<()> {
    let partial = tempfile::NamedTempFile::new_in(folder_of(file))?;
    let mut tar = tar::Builder::new(partial);
    add(&mut tar, database, Path::new(DATABASE))?;
    for name in BESIDE {
        add(&mut tar, &data.join(name), Path::new(name)).with_context(|| format!("{name} could not be copied"))?;
    }
    let whole = tar.into_inner()?;
    whole.as_file().sync_all()?;
    whole.persist_noclobber(file)?;
    Ok(())
}

/// Adds a file, or a folder with what is in it. What has gone meanwhile, or is not yet in its place, is left out.
fn add<W: Write>(tar: &mut tar::Builder<W>, path: &Path, name: &Path) -> io::Result<()> {
    if path.is_dir() {
        let mut names: Vec<_> = fs::read_dir(path)?.map(|entry| Ok(entry?.file_name())).collect::<io::Result<_>>()?;
        names.sort_by_key(|name| (Path::new(name).extension() == Some(LAST.as_ref()), name != FIRST, name.clone()));
        return names.iter().try_for_each(|inner| add(tar, &path.join(inner), &name.join(inner)));
    }
    if name.extension().is_some_and(|suffix| suffix == "new") {
        return Ok(());
    }
    match fs::File::open(path) {
        Ok(file) => add_file(tar, &file, name),
        Err(gone) if gone.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(other) => Err(other),
    }
}

/// Adds a file at the length it has now: one that grows meanwhile ends there, one that shrinks is filled with zeros,
/// so that what follows in the archive stays readable.
fn add_file<W: Write>(tar: &mut tar::Builder<W>, file: &fs::File, name: &Path) -> io::Result<()> {
    let metadata = file.metadata()?;
    let mut header = tar::Header::new_gnu();
    header.set_metadata(&metadata);
    header.set_mode(0o600);
    tar.append_data(&mut header, name, file.chain(io::repeat(0)).take(metadata.len()))
}

/// Lays the archive into an empty or missing data folder.
pub fn restore(config: &Config, file: &Path) -> anyhow::Result<()> {
    let data = &config.data;
    if !config.is_sqlite() {
        bail!("database_url: a backup holds a SQLite database; for PostgreSQL use pg_restore on what pg_dump wrote");
    }
    if config.database_url() != Db::file_url(&data.join(DATABASE)) {
        bail!("database_url: restore lays the database into {}; leave database_url out", data.join(DATABASE).display());
    }
    if data.read_dir().is_ok_and(|mut entries| entries.next().is_some()) {
        bail!("{} is not empty; restore into a new folder (--data)", data.display());
    }
    let private = fs::DirBuilder::new().recursive(true).mode(0o700).create(data);
    private.with_context(|| format!("{} cannot be made", data.display()))?;
    let archive = fs::File::open(file).with_context(|| format!("{} cannot be read", file.display()))?;
    // Unpacked aside: half a backup must not look like a house. Within the folder, since that may be a volume.
    let aside = tempfile::Builder::new().prefix("restoring-").tempdir_in(data)?;
    let unpacked = tar::Archive::new(archive).unpack(aside.path());
    unpacked.with_context(|| format!("{} is not a whole backup", file.display()))?;
    if !aside.path().join(DATABASE).is_file() {
        bail!("{} holds no database: it is not a Livefair backup", file.display());
    }
    // The database comes last: without it there is no house.
    for name in BESIDE.into_iter().chain([DATABASE]) {
        match fs::rename(aside.path().join(name), data.join(name)) {
            Err(missing) if missing.kind() == io::ErrorKind::NotFound => {}
            moved => moved.with_context(|| format!("{name} cannot be put into {}", data.display()))?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    /// An archive whose every write finds the recording changed.
    struct Meanwhile<F: FnMut()>(Vec<u8>, F);

    impl<F: FnMut()> Write for Meanwhile<F> {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            (self.1)();
            self.0.write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn recordings() -> (tempfile::TempDir, std::path::PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("recordings/one");
        fs::create_dir_all(&folder).unwrap();
        for (name, text) in [("1.mp4", "picture"), ("2.mp4", "last"), ("state.json", "open"), ("state.new", "half")] {
            fs::write(folder.join(name), text).unwrap();
        }
        (dir, folder)
    }

    fn packed(dir: &Path, meanwhile: impl FnMut()) -> Vec<(String, String)> {
        let mut tar = tar::Builder::new(Meanwhile(Vec::new(), meanwhile));
        add(&mut tar, dir, Path::new("recordings")).unwrap();
        let bytes = tar.into_inner().unwrap().0;
        let read = |entry: io::Result<tar::Entry<'_, &[u8]>>| {
            let mut entry = entry.unwrap();
            let mut text = String::new();
            entry.read_to_string(&mut text).unwrap();
            (entry.path().unwrap().display().to_string(), text)
        };
        tar::Archive::new(&bytes[..]).entries().unwrap().map(read).collect()
    }

    #[test]
    fn a_recording_that_grows_or_shrinks_meanwhile_leaves_the_archive_readable() {
        let (dir, folder) = recordings();
        let mut growing = fs::OpenOptions::new().append(true).open(folder.join("1.mp4")).unwrap();
        let whole = packed(&dir.path().join("recordings"), || growing.write_all(b" and more").unwrap());
        let names: Vec<&str> = whole.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["recordings/one/state.json", "recordings/one/1.mp4", "recordings/one/2.mp4"]);
        assert!(whole[1].1.starts_with("picture") && whole[2].1 == "last", "{whole:?}");

        let (dir, folder) = recordings();
        let whole = packed(&dir.path().join("recordings"), || fs::write(folder.join("1.mp4"), "").unwrap());
        assert_eq!(whole.last().unwrap().1, "last", "{whole:?}");
    }

    #[test]
    fn what_goes_meanwhile_is_left_out() {
        let (dir, folder) = recordings();
        let whole = packed(&dir.path().join("recordings"), || {
            let _gone = fs::remove_file(folder.join("1.mp4"));
        });
        assert_eq!(whole.len(), 2, "{whole:?}");
    }

    #[test]
    fn the_archive_and_what_is_restored_are_the_owners_alone() {
        let (dir, _) = recordings();
        let database = dir.path().join(DATABASE);
        fs::write(&database, "rows").unwrap();
        let file = dir.path().join("fair.tar");
        archive(dir.path(), &database, &file).unwrap();
        let config = Config { data: dir.path().join("restored/data"), ..Config::default() };
        restore(&config, &file).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&file), 0o600);
        assert_eq!((mode(&config.data), mode(&config.data.join(DATABASE))), (0o700, 0o600));
        let again = archive(dir.path(), &database, &file).unwrap_err();
        assert!(again.to_string().contains("exists"), "{again}");
    }

    #[test]
    fn half_a_backup_leaves_the_folder_as_it_was() {
        let (dir, _) = recordings();
        let database = dir.path().join(DATABASE);
        fs::write(&database, vec![7; 100_000]).unwrap();
        let file = dir.path().join("fair.tar");
        archive(dir.path(), &database, &file).unwrap();
        let whole = fs::read(&file).unwrap();
        let config = Config { data: dir.path().join("restored"), ..Config::default() };
        for half in [60_000, whole.len() - 3000] {
            fs::write(&file, &whole[..half]).unwrap();
            restore(&config, &file).unwrap_err();
            assert_eq!(fs::read_dir(&config.data).unwrap().count(), 0, "{half} bytes");
        }
        fs::write(&file, &whole).unwrap();
        restore(&config, &file).unwrap();
        assert_eq!(fs::read(config.data.join(DATABASE)).unwrap().len(), 100_000);
        assert_eq!(fs::read_dir(&config.data).unwrap().count(), 2, "the database and the recordings");
    }

    #[test]
    fn a_backup_is_not_restored_beside_the_database_in_use() {
        let elsewhere = |url: &str| Config { database_url: Some(url.into()), ..Config::default() };
        for url in ["postgres://localhost/fair", "sqlite:/srv/other.db"] {
            let refusal = restore(&elsewhere(url), Path::new("fair.tar")).unwrap_err().to_string();
            assert!(refusal.starts_with("database_url"), "{refusal}");
        }
    }
}
