//! Drafts: digests that await a moderator's confirmation.

use super::column::params;
use super::{Result, Store};
use crate::digest::{DRAFT_SECONDS, DigestId, Draft, PlannedDigest};
use crate::guild::{GuildId, UserId};

const FIND: &str = "select digest_id, before, plan, channel_name from digest_draft
     where id = $1 and guild_id = $2 and member_id = $3 and made_at > $4";

const DELETE_EXPIRED: &str = "delete from digest_draft where made_at <= $1";

const INSERT: &str =
    "insert into digest_draft (id, guild_id, member_id, digest_id, before, plan, channel_name, made_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8)";

impl Store {
    pub async fn save_draft(
        &self,
        guild: GuildId,
        member: UserId,
        now: i64,
        draft: &Draft,
    ) -> Result<()> {
        let Draft { id, changes, before, planned } = draft;
        let before = before.as_ref().map(PlannedDigest::to_string);
        let (plan, name) = (planned.to_string(), &*planned.channel_name);
        let values = params![*id, guild, member, *changes, before, plan, name, now];
        self.execute(INSERT, values).await.map(drop)
    }

    /// Deletes the drafts that can no longer be confirmed.
    pub async fn delete_expired_drafts(&self, now: i64) -> Result<()> {
        self.execute(DELETE_EXPIRED, params![now - DRAFT_SECONDS]).await.map(drop)
    }

    /// The member's draft in this guild, unless it has expired.
    pub async fn find_draft(
        &self,
        guild: GuildId,
        member: UserId,
        now: i64,
        id: DigestId,
    ) -> Result<Option<Draft>> {
        let values = params![id, guild, member, now - DRAFT_SECONDS];
        let rows = self.fetch_all(FIND, values).await?;
        let Some(row) = rows.first() else {
            return Ok(None);
        };
        let Some(planned) = row.parse::<PlannedDigest>("plan")? else {
            return Ok(None);
        };
        let planned = PlannedDigest { channel_name: row.get("channel_name")?, ..planned };
        let before: Option<String> = row.get("before")?;
        let before = before.and_then(|before| before.parse().ok());
        Ok(Some(Draft { id, changes: row.get("digest_id")?, before, planned }))
    }
}
