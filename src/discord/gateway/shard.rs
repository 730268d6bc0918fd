//! Keeps one shard connected: a lost connection is resumed, an invalid session is replaced by a new
//! one, with a backoff between retries, and only errors that need an operator stop the shard.
//!
//! `twilight-gateway` implements the protocol, but its reconnect logic is not used: it reconnects
//! without delay after an abrupt end of the connection, backs off up to 255 seconds without jitter
//! when the gateway is down, follows READY's resume URL to any host, and waits for HELLO without a
//! timeout. So a disconnect is detected here, and a new [`Shard`] resumes the session.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_util::Stream;
use tokio::time::{Instant, Sleep, sleep};
use twilight_gateway::error::ReceiveMessageErrorType;
use twilight_gateway::{
    CloseFrame, Config, ConfigBuilder, Message, Session, Shard, ShardId, ShardState,
};

use super::address::GatewayUrl;
use super::backoff::Backoff;
use super::session_limit::SessionQueue;
use super::{GatewayContext, GatewayError, GatewayEvent};
use crate::discord::incoming::{Event, parse_event};
use crate::store::ShardInfo;
use crate::telemetry;

/// Timeout from connecting to HELLO, which Discord sends at once. Short enough for one retry to
/// restore a session within 15 seconds.
const HELLO_TIMEOUT: Duration = Duration::from_secs(8);

/// Timeout from HELLO to READY or RESUMED, not counting the wait to identify.
const SESSION_TIMEOUT: Duration = Duration::from_secs(60);

/// Timeout for closing a connection.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);

/// The maximum number of frames read after sending a close frame.
const LATE_FRAMES_MAX: usize = 64;

pub(super) struct ShardContext {
    pub(super) config: Config<SessionQueue>,
    pub(super) url: GatewayUrl,
    /// The longest time that a shard may have to wait before it identifies.
    pub(super) identify_wait: Duration,
    pub(super) gateway: GatewayContext,
}

pub(super) struct ShardRunner {
    id: ShardId,
    context: Arc<ShardContext>,
    backoff: Backoff,
    /// The session to resume, with its resume URL.
    resume: Option<(Session, Option<GatewayUrl>)>,
}

enum ConnectionEnd {
    Stopped,
    Fatal(GatewayError),
    Lost { reason: &'static str, code: Option<u16>, backoff_min: Duration },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Connecting,
    Identifying,
    Ready,
    Closing,
}

struct GatewayConnection<'a> {
    shard: Shard<SessionQueue>,
    runner: &'a mut ShardRunner,
    phase: Phase,
    /// The end of the phase, unless the session has started.
    deadline: Pin<Box<Sleep>>,
    is_open: bool,
    is_unknown_logged: bool,
}

impl ShardRunner {
    pub(super) fn new(id: ShardId, context: Arc<ShardContext>) -> Self {
        Self { id, context, backoff: Backoff::default(), resume: None }
    }

    /// Reconnects after each disconnect, until the shard is stopped or hits a fatal error.
    pub(super) async fn run(mut self) -> Result<(), GatewayError> {
        let stop = self.context.gateway.stop.clone();
        let shard = self.id.number();
        loop {
            let end = GatewayConnection::open(&mut self).run().await;
            self.context.gateway.status.set(shard, false);
            let (why, code, backoff_min) = match end {
                ConnectionEnd::Stopped => return Ok(()),
                ConnectionEnd::Fatal(fatal) => return Err(fatal),
                ConnectionEnd::Lost { reason, code, backoff_min } => (reason, code, backoff_min),
            };
            telemetry::record_reconnect();
            let wait =
                self.backoff.record_failure(Instant::now(), fastrand::f64()).max(backoff_min);
            let (wait_ms, resumes) = (wait.as_millis(), self.resume.is_some());
            tracing::info!(shard, why, code, wait_ms, resumes, "gateway lost, reconnecting");
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                () = sleep(wait) => {}
            }
        }
    }
}

impl<'a> GatewayConnection<'a> {
    fn open(runner: &'a mut ShardRunner) -> Self {
        let mut config = ConfigBuilder::from(runner.context.config.clone());
        if let Some((session, url)) = runner.resume.take() {
            let url = url.as_ref().unwrap_or(&runner.context.url);
            config = config.resume_url(url.as_str().to_owned()).session(session);
        }
        Self {
            shard: Shard::with_config(runner.id, config.build()),
            runner,
            phase: Phase::Connecting,
            deadline: Box::pin(sleep(HELLO_TIMEOUT)),
            is_open: false,
            is_unknown_logged: false,
        }
    }

