//! The HTTP client: connections are kept open and used again, so that an answer costs neither a look-up of a name nor a handshake.

use std::error::Error;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::{HeaderMap, Request, StatusCode, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder, MaybeHttpsStream};
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tower_service::Service;

use super::Method;
use super::error::Fault;

/// The most that a connection may take to be made, with its encryption.
const CONNECT_MAX: Duration = Duration::from_secs(2);

/// How long a connection is kept that nobody uses.
const IDLE_MAX: Duration = Duration::from_secs(60);

/// How many connections to a host are kept that nobody uses.
const IDLE_COUNT_MAX: usize = 64;

/// How many requests are under way at a time. With more, the next waits for one of them.
const REQUESTS_MAX: usize = 256;

/// The longest response body that is read.
const BODY_BYTES_MAX: usize = 1 << 20;

type BoxError = Box<dyn Error + Send + Sync>;

pub(super) struct Client {
    pooled: legacy::Client<Connector, Full<Bytes>>,
    /// Without a pool: each request has a connection of its own.
    unpooled: legacy::Client<Connector, Full<Bytes>>,
    requests: Semaphore,
}

/// A response, read whole.
pub(super) struct Sent {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// Which connection a request may go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Connection {
    /// One that was used before, if there is one.
    Kept,
    /// One that is made for this request.
    New,
}

impl Client {
    pub(super) fn new() -> Self {
        let mut tcp = HttpConnector::new();
        tcp.set_nodelay(true);
        tcp.enforce_http(false);
        let connector = HttpsConnectorBuilder::new()
            .with_webpki_roots()
            .https_or_http()
            .enable_http1()
            .wrap_connector(tcp);
        let client = |idle_count_max| {
            legacy::Client::builder(TokioExecutor::new())
                .pool_timer(TokioTimer::new())
                .pool_idle_timeout(IDLE_MAX)
                .pool_max_idle_per_host(idle_count_max)
                .build(Connector(connector.clone()))
        };
        Self {
            pooled: client(IDLE_COUNT_MAX),
            unpooled: client(0),
            requests: Semaphore::new(REQUESTS_MAX),
        }
    }

    /// Sends one request and reads the response whole. It is not sent again, except where a kept connection was found closed
    /// before any of it was written.
    pub(super) async fn send(
        &self,
        method: Method,
        uri: Uri,
        body: Bytes,
        headers: &HeaderMap,
        connection: Connection,
    ) -> Result<Sent, Fault> {
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = method.as_hyper();
        *request.uri_mut() = uri;
        *request.headers_mut() = headers.clone();
        // Nobody closes the semaphore.
        let _permit = self.requests.acquire().await.ok();
        let client = match connection {
            Connection::Kept => &self.pooled,
            Connection::New => &self.unpooled,
        };
        let response = client.request(request).await.map_err(|error| match error.is_connect() {
            true => Fault::Unreachable,
            false => Fault::Broken,
        })?;
        let (head, body) = response.into_parts();
        let body = Limited::new(body, BODY_BYTES_MAX).collect().await;
        let body = body.map_err(|error| match error.is::<LengthLimitError>() {
            true => Fault::TooLong,
            false => Fault::Broken,
        })?;
        Ok(Sent { status: head.status, headers: head.headers, body: body.to_bytes() })
    }
}

/// Connects within [`CONNECT_MAX`], the look-up of the name and the TLS handshake included.
#[derive(Clone)]
struct Connector(HttpsConnector<HttpConnector>);

impl Service<Uri> for Connector {
    type Response = MaybeHttpsStream<TokioIo<TcpStream>>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let connecting = self.0.call(uri);
        Box::pin(async move { timeout(CONNECT_MAX, connecting).await? })
    }
}
