//! Posts a run and publishes it to following servers: attempts, retries and recorded outcomes.

use std::ops::ControlFlow::{self, Break, Continue};
use std::time::Duration;

use bytes::Bytes;
use tokio::time::{sleep, timeout};

use super::message::{ReceivedMessage, run_message};
use super::message_search::{PAGES_MAX, SearchResult};
use super::{
    DigestPoster, RATE_LIMIT_WAIT_MAX, RETRY_SECONDS, fault_from_error, record, whole_seconds,
};
use crate::catalog::Catalog;
use crate::clock::now;
use crate::digest::{Fault, Publish, Run, RunState};
use crate::discord::permissions::{PermissionChecker, load_guild_roles};
use crate::discord::wire::{Body, Post, Upload};
use crate::guild::{ChannelInfo, MessageId, RoleId, effective_permissions};
use crate::picture::Picture;
use crate::store::ClaimedRun;
use crate::telemetry;

/// Immediate attempts before a retry is scheduled.
const ATTEMPTS_MAX: u32 = 3;

/// The delay before the second attempt. It doubles before the third.
const RETRY_BACKOFF: Duration = Duration::from_millis(700);

/// How long Discord is sure to know a nonce; its documentation says “[the past few
/// minutes](https://docs.discord.com/developers/resources/message#create-message-jsonform-params)”.
const NONCE_SECONDS: i64 = 110;

/// Timeout for checking why a role was not notified.
const ROLE_TIMEOUT: Duration = Duration::from_secs(2);

/// Timeout for loading the guild's picture setting.
const SETTINGS_TIMEOUT: Duration = Duration::from_secs(2);

/// The final state of a delivery: the recorded run, or `None` if this process lost the lease or
/// could not record it.
type Outcome = Option<Run>;

/// How long publishing is retried past the posting deadline: its rate limit is per hour.
const PUBLISHING_SECONDS: i64 = 2 * 60 * 60;

/// Discord's [error
/// code](https://docs.discord.com/developers/topics/opcodes-and-status-codes#json-json-error-codes)
/// for a message that is already published.
const ALREADY_PUBLISHED: u64 = 40_033;

/// The message of a run, which may also be sent without its picture.
struct DigestMessage {
    plain: Body,
    pictured: Option<Body>,
}

impl DigestPoster {
    /// Posts a claimed run, or publishes it if it is posted already. Returns the recorded run, or
    /// `None` if the process lost the lease or could not record it.
    pub async fn deliver(&self, catalog: &Catalog, mut run: ClaimedRun) -> Option<Run> {
        if let Some(message) = run.message {
            return self.publish(&run, message).await;
        }
        let Some((post, picture)) = run_message(catalog, &run) else {
            return self.fail(&run, Some(Fault::NoEntry)).await;
        };
        let message = self.digest_message(&run, post, picture).await;
        for attempt in 0..ATTEMPTS_MAX {
            if attempt > 0 {
                sleep(RETRY_BACKOFF * attempt).await;
            }
            match self.attempt(&mut run, &message, attempt).await {
                Break(outcome) => return outcome,
                Continue(passing) => run.fault = Some(passing),
            }
        }
        let fault = run.fault.unwrap_or(Fault::Unavailable);
        self.retry_later(&run, fault, None).await
    }

    /// The message, with the picture if the guild has pictures on and it is rendered in time.
    async fn digest_message(
        &self,
        run: &ClaimedRun,
        post: Post,
        picture: Option<Picture>,
    ) -> DigestMessage {
        let plain = Body::new(&post, None);
        if let (Some(pictures), Some(picture)) = (&self.pictures, picture)
            && let Ok(Ok(true)) =
                timeout(SETTINGS_TIMEOUT, self.store.has_pictures(run.guild)).await
            && let Some(png) = pictures.draw(&picture).await
        {
            let post = post.with_picture(picture.description());
            let pictured = Some(Body::new(&post, Some(Upload::picture(png))));
            return DigestMessage { plain, pictured };
        }
        DigestMessage { plain, pictured: None }
    }

