//! Discord's gateway, the WebSocket that delivers interactions. Each shard resumes or identifies
//! again after every disconnect, and stops only on errors that retrying would make worse.
//! <https://docs.discord.com/developers/events/gateway>

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use parking_lot::Mutex;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use tokio::task::JoinSet;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use twilight_gateway::{ConfigBuilder, Intents, ShardId};

use super::http::{Response, Rest};
use crate::config::Shards;
use crate::guild::{ApplicationId, GuildId};
use crate::store::{ShardInfo, Store};
use address::GatewayUrl;
use interaction_handler::InteractionHandler;
use session_limit::{SessionQueue, SessionStartLimit};
use shard::{ShardContext, ShardRunner};

pub use error::GatewayError;

pub mod address;
mod backoff;
mod error;
pub mod interaction_handler;
mod outages;
mod session_limit;
mod shard;

/// The delay before a shard that panicked is started again: it identifies anew, and Discord counts identifies.
const RESTART_DELAY: Duration = Duration::from_secs(5);

/// The gateway URL, the recommended number of shards and the session start limit:
/// <https://docs.discord.com/developers/events/gateway#get-gateway-bot>.
#[derive(Debug)]
pub struct GatewayInfo {
    url: GatewayUrl,
    shards: u32,
    start_limit: SessionStartLimit,
}

pub struct GatewayContext {
    pub handler: Arc<InteractionHandler>,
    /// Cancelled to shut the shards down.
    pub stop: CancellationToken,
    /// Called for every event other than an interaction. Must not block.
    pub on_event: Box<dyn Fn(GatewayEvent) + Send + Sync>,
    pub status: Arc<ShardStatus>,
    /// Processes that share its database take turns to identify.
    pub store: Arc<Store>,
}

/// A gateway event other than an interaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GatewayEvent {
    /// A session has started. Holds the application's id if READY contains one.
    Ready(Option<ApplicationId>),
    /// All guilds of a shard, from READY.
    Guilds(ShardInfo, Vec<u64>),
    GuildAdded(GuildId),
    GuildRemoved(GuildId),
}

/// Which of this process's shards have a session.
#[derive(Debug, Default)]
pub struct ShardStatus(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    expected: BTreeSet<u32>,
    connected: BTreeSet<u32>,
}

impl ShardStatus {
    /// The shards without a session; `None` until the set of shards is known.
    pub fn disconnected(&self) -> Option<Vec<u32>> {
        let state = self.0.lock();
        let missing = state.expected.difference(&state.connected).copied();
        (!state.expected.is_empty()).then(|| missing.collect())
    }

    /// The number of shards with and without a session.
    pub fn counts(&self) -> (usize, usize) {
        let state = self.0.lock();
        let connected = state.expected.intersection(&state.connected).count();
        (connected, state.expected.len() - connected)
    }

    fn expect(&self, shards: impl IntoIterator<Item = u32>) {
        self.0.lock().expected.extend(shards);
    }

    fn set_connected(&self, shard: u32) {
        self.0.lock().connected.insert(shard);
    }

    fn set_disconnected(&self, shard: u32) {
        self.0.lock().connected.remove(&shard);
    }
}

impl GatewayInfo {
    /// Parses the response to `GET /gateway/bot`.
    ///
    /// # Errors
    ///
    /// Fails if the response is malformed, or if its URL is not one that the token may be sent to.
    pub fn read(response: &Response, rest: &Rest) -> anyhow::Result<Self> {
        #[derive(Deserialize)]
        struct GatewayBot {
            url: String,
            #[serde(default)]
            shards: Option<u32>,
            #[serde(default)]
            session_start_limit: Option<SessionStartLimit>,
        }
        let gateway: GatewayBot = serde_json::from_slice(&response.body).ok().context(
            "GET /gateway/bot is not answered as Discord answers it; is `discord.api_url` right?",
        )?;
        Ok(Self {
            url: GatewayUrl::parse(&gateway.url, rest.base())?,
            shards: gateway.shards.unwrap_or(1).max(1),
            start_limit: gateway.session_start_limit.unwrap_or_default(),
        })
    }

    /// The shards that this process runs.
    fn shards(&self, setting: Shards) -> Vec<ShardId> {
        let (from, to, total) = match setting {
            Shards::Auto => (0, self.shards, self.shards),
            Shards::Range { from, to, total } => (from, to, total),
        };
        (from..to).filter_map(|number| ShardId::new_checked(number, total)).collect()
    }
}

/// Runs the shards until `stop` is cancelled.
///
/// # Errors
///
/// Returns an error that an operator has to resolve before the shards can connect again.
pub async fn serve(
    info: GatewayInfo,
    setting: Shards,
    token: &SecretString,
    gateway: GatewayContext,
) -> Result<(), GatewayError> {
    let shards = info.shards(setting);
    let needed = u32::try_from(shards.len()).unwrap_or(u32::MAX);
    info.start_limit.check(needed)?;
    info.start_limit.share(&gateway.store).await;
    let queue = SessionQueue::new(&info.start_limit, Some(Arc::clone(&gateway.store)));
    // All shards of the bot take turns, those of other processes too.
    let total = shards.first().map_or(1, |shard| shard.total());
    let config = ConfigBuilder::new(token.expose_secret().to_owned(), Intents::GUILDS)
        .proxy_url(info.url.as_str().to_owned())
        .queue(queue.clone())
        .ratelimit_messages(true);
    let context = Arc::new(ShardContext {
        config: config.build(),
        url: info.url,
        identify_wait: queue.longest_wait(total),
        gateway,
    });
    let numbers = shards.iter().map(|shard| shard.number());
    context.gateway.status.expect(numbers);
    let mut tasks = JoinSet::new();
    let mut running = HashMap::new();
    for shard in shards {
        let task = tasks.spawn(ShardRunner::new(shard, Arc::clone(&context)).run());
        running.insert(task.id(), shard);
    }
    loop {
        let ended = tokio::select! {
            () = queue.exhausted() => return Err(queue.error()),
            ended = tasks.join_next_with_id() => ended,
        };
        let panicked = match ended {
            None => return Ok(()),
            Some(Ok((_, done))) => {
                done?;
                continue;
            }
            Some(Err(error)) => error.id(),
        };
        // The others go on, and it gets a new session.
        if let Some(shard) = running.remove(&panicked) {
            tracing::error!(shard = shard.number(), "a shard panicked and is started again");
            context.gateway.status.set_disconnected(shard.number());
            let runner = ShardRunner::new(shard, Arc::clone(&context));
            let task = tasks.spawn(async move {
                sleep(RESTART_DELAY).await;
                runner.run().await
            });
            running.insert(task.id(), shard);
        }
    }
}
