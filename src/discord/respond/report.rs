//! *Report*: a form to report an error, and the post that the editors get of it.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::origin::InteractionOrigin;
use super::{Dispatch, MessageReply, Responder, Task, callback, defer, stale};
use crate::action::{Action, Verb};
use crate::card::report::{self, Submission};
use crate::card::{Card, Refusal};
use crate::command::Audience;
use crate::commands;
use crate::discord::http::{Rest, RestError};
use crate::discord::incoming::Interaction;
use crate::discord::render::{RenderOptions, render};
use crate::discord::report_form::{REPORT_INPUT, report_form};
use crate::discord::wire::{Body, Callback, Post};
use crate::guild::{ChannelId, InteractionId, UserId};
use crate::request::Request;

/// How many reports are posted within [`WINDOW`], and how many of them from one person.
const POSTS_MAX: usize = 20;
const POSTS_OF_ONE_MAX: usize = 3;
const WINDOW: Duration = Duration::from_secs(10 * 60);

/// Attempts to post a report while Discord cannot be reached, and the delay between them. The nonce keeps it one message.
const ATTEMPTS_MAX: u32 = 2;
const ATTEMPT_DELAY: Duration = Duration::from_millis(700);

/// The longest wait for Discord's rate limits. The reader waits as long.
const RATE_LIMIT_WAIT_MAX: Duration = Duration::from_secs(10);

/// Where reports are posted, and what keeps them few.
pub(super) struct Reports {
    channel: ChannelId,
    limit: Mutex<ReportLimit>,
    /// Why the last report could not be posted, so that one cause is logged once.
    last_failure: Mutex<Option<String>>,
}

/// A report that is to be posted.
pub(super) struct ReportTask {
    submission: Submission,
    member: Option<UserId>,
    interaction: u64,
}

/// The last reports: when they came, and a hash of who sent them, with a key that no other process has.
#[derive(Default)]
struct ReportLimit {
    key: RandomState,
    recent: VecDeque<(Instant, u64)>,
}

impl ReportLimit {
    /// Whether another report of this person may be posted.
    fn allows(&mut self, member: Option<UserId>, now: Instant) -> bool {
        while self.recent.front().is_some_and(|(at, _)| now.duration_since(*at) >= WINDOW) {
            self.recent.pop_front();
        }
        let hash = self.key.hash_one(member);
        let own = self.recent.iter().filter(|(_, other)| *other == hash).count();
        self.recent.len() < POSTS_MAX && own < POSTS_OF_ONE_MAX
    }

    fn count(&mut self, member: Option<UserId>, now: Instant) {
        self.recent.push_back((now, self.key.hash_one(member)));
    }
}

impl Reports {
    pub(super) fn new(channel: ChannelId) -> Self {
        Self { channel, limit: Mutex::default(), last_failure: Mutex::default() }
    }

    /// Makes sure that another report may be posted; counts it, if it is sent now.
    fn admit(&self, member: Option<UserId>, is_sent: bool) -> Result<(), Refusal> {
        let (mut limit, now) = (lock(&self.limit), Instant::now());
        if !limit.allows(member, now) {
            return Err(Refusal::new("refuse-report-often"));
        }
        if is_sent {
            limit.count(member, now);
        }
        Ok(())
    }

