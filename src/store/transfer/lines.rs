//! Parses the lines of a backup.

use std::collections::HashMap;
use std::io::{BufRead, Read};

use anyhow::{Context, anyhow, bail, ensure};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::FORMAT;
use super::tables::{TABLES, Table};
use crate::clock;
use crate::digest::{DIGESTS_MAX, Plan, Zone};
use crate::guild::{GuildId, PACE_MAX, RULES_MAX};
use crate::json::Object;
use crate::store::SCHEMA_VERSION;
use crate::store::column::DbValue;
use crate::store::query::{DbRow, FromRow};
use crate::text::{BYTE_ORDER_MARK, is_compressed, is_utf16, shorten};

/// The longest accepted line.
const LINE_BYTES_MAX: usize = 64 * 1_024;

/// The longest value that an error message quotes.
const SHOWN_CHARS_MAX: usize = 60;

const GUILD_FILE: &str = "this is a file of `/config export`, which holds the settings of one server: import it there with `/config import`";

/// A row with its table.
type TableRow = (&'static Table, DbRow);

/// The lines of a backup after its header.
pub struct Lines<R> {
    from: R,
    /// The number of the current line.
    pub(super) number: u64,
    /// How many rows were read so far, by table and guild.
    counts: HashMap<(&'static str, GuildId), usize>,
    /// The digests that were read so far, with the numbers of their lines.
    digests: HashMap<GuildId, Vec<(u64, Plan)>>,
    rows: u64,
    /// Whether the file ends with its number of rows. Those of earlier versions do not.
    has_end: bool,
}

impl<R: BufRead> Lines<R> {
    /// Parses the header, which must be of a backup of this version or an earlier one.
    pub fn new(mut from: R) -> anyhow::Result<Self> {
        skip_byte_order_mark(&mut from)?;
        ensure!(!is_guild_file(from.fill_buf()?), GUILD_FILE);
        let mut lines = Self {
            from,
            number: 0,
            counts: HashMap::new(),
            digests: HashMap::new(),
            rows: 0,
            has_end: false,
        };
        let head = lines.next_object()?.context("the file is empty")?;
        ensure!(
            head.get("dossier") == Some(&json!("settings")),
            "this is not a file written by `dossier settings export`"
        );
        lines.has_end = head.get("format").and_then(Value::as_u64) >= Some(FORMAT);
        let schema = head.get("schema").and_then(Value::as_i64);
        ensure!(
            schema.is_some_and(|schema| schema <= SCHEMA_VERSION),
            "this file is of a newer version of Dossier"
        );
        Ok(lines)
    }

    /// Reads the next row.
    pub(super) fn next_row(&mut self) -> anyhow::Result<Option<TableRow>> {
        let Some(line) = self.next_object()? else {
            ensure!(
                !self.has_end,
                "a part of the file is missing: after {} rows it ends without the line `{{\"end\":…}}`; copy it again, or export again",
                self.rows
            );
            return Ok(None);
        };
        if let Some(end) = line.get("end").filter(|_| self.has_end) {
            return self.check_end(end).map(|()| None);
        }
        self.rows += 1;
        let row = read_row(&line).and_then(|(table, row)| {
            self.check_guild(table, &row)?;
            Ok(Some((table, row)))
        });
        row.with_context(|| format!("line {}", self.number))
    }

    /// Compares the number of rows with the one in the last line.
    fn check_end(&mut self, end: &Value) -> anyhow::Result<()> {
        let (number, rows) = (self.number, self.rows);
        ensure!(
            end["rows"] == json!(rows),
            "line {number} says that the file has {} rows, but it has {rows}: copy it again, or write {rows} there if you have changed the file yourself",
            shorten(&end["rows"].to_string(), SHOWN_CHARS_MAX)
        );
        ensure!(self.next_object()?.is_none(), "line {} follows the end of the file", self.number);
        Ok(())
    }

    /// Refuses what `/config` does not save: too many rules or digests of a guild, and a digest that
    /// posts the same as another one.
    fn check_guild(&mut self, table: &Table, row: &DbRow) -> anyhow::Result<()> {
        let (max, command) = match table.name {
            "channel_rule" => (RULES_MAX, "/config channels remove"),
            "digest" => (DIGESTS_MAX, "/config digest remove"),
            _ => return Ok(()),
        };
        let guild: GuildId = row.get("guild_id")?;
        let count = self.counts.entry((table.name, guild)).or_default();
        *count += 1;
        ensure!(
            *count <= max,
            "the server {guild} has more than {max} rows of `{}`: remove some with {command} and export again, or delete their lines",
            table.name
        );
        if table.name == "digest" {
            let (plan, now) = (Plan::from_row(row)?, clock::now());
            let others = self.digests.entry(guild).or_default();
            if let Some((other, _)) = others.iter().find(|(_, other)| other.repeats(&plan, now)) {
                bail!(
                    "the row of `digest` does the same as line {other}, as its `channel_id`, `at_minute`, `zone`, `days`, `content`, `role_id` and `publish` are the same: each entry would be posted twice; remove one with {command} and export again, or delete its line and those of its runs"
                );
            }
            others.push((self.number, plan));
        }
        Ok(())
    }

    /// Reads the next nonblank line.
    fn next_object(&mut self) -> anyhow::Result<Option<Map<String, Value>>> {
        let mut bytes = Vec::new();
        while bytes.trim_ascii().is_empty() {
            bytes.clear();
            self.number += 1;
            let limited = (&mut self.from).take(LINE_BYTES_MAX as u64);
            let read = { limited }.read_until(b'\n', &mut bytes);
            let read = read.with_context(|| format!("read line {}", self.number))?;
            if read == 0 {
                return Ok(None);
            }
            ensure!(
                !bytes.trim_ascii().contains(&b'\r'),
                "the lines of the file end with a carriage return alone: save it with the line ends of Unix (LF)"
            );
            ensure!(read < LINE_BYTES_MAX, "line {} is too long", self.number);
        }
        let text = str::from_utf8(&bytes);
        let text = text.with_context(|| format!("line {} is not UTF-8", self.number))?;
        let object = serde_json::from_str(text).map_err(|error| {
            // serde_json counts the lines of its own input, which is one.
            let (fault, column) = (error.to_string(), error.column());
            let fault = fault.split(" at line ").next().unwrap_or(&fault);
            let advice = if error.is_eof() { ": a part is missing at its end" } else { "" };
            anyhow!("line {} is not JSON: {fault} at column {column}{advice}", self.number)
        })?;
        require_unique_keys(text).with_context(|| format!("line {}", self.number))?;
        Ok(Some(object))
    }
}

/// Whether a file starts like one of `/config export`.
fn is_guild_file(start: &[u8]) -> bool {
    let is_space = |byte: &u8| byte.is_ascii_whitespace();
    let text: Vec<u8> = start.iter().copied().take(200).filter(|byte| !is_space(byte)).collect();
    // Its keys are sorted.
    text.starts_with(b"{\"channels\":{") || text.starts_with(b"{\"dossier\":1,")
}

/// Skips a byte order mark, and reports UTF-16.
fn skip_byte_order_mark(from: &mut impl BufRead) -> anyhow::Result<()> {
    let start = from.fill_buf().context("read line 1")?;
    ensure!(!is_utf16(start), "the file is UTF-16: save it as UTF-8");
    ensure!(!is_compressed(start), "the file is compressed: unpack it, and import the file in it");
    if start.starts_with(BYTE_ORDER_MARK) {
        from.consume(BYTE_ORDER_MARK.len());
    }
    Ok(())
}

/// Reports a key that a line or its row has twice: a map keeps the last value.
fn require_unique_keys(line: &str) -> anyhow::Result<()> {
    let line = Object::parse(line)?;
    let rows = line.fields().map(|(_, row)| row.object()).collect::<Vec<_>>();
    match line.duplicate_key().or_else(|| rows.iter().find_map(Object::duplicate_key)) {
        Some(key) => bail!("the key `{}` occurs twice", shorten(key, SHOWN_CHARS_MAX)),
        None => Ok(()),
    }
}

fn read_row(line: &Map<String, Value>) -> anyhow::Result<TableRow> {
    let mut fields = line.iter();
    let (Some((name, row)), None) = (fields.next(), fields.next()) else {
        bail!("a row is an object with one field, the name of its table");
    };
    let table = TABLES.iter().find(|table| table.name == name);
    let table =
        table.with_context(|| format!("there is no table `{}`", shorten(name, SHOWN_CHARS_MAX)))?;
    let row = row.as_object().with_context(|| format!("the row of `{name}` is not an object"))?;
    for field in row.keys() {
        let is_known = table.columns.iter().any(|column| column.name == field);
        ensure!(is_known, "`{name}` has no field `{}`", shorten(field, SHOWN_CHARS_MAX));
    }
    let values = table.columns.iter().map(|column| {
        let value = match (row.get(column.name), column.name) {
            (Some(value), _) => value.clone(),
            // Backups of earlier schemas lack it.
            (None, "pictures") => json!(1),
            (None, _) => Value::Null,
        };
        let stored = DbValue::deserialize(&value).ok().filter(|stored| {
            (column.is_valid)(stored.clone()) && !is_misused(column.name, &value, row)
        });
        let fault =
            || format!("the field `{}` of `{name}` {}", column.name, fault(column.name, &value));
        Ok((column.name.to_owned(), Some(stored.with_context(fault)?)))
    });
    Ok((table, DbRow(values.collect::<anyhow::Result<_>>()?)))
}

/// Whether Dossier does not save a value, though it is valid by itself.
fn is_misused(column: &str, value: &Value, row: &Map<String, Value>) -> bool {
    match column {
        // The id of @everyone is the guild's id.
        "role_id" => !value.is_null() && Some(value) == row.get("guild_id"),
        // Without its time, it would never be posted, reported or published.
        "due" => {
            row.get("is_paused").is_some_and(|paused| (*paused == json!(0)) == value.is_null())
        }
        "tell_at" => value.is_null() && row.get("told") == Some(&json!("due")),
        "publish_at" => value.is_null() && row.get("publish") == Some(&json!("due")),
        // The database's abbreviations are zones without daylight saving time.
        "zone" => value.as_str().is_some_and(|name| !name.contains('/') && name != "UTC"),
        _ => false,
    }
}

/// What is wrong with the value of a column, as the end of an error message.
fn fault(column: &str, value: &Value) -> String {
    if value.is_null() && column != "due" {
        return "is missing".to_owned();
    }
    let shown = shorten(&value.to_string(), SHOWN_CHARS_MAX);
    let expected = match column {
        "pace" => format!("and must be a number from 0 to {PACE_MAX}"),
        "role_id" => "which is not a role that a digest can mention".to_owned(),
        "due" => "and must be a time, or null if `is_paused` is 1".to_owned(),
        "zone" => match value.as_str().map(|name| Zone::resolve(name, clock::now())) {
            Some(Ok(zone)) => format!("and must be the name of a time zone: write \"{zone}\""),
            _ => "and must be a time zone such as \"Europe/Kyiv\"".to_owned(),
        },
        _ => "which this version of Dossier does not know".to_owned(),
    };
    format!("holds {shown}, {expected}")
}
