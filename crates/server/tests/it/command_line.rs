use std::fs;

use serde_json::json;
use server::app::App;
use server::cli::ServeArgs;
use server::config::Config;
use server::demo::client::Client;
use tokio_util::sync::CancellationToken;

use crate::house::{EMAIL, House, PASSWORD, add_owner, livefair};

fn refusal(data: &std::path::Path, args: &[&str]) -> String {
    let output = livefair(data, args);
    assert!(!output.status.success());
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn an_unknown_key_is_refused_in_one_line() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("livefair.toml");
    fs::write(&file, "[media]\npart = 334\n").unwrap();
    let said = refusal(dir.path(), &["serve", "--config", file.to_str().unwrap()]);
    assert!(said.contains("line 2: media.part: unknown field `part`, expected one of `part_ms`"), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
}

#[test]
fn a_data_folder_that_cannot_be_made_is_named() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("file"), "").unwrap();
    let said = refusal(&dir.path().join("file/data"), &["migrate"]);
    assert!(said.contains("the data folder") && said.contains("cannot be made"), "{said}");
}

#[tokio::test]
async fn a_database_of_a_newer_program_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    assert!(livefair(dir.path(), &["migrate"]).status.success());
    let db = kernel::Db::open(&kernel::Db::file_url(&dir.path().join("livefair.db"))).await.unwrap();
    sea_orm::ConnectionTrait::execute_unprepared(
        db.writing(),
        "INSERT INTO seaql_migrations (version, applied_at) VALUES ('9999_future', 0)",
    )
    .await
    .unwrap();
    db.close().await.unwrap();
    let said = refusal(dir.path(), &["migrate"]);
    assert!(said.contains("newer than this program: it has the step 9999_future"), "{said}");
    let before = names_in(dir.path());
    let looked = livefair(dir.path(), &["doctor", "--http", "127.0.0.1:0", "--rtmp", "127.0.0.1:0"]);
    let said = String::from_utf8(looked.stdout).unwrap();
    assert!(said.contains("MEND database (SQLite) is newer than this program: it has the step 9999_future"), "{said}");
    assert!(!looked.status.success());
    assert_eq!(names_in(dir.path()), before);
}

fn names_in(folder: &std::path::Path) -> Vec<std::ffi::OsString> {
    let mut names: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    names
}

#[test]
fn the_doctor_looks_and_touches_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("not/yet");
    let looked = livefair(&data, &["doctor", "--http", "127.0.0.1:0", "--rtmp", "127.0.0.1:0"]);
    let said = String::from_utf8(looked.stdout).unwrap();
    assert!(said.contains("not/yet will be made") && said.contains("ok   database (SQLite) will be made"), "{said}");
    assert!(names_in(dir.path()).is_empty());
    assert!(livefair(&data, &["migrate"]).status.success());
    let before = names_in(&data);
    let looked = livefair(&data, &["doctor", "--http", "0.0.0.0:0", "--rtmp", "127.0.0.1:0"]);
    let said = String::from_utf8(looked.stdout).unwrap();
    assert!(said.contains("ok   database (SQLite) is of this version"), "{said}");
    assert!(said.contains("MEND links in mails begin with http://") && !said.contains("http://0.0.0.0"), "{said}");
    assert_eq!(names_in(&data), before);
}

#[test]
fn a_variable_that_is_no_setting_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_livefair"));
    let output = command.args(["doctor"]).env("LIVEFAIR_PUBLC_URL", "x").current_dir(dir.path()).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("LIVEFAIR_PUBLC_URL is no setting; did you mean LIVEFAIR_PUBLIC_URL?"), "{said}");
}

#[test]
fn what_the_program_writes_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    assert!(livefair(&data, &["migrate"]).status.success());
    for path in [data.clone(), data.join("livefair.db")] {
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o077, 0, "{}", path.display());
    }
}

#[test]
fn a_weak_password_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let said = refusal(dir.path(), &["user", "add", "--email", "a@example.com", "--name", "A", "--password", "short"]);
    assert!(said.contains("a password has 10 to 200 characters"), "{said}");
}

#[tokio::test]
async fn whoever_is_added_by_command_joins_the_academy_whose_house_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let anywhere = Some("127.0.0.1:0".parse().unwrap());
    let args = ServeArgs { data: Some(dir.path().into()), http: anywhere, rtmp: anywhere, ..ServeArgs::default() };
    let app = App::start(&Config::load(&args).unwrap(), None).await.unwrap();
    let cancel = CancellationToken::new();
    let served = app.serve(cancel.clone()).await.unwrap();
    let org = json!({"name": "Ningbo Live Academy", "kind": "academy", "country": "CN", "time_zone": "Asia/Shanghai"});
    let set_up =
        json!({"code": app.set_up_code(), "org": org, "name": "Li", "email": "li@example.com", "password": PASSWORD});
    Client::new(&served.base).unwrap().post("/api/v1/setup", &set_up).await.unwrap();
    cancel.cancel();
    served.done.await.unwrap().unwrap();
    drop(app);

    add_owner(dir.path());
    let house = House::open(dir.path()).await;
    let owner = house.owner().await;
    assert_eq!(owner.get("/api/v1/org").await.unwrap()["name"], "Ningbo Live Academy");
    assert_eq!(owner.get("/api/v1/people").await.unwrap()["items"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_forgotten_password_is_replaced_by_command() {
    let dir = tempfile::tempdir().unwrap();
    add_owner(dir.path());
    let reset = |email: &str| livefair(dir.path(), &["user", "password", email, "--password", "porcelain and cobalt"]);
    assert!(reset(" Gu@Example.com").status.success());
    let unknown = String::from_utf8(reset("nobody@example.com").stderr).unwrap();
    assert!(unknown.contains("there is no such person"), "{unknown}");
    let house = House::open(dir.path()).await;
    let client = Client::new(&house.base).unwrap();
    client.log_in(EMAIL, PASSWORD).await.unwrap_err();
    client.log_in(EMAIL, "porcelain and cobalt").await.unwrap();
}

#[tokio::test]
async fn a_backup_restores_into_an_empty_folder_and_logs_in() {
    let (from, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    add_owner(from.path());
    let running = House::open(from.path()).await;
    let file = to.path().join("fair.tar");
    let data = to.path().join("data");
    assert!(livefair(from.path(), &["backup", file.to_str().unwrap()]).status.success());
    running.kill();
    assert!(livefair(&data, &["restore", file.to_str().unwrap()]).status.success());
    House::open(&data).await.owner().await;
    let said = refusal(&data, &["restore", file.to_str().unwrap()]);
    assert!(said.contains("is not empty"), "{said}");
}
