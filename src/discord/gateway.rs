//! The socket on which Discord tells what members ask: sessions that are kept through every fault, and an end where going on
//! would do harm. <https://docs.discord.com/developers/events/gateway>

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Context, ensure};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use twilight_gateway::{ConfigBuilder, Intents, ShardId};

use super::http::{Answer, Rest};
use super::incoming::Id;
use crate::config::Shards;
use crate::store::Part;
use address::GatewayUrl;
use interaction_handler::InteractionHandler;
use session_budget::{Budget, SessionStartLimit};
use shard::{ShardContext, ShardRunner};

pub use fatal::Fatal;

pub mod address;
mod backoff;
mod fatal;
mod heartbeat;
pub mod interaction_handler;
mod outage;
mod session_budget;
mod shard;

/// What Discord says of its gateway, to this bot: <https://docs.discord.com/developers/events/gateway#get-gateway-bot>.
#[derive(Debug)]
pub struct GatewayInfo {
    url: GatewayUrl,
    shards: u32,
    start_limit: SessionStartLimit,
}

/// What the shards of this process need.
pub struct GatewayContext {
    /// Answers what members ask.
    pub answering: Arc<InteractionHandler>,
    /// Set when no more is to be received.
    pub stop: CancellationToken,
    /// Told what happens beside what members ask. It must not wait.
    pub tell: Box<dyn Fn(GatewayEvent) + Send + Sync>,
    /// Which shards have a session.
    pub serving: Arc<ShardStatus>,
}

/// What the gateway tells beside what members ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GatewayEvent {
    /// Whose session has begun, if Discord says so.
    Application(Option<Id>),
    /// All servers of a shard, at the beginning of a session.
    Servers(Part, Vec<u64>),
    /// The bot was added to a server.
    Joined(Id),
    /// The bot was removed from a server.
    Left(Id),
}

/// Which shards have a session.
#[derive(Debug, Default)]
pub struct ShardStatus(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    wanted: BTreeSet<u32>,
    served: BTreeSet<u32>,
}

impl ShardStatus {
    /// The shards that have none, of those that this process serves; nothing before it is known which these are.
    pub fn missing(&self) -> Option<Vec<u32>> {
        let state = self.state();
        let missing = state.wanted.difference(&state.served).copied();
        (!state.wanted.is_empty()).then(|| missing.collect())
    }

    /// How many shards have a session, and how many of this process have none.
    pub fn counts(&self) -> (usize, usize) {
        let state = self.state();
        let connected = state.wanted.intersection(&state.served).count();
        (connected, state.wanted.len() - connected)
    }

    fn wants(&self, shards: impl IntoIterator<Item = u32>) {
        self.state().wanted.extend(shards);
    }

    fn begins(&self, shard: u32) {
        self.state().served.insert(shard);
    }

    fn ends(&self, shard: u32) {
        self.state().served.remove(&shard);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl GatewayInfo {
    /// Reads the answer to `GET /gateway/bot`.
    ///
    /// # Errors
    ///
    /// If it is another answer, or names an address that the token may not be sent to.
    pub fn read(answer: &Answer, rest: &Rest) -> anyhow::Result<Self> {
        #[derive(Deserialize)]
        struct Told {
            url: String,
            #[serde(default)]
            shards: Option<u32>,
            #[serde(default)]
            session_start_limit: Option<SessionStartLimit>,
        }
        let told: Told = serde_json::from_slice(&answer.body).ok().context(
            "GET /gateway/bot is not answered as Discord answers it; is `discord.api_url` right?",
        )?;
        Ok(Self {
            url: GatewayUrl::parse(&told.url, rest.base())?,
            shards: told.shards.unwrap_or(1).max(1),
            start_limit: told.session_start_limit.unwrap_or_default(),
        })
    }

    /// The shards that this process serves.
    ///
    /// # Errors
    ///
    /// If they are fewer than Discord takes, which would refuse them.
    fn served(&self, setting: Shards) -> Vec<ShardId> {
        let (from, to, total) = match setting {
            Shards::Auto => (0, self.shards, self.shards),
            Shards::Range { from, to, total } => (from, to, total),
        };
        (from..to).filter_map(|number| ShardId::new_checked(number, total)).collect()
    }
}

/// Serves shards until told to stop, or until it is no use to go on.
///
/// # Errors
///
/// If it is no use to go on: an operator has to change something.
pub async fn serve(
    welcome: GatewayInfo,
    setting: Shards,
    token: &SecretString,
    world: GatewayContext,
) -> Result<(), Fatal> {
    let shards = welcome.served(setting);
    let needed = u32::try_from(shards.len()).unwrap_or(u32::MAX);
    welcome.start_limit.allows(needed)?;
    let budget = Budget::new(&welcome.start_limit);
    let mut config = ConfigBuilder::new(token.expose_secret().to_owned(), Intents::GUILDS)
        .proxy_url(welcome.url.as_str().to_owned())
        .queue(budget.clone());
    config = config.ratelimit_messages(true);
    let wiring = Arc::new(ShardContext {
        config: config.build(),
        url: welcome.url,
        session_within: budget.longest_wait(needed),
        world,
    });
    let numbers = shards.iter().map(|shard| shard.number());
    wiring.world.serving.wants(numbers);
    let mut tasks = JoinSet::new();
    for shard in shards {
        tasks.spawn(ShardRunner::new(shard, Arc::clone(&wiring)).keep());
    }
    loop {
        tokio::select! {
            () = budget.used_up() => return Err(budget.fatal()),
            done = tasks.join_next() => match done {
                None => return Ok(()),
                Some(Ok(done)) => done?,
                Some(Err(error)) => return Err(Fatal::Broken(if error.is_panic() { "a shard panicked" } else { "a shard was dropped" })),
            },
        }
    }
}

/// Makes sure that the setting is one that can be served.
///
/// # Errors
///
/// If Discord wants more shards than the setting has.
pub fn check(setting: Shards) -> anyhow::Result<()> {
    if let Shards::Range { from, to, total } = setting {
        ensure!(from < to && to <= total, "`discord.shards` is no range");
    }
    Ok(())
}
