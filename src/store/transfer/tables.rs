//! The tables and columns of a backup, and the values that each column accepts.

use sqlx::AssertSqlSafe;

use crate::digest::{Content, Days, DigestId, Fault, Publish, RunState, TimeOfDay, Zone};
use crate::guild::{ChannelId, Elsewhere, GuildId, MessageId, RoleId, Rule, UserId};
use crate::store::column::{DbValue, FromColumn, columns};
use crate::store::failure_notices::is_notice_state;
use crate::store::query::DbRow;

/// The largest time of a backup, in seconds: the end of the year 9999.
const TIME_MAX: i64 = 253_402_300_799;

/// A table. Its first columns are its key, and rows are exported in key order.
pub(super) struct Table {
    pub(super) name: &'static str,
    pub(super) key_columns: usize,
    pub(super) columns: &'static [TableColumn],
}

pub(super) struct TableColumn {
    pub(super) name: &'static str,
    pub(super) is_valid: fn(DbValue) -> bool,
}

/// Whether a value is valid for a column of type `T`.
fn is_valid<T: FromColumn>(value: DbValue) -> bool {
    T::from_column(value).is_some()
}

/// Seconds since 1970.
struct Time;

/// The key of a scheduled run.
struct RunKey;

/// A fault, or an empty text.
struct OptionalFault;

/// Whether a failure was reported.
struct Notice;

columns! {
    Time: i64 = |seconds| (0..=TIME_MAX).contains(&seconds).then_some(Time);
    RunKey: String = |key| is_run_key(&key)?.then_some(RunKey);
    OptionalFault: String = |text| {
        (text.is_empty() || text.parse::<Fault>().is_ok()).then_some(OptionalFault)
    };
    Notice: String = |text| is_notice_state(&text).then_some(Notice);
}

fn is_run_key(key: &str) -> Option<bool> {
    if key.is_empty() {
        // A digest that was resumed when the bot returned to its server.
        return Some(true);
    }
    let (day, rest) = key.split_once('T')?;
    let (at, zone) = rest.strip_suffix(']')?.split_once('[')?;
    let is_time = day.parse::<jiff::civil::Date>().is_ok() && at.parse::<TimeOfDay>().is_ok();
    Some(is_time && Zone::from_name(zone).is_some())
}

macro_rules! tables {
    ($($table:ident by $key_columns:literal { $($column:ident: $type:ty,)* })*) => {
        /// All tables, each after those that it references.
        pub(super) const TABLES: &[Table] = &[$(Table {
            name: stringify!($table),
            key_columns: $key_columns,
            columns: &[$(TableColumn { name: stringify!($column), is_valid: is_valid::<$type> }),*],
        }),*];
    };
}

tables! {
    guild by 1 {
        guild_id: GuildId,
        elsewhere: Elsewhere,
        pace: u16,
        trouble_channel_id: Option<ChannelId>,
        left_at: Option<Time>,
        pictures: bool,
    }
    channel_rule by 2 {
        guild_id: GuildId,
        channel_id: ChannelId,
        rule: Rule,
    }
    change_log by 1 {
        id: i64,
        guild_id: GuildId,
        at: i64,
        member_id: UserId,
        what: String,
        about: Option<i64>,
        before: String,
        after: String,
    }
    digest by 1 {
        id: DigestId,
        guild_id: GuildId,
        channel_id: ChannelId,
        channel_name: String,
        at_minute: TimeOfDay,
        zone: Zone,
        days: Days,
        content: Content,
        role_id: Option<RoleId>,
        publish: bool,
        is_paused: bool,
        paused_for: OptionalFault,
        slot: Option<RunKey>,
        due: Option<Time>,
        round: u64,
        refusals: u64,
        missed: u64,
        told: Notice,
        tell_at: Option<i64>,
    }
    // The ledger is included, so that no entry is posted again after a restore.
    digest_run by 2 {
        digest_id: DigestId,
        slot: String,
        due: i64,
        until: i64,
        state: RunState,
        owner: String,
        lease_until: i64,
        tried_at: Option<i64>,
        mark: u64,
        round: i64,
        entry: String,
        channel_id: ChannelId,
        message_id: Option<MessageId>,
        publish: Publish,
        publish_at: Option<i64>,
        fault: OptionalFault,
        at: i64,
    }
}

impl Table {
    fn column_names(&self) -> Vec<&'static str> {
        self.columns.iter().map(|column| column.name).collect()
    }

    pub(super) fn values(&self, row: &DbRow) -> sqlx::Result<Vec<DbValue>> {
        self.columns.iter().map(|column| row.get(column.name)).collect()
    }

    /// Selects up to `$1` rows, after the key in `$2` and following if there is one.
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
