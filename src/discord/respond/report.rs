//! The *Report* button: opens the form, and posts the report to `discord.report_channel`, with one
//! retry. A rate limit keeps one reader, or all of them, from sending too many.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::time::{Instant, sleep};

use super::origin::InteractionOrigin;
use super::{MessageReply, Reply, Responder, callback_reply, stale_refusal};
use crate::action::{Action, Verb};
use crate::card::report::{self, Submission};
use crate::card::{Card, Refusal};
use crate::command::Audience;
use crate::commands;
use crate::discord::http::{Rest, RestError};
use crate::discord::incoming::Interaction;
use crate::discord::render::{RenderOptions, render};
use crate::discord::report_form::{REPORT_INPUT, report_form};
use crate::discord::sliding_window::SlidingWindow;
use crate::discord::wire::{Body, Callback, Post};
use crate::guild::{ChannelId, InteractionId, UserId};
use crate::request::Request;

/// Maximum number of reports within ten minutes, in total and per user.
const POSTS_MAX: usize = 20;
const POSTS_OF_ONE_MAX: usize = 3;

/// The delay before a report is posted again after a transient error. The nonce prevents duplicates.
const RETRY_BACKOFF: Duration = Duration::from_millis(700);

/// Maximum wait for Discord's rate limits, during which the reader waits too.
const RATE_LIMIT_WAIT_MAX: Duration = Duration::from_secs(10);

/// The channel for reports, and their rate limit.
pub(super) struct ReportChannel {
    channel: ChannelId,
    limit: Mutex<ReportLimit>,
    /// The cause of the last failure, so that each cause is logged once.
    last_failure: Mutex<Option<String>>,
}

/// The times of the last reports, with a hash of the user id under a random key of this process.
#[derive(Default)]
struct ReportLimit {
    key: RandomState,
    recent: SlidingWindow<600, u64>,
}

impl ReportLimit {
    /// Whether this user may send another report. If it is sent now, it is counted.
    fn allows(&mut self, member: Option<UserId>, is_sent: bool, now: Instant) -> bool {
        let hash = self.key.hash_one(member);
        let recent = self.recent.events(now);
        let own = recent.iter().filter(|(_, other)| *other == hash).count();
        let is_allowed = recent.len() < POSTS_MAX && own < POSTS_OF_ONE_MAX;
        if is_allowed && is_sent {
            self.recent.push(now, hash);
        }
        is_allowed
    }
}

impl ReportChannel {
    pub(super) fn new(channel: ChannelId) -> Self {
        Self { channel, limit: Mutex::default(), last_failure: Mutex::default() }
    }

    /// Checks the rate limit, and counts the report if it is sent now.
    fn admit(&self, member: Option<UserId>, is_sent: bool) -> Result<(), Refusal> {
        let is_allowed = self.limit.lock().allows(member, is_sent, Instant::now());
        if is_allowed { Ok(()) } else { Err(Refusal::new("refuse-report-often")) }
    }

    async fn post(&self, rest: &Rest, body: &Body) -> Result<(), RestError> {
        let path = format!("/channels/{}/messages", self.channel);
        let mut sent = rest.post(&path, body, RATE_LIMIT_WAIT_MAX).await;
        if sent.as_ref().is_err_and(RestError::is_transient) {
            sleep(RETRY_BACKOFF).await;
            sent = rest.post(&path, body, RATE_LIMIT_WAIT_MAX).await;
        }
        sent.map(drop)
    }

    /// Logs the cause of a failure once. Discord's message is left out, as it may repeat the report.
    fn record_failure(&self, error: &RestError) {
        let cause = match (error.status(), error.code()) {
            (Some(status), code) => {
                format!("Discord answered {status}, code {}", code.unwrap_or_default())
            }
            (None, _) => error.to_string(),
        };
        if self.last_failure.lock().replace(cause.clone()).as_ref() != Some(&cause) {
            tracing::warn!(cause, "reports cannot be posted to discord.report_channel");
        }
    }

    fn record_success(&self) {
        if self.last_failure.lock().take().is_some() {
            tracing::info!("reports are posted again");
        }
    }
}

