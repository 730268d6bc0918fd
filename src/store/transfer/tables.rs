//! The tables and columns of a backup, with the values that each column takes.

use serde_json::Value;
use sqlx::AssertSqlSafe;

use crate::digest::{Content, Days, DigestId, RunState, TimeOfDay, Zone};
use crate::guild::{ChannelId, Elsewhere, PACE_MAX, Rule, id_from_number};

/// A table. Rows are read in the order of its key, which consists of the first columns.
pub(super) struct Table {
    pub(super) name: &'static str,
    pub(super) key_columns: usize,
    pub(super) columns: &'static [Column],
}

pub(super) struct Column {
    pub(super) name: &'static str,
    takes: Takes,
    is_optional: bool,
    /// What it holds in backups of versions that did not have it.
    pub(super) before: Option<i64>,
}

/// The values of a column.
enum Takes {
    Number(fn(i64) -> bool),
    Text(fn(&str) -> bool),
}

const fn number(name: &'static str, takes: fn(i64) -> bool) -> Column {
    Column { name, takes: Takes::Number(takes), is_optional: false, before: None }
}

const fn text(name: &'static str, takes: fn(&str) -> bool) -> Column {
    Column { name, takes: Takes::Text(takes), is_optional: false, before: None }
}

const fn optional(column: Column) -> Column {
    Column { is_optional: true, ..column }
}

fn any_number(_: i64) -> bool {
    true
}

fn any_text(_: &str) -> bool {
    true
}

fn flag(number: i64) -> bool {
    matches!(number, 0 | 1)
}

/// Discord's ids of all kinds are read alike.
fn id(number: i64) -> bool {
    u64::try_from(number).is_ok_and(|number| id_from_number::<ChannelId>(number).is_ok())
}

fn digest_id(number: i64) -> bool {
    DigestId::from_number(number).is_some()
}

/// All tables, each after those that it refers to.
pub(super) const TABLES: &[Table] = &[
    Table {
        name: "guild",
        key_columns: 1,
        columns: &[
            number("guild_id", id),
            text("elsewhere", |name| Elsewhere::from_name(name).is_some()),
            number("pace", |pace| (0..=PACE_MAX as i64).contains(&pace)),
            optional(number("trouble_channel_id", id)),
            optional(number("left_at", any_number)),
            Column { before: Some(1), ..number("pictures", flag) },
        ],
    },
    Table {
        name: "channel_rule",
        key_columns: 2,
        columns: &[
            number("guild_id", id),
            number("channel_id", id),
            text("rule", |name| Rule::from_name(name).is_some()),
        ],
    },
    Table {
        name: "change_log",
        key_columns: 1,
        columns: &[
            number("id", any_number),
            number("guild_id", id),
            number("at", any_number),
            number("member_id", id),
            text("what", any_text),
            optional(number("about", any_number)),
            text("before", any_text),
            text("after", any_text),
        ],
    },
    Table {
        name: "digest",
        key_columns: 1,
        columns: &[
            number("id", digest_id),
            number("guild_id", id),
            number("channel_id", id),
            text("channel_name", any_text),
            number("at_minute", |minutes| TimeOfDay::from_minutes(minutes).is_some()),
            text("zone", |name| Zone::from_name(name).is_some()),
            number("days", |bits| Days::from_bits(bits).is_some()),
            text("content", |content| content.parse::<Content>().is_ok()),
            optional(number("role_id", id)),
            number("publish", flag),
            number("is_paused", flag),
            text("paused_for", any_text),
            optional(text("slot", any_text)),
            optional(number("due", any_number)),
            number("round", any_number),
            number("refusals", any_number),
            number("missed", |missed| missed >= 0),
            text("told", any_text),
            optional(number("tell_at", any_number)),
        ],
    },
    // The runs come along, so that nothing that was posted is posted again.
    Table {
        name: "digest_run",
        key_columns: 2,
        columns: &[
            number("digest_id", digest_id),
            text("slot", any_text),
            number("due", any_number),
            number("until", any_number),
            text("state", |name| RunState::from_name(name).is_some()),
            text("owner", any_text),
            number("lease_until", any_number),
            optional(number("tried_at", any_number)),
            number("mark", |mark| mark >= 0),
            number("round", any_number),
            text("entry", any_text),
            number("channel_id", id),
            optional(number("message_id", id)),
            text("publish", |publish| matches!(publish, "" | "due" | "done" | "failed")),
            optional(number("publish_at", any_number)),
            text("fault", any_text),
            number("at", any_number),
        ],
    },
];

impl Column {
    pub(super) fn takes(&self, value: &Value) -> bool {
        match (value, &self.takes) {
            (Value::Null, _) => self.is_optional,
            (Value::Number(number), Takes::Number(takes)) => number.as_i64().is_some_and(takes),
            (Value::String(text), Takes::Text(takes)) => takes(text),
            _ => false,
        }
    }
}

impl Table {
    fn column_names(&self) -> Vec<&'static str> {
        self.columns.iter().map(|column| column.name).collect()
    }

    /// Reads as many rows as `$1` says, after the key in `$2` and so on if there is one.
    pub(super) fn page_sql(&self, has_key: bool) -> AssertSqlSafe<String> {
        let names = self.column_names();
        let key = names[..self.key_columns].join(", ");
        let after = match has_key {
            true => format!("where ({key}) > ({})", placeholders(2, self.key_columns)),
            false => String::new(),
        };
        let (columns, table) = (names.join(", "), self.name);
        AssertSqlSafe(format!("select {columns} from {table} {after} order by {key} limit $1"))
    }

    pub(super) fn insert_sql(&self) -> AssertSqlSafe<String> {
        let (names, values) = (self.column_names().join(", "), placeholders(1, self.columns.len()));
        AssertSqlSafe(format!("insert into {} ({names}) values ({values})", self.name))
    }
}

fn placeholders(first: usize, count: usize) -> String {
    let all: Vec<String> = (first..first + count).map(|number| format!("${number}")).collect();
    all.join(", ")
}
