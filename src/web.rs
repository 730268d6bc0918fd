//! What is served over HTTP: health and metrics for whoever looks after the process, Discord's requests, and the preview.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use interactions::Endpoint;
use metrics::Metrics;

pub mod interactions;
pub mod metrics;
pub mod preview;
mod server;
pub mod signature;

/// How long to wait before listening is tried again.
const AGAIN: Duration = Duration::from_secs(5);

/// What keeps the bot from answering as it should; empty if nothing does.
pub type Wanting = Arc<dyn Fn() -> Vec<String> + Send + Sync>;

/// What `dossier run` serves.
#[derive(Clone)]
pub struct Pages {
    pub wanting: Wanting,
    pub metrics: Metrics,
    /// Where Discord sends interactions over HTTP.
    pub endpoint: Option<Arc<Endpoint>>,
}

/// Answers until told to stop. An address that is taken is tried again: the bot itself needs none.
pub async fn serve(address: SocketAddr, pages: Pages, stop: CancellationToken) {
    let mut is_told = false;
    loop {
        let listening = async {
            let listener = TcpListener::bind(address).await.context("listen")?;
            let address = listener.local_addr().context("listen")?;
            anyhow::Ok((listener, address))
        };
        match listening.await {
            Ok((listener, address)) => {
                tracing::info!(%address, "health is told over HTTP");
                return server::serve(listener, router(pages), stop).await;
            }
            Err(error) if !is_told => {
                is_told = true;
                let error = format!("{error:#}");
                tracing::warn!(%address, error, "`web.listen` cannot be listened at; trying again every five seconds");
            }
            Err(_) => {}
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = sleep(AGAIN) => {}
        }
    }
}

fn router(pages: Pages) -> Router {
    let health = Router::new()
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        .with_state(pages.wanting)
        .merge(metrics::router(pages.metrics));
    match pages.endpoint {
        Some(endpoint) => health.merge(interactions::router(endpoint)),
        None => health,
    }
}

/// The process answers, so it lives.
async fn healthz() -> &'static str {
    "alive\n"
}

/// Whether questions are answered as they should be, and if not, why not: a line for each reason.
async fn readyz(State(wanting): State<Wanting>) -> (StatusCode, String) {
    let wanting = wanting();
    match wanting.is_empty() {
        true => (StatusCode::OK, "ready\n".to_owned()),
        false => (StatusCode::SERVICE_UNAVAILABLE, wanting.join("\n") + "\n"),
    }
}
