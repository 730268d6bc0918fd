//! The HTTP server: health checks, metrics, Discord's interaction endpoint, and the preview.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

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

/// The delay before another attempt to bind the address.
const LISTEN_BACKOFF: Duration = Duration::from_secs(5);

/// Returns the reasons why the bot is not ready, as sentences.
pub type ReadinessCheck = Arc<dyn Fn() -> Vec<String> + Send + Sync>;

/// What the HTTP server of `dossier run` provides.
#[derive(Clone)]
pub struct Pages {
    pub problems: ReadinessCheck,
    pub metrics: Metrics,
    /// Receives interactions over HTTP.
    pub endpoint: Option<Arc<Endpoint>>,
}

/// Serves until `stop` is cancelled. If the address is in use, binding is retried, because the bot
/// itself does not depend on the server.
pub async fn serve(address: SocketAddr, pages: Pages, stop: CancellationToken) {
    let mut is_logged = false;
    let listener = loop {
        match TcpListener::bind(address).await {
            Ok(listener) => break listener,
            Err(error) if !is_logged => {
                is_logged = true;
                tracing::warn!(%address, %error, "cannot listen on `web.listen`; retrying every five seconds");
            }
            Err(_) => {}
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = sleep(LISTEN_BACKOFF) => {}
        }
    };
    let address = listener.local_addr().unwrap_or(address);
    tracing::info!(%address, "serving /healthz and /readyz");
    server::serve(listener, router(pages), stop).await;
}

fn router(pages: Pages) -> Router {
    let health = Router::new()
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        .with_state(pages.problems)
        .merge(metrics::router(pages.metrics));
    match pages.endpoint {
        Some(endpoint) => health.merge(interactions::router(endpoint)),
        None => health,
    }
}

async fn healthz() -> &'static str {
    "alive\n"
}

/// One line per reason why the bot is not ready.
async fn readyz(State(problems): State<ReadinessCheck>) -> (StatusCode, String) {
    let problems = problems();
    match problems.is_empty() {
        true => (StatusCode::OK, "ready\n".to_owned()),
        false => (StatusCode::SERVICE_UNAVAILABLE, problems.join("\n") + "\n"),
    }
}