    async fn post(&self, rest: &Rest, body: &Body) -> Result<(), RestError> {
        let path = format!("/channels/{}/messages", self.channel);
        let mut attempt = 1;
        loop {
            match rest.post(&path, body.bytes.clone(), RATE_LIMIT_WAIT_MAX).await {
                Ok(_) => return Ok(()),
                Err(error) if attempt < ATTEMPTS_MAX && error.is_transient() => {
                    attempt += 1;
                    sleep(ATTEMPT_DELAY).await;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Logs why a report was not posted, unless that is logged already. Discord's message is left out: it may repeat the report.
    fn failed(&self, error: &RestError) {
        let cause = match (error.status(), error.code()) {
            (Some(status), code) => {
                format!("Discord answered {status}, code {}", code.unwrap_or_default())
            }
            (None, _) => error.to_string(),
        };
        if lock(&self.last_failure).replace(cause.clone()).as_ref() != Some(&cause) {
            tracing::warn!(cause, "reports cannot be posted to discord.report_channel");
        }
    }

    fn succeeded(&self) {
        if lock(&self.last_failure).take().is_some() {
            tracing::info!("reports are posted again");
        }
    }
}

impl Responder {
    /// Opens the form to report an error on a card.
    pub(super) fn open_report_form(
        &self,
        origin: &InteractionOrigin,
        action: &Action,
    ) -> Result<Dispatch, Refusal> {
        let card = self.reported_card(&action.request).ok_or_else(stale)?;
        let admitted = match &self.reports {
            Some(reports) => reports.admit(origin.member, false),
            None => Err(Refusal::new("refuse-report-closed")),
        };
        let locale = self.catalog.locale();
        Ok(Dispatch::Respond(match admitted {
            Ok(()) => {
                let custom_id = action.encode().ok_or_else(stale)?;
                callback(&Callback::modal(report_form(&card, locale, custom_id)))
            }
            Err(refusal) => {
                let card = report::refused(locale, &refusal, "", report_url(Some(&card)));
                callback(&Callback::message(render(&card, locale, RenderOptions::ephemeral(false))))
            }
        }))
    }

    /// Takes a form that was filled.
    pub(super) fn submit(
        origin: &InteractionOrigin,
        interaction: &Interaction<'_>,
        custom_id: &str,
        values: &[(Cow<'_, str>, Cow<'_, str>)],
    ) -> Result<Dispatch, Refusal> {
        let action = Action::decode(custom_id).ok_or_else(stale)?;
        let Verb::Report(revision) = action.verb else {
            return Err(stale());
        };
        if !is_for_everyone(&action.request) {
            return Err(stale());
        }
        let text = values.iter().find(|(name, _)| name == REPORT_INPUT);
        let submission = Submission {
            request: action.request,
            revision,
            locale: interaction.locale.as_deref().unwrap_or_default().to_owned(),
            text: text.map(|(_, text)| text.to_string()).unwrap_or_default(),
        };
        Ok(defer(Task::Report(ReportTask {
            submission,
            member: origin.member,
            interaction: interaction.id.map_or(0, InteractionId::get),
        })))
    }

    /// Posts a report, and says whether that succeeded.
    pub(super) async fn run_report(&self, task: ReportTask) -> MessageReply {
        let shown = self.reported_card(&task.submission.request);
        let locale = self.catalog.locale();
        let card = match self.post_report(&task, shown.as_ref()).await {
            Ok(()) => report::confirmation(locale),
            Err(refusal) => {
                let text = &task.submission.text;
                report::refused(locale, &refusal, text, report_url(shown.as_ref()))
            }
        };
        let message = render(&card, locale, RenderOptions::ephemeral(false));
        MessageReply { message, file: None, is_in_place: false }
    }

    async fn post_report(&self, task: &ReportTask, shown: Option<&Card>) -> Result<(), Refusal> {
        let (Some(reports), Some(rest)) = (&self.reports, &self.rest) else {
            return Err(Refusal::new("refuse-report-closed"));
        };
        if report::is_empty(&task.submission.text) {
            return Err(Refusal::new("refuse-report-empty"));
        }
        reports.admit(task.member, true)?;
        let locale = self.catalog.locale();
        let card = report::post(locale, &task.submission, shown);
        let message = render(&card, locale, RenderOptions::POST);
        let body = Body::of(&Post::new(message, task.interaction.to_string()), None);
        match reports.post(rest, &body).await {
            Ok(()) => reports.succeeded(),
            Err(error) => {
                reports.failed(&error);
                return Err(Refusal::new("refuse-report-failed"));
            }
        }
        Ok(())
    }

    /// The card that a report is about, if the dataset has it and its errors can be reported.
    fn reported_card(&self, request: &Request) -> Option<Card> {
        let card = commands::answer(&self.catalog, request).ok();
        card.filter(|card| card.report.is_some())
    }
}

fn report_url(card: Option<&Card>) -> Option<&String> {
    card?.report.as_ref()?.url.as_ref()
}

fn is_for_everyone(request: &Request) -> bool {
    let command = commands::named(&request.command);
    command.is_some_and(|command| command.audience == Audience::Everyone)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_reports_of_one_person_and_of_all_are_posted_within_ten_minutes() {
        let (mut limit, start) = (ReportLimit::default(), Instant::now());
        let mut send = |member: u64, seconds: u64| {
            let (member, now) = (Some(UserId::new(member)), start + Duration::from_secs(seconds));
            let is_allowed = limit.allows(member, now);
            if is_allowed {
                limit.count(member, now);
            }
            is_allowed
        };
        let own: Vec<bool> = [0, 60, 599, 599, 600, 601].map(|at| send(1, at)).into();
        assert_eq!(own, [true, true, true, false, true, false]);
        let others = (2..100).filter(|member| send(*member, 602)).count();
        assert_eq!(others, POSTS_MAX - 3, "those of the first and of the last ten minutes");
        assert!(!send(1_000, 603), "all of them together are too many");
        assert!(send(1_000, 660), "until the first are ten minutes old");
        assert!(limit.recent.len() <= POSTS_MAX, "memory is bounded");
    }
}
