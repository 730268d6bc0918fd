//! Interactions over HTTP: signed requests from Discord, and hostile ones.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use dossier::discord::incoming::parse;
use dossier::discord::respond::Reply;
use dossier::telemetry;
use ed25519_dalek::{Signer, SigningKey};
use serde_json::{Value, json};

use crate::fake::guild::BOTS;
use crate::fake::{Ask, Bot, FakeDiscord, Fault, FaultRule, Folder};
use crate::local::Local;

pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_dossier");

pub(crate) const PING: &str = r#"{"id":"1","token":"t","type":1}"#;

/// The id in interactions prepared by the fake Discord.
const PREPARED_ID: &str = "9999999999999999999";

pub(crate) fn signing_key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock").as_secs()
}

#[derive(Clone)]
pub(crate) struct Request {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    pub(crate) fn unsigned(body: &[u8]) -> Self {
        Self { method: "POST", path: "/interactions", headers: Vec::new(), body: body.to_owned() }
    }

    pub(crate) fn signed(body: &[u8]) -> Self {
        Self::signed_at(body, &now().to_string(), &signing_key())
    }

    pub(crate) fn signed_at(body: &[u8], timestamp: &str, key: &SigningKey) -> Self {
        let signature = key.sign(&[timestamp.as_bytes(), body].concat());
        Self::unsigned(body)
            .with("x-signature-ed25519", &hex(&signature.to_bytes()))
            .with("x-signature-timestamp", timestamp)
    }

    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(own, _)| *own != name);
        self
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let Self { method, path, headers, body } = self;
        let headers: String =
            headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let length = body.len();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: dossier.example\r\nconnection: close\r\ncontent-type: application/json\r\n\
             content-length: {length}\r\n{headers}\r\n"
        );
        [head.as_bytes(), body].concat()
    }
}

/// A response: status, headers in lower case, body.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: String,
    pub(crate) body: String,
}

/// A bot that receives interactions over HTTP.
pub(crate) struct Endpoint {
    pub(crate) bot: Bot,
    pub(crate) address: String,
}

impl Endpoint {
    pub(crate) fn start(discord: &FakeDiscord, variables: &[(&str, &str)]) -> Self {
        let key = hex(signing_key().verifying_key().as_bytes());
        let own = [("DOSSIER_DISCORD__TRANSPORT", "http"), ("DISCORD_PUBLIC_KEY", key.as_str())];
        let bot = Bot::start(Path::new(PROGRAM), discord, &[&own, variables].concat());
        bot.wait_for("serving /healthz and /readyz");
        let output = bot.output();
        let address =
            output.split("address=").nth(1).and_then(|rest| rest.split_whitespace().next());
        let endpoint = Self { address: address.expect("an address").to_owned(), bot };
        while endpoint.bot.health("/readyz").0 != 200 {
            std::thread::sleep(Duration::from_millis(20));
        }
        endpoint
    }

    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).expect("a connection");
        stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a timeout");
        stream
    }

    pub(crate) fn send(&self, request: &Request) -> Response {
        self.send_bytes(&request.to_bytes())
    }

    pub(crate) fn send_bytes(&self, bytes: &[u8]) -> Response {
        let mut stream = self.connect();
        // The server may stop reading a request that it rejects early.
        drop(stream.write_all(bytes));
        response(&mut stream)
    }

    pub(crate) fn ask(&self, discord: &FakeDiscord, ask: &Ask) -> Response {
        self.send(&Request::signed(interaction(discord, ask).as_bytes()))
    }
}

