//! The HTTP server behind all routes, with limits on connections, headers and time.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::response::Response;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::AbortHandle;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

use crate::open_files::descriptor_budget;

/// Lower and upper bound of concurrent connections; in between, a quarter of the file descriptor
/// limit.
const CONNECTIONS: (usize, usize) = (8, 1_024);

/// Timeout for receiving the headers of the next request.
const HEADERS_TIMEOUT: Duration = Duration::from_secs(10);

/// Maximum lifetime of a connection, which limits clients that do not read their responses.
const CONNECTION_TIMEOUT: Duration = Duration::from_secs(600);

/// Grace period for requests in progress at shutdown.
const STOP_TIMEOUT: Duration = Duration::from_secs(5);

/// Maximum size of the request headers.
const HEADERS_BYTES_MAX: usize = 32 * 1024;

/// The backoff before accepting again when there is no room for a connection or the process is out of
/// file descriptors.
const ACCEPT_BACKOFF: Duration = Duration::from_millis(100);

/// A response extension: the client is authenticated, so its connection is not evicted in favor of
/// others.
#[derive(Clone, Copy)]
pub(super) struct Authenticated;

struct OpenConnection {
    task: AbortHandle,
    is_authenticated: Arc<AtomicBool>,
}

/// Serves until `stop` is cancelled, then drains the requests in progress.
pub(super) async fn serve(listener: TcpListener, router: Router, stop: CancellationToken) {
    serve_up_to(descriptor_budget(4, CONNECTIONS), listener, router, stop).await;
}

async fn serve_up_to(
    connections_max: usize,
    listener: TcpListener,
    router: Router,
    stop: CancellationToken,
) {
    let mut open = VecDeque::with_capacity(connections_max);
    let tasks = TaskTracker::new();
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = accept(&listener, &mut open, connections_max) => accepted,
        };
        let Some(stream) = accepted else {
            sleep(ACCEPT_BACKOFF).await;
            continue;
        };
        let is_authenticated = Arc::<AtomicBool>::default();
        let served =
            connection(stream, router.clone(), Arc::clone(&is_authenticated), stop.clone());
        // Errors here are caused by clients that disconnect.
        let task = tasks.spawn(async move { drop(timeout(CONNECTION_TIMEOUT, served).await) });
        open.push_back(OpenConnection { task: task.abort_handle(), is_authenticated });
    }
    tasks.close();
    drop(timeout(STOP_TIMEOUT, tasks.wait()).await);
}

/// Accepts a connection. At the limit, the oldest unauthenticated connection is evicted, so that
/// idle clients cannot lock out others.
async fn accept(
    listener: &TcpListener,
    open: &mut VecDeque<OpenConnection>,
    connections_max: usize,
) -> Option<TcpStream> {
    let (stream, _) = listener.accept().await.ok()?;
    if open.len() >= connections_max {
        open.retain(|connection| !connection.task.is_finished());
    }
    if open.len() >= connections_max {
        let is_stranger =
            |connection: &OpenConnection| !connection.is_authenticated.load(Ordering::Relaxed);
        let oldest = open.iter().position(is_stranger)?;
        open.remove(oldest)?.task.abort();
    }
    // A response fits into a few packets, so Nagle's algorithm would only add latency.
    drop(stream.set_nodelay(true));
    Some(stream)
}

async fn connection(
    stream: TcpStream,
    router: Router,
    is_authenticated: Arc<AtomicBool>,
    stop: CancellationToken,
) -> Result<(), hyper::Error> {
    let service =
        ServiceExt::<Request<Incoming>>::map_response(router, move |response: Response| {
            if response.extensions().get::<Authenticated>().is_some() {
                is_authenticated.store(true, Ordering::Relaxed);
            }
            response
        });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS_TIMEOUT)
        .max_buf_size(HEADERS_BYTES_MAX)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
    let mut served = std::pin::pin!(served);
    tokio::select! {
        served = &mut served => return served,
        () = stop.cancelled() => {}
    }
    served.as_mut().graceful_shutdown();
    served.await
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::routing::get;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    #[tokio::test]
    async fn idle_connections_are_closed_and_make_room_for_others() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let router = Router::new().route("/healthz", get(async || "alive\n"));
        let stop = CancellationToken::new();
        let server = tokio::spawn(serve_up_to(2, listener, router, stop.clone()));
        let mut idle = Vec::new();
        for _ in 0..6 {
            idle.push(TcpStream::connect(address).await.expect("a connection"));
        }
        let mut slow = TcpStream::connect(address).await.expect("a connection");
        slow.write_all(b"GET /healthz HTTP/1.1\r\nho").await.expect("half a request is sent");
        let mut stream = TcpStream::connect(address).await.expect("a connection");
        let request = b"GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
        stream.write_all(request).await.expect("a request is sent");
        let mut response = String::new();
        let read = timeout(Duration::from_secs(5), stream.read_to_string(&mut response)).await;
        assert!(read.is_ok() && response.ends_with("alive\n"), "{response}");
        for mut stream in idle {
            let mut rest = Vec::new();
            let closed = timeout(Duration::from_secs(15), stream.read_to_end(&mut rest)).await;
            assert!(closed.is_ok(), "an idle connection stays open");
        }
        stop.cancel();
        server.await.expect("the server stops");
    }
}
