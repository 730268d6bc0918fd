//! Exports and imports all rows, also between the two engines: `dossier settings export|import`.
//!
//! A file has a header line, one line of JSON per row, and a last line with the number of rows. It
//! is streamed, so its length is not limited by memory.

use std::collections::BTreeMap;
use std::io::{BufRead, Write};

use anyhow::{Context, anyhow, ensure};
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;

use super::column::params;
use super::engine::Engine;
use super::query::Transaction;
use super::{SCHEMA_VERSION, Store};
pub use lines::Lines;
use tables::{TABLES, Table};

mod lines;
mod tables;

/// The version of the file's form. Files without one have no last line.
const FORMAT: u64 = 2;

/// The page size of the export.
const PAGE_ROWS: i64 = 500;

/// Generated ids continue after the imported ones.
const ADVANCE_SEQUENCE: &str = "select setval(pg_get_serial_sequence('change_log', 'id'),
         coalesce((select max(id) from change_log), 0) + 1, false)";

impl Store {
    /// Writes all rows except drafts, as of one moment: the bot may change them meanwhile, and a
    /// row without the one that it references cannot be imported. Returns their number.
    pub async fn export(&self, mut to: impl Write) -> anyhow::Result<u64> {
        let mut transaction = self.engine.begin_reading().await.context("begin")?;
        let mut write = |line: Value| writeln!(to, "{line}").context("write the backup");
        let head = json!({ "dossier": "settings", "format": FORMAT, "schema": SCHEMA_VERSION });
        write(head)?;
        let mut count = 0;
        for table in TABLES {
            let mut last_key = Vec::new();
            loop {
                let sql = table.page_sql(!last_key.is_empty());
                let values = params![PAGE_ROWS].into_iter().chain(last_key.drain(..)).collect();
                let rows = transaction.fetch_all(sql, values).await;
                let rows = rows.with_context(|| format!("read the table {}", table.name))?;
                for row in &rows {
                    let mut values = table.values(row)?;
                    let names = table.columns.iter().map(|column| column.name);
                    let fields: BTreeMap<_, _> = names.zip(&values).collect();
                    write(json!({ table.name: fields }))?;
                    values.truncate(table.key_columns);
                    last_key = values;
                    count += 1;
                }
                if rows.is_empty() {
                    break;
                }
            }
        }
        transaction.commit().await.context("commit")?;
        write(json!({ "end": { "rows": count } }))?;
        to.flush().context("write the backup")?;
        Ok(count)
    }

    /// Imports a file into an empty store, all rows or none. Returns their number.
    pub async fn import(&self, mut lines: Lines<impl BufRead>) -> anyhow::Result<u64> {
        let mut transaction = self.engine.begin().await.context("begin")?;
        ensure_empty(&mut transaction).await?;
        let mut count = 0;
        while let Some((table, row)) = lines.next_row()? {
            let inserted = transaction.execute(table.insert_sql(), table.values(&row)?).await;
            if let Err(error) = inserted {
                let number = lines.number;
                return Err(match insert_fault(table, &error) {
                    Some(fault) => anyhow!("line {number}: {fault}"),
                    None => anyhow::Error::new(error).context(format!("line {number}")),
                });
            }
            count += 1;
        }
        if let Engine::Postgres(_) = &self.engine {
            transaction.fetch_all(ADVANCE_SEQUENCE, params![]).await?;
        }
        transaction.commit().await.context("commit")?;
        Ok(count)
    }
}

async fn ensure_empty(transaction: &mut Transaction) -> anyhow::Result<()> {
    for Table { name, .. } in TABLES {
        let count = AssertSqlSafe(format!("select count(*) from {name}"));
        let count: i64 = transaction.fetch_scalar(count, params![]).await?.unwrap_or_default();
        ensure!(
            count == 0,
            "the store is not empty: there are {count} rows of {name}; import into a new one"
        );
    }
    Ok(())
}

/// Why the database refuses a row, if that is a fault of the file.
fn insert_fault(table: &Table, error: &sqlx::Error) -> Option<String> {
    let name = table.name;
    match error.as_database_error()? {
        error if error.is_unique_violation() => {
            let key = table.columns[..table.key_columns].iter().map(|column| column.name);
            let key = key.collect::<Vec<_>>().join(" and ");
            Some(format!("the file has a row of `{name}` with this {key} already"))
        }
        error if error.is_foreign_key_violation() => {
            Some(format!("this row of `{name}` belongs to a row that is not in the file before it"))
        }
        _ => None,
    }
}