    /// Reads frames until the connection ends.
    async fn run(mut self) -> ConnectionEnd {
        let stop = self.runner.context.gateway.stop.clone();
        let mut stopped = std::pin::pin!(stop.cancelled());
        loop {
            let received = tokio::select! {
                biased;
                received = poll_fn(|context| self.poll(context)) => received,
                () = &mut stopped, if self.phase != Phase::Closing => {
                    if matches!(self.shard.state(), ShardState::Disconnected { .. }) {
                        return ConnectionEnd::Stopped;
                    }
                    self.shard.close(CloseFrame::NORMAL);
                    self.enter(Phase::Closing);
                    continue;
                }
            };
            let is_closing = self.phase == Phase::Closing;
            match received {
                Ok(frame) => {
                    self.handle_frame(frame).await;
                    let is_disconnected =
                        matches!(self.shard.state(), ShardState::Disconnected { .. });
                    if is_disconnected && !is_closing {
                        self.drain().await;
                        return match self.shard.session() {
                            Some(_) => self.lost("Discord requested a reconnect"),
                            None => self.invalid_session(),
                        };
                    }
                }
                Err(_) if is_closing => return ConnectionEnd::Stopped,
                Err(end) => return end,
            }
        }
    }

    fn enter(&mut self, phase: Phase) {
        self.phase = phase;
        let timeout = match phase {
            Phase::Connecting => HELLO_TIMEOUT,
            Phase::Identifying => SESSION_TIMEOUT + self.runner.context.identify_wait,
            Phase::Closing => CLOSE_TIMEOUT,
            Phase::Ready => return,
        };
        self.deadline.as_mut().reset(Instant::now() + timeout);
    }

    async fn handle_frame(&mut self, text: String) {
        let received = Instant::now();
        if self.phase == Phase::Connecting {
            self.enter(Phase::Identifying);
        }
        let shard = self.runner.id.number();
        match parse_event(&text) {
            Event::Interaction(Ok(interaction)) => {
                self.runner.context.gateway.handler.answer(interaction, received).await
            }
            Event::Interaction(Err(why)) => {
                tracing::warn!(shard, %why, bytes = text.len(), "an interaction cannot be answered")
            }
            Event::Ready { application_id, guilds } => {
                let servers = guilds.as_ref().map(Vec::len);
                tracing::info!(shard, servers, "session begun");
                self.session_started();
                self.emit(GatewayEvent::Ready(application_id));
                if let Some(guilds) = guilds {
                    let part = ShardInfo { id: shard, total: self.runner.id.total() };
                    self.emit(GatewayEvent::Guilds(part, guilds));
                }
            }
            Event::Resumed => {
                tracing::info!(shard, "session resumed");
                self.session_started();
            }
            Event::GuildDelete { id, unavailable: false } => {
                tracing::info!(shard, server = id.get(), "removed from a server");
                self.emit(GatewayEvent::GuildRemoved(id));
            }
            Event::GuildCreate { id, joined_at } => {
                if joined_at.is_some_and(|at| is_recent(&at)) {
                    tracing::info!(shard, server = id.get(), "added to a server");
                    self.emit(GatewayEvent::GuildAdded(id));
                }
            }
            Event::ChannelUpdate { id } => {
                self.runner.context.gateway.handler.responder().on_channel_update(id)
            }
            Event::GuildDelete { .. } | Event::Other => {}
        }
    }

    fn emit(&self, event: GatewayEvent) {
        (self.runner.context.gateway.on_event)(event);
    }

    fn session_started(&mut self) {
        self.runner.context.gateway.status.set(self.runner.id.number(), true);
        self.runner.backoff.record_success();
        if self.phase == Phase::Identifying {
            self.phase = Phase::Ready;
        }
    }

    /// Sends the pending close frame and handles the frames that have already arrived.
    async fn drain(&mut self) {
        for _ in 0..LATE_FRAMES_MAX {
            let received = poll_fn(|context| Poll::Ready(self.poll(context))).await;
            let Poll::Ready(Ok(frame)) = received else {
                return;
            };
            self.handle_frame(frame).await;
        }
    }

