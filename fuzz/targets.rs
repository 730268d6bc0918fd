//! What is fuzzed: each target takes any bytes, and panics if something that has to hold does not.
//!
//! `fuzz/run` has libFuzzer look for such bytes; `tests/fuzz.rs` runs what was found so far with every `cargo test`.
#![allow(dead_code, reason = "each target is a program of its own")]

use std::cell::OnceCell;
use std::path::Path;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use dossier::action::{Action, CUSTOM_ID_BYTES_MAX, decode_request, encode_request};
use dossier::catalog::Catalog;
use dossier::content::{self, Diagnostics, Files};
use dossier::discord::gateway::interaction_handler::InteractionHandler;
use dossier::discord::http::Rest;
use dossier::discord::incoming;
use dossier::discord::respond::{Reply, Responder};
use dossier::guild::{GuildId, settings_file as file};
use dossier::store::transfer::Lines;
use dossier::store::{Store, StoreUrl};
use dossier::web::interactions::{Endpoint, router};
use dossier::web::signature::PublicKey;
use ed25519_dalek::{Signature, Signer, SigningKey, Verifier};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tower::Service;

/// The server that settings are imported into, and when.
const GUILD: u64 = 300_000_000_000_000_001;
const NOW: i64 = 1_795_000_000;

/// Stand in a request for what only the sender can know.
const NOW_MARK: &str = "@now@";
const SIGNATURE_MARK: &str = "@signature@";

/// A bot without Discord.
struct Local {
    runtime: Runtime,
    responder: Responder,
    _folder: TempDir,
}

/// An endpoint that trusts a key of ours.
struct LocalEndpoint {
    runtime: Runtime,
    router: Router,
    _folder: TempDir,
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}

fn store(runtime: &Runtime, folder: &TempDir) -> Arc<Store> {
    let url = format!("sqlite:{}", folder.path().join("dossier.db").display());
    let _guard = runtime.enter();
    let store = Store::new(&StoreUrl::parse(&url).expect("an address"));
    runtime.block_on(store.open_once()).expect("a database");
    store
}

fn responder(runtime: &Runtime, folder: &TempDir) -> Responder {
    let store = store(runtime, folder);
    let _guard = runtime.enter();
    Responder::new(Catalog::bundled(), store, None, None)
}

thread_local! {
    static LOCAL: OnceCell<Local> = const { OnceCell::new() };
    static ENDPOINT: OnceCell<LocalEndpoint> = const { OnceCell::new() };
    static DATASET: OnceCell<TempDir> = const { OnceCell::new() };
}

/// Answers an interaction, if it is one. An answer is always JSON, or JSON with a file.
fn answer(text: &str) {
    let Ok(interaction) = incoming::parse(text) else {
        return;
    };
    LOCAL.with(|local| {
        let local = local.get_or_init(|| {
            let (runtime, folder) = (runtime(), tempfile::tempdir().expect("a folder"));
            let responder = responder(&runtime, &folder);
            Local { runtime, responder, _folder: folder }
        });
        let body = match local.runtime.block_on(local.responder.respond(&interaction)) {
            Reply::Callback(body) | Reply::Delete(body) => body,
            Reply::Message(reply) => reply.callback(),
        };
        let is_json = serde_json::from_slice::<Value>(&body.bytes).is_ok();
        assert!(is_json || body.has_file, "{:?}", body.bytes);
    });
}

/// The JSON of an interaction.
pub(crate) fn interaction(input: &[u8]) {
    if let Ok(text) = str::from_utf8(input) {
        answer(text);
    }
}

/// The `custom_id` of a button, or the value of a menu.
pub(crate) fn custom_id(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else {
        return;
    };
    if let Some(action) = Action::decode(text)
        && let Some(encoded) = action.encode()
    {
        assert!(encoded.len() <= CUSTOM_ID_BYTES_MAX, "{encoded}");
        assert_eq!(Action::decode(&encoded), Some(action), "{encoded}");
    }
    if let Some(request) = decode_request(text)
        && let Some(encoded) = encode_request(&request)
    {
        assert_eq!(decode_request(&encoded), Some(request), "{encoded}");
    }
    let member = json!({ "user": { "id": "7" }, "permissions": "8", "roles": [] });
    let press = |data: Value| {
        let press = json!({
            "id": "1", "application_id": "2", "type": 3, "token": "t", "version": 1, "guild_id": GUILD.to_string(),
            "channel_id": "5", "channel": { "id": "5", "type": 0 }, "member": member, "data": data, "locale": "en-US",
            "message": { "id": "6", "flags": 32832, "interaction_metadata": { "id": "1", "type": 2, "user": { "id": "7" } } },
        });
        answer(&press.to_string());
    };
    press(json!({ "component_type": 2, "custom_id": text }));
    press(json!({ "component_type": 3, "custom_id": "1mo", "values": [text] }));
    press(json!({ "component_type": 8, "custom_id": text, "values": ["5"] }));
}

/// A file for `/config import`. What is read is written and read again as the same.
pub(crate) fn settings_file(input: &[u8]) {
    let guild = GuildId::new(GUILD);
    let read = match file::read(input, guild, NOW) {
        Ok(read) => read,
        Err(faults) => {
            return assert!(!faults.is_empty() && faults.iter().all(|one| !one.is_empty()));
        }
    };
    let digests = read.digests.as_deref().unwrap_or_default();
    let written = file::write(guild, &read.settings, digests.iter());
    let again = file::read(written.as_bytes(), guild, NOW).expect("our own file");
    assert_eq!(again.settings, read.settings, "{written}");
    assert_eq!(again.digests.unwrap_or_default(), digests, "{written}");
}

