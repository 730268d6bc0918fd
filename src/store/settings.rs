//! Reads and changes guild settings.

use std::sync::Arc;

use super::change_log::{append_change, trim};
use super::column::params;
use super::departures::CLEAR_DEPARTURE;
use super::digest_changes::save_digest;
use super::digests::DIGESTS;
use super::health::Operation;
use super::query::{DbRow, Transaction, parse_rows};
use super::{Result, Store};
use crate::digest::{Digest, Digests};
use crate::guild::{Change, ChannelId, Difference, GuildId, Rule, SettingValue, Settings, UserId};

/// The result of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppliedChange {
    /// The settings after the change.
    pub settings: Arc<Settings>,
    /// The actual differences; empty if the settings already had these values.
    pub differences: Vec<Difference>,
}

const SETTINGS: &str =
    "select channel_id, rule, elsewhere, pace, trouble_channel_id, pictures, left_at
     from guild left join channel_rule on channel_rule.guild_id = guild.guild_id
     where guild.guild_id = $1";

/// The first change creates the row of a guild.
const UPSERT_GUILD: &str = "insert into guild (guild_id) values ($1) on conflict (guild_id) do update set guild_id = excluded.guild_id";

const UPSERT_RULE: &str =
    "insert into channel_rule (guild_id, channel_id, rule) values ($1, $2, $3)
     on conflict (guild_id, channel_id) do update set rule = excluded.rule";

const DELETE_RULE: &str = "delete from channel_rule where guild_id = $1 and channel_id = $2";

const SET_ELSEWHERE: &str = "update guild set elsewhere = $2 where guild_id = $1";

const SET_PACE: &str = "update guild set pace = $2 where guild_id = $1";

const SET_PICTURES: &str = "update guild set pictures = $2 where guild_id = $1";

const SET_FAILURE_CHANNEL: &str = "update guild set trouble_channel_id = $2 where guild_id = $1";

const ERASE_GUILD: [&str; 2] =
    ["delete from guild where guild_id = $1", "delete from digest_draft where guild_id = $1"];

impl Store {
    /// The settings of a guild, from the cache or the database. If they are cached, the future is
    /// ready at once.
    pub async fn settings(&self, guild: GuildId) -> Result<Arc<Settings>> {
        match self.settings_cache.get(guild) {
            Some(settings) => Ok(settings),
            // Boxed, as the future of a query is many times larger than those of most answers.
            None => Box::pin(self.load_settings(guild)).await,
        }
    }

    async fn load_settings(&self, guild: GuildId) -> Result<Arc<Settings>> {
        let epoch = self.settings_cache.epoch();
        let read = async {
            let rows = self.engine.fetch_all(SETTINGS, params![guild]).await?;
            let left_at = rows.first().map(|row| row.get::<Option<i64>>("left_at")).transpose()?;
            Ok((settings_from_rows(&rows)?, left_at.flatten().is_some()))
        };
        let (settings, has_left) = self.run(Operation::Read, read).await?;
        let settings = Arc::new(settings);
        if has_left {
            // Someone uses the bot there, so it has not left the guild.
            let cleared = self.clear_departure(guild, jiff::Timestamp::now().as_second()).await;
            if let Err(error) = cleared {
                tracing::warn!(%guild, %error, "a server is wrongly marked as departed");
                // Not cached, so that the next use tries again.
                return Ok(settings);
            }
        }
        self.settings_cache.insert(guild, &settings, epoch);
        Ok(settings)
    }

    /// Whether the digests of a guild have pictures. Unlike [`Store::settings`], this does not mean
    /// that someone uses the bot there.
    pub async fn has_pictures(&self, guild: GuildId) -> Result<bool> {
        const PICTURES: &str = "select pictures from guild where guild_id = $1";
        if let Some(settings) = self.settings_cache.get(guild) {
            return Ok(settings.pictures);
        }
        let rows =
            self.run(Operation::Read, self.engine.fetch_all(PICTURES, params![guild])).await?;
        // Whatever cannot be read is the default, as in the settings.
        Ok(rows.first().and_then(|row| row.get("pictures").ok()).unwrap_or(true))
    }

