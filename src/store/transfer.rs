//! Backup and restore of all that is kept, and the way from one engine to the other: `dossier settings export|import`.
//!
//! A file has a line of JSON for each row, after one that says what it is. It is read and written row by row, so its length does not
//! matter.

use std::io::{BufRead, Write};

use anyhow::{Context, bail, ensure};
use serde_json::{Map, Value, json};
use sqlx::{AssertSqlSafe, Row};

use super::{Engine, SCHEMA, Store};

/// How many rows are read at a time.
const ROWS_AT_A_TIME: i64 = 500;

/// The longest line that is read.
const LINE_BYTES_MAX: usize = 64 * 1_024;

/// A table with its columns; it is read in the order of the first ones.
struct Table {
    name: &'static str,
    /// How many of the columns tell one row from another.
    keys: usize,
    columns: &'static [Column],
}

/// A column: a number, or a text.
#[derive(Clone, Copy)]
enum Column {
    Number(&'static str),
    Text(&'static str),
}

use Column::{Number, Text};

/// All tables, those first that others refer to. Drafts are not worth keeping.
const TABLES: &[Table] = &[
    Table {
        name: "guild",
        keys: 1,
        columns: &[
            Number("guild_id"),
            Text("elsewhere"),
            Number("pace"),
            Number("trouble_channel_id"),
            Number("left_at"),
        ],
    },
    Table {
        name: "channel_rule",
        keys: 2,
        columns: &[Number("guild_id"), Number("channel_id"), Text("rule")],
    },
    Table {
        name: "change_log",
        keys: 1,
        columns: &[
            Number("id"),
            Number("guild_id"),
            Number("at"),
            Number("member_id"),
            Text("what"),
            Number("about"),
            Text("before"),
            Text("after"),
        ],
    },
    Table {
        name: "digest",
        keys: 1,
        columns: &[
            Number("id"),
            Number("guild_id"),
            Number("channel_id"),
            Text("channel_name"),
            Number("at_minute"),
            Text("zone"),
            Number("days"),
            Text("content"),
            Number("role_id"),
            Number("publish"),
            Number("is_paused"),
            Text("paused_for"),
            Text("slot"),
            Number("due"),
            Number("round"),
            Number("refusals"),
            Number("missed"),
            Text("told"),
            Number("tell_at"),
        ],
    },
    // With it goes what has been posted, so that none of it is posted again.
    Table {
        name: "digest_run",
        keys: 2,
        columns: &[
            Number("digest_id"),
            Text("slot"),
            Number("due"),
            Number("until"),
            Text("state"),
            Text("owner"),
            Number("lease_until"),
            Number("tried_at"),
            Number("mark"),
            Number("round"),
            Text("entry"),
            Number("channel_id"),
            Number("message_id"),
            Text("publish"),
            Number("publish_at"),
            Text("fault"),
            Number("at"),
        ],
    },
];

/// Runs one expression on either engine, given its connection or transaction.
macro_rules! on_either {
    ($store:expr, |$pool:ident| $body:expr) => {
        match &$store.engine {
            Engine::Sqlite { write: $pool, .. } => $body,
            Engine::Postgres { pool: $pool, .. } => $body,
        }
    };
}

impl Store {
    /// Writes all that is kept; tells how many rows.
    ///
    /// # Errors
    ///
    /// If it cannot be read, or not be written there.
    pub async fn export(&self, mut to: impl Write) -> anyhow::Result<u64> {
        writeln!(to, "{}", json!({ "dossier": "settings", "schema": SCHEMA }))?;
        let mut count = 0;
        for table in TABLES {
            let mut last: Option<Vec<Value>> = None;
            loop {
                let rows = self.rows(table, last.as_deref()).await;
                let rows = rows.with_context(|| format!("read the table {}", table.name))?;
                let Some(end) = rows.last() else {
                    break;
                };
                last = Some(table.key_of(end));
                for row in &rows {
                    writeln!(to, "{}", json!({ table.name: row }))?;
                    count += 1;
                }
            }
        }
        to.flush()?;
        Ok(count)
    }

    /// OptionKind all rows of a file into a store that has none; all of them, or none where there is a fault.
    ///
    /// # Errors
    ///
    /// If the store is not empty, or the file not one that was exported.
    pub async fn import(&self, from: impl BufRead) -> anyhow::Result<u64> {
        on_either!(self, |pool| {
            let mut transaction = pool.begin().await.context("begin")?;
            for table in TABLES {
                let sql = format!("select count(*) from {}", table.name);
                let count: i64 =
                    sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut *transaction).await?;
                ensure!(
                    count == 0,
                    "the store is not empty: there are {count} rows of {}; import into a new one",
                    table.name
                );
            }
            let mut lines = Lines::new(from);
            lines.head()?;
            let mut count = 0;
            while let Some((table, values)) = lines.next()? {
                let mut query = sqlx::query(AssertSqlSafe(table.insert()));
                for (column, value) in table.columns.iter().zip(&values) {
                    query = match column {
                        Number(_) => query.bind(value.as_i64()),
                        Text(_) => query.bind(value.as_str().map(str::to_owned)),
                    };
                }
                let done = query.execute(&mut *transaction).await;
                done.with_context(|| format!("line {}", lines.number))?;
                count += 1;
            }
            if let Engine::Postgres { .. } = &self.engine {
                // Numbers that the database gives out begin after those that came along.
                for sql in [
                    "select setval(pg_get_serial_sequence('change_log', 'id'), coalesce((select max(id) from change_log), 0) + 1, false)",
                ] {
                    sqlx::query(sql).execute(&mut *transaction).await?;
                }
            }
            transaction.commit().await.context("commit")?;
            Ok(count)
        })
    }

    /// Some rows of a table, after one that was read already.
    async fn rows(
        &self,
        table: &Table,
        last: Option<&[Value]>,
    ) -> Result<Vec<Map<String, Value>>, sqlx::Error> {
        let sql = table.select(last.is_some());
        on_either!(self, |pool| {
            let mut query = sqlx::query(AssertSqlSafe(sql)).bind(ROWS_AT_A_TIME);
            for key in last.unwrap_or_default() {
                query = match key {
                    Value::String(text) => query.bind(text.clone()),
                    number => query.bind(number.as_i64()),
                };
            }
            let rows = query.fetch_all(pool).await?;
            let object = |row: &_| {
                let values = table.columns.iter().enumerate().map(|(place, column)| {
                    let value = match column {
                        Number(_) => json!(Row::try_get::<Option<i64>, _>(row, place)?),
                        Text(_) => json!(Row::try_get::<Option<String>, _>(row, place)?),
                    };
                    Ok((column.name().to_owned(), value))
                });
                values.collect()
            };
            rows.iter().map(object).collect()
        })
    }
}

impl Column {
    const fn name(self) -> &'static str {
        match self {
            Number(name) | Text(name) => name,
        }
    }
}

