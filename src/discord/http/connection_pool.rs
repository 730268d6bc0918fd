//! Pool of keep-alive HTTP connections to Discord, which saves a DNS lookup and a TLS handshake per
//! request.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::{HeaderMap, Request, StatusCode, Uri};
use hyper_rustls::{HttpsConnectorBuilder, MaybeHttpsStream};
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tower::BoxError;
use tower::timeout::Timeout;
use tower::util::BoxCloneSyncService;

use super::error::ErrorKind;
use crate::open_files::descriptor_budget;

/// Connect timeout, including the TLS handshake.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

const IDLE_TIMEOUT: Duration = Duration::from_secs(60);

/// Lower and upper bound of idle connections per host; in between, a sixteenth of the file
/// descriptor limit.
const IDLE_CONNECTIONS: (usize, usize) = (8, 64);

/// Lower and upper bound of concurrent requests; in between, a quarter of the file descriptor
/// limit.
const CONCURRENT_REQUESTS: (usize, usize) = (16, 256);

/// Maximum size of a response body in bytes.
const BODY_BYTES_MAX: usize = 1 << 20;

type Connector = BoxCloneSyncService<Uri, MaybeHttpsStream<TokioIo<TcpStream>>, BoxError>;

pub(super) struct ConnectionPool {
    pooled: legacy::Client<Connector, Full<Bytes>>,
    /// Opens a new connection for each request.
    unpooled: legacy::Client<Connector, Full<Bytes>>,
    requests: Semaphore,
}

/// A response whose body has been read completely.
#[derive(Clone, Debug)]
pub(super) struct Response {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ConnectionKind {
    /// An idle keep-alive connection if there is one.
    Pooled,
    Fresh,
}

impl ConnectionPool {
    pub(super) fn new() -> Self {
        let mut tcp = HttpConnector::new();
        tcp.set_nodelay(true);
        tcp.enforce_http(false);
        let connector = HttpsConnectorBuilder::new()
            .with_webpki_roots()
            .https_or_http()
            .enable_http1()
            .wrap_connector(tcp);
        let connector = Connector::new(Timeout::new(connector, CONNECT_TIMEOUT));
        let client = |idle_count_max| {
            legacy::Client::builder(TokioExecutor::new())
                .pool_timer(TokioTimer::new())
                .pool_idle_timeout(IDLE_TIMEOUT)
                .pool_max_idle_per_host(idle_count_max)
                .build(connector.clone())
        };
        Self {
            pooled: client(descriptor_budget(16, IDLE_CONNECTIONS)),
            unpooled: client(0),
            requests: Semaphore::new(descriptor_budget(4, CONCURRENT_REQUESTS)),
        }
    }

    /// Sends a request and reads the whole response. Does not retry, except when a pooled
    /// connection turns out to be closed before anything was written to it.
    pub(super) async fn send(
        &self,
        request: Request<Full<Bytes>>,
        connection: ConnectionKind,
    ) -> Result<Response, ErrorKind> {
        // `acquire` only fails on a closed semaphore, and this one is never closed.
        let _permit = self.requests.acquire().await.ok();
        let client = match connection {
            ConnectionKind::Pooled => &self.pooled,
            ConnectionKind::Fresh => &self.unpooled,
        };
        let response = client.request(request).await.map_err(|error| match error.is_connect() {
            true => ErrorKind::ConnectFailed,
            false => ErrorKind::ConnectionLost,
        })?;
        let (head, body) = response.into_parts();
        let body = Limited::new(body, BODY_BYTES_MAX).collect().await;
        let body = body.map_err(|error| match error.is::<LengthLimitError>() {
            true => ErrorKind::TooLong,
            false => ErrorKind::ConnectionLost,
        })?;
        Ok(Response { status: head.status, headers: head.headers, body: body.to_bytes() })
    }
}
