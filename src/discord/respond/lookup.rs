//! Answers queries of the catalog: typed commands, presses on cards, and messages to look up.

use std::sync::Arc;

use tokio::time::{Instant, timeout_at};

use super::origin::{InteractionOrigin, VisibilityPolicy};
use super::visibility::{PrivateReason, Visibility, channel_refusal};
use super::{
    Dispatch, PicturedReply, Reply, Responder, Task, VISIBILITY_TIMEOUT, callback_reply, defer,
    stale_refusal,
};
use crate::action::Verb;
use crate::card::{Card, Refusal};
use crate::clock::today;
use crate::commands;
use crate::discord::answer_cache::EncodedAnswer;
use crate::discord::incoming::SourceMessage;
use crate::discord::pictures::Pictures;
use crate::discord::render::{RenderOptions, render, render_sources};
use crate::discord::wire::Callback;
use crate::guild::{Category, Settings};
use crate::message_lookup;
use crate::request::{PRIVATE, Request};

/// A query whose card is computed from the catalog once its visibility is known.
pub(super) enum Lookup {
    Command(Request),
    Message { content: String, names: String },
    Press(Press),
}

/// A press on a button or a choice from a select.
pub(super) struct Press {
    pub(super) verb: Verb,
    pub(super) request: Request,
    pub(super) message: SourceMessage,
    pub(super) is_own: bool,
}

/// What is known when a query is answered.
struct LookupHandler<'a> {
    responder: &'a Responder,
    origin: &'a InteractionOrigin,
    visibility: Visibility,
    /// `None` if the answer may have no picture.
    pictures: Option<&'a Arc<Pictures>>,
}

impl Responder {
    /// Answers a query, unless settings or a category must be loaded first.
    pub(super) fn lookup(&self, origin: &InteractionOrigin, lookup: Lookup) -> Dispatch {
        match self.cached_visibility(origin) {
            Some((visibility, has_pictures)) => Dispatch::Respond(
                self.lookup_handler(origin, visibility, has_pictures).answer(lookup),
            ),
            None => defer(Task::Lookup(*origin, lookup)),
        }
    }

    /// Answers a query after loading what its visibility depends on.
    pub(super) async fn load_and_answer(
        &self,
        origin: &InteractionOrigin,
        lookup: Lookup,
    ) -> Reply {
        let (visibility, has_pictures) = self.load_visibility(origin).await;
        self.lookup_handler(origin, visibility, has_pictures).answer(lookup)
    }

    fn lookup_handler<'a>(
        &'a self,
        origin: &'a InteractionOrigin,
        visibility: Visibility,
        has_pictures: bool,
    ) -> LookupHandler<'a> {
        let pictures = self.pictures.as_ref().filter(|_| has_pictures && origin.may_attach);
        LookupHandler { responder: self, origin, visibility, pictures }
    }

    /// The visibility and whether the guild has pictures on, if known without IO.
    fn cached_visibility(&self, origin: &InteractionOrigin) -> Option<(Visibility, bool)> {
        let settings = match origin.guild() {
            Some(guild) => self.store.cached_settings(guild)?,
            None => return Some((Visibility::decide(origin, &Settings::default())?, true)),
        };
        let visibility = Visibility::decide(origin, &settings).or_else(|| {
            let category = self.categories.get(origin.channel_of_thread()?)?;
            Some(visibility_in(category.ok(), origin, &settings))
        });
        Some((visibility?, settings.pictures))
    }

    /// Loads the visibility and whether the guild has pictures on.
    async fn load_visibility(&self, origin: &InteractionOrigin) -> (Visibility, bool) {
        let deadline = Instant::now() + VISIBILITY_TIMEOUT;
        let settings = match origin.guild() {
            Some(guild) => timeout_at(deadline, self.store.settings(guild)).await,
            None => Ok(Ok(Arc::default())),
        };
        let Ok(Ok(settings)) = settings else {
            // The guild may have turned them off.
            return (Visibility::Private(PrivateReason::SettingsUnavailable), false);
        };
        if let Some(visibility) = Visibility::decide(origin, &settings) {
            return (visibility, settings.pictures);
        }
        let category = match (&self.rest, origin.channel_of_thread()) {
            (Some(rest), Some(channel)) => {
                let found = timeout_at(deadline, self.categories.get_or_load(rest, channel)).await;
                found.ok().and_then(Result::ok)
            }
            _ => None,
        };
        (visibility_in(category, origin, &settings), settings.pictures)
    }
}

