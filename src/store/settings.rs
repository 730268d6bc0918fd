//! The settings of servers: read, changed, and told of.

use std::sync::Arc;

use sqlx::Connection;

use super::digests::{DIGESTS, DigestRow, begun_at, digests_of};
use super::maintenance::CHANNEL;
use super::{Engine, Store, reading, writing};
use crate::digest::{Digest, Digests, Fault, Planned, Slot};
use crate::guild::id_from_number;
use crate::guild::{
    Change, Difference, Elsewhere, GuildId, LogLine, Rule, Settings, UserId, Value,
};
use crate::store::StoreError;
use std::num::NonZeroU64;

/// How many lines of the log are kept for each server.
const LOG_LINES_MAX: i64 = 1_000;

/// The settings of a server with its rules, a row for each rule, and one if there are none.
const SETTINGS: &str = "select elsewhere, pace, trouble_channel_id, left_at, channel_id, rule
     from guild left join channel_rule on channel_rule.guild_id = guild.guild_id
     where guild.guild_id = $1";

type Row = (String, i64, Option<i64>, Option<i64>, Option<i64>, Option<String>);

/// What became of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// The settings as they are now.
    pub settings: Arc<Settings>,
    /// What differs from before; nothing if all was so already.
    pub differences: Vec<Difference>,
}

impl Store {
    /// The settings of a server, if they need not be read.
    pub fn known_settings(&self, guild: GuildId) -> Option<Arc<Settings>> {
        self.known.of(guild)
    }

    /// The settings of a server.
    ///
    /// # Errors
    ///
    /// If they are not known and cannot be read.
    pub async fn settings(&self, guild: GuildId) -> Result<Arc<Settings>, StoreError> {
        if let Some(settings) = self.known.of(guild) {
            return Ok(settings);
        }
        let began = self.known.now();
        let rows: Vec<Row> = self
            .read(async {
                reading!(self, |pool| sqlx::query_as(SETTINGS)
                    .bind(column(guild.get()))
                    .fetch_all(pool)
                    .await)
            })
            .await?;
        let is_back = rows.iter().any(|(_, _, _, left_at, ..)| left_at.is_some());
        let settings = Arc::new(settings_of(rows));
        self.known.remember(guild, &settings, began);
        if is_back {
            // It is asked in, so the bot is there; the note that it had left is of the past.
            self.returned(guild, jiff::Timestamp::now().as_second()).await?;
        }
        Ok(settings)
    }