    fn closed(&mut self, code: Option<u16>) -> ConnectionEnd {
        if let Some(fatal) = code.and_then(GatewayError::from_close_code) {
            return ConnectionEnd::Fatal(fatal);
        }
        self.keep_session();
        // Invalid sequence (4007) or session timed out (4009): the session cannot be resumed.
        if matches!(code, Some(4007 | 4009)) {
            self.runner.resume = None;
        }
        let reason = "Discord closed the connection";
        ConnectionEnd::Lost { reason, code, backoff_min: Duration::ZERO }
    }

    /// Discord requires a random wait of one to five seconds between an invalid session and the
    /// next identify.
    fn invalid_session(&mut self) -> ConnectionEnd {
        self.runner.resume = None;
        let backoff_min = Duration::from_secs(1) + Duration::from_secs(4).mul_f64(fastrand::f64());
        ConnectionEnd::Lost { reason: "invalid session", code: None, backoff_min }
    }

    /// Drops the resume URL, so that the next attempt connects to the URL of `GET /gateway/bot`.
    fn connect_failed(&mut self, reason: &'static str) -> ConnectionEnd {
        let end = self.lost(reason);
        if let Some((_, url)) = &mut self.runner.resume {
            *url = None;
        }
        end
    }

    fn lost(&mut self, reason: &'static str) -> ConnectionEnd {
        self.keep_session();
        ConnectionEnd::Lost { reason, code: None, backoff_min: Duration::ZERO }
    }

    fn keep_session(&mut self) {
        let url = self.shard.resume_url().and_then(|url| self.runner.context.url.resume_url(url));
        self.runner.resume = self.shard.session().cloned().map(|session| (session, url));
    }

    /// Reads the text of a frame, or finds that the connection has ended.
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Result<String, ConnectionEnd>> {
        // twilight-gateway panics on some invalid input, such as a heartbeat interval of 0 ms.
        let polled =
            catch_unwind(AssertUnwindSafe(|| Pin::new(&mut self.shard).poll_next(context)));
        Poll::Ready(match polled {
            Err(_) => Err(self.lost("invalid frame")),
            Ok(Poll::Pending) if self.is_lost() => {
                Err(self.lost("connection closed without a close frame"))
            }
            Ok(Poll::Pending) if self.phase == Phase::Ready => return Poll::Pending,
            Ok(Poll::Pending) => {
                ready!(self.deadline.as_mut().poll(context));
                Err(self.connect_failed("timeout before READY or RESUMED"))
            }
            Ok(Poll::Ready(None)) => Err(self.closed(None)),
            Ok(Poll::Ready(Some(Ok(Message::Text(text))))) => Ok(text),
            Ok(Poll::Ready(Some(Ok(Message::Close(frame))))) => {
                Err(self.closed(frame.map(|frame| frame.code)))
            }
            Ok(Poll::Ready(Some(Err(error)))) => match error.into_parts().0 {
                // It may still be an interaction that we can answer.
                ReceiveMessageErrorType::Deserializing { event } => {
                    if !std::mem::replace(&mut self.is_unknown_logged, true) {
                        let (shard, bytes) = (self.shard.id().number(), event.len());
                        tracing::warn!(shard, bytes, "unknown frame; further ones are not logged");
                    }
                    Ok(event)
                }
                _ => Err(self.connect_failed("connecting failed")),
            },
        })
    }

    /// Called when there is nothing to read: whether the TCP connection ended without a close
    /// frame, or twilight-gateway gave it up because nothing arrived between two heartbeats.
    fn is_lost(&mut self) -> bool {
        if self.phase == Phase::Closing {
            // twilight-gateway has started a new connection by itself; it is not needed while
            // closing.
            return self.shard.state() == ShardState::Identifying;
        }
        let is_disconnected = matches!(self.shard.state(), ShardState::Disconnected { .. });
        let is_lost = is_disconnected && self.is_open;
        self.is_open |= !is_disconnected;
        is_lost
    }
}

/// The maximum age in seconds of `joined_at` for a GUILD_CREATE to count as "the bot was just
/// added". Discord sends the same event for every known guild after connecting.
const RECENT_SECONDS: i64 = 10 * 60;

fn is_recent(joined_at: &str) -> bool {
    let since = |at: jiff::Timestamp| jiff::Timestamp::now().as_second() - at.as_second();
    joined_at.parse().is_ok_and(|at| since(at) < RECENT_SECONDS)
}
