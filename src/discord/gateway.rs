//! Discord's gateway, the WebSocket that delivers interactions. Each shard resumes or identifies
//! again after every disconnect, and stops only on errors that retrying would make worse.
//! <https://docs.discord.com/developers/events/gateway>

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use parking_lot::Mutex;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use tokio::task::JoinSet;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;
use twilight_gateway::{ConfigBuilder, Intents, ShardId};

use super::http::Rest;
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
const RESTART_BACKOFF: Duration = Duration::from_secs(5);

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

/// Whether each of this process's shards has a session. Empty until the set of shards is known.
#[derive(Debug, Default)]
pub struct ShardStatus(Mutex<BTreeMap<u32, bool>>);

impl ShardStatus {
    /// The shards with a session, and those without.
    pub fn by_connection(&self) -> (Vec<u32>, Vec<u32>) {
        let shards = self.0.lock();
        shards.keys().partition(|shard| shards[shard])
    }

    fn set(&self, shard: u32, is_connected: bool) {
        self.0.lock().insert(shard, is_connected);
    }
}

impl GatewayInfo {
    /// Parses the response to `GET /gateway/bot`.
    ///
    /// # Errors
    ///
    /// Fails if the response is malformed, or if its URL is not one that the token may be sent to.
    pub fn read(response: &[u8], rest: &Rest) -> anyhow::Result<Self> {
        #[derive(Deserialize)]
        struct GatewayBot {
            url: String,
            shards: Option<u32>,
            session_start_limit: Option<SessionStartLimit>,
        }
        let gateway: GatewayBot = serde_json::from_slice(response)
            .ok()
            .context("unexpected response to GET /gateway/bot; is `discord.api_url` right?")?;
        Ok(Self {
            url: GatewayUrl::parse(&gateway.url, rest.base())?,
            shards: gateway.shards.unwrap_or(1).max(1),
            start_limit: gateway.session_start_limit.unwrap_or_default(),
        })
    }

    /// The number of shards that Discord recommends.
    pub fn recommended_shards(&self) -> u32 {
        self.shards
    }

    /// How many sessions may still be started, and the time until there are new ones.
    pub fn remaining_sessions(&self) -> (u32, Duration) {
        self.start_limit.remaining()
    }

    /// The shards that this process runs.
    pub fn shards(&self, setting: Shards) -> Vec<ShardId> {
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
    shards.iter().for_each(|shard| context.gateway.status.set(shard.number(), false));
    let tasks = shards.into_iter().map(|shard| run_shard(shard, Arc::clone(&context)));
    let mut tasks: JoinSet<_> = tasks.collect();
    tokio::select! {
        error = queue.exhausted() => Err(error),
        ended = async {
            // All shards end together when stopped, and alone with an error.
            while let Some(ended) = tasks.join_next().await {
                ended.unwrap_or(Ok(()))?;
            }
            Ok(())
        } => ended,
    }
}

/// Keeps a shard connected. After a panic it gets a new session; the others go on.
async fn run_shard(shard: ShardId, context: Arc<ShardContext>) -> Result<(), GatewayError> {
    loop {
        let runner = ShardRunner::new(shard, Arc::clone(&context));
        if let Ok(ended) = AbortOnDropHandle::new(tokio::spawn(runner.run())).await {
            return ended;
        }
        tracing::error!(shard = shard.number(), "a shard panicked and is started again");
        context.gateway.status.set(shard.number(), false);
        sleep(RESTART_BACKOFF).await;
    }
}