impl Table {
    fn names(&self) -> Vec<&'static str> {
        self.columns.iter().map(|column| column.name()).collect()
    }

    fn select(&self, goes_on: bool) -> String {
        let names = self.names();
        let keys = names[..self.keys].join(", ");
        let after = match goes_on {
            true => {
                let places: Vec<String> =
                    (2..2 + self.keys).map(|place| format!("${place}")).collect();
                format!("where ({keys}) > ({})", places.join(", "))
            }
            false => String::new(),
        };
        format!("select {} from {} {after} order by {keys} limit $1", names.join(", "), self.name)
    }

    fn insert(&self) -> String {
        let places: Vec<String> =
            (1..=self.columns.len()).map(|place| format!("${place}")).collect();
        format!(
            "insert into {} ({}) values ({})",
            self.name,
            self.names().join(", "),
            places.join(", ")
        )
    }

    fn key_of(&self, row: &Map<String, Value>) -> Vec<Value> {
        let names = self.names();
        let value = |name: &&str| row.get(*name).cloned().unwrap_or_default();
        names[..self.keys].iter().map(value).collect()
    }
}

/// The lines of a file.
struct Lines<R> {
    from: R,
    number: u64,
    line: String,
}

impl<R: BufRead> Lines<R> {
    fn new(from: R) -> Self {
        Self { from, number: 0, line: String::new() }
    }

    /// Makes sure that the file is one of ours, and not newer than this program.
    fn head(&mut self) -> anyhow::Result<()> {
        let head = self.object()?.unwrap_or_default();
        ensure!(
            head.get("dossier") == Some(&json!("settings")),
            "this is no file that `dossier settings export` has written"
        );
        let schema = head.get("schema").and_then(Value::as_i64);
        ensure!(
            schema.is_some_and(|schema| schema <= SCHEMA),
            "this file is of a newer version of Dossier"
        );
        Ok(())
    }

    /// The next row: its table, and a value for each column.
    fn next(&mut self) -> anyhow::Result<Option<(&'static Table, Vec<Value>)>> {
        let Some(line) = self.object()? else {
            return Ok(None);
        };
        let read = || {
            let (name, row) = line.iter().next()?;
            let table = TABLES.iter().find(|table| table.name == name)?;
            let row = row.as_object()?;
            let is_known = |name: &String| table.names().contains(&name.as_str());
            if line.len() != 1 || !row.keys().all(is_known) {
                return None;
            }
            let value = |column: &Column| {
                let value = row.get(column.name()).cloned().unwrap_or(Value::Null);
                let is_right = match column {
                    Number(_) => value.is_i64() || value.is_null(),
                    Text(_) => value.is_string() || value.is_null(),
                };
                is_right.then_some(value)
            };
            let values: Option<Vec<Value>> = table.columns.iter().map(value).collect();
            Some((table, values?))
        };
        match read() {
            Some(row) => Ok(Some(row)),
            None => bail!("line {} is no row that is known here", self.number),
        }
    }

    fn object(&mut self) -> anyhow::Result<Option<Map<String, Value>>> {
        self.number += 1;
        self.line.clear();
        let most = LINE_BYTES_MAX as u64;
        let read = std::io::Read::take(&mut self.from, most).read_line(&mut self.line);
        let read = read.with_context(|| format!("read line {}", self.number))?;
        if read == 0 {
            return Ok(None);
        }
        ensure!(read < LINE_BYTES_MAX, "line {} is too long", self.number);
        let object = serde_json::from_str(&self.line);
        object.map(Some).with_context(|| format!("line {} is no JSON", self.number))
    }
}
