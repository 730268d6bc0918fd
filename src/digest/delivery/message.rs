//! Builds the messages of digests, and reads Discord's responses to them.

use std::hash::{DefaultHasher, Hash, Hasher};

use serde::Deserialize;

use crate::catalog::Catalog;
use crate::digest::selection::card;
use crate::digest::text::failure_card;
use crate::digest::{Content, Digest, NextEntry, Plan};
use crate::discord::render::{RenderOptions, render};
use crate::discord::wire::{Body, Post};
use crate::guild::{MessageId, RoleId};
use crate::json::{Json, Object};
use crate::picture::Picture;
use crate::store::{ClaimedRun, FailureNotice};

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
pub(super) struct ReceivedMessage<'a>(#[serde(borrow)] Object<'a>);

impl ReceivedMessage<'_> {
    pub(super) fn id(&self) -> Option<MessageId> {
        self.0.id("id")
    }

    pub(super) fn author(&self) -> Option<u64> {
        self.0.object("author").number("id")
    }

    /// Whether the message notified the members with a role.
    pub(super) fn mentions(&self, role: RoleId) -> bool {
        self.0.items("mention_roles").into_iter().any(|one| one.id() == Some(role))
    }

    pub(super) fn has_component(&self, id: u32) -> bool {
        let mut components = self.0.items("components").into_iter().map(Json::object);
        components.any(|component| component.number("id") == Some(id.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::{DigestId, Fault, NoticeState};

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
