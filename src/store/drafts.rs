//! Drafts: digests that wait for a moderator's confirmation.

use super::query::query;
use super::row::{Checked, rows};
use super::{Store, StoreError};
use crate::digest::{DRAFT_SECONDS, DigestId, Draft, Planned};
use crate::guild::{GuildId, UserId};

rows! {
    struct DraftRow {
        digest_id: Option<DigestId>,
        plan: String,
        channel_name: String,
    }
}

const FIND: &str = "select digest_id, plan, channel_name from digest_draft
     where id = $1 and guild_id = $2 and member_id = $3 and made_at > $4";

const INSERT: &str =
    "insert into digest_draft (id, guild_id, member_id, digest_id, plan, channel_name, made_at)
     values ($1, $2, $3, $4, $5, $6, $7)";

impl Store {
    /// Saves a draft, and deletes all expired ones.
    pub async fn save_draft(
        &self,
        guild: GuildId,
        member: UserId,
        now: i64,
        draft: &Draft,
    ) -> Result<(), StoreError> {
        let expired = query("delete from digest_draft where made_at <= $1");
        let insert = query(INSERT)
            .bind(draft.id)
            .bind(guild)
            .bind(member)
            .bind(draft.changes)
            .bind(draft.planned.to_string())
            .bind(&draft.planned.channel_name)
            .bind(now);
        self.write(async {
            let mut transaction = self.begin().await?;
            transaction.execute(expired.bind(now - DRAFT_SECONDS)).await?;
            transaction.execute(insert).await?;
            transaction.commit().await
        })
        .await
    }

    /// A draft that this member made in this guild, unless it has expired.
    pub async fn draft(
        &self,
        guild: GuildId,
        member: UserId,
        now: i64,
        id: DigestId,
    ) -> Result<Option<Draft>, StoreError> {
        let find = query(FIND).bind(id).bind(guild).bind(member).bind(now - DRAFT_SECONDS);
        let row: Option<Checked<DraftRow>> = self.fetch_optional(find).await?;
        Ok(row.and_then(|row| row.readable("digest_draft")).and_then(|row| {
            let planned: Planned = row.plan.parse().ok()?;
            let planned = Planned { channel_name: row.channel_name, ..planned };
            Some(Draft { id, changes: row.digest_id, planned })
        }))
    }
}