impl Responder {
    /// Responds to *Report* with the form.
    pub(super) fn open_report_form(
        &self,
        origin: &InteractionOrigin<'_>,
        action: &Action,
    ) -> Result<Reply, Refusal> {
        let card = self.reported_card(&action.request).ok_or_else(stale_refusal)?;
        let admitted = match &self.reports {
            Some(reports) => reports.admit(origin.interaction.user_id, false),
            None => Err(Refusal::new("refuse-report-closed")),
        };
        let locale = self.catalog.locale();
        if let Err(refusal) = admitted {
            let card = report::refusal_card(locale, &refusal, "", report_url(Some(&card)));
            return Ok(Reply::Message(MessageReply::ephemeral(&card, locale)));
        }
        let custom_id = action.encode().ok_or_else(stale_refusal)?;
        Ok(callback_reply(&Callback::modal(report_form(&card, locale, custom_id))))
    }

    /// Posts the report of a submitted form and confirms it to the reader, or says why it failed.
    pub(super) async fn submit_report(
        &self,
        interaction: &Interaction,
        custom_id: &str,
        values: &[(String, String)],
    ) -> Result<MessageReply, Refusal> {
        let action = Action::decode(custom_id).ok_or_else(stale_refusal)?;
        let Verb::Report(revision) = action.verb else {
            return Err(stale_refusal());
        };
        if !is_for_everyone(&action.request) {
            return Err(stale_refusal());
        }
        let text = values.iter().find(|(name, _)| name == REPORT_INPUT);
        let submission = Submission {
            request: action.request,
            revision,
            locale: interaction.locale.clone().unwrap_or_default(),
            text: text.map(|(_, text)| text.clone()).unwrap_or_default(),
        };
        let shown = self.reported_card(&submission.request);
        let locale = self.catalog.locale();
        let card = match self.post_report(interaction, &submission, shown.as_ref()).await {
            Ok(()) => report::confirmation(locale),
            Err(refusal) => {
                report::refusal_card(locale, &refusal, &submission.text, report_url(shown.as_ref()))
            }
        };
        Ok(MessageReply::ephemeral(&card, locale))
    }

    async fn post_report(
        &self,
        interaction: &Interaction,
        submission: &Submission,
        shown: Option<&Card>,
    ) -> Result<(), Refusal> {
        let (Some(reports), Some(rest)) = (&self.reports, &self.rest) else {
            return Err(Refusal::new("refuse-report-closed"));
        };
        if report::is_empty(&submission.text) {
            return Err(Refusal::new("refuse-report-empty"));
        }
        reports.admit(interaction.user_id, true)?;
        let locale = self.catalog.locale();
        let card = report::report_card(locale, submission, shown);
        let message = render(&card, locale, RenderOptions::POST);
        let nonce = interaction.id.map_or(0, InteractionId::get).to_string();
        let body = Body::new(&Post::new(message, nonce), None);
        match reports.post(rest, &body).await {
            Ok(()) => reports.record_success(),
            Err(error) => {
                reports.record_failure(&error);
                return Err(Refusal::new("refuse-report-failed"));
            }
        }
        Ok(())
    }

    /// The card that a report is about, if the dataset still has it.
    fn reported_card(&self, request: &Request) -> Option<Card> {
        let card = commands::answer(&self.catalog, request).ok();
        card.filter(|card| card.report.is_some())
    }
}

fn report_url(card: Option<&Card>) -> Option<&String> {
    card?.report.as_ref()?.url.as_ref()
}

fn is_for_everyone(request: &Request) -> bool {
    let command = commands::find(&request.command);
    command.is_some_and(|command| command.audience == Audience::Everyone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_are_limited_per_user_and_in_total() {
        let (mut limit, start) = (ReportLimit::default(), Instant::now());
        let mut send = |member: u64, seconds: u64| {
            let (member, now) = (Some(UserId::new(member)), start + Duration::from_secs(seconds));
            limit.allows(member, true, now)
        };
        let own: Vec<bool> = [0, 60, 599, 599, 600, 601].map(|at| send(1, at)).into();
        assert_eq!(own, [true, true, true, false, true, false]);
        let others = (2..100).filter(|member| send(*member, 602)).count();
        assert_eq!(others, POSTS_MAX - 3, "those of the first and of the last ten minutes");
        assert!(!send(1_000, 603), "all of them together are too many");
        assert!(send(1_000, 660), "until the first are ten minutes old");
        let recent = limit.recent.events(start + Duration::from_secs(660)).len();
        assert!(recent <= POSTS_MAX, "memory is bounded");
    }
}
