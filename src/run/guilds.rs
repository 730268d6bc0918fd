//! Records which guilds the bot joins and leaves, and erases the data of those it left thirty days
//! ago.

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::mpsc::{Receiver, Sender};
use tokio::time::sleep;

use super::registration::Registrar;
use crate::clock::now;
use crate::discord::gateway::GatewayEvent;
use crate::discord::http::Rest;
use crate::store::{ShardInfo, Store, StoreError};

/// PRIVACY.md says how long what has expired is kept at most.
const ERASE_INTERVAL: Duration = Duration::from_secs(15 * 60);

/// Backoff and attempts while the store is unavailable.
const RETRY_BACKOFF: Duration = Duration::from_secs(5);
const ATTEMPTS_MAX: u32 = 720;

/// The most events that wait for the store.
pub(super) const QUEUE_MAX: usize = 10_000;

/// How often the guilds are listed if there is no gateway connection.
const LIST_INTERVAL: Duration = Duration::from_secs(24 * 60 * 60);

/// The page size limit:
/// <https://docs.discord.com/developers/resources/user#get-current-user-guilds>.
const PAGE_SIZE: usize = 200;

/// Lists all guilds once a day, and reports them as the gateway does.
pub(super) async fn list_daily(rest: Arc<Rest>, events: Sender<GatewayEvent>) {
    loop {
        match list(&rest).await {
            Ok(guilds) => {
                queue(&events, GatewayEvent::Guilds(ShardInfo { id: 0, total: 1 }, guilds));
            }
            // A partial list would make the missing guilds look departed.
            Err(error) => {
                tracing::warn!(error = format!("{error:#}"), "the servers cannot be listed");
            }
        }
        sleep(LIST_INTERVAL).await;
    }
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
        log_dropped(&event);
    }
}

/// Reports an event that is not recorded. The list of the next session, or of the next day, has it.
fn log_dropped(event: &GatewayEvent) {
    let server = match event {
        GatewayEvent::GuildAdded(id) | GatewayEvent::GuildRemoved(id) => Some(id.get()),
        GatewayEvent::Ready(_) | GatewayEvent::Guilds(..) => None,
    };
    tracing::error!(
        server,
        "servers that came or went could not be recorded; the next list of servers corrects it"
    );
}

/// Records events in the store in order: an older event must not overwrite a newer one. Registers the
/// commands when the first session starts.
pub(super) async fn record(
    mut events: Receiver<GatewayEvent>,
    store: Arc<Store>,
    mut registrar: Option<Registrar>,
) {
    while let Some(event) = events.recv().await {
        if let GatewayEvent::Ready(application) = event
            && let Some(registrar) = registrar.take()
        {
            registrar.start(application);
        }
        if !record_with_retries(&store, &event).await {
            log_dropped(&event);
        }
    }
}

/// Returns whether the event was recorded.
async fn record_with_retries(store: &Store, event: &GatewayEvent) -> bool {
    for _ in 0..ATTEMPTS_MAX {
        if record_event(store, event).await.is_ok() {
            return true;
        }
        sleep(RETRY_BACKOFF).await;
    }
    false
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
