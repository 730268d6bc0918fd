//! Records which guilds the bot joins and leaves, and erases the data of those it left thirty days
//! ago.

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::mpsc::{Receiver, Sender};
use tokio::time::{MissedTickBehavior, interval, sleep};

use super::registration::Registrar;
use crate::clock::now;
use crate::discord::gateway::GatewayEvent;
use crate::discord::http::Rest;
use crate::store::{ShardInfo, Store, StoreError};

/// PRIVACY.md says how long what has expired is kept at most.
const ERASE_INTERVAL: Duration = Duration::from_secs(15 * 60);

/// Backoff while the store is unavailable.
const RETRY_BACKOFF: Duration = Duration::from_secs(5);

/// The most events that wait for the store.
pub(super) const QUEUE_MAX: usize = 10_000;

/// How often the guilds are listed if there is no gateway connection.
const LIST_INTERVAL: Duration = Duration::from_secs(24 * 60 * 60);

/// The page size limit:
/// <https://docs.discord.com/developers/resources/user#get-current-user-guilds>.
const PAGE_SIZE: usize = 200;

/// Lists all guilds, as a session of the gateway does when it begins.
async fn list_guilds(rest: Option<&Rest>) -> Option<GatewayEvent> {
    // A partial list would make the missing guilds look departed.
    let report = |error: &anyhow::Error| {
        tracing::warn!(error = format!("{error:#}"), "the servers cannot be listed");
    };
    let guilds = list(rest?).await.inspect_err(report).ok()?;
    Some(GatewayEvent::Guilds(ShardInfo { id: 0, total: 1 }, guilds))
}

async fn list(rest: &Rest) -> anyhow::Result<Vec<u64>> {
    #[derive(Deserialize)]
    struct Guild {
        id: String,
    }
    let mut guilds = Vec::new();
    loop {
        let after = guilds.last().copied().unwrap_or_default();
        let path = format!("/users/@me/guilds?limit={PAGE_SIZE}&after={after}");
        let page: Vec<Guild> = serde_json::from_slice(&rest.get(&path).await?)?;
        for guild in &page {
            guilds.push(guild.id.parse()?);
        }
        if page.len() < PAGE_SIZE {
            return Ok(guilds);
        }
    }
}

/// Queues an event for [`record`] without waiting.
pub(super) fn queue(events: &Sender<GatewayEvent>, event: GatewayEvent) {
    // After the receiver has stopped, nothing is recorded any more.
    if let Err(TrySendError::Full(event)) = events.try_send(event) {
        let server = match event {
            GatewayEvent::GuildAdded(id) | GatewayEvent::GuildRemoved(id) => Some(id.get()),
            GatewayEvent::Ready(_) | GatewayEvent::Guilds(..) => None,
        };
        tracing::error!(
            server,
            "an event was dropped: servers that the bot joined or left are recorded with the next full list of servers"
        );
    }
}

/// Records events in the store in order: an older event must not overwrite a newer one. Registers the
/// commands when the first session starts. Without a gateway, `rest` lists all guilds once a day: here,
/// so that events of that time follow the list.
pub(super) async fn record(
    mut events: Receiver<GatewayEvent>,
    store: Arc<Store>,
    mut registrar: Option<Registrar>,
    rest: Option<Arc<Rest>>,
) {
    let mut daily = interval(LIST_INTERVAL);
    daily.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let event = tokio::select! {
            Some(event) = events.recv() => event,
            _ = daily.tick() => match list_guilds(rest.as_deref()).await {
                Some(event) => event,
                None => continue,
            },
        };
        if let GatewayEvent::Ready(application) = event
            && let Some(registrar) = registrar.take()
        {
            registrar.start(application);
        }
        // A departure starts the period after which the server's data is erased, so it waits for as
        // long as the store is unavailable.
        while record_event(&store, &event).await.is_err() {
            sleep(RETRY_BACKOFF).await;
        }
    }
}

async fn record_event(store: &Store, event: &GatewayEvent) -> Result<(), StoreError> {
    let now = now();
    match event {
        GatewayEvent::Ready(_) => Ok(()),
        GatewayEvent::GuildAdded(id) => store.clear_departure(*id, now).await,
        GatewayEvent::GuildRemoved(id) => store.record_departure(*id, now).await,
        GatewayEvent::Guilds(part, present) => {
            let present = present.iter().copied().collect();
            let (left, returned) = store.reconcile_guilds(*part, &present, now).await?;
            if left + returned > 0 {
                tracing::info!(left, returned, "guild list reconciled");
            }
            Ok(())
        }
    }
}

/// Erases the data of guilds that the bot left thirty days ago, and expired drafts. Never returns.
pub(super) async fn erase_expired(store: Arc<Store>) {
    loop {
        // A failure is retried at the next run; the store logs its outages itself.
        let _ = store.delete_expired_drafts(now()).await;
        if let Ok(erased @ 1..) = store.erase_departed(now()).await {
            tracing::info!(erased, "erased the data of departed servers");
        }
        sleep(ERASE_INTERVAL).await;
    }
}
