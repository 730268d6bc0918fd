//! A minimal HTTP/1.1 server: keep-alive and Content-Length, nothing else. Not a library, so that
//! faults can be injected anywhere.

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Maximum size of a request.
const REQUEST_BYTES_MAX: usize = 4 << 20;

#[derive(Debug)]
pub(super) struct Request {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) query: String,
    headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

#[derive(Debug)]
pub(super) struct Response {
    pub(super) status: u16,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Option<Value>,
    /// A body that is not JSON.
    text: Option<String>,
}

impl Request {
    /// Reads the next request. Returns `None` if the connection has ended or the request is
    /// invalid.
    pub(super) async fn read(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<Self> {
        let head = loop {
            if let Some(at) = find(buffer, b"\r\n\r\n") {
                break at;
            }
            more(stream, buffer).await?;
        };
        let text = std::str::from_utf8(&buffer[..head]).ok()?;
        let mut lines = text.split("\r\n");
        let mut first = lines.next()?.split(' ');
        let (method, target) = (first.next()?.to_owned(), first.next()?);
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let (path, query) = (path.to_owned(), query.to_owned());
        let headers: Vec<(String, String)> = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        let length = headers
            .iter()
            .find(|(name, _)| name == "content-length")
            .map_or(Ok(0), |(_, length)| length.parse::<usize>())
            .ok()
            .filter(|length| *length <= REQUEST_BYTES_MAX)?;
        let end = head + 4 + length;
        while buffer.len() < end {
            more(stream, buffer).await?;
        }
        let body = buffer[head + 4..end].to_vec();
        buffer.drain(..end);
        Some(Self { method, path, query, headers, body })
    }

    /// A header's value; `name` must be lower case.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(one, _)| one == name).map(|(_, value)| value.as_str())
    }
}

impl Response {
    /// A response without a body.
    pub(super) fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: None, text: None }
    }

    pub(super) fn json(status: u16, body: Value) -> Self {
        Self { body: Some(body), ..Self::empty(status) }
    }

    pub(super) fn text(status: u16, text: &str) -> Self {
        Self { text: Some(text.to_owned()), ..Self::empty(status) }
    }

    /// A Discord API error.
    pub(super) fn error(status: u16, code: u64, message: &str) -> Self {
        Self::json(status, serde_json::json!({ "code": code, "message": message }))
    }

    /// Adds a header.
    pub(super) fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.headers.push((name, value.to_string()));
        self
    }

    /// Writes the response with a single write.
    pub(super) async fn write(&self, stream: &mut TcpStream) -> std::io::Result<()> {
        let json = self.body.as_ref().map(Value::to_string);
        let body = json.or_else(|| self.text.clone()).unwrap_or_default();
        let mut text = format!("HTTP/1.1 {} Status\r\n", self.status);
        for (name, value) in &self.headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        if self.body.is_some() {
            text.push_str("content-type: application/json\r\n");
        }
        if self.status != 204 {
            text.push_str(&format!("content-length: {}\r\n", body.len()));
        }
        text.push_str("\r\n");
        text.push_str(&body);
        stream.write_all(text.as_bytes()).await
    }
}

async fn more(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<()> {
    if buffer.len() > REQUEST_BYTES_MAX + 65_536 {
        return None;
    }
    buffer.reserve(16_384);
    match stream.read_buf(buffer).await {
        Ok(0) | Err(_) => None,
        Ok(_) => Some(()),
    }
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}
