//! One shard, kept through every fault: a lost connection is resumed, a lost session begun again, and only what an operator has
//! to mend ends it.
//!
//! `twilight-gateway` speaks the protocol. What it would do by itself after a loss is not left to it: it connects again at once
//! where the socket just ends, waits up to 255 seconds and without chance where nobody listens, follows READY's address wherever it leads,
//! and waits for ever for a greeting. So each loss is noticed here, and another [`Shard`] goes on with the session.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_core::Stream;
use serde::Deserialize;
use tokio::time::{Instant, Sleep, sleep, sleep_until};
use twilight_gateway::error::ReceiveMessageErrorType;
use twilight_gateway::{
    CloseFrame, Config, ConfigBuilder, Message, Session, Shard, ShardId, ShardState,
};

use super::address::GatewayUrl;
use super::backoff::Backoff;
use super::heartbeat::Heartbeat;
use super::session_budget::Budget;
use super::{Fatal, GatewayContext, GatewayEvent};
use crate::discord::incoming::{Event, event};
use crate::store::Part;
use crate::telemetry;

/// How long a gateway may take to greet, from the first byte to connect: it greets at once, and with a second try there is a session
/// again within 15 seconds.
const GREETING_MAX: Duration = Duration::from_secs(8);

/// How long it may take from there to a session, besides the time that a shard waits for its turn.
const SESSION_MAX: Duration = Duration::from_secs(60);

/// How long it may take to say goodbye.
const GOODBYE_MAX: Duration = Duration::from_secs(2);

/// How many frames are still read after a goodbye.
const LATE_FRAMES_MAX: usize = 64;

/// What all shards of a process have in common.
pub(super) struct ShardContext {
    pub(super) config: Config<Budget>,
    pub(super) url: GatewayUrl,
    /// How long a shard may wait for its turn to begin a session.
    pub(super) session_within: Duration,
    pub(super) world: GatewayContext,
}

/// Keeps a shard.
pub(super) struct ShardRunner {
    id: ShardId,
    wiring: Arc<ShardContext>,
    backoff: Backoff,
    /// The session to go on with, and where.
    kept: Option<(Session, Option<GatewayUrl>)>,
}

/// How a connection ended.
enum End {
    Stopped,
    Fatal(Fatal),
    Lost { why: &'static str, code: Option<u16>, at_least: Duration },
}

/// What came from the gateway.
enum SocketEvent {
    Frame(String),
    /// A frame that is none of the gateway's. Its text is given all the same, as an answer may be possible.
    Odd(String),
    Garbled,
    Closed(Option<u16>),
    NoConnection,
    /// The connection ended without a word.
    Disconnected,
    /// No heartbeat is answered.
    HeartbeatTimeout,
    Panicked,
}

/// How far a connection has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Connecting,
    Greeted,
    ShardStatus,
    Closing,
}

/// One connection.
struct Connection<'a> {
    shard: Shard<Budget>,
    keeper: &'a mut ShardRunner,
    phase: Phase,
    /// Whether the gateway has taken the connection.
    is_open: bool,
    pulse: Heartbeat,
    odd_frames: u64,
}

impl ShardRunner {
    pub(super) fn new(id: ShardId, wiring: Arc<ShardContext>) -> Self {
        Self { id, wiring, backoff: Backoff::default(), kept: None }
    }

    /// Serves until told to stop.
    pub(super) async fn keep(mut self) -> Result<(), Fatal> {
        let stop = self.wiring.world.stop.clone();
        let shard = self.id.number();
        loop {
            let end = Connection::open(&mut self).serve().await;
            self.wiring.world.serving.ends(shard);
            let (why, code, at_least) = match end {
                End::Stopped => return Ok(()),
                End::Fatal(fatal) => return Err(fatal),
                End::Lost { why, code, at_least } => (why, code, at_least),
            };
            telemetry::gateway_lost();
            let wait = self.backoff.failed(Instant::now(), fastrand::f64()).max(at_least);
            let (millis, resumes) = (wait.as_millis(), self.kept.is_some());
            tracing::info!(
                shard,
                why,
                code,
                wait_ms = millis,
                resumes,
                "gateway lost, connecting again"
            );
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                () = sleep(wait) => {}
            }
        }
    }
}

impl<'a> Connection<'a> {
    fn open(keeper: &'a mut ShardRunner) -> Self {
        let mut config = ConfigBuilder::from(keeper.wiring.config.clone());
        if let Some((session, url)) = keeper.kept.take() {
            let url = url.as_ref().unwrap_or(&keeper.wiring.url);
            config = config.resume_url(url.as_str().to_owned()).session(session);
        }
        Self {
            shard: Shard::with_config(keeper.id, config.build()),
            keeper,
            phase: Phase::Connecting,
            is_open: false,
            pulse: Heartbeat::default(),
            odd_frames: 0,
        }
    }

