//! The same over HTTP: signed interactions to the endpoint, beside a bare program of axum and ed25519 that answers a constant.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use ed25519_dalek::{Signer, SigningKey};

use super::fake::{Ask, Bot, FakeDiscord, PreparedInteraction, Settings};
use super::{TIMEOUT, first_answer, interactions, measure};

/// The argument with which the bare program is run rather than the bench.
pub(crate) const ARGUMENT: &str = "--bare-http";
const PUBLIC_KEY: &str = "DISCORD_PUBLIC_KEY";

/// What stands for the id in what the fake Discord prepares.
const PREPARED_ID: &str = "9999999999999999999";

fn signing_key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Measures both programs, one after the other.
pub(crate) fn compare(program: &Path, answers: usize) {
    let key = hex(signing_key().verifying_key().as_bytes());
    let discord = FakeDiscord::with(Settings { validate_every: 20, ..Settings::default() });
    let (gateway, _) = first_answer(program, &discord, "/gateway/bot");
    let card = discord.ask(&Ask::slash("demand").with("demand", "nato"));
    let page = discord.ask(&Ask::slash("timeline"));
    let prepared: Vec<PreparedInteraction> =
        interactions(&card, &page).iter().map(|ask| discord.prepare(ask)).collect();
    drop(gateway);
    let variables = [("DOSSIER_DISCORD__TRANSPORT", "http"), (PUBLIC_KEY, key.as_str())];
    let bot = Bot::start(program, &discord, &variables);
    let address = bot.web_address();
    while bot.health("/readyz").0 != 200 {
        std::thread::sleep(Duration::from_millis(5));
    }
    let start_ms = bot.started.elapsed().as_secs_f64() * 1_000.0;
    let texts: Vec<&str> = prepared.iter().map(|one| one.text.as_str()).collect();
    let load = |count, in_flight| run(&address, &texts, count, in_flight);
    println!("{}", measure("dossier", &bot, answers, start_ms, load));
    drop(bot);
    let own = std::env::current_exe().expect("this program has a path");
    let bare = Bot::spawn(&own, &[ARGUMENT], &[(PUBLIC_KEY, key.as_str())]);
    bare.wait_for("serving /healthz and /readyz");
    let address = bare.web_address();
    let start_ms = bare.started.elapsed().as_secs_f64() * 1_000.0;
    let load = |count, in_flight| run(&address, &texts, count, in_flight);
    println!("{}", measure("bare", &bare, answers, start_ms, load));
}

/// So many answers over as many connections as are in flight; how long each took, sorted.
fn run(address: &str, texts: &[&str], count: usize, in_flight: usize) -> Vec<Duration> {
    static ID: AtomicU64 = AtomicU64::new(1_300_000_000_000_000_000);
    let next = AtomicUsize::new(0);
    let client = || {
        let mut times = Vec::with_capacity(count / in_flight + 1);
        let mut connection = Connection::open(address);
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= count {
                return times;
            }
            let id = ID.fetch_add(1, Ordering::Relaxed).to_string();
            let request = signed(&texts[number % texts.len()].replace(PREPARED_ID, &id));
            let sent = Instant::now();
            let status = connection.ask(&request);
            times.push(sent.elapsed());
            assert_eq!(status, 200, "each is answered");
        }
    };
    let mut times: Vec<Duration> = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..in_flight).map(|_| scope.spawn(client)).collect();
        clients.into_iter().flat_map(|client| client.join().expect("a client")).collect()
    });
    times.sort_unstable();
    times
}

/// A request as Discord signs it.
fn signed(body: &str) -> Vec<u8> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock").as_secs().to_string();
    let signature = signing_key().sign(&[now.as_bytes(), body.as_bytes()].concat());
    format!(
        "POST /interactions HTTP/1.1\r\nhost: dossier.example\r\nuser-agent: Discord-Interactions/1.0 (+https://discord.com)\r\n\
         content-type: application/json\r\ncontent-length: {}\r\nx-signature-ed25519: {}\r\nx-signature-timestamp: {now}\r\n\r\n{body}",
        body.len(),
        hex(&signature.to_bytes())
    )
    .into_bytes()
}

struct Connection {
    reader: BufReader<TcpStream>,
    line: String,
    body: Vec<u8>,
}

impl Connection {
    fn open(address: &str) -> Self {
        let stream = TcpStream::connect(address).expect("a connection");
        stream.set_nodelay(true).expect("a socket in order");
        stream.set_read_timeout(Some(TIMEOUT)).expect("a socket in order");
        Self { reader: BufReader::new(stream), line: String::new(), body: Vec::new() }
    }

    /// Sends a request and reads the response; its status.
    fn ask(&mut self, request: &[u8]) -> u16 {
        self.reader.get_mut().write_all(request).expect("it reads");
        let (mut status, mut length) = (0, 0);
        loop {
            self.line.clear();
            self.reader.read_line(&mut self.line).expect("it answers");
            let line = self.line.trim_end().to_ascii_lowercase();
            if let Some(rest) = line.strip_prefix("http/1.1 ") {
                status = rest[..3].parse().expect("a status");
            } else if let Some(rest) = line.strip_prefix("content-length: ") {
                length = rest.parse().expect("a length");
            } else if line.is_empty() {
                break;
            }
        }
        self.body.resize(length, 0);
        self.reader.read_exact(&mut self.body).expect("a whole body");
        status
    }
}

/// The least that an endpoint can do: verify the signature, answer a constant.
pub(crate) fn bare() {
    use axum::body::Bytes;
    use axum::http::header::CONTENT_TYPE;
    use axum::http::{HeaderMap, StatusCode};
    use axum::response::{IntoResponse, Response};
    use ed25519_dalek::{Signature, VerifyingKey};

    const ANSWER: &str =
        r#"{"type":4,"data":{"content":"An answer.","allowed_mentions":{"parse":[]}}}"#;

    fn bytes<const N: usize>(hex: &str) -> Option<[u8; N]> {
        let digits = (0..N).map(|at| u8::from_str_radix(hex.get(2 * at..2 * at + 2)?, 16).ok());
        digits.collect::<Option<Vec<u8>>>()?.try_into().ok()
    }

    fn answer(key: &VerifyingKey, headers: &HeaderMap, body: &[u8]) -> Option<Response> {
        let header = |name| headers.get(name)?.to_str().ok();
        let signature = Signature::from_bytes(&bytes(header("x-signature-ed25519")?)?);
        let signed = [header("x-signature-timestamp")?.as_bytes(), body].concat();
        key.verify_strict(&signed, &signature).ok()?;
        Some(([(CONTENT_TYPE, "application/json")], ANSWER).into_response())
    }

    let key = std::env::var(PUBLIC_KEY).expect("the bench sets it");
    let key = VerifyingKey::from_bytes(&bytes(&key).expect("a key")).expect("a key");
    let handler = async move |headers: HeaderMap, body: Bytes| {
        answer(&key, &headers, &body).unwrap_or_else(|| StatusCode::UNAUTHORIZED.into_response())
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        println!("serving /healthz and /readyz address={address} ");
        let router = axum::Router::new().route("/interactions", axum::routing::post(handler));
        axum::serve(listener, router).await.expect("it serves");
    });
}
