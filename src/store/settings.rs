//! The settings of guilds: read and changed.

use std::sync::Arc;

use super::change_log::{append_change, trim};
use super::departures::CLEAR_DEPARTURE;
use super::digest_changes::{remove_digest, save_digest};
use super::digests::{DIGESTS, DigestRow, readable_digests};
use super::query::{Transaction, query};
use super::row::{Checked, Joined, rows};
use super::{Store, StoreError};
use crate::digest::{Digest, Digests};
use crate::guild::{
    Change, ChannelId, Difference, Elsewhere, GuildId, Rule, Settings, UserId, Value,
};

/// A change as it was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppliedChange {
    /// The settings after the change.
    pub settings: Arc<Settings>,
    /// What really differs from before; empty if everything was so already.
    pub differences: Vec<Difference>,
}

rows! {
    struct GuildRow {
        elsewhere: Elsewhere,
        pace: u16,
        trouble_channel_id: Option<ChannelId>,
        pictures: bool,
        left_at: Option<i64>,
    }

    /// The columns of a rule are empty where the guild has none.
    struct RuleRow {
        channel_id: Option<ChannelId>,
        rule: Option<Rule>,
    }
}

type SettingsRow = Joined<GuildRow, Checked<RuleRow>>;

const SETTINGS: &str = "select elsewhere, pace, trouble_channel_id, pictures, left_at, channel_id, rule
     from guild left join channel_rule on channel_rule.guild_id = guild.guild_id
     where guild.guild_id = $1";

/// A guild gets its row with the first change.
const UPSERT_GUILD: &str = "insert into guild (guild_id) values ($1) on conflict (guild_id) do update set guild_id = excluded.guild_id";

const UPSERT_RULE: &str =
    "insert into channel_rule (guild_id, channel_id, rule) values ($1, $2, $3)
     on conflict (guild_id, channel_id) do update set rule = excluded.rule";

const DELETE_RULE: &str = "delete from channel_rule where guild_id = $1 and channel_id = $2";

impl Store {
    /// The settings of a guild, if they are in the cache.
    pub fn cached_settings(&self, guild: GuildId) -> Option<Arc<Settings>> {
        self.settings_cache.get(guild)
    }

    /// The settings of a guild, from the cache or the database.
    pub async fn settings(&self, guild: GuildId) -> Result<Arc<Settings>, StoreError> {
        if let Some(settings) = self.settings_cache.get(guild) {
            return Ok(settings);
        }
        let epoch = self.settings_cache.epoch();
        let rows: Vec<SettingsRow> = self.fetch_all(query(SETTINGS).bind(guild)).await?;
        let has_left = rows.iter().any(|Joined(guild, _)| guild.left_at.is_some());
        let settings = Arc::new(settings_from_rows(rows));
        self.settings_cache.insert(guild, &settings, epoch);
        if has_left {
            // Somebody there uses the bot, so its departure is out of date.
            self.clear_departure(guild, jiff::Timestamp::now().as_second()).await?;
        }
        Ok(settings)
    }

    /// Makes a change and logs it. Only what the change names is written, so two processes never undo each other's changes. After a
    /// [`StoreError::TooSlow`] the change may have been made or not; after any other error it was not.
    pub async fn change(
        &self,
        guild: GuildId,
        member: UserId,
        now: i64,
        change: &Change,
    ) -> Result<AppliedChange, StoreError> {
        let epoch = self.settings_cache.epoch();
        let applied = self
            .write(async {
                let mut transaction = self.begin().await?;
                let (mut settings, digests) = load(&mut transaction, guild, change).await?;
                let differences = change.differences(&settings, &digests);
                for difference in &differences {
                    apply(&mut transaction, guild, difference, now).await?;
                    append_change(&mut transaction, guild, member, now, difference).await?;
                    settings.set(difference.to.clone());
                }
                trim(&mut transaction, guild).await?;
                transaction.commit_and_notify(guild).await?;
                Ok(AppliedChange { settings: Arc::new(settings), differences })
            })
            .await;
        match &applied {
            Ok(applied) => self.settings_cache.replace(guild, &applied.settings, epoch),
            Err(_) => self.settings_cache.invalidate(guild),
        }
        applied
    }

    /// Erases all rows of a guild, its change log included.
    pub async fn erase_guild(&self, guild: GuildId) -> Result<(), StoreError> {
        let erased = self
            .write(async {
                let mut transaction = self.begin().await?;
                for delete in [
                    "delete from guild where guild_id = $1",
                    "delete from digest_draft where guild_id = $1",
                ] {
                    transaction.execute(query(delete).bind(guild)).await?;
                }
                transaction.commit_and_notify(guild).await
            })
            .await;
        self.settings_cache.invalidate(guild);
        erased
    }
}

/// Locks the row of a guild and reads what the change is compared with.
async fn load(
    transaction: &mut Transaction,
    guild: GuildId,
    change: &Change,
) -> sqlx::Result<(Settings, Digests)> {
    transaction.execute(query(UPSERT_GUILD).bind(guild)).await?;
    transaction.execute(query(CLEAR_DEPARTURE).bind(guild)).await?;
    let settings = settings_from_rows(transaction.fetch_all(query(SETTINGS).bind(guild)).await?);
    let mut digests = Digests::new();
    if change.is_of_digests() {
        let rows: Vec<Checked<DigestRow>> =
            transaction.fetch_all(query(DIGESTS).bind(guild)).await?;
        let planned = |digest: Digest| (digest.id, digest.planned);
        digests.extend(readable_digests(rows).into_iter().map(planned));
    }
    Ok((settings, digests))
}

async fn apply(
    transaction: &mut Transaction,
    guild: GuildId,
    difference: &Difference,
    now: i64,
) -> sqlx::Result<()> {
    let statement = match &difference.to {
        Value::Rule(channel, None) => query(DELETE_RULE).bind(guild).bind(*channel),
        Value::Rule(channel, Some(rule)) => {
            query(UPSERT_RULE).bind(guild).bind(*channel).bind(rule.name())
        }
        Value::Elsewhere(elsewhere) => {
            let update = query("update guild set elsewhere = $2 where guild_id = $1");
            update.bind(guild).bind(elsewhere.name())
        }
        Value::Pace(pace) => {
            let update = query("update guild set pace = $2 where guild_id = $1");
            update.bind(guild).bind(i64::from(*pace))
        }
        Value::FailureChannel(channel) => {
            let update = query("update guild set trouble_channel_id = $2 where guild_id = $1");
            update.bind(guild).bind(*channel)
        }
        Value::Pictures(is_on) => {
            let update = query("update guild set pictures = $2 where guild_id = $1");
            update.bind(guild).bind(i64::from(*is_on))
        }
        Value::Digest(id, None) => return remove_digest(transaction, guild, *id).await,
        Value::Digest(id, Some(planned)) => {
            let before = match &difference.from {
                Value::Digest(_, before) => before.as_ref(),
                _ => None,
            };
            return save_digest(transaction, guild, *id, before, planned, now).await;
        }
    };
    transaction.execute(statement).await.map(drop)
}

fn settings_from_rows(rows: Vec<SettingsRow>) -> Settings {
    let mut settings = Settings::default();
    for Joined(guild, rule) in rows {
        settings.elsewhere = guild.elsewhere;
        settings.pace = guild.pace;
        settings.failure_channel = guild.trouble_channel_id;
        settings.pictures = guild.pictures;
        let rule = rule.readable("channel_rule").and_then(|row| row.channel_id.zip(row.rule));
        if let Some((channel, rule)) = rule {
            settings.rules.set(channel, Some(rule));
        }
    }
    settings
}
