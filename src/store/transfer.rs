//! Backup and restore of all rows, also from one engine to the other: `dossier settings export|import`.
//!
//! A file has a line of JSON for each row, after a line that says what it is. It is read and written row by row, so its length does
//! not matter.

use std::io::{BufRead, Write};

use anyhow::{Context, ensure};
use serde_json::{Map, Value, json};
use sqlx::{AssertSqlSafe, ColumnIndex, Decode, FromRow, Row, Type};

use super::engine::Engine;
use super::query::{Query, Transaction, query};
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

/// The values of a row, in the order of the columns.
struct JsonRow(Vec<Value>);

impl<'r, R> FromRow<'r, R> for JsonRow
where
    R: Row,
    usize: ColumnIndex<R>,
    i64: Decode<'r, R::Database> + Type<R::Database>,
    String: Decode<'r, R::Database> + Type<R::Database>,
{
    fn from_row(row: &'r R) -> sqlx::Result<Self> {
        let value = |index| match row.try_get::<Option<i64>, _>(index) {
            Ok(number) => Ok(json!(number)),
            Err(_) => row.try_get::<Option<String>, _>(index).map(|text| json!(text)),
        };
        (0..row.len()).map(value).collect::<sqlx::Result<_>>().map(Self)
    }
}

impl Store {
    /// Writes all rows but drafts, and returns how many there are.
    pub async fn export(&self, mut to: impl Write) -> anyhow::Result<u64> {
        writeln!(to, "{}", json!({ "dossier": "settings", "schema": SCHEMA_VERSION }))?;
        let mut count = 0;
        for table in TABLES {
            let mut last_key: Vec<Value> = Vec::new();
            loop {
                let page = bind_all(
                    query(table.page_sql(!last_key.is_empty())).bind(PAGE_ROWS),
                    &last_key,
                );
                let rows: Vec<JsonRow> = self
                    .engine
                    .fetch_all(page)
                    .await
                    .with_context(|| format!("read the table {}", table.name))?;
                let Some(JsonRow(last)) = rows.last() else {
                    break;
                };
                last_key = last[..table.key_columns].to_vec();
                for JsonRow(values) in rows {
                    let names = table.columns.iter().map(|column| column.name.to_owned());
                    let row: Map<String, Value> = names.zip(values).collect();
                    writeln!(to, "{}", json!({ table.name: row }))?;
                    count += 1;
                }
            }
        }
        to.flush()?;
        Ok(count)
    }

    /// Imports all rows of a file into an empty store, and returns how many there were; where one is refused, none is imported.
    pub async fn import(&self, from: impl BufRead) -> anyhow::Result<u64> {
        let mut transaction = self.begin().await.context("begin")?;
        ensure_empty(&mut transaction).await?;
        let mut lines = Lines::new(from)?;
        let mut count = 0;
        while let Some((table, values)) = lines.next_row()? {
            let insert = bind_all(query(table.insert_sql()), &values);
            let inserted = transaction.execute(insert).await;
            inserted.with_context(|| format!("line {}", lines.number))?;
            count += 1;
        }
        if let Engine::Postgres { .. } = &self.engine {
            transaction.execute(query(ADVANCE_SEQUENCE)).await?;
        }
        transaction.commit().await.context("commit")?;
        Ok(count)
    }
}

async fn ensure_empty(transaction: &mut Transaction) -> anyhow::Result<()> {
    for Table { name, .. } in TABLES {
        let count = query(AssertSqlSafe(format!("select count(*) from {name}")));
        let count: i64 = transaction.fetch_scalar(count).await?.unwrap_or_default();
        ensure!(
            count == 0,
            "the store is not empty: there are {count} rows of {name}; import into a new one"
        );
    }
    Ok(())
}

fn bind_all(query: Query, values: &[Value]) -> Query {
    values.iter().fold(query, |query, value| match value {
        Value::String(text) => query.bind(text),
        number => query.bind(number.as_i64()),
    })
}
