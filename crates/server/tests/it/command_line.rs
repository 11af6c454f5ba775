use std::fs;

use crate::house::{House, add_owner, livefair};

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
    assert!(said.contains("line 2: unknown field `part`, expected one of `part_ms`"), "{said}");
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
        db.read(),
        "INSERT INTO seaql_migrations (version, applied_at) VALUES ('9999_future', 0)",
    )
    .await
    .unwrap();
    db.close().await.unwrap();
    let said = refusal(dir.path(), &["migrate"]);
    assert!(said.contains("newer than this program: it has the step 9999_future"), "{said}");
}

#[test]
fn a_weak_password_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let said = refusal(dir.path(), &["user", "add", "--email", "a@example.com", "--name", "A", "--password", "short"]);
    assert!(said.contains("a password has 10 to 200 characters"), "{said}");
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
