//! Answers queries of the catalog: typed commands, presses on cards, and messages to look up.

use tokio::time::{Instant, timeout_at};

use super::origin::{InteractionOrigin, VisibilityPolicy};
use super::visibility::{PrivateReason, Visibility, channel_refusal};
use super::{Reply, Responder, VISIBILITY_TIMEOUT, stale_refusal};
use crate::action::Verb;
use crate::card::{Card, Refusal};
use crate::catalog::Catalog;
use crate::clock::today;
use crate::commands;
use crate::discord::answer_cache::EncodedAnswer;
use crate::discord::incoming::SourceMessage;
use crate::discord::render::{RenderOptions, render, render_sources};
use crate::message_lookup;
use crate::request::{PRIVATE, Request};
use crate::search::DocumentFilter;

/// What is known when a query is answered.
pub(super) struct QueryHandler<'a> {
    responder: &'a Responder,
    origin: &'a InteractionOrigin<'a>,
    visibility: Visibility,
}

/// An answer, and whether it replaces the message that the component is on.
pub(super) type QueryAnswer = Result<(EncodedAnswer, bool), Refusal>;

impl Responder {
    /// Answers a query, after loading what its visibility depends on.
    pub(super) async fn query(
        &self,
        origin: &InteractionOrigin<'_>,
        answer: impl FnOnce(QueryHandler<'_>) -> QueryAnswer,
    ) -> Result<Reply, Refusal> {
        let (visibility, has_pictures) = self.load_visibility(origin).await;
        let (answer, replaces_message) =
            answer(QueryHandler { responder: self, origin, visibility })?;
        let pictures = self.pictures.as_ref().filter(|_| has_pictures && origin.may_attach());
        Ok(Reply::Callback(answer.callback(replaces_message, pictures).await))
    }

    /// Loads the visibility and whether the guild has pictures on, without IO if they are cached.
    async fn load_visibility(&self, origin: &InteractionOrigin<'_>) -> (Visibility, bool) {
        let VisibilityPolicy::Moderators(guild, mut location) = origin.policy else {
            return (Visibility::Public { pace: 0 }, true);
        };
        let deadline = Instant::now() + VISIBILITY_TIMEOUT;
        let Ok(Ok(settings)) = timeout_at(deadline, self.store.settings(guild)).await else {
            // The guild may have turned pictures off.
            return (Visibility::Private(PrivateReason::SettingsUnavailable), false);
        };
        let mut reason = PrivateReason::CategoryHidden;
        if location.decide(&settings).is_none()
            && let Some(channel) = location.missing_category()
        {
            reason = PrivateReason::CategoryUnavailable;
            if let Some(rest) = &self.rest
                && let loading = Box::pin(self.categories.get_or_load(rest, channel))
                && let Ok(Ok(category)) = timeout_at(deadline, loading).await
            {
                location.path.category = category;
                reason = PrivateReason::CategoryHidden;
            }
        }
        let visibility = Visibility::decide(&location, &settings);
        (visibility.unwrap_or(Visibility::Private(reason)), settings.pictures)
    }
}

impl QueryHandler<'_> {
    pub(super) fn answer_message(self, content: &str, names: &str) -> QueryAnswer {
        let catalog = &self.responder.catalog;
        let card = message_lookup::look_up(catalog, content, names, Some(today()))?;
        // No link contains the message, so the card cannot be shared; entries opened from it can.
        Ok(self.reply_privately(card, &PrivateReason::Expected, false))
    }

    pub(super) fn answer_command(self, request: Request) -> QueryAnswer {
        if let Visibility::Refused(allowed) = &self.visibility {
            return Err(channel_refusal(allowed));
        }
        let is_private = request.is_private();
        let request = request.with(PRIVATE.name, "");
        if is_private {
            let options = RenderOptions::ephemeral(self.visibility.may_share(self.origin));
            return Ok((self.answer(&request, options)?, false));
        }
        if let Visibility::Public { pace } = self.visibility
            && let Some(answer) = self.responder.answers.get(&request, RenderOptions::PUBLIC)
            && self.allows_public(pace)
        {
            return Ok((answer, false));
        }
        let card = commands::answer(&self.responder.catalog, &request)?;
        self.reply(&request, card)
    }