    /// Receives until the connection ends.
    async fn serve(mut self) -> End {
        let stop = self.keeper.wiring.world.stop.clone();
        let mut stopped = std::pin::pin!(stop.cancelled());
        let mut patience = std::pin::pin!(sleep(GREETING_MAX));
        loop {
            let phase = self.phase;
            let heard = tokio::select! {
                biased;
                heard = poll_fn(|context| self.poll(context)) => heard,
                () = &mut stopped, if phase != Phase::Closing => {
                    if matches!(self.shard.state(), ShardState::Disconnected { .. }) {
                        return End::Stopped;
                    }
                    self.shard.close(CloseFrame::NORMAL);
                    self.enter(Phase::Closing, patience.as_mut());
                    continue;
                }
                () = &mut patience, if phase != Phase::ShardStatus => {
                    return if phase == Phase::Closing { End::Stopped } else { self.lost("it does not say a word") };
                }
            };
            if let Some(end) = self.hear(heard, patience.as_mut()).await {
                return end;
            }
        }
    }

    fn enter(&mut self, phase: Phase, patience: Pin<&mut Sleep>) {
        self.phase = phase;
        let most = match phase {
            Phase::Connecting => GREETING_MAX,
            Phase::Greeted => SESSION_MAX + self.keeper.wiring.session_within,
            Phase::Closing => GOODBYE_MAX,
            Phase::ShardStatus => return,
        };
        patience.reset(Instant::now() + most);
    }

    /// Deals with one thing that came. Says how the connection ended, if it did.
    async fn hear(&mut self, heard: SocketEvent, patience: Pin<&mut Sleep>) -> Option<End> {
        let is_closing = self.phase == Phase::Closing;
        match heard {
            SocketEvent::Frame(text) => {
                self.take(&text, patience, false).await;
                if is_closing || !matches!(self.shard.state(), ShardState::Disconnected { .. }) {
                    return None;
                }
                self.hang_up().await;
                Some(match self.shard.session() {
                    Some(_) => self.lost("it asks to connect again"),
                    None => self.invalid(),
                })
            }
            SocketEvent::Odd(text) => {
                self.take(&text, patience, true).await;
                None
            }
            _ if is_closing => Some(End::Stopped),
            SocketEvent::Garbled => {
                self.hang_up().await;
                Some(self.lost("a frame cannot be unpacked"))
            }
            SocketEvent::HeartbeatTimeout => {
                self.shard.close(CloseFrame::RESUME);
                self.hang_up().await;
                Some(self.lost("it answers no heartbeat"))
            }
            SocketEvent::Closed(code) => Some(self.closed(code)),
            SocketEvent::Disconnected => Some(self.lost("the connection ended")),
            SocketEvent::Panicked => Some(self.lost("it says what cannot be")),
            SocketEvent::NoConnection => Some(self.unreachable()),
        }
    }

    /// Deals with one frame.
    async fn take(&mut self, text: &str, patience: Pin<&mut Sleep>, is_odd: bool) {
        let received = Instant::now();
        if self.phase == Phase::Connecting {
            self.pulse.begin(heartbeat_interval(text));
            self.enter(Phase::Greeted, patience);
        }
        let shard = self.keeper.id.number();
        match event(text.as_bytes()) {
            Event::Interaction(Ok(interaction)) => {
                self.keeper.wiring.world.answering.answer(interaction, received).await
            }
            Event::Interaction(Err(why)) => {
                tracing::warn!(shard, %why, bytes = text.len(), "an interaction cannot be answered")
            }
            Event::Ready { application_id, guilds } => {
                let servers = guilds.as_ref().map(Vec::len);
                tracing::info!(shard, servers, "session begun");
                self.serving();
                self.tell(GatewayEvent::Application(application_id));
                if let Some(guilds) = guilds {
                    let of = self.keeper.id.total();
                    let part = Part { shard, of };
                    self.tell(GatewayEvent::Servers(part, guilds));
                }
            }
            Event::Resumed => {
                tracing::info!(shard, "session resumed");
                self.serving();
            }
            Event::GuildDelete { id, unavailable: false } => {
                tracing::info!(shard, server = id.get(), "removed from a server");
                self.tell(GatewayEvent::Left(id));
            }
            Event::GuildCreate { id, joined_at } => {
                if joined_at.is_some_and(|at| is_recent(&at)) {
                    tracing::info!(shard, server = id.get(), "added to a server");
                    self.tell(GatewayEvent::Joined(id));
                }
            }
            Event::ChannelUpdate { id } => self.keeper.wiring.world.answering.channel_changed(id),
            Event::GuildDelete { .. } | Event::Other if !is_odd => {}
            Event::GuildDelete { .. } | Event::Other => {
                self.odd_frames += 1;
                if self.odd_frames == 1 {
                    tracing::warn!(
                        shard,
                        bytes = text.len(),
                        "a frame cannot be read; others like it are not told of"
                    );
                }
            }
        }
    }

    fn tell(&self, news: GatewayEvent) {
        (self.keeper.wiring.world.tell)(news);
    }

