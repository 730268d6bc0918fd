//! What is answered over HTTP, for whoever looks after the process: `/healthz` and `/readyz`.

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

pub mod preview;

/// How long to wait before listening is tried again.
const AGAIN: Duration = Duration::from_secs(5);

/// What keeps the bot from answering as it should; empty if nothing does.
pub type Wanting = Arc<dyn Fn() -> Vec<String> + Send + Sync>;

/// Answers until told to stop. An address that is taken is tried again: the bot itself needs none.
pub async fn serve(address: SocketAddr, wanting: Wanting, stop: CancellationToken) {
    let mut is_told = false;
    loop {
        let served = async {
            let listener = TcpListener::bind(address).await.context("listen")?;
            let address = listener.local_addr().context("listen")?;
            tracing::info!(%address, "health is told over HTTP");
            let stopped = stop.clone().cancelled_owned();
            let server = axum::serve(listener, router(Arc::clone(&wanting)));
            server.with_graceful_shutdown(stopped).await.context("serve")
        };
        match served.await {
            Ok(()) => return,
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

fn router(wanting: Wanting) -> Router {
    Router::new().route("/healthz", get(healthz)).route("/readyz", get(readyz)).with_state(wanting)
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
