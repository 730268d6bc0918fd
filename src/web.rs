//! The HTTP server for whoever looks after the process: `/healthz` and `/readyz`.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

pub mod preview;

use crate::open_files::share;

/// The backoff before listening is tried again.
const LISTEN_BACKOFF: Duration = Duration::from_secs(5);

/// The backoff after a connection could not be accepted, mostly because no file descriptor is free.
const ACCEPT_BACKOFF: Duration = Duration::from_millis(100);

/// How many connections there are at a time: a sixteenth of the descriptors, within these bounds. Others wait in the kernel's queue.
const CONNECTIONS: (usize, usize) = (8, 64);

/// How long a connection may be idle or send the headers of a request.
const IDLE_TIMEOUT: Duration = Duration::from_secs(5);

/// Timeout for a connection, whatever it does.
const CONNECTION_TIMEOUT: Duration = Duration::from_secs(60);

/// Lists what keeps the bot from answering as it should.
pub type ReadinessProblems = Arc<dyn Fn() -> Vec<String> + Send + Sync>;

/// Serves until told to stop. An address that is in use is tried again: the bot itself needs none.
pub async fn serve(address: SocketAddr, problems: ReadinessProblems, stop: CancellationToken) {
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
    let connections = share(16, CONNECTIONS.0, CONNECTIONS.1);
    tokio::select! {
        () = accept(&listener, router(problems), connections, IDLE_TIMEOUT) => {}
        () = stop.cancelled() => {}
    }
}

async fn accept(
    listener: &TcpListener,
    router: Router,
    connections: usize,
    idle_timeout: Duration,
) {
    let permits = Arc::new(Semaphore::new(connections));
    while let Ok(permit) = Arc::clone(&permits).acquire_owned().await {
        let Ok((stream, _)) = listener.accept().await else {
            sleep(ACCEPT_BACKOFF).await;
            continue;
        };
        let router = router.clone();
        tokio::spawn(async move {
            serve_connection(stream, router, idle_timeout).await;
            drop(permit);
        });
    }
}

/// Errors of a connection are its client's affair.
async fn serve_connection(stream: TcpStream, router: Router, idle_timeout: Duration) {
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(idle_timeout)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    drop(timeout(CONNECTION_TIMEOUT, connection).await);
}

fn router(problems: ReadinessProblems) -> Router {
    Router::new().route("/healthz", get(healthz)).route("/readyz", get(readyz)).with_state(problems)
}

async fn healthz() -> &'static str {
    "alive\n"
}

/// Says in a line each what keeps the bot from answering as it should.
async fn readyz(State(problems): State<ReadinessProblems>) -> (StatusCode, String) {
    let problems = problems();
    match problems.is_empty() {
        true => (StatusCode::OK, "ready\n".to_owned()),
        false => (StatusCode::SERVICE_UNAVAILABLE, problems.join("\n") + "\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    async fn healthz_over(mut stream: TcpStream) -> String {
        let request = b"GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
        stream.write_all(request).await.expect("a request is sent");
        let mut response = String::new();
        stream.read_to_string(&mut response).await.expect("a response");
        response
    }

    #[tokio::test]
    async fn idle_connections_are_closed_and_make_room_for_others() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let router = router(Arc::new(Vec::new));
        let server = tokio::spawn(async move {
            accept(&listener, router, 2, Duration::from_millis(50)).await;
        });
        let mut idle = Vec::new();
        for _ in 0..6 {
            idle.push(TcpStream::connect(address).await.expect("a connection"));
        }
        let mut slow = TcpStream::connect(address).await.expect("a connection");
        slow.write_all(b"GET /healthz HTTP/1.1\r\nho").await.expect("half a request is sent");
        let stream = TcpStream::connect(address).await.expect("a connection");
        let response = timeout(Duration::from_secs(10), healthz_over(stream)).await;
        assert!(response.expect("a response in time").ends_with("alive\n"));
        for mut stream in idle {
            let mut rest = Vec::new();
            let closed = timeout(Duration::from_secs(10), stream.read_to_end(&mut rest)).await;
            assert!(closed.is_ok(), "an idle connection stays open");
        }
        server.abort();
    }
}
