//! An HTTP server with limits on connections, headers and time.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};

/// Maximum number of open connections. Further ones wait until one of them is closed.
const CONNECTIONS_MAX: usize = 128;

/// How long a connection may take to send the headers of its next request.
const HEADERS_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a connection may stay open. It is a bound on clients that do not read what they asked for.
const CONNECTION_TIMEOUT: Duration = Duration::from_secs(600);

/// Maximum size of the headers of a request.
const HEADERS_BYTES_MAX: usize = 32 * 1024;

/// The pause after a failure to accept, as when the process has no file descriptors left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

pub(super) async fn serve(listener: TcpListener, router: Router) {
    let slots = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    loop {
        let Ok(slot) = Arc::clone(&slots).acquire_owned().await else {
            return;
        };
        let Ok((stream, _)) = listener.accept().await else {
            sleep(ACCEPT_PAUSE).await;
            continue;
        };
        let service = TowerToHyperService::new(router.clone());
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEADERS_TIMEOUT)
            .max_buf_size(HEADERS_BYTES_MAX)
            .serve_connection(TokioIo::new(stream), service);
        tokio::spawn(async move {
            // A client that breaks off is no concern of ours.
            drop(timeout(CONNECTION_TIMEOUT, connection).await);
            drop(slot);
        });
    }
}
