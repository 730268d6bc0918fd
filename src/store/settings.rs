//! The settings of servers: read, changed, and told of.

use std::sync::Arc;

use sqlx::Connection;

use super::digests::{DIGESTS, DigestRow, begun_at, digests_of};
use super::keep::CHANNEL;
use super::{Engine, Store, reading, writing};
use crate::guild::{
    Change, ChannelId, Difference, Digests, Elsewhere, Fault, GuildId, LogLine, MemberId, Planned,
    Rule, Settings, Slot, Trouble, Value,
};

/// How many lines of the log are kept for each server.
const LOG_LINES_MAX: i64 = 1_000;

/// The settings of a server with its rules, a row for each rule, and one if there are none.
const SETTINGS: &str = "select elsewhere, pace, trouble_channel_id, left_at, channel_id, rule
     from guild left join channel_rule on channel_rule.guild_id = guild.guild_id
     where guild.guild_id = $1";

type Row = (
    String,
    i64,
    Option<i64>,
    Option<i64>,
    Option<i64>,
    Option<String>,
);

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
    pub async fn settings(&self, guild: GuildId) -> Result<Arc<Settings>, Trouble> {
        if let Some(settings) = self.known.of(guild) {
            return Ok(settings);
        }
        let began = self.known.now();
        let rows: Vec<Row> = self
            .read(async {
                reading!(self, |pool| sqlx::query_as(SETTINGS)
                    .bind(column(guild.0))
                    .fetch_all(pool)
                    .await)
            })
            .await?;
        let is_back = rows.iter().any(|(_, _, _, left_at, ..)| left_at.is_some());
        let settings = Arc::new(settings_of(rows));
        self.known.remember(guild, &settings, began);
        if is_back {
            // It is asked in, so the bot is there; the note that it had left is of the past.
            self.returned(guild, jiff::Timestamp::now().as_second())
                .await?;
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
        member: MemberId,
        now: i64,
        change: &Change,
    ) -> Result<Made, Trouble> {
        let id = column(guild.0);
        let began = self.known.now();
        let made = self.write(async {
            writing!(self, |transaction| {
                // The row is locked from here on, by whichever of the two comes to it.
                sqlx::query("insert into guild (guild_id) values ($1) on conflict (guild_id) do nothing").bind(id).execute(&mut *transaction).await?;
                sqlx::query("update guild set left_at = null where guild_id = $1").bind(id).execute(&mut *transaction).await?;
                let rows: Vec<Row> = sqlx::query_as(SETTINGS).bind(id).fetch_all(&mut *transaction).await?;
                let mut settings = settings_of(rows);
                let mut digests = Digests::new();
                if change.is_of_digests() {
                    let rows: Vec<DigestRow> = sqlx::query_as(DIGESTS).bind(id).fetch_all(&mut *transaction).await?;
                    digests.extend(digests_of(rows).into_iter().map(|digest| (digest.id, digest.planned)));
                }
                let differences = change.differences(&settings, &digests);
                for difference in &differences {
                    settings.set(difference.to.clone());
                    match &difference.to {
                        Value::Rule(channel, None) => {
                            sqlx::query("delete from channel_rule where guild_id = $1 and channel_id = $2")
                                .bind(id).bind(column(channel.0)).execute(&mut *transaction).await?;
                        }
                        Value::Rule(channel, Some(rule)) => {
                            sqlx::query("insert into channel_rule (guild_id, channel_id, rule) values ($1, $2, $3)
                                 on conflict (guild_id, channel_id) do update set rule = excluded.rule")
                                .bind(id).bind(column(channel.0)).bind(rule.name()).execute(&mut *transaction).await?;
                        }
                        Value::Elsewhere(elsewhere) => {
                            sqlx::query("update guild set elsewhere = $2 where guild_id = $1")
                                .bind(id).bind(elsewhere.name()).execute(&mut *transaction).await?;
                        }
                        Value::Pace(pace) => {
                            sqlx::query("update guild set pace = $2 where guild_id = $1")
                                .bind(id).bind(i64::from(*pace)).execute(&mut *transaction).await?;
                        }
                        Value::Trouble(channel) => {
                            sqlx::query("update guild set trouble_channel_id = $2 where guild_id = $1")
                                .bind(id).bind(channel.map(|channel| column(channel.0))).execute(&mut *transaction).await?;
                        }
                        Value::Digest(digest, None) => {
                            sqlx::query("delete from digest where guild_id = $1 and id = $2")
                                .bind(id).bind(digest.number()).execute(&mut *transaction).await?;
                        }
                        Value::Digest(digest, Some(planned)) => {
                            let plan = &planned.plan;
                            let waiting: Option<(Option<String>, Option<i64>)> =
                                sqlx::query_as("update digest set slot = slot where id = $1 and guild_id = $2 returning slot, due")
                                    .bind(digest.number()).bind(id).fetch_optional(&mut *transaction).await?;
                            // A run that is due, and begins within the minute.
                            let due = match (&difference.from, waiting) {
                                (Value::Digest(_, Some(before)), Some((Some(slot), _))) if !before.is_paused => {
                                    before.plan.of_key(&slot).filter(|slot| slot.due <= now)
                                }
                                _ => None,
                            };
                            let goes_on = |slot: &Slot| {
                                let is_same = |before: &Planned| before.plan.key(*slot) == plan.key(*slot) && plan.on(slot.day) == Some(*slot);
                                let is_same = matches!(&difference.from, Value::Digest(_, Some(before)) if is_same(before));
                                is_same && !planned.is_paused
                            };
                            let next = match due.filter(goes_on) {
                                Some(slot) => Some(slot),
                                None => {
                                    if let (Value::Digest(_, Some(before)), Some(slot)) = (&difference.from, due) {
                                        sqlx::query("insert into digest_run (digest_id, slot, due, until, state, mark, round, entry, channel_id, fault, at)
                                             values ($1, $2, $3, $3, 'failed', 0, 0, '', $4, $5, $6) on conflict (digest_id, slot) do nothing")
                                            .bind(digest.number()).bind(before.plan.key(slot)).bind(slot.due).bind(column(before.plan.channel.0))
                                            .bind(Fault::Changed.to_string()).bind(now)
                                            .execute(&mut *transaction).await?;
                                    }
                                    // A run that was begun already is not begun again, whatever the clock says now.
                                    let mut next = plan.next_after(now).filter(|_| !planned.is_paused);
                                    while let Some(slot) = next {
                                        let begun: Option<i64> = sqlx::query_scalar("select mark from digest_run where digest_id = $1 and slot = $2")
                                            .bind(digest.number()).bind(plan.key(slot)).fetch_optional(&mut *transaction).await?;
                                        if begun.is_none() {
                                            break;
                                        }
                                        next = plan.next_after(slot.due);
                                    }
                                    next
                                }
                            };
                            sqlx::query("insert into digest (id, guild_id, channel_id, channel_name, at_minute, zone, days, content, role_id, publish, is_paused, slot, due)
                                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
                                 on conflict (id) do update set channel_id = excluded.channel_id, channel_name = excluded.channel_name, at_minute = excluded.at_minute,
                                     zone = excluded.zone, days = excluded.days, content = excluded.content, role_id = excluded.role_id, publish = excluded.publish,
                                     is_paused = excluded.is_paused, slot = excluded.slot, due = excluded.due, paused_for = '', refusals = 0, told = '', tell_at = null
                                 where digest.guild_id = excluded.guild_id")
                                .bind(digest.number()).bind(id).bind(column(plan.channel.0)).bind(&planned.channel_name).bind(plan.at.minutes())
                                .bind(plan.zone.name()).bind(plan.days.bits()).bind(plan.content.to_string()).bind(plan.role.map(|role| column(role.0)))
                                .bind(i64::from(plan.publish)).bind(i64::from(planned.is_paused))
                                .bind(next.map(|slot| plan.key(slot))).bind(next.map(|slot| begun_at(*digest, slot)))
                                .execute(&mut *transaction).await?;
                            if planned.is_paused {
                                // What waits to be tried again is not. What may have been posted is looked for first, and noted then.
                                sqlx::query("update digest_run set state = 'failed', fault = $3, at = $2 where digest_id = $1 and state = 'open' and owner = '' and tried_at is null")
                                    .bind(digest.number()).bind(now).bind(Fault::Changed.to_string()).execute(&mut *transaction).await?;
                            }
                            let is_other = |before: &Planned| before.plan.content != plan.content;
                            if matches!(&difference.from, Value::Digest(_, Some(before)) if is_other(before)) {
                                // What was shown of something else is not held against it.
                                sqlx::query("update digest_run set round = 0 where digest_id = $1").bind(digest.number()).execute(&mut *transaction).await?;
                                sqlx::query("update digest set round = 1 where id = $1").bind(digest.number()).execute(&mut *transaction).await?;
                            }
                        }
                    }
                    let ((what, about, before), (_, _, after)) = (difference.from.written(), difference.to.written());
                    sqlx::query("insert into change_log (guild_id, at, member_id, what, about, before, after) values ($1, $2, $3, $4, $5, $6, $7)")
                        .bind(id).bind(now).bind(column(member.0)).bind(what).bind(about.map(column)).bind(before).bind(after)
                        .execute(&mut *transaction).await?;
                }
                sqlx::query("delete from change_log where guild_id = $1 and id <=
                     (select id from change_log where guild_id = $1 order by id desc limit 1 offset $2)")
                    .bind(id).bind(LOG_LINES_MAX).execute(&mut *transaction).await?;
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
    pub async fn erase(&self, guild: GuildId) -> Result<(), Trouble> {
        let erased = self
            .write(async {
                writing!(self, |transaction| {
                    let id = column(guild.0);
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
    ) -> Result<(Vec<LogLine>, usize), Trouble> {
        type Row = (i64, i64, String, Option<i64>, String, String);
        let id = column(guild.0);
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
                member: MemberId(number(member)),
                what: Difference {
                    from: Value::read(&what, about, &before)?,
                    to: Value::read(&what, about, &after)?,
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
        made: Result<T, Trouble>,
        settings: impl Fn(&T) -> &Arc<Settings>,
        began: super::known::Epoch,
    ) -> Result<T, Trouble> {
        match &made {
            Ok(done) => self.known.replace(guild, settings(done), began),
            Err(_) => self.known.forget(guild),
        }
        made
    }
}

fn settings_of(rows: Vec<Row>) -> Settings {
    let mut settings = Settings::default();
    for (elsewhere, pace, trouble, _, channel, rule) in rows {
        // The schema allows no other words; a newer one is refused at start.
        settings.elsewhere = Elsewhere::named(&elsewhere).unwrap_or_default();
        settings.pace = u16::try_from(pace).unwrap_or_default();
        settings.trouble = trouble.map(|channel| ChannelId(number(channel)));
        if let Some((channel, rule)) = channel.zip(rule.as_deref().and_then(Rule::named)) {
            settings.rules.set(ChannelId(number(channel)), Some(rule));
        }
    }
    settings
}

/// An id as a database keeps it, which knows no unsigned numbers. Discord's fit until the year 2084.
pub(super) const fn column(id: u64) -> i64 {
    id.cast_signed()
}

/// An id as it was before a database kept it.
pub(super) const fn number(column: i64) -> u64 {
    column.cast_unsigned()
}
