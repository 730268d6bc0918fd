//! Servers that come and go: what is kept of those that the bot was removed from has its days counted.

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use tokio::sync::mpsc;
use tokio::time::sleep;

use crate::discord::gateway::GatewayEvent;
use crate::discord::http::{Method, Rest};
use crate::store::StoreError;
use crate::store::{Part, Store};

/// How often it is looked what has to be erased.
const ERASE_EVERY: Duration = Duration::from_secs(60 * 60);

/// How long a note waits where the store cannot be used, and how often.
const NOTE_AGAIN: Duration = Duration::from_secs(5);
const NOTES_MAX: u32 = 720;

/// How often the servers are compared where no gateway tells of them.
const COMPARE_EVERY: Duration = Duration::from_secs(24 * 60 * 60);

/// The most servers in a response: <https://docs.discord.com/developers/resources/user#get-current-user-guilds>.
const PAGE: usize = 200;

/// Reports all servers once a day, for as long as it is polled.
pub(super) async fn list_daily(rest: Arc<Rest>, report: impl Fn(GatewayEvent)) {
    loop {
        match list(&rest).await {
            Ok(guilds) => report(GatewayEvent::Servers(Part { shard: 0, of: 1 }, guilds)),
            // A part of the list would make the others look as if they had been left.
            Err(error) => {
                tracing::warn!(error = format!("{error:#}"), "the servers cannot be listed")
            }
        }
        sleep(COMPARE_EVERY).await;
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
        let path = format!("/users/@me/guilds?limit={PAGE}&after={after}");
        let answer = rest.request(Method::Get, &path, None).await?;
        let page: Vec<Guild> = serde_json::from_slice(&answer.body)?;
        for guild in &page {
            guilds.push(guild.id.parse()?);
        }
        if page.len() < PAGE {
            return Ok(guilds);
        }
    }
}

/// What notes the servers that the gateway tells of, one after the other: an older note would undo a newer one.
pub(super) fn watcher(store: Arc<Store>) -> impl Fn(GatewayEvent) + Send + Sync {
    let (tell, told) = mpsc::unbounded_channel();
    tokio::spawn(note_all(told, async move |news: &GatewayEvent| note(&store, news).await));
    move |news| {
        // It fails when the program ends; the next session begins with all servers.
        let _ = tell.send(news);
    }
}

/// Notes all that is told, in this order, for as long as it is told anything.
async fn note_all<E>(
    mut told: mpsc::UnboundedReceiver<GatewayEvent>,
    note: impl AsyncFn(&GatewayEvent) -> Result<(), E>,
) {
    while let Some(news) = told.recv().await {
        for _ in 0..NOTES_MAX {
            if note(&news).await.is_ok() {
                break;
            }
            sleep(NOTE_AGAIN).await;
        }
    }
}

async fn note(store: &Store, news: &GatewayEvent) -> Result<(), StoreError> {
    let now = jiff::Timestamp::now().as_second();
    match news {
        GatewayEvent::Application(_) => Ok(()),
        GatewayEvent::Joined(id) => store.returned(id.typed(), now).await,
        GatewayEvent::Left(id) => store.left(id.typed(), now).await,
        GatewayEvent::Servers(part, present) => {
            let present = present.iter().copied().collect();
            let (left, returned) = store.compare(*part, &present, now).await?;
            if left + returned > 0 {
                tracing::info!(left, returned, "servers came or went meanwhile");
            }
            Ok(())
        }
    }
}

/// Erases what is kept of servers that were left thirty days ago, for as long as it is polled.
pub(super) async fn erase_departed(store: Arc<Store>) {
    loop {
        // What cannot be erased now, is the next time; the store tells of its trouble itself.
        if let Ok(erased @ 1..) = store.erase_departed(jiff::Timestamp::now().as_second()).await {
            tracing::info!(erased, "what was kept of servers that were left is erased");
        }
        sleep(ERASE_EVERY).await;
    }
}
