//! The schema's steps.

use kernel::db::Migration;
use sea_orm::sea_query::{ColumnDef, Index, Table};

pub fn migrations() -> Vec<Migration> {
    vec![
        Migration {
            name: "0001_mail_mail",
            up: |schema| {
                Box::pin(async move {
                    let mut table = Table::create();
                    table.table("mail").col(ColumnDef::new("id").uuid().not_null().primary_key());
                    for name in ["to_name", "to_email", "locale", "template", "state"] {
                        table.col(ColumnDef::new(name).string().not_null());
                    }
                    table
                        .col(ColumnDef::new("sealed_values").text().not_null())
                        .col(ColumnDef::new("attempts").integer().not_null())
                        .col(ColumnDef::new("due_at").big_integer().not_null())
                        .col(ColumnDef::new("created_at").big_integer().not_null())
                        .col(ColumnDef::new("ended_at").big_integer())
                        .col(ColumnDef::new("failure").text());
                    schema.create_table(table).await
                })
            },
        },
        Migration {
            name: "0002_mail_due",
            up: |schema| {
                Box::pin(async move {
                    let mut index = Index::create();
                    index.name("mail_due").table("mail").col("state").col("due_at");
                    schema.create_index(index).await
                })
            },
        },
        Migration {
            name: "0003_mail_reply_to",
            up: |schema| {
                Box::pin(async move {
                    let column = ColumnDef::new("reply_to").string().take();
                    schema.alter_table(Table::alter().table("mail").add_column(column).take()).await
                })
            },
        },
        Migration {
            name: "0004_mail_ended",
            up: |schema| {
                Box::pin(async move {
                    let mut index = Index::create();
                    index.name("mail_ended").table("mail").col("ended_at");
                    schema.create_index(index).await
                })
            },
        },
    ]
}