    /// Makes a change. Only what it names is written, so two processes never undo each other's.
    ///
    /// # Errors
    ///
    /// If it cannot be written; then nothing is changed, unless it took too long to know.
    pub async fn change(
        &self,
        guild: GuildId,
        member: UserId,
        now: i64,
        change: &Change,
    ) -> Result<Made, StoreError> {
        let id = column(guild.get());
        let began = self.known.now();
        let made = self
            .write(async {
                writing!(self, |transaction| {
                // The row is locked from here on, by whichever of the two comes to it.
                sqlx::query(BE_THERE)
                    .bind(id)
                    .execute(&mut *transaction)
                    .await?;
                sqlx::query(BE_BACK)
                    .bind(id)
                    .execute(&mut *transaction)
                    .await?;
                let rows: Vec<Row> = sqlx::query_as(SETTINGS)
                    .bind(id)
                    .fetch_all(&mut *transaction)
                    .await?;
                let mut settings = settings_of(rows);
                let mut digests = Digests::new();
                if change.is_of_digests() {
                    let rows: Vec<DigestRow> = sqlx::query_as(DIGESTS)
                        .bind(id)
                        .fetch_all(&mut *transaction)
                        .await?;
                    let planned = |digest: Digest| (digest.id, digest.planned);
                    digests.extend(digests_of(rows).into_iter().map(planned));
                }
                let differences = change.differences(&settings, &digests);
                for difference in &differences {
                    settings.set(difference.to.clone());
                    match &difference.to {
                        Value::Rule(channel, None) => {
                            sqlx::query(NO_RULE)
                                .bind(id)
                                .bind(column(channel.get()))
                                .execute(&mut *transaction)
                                .await?;
                        }
                        Value::Rule(channel, Some(rule)) => {
                            sqlx::query(RULE)
                                .bind(id)
                                .bind(column(channel.get()))
                                .bind(rule.name())
                                .execute(&mut *transaction)
                                .await?;
                        }
                        Value::Elsewhere(elsewhere) => {
                            sqlx::query("update guild set elsewhere = $2 where guild_id = $1")
                                .bind(id)
                                .bind(elsewhere.name())
                                .execute(&mut *transaction)
                                .await?;
                        }
                        Value::Pace(pace) => {
                            sqlx::query("update guild set pace = $2 where guild_id = $1")
                                .bind(id)
                                .bind(i64::from(*pace))
                                .execute(&mut *transaction)
                                .await?;
                        }
                        Value::FailureChannel(channel) => {
                            sqlx::query(TROUBLE)
                                .bind(id)
                                .bind(channel.map(|channel| column(channel.get())))
                                .execute(&mut *transaction)
                                .await?;
                        }
                        Value::Digest(digest, None) => {
                            sqlx::query("delete from digest where guild_id = $1 and id = $2")
                                .bind(id)
                                .bind(digest.number())
                                .execute(&mut *transaction)
                                .await?;
                        }
                        Value::Digest(digest, Some(planned)) => {
                            let plan = &planned.plan;
                            let before = match &difference.from {
                                Value::Digest(_, before) => before.as_ref(),
                                _ => None,
                            };
                            let slot: Option<Option<String>> = sqlx::query_scalar(WAITING)
                                .bind(digest.number())
                                .bind(id)
                                .fetch_optional(&mut *transaction)
                                .await?;
                            let due = before.and_then(|before| due(before, &slot.flatten()?, now));
                            let mut next = due.filter(|slot| holds(before, planned, *slot));
                            if let (Some(before), Some(slot), None) = (before, due, next) {
                                sqlx::query(SUPERSEDE)
                                    .bind(digest.number())
                                    .bind(before.plan.key(slot))
                                    .bind(slot.due)
                                    .bind(column(before.plan.channel.get()))
                                    .bind(Fault::Changed.to_string())
                                    .bind(now)
                                    .execute(&mut *transaction)
                                    .await?;
                            }
                            if next.is_none() && !planned.is_paused {
                                next = plan.next_after(now);
                            }
                            // A run that was begun already is not begun again, whatever the clock says now.
                            while let Some(slot) = next {
                                let begun: Option<i64> = sqlx::query_scalar(BEGUN)
                                    .bind(digest.number())
                                    .bind(plan.key(slot))
                                    .fetch_optional(&mut *transaction)
                                    .await?;
                                if begun.is_none() {
                                    break;
                                }
                                next = plan.next_after(slot.due);
                            }
                            sqlx::query(DIGEST)
                                .bind(digest.number())
                                .bind(id)
                                .bind(column(plan.channel.get()))
                                .bind(&planned.channel_name)
                                .bind(plan.at.minutes())
                                .bind(plan.zone.name())
                                .bind(plan.days.bits())
                                .bind(plan.content.to_string())
                                .bind(plan.role.map(|role| column(role.get())))
                                .bind(i64::from(plan.publish))
                                .bind(i64::from(planned.is_paused))
                                .bind(next.map(|slot| plan.key(slot)))
                                .bind(next.map(|slot| begun_at(*digest, slot)))
                                .execute(&mut *transaction)
                                .await?;
                            if planned.is_paused {
                                sqlx::query(STOP)
                                    .bind(digest.number())
                                    .bind(now)
                                    .bind(Fault::Changed.to_string())
                                    .execute(&mut *transaction)
                                    .await?;
                            }
                            if before.is_some_and(|before| before.plan.content != plan.content) {
                                // What was shown of something else is not held against it.
                                sqlx::query("update digest_run set round = 0 where digest_id = $1")
                                    .bind(digest.number())
                                    .execute(&mut *transaction)
                                    .await?;
                                sqlx::query("update digest set round = 1 where id = $1")
                                    .bind(digest.number())
                                    .execute(&mut *transaction)
                                    .await?;
                            }
                        }
                    }
                    let (what, about, before) = difference.from.to_columns();
                    let (_, _, after) = difference.to.to_columns();
                    sqlx::query(LOG_LINE)
                        .bind(id)
                        .bind(now)
                        .bind(column(member.get()))
                        .bind(what)
                        .bind(about.map(column))
                        .bind(before)
                        .bind(after)
                        .execute(&mut *transaction)
                        .await?;
                }
                sqlx::query(FORGET_LINES)
                    .bind(id)
                    .bind(LOG_LINES_MAX)
                    .execute(&mut *transaction)
                    .await?;
                Ok(Made { settings: Arc::new(settings), differences })
            }, tells guild)
            })
            .await;
        self.settle(guild, made, |made| &made.settings, began)
    }