    /// Applies and logs a change. Only the columns that it names are written, so concurrent changes
    /// do not undo each other. After [`TooSlow`](super::StoreError::TooSlow) and
    /// [`OutcomeUnknown`](super::StoreError::OutcomeUnknown) it may have been committed; after any
    /// other error it was not.
    pub async fn change(
        &self,
        guild: GuildId,
        member: UserId,
        now: i64,
        change: &Change,
    ) -> Result<AppliedChange> {
        let epoch = self.settings_cache.epoch();
        let applied = self
            .transaction(async |transaction| {
                let (mut settings, digests) = load(transaction, guild).await?;
                let differences = change.differences(&settings, &digests);
                for difference in &differences {
                    apply(transaction, guild, difference, now).await?;
                    append_change(transaction, guild, member, now, difference).await?;
                    settings.apply(difference.to.clone());
                }
                trim(transaction, guild).await?;
                transaction.notify(guild, &self.process).await?;
                Ok(AppliedChange { settings: Arc::new(settings), differences })
            })
            .await;
        match &applied {
            Ok(applied) => self.settings_cache.replace(guild, &applied.settings, epoch),
            Err(_) => self.settings_cache.invalidate(Some(guild)),
        }
        applied
    }

    /// Erases all rows of a guild, including its change log.
    pub async fn erase_guild(&self, guild: GuildId) -> Result<()> {
        self.settings_transaction(Some(guild), async |transaction| {
            for erase in ERASE_GUILD {
                transaction.execute(erase, params![guild]).await?;
            }
            Ok(())
        })
        .await
    }
}

/// Locks the row of a guild and reads its current settings and digests.
async fn load(transaction: &mut Transaction, guild: GuildId) -> sqlx::Result<(Settings, Digests)> {
    transaction.execute(UPSERT_GUILD, params![guild]).await?;
    transaction.execute(CLEAR_DEPARTURE, params![guild]).await?;
    let settings = settings_from_rows(&transaction.fetch_all(SETTINGS, params![guild]).await?)?;
    let rows = transaction.fetch_all(DIGESTS, params![guild]).await?;
    let digests = parse_rows::<Digest>(&rows, "digest");
    Ok((settings, digests.into_iter().map(|digest| (digest.id, digest.planned)).collect()))
}

async fn apply(
    transaction: &mut Transaction,
    guild: GuildId,
    difference: &Difference,
    now: i64,
) -> sqlx::Result<()> {
    let (sql, values) = match &difference.to {
        SettingValue::Rule(channel, None) => (DELETE_RULE, params![guild, *channel]),
        SettingValue::Rule(channel, Some(rule)) => {
            (UPSERT_RULE, params![guild, *channel, rule.name()])
        }
        SettingValue::Elsewhere(elsewhere) => (SET_ELSEWHERE, params![guild, elsewhere.name()]),
        SettingValue::Pace(pace) => (SET_PACE, params![guild, i64::from(*pace)]),
        SettingValue::FailureChannel(channel) => (SET_FAILURE_CHANNEL, params![guild, *channel]),
        SettingValue::Pictures(is_on) => (SET_PICTURES, params![guild, i64::from(*is_on)]),
        SettingValue::Digest(id, planned) => {
            let before = match &difference.from {
                SettingValue::Digest(_, before) => before.as_ref(),
                _ => None,
            };
            return save_digest(transaction, guild, *id, before, planned.as_ref(), now).await;
        }
    };
    transaction.execute(sql, values).await.map(drop)
}

fn settings_from_rows(rows: &[DbRow]) -> sqlx::Result<Settings> {
    let mut settings = Settings::default();
    for row in rows {
        settings.elsewhere = row.get("elsewhere")?;
        settings.pace = row.get("pace")?;
        settings.failure_channel = row.get("trouble_channel_id")?;
        settings.pictures = row.get("pictures")?;
        // Both are null where the guild has no rules.
        let rule = row.parse_row::<(Option<ChannelId>, Option<Rule>)>("channel_rule");
        if let Some((Some(channel), rule)) = rule {
            settings.rules.set(channel, rule);
        }
    }
    Ok(settings)
}