impl LookupHandler<'_> {
    fn answer(self, lookup: Lookup) -> Reply {
        match lookup {
            Lookup::Command(request) => self.answer_command(request),
            Lookup::Message { content, names } => self.answer_message(&content, &names),
            Lookup::Press(press) => self.answer_press(press),
        }
    }

    fn answer_command(self, request: Request) -> Reply {
        if let Visibility::Refused(allowed) = &self.visibility {
            return self.refuse(&channel_refusal(allowed));
        }
        let is_private = request.is_private();
        let request = request.with(PRIVATE.name, "");
        if let Visibility::Public { pace } = self.visibility
            && !is_private
            && let Some(answer) = self.responder.answers.get(&request)
            && self.allows_public(pace)
        {
            return self.reply_with(answer, false);
        }
        match commands::answer(&self.responder.catalog, &request) {
            Ok(card) if is_private => {
                let may_share = self.visibility.may_share(self.origin);
                self.reply_privately(card, &PrivateReason::Expected, may_share)
            }
            Ok(card) => self.reply(&request, card),
            Err(refusal) => self.refuse(&refusal),
        }
    }

    fn answer_message(self, content: &str, names: &str) -> Reply {
        let catalog = &self.responder.catalog;
        match message_lookup::look_up(catalog, content, names, Some(today())) {
            // No link contains the message, so the card cannot be shared; entries opened from it
            // can.
            Ok(card) => self.reply_privately(card, &PrivateReason::Expected, false),
            Err(refusal) => self.refuse(&refusal),
        }
    }

    /// Handles a button or a select. A press by anyone but the member who asked gives that person a
    /// private copy.
    fn answer_press(self, press: Press) -> Reply {
        let Press { verb, request, message: on, is_own } = press;
        let is_in_place = is_own && !matches!(verb, Verb::Sources(_) | Verb::Share);
        let is_public = matches!(self.visibility, Visibility::Public { .. }) && !on.ephemeral;
        if is_in_place
            && is_public
            && let Some(answer) = self.responder.answers.get(&request)
        {
            return self.reply_with(answer, true);
        }
        let Ok(card) = commands::answer(&self.responder.catalog, &request) else {
            // The entry was removed from the dataset, or the custom_id is not ours.
            return self.refuse(&stale_refusal());
        };
        let may_share = self.visibility.may_share(self.origin);
        match (verb, &self.visibility) {
            (Verb::Sources(page), _) => {
                let locale = self.responder.catalog.locale();
                callback_reply(&Callback::message(render_sources(&card, locale, page)))
            }
            (Verb::Share, visibility) => match (visibility, self.origin.policy) {
                (_, VisibilityPolicy::Nobody)
                | (Visibility::Public { .. }, VisibilityPolicy::Discord { may_share: false }) => {
                    self.reply_privately(card, &PrivateReason::Expected, false)
                }
                _ => self.reply(&request, card),
            },
            _ if is_in_place && on.ephemeral => {
                self.show(card, true, RenderOptions::ephemeral(may_share))
            }
            _ if is_in_place && is_public => self.show_publicly(&request, card, true),
            (_, Visibility::Refused(allowed)) => self.refuse(&channel_refusal(allowed)),
            (_, Visibility::Private(reason)) if is_own => self.reply_privately(card, reason, false),
            _ => self.reply_privately(card, &PrivateReason::Expected, may_share),
        }
    }

    /// Sends a card publicly, if the rules allow it.
    fn reply(&self, request: &Request, card: Card) -> Reply {
        match &self.visibility {
            Visibility::Public { pace } if self.allows_public(*pace) => {
                self.show_publicly(request, card, false)
            }
            Visibility::Public { pace } => {
                self.reply_privately(card, &PrivateReason::PaceExceeded(*pace), false)
            }
            Visibility::Private(reason) => self.reply_privately(card, reason, false),
            Visibility::Refused(allowed) => self.refuse(&channel_refusal(allowed)),
        }
    }

    /// Shows a card to the caller only.
    fn reply_privately(&self, mut card: Card, reason: &PrivateReason, may_share: bool) -> Reply {
        card.notes.splice(0..0, reason.note(self.responder.catalog.locale()));
        self.show(card, false, RenderOptions::ephemeral(may_share))
    }

    /// Shows a card to everyone, and caches the message.
    fn show_publicly(&self, request: &Request, card: Card, is_in_place: bool) -> Reply {
        let answer = self.encode(card, RenderOptions::PUBLIC);
        self.responder.answers.insert(request, &answer);
        self.reply_with(answer, is_in_place)
    }

    fn show(&self, card: Card, is_in_place: bool, options: RenderOptions) -> Reply {
        self.reply_with(self.encode(card, options), is_in_place)
    }

    fn encode(&self, mut card: Card, options: RenderOptions) -> EncodedAnswer {
        let picture = card.picture.take();
        let message = render(&card, self.responder.catalog.locale(), options);
        EncodedAnswer::new(message, picture)
    }

    fn reply_with(&self, answer: EncodedAnswer, is_in_place: bool) -> Reply {
        match self.pictures {
            Some(pictures) if answer.has_picture() => {
                let pictures = Arc::clone(pictures);
                Reply::Pictured(Box::new(PicturedReply { answer, is_in_place, pictures }))
            }
            _ => Reply::Callback(answer.callback(is_in_place)),
        }
    }

    /// Whether the channel's rate limit allows one more public answer. If so, it is counted.
    fn allows_public(&self, pace: u16) -> bool {
        let limits = &self.responder.pace;
        self.origin
            .moderated()
            .is_none_or(|(_, location)| limits.allows(location.channel, pace, Instant::now()))
    }

    fn refuse(&self, refusal: &Refusal) -> Reply {
        self.responder.refuse(refusal)
    }
}

/// The visibility in a thread, by its channel's category if that is known.
fn visibility_in(
    category: Option<Category>,
    origin: &InteractionOrigin,
    settings: &Settings,
) -> Visibility {
    let Some(category) = category else {
        return Visibility::Private(PrivateReason::CategoryUnavailable);
    };
    let visibility = Visibility::decide(&origin.in_category(category), settings);
    visibility.unwrap_or(Visibility::Private(PrivateReason::CategoryHidden))
}