    /// Erases all that is kept of a server, the log as well.
    ///
    /// # Errors
    ///
    /// If it cannot be done.
    pub async fn erase(&self, guild: GuildId) -> Result<(), StoreError> {
        let erased = self
            .write(async {
                writing!(self, |transaction| {
                    let id = column(guild.get());
                    sqlx::query("delete from guild where guild_id = $1")
                        .bind(id)
                        .execute(&mut *transaction)
                        .await?;
                    sqlx::query("delete from digest_draft where guild_id = $1")
                        .bind(id)
                        .execute(&mut *transaction)
                        .await?;
                    Ok(())
                }, tells guild)
            })
            .await;
        self.known.forget(guild);
        erased
    }

    /// A page of the log, newest first, and how many lines there are in all.
    ///
    /// # Errors
    ///
    /// If it cannot be read.
    pub async fn log(
        &self,
        guild: GuildId,
        first: usize,
        most: usize,
    ) -> Result<(Vec<LogLine>, usize), StoreError> {
        type Row = (i64, i64, String, Option<i64>, String, String);
        let id = column(guild.get());
        let (rows, total): (Vec<Row>, i64) = self
            .read(async {
                reading!(self, |pool| {
                    let rows = sqlx::query_as(
                        "select at, member_id, what, about, before, after from change_log
                         where guild_id = $1 order by id desc limit $2 offset $3",
                    );
                    let rows = rows.bind(id).bind(most as i64).bind(first as i64);
                    let rows = rows.fetch_all(pool).await?;
                    let total =
                        sqlx::query_scalar("select count(*) from change_log where guild_id = $1");
                    Ok((rows, total.bind(id).fetch_one(pool).await?))
                })
            })
            .await?;
        let line = |(at, member, what, about, before, after): Row| {
            let about = about.map(number);
            Some(LogLine {
                at,
                member: typed_id(member),
                what: Difference {
                    from: Value::from_columns(&what, about, &before)?,
                    to: Value::from_columns(&what, about, &after)?,
                },
            })
        };
        let lines = rows.into_iter().filter_map(line).collect();
        Ok((lines, usize::try_from(total).unwrap_or_default()))
    }

    /// Remembers what a change made of the settings, or forgets them where that is not known.
    fn settle<T>(
        &self,
        guild: GuildId,
        made: Result<T, StoreError>,
        settings: impl Fn(&T) -> &Arc<Settings>,
        began: super::settings_cache::Epoch,
    ) -> Result<T, StoreError> {
        match &made {
            Ok(done) => self.known.replace(guild, settings(done), began),
            Err(_) => self.known.forget(guild),
        }
        made
    }
}

/// The run of a digest that is due and was not begun yet: each begins at a moment of its own within the minute.
fn due(before: &Planned, slot: &str, now: i64) -> Option<Slot> {
    let slot = before.plan.of_key(slot).filter(|slot| slot.due <= now);
    slot.filter(|_| !before.is_paused)
}