    /// Handles a button or a select. A press by anyone but the member who asked gives that person a
    /// private copy.
    pub(super) fn answer_press(
        self,
        verb: Verb,
        request: &Request,
        on: SourceMessage,
        is_own: bool,
    ) -> QueryAnswer {
        let replaces_message = is_own && !matches!(verb, Verb::Sources(_) | Verb::Share);
        let is_public = matches!(self.visibility, Visibility::Public { .. });
        let may_share = self.visibility.may_share(self.origin);
        let in_place = match on.ephemeral {
            true => Some(RenderOptions::ephemeral(may_share)),
            false => is_public.then_some(RenderOptions::PUBLIC),
        };
        // The entry was removed from the dataset, or the custom_id is not ours.
        let stale = |_| stale_refusal();
        if let Some(options) = in_place.filter(|_| replaces_message) {
            return Ok((self.answer(request, options).map_err(stale)?, true));
        }
        let card = commands::answer(&self.responder.catalog, request).map_err(stale)?;
        Ok(match (verb, &self.visibility) {
            (Verb::Sources(page), _) => {
                let sources = render_sources(&card, self.responder.catalog.locale(), page);
                (EncodedAnswer::new(sources, None), false)
            }
            (Verb::Share, visibility) => match (visibility, self.origin.policy) {
                (_, VisibilityPolicy::Nobody)
                | (Visibility::Public { .. }, VisibilityPolicy::Discord { may_share: false }) => {
                    self.reply_privately(card, &PrivateReason::Expected, false)
                }
                _ => return self.reply(request, card),
            },
            (_, Visibility::Refused(allowed)) => return Err(channel_refusal(allowed)),
            (_, Visibility::Private(reason)) if is_own => self.reply_privately(card, reason, false),
            _ => self.reply_privately(card, &PrivateReason::Expected, may_share),
        })
    }

    /// The answer to a request, from the cache if it is there.
    fn answer(&self, request: &Request, options: RenderOptions) -> Result<EncodedAnswer, Refusal> {
        if let Some(answer) = self.responder.answers.get(request, options) {
            return Ok(answer);
        }
        let card = commands::answer(&self.responder.catalog, request)?;
        Ok(self.encode_and_cache(request, card, options))
    }

    /// Shows a card to everyone, if the rules allow it.
    fn reply(&self, request: &Request, card: Card) -> QueryAnswer {
        Ok(match &self.visibility {
            Visibility::Public { pace } if self.allows_public(*pace) => {
                (self.encode_and_cache(request, card, RenderOptions::PUBLIC), false)
            }
            Visibility::Public { pace } => {
                self.reply_privately(card, &PrivateReason::PaceExceeded(*pace), false)
            }
            Visibility::Private(reason) => self.reply_privately(card, reason, false),
            Visibility::Refused(allowed) => return Err(channel_refusal(allowed)),
        })
    }

    /// Shows a card to the caller only.
    fn reply_privately(
        &self,
        mut card: Card,
        reason: &PrivateReason,
        may_share: bool,
    ) -> (EncodedAnswer, bool) {
        card.notes.splice(0..0, reason.note(self.responder.catalog.locale()));
        (self.encode(card, RenderOptions::ephemeral(may_share)), false)
    }

    /// Encodes a card, and caches it unless the request has words of the member's own.
    fn encode_and_cache(
        &self,
        request: &Request,
        card: Card,
        options: RenderOptions,
    ) -> EncodedAnswer {
        let is_cacheable = !has_own_words(&self.responder.catalog, request, &card);
        let answer = self.encode(card, options);
        if is_cacheable {
            self.responder.answers.insert(request, options, &answer);
        }
        answer
    }

    fn encode(&self, mut card: Card, options: RenderOptions) -> EncodedAnswer {
        let picture = card.picture.take();
        let message = render(&card, self.responder.catalog.locale(), options);
        EncodedAnswer::new(message, picture)
    }

    /// Whether the channel's rate limit allows one more public answer. If so, it is counted.
    fn allows_public(&self, pace: u16) -> bool {
        let limits = &self.responder.pace;
        self.origin
            .moderated()
            .is_none_or(|(_, location)| limits.allows(location.channel, pace, Instant::now()))
    }
}

/// Whether an option has words of the member's own, rather than an entry's name or what the card's
/// own request has. PRIVACY.md promises that they are not kept.
fn has_own_words(catalog: &Catalog, request: &Request, card: &Card) -> bool {
    let is_canonical = |name, value| {
        card.request.as_ref().is_some_and(|request| request.option(name) == Some(value))
    };
    let is_name = |value| catalog.search_index().is_name(value, &DocumentFilter::all());
    request.options().any(|(name, value)| !is_canonical(name, value) && !is_name(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_members_own_are_recognized() {
        let catalog = Catalog::bundled();
        for (command, option, value, expected) in [
            ("demand", "demand", "nato", false),
            ("demand", "demand", "NATO membership", false),
            ("demand", "demand", "can they still join NATO", true),
            ("place", "place", "Kiev", false),
            ("timeline", "from", "2014", false),
            ("timeline", "event", "when did they sign something in Budapest", true),
            ("position", "holder", "Ukraine on NATO", true),
            ("proposal", "proposal", "28-point plan", false),
        ] {
            let request = Request::new(command).with(option, value);
            let card = commands::answer(&catalog, &request).expect(value);
            assert_eq!(has_own_words(&catalog, &request, &card), expected, "{value}");
        }
    }
}