/// A file for `dossier settings import`. It is imported whole or not at all, and exported as it was
/// imported.
pub(crate) fn backup(input: &[u8]) {
    let runtime = runtime();
    let _guard = runtime.enter();
    let export = |store: &Store| {
        let mut file = Vec::new();
        runtime.block_on(store.export(&mut file)).expect("an export");
        String::from_utf8(file).expect("text")
    };
    let import = |input: &[u8]| {
        let folder = tempfile::tempdir().expect("a folder");
        let store = store(&runtime, &folder);
        let empty = export(&store);
        let lines = Lines::new(input);
        let is_imported = lines.is_ok_and(|lines| runtime.block_on(store.import(lines)).is_ok());
        let exported = export(&store);
        runtime.block_on(store.close());
        assert!(is_imported || exported == empty, "{exported}");
        is_imported.then_some(exported)
    };
    if let Some(exported) = import(input) {
        assert_eq!(import(exported.as_bytes()).as_deref(), Some(&*exported));
    }
}

/// A file of a dataset: a line with its path, then what is in it. A dataset with an error is never served.
pub(crate) fn dataset(input: &[u8]) {
    const ARTICLE: &str = "putins-terms-for-peace";
    let Some(end) = input.iter().position(|byte| *byte == b'\n') else {
        return;
    };
    let small = Path::new(env!("CARGO_MANIFEST_DIR"));
    let small = small.join(if small.ends_with("fuzz") { ".." } else { "." });
    let small = small.join("tests/broken_datasets/dataset").join(ARTICLE);
    let Some(path) = str::from_utf8(&input[..end])
        .ok()
        .filter(|path| small.join(path).is_file() && !path.contains(".."))
    else {
        return;
    };
    let root = DATASET.with(|root| {
        let copied = || {
            let folder = tempfile::tempdir().expect("a folder");
            copy(&small, &folder.path().join(ARTICLE));
            folder
        };
        root.get_or_init(copied).path().to_owned()
    });
    let changed = root.join(ARTICLE).join(path);
    std::fs::write(&changed, &input[end + 1..]).expect("a file");
    let mut diagnostics = Diagnostics::default();
    let files = Files::read(&root, &mut diagnostics);
    let today = jiff::civil::date(2026, 11, 26);
    let articles = content::check(&files, today, &mut diagnostics);
    std::fs::copy(small.join(path), &changed).expect("a file");
    assert!(!diagnostics.has_errors() || articles.is_empty());
    assert!(diagnostics.render(true).all(|text| !text.is_empty()));
}

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

/// A request to the endpoint: method and path, headers, an empty line, the body. Only what Discord has signed is answered.
pub(crate) fn request(input: &[u8]) {
    let split = input.windows(2).position(|two| two == b"\n\n");
    let (head, body) = split.map_or((input, &[][..]), |at| (&input[..at], &input[at + 2..]));
    let Ok(head) = str::from_utf8(head) else {
        return;
    };
    let key = SigningKey::from_bytes(&[7; 32]);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock").as_secs();
    let head = head.replace(NOW_MARK, &now.to_string());
    let (line, headers) = head.split_once('\n').unwrap_or((&head, ""));
    let headers: Vec<(&str, &str)> =
        headers.lines().filter_map(|line| line.split_once(": ")).collect();
    let value = |name: &str| {
        let found = headers.iter().find(|(own, _)| own.eq_ignore_ascii_case(name));
        found.map_or("", |(_, value)| value)
    };
    let signed = [value("x-signature-timestamp").as_bytes(), body].concat();
    let signature: String =
        key.sign(&signed).to_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    let (method, path) = line.split_once(' ').unwrap_or((line, "/"));
    let mut request = Request::builder().uri(path);
    if let Ok(method) = method.parse::<Method>() {
        request = request.method(method);
    }
    for (name, value) in &headers {
        request = request.header(*name, value.replace(SIGNATURE_MARK, &signature));
    }
    let Ok(request) = request.body(Body::from(body.to_vec())) else {
        return;
    };
    let sent: Vec<u8> = request
        .headers()
        .get("x-signature-ed25519")
        .and_then(|value| value.to_str().ok())
        .map(|hex| {
            hex.as_bytes()
                .chunks(2)
                .filter_map(|pair| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok())
                .collect()
        })
        .unwrap_or_default();
    let is_signed = Signature::from_slice(&sent)
        .is_ok_and(|sent| key.verifying_key().verify(&signed, &sent).is_ok());
    let status = ENDPOINT.with(|endpoint| {
        let LocalEndpoint { runtime, router, .. } = endpoint.get_or_init(|| endpoint_of(&key));
        let response = runtime.block_on(router.clone().call(request));
        response.unwrap_or_else(|never| match never {}).status()
    });
    assert!(!status.is_success() || is_signed, "{status} for {head}");
    assert_ne!(status, StatusCode::INTERNAL_SERVER_ERROR, "{head}");
}

fn endpoint_of(key: &SigningKey) -> LocalEndpoint {
    let (runtime, folder) = (runtime(), tempfile::tempdir().expect("a folder"));
    let responder = responder(&runtime, &folder);
    let rest = Arc::new(Rest::new("http://127.0.0.1:9", Default::default()).expect("an address"));
    let hex: String =
        key.verifying_key().as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    let endpoint = Endpoint::new(PublicKey::parse(&hex).expect("a key"), drop);
    endpoint.start(Arc::new(InteractionHandler::new(responder, rest)));
    LocalEndpoint { runtime, router: router(Arc::new(endpoint)), _folder: folder }
}
