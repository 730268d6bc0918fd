//! Builds the messages of digests, and reads Discord's responses to them.

use std::hash::{DefaultHasher, Hash, Hasher};

use serde::Deserialize;
use serde_json::Value;

use crate::catalog::Catalog;
use crate::digest::selection::card;
use crate::digest::text::failure_card;
use crate::digest::{Content, Digest, NextEntry, Plan};
use crate::discord::render::{RenderOptions, render};
use crate::discord::wire::{Body, Post};
use crate::guild::{MessageId, id_from_number};
use crate::picture::Picture;
use crate::store::{ClaimedRun, FailureNotice};

/// The Discord epoch in milliseconds since 1970:
/// <https://docs.discord.com/developers/reference#snowflakes>.
const DISCORD_EPOCH_MS: u64 = 1_420_070_400_000;

/// Builds the message of a run, and its picture; `None` if there is nothing to post.
pub(super) fn run_message(catalog: &Catalog, run: &ClaimedRun) -> Option<(Post, Option<Picture>)> {
    let day = run.plan.slot_of_key(&run.slot).map(|slot| slot.day);
    let day = day.unwrap_or_else(|| run.plan.day_of(run.due));
    let entry = NextEntry { entry: run.entry.clone(), restarts: run.restarts };
    // The content may have been edited since the run was claimed, so any entry is accepted.
    let any_content = Plan { content: Content::Order, ..run.plan.clone() };
    let mut card = card(catalog, &run.plan, &entry, day)
        .or_else(|| card(catalog, &any_content, &entry, day))?;
    let mut message = render(&card, catalog.locale(), RenderOptions::POST);
    // The id of `@everyone` is that of the guild. A hand-edited database may hold it as a role.
    if let Some(role) = run.plan.role.filter(|role| role.get() != run.guild.get()) {
        message = message.with_mention(role);
    }
    let message = message.with_marker(component_id(run.nonce));
    Some((Post::new(message, format!("{:x}", run.nonce)), card.picture.take()))
}

pub(super) fn notice_message(catalog: &Catalog, notice: &FailureNotice) -> Body {
    let card = failure_card(catalog, notice.guild, &notice.digests);
    let message = render(&card, catalog.locale(), RenderOptions::POST);
    Body::new(&Post::new(message, notice_nonce(&notice.digests)), None)
}

/// A nonce derived from the failures, so that two processes that send the same notice create one
/// message.
fn notice_nonce(digests: &[Digest]) -> String {
    let mut hasher = DefaultHasher::new();
    for digest in digests {
        let run = digest.runs.first().map(|run| run.due);
        let fault = digest.fault().map(|fault| fault.to_string());
        (digest.id, run, fault, digest.planned.is_paused).hash(&mut hasher);
    }
    format!("t{:x}", hasher.finish())
}

/// The id of the component that identifies the message of a run in its channel.
pub(super) fn component_id(nonce: u64) -> u32 {
    // Discord numbers the other components from 1, so a high bit keeps the ids apart:
    // https://docs.discord.com/developers/components/reference#anatomy-of-a-component
    (nonce as u32 & 0x3fff_ffff) | 0x4000_0000
}

/// The fields of a [message](https://docs.discord.com/developers/resources/message#message-object)
/// that are read. Any may be missing.
#[derive(Default, Deserialize)]
#[serde(transparent)]
pub(super) struct ReceivedMessage(Value);

impl ReceivedMessage {
    pub(super) fn id(&self) -> Option<MessageId> {
        id_from_number(read_id(&self.0["id"])?)
    }

    pub(super) fn author(&self) -> Option<u64> {
        read_id(&self.0["author"]["id"])
    }

    /// Whether the message notified the members with a role.
    pub(super) fn mentions(&self, role: &str) -> bool {
        let roles = self.0["mention_roles"].as_array();
        roles.is_some_and(|roles| roles.iter().any(|one| one == role))
    }

    pub(super) fn has_component(&self, id: u32) -> bool {
        let components = self.0["components"].as_array();
        components.is_some_and(|all| all.iter().any(|component| component["id"] == id))
    }
}

/// Reads an id from a string, as Discord sends them, or from a number.
fn read_id(value: &Value) -> Option<u64> {
    match value {
        Value::String(id) => id.parse().ok(),
        id => id.as_u64(),
    }
}

/// The time that a message id encodes, in seconds since 1970.
pub(super) const fn sent_at(message: u64) -> i64 {
    (((message >> 22) + DISCORD_EPOCH_MS) / 1_000).cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::{DigestId, Fault, NoticeState};

    #[test]
    fn a_message_id_encodes_its_time() {
        // From <https://docs.discord.com/developers/reference#snowflakes>.
        assert_eq!(sent_at(175_928_847_299_117_063), 1_462_015_105);
    }

    #[test]
    fn a_component_id_never_collides_with_a_generated_one() {
        for nonce in [1, u64::MAX, 1 << 32, 0x1234_5678_9abc_def0] {
            let id = component_id(nonce);
            assert!((1 << 30..1 << 31).contains(&id), "{id}");
        }
    }

    #[test]
    fn notices_share_a_nonce_only_for_the_same_failure() {
        let digest = |fault| Digest {
            id: DigestId::from_number(7).expect("an id"),
            planned: "active 5 09:00 Europe/Kyiv daily order 0 false".parse().expect("a digest"),
            paused_for: Some(fault),
            next: None,
            missed: 0,
            notice: NoticeState::Due,
            runs: Vec::new(),
        };
        let [gone, again, silent] =
            [Fault::RoleDeleted, Fault::RoleDeleted, Fault::RoleNotMentionable]
                .map(|fault| notice_nonce(&[digest(fault)]));
        assert_eq!(gone, again);
        assert_ne!(gone, silent);
        assert!(gone.len() <= 25, "{gone}");
    }
}