    /// Makes one attempt. Continues with the fault if a retry may succeed.
    async fn attempt(
        &self,
        run: &mut ClaimedRun,
        message: &DigestMessage,
        attempt: u32,
    ) -> ControlFlow<Outcome, Fault> {
        self.resolve_earlier_attempt(run, attempt).await?;
        if run.first_attempt_at.is_none() {
            if run.is_paused {
                return Break(self.fail(run, Some(Fault::Changed)).await);
            }
            if now() > run.deadline {
                return Break(self.fail(run, run.fault).await);
            }
        }
        if let Err((fault, wait)) = self.verify_channel(run.channel, run.guild).await {
            return self.handle_fault(run, fault, wait).await;
        }
        let path = format!("/channels/{}/messages", run.channel);
        let started_at = now();
        let mut pictured = message.pictured.as_ref();
        let posted = loop {
            // Earlier steps may have used up the lease.
            if self.store.renew_lease(run, now()).await != Ok(true) {
                // Another process holds the lease, or the attempt could not be recorded.
                return Break(None);
            }
            let body = pictured.unwrap_or(&message.plain);
            match self.rest.post(&path, body, RATE_LIMIT_WAIT_MAX).await {
                // The bot may lack Attach Files in the channel, and a picture is no reason to pause a
                // digest.
                Err(error) if error.status() == Some(403) && pictured.take().is_some() => {}
                posted => break posted,
            }
        };
        let error = match posted {
            Ok(body) => return Break(self.handle_success(run, &body).await),
            Err(error) => error,
        };
        tracing::warn!(digest = %run.digest, slot = run.slot, %error, "a digest could not be posted");
        if !error.had_no_effect() {
            run.first_attempt_at = run.first_attempt_at.or(Some(started_at));
        }
        self.handle_fault(run, fault_from_error(&error), error.retry_after()).await
    }

    /// Ends the attempts after a refusal or with a wait for a rate limit. Else continues with the
    /// fault.
    async fn handle_fault(
        &self,
        run: &ClaimedRun,
        fault: Fault,
        wait: Option<Duration>,
    ) -> ControlFlow<Outcome, Fault> {
        match wait {
            _ if fault.is_refusal() => Break(self.handle_refusal(run, fault).await),
            Some(_) => Break(self.retry_later(run, fault, wait).await),
            None => Continue(fault),
        }
    }

    /// Resolves an attempt that may have succeeded. Continues if sending is safe: Discord still
    /// knows the nonce, or the message is not in the channel.
    async fn resolve_earlier_attempt(
        &self,
        run: &mut ClaimedRun,
        attempt: u32,
    ) -> ControlFlow<Outcome> {
        let Some(first_attempt_at) = run.first_attempt_at else {
            return Continue(());
        };
        let now = now();
        let knows_nonce = (0..=NONCE_SECONDS).contains(&(now - first_attempt_at)) && !run.is_paused;
        let found = match (knows_nonce, attempt) {
            // The clock may have been set back since, so the nonce may be older than it seems.
            (true, 0) => self.search_message(run, 1).await,
            (true, 1..) => return Continue(()),
            (false, _) => self.search_message(run, PAGES_MAX).await,
        };
        Break(match found {
            SearchResult::Found(message) => self.handle_found(run, message).await,
            _ if knows_nonce => return Continue(()),
            SearchResult::NotFound => {
                run.first_attempt_at = None;
                return Continue(());
            }
            SearchResult::Unavailable if now <= run.deadline => {
                self.retry_later(run, Fault::Unavailable, None).await
            }
            SearchResult::Unknown | SearchResult::Unavailable => {
                self.fail(run, Some(Fault::DeliveryUnknown)).await
            }
        })
    }

    /// Records a run as sent. A successful status means that the message exists, even if the body
    /// cannot be parsed.
    async fn handle_success(&self, run: &ClaimedRun, response: &[u8]) -> Outcome {
        let message: ReceivedMessage<'_> = serde_json::from_slice(response).unwrap_or_default();
        let fault = match run.plan.role {
            Some(role) => {
                let fault = self.find_role_fault(run, role, &message);
                timeout(ROLE_TIMEOUT, fault).await.unwrap_or_default()
            }
            None => None,
        };
        self.record_sent(run, message.id(), fault, now()).await
    }

    /// Records a message that an earlier attempt created. Its id encodes when it was sent.
    async fn handle_found(&self, run: &ClaimedRun, message: Option<MessageId>) -> Outcome {
        let now = now();
        let first_attempt_at = run.first_attempt_at.unwrap_or(now);
        let at = message.map_or(first_attempt_at, |message| message.created_at().unix_timestamp());
        self.record_sent(run, message, None, at.clamp(first_attempt_at.min(now), now)).await
    }

    async fn record_sent(
        &self,
        run: &ClaimedRun,
        message: Option<MessageId>,
        fault: Option<Fault>,
        at: i64,
    ) -> Outcome {
        let (publish, fault) = match (run.plan.publish, message) {
            (false, _) => (Publish::No, fault),
            (true, Some(_)) => (Publish::Due(at), fault),
            // Without the id of the message it cannot be published.
            (true, None) => (Publish::Failed, fault.or(Some(Fault::Unavailable))),
        };
        self.record(run, Run { message, publish, ..run_in_state(run, RunState::Sent, fault, at) })
            .await
    }