/// Whether a digest that is changed still has a run that it had.
fn holds(before: Option<&Planned>, planned: &Planned, slot: Slot) -> bool {
    let plan = &planned.plan;
    let is_same = |before: &Planned| before.plan.key(slot) == plan.key(slot);
    !planned.is_paused && before.is_some_and(is_same) && plan.on(slot.day) == Some(slot)
}

fn settings_of(rows: Vec<Row>) -> Settings {
    let mut settings = Settings::default();
    for (elsewhere, pace, trouble, _, channel, rule) in rows {
        // The schema allows no other words; a newer one is refused at start.
        settings.elsewhere = Elsewhere::from_name(&elsewhere).unwrap_or_default();
        settings.pace = u16::try_from(pace).unwrap_or_default();
        settings.failure_channel = trouble.map(typed_id);
        if let Some((channel, rule)) = channel.zip(rule.as_deref().and_then(Rule::from_name)) {
            settings.rules.set(typed_id(channel), Some(rule));
        }
    }
    settings
}

/// An id as a database keeps it, which knows no unsigned numbers. Discord's fit until the year 2084.
pub(super) const fn column(id: u64) -> i64 {
    id.cast_signed()
}

/// An id as it was before a database kept it.
/// An id column. Ids are read strictly before they are written; a 0 that somebody wrote by hand becomes an id that nobody has.
pub(super) fn typed_id<Id: From<NonZeroU64>>(column: i64) -> Id {
    id_from_number(number(column)).unwrap_or(Id::from(NonZeroU64::MIN))
}

pub(super) const fn number(column: i64) -> u64 {
    column.cast_unsigned()
}

const BE_THERE: &str = "insert into guild (guild_id) values ($1) on conflict (guild_id) do nothing";

const BE_BACK: &str = "update guild set left_at = null where guild_id = $1";

const NO_RULE: &str = "delete from channel_rule where guild_id = $1 and channel_id = $2";

const RULE: &str = "insert into channel_rule (guild_id, channel_id, rule) values ($1, $2, $3)
     on conflict (guild_id, channel_id) do update set rule = excluded.rule";

const TROUBLE: &str = "update guild set trouble_channel_id = $2 where guild_id = $1";

/// The next run of a digest, which no process begins before this is done.
const WAITING: &str =
    "update digest set slot = slot where id = $1 and guild_id = $2 returning slot";

const BEGUN: &str = "select mark from digest_run where digest_id = $1 and slot = $2";

/// A run that was due, in the place of which there is something else.
const SUPERSEDE: &str =
    "insert into digest_run (digest_id, slot, due, until, state, mark, round, entry, channel_id, fault, at)
     values ($1, $2, $3, $3, 'failed', 0, 0, '', $4, $5, $6) on conflict (digest_id, slot) do nothing";

const DIGEST: &str =
    "insert into digest (id, guild_id, channel_id, channel_name, at_minute, zone, days, content, role_id, publish, is_paused, slot, due)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
     on conflict (id) do update set channel_id = excluded.channel_id, channel_name = excluded.channel_name,
         at_minute = excluded.at_minute, zone = excluded.zone, days = excluded.days, content = excluded.content,
         role_id = excluded.role_id, publish = excluded.publish, is_paused = excluded.is_paused, slot = excluded.slot,
         due = excluded.due, paused_for = '', refusals = 0, told = '', tell_at = null
     where digest.guild_id = excluded.guild_id";

/// What waits to be tried again is not. What may have been posted is looked for first, by whoever comes to it.
const STOP: &str = "update digest_run set state = 'failed', fault = $3, at = $2
     where digest_id = $1 and state = 'open' and owner = '' and tried_at is null";

const LOG_LINE: &str =
    "insert into change_log (guild_id, at, member_id, what, about, before, after)
     values ($1, $2, $3, $4, $5, $6, $7)";

const FORGET_LINES: &str = "delete from change_log where guild_id = $1 and id <=
     (select id from change_log where guild_id = $1 order by id desc limit 1 offset $2)";
