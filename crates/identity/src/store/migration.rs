//! The schema's steps.

use kernel::db::Migration;
use sea_orm::sea_query::{
    ColumnDef, ForeignKey, Index, IndexCreateStatement, Table, TableAlterStatement, TableCreateStatement,
};

macro_rules! step {
    ($name:literal, table $statement:expr) => {
        Migration { name: $name, up: |schema| Box::pin(async move { schema.create_table($statement).await }) }
    };
    ($name:literal, alter $statement:expr) => {
        Migration { name: $name, up: |schema| Box::pin(async move { schema.alter_table($statement).await }) }
    };
    ($name:literal, index $statement:expr) => {
        Migration { name: $name, up: |schema| Box::pin(async move { schema.create_index($statement).await }) }
    };
}

pub fn migrations() -> Vec<Migration> {
    vec![
        step!("0001_identity_org", table org()),
        step!("0002_identity_person", table person()),
        step!("0003_identity_membership", table membership()),
        step!("0004_identity_company", table company()),
        step!("0005_identity_contact", table contact()),
        step!("0006_identity_session", table session()),
        step!("0007_identity_api_token", table api_token()),
        step!("0008_identity_magic_link", table magic_link()),
        step!("0009_identity_first_run", table first_run()),
        step!("0010_identity_membership_person", index index("membership", "person_id")),
        step!("0011_identity_session_expires", index index("session", "expires_at")),
        step!("0012_identity_api_token_org", index index("api_token", "org_id")),
        step!("0013_identity_contact_company", index index("contact", "company_id")),
        step!("0014_identity_passkey", table passkey()),
        step!("0015_identity_passkey_person", index index("passkey", "person_id")),
        step!("0016_identity_session_seen", alter adds("session", maybe_instant("last_seen_at"))),
        step!("0017_identity_session_device", alter adds("session", ColumnDef::new("device").string().take())),
        step!("0018_identity_session_person", index index("session", "person_id")),
        step!("0019_identity_api_token_person", index index("api_token", "person_id")),
    ]
}

fn id(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).uuid().not_null().take()
}

fn text(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).string().not_null().take()
}

fn instant(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).big_integer().not_null().take()
}

fn maybe_instant(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).big_integer().take()
}

fn table(name: &'static str, columns: impl IntoIterator<Item = ColumnDef>) -> TableCreateStatement {
    let mut table = Table::create();
    table.table(name);
    for column in columns {
        table.col(column);
    }
    table
}

fn refers(table: &mut TableCreateStatement, from: (&'static str, &'static str), to: &'static str) {
    table.foreign_key(ForeignKey::create().from(from.0, from.1).to(to, "id"));
}

fn index(table: &'static str, column: &'static str) -> IndexCreateStatement {
    Index::create().name(format!("{table}_{column}")).table(table).col(column).take()
}

fn adds(table: &'static str, column: ColumnDef) -> TableAlterStatement {
    Table::alter().table(table).add_column(column).take()
}

fn org() -> TableCreateStatement {
    let version = ColumnDef::new("version").big_integer().not_null().take();
    let columns = [text("kind"), text("name"), text("country"), text("time_zone"), version, instant("created_at")];
    table("org", [id("id").primary_key().take()].into_iter().chain(columns))
}

fn person() -> TableCreateStatement {
    let columns = [
        id("id").primary_key().take(),
        text("email").unique_key().take(),
        text("name"),
        text("locale"),
        text("time_zone"),
        ColumnDef::new("password_hash").string().take(),
        instant("created_at"),
    ];
    table("person", columns)
}

fn membership() -> TableCreateStatement {
    let mut table = table("membership", [id("org_id"), id("person_id"), text("role")]);
    table.primary_key(Index::create().col("org_id").col("person_id").col("role"));
    refers(&mut table, ("membership", "org_id"), "org");
    refers(&mut table, ("membership", "person_id"), "person");
    table
}

fn company() -> TableCreateStatement {
    table("company", [id("id").primary_key().take(), text("name"), text("country"), instant("created_at")])
}

fn contact() -> TableCreateStatement {
    let columns = [
        id("id").primary_key().take(),
        id("company_id"),
        text("email").unique_key().take(),
        text("name"),
        text("locale"),
        instant("created_at"),
    ];
    let mut table = table("contact", columns);
    refers(&mut table, ("contact", "company_id"), "company");
    table
}

fn session() -> TableCreateStatement {
    let columns = [
        text("token_hash").primary_key().take(),
        ColumnDef::new("person_id").uuid().take(),
        ColumnDef::new("contact_id").uuid().take(),
        instant("created_at"),
        instant("expires_at"),
    ];
    let mut table = table("session", columns);
    refers(&mut table, ("session", "person_id"), "person");
    refers(&mut table, ("session", "contact_id"), "contact");
    table
}

fn api_token() -> TableCreateStatement {
    let columns = [
        id("id").primary_key().take(),
        id("org_id"),
        id("person_id"),
        text("name"),
        text("token_hash").unique_key().take(),
        text("rights"),
        instant("created_at"),
        maybe_instant("last_used_at"),
        maybe_instant("expires_at"),
    ];
    let mut table = table("api_token", columns);
    refers(&mut table, ("api_token", "org_id"), "org");
    refers(&mut table, ("api_token", "person_id"), "person");
    table
}

fn magic_link() -> TableCreateStatement {
    let columns = [
        text("token_hash").primary_key().take(),
        id("contact_id"),
        instant("created_at"),
        instant("expires_at"),
        maybe_instant("used_at"),
    ];
    let mut table = table("magic_link", columns);
    refers(&mut table, ("magic_link", "contact_id"), "contact");
    table
}

fn first_run() -> TableCreateStatement {
    table("first_run", [ColumnDef::new("id").integer().not_null().primary_key().take()])
}

fn passkey() -> TableCreateStatement {
    let columns = [
        id("id").primary_key().take(),
        id("person_id"),
        text("credential_id").unique_key().take(),
        text("fixed"),
        text("changing"),
        ColumnDef::new("transports").integer().not_null().take(),
        text("name"),
        instant("created_at"),
        maybe_instant("last_used_at"),
    ];
    let mut table = table("passkey", columns);
    refers(&mut table, ("passkey", "person_id"), "person");
    table
}
