//! The least that a bot can do, for comparison: read frames from one socket, post a fixed body to another, look nothing up.

use std::io::{BufReader, Read, Write};
use std::net::TcpStream;

use serde::Deserialize;

/// The argument with which this is run rather than the bench.
pub(crate) const ARGUMENT: &str = "--bare";
pub(crate) const API_URL: &str = "BARE_API_URL";
pub(crate) const GATEWAY_URL: &str = "BARE_GATEWAY_URL";
pub(crate) const TOKEN: &str = "BARE_TOKEN";

#[derive(Deserialize)]
struct Event<'a> {
    op: u8,
    #[serde(borrow)]
    t: Option<&'a str>,
    d: Option<Data<'a>>,
}

#[derive(Deserialize)]
struct Data<'a> {
    id: Option<&'a str>,
    token: Option<&'a str>,
    #[serde(rename = "type")]
    kind: Option<u8>,
}

/// Runs until the gateway ends the connection.
pub(crate) fn run() {
    let variable = |name: &str| std::env::var(name).expect("the bench sets it");
    let address = |url: &str| {
        let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
        TcpStream::connect(rest).expect("the fake listens")
    };
    let (gateway, mut rest) = (address(&variable(GATEWAY_URL)), address(&variable(API_URL)));
    for socket in [&gateway, &rest] {
        socket.set_nodelay(true).expect("a socket in order");
    }
    let mut writer = gateway.try_clone().expect("a socket in order");
    let mut reader = BufReader::with_capacity(64 << 10, gateway);
    upgrade(&mut reader, &mut writer);
    let (mut frame, mut answer, mut request) = (Vec::new(), vec![0; 4_096], Vec::new());
    while read_frame(&mut reader, &mut frame).is_some() {
        let Ok(event) = serde_json::from_slice::<Event<'_>>(&frame) else {
            continue;
        };
        match (event.op, event.t, event.d) {
            (10, _, _) => identify(&mut writer, &variable(TOKEN)),
            (0, Some("INTERACTION_CREATE"), Some(data)) => {
                post(&mut rest, &data, &mut request, &mut answer);
            }
            _ => {}
        }
    }
}

fn upgrade(reader: &mut impl Read, writer: &mut impl Write) {
    let request = "GET /?v=10&encoding=json HTTP/1.1\r\nhost: fake\r\nupgrade: websocket\r\nconnection: Upgrade\r\n\
        sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    writer.write_all(request.as_bytes()).expect("the fake reads");
    let (mut last, mut byte) = ([0; 4], [0]);
    while &last != b"\r\n\r\n" {
        reader.read_exact(&mut byte).expect("the fake upgrades");
        last.rotate_left(1);
        last[3] = byte[0];
    }
}

fn identify(writer: &mut impl Write, token: &str) {
    let text = format!(
        r#"{{"op":2,"d":{{"token":"{token}","intents":1,"shard":[0,1],"properties":{{"os":"linux","browser":"bare","device":"bare"}}}}}}"#
    );
    let length = u16::try_from(text.len()).expect("it is short").to_be_bytes();
    // A frame of text, its length in two bytes, masked with nothing.
    let mut frame = vec![0x81, 0x80 | 126, length[0], length[1], 0, 0, 0, 0];
    frame.extend_from_slice(text.as_bytes());
    writer.write_all(&frame).expect("the fake reads");
}

fn read_frame(reader: &mut impl Read, frame: &mut Vec<u8>) -> Option<()> {
    let mut head = [0; 2];
    reader.read_exact(&mut head).ok()?;
    let length = match head[1] & 0x7F {
        126 => {
            let mut length = [0; 2];
            reader.read_exact(&mut length).ok()?;
            u64::from(u16::from_be_bytes(length))
        }
        127 => {
            let mut length = [0; 8];
            reader.read_exact(&mut length).ok()?;
            u64::from_be_bytes(length)
        }
        length => u64::from(length),
    };
    frame.resize(usize::try_from(length).ok()?, 0);
    reader.read_exact(frame).ok()
}

fn post(rest: &mut TcpStream, data: &Data<'_>, request: &mut Vec<u8>, answer: &mut [u8]) {
    let body = match data.kind {
        Some(4) => r#"{"type":8,"data":{"choices":[{"name":"One","value":"one"}]}}"#,
        _ => r#"{"type":4,"data":{"content":"An answer.","allowed_mentions":{"parse":[]}}}"#,
    };
    request.clear();
    let (id, token, length) = (data.id.unwrap_or(""), data.token.unwrap_or(""), body.len());
    let written = write!(
        request,
        "POST /api/v10/interactions/{id}/{token}/callback HTTP/1.1\r\nhost: fake\r\ncontent-type: application/json\r\n\
         content-length: {length}\r\n\r\n{body}"
    );
    written.and_then(|()| rest.write_all(request)).expect("the fake reads");
    let read = rest.read(answer).expect("the fake answers");
    assert!(answer[..read].ends_with(b"\r\n\r\n"), "an answer of 204 is short");
}