pub(crate) fn response(stream: &mut TcpStream) -> Response {
    let mut answer = Vec::new();
    drop(stream.read_to_end(&mut answer));
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let (headers, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = headers.split(' ').nth(1).and_then(|status| status.parse().ok());
    Response { status: status.unwrap_or(0), headers: headers.to_lowercase(), body: body.to_owned() }
}

/// An interaction with a new id.
pub(crate) fn interaction(discord: &FakeDiscord, ask: &Ask) -> String {
    static NUMBER: AtomicU64 = AtomicU64::new(1_300_000_000_000_000_000);
    let id = NUMBER.fetch_add(1, Ordering::Relaxed).to_string();
    discord.prepare(ask).text.replace(PREPARED_ID, &id)
}

pub(crate) fn demand() -> Ask {
    Ask::slash("demand").with("demand", "nato")
}

#[test]
fn the_endpoint_works_without_a_token() {
    let discord = FakeDiscord::start();
    let endpoint = Endpoint::start(&discord, &[("DISCORD_TOKEN", "")]);
    for _ in 0..2 {
        let pong = endpoint.send(&Request::signed(PING.as_bytes()));
        assert_eq!((pong.status, pong.body.as_str()), (200, r#"{"type":1}"#));
        assert!(pong.headers.contains("content-type: application/json"), "{}", pong.headers);
    }
    let answer = endpoint.ask(&discord, &demand());
    assert!(answer.status == 200 && answer.body.contains("NATO"), "{answer:?}");
    assert_eq!(discord.calls().len(), 0, "nothing is called without a token");
    endpoint.bot.wait_for("servers that remove the bot are not noticed");
}

#[test]
fn requests_without_a_valid_signature_are_rejected() {
    let discord = FakeDiscord::start();
    let endpoint = Endpoint::start(&discord, &[]);
    let body = interaction(&discord, &demand());
    let body = body.as_bytes();
    let good = || Request::signed(body);
    let stranger = SigningKey::from_bytes(&[8; 32]);
    let at = |seconds: i64| {
        Request::signed_at(body, &now().saturating_add_signed(seconds).to_string(), &signing_key())
    };
    let signature =
        |value: &str| good().without("x-signature-ed25519").with("x-signature-ed25519", value);
    let changed = Request { body: [body, b" "].concat(), ..good() };
    let replaced = good()
        .without("x-signature-timestamp")
        .with("x-signature-timestamp", &(now() - 1).to_string());
    for (what, request) in [
        ("no headers", Request::unsigned(body)),
        ("no signature", good().without("x-signature-ed25519")),
        ("no timestamp", good().without("x-signature-timestamp")),
        ("an empty signature", signature("")),
        ("a short signature", signature("abcd")),
        ("a long signature", signature(&"ab".repeat(65))),
        ("a signature that is no hexadecimal", signature(&"zz".repeat(64))),
        ("a signature of zeros", signature(&"00".repeat(64))),
        ("a second signature", good().with("x-signature-ed25519", &"ab".repeat(64))),
        ("a second timestamp", good().with("x-signature-timestamp", "1")),
        ("another key", Request::signed_at(body, &now().to_string(), &stranger)),
        ("another body", changed),
        ("another timestamp", replaced),
        ("a timestamp that is no number", Request::signed_at(body, "soon", &signing_key())),
        (
            "a timestamp with a sign",
            Request::signed_at(body, &format!("+{}", now()), &signing_key()),
        ),
        ("six minutes ago", at(-360)),
        ("in ten minutes", at(600)),
    ] {
        assert_eq!(endpoint.send(&request).status, 401, "{what}");
        let event = Request { path: "/events", ..request };
        assert_eq!(endpoint.send(&event).status, 401, "{what}, as an event");
    }
    let recorded = good();
    assert_eq!(endpoint.send(&recorded).status, 200);
    let repeated = endpoint.send(&recorded);
    assert!(repeated.status == 401 && repeated.body.is_empty(), "a replay: {repeated:?}");
}

#[test]
fn malformed_requests_are_rejected() {
    let discord = FakeDiscord::start();
    let endpoint = Endpoint::start(&discord, &[]);
    for method in ["GET", "PUT", "DELETE", "HEAD", "OPTIONS"] {
        let request = Request { method, ..Request::signed(PING.as_bytes()) };
        assert_eq!(endpoint.send(&request).status, 405, "{method}");
    }
    let large = vec![b' '; 1024 * 1024 + 1];
    assert_eq!(endpoint.send(&Request::signed(&large)).status, 413);
    assert_eq!(endpoint.send(&Request::unsigned(&vec![b' '; 4 * 1024 * 1024])).status, 413);
    let chunk = format!("{:x}\r\n{}\r\n0\r\n\r\n", large.len(), " ".repeat(large.len()));
    let chunked = Request::signed(&large).with("transfer-encoding", "chunked").to_bytes();
    let chunked = String::from_utf8(chunked).expect("text");
    let head = chunked.split("\r\n\r\n").next().expect("headers");
    let head = head.replace(&format!("content-length: {}\r\n", large.len()), "");
    assert_eq!(endpoint.send_bytes(format!("{head}\r\n\r\n{chunk}").as_bytes()).status, 413);
    assert_eq!(endpoint.send(&Request::signed(b"no JSON")).status, 400);
    let mut whole = vec![b' '; 1024 * 1024];
    whole[..PING.len()].copy_from_slice(PING.as_bytes());
    assert_eq!(endpoint.send(&Request::signed(&whole)).status, 200, "the largest body");
}

#[test]
fn an_incomplete_body_times_out() {
    let discord = FakeDiscord::start();
    let endpoint = Endpoint::start(&discord, &[]);
    let bytes = Request::signed(PING.as_bytes()).to_bytes();
    let mut stream = endpoint.connect();
    stream.write_all(&bytes[..bytes.len() - 3]).expect("half a request");
    let at = Instant::now();
    assert_eq!(response(&mut stream).status, 408);
    assert!(at.elapsed() < Duration::from_secs(10), "{:?}", at.elapsed());
}

/// The response of `respond`, serialized.
fn expected_response(local: &Local, text: &str) -> String {
    let interaction = parse(text).expect("an interaction");
    let body = match local.runtime.block_on(local.responder.respond(&interaction)) {
        Reply::Callback(body) | Reply::Delete(body) => body,
        Reply::Message(reply) => reply.callback(),
    };
    String::from_utf8(body.bytes.to_vec()).expect("text")
}

#[test]
fn responses_equal_those_over_the_gateway_byte_for_byte() {
    let discord = FakeDiscord::start();
    let no_pictures = [("DOSSIER_PICTURES__ENABLED", "false")];
    let gateway = Bot::start(Path::new(PROGRAM), &discord, &no_pictures);
    discord.wait_for_sessions(1);
    let endpoint = Endpoint::start(&discord, &no_pictures);
    let local = Local::new();
    let page = discord.ask(&Ask::slash("timeline"));
    let next = page.button("Next").expect("the chronology has pages");
    for ask in [
        demand(),
        demand().with("private", true),
        demand().autocomplete(),
        demand().in_bot_dm(),
        Ask::slash("search").with("query", "borscht"),
        Ask::slash("config channels pace").with("answers", 3),
        Ask::press(&page, &next),
        Ask::press(&page, "1!nonsense"),
        Ask::on_message("Look up in Dossier", "What about NATO?"),
    ] {
        let text = interaction(&discord, &ask);
        let answer = endpoint.send(&Request::signed(text.as_bytes()));
        assert_eq!(answer.status, 200, "{}", ask.name());
        assert_eq!(answer.body, expected_response(&local, &text), "{}", ask.name());
        let sent = discord.ask(&ask);
        let body: Value = serde_json::from_str(&answer.body).expect("JSON");
        assert_eq!(
            (&body["type"], &body["data"]),
            (&json!(sent.kind), &sent.data),
            "{}",
            ask.name()
        );
    }
    drop(gateway);
}

#[test]
fn an_attached_file_is_sent_as_a_multipart_part() {
    let discord = FakeDiscord::start();
    let endpoint = Endpoint::start(&discord, &[]);
    let answer = endpoint.ask(&discord, &Ask::slash("config export"));
    let boundary = answer.headers.split("multipart/form-data; boundary=").nth(1);
    let boundary = boundary.and_then(|rest| rest.split_whitespace().next()).expect("a boundary");
    let parts: Vec<&str> = answer.body.split(&format!("--{boundary}")).collect();
    assert!(parts.len() == 4 && parts[3].starts_with("--"), "{}", answer.body);
    assert!(parts[1].contains("name=\"payload_json\"") && parts[1].contains("\"type\":4"));
    assert!(parts[2].contains("name=\"files[0]\""), "{}", parts[2]);
}

#[test]
fn error_reports_need_a_token_and_work_as_over_the_gateway() {
    let discord = FakeDiscord::start();
    let channel = crate::fake::guild::BOTS.to_string();
    let reports = [("DOSSIER_DISCORD__REPORT_CHANNEL", channel.as_str())];
    let gateway = Bot::start(Path::new(PROGRAM), &discord, &reports);
    discord.wait_for_sessions(1);
    let card = discord.ask(&demand());
    let report = Ask::press(&card, &card.button("Report").expect("a button"));
    let form = discord.ask(&report);
    let endpoint = Endpoint::start(&discord, &reports);
    let opened: Value = serde_json::from_str(&endpoint.ask(&discord, &report).body).expect("JSON");
    assert_eq!((&opened["type"], &opened["data"]), (&json!(9), &form.data));
    let sent = endpoint.ask(&discord, &Ask::submit(&card, &form, "The date is wrong."));
    assert!(sent.body.contains("Thank you"), "{}", sent.body);
    let posted = discord.wait_for_posts(1);
    assert!(posted[0].body.to_string().contains("The date is wrong."));
    drop((gateway, endpoint));
    let without = Endpoint::start(&discord, &[&reports[..], &[("DISCORD_TOKEN", "")]].concat());
    let card = without.ask(&discord, &demand());
    assert!(!card.body.contains("Report") && card.body.contains("Delete"), "{}", card.body);
    let output = without.bot.output();
    assert!(output.contains("discord.report_channel needs the bot's token"), "{output}");
}

#[test]
fn a_picture_comes_in_the_response() {
    let discord = FakeDiscord::start();
    let endpoint = Endpoint::start(&discord, &[]);
    let answer = endpoint.ask(&discord, &Ask::slash("position"));
    assert!(answer.headers.contains("multipart/form-data; boundary="), "{}", answer.headers);
    assert!(answer.body.contains("attachment://picture.png"), "{}", answer.body);
    assert!(answer.body.contains("Content-Type: image/png\r\n\r\n\u{fffd}PNG"));
}

#[test]
fn requests_after_the_response_go_through_the_rest_api() {
    let discord = FakeDiscord::start();
    let gateway = Bot::start(Path::new(PROGRAM), &discord, &[]);
    discord.wait_for_sessions(1);
    let card = discord.ask(&demand());
    drop(gateway);
    let endpoint = Endpoint::start(&discord, &[]);
    let delete = card.button("Delete").expect("a public answer can be deleted");
    let answer = endpoint.ask(&discord, &Ask::press(&card, &delete));
    assert_eq!((answer.status, answer.body.as_str()), (200, r#"{"type":6}"#));
    discord.wait_for_calls("DELETE", "/messages/@original", 1);
    // The fake did not send this interaction over its gateway, so it rejects the deletion as a
    // violation.
    let deadline = Instant::now() + Duration::from_secs(5);
    while discord.take_violations().is_empty() {
        assert!(
            Instant::now() < deadline,
            "the deletion is of an interaction that the fake did not send"
        );
        std::thread::yield_now();
    }
}

#[test]
fn commands_are_registered_if_there_is_a_token() {
    let discord = FakeDiscord::start();
    let _endpoint = Endpoint::start(&discord, &[]);
    discord.wait_for_commands(dossier::commands::ALL.len() + 2);
    assert!(discord.events().is_empty(), "there is no gateway");
}

#[test]
fn a_guild_missing_from_the_rest_api_counts_as_left() {
    let folder = Folder::new();
    let url = folder.sqlite();
    let discord = FakeDiscord::start();
    let variables = [("DOSSIER_STORE__URL", url.as_str())];
    let mut endpoint = Endpoint::start(&discord, &variables);
    discord.wait_for_calls("GET", "/users/@me/guilds", 1);
    // A guild of the bot, and one that it is not in.
    for guild in [400_000_000_000_000_000, 55] {
        let pace = Ask::slash("config channels pace").with("answers", 3).in_guild(guild);
        assert_eq!(endpoint.ask(&discord, &pace).status, 200);
    }
    endpoint.bot.terminate();
    assert_eq!(endpoint.bot.wait_for_exit().0, Some(0));
    let again = Endpoint::start(&discord, &variables);
    again.bot.wait_for("guild list reconciled left=1 returned=0");
}

#[test]
fn webhook_events_are_acknowledged() {
    let discord = FakeDiscord::start();
    let endpoint = Endpoint::start(&discord, &[]);
    let event = |kind: &str, data: Value| {
        let event = json!({ "type": kind, "timestamp": "2026-11-26T00:00:00", "data": data });
        json!({ "version": 1, "application_id": "1", "type": 1, "event": event }).to_string()
    };
    let guild = json!({ "integration_type": 0, "user": { "id": "2" }, "guild": { "id": "77" } });
    for body in [
        json!({ "version": 1, "application_id": "1", "type": 0 }).to_string(),
        event("APPLICATION_DEAUTHORIZED", json!({ "user": { "id": "2" } })),
        event("APPLICATION_AUTHORIZED", json!({ "integration_type": 1, "user": { "id": "2" } })),
        event("SOMETHING_NEW", json!([1])),
        event("APPLICATION_AUTHORIZED", guild),
    ] {
        let answer =
            endpoint.send(&Request { path: "/events", ..Request::signed(body.as_bytes()) });
        assert!(answer.status == 204 && answer.body.is_empty(), "{body}: {answer:?}");
    }
    endpoint.bot.wait_for("added to a server");
}

#[test]
fn an_invalid_public_key_prevents_startup() {
    let discord = FakeDiscord::start();
    let weak = format!("01{}", "00".repeat(31));
    for (key, listen, sentence) in [
        ("", "127.0.0.1:0", "DISCORD_PUBLIC_KEY"),
        ("abc", "127.0.0.1:0", "64 hexadecimal digits"),
        (weak.as_str(), "127.0.0.1:0", "weak key"),
        (weak.as_str(), "", "`web.listen`"),
    ] {
        let variables = [
            ("DOSSIER_DISCORD__TRANSPORT", "http"),
            ("DISCORD_PUBLIC_KEY", key),
            ("DOSSIER_WEB__LISTEN", listen),
        ];
        let (code, output) = Bot::start(Path::new(PROGRAM), &discord, &variables).wait_for_exit();
        assert!(code == Some(78) && output.contains(sentence), "{code:?}: {output}");
    }
    let unknown = [("DOSSIER_DISCORD__TRANSPORT", "pigeon")];
    let (code, output) = Bot::start(Path::new(PROGRAM), &discord, &unknown).wait_for_exit();
    assert!(code == Some(78) && output.contains(r#""gateway" or "http""#), "{code:?}: {output}");
}

#[test]
fn requests_in_progress_are_answered_at_shutdown() {
    let discord = FakeDiscord::start();
    let mut endpoint = Endpoint::start(&discord, &[]);
    let bytes = Request::signed(interaction(&discord, &demand()).as_bytes()).to_bytes();
    let mut stream = endpoint.connect();
    stream.write_all(&bytes[..bytes.len() - 1]).expect("most of a request");
    std::thread::sleep(Duration::from_millis(300));
    endpoint.bot.terminate();
    endpoint.bot.wait_for("stopping");
    stream.write_all(&bytes[bytes.len() - 1..]).expect("the rest");
    assert_eq!(response(&mut stream).status, 200);
    assert_eq!(endpoint.bot.wait_for_exit().0, Some(0));
}

#[test]
fn an_answer_that_discord_no_longer_waits_for_is_late() {
    let discord = FakeDiscord::start();
    let endpoint = Endpoint::start(&discord, &[]);
    discord.change_channel(BOTS, |one| one.shows_permissions = false);
    discord.inject_fault(FaultRule::next("GET", "/roles", Fault::Delayed(Duration::from_secs(2))));
    let allow = Ask::slash("config channels allow").with("channel", BOTS);
    let request = Request::signed(interaction(&discord, &allow).as_bytes());
    drop(endpoint.connect().write_all(&request.to_bytes()));
    endpoint.bot.wait_for("the interaction expired before it was answered");
    assert!(endpoint.bot.health("/metrics").1.contains("outcome=\"late\"} 1"));
}

// Metrics.

/// Metric names in an expression or in the output, without the suffixes that Prometheus adds to
/// histograms.
fn names(text: &str) -> BTreeSet<String> {
    let is_name = |character: char| character.is_ascii_alphanumeric() || character == '_';
    let words = text.split(|character| !is_name(character));
    let names = words.filter(|word| word.starts_with("dossier_"));
    let base = |name: &str| {
        let ends = ["_bucket", "_sum", "_count"];
        ends.iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name).to_owned()
    };
    names.map(base).collect()
}

fn all_names() -> BTreeSet<String> {
    telemetry::ALL.iter().map(|(name, ..)| (*name).to_owned()).collect()
}

#[test]
fn the_dashboard_shows_exactly_the_existing_metrics() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging/grafana-dashboard.json");
    let text = std::fs::read_to_string(path).expect("the dashboard");
    let dashboard: Value = serde_json::from_str(&text).expect("JSON");
    let panels = dashboard["panels"].as_array().expect("panels");
    let targets = panels.iter().flat_map(|panel| panel["targets"].as_array().expect("targets"));
    let shown = targets.flat_map(|target| names(target["expr"].as_str().expect("an expression")));
    assert_eq!(shown.collect::<BTreeSet<_>>(), all_names());
}

#[test]
fn the_metrics_count_what_happened() {
    let discord = FakeDiscord::start();
    let bot = Bot::start(Path::new(PROGRAM), &discord, &[]);
    discord.wait_for_sessions(1);
    discord.wait_for_commands(dossier::commands::ALL.len() + 2);
    for _ in 0..3 {
        discord.ask(&demand());
    }
    discord.drop_socket();
    discord.wait_for("a RESUME", |seen| seen.contains(&crate::fake::GatewayEvent::Resumed));
    discord.ask(&Ask::slash("config view"));
    let is_counted = |page: &str| page.contains("command=\"config\"");
    let until = Instant::now() + Duration::from_secs(20);
    let mut page = String::new();
    while !is_counted(&page) && Instant::now() < until {
        page = bot.health("/metrics").1;
    }
    for line in [
        "dossier_answers_total{command=\"demand\",outcome=\"sent\"} 3",
        "dossier_gateway_shards{state=\"connected\"} 1",
        "dossier_gateway_shards{state=\"disconnected\"} 0",
        "dossier_gateway_reconnects_total 1",
        "dossier_gateway_identifies_left 999",
        "route=\"/interactions/{id}/{token}/callback\",status=\"204\"} 4",
        "dossier_rest_refused_requests 0",
        "dossier_build_info{version=",
        "covers_until=\"20",
        "dossier_store_seconds_count{use=\"read\",outcome=\"ok\"}",
        "dossier_answer_seconds_bucket{le=\"0.001\"}",
    ] {
        assert!(page.contains(line), "{line} is not in:\n{page}");
    }
    let mut missing = &all_names() - &names(&page);
    for only_when_it_happens in ["dossier_digests_total", "dossier_broken_answers_total"] {
        missing.remove(only_when_it_happens);
    }
    assert_eq!(missing, BTreeSet::new());
    let guild = crate::fake::guild::GUILD.to_string();
    assert!(!page.contains(&guild), "no server is named");
    for line in page.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        let (_, value) = line.rsplit_once(' ').expect("a value");
        assert!(value.parse::<f64>().is_ok(), "{line}");
    }
}

// Reloading and systemd.

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder").flatten() {
        let target = to.join(entry.file_name());
        match entry.path() {
            path if path.is_dir() => copy(&path, &target),
            path => drop(std::fs::copy(path, target).expect("a copy")),
        }
    }
}

#[test]
fn a_reload_replaces_the_dataset_unless_it_is_broken() {
    let folder = Folder::new();
    let bundled = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/articles");
    copy(&bundled, &folder.0);
    let file = folder.0.join("putins-terms-for-peace/article.toml");
    let written = std::fs::read_to_string(&file).expect("an article");
    let version = written.lines().find(|line| line.starts_with("version = ")).expect("a version");
    let dir = folder.0.display().to_string();
    let discord = FakeDiscord::start();
    let endpoint = Endpoint::start(&discord, &[("DOSSIER_DATA__DIR", &dir)]);
    let about = || endpoint.ask(&discord, &Ask::slash("about")).body;
    let change = |version_line: &str| {
        std::fs::write(&file, written.replace(version, version_line)).expect("a change");
        endpoint.bot.signal("-HUP");
    };

    change("version = \"77.0.1\"");
    endpoint.bot.wait_for("the dataset was loaded again");
    assert!(about().contains("77.0.1"));

    change("version = \"78.0.1\"\nnonsense = 1");
    endpoint.bot.wait_for("the dataset has problems; the previous one stays in use");
    assert!(endpoint.bot.output().contains("nonsense"), "the problems are in the log");
    assert!(about().contains("77.0.1"));

    change("version = \"79.0.1\"");
    while !about().contains("79.0.1") {
        std::thread::sleep(Duration::from_millis(50));
    }
    let page = endpoint.bot.health("/metrics").1;
    let served = |version: &str| {
        let is_meant =
            |line: &&str| line.starts_with("dossier_dataset_info") && line.contains(version);
        page.lines().find(is_meant).and_then(|line| line.rsplit_once(' ')).map(|(_, value)| value)
    };
    assert_eq!((served("\"77.0.1\""), served("\"79.0.1\"")), (Some("0"), Some("1")), "{page}");
    assert_eq!(served("78.0.1"), None);
}

#[test]
fn systemd_is_notified_of_startup_watchdog_and_shutdown() {
    let folder = Folder::new();
    let path = folder.0.join("notify");
    let socket = UnixDatagram::bind(&path).expect("a socket");
    socket.set_read_timeout(Some(Duration::from_secs(30))).expect("a timeout");
    let discord = FakeDiscord::start();
    let path = path.display().to_string();
    let variables = [("NOTIFY_SOCKET", path.as_str()), ("WATCHDOG_USEC", "1000000")];
    let bot = Bot::start(Path::new(PROGRAM), &discord, &variables);
    let expect_notification = |what: &str| {
        let mut bytes = [0; 256];
        loop {
            let length = socket.recv(&mut bytes).expect("a notification");
            let text = String::from_utf8_lossy(&bytes[..length]).into_owned();
            if text.contains(what) {
                return;
            }
        }
    };
    expect_notification("READY=1");
    expect_notification("WATCHDOG=1");
    discord.wait_for_sessions(1);
    bot.terminate();
    expect_notification("STOPPING=1");
}
