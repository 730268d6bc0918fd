//! One connection to Discord, driven by whoever uses it: no task of its own has to be woken for an answer.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Body;
use hyper::client::conn::http1::{self, SendRequest};
use hyper::rt::{Read, Write};
use hyper::{HeaderMap, Request, StatusCode};

use super::error::Fault;

/// The longest answer that is read.
const BODY_BYTES_MAX: usize = 1 << 20;

/// A connection that is open, or was when it was last looked at.
pub(super) struct Connection<T: Read + Write + Unpin + 'static> {
    sender: SendRequest<Full<Bytes>>,
    driver: http1::Connection<T, Full<Bytes>>,
    has_ended: bool,
}

/// What came back.
pub(super) struct Sent {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// Why nothing came back.
pub(super) enum Unsent {
    /// Not a byte of the request was written: it is here again.
    Untouched(Box<Request<Full<Bytes>>>),
    Fault(Fault),
}

impl<T: Read + Write + Unpin + 'static> Connection<T> {
    pub(super) async fn begin(stream: T) -> Result<Self, Fault> {
        let begun = http1::Builder::new().handshake(stream).await;
        let (sender, driver) = begun.map_err(|_| Fault::Unreachable)?;
        Ok(Self { sender, driver, has_ended: false })
    }

    /// Whether another request can be sent.
    pub(super) async fn is_ready(&mut self) -> bool {
        // What has come since it was last used is read by this: most of all, that the other side has closed it.
        poll_fn(|context| {
            self.drive(context);
            Poll::Ready(())
        })
        .await;
        !self.has_ended && self.sender.is_ready()
    }

    /// Sends a request and reads the answer whole. A connection that this failed on, or that it was dropped in the midst of, is
    /// not to be used again.
    pub(super) async fn send(&mut self, request: Request<Full<Bytes>>) -> Result<Sent, Unsent> {
        let answer = self.sender.try_send_request(request);
        let answer = self.during(answer).await.map_err(|mut error| match error.take_message() {
            Some(request) => Unsent::Untouched(Box::new(request)),
            None => Unsent::Fault(Fault::Broken),
        })?;
        let (head, body) = answer.into_parts();
        let body = if body.is_end_stream() {
            Bytes::new()
        } else {
            let whole = self.during(Limited::new(body, BODY_BYTES_MAX).collect()).await;
            whole.map_err(|error| Unsent::Fault(fault(&*error)))?.to_bytes()
        };
        Ok(Sent { status: head.status, headers: head.headers, body })
    }

    /// Waits for something that needs the connection.
    async fn during<F: Future>(&mut self, wanted: F) -> F::Output {
        let mut wanted = pin!(wanted);
        poll_fn(|context| {
            self.drive(context);
            wanted.as_mut().poll(context)
        })
        .await
    }

    fn drive(&mut self, context: &mut Context<'_>) {
        if !self.has_ended {
            self.has_ended = Pin::new(&mut self.driver).poll(context).is_ready();
        }
    }
}

fn fault(error: &(dyn std::error::Error + 'static)) -> Fault {
    if error.is::<LengthLimitError>() { Fault::TooLong } else { Fault::Broken }
}
