//! Forged requests to the endpoint: none is answered, and signed requests still are.

use std::io::Write;
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use ed25519_dalek::SigningKey;
use proptest::prelude::*;
use proptest::sample::select;

use crate::endpoint::{Endpoint, PING, Request, demand, interaction, now, response, signing_key};
use crate::fake::FakeDiscord;
use crate::fuzz::targets;

/// The number of hostile requests, unless `DOSSIER_REQUESTS` is set.
const REQUESTS: usize = 700;

/// The number of concurrent slow requests, more than the connection limit.
const SLOW: usize = 1_200;

/// Above the limit of a request's body.
const OVERSIZED_BYTES: usize = 1024 * 1024 + 1;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// `targets::request` panics if an unsigned request is answered, or on any response with status
    /// 500.
    #[test]
    fn only_signed_requests_are_answered(
        method in prop_oneof![select(vec!["POST", "GET", "PUT", "HEAD", "post"]), Just("")],
        path in prop_oneof![select(vec!["/interactions", "/events", "/interactions/", "/Interactions", "//"]), select(vec!["/healthz", "*", "/a?b"])],
        timestamp in prop_oneof!["@now@", "[0-9]{0,12}", "[ -~]{0,20}"],
        signature in prop_oneof!["@signature@", "@signature@[0-9a-f]{0,2}", "[0-9a-f]{128}", "[ -~]{0,140}"],
        extra in prop::collection::vec(("[a-z-]{1,24}", "[ -~]{0,40}"), 0..4),
        body in prop_oneof![
            Just(PING.as_bytes().to_vec()),
            prop::collection::vec(any::<u8>(), 0..200),
            "[\\[\\]{}\",:0-9a-z ]{0,80}".prop_map(String::into_bytes),
        ],
    ) {
        let mut text = format!("{method} {path}\nx-signature-timestamp: {timestamp}\nx-signature-ed25519: {signature}");
        for (name, value) in extra {
            text.push_str(&format!("\n{name}: {value}"));
        }
        targets::request(&[text.as_bytes(), b"\n\n", &body].concat());
    }
}

/// The kinds of hostile requests, in turn.
struct Attack<'a> {
    endpoint: &'a Endpoint,
    discord: &'a FakeDiscord,
    slow: Vec<TcpStream>,
    oversized: Vec<u8>,
}

impl Attack<'_> {
    /// Sends a request and checks that it is refused, if it waits for a response. A dropped
    /// connection counts as refused.
    fn send(&mut self, number: usize) {
        let (endpoint, good) = (self.endpoint, Request::signed(PING.as_bytes()));
        let refused = |bytes: &[u8], statuses: &[u16]| {
            let answer = endpoint.send_bytes(bytes);
            let is_refused = answer.status == 0 || statuses.contains(&answer.status);
            assert!(is_refused, "{answer:?} instead of {statuses:?}");
        };
        match number % 7 {
            0 => {
                let stranger = SigningKey::from_bytes(&[9; 32]);
                let body = interaction(self.discord, &demand());
                let forged = Request::signed_at(body.as_bytes(), &now().to_string(), &stranger);
                refused(&forged.to_bytes(), &[401]);
            }
            1 => {
                let body = interaction(self.discord, &demand());
                let recorded = Request::signed(body.as_bytes()).to_bytes();
                assert_eq!(endpoint.send_bytes(&recorded).status, 200);
                refused(&recorded, &[401]);
            }
            2 => {
                let old = (now() - 301).to_string();
                let old = Request::signed_at(PING.as_bytes(), &old, &signing_key());
                refused(&old.to_bytes(), &[401]);
            }
            3 => {
                let bytes = good.to_bytes();
                let mut stream = endpoint.connect();
                drop(stream.write_all(&bytes[..number % bytes.len()]));
                drop(stream.shutdown(Shutdown::Write));
                let status = response(&mut stream).status;
                assert!([0, 400, 408, 413].contains(&status), "{status} for half a request");
            }
            4 => {
                let request = Request { body: self.oversized.clone(), ..good };
                refused(&request.to_bytes(), &[413]);
            }
            5 => {
                let bytes = good.to_bytes();
                let mut stream = endpoint.connect();
                drop(stream.write_all(&bytes[..number % bytes.len()]));
                if self.slow.len() < SLOW {
                    self.slow.push(stream);
                } else {
                    let at = number % SLOW;
                    self.slow[at] = stream;
                }
            }
            _ => {
                let endless =
                    format!("POST /interactions HTTP/1.1\r\nx: {}\r\n\r\n", "y".repeat(100_000));
                let noise: [&[u8]; 5] = [
                    endless.as_bytes(),
                    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
                    b"GET / HTTP/9.9\r\n\r\n",
                    b"POST /interactions HTTP/1.1\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
                    b"POST /interactions HTTP/1.1\r\ncontent-length: -1\r\n\r\n",
                ];
                refused(noise[number / 7 % noise.len()], &[400, 401, 404, 431]);
            }
        }
    }
}

#[test]
#[expect(clippy::print_stdout, reason = "the figures of BENCHMARKS.md")]
fn signed_requests_are_answered_during_a_flood() {
    let requests = std::env::var("DOSSIER_REQUESTS").ok().and_then(|count| count.parse().ok());
    let requests = requests.unwrap_or(REQUESTS);
    let discord = FakeDiscord::start();
    let mut endpoint = Endpoint::start(&discord, &[]);
    endpoint.ask(&discord, &demand());
    let before = endpoint.bot.memory_kib();
    let mut attack = Attack {
        endpoint: &endpoint,
        discord: &discord,
        slow: Vec::new(),
        oversized: vec![b' '; OVERSIZED_BYTES],
    };
    // Slow requests beyond the connection limit, each truncated at some byte.
    for number in 0..SLOW {
        attack.send(7 * number + 5);
    }
    let mut waits = Vec::new();
    for number in 0..requests {
        attack.send(number);
        if number % 20 == 0 {
            let at = Instant::now();
            let answer = endpoint.ask(&discord, &demand());
            assert!(answer.status == 200 && answer.body.contains("NATO"), "{answer:?}");
            waits.push(at.elapsed());
        }
    }
    drop(attack);
    waits.sort_unstable();
    let (median, longest) = (waits[waits.len() / 2], waits[waits.len() - 1]);
    let grown = endpoint.bot.memory_kib().saturating_sub(before);
    let (user, system) = endpoint.bot.cpu_seconds();
    println!(
        "{requests} hostile requests: {} others answered within {median:?}, {longest:?} at most; {grown} KiB more; {:.2} s CPU",
        waits.len(),
        user + system
    );
    assert!(longest < Duration::from_secs(3), "{longest:?}");
    assert!(grown < 64 * 1024, "{grown} KiB more");
    assert!(endpoint.bot.is_running());
}
