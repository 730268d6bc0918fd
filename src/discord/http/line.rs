//! The connections to Discord: kept open and used again, so that an answer costs neither a look-up of a name nor a handshake.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::HOST;
use hyper::{HeaderMap, Request};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder, MaybeHttpsStream};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, timeout};
use tower_service::Service;

use super::Method;
use super::address::ApiBase;
use super::connection::{Connection, Sent, Unsent};
use super::error::Fault;

/// The most that a connection may take to be made, with its encryption.
const CONNECT_MAX: Duration = Duration::from_secs(2);

/// How long a connection is kept that nobody uses. Discord keeps it for longer, so that it is not closed while we write.
const IDLE_MAX: Duration = Duration::from_secs(60);

/// How many connections are kept that nobody uses.
const IDLE_COUNT_MAX: usize = 64;

/// How many connections there are at a time. With more calls, the next waits for one of them.
const COUNT_MAX: usize = 256;

type Open = Connection<MaybeHttpsStream<TokioIo<TcpStream>>>;

/// The connections to one host.
pub(super) struct Line {
    base: ApiBase,
    connector: HttpsConnector<HttpConnector>,
    places: Semaphore,
    /// Those that nobody uses, with when they were last used. The last one is used next, so that few stay open.
    idle: Mutex<VecDeque<(Open, Instant)>>,
}

impl Line {
    pub(super) fn new(base: ApiBase) -> Self {
        let mut tcp = HttpConnector::new();
        tcp.set_connect_timeout(Some(CONNECT_MAX));
        tcp.set_nodelay(true);
        tcp.enforce_http(false);
        let connector = HttpsConnectorBuilder::new()
            .with_webpki_roots()
            .https_or_http()
            .enable_http1()
            .wrap_connector(tcp);
        Self { base, connector, places: Semaphore::new(COUNT_MAX), idle: Mutex::default() }
    }

    pub(super) fn base(&self) -> &ApiBase {
        &self.base
    }

    /// Sends one request and reads the answer whole. It is not sent again, except where the connection was found closed before
    /// any of it was written.
    pub(super) async fn send(
        &self,
        method: Method,
        path: &str,
        body: Bytes,
        headers: &HeaderMap,
    ) -> Result<Sent, Fault> {
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = method.as_hyper();
        *request.uri_mut() = self.base.below(path).ok_or(Fault::NoAddress)?;
        *request.headers_mut() = headers.clone();
        request.headers_mut().insert(HOST, self.base.host_header().clone());
        let _place = self.place().await;
        while let Some(mut connection) = self.take_idle() {
            if !connection.is_ready().await {
                continue;
            }
            match connection.send(request).await {
                Ok(sent) => {
                    self.keep(connection);
                    return Ok(sent);
                }
                Err(Unsent::Untouched(untouched)) => request = *untouched,
                Err(Unsent::Fault(fault)) => return Err(fault),
            }
        }
        let mut connection = self.connect().await?;
        match connection.send(request).await {
            Ok(sent) => {
                self.keep(connection);
                Ok(sent)
            }
            Err(Unsent::Untouched(_)) => Err(Fault::Unreachable),
            Err(Unsent::Fault(fault)) => Err(fault),
        }
    }

    async fn place(&self) -> Option<SemaphorePermit<'_>> {
        // Nobody closes it.
        self.places.acquire().await.ok()
    }

    async fn connect(&self) -> Result<Open, Fault> {
        let mut connector = self.connector.clone();
        let connecting = connector.call(self.base.root().clone());
        match timeout(CONNECT_MAX, connecting).await {
            Ok(Ok(stream)) => Connection::begin(stream).await,
            _ => Err(Fault::Unreachable),
        }
    }

    /// A connection that was used not long ago.
    fn take_idle(&self) -> Option<Open> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        while idle.front().is_some_and(|(_, used)| used.elapsed() >= IDLE_MAX) {
            idle.pop_front();
        }
        idle.pop_back().map(|(connection, _)| connection)
    }

    fn keep(&self, connection: Open) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() == IDLE_COUNT_MAX {
            idle.pop_front();
        }
        idle.push_back((connection, Instant::now()));
    }
}
