//! Backup and restore of all rows, also from one engine to the other: `dossier settings export|import`.
//!
//! A file has a line of JSON for each row, after a line that says what it is. It is read and written row by row, so its length does
//! not matter.

use std::io::{BufRead, Write};

use anyhow::{Context, ensure};
use serde_json::{Map, Value, json};
use sqlx::AssertSqlSafe;

use super::column::{Value as Column, params};
use super::engine::Engine;
use super::query::{Row, Transaction};
use super::{SCHEMA_VERSION, Store};
use lines::Lines;
use tables::{TABLES, Table};

mod lines;
mod tables;

/// How many rows are read at a time.
const PAGE_ROWS: i64 = 500;

/// Ids that PostgreSQL generates start after those that were imported.
const ADVANCE_SEQUENCE: &str = "select setval(pg_get_serial_sequence('change_log', 'id'),
         coalesce((select max(id) from change_log), 0) + 1, false)";

impl Store {
    /// Writes all rows but drafts, and returns how many there are.
    pub async fn export(&self, mut to: impl Write) -> anyhow::Result<u64> {
        writeln!(to, "{}", json!({ "dossier": "settings", "schema": SCHEMA_VERSION }))?;
        let mut count = 0;
        for table in TABLES {
            let mut last_key = Vec::new();
            loop {
                let sql = table.page_sql(!last_key.is_empty());
                let values = params![PAGE_ROWS].into_iter().chain(last_key.iter().map(column));
                let rows = self.engine.fetch_all(sql, values.collect()).await;
                let rows = rows.with_context(|| format!("read the table {}", table.name))?;
                for row in &rows {
                    let values = table.columns.iter().map(|column| json_value(row, column.name));
                    let values = values.collect::<sqlx::Result<Vec<_>>>()?;
                    last_key = values[..table.key_columns].to_vec();
                    let names = table.columns.iter().map(|column| column.name.to_owned());
                    let row: Map<String, Value> = names.zip(values).collect();
                    writeln!(to, "{}", json!({ table.name: row }))?;
                    count += 1;
                }
                if rows.is_empty() {
                    break;
                }
            }
        }
        to.flush()?;
        Ok(count)
    }

    /// Imports all rows of a file into an empty store, and returns how many there were; where one is refused, none is imported.
    pub async fn import(&self, from: impl BufRead) -> anyhow::Result<u64> {
        let mut transaction = self.engine.begin().await.context("begin")?;
        ensure_empty(&mut transaction).await?;
        let mut lines = Lines::new(from)?;
        let mut count = 0;
        while let Some((table, values)) = lines.next_row()? {
            let values = values.iter().map(column).collect();
            let inserted = transaction.execute(table.insert_sql(), values).await;
            inserted.with_context(|| format!("line {}", lines.number))?;
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

fn column(value: &Value) -> Column {
    match value {
        Value::String(text) => Column::Text(Some(text.clone())),
        number => Column::Number(number.as_i64()),
    }
}

fn json_value(row: &Row, name: &str) -> sqlx::Result<Value> {
    match row.stored::<Option<i64>>(name) {
        Ok(number) => Ok(json!(number)),
        Err(_) => row.stored::<Option<String>>(name).map(|text| json!(text)),
    }
}