    /// Publishes a post: <https://docs.discord.com/developers/resources/message#crosspost-message>.
    async fn publish(&self, run: &ClaimedRun, message: MessageId) -> Outcome {
        let published = async {
            self.verify_channel(run.channel, run.guild).await?;
            let path = format!("/channels/{}/messages/{message}/crosspost", run.channel);
            match self.rest.post(&path, &Bytes::new().into(), RATE_LIMIT_WAIT_MAX).await {
                Err(error) if error.code() != Some(ALREADY_PUBLISHED) => {
                    tracing::warn!(digest = %run.digest, %error, "a digest could not be published");
                    Err((fault_from_error(&error), error.retry_after()))
                }
                _ => Ok(()),
            }
        };
        let published = published.await;
        let now = now();
        let (publish, fault) = match published {
            Ok(()) => (Publish::Done, run.fault),
            Err((fault, wait))
                if !fault.is_refusal() && now <= run.deadline + PUBLISHING_SECONDS =>
            {
                let retry_at = now + wait.map_or(RETRY_SECONDS.0, whole_seconds);
                record(|| self.store.schedule_retry(run, retry_at, run.fault, now)).await;
                return None;
            }
            Err((fault, _)) => (Publish::Failed, Some(fault)),
        };
        let message = Some(message);
        self.record(run, Run { message, publish, ..run_in_state(run, RunState::Sent, fault, now) })
            .await
    }

    /// Handles a refusal. An earlier attempt may still have succeeded, so its message is searched
    /// for. Unless it is certainly not there, its entry must not be posted again.
    async fn handle_refusal(&self, run: &ClaimedRun, fault: Fault) -> Outcome {
        if run.first_attempt_at.is_none() {
            return self.fail(run, Some(fault)).await;
        }
        // The channel of another server is not read.
        let found = match fault {
            Fault::OtherServer => SearchResult::Unknown,
            _ => self.search_message(run, PAGES_MAX).await,
        };
        match found {
            SearchResult::Found(message) => self.handle_found(run, message).await,
            SearchResult::NotFound => self.fail(run, Some(fault)).await,
            SearchResult::Unknown | SearchResult::Unavailable => {
                let unknown = run_in_state(run, RunState::Unknown, Some(fault), now());
                self.record(run, unknown).await
            }
        }
    }

    /// Records a run as failed, or as skipped if its deadline passed without a fault.
    async fn fail(&self, run: &ClaimedRun, fault: Option<Fault>) -> Outcome {
        let state = match fault {
            Some(Fault::DeliveryUnknown) => RunState::Unknown,
            Some(_) => RunState::Failed,
            None => RunState::Skipped,
        };
        self.record(run, run_in_state(run, state, fault, now())).await
    }

    async fn record(&self, claimed: &ClaimedRun, run: Run) -> Outcome {
        if record(|| self.store.record_run(claimed, &run)).await? {
            tracing::warn!(digest = %claimed.digest, fault = ?run.fault, "a digest is paused");
        }
        if claimed.message.is_none() {
            telemetry::record_digest(run.state.name());
        }
        Some(run)
    }

    /// Schedules a retry after the wait that Discord asks for, or else after a quarter of the run's
    /// age.
    async fn retry_later(&self, run: &ClaimedRun, fault: Fault, wait: Option<Duration>) -> Outcome {
        let at = now();
        let (min, max) = RETRY_SECONDS;
        let wait = wait.map_or(((at - run.due) / 4).clamp(min, max), whole_seconds);
        let retry = self.store.schedule_retry(run, at + wait, Some(fault), at);
        retry.await.ok()?;
        Some(run_in_state(run, RunState::Open, Some(fault), at))
    }

    /// Finds out why a role was not notified. `None` if it was, or if the cause is unknown.
    async fn find_role_fault(
        &self,
        run: &ClaimedRun,
        role: RoleId,
        message: &ReceivedMessage<'_>,
    ) -> Option<Fault> {
        if message.mentions(role) {
            return None;
        }
        if role.get() == run.guild.get() {
            return Some(Fault::RoleDeleted);
        }
        match load_guild_roles(&self.rest, run.guild).await?.get(&role) {
            None => return Some(Fault::RoleDeleted),
            Some(true) => return None,
            Some(false) => {}
        }
        let bot = message.author()?;
        let location = ChannelInfo::unknown(run.channel);
        let checker =
            PermissionChecker::new(Some(&self.rest), &self.channel_guilds, bot, run.guild);
        let permissions = checker.check_access(&location).await.permissions?;
        let can_mention = effective_permissions(permissions).mention_everyone();
        (!can_mention).then_some(Fault::RoleNotMentionable)
    }
}

fn run_in_state(run: &ClaimedRun, state: RunState, fault: Option<Fault>, at: i64) -> Run {
    let (message, publish) = (None, Publish::No);
    Run { due: run.due, state, at, channel: run.channel, message, publish, fault }
}