    fn serving(&mut self) {
        self.keeper.wiring.world.serving.begins(self.keeper.id.number());
        self.keeper.backoff.succeeded();
        if self.phase == Phase::Greeted {
            self.phase = Phase::ShardStatus;
        }
    }

    /// Sends the goodbye that is waiting to be sent, and takes what has already come.
    async fn hang_up(&mut self) {
        for _ in 0..LATE_FRAMES_MAX {
            let heard = poll_fn(|context| Poll::Ready(self.poll(context))).await;
            let Poll::Ready(SocketEvent::Frame(text)) = heard else {
                return;
            };
            let patience = std::pin::pin!(sleep_until(Instant::now()));
            self.take(&text, patience, false).await;
        }
    }

    fn closed(&mut self, code: Option<u16>) -> End {
        if let Some(fatal) = code.and_then(Fatal::of_code) {
            return End::Fatal(fatal);
        }
        let end = self.lost("it closed the connection");
        // A wrong sequence, or a session that is over: there is nothing to resume.
        if matches!(code, Some(4007 | 4009)) {
            self.keeper.kept = None;
        }
        match end {
            End::Lost { why, at_least, .. } => End::Lost { why, code, at_least },
            end => end,
        }
    }

    /// The session is over: another may be begun after a pause of one to five seconds.
    fn invalid(&mut self) -> End {
        self.keeper.kept = None;
        let at_least = Duration::from_secs(1) + Duration::from_secs(4).mul_f64(fastrand::f64());
        End::Lost { why: "the session is over", code: None, at_least }
    }

    /// Nobody answers there; the next try goes to the first address.
    fn unreachable(&mut self) -> End {
        let end = self.lost("no connection can be made");
        if let Some((_, url)) = &mut self.keeper.kept {
            *url = None;
        }
        end
    }

    fn lost(&mut self, why: &'static str) -> End {
        let url = self.shard.resume_url().and_then(|url| self.keeper.wiring.url.resumed(url));
        self.keeper.kept = self.shard.session().cloned().map(|session| (session, url));
        End::Lost { why, code: None, at_least: Duration::ZERO }
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<SocketEvent> {
        // Discord's word is not taken for what would be a fault of our own in here, such as a heartbeat every 0 ms.
        let polled =
            catch_unwind(AssertUnwindSafe(|| Pin::new(&mut self.shard).poll_next(context)));
        let Ok(polled) = polled else {
            return Poll::Ready(SocketEvent::Panicked);
        };
        let error = match polled {
            Poll::Pending => return self.poll_quiet(),
            Poll::Ready(None) => return Poll::Ready(SocketEvent::Closed(None)),
            Poll::Ready(Some(Ok(Message::Text(text)))) => {
                return Poll::Ready(SocketEvent::Frame(text));
            }
            Poll::Ready(Some(Ok(Message::Close(frame)))) => {
                return Poll::Ready(SocketEvent::Closed(frame.map(|frame| frame.code)));
            }
            Poll::Ready(Some(Err(error))) => error,
        };
        Poll::Ready(match error.into_parts().0 {
            ReceiveMessageErrorType::Deserializing { event } => SocketEvent::Odd(event),
            ReceiveMessageErrorType::Compression => SocketEvent::Garbled,
            _ => SocketEvent::NoConnection,
        })
    }

    /// Nothing came. Is there still somebody?
    fn poll_quiet(&mut self) -> Poll<SocketEvent> {
        let is_adrift = matches!(self.shard.state(), ShardState::Disconnected { .. });
        if self.phase == Phase::Closing {
            // It has ended and been made again, which is not wanted any more.
            return if self.shard.state() == ShardState::Identifying {
                Poll::Ready(SocketEvent::Disconnected)
            } else {
                Poll::Pending
            };
        }
        if is_adrift && self.is_open {
            return Poll::Ready(SocketEvent::Disconnected);
        }
        self.is_open |= !is_adrift;
        let latency = self.shard.latency();
        if self.pulse.has_stopped(latency.sent(), latency.received()) {
            return Poll::Ready(SocketEvent::HeartbeatTimeout);
        }
        Poll::Pending
    }
}

/// How long ago the bot may have been added to a server that has just become known: any other was known before.
const RECENT_S: i64 = 10 * 60;

fn is_recent(joined_at: &str) -> bool {
    let since = |at: jiff::Timestamp| jiff::Timestamp::now().as_second() - at.as_second();
    joined_at.parse().is_ok_and(|at| since(at) < RECENT_S)
}

/// The interval that a greeting asks for; nothing if this is none.
fn heartbeat_interval(text: &str) -> Option<Duration> {
    #[derive(Deserialize)]
    struct Greeting {
        d: Body,
    }
    #[derive(Deserialize)]
    struct Body {
        heartbeat_interval: u64,
    }
    let greeting: Greeting = serde_json::from_str(text).ok()?;
    Some(Duration::from_millis(greeting.d.heartbeat_interval))
}
