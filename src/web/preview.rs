//! `dossier preview`: a local web page for trying out every command as in Discord, without an
//! account.
//!
//! The page sends the same interactions as Discord. They are handled like interactions from the
//! gateway, and the REST client sends the responses to a simulated Discord in this process, which
//! passes them to the page.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use axum::body::Bytes;
use axum::extract::{self, DefaultBodyLimit, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router, middleware};
use parking_lot::Mutex;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

use super::server;
use crate::catalog::Catalog;
use crate::content::Diagnostics;
use crate::discord::gateway::interaction_handler::InteractionHandler;
use crate::discord::registration::{Scope, definition};
use crate::discord::respond::Responder;
use crate::store::{Store, StoreUrl};
use discord::{Call, LocalDiscord};

mod discord;
mod guard;
mod watch;

/// An initial interaction that allows the first channel, so that an allowed and a blocked channel
/// can be compared.
const FIRST_RULE: &[u8] = include_bytes!("preview/first_rule.json");

/// The page's files: path, content type and content.
const PAGE: [(&str, &str, &str); 12] = [
    ("", "text/html", include_str!("preview/page/page.html")),
    ("preview.css", "text/css", include_str!("preview/page/preview.css")),
    ("preview.js", "text/javascript", include_str!("preview/page/preview.js")),
    ("composer.js", "text/javascript", include_str!("preview/page/composer.js")),
    ("command.js", "text/javascript", include_str!("preview/page/command.js")),
    ("components.js", "text/javascript", include_str!("preview/page/components.js")),
    ("dom.js", "text/javascript", include_str!("preview/page/dom.js")),
    ("interaction.js", "text/javascript", include_str!("preview/page/interaction.js")),
    ("message.js", "text/javascript", include_str!("preview/page/message.js")),
    ("sidebar.js", "text/javascript", include_str!("preview/page/sidebar.js")),
    ("markdown.js", "text/javascript", include_str!("preview/page/markdown.js")),
    ("menu.js", "text/javascript", include_str!("preview/page/menu.js")),
];

/// Maximum size of an interaction. Even one with a 4,000-character message and its components is
/// far smaller.
const INTERACTION_BYTES_MAX: usize = 256 * 1024;

/// Maximum size of an attachment. Larger than what `/config import` accepts, so that its refusal
/// can be tried out.
const ATTACHMENT_BYTES_MAX: usize = 512 * 1024;

/// Discord's timeout for a callback.
const CALLBACK_TIMEOUT: Duration = Duration::from_secs(3);

/// How long a long-polling request for the next API call is held open.
const POLL_TIMEOUT: Duration = Duration::from_secs(25);

struct Preview {
    handler: Arc<InteractionHandler>,
    discord: Arc<LocalDiscord>,
    /// The problems that `dossier check` reports for the dataset as last saved.
    findings: Mutex<Vec<String>>,
    is_watching: bool,
}

/// Serves the page until `stop` completes.
///
/// With `watch`, the dataset in `dir` is reloaded whenever one of its files changes.
pub async fn serve(
    address: SocketAddr,
    catalog: Result<Catalog, Diagnostics>,
    watch: Option<PathBuf>,
    stop: impl Future<Output = ()>,
) -> anyhow::Result<()> {
    let listener = TcpListener::bind(address).await.with_context(|| {
        format!("listen on {address}; another address can be set as `web.listen`, for example DOSSIER_WEB__LISTEN=127.0.0.1:8090")
    })?;
    let folder = tempfile::tempdir().context("create a temporary folder")?;
    let url = StoreUrl::parse(&format!("sqlite:{}", folder.path().join("preview.db").display()))?;
    let store = Store::new(&url);
    store.open_once().await.context("open the temporary database")?;
    let (discord, rest) = LocalDiscord::start().await?;
    let rest = Arc::new(rest);
    let (catalog, findings) = match catalog {
        Ok(catalog) => (catalog, Vec::new()),
        Err(problems) => (Catalog::bundled(), problems.render(false).collect()),
    };
    let (own_store, own_rest) = (Arc::clone(&store), Some(Arc::clone(&rest)));
    let responder =
        Responder::new(catalog, own_store, own_rest, discord.report_channel()).with_pictures();
    let preview = Arc::new(Preview {
        handler: Arc::new(InteractionHandler::new(responder, rest)),
        discord,
        findings: Mutex::new(findings),
        is_watching: watch.is_some(),
    });
    preview.interact(Bytes::from_static(FIRST_RULE)).await;
    if let Some(dir) = watch {
        tokio::spawn(watch::watch(Arc::clone(&preview), dir));
    }
    let address = listener.local_addr().context("listen")?;
    let hint = format!("The preview is at http://{address}/ (stop it with Ctrl+C)\n");
    drop(std::io::Write::write_all(&mut anstream::stdout(), hint.as_bytes()));
    tokio::select! {
        () = server::serve(listener, router(preview), CancellationToken::new()) => {}
        () = stop => {}
    }
    drop(timeout(CALLBACK_TIMEOUT, store.close()).await);
    Ok(())
}

fn router(preview: Arc<Preview>) -> Router {
    let interactions = post(interactions).layer(DefaultBodyLimit::max(INTERACTION_BYTES_MAX));
    let attachments = post(attachments).layer(DefaultBodyLimit::max(ATTACHMENT_BYTES_MAX));
    Router::new()
        .route("/preview/world", get(initial_state))
        .route("/preview/interactions", interactions)
        .route("/preview/attachments/{name}", attachments)
        .route("/preview/calls/{number}", get(calls))
        .fallback(get(page))
        .layer(middleware::from_fn(guard::guard))
        .with_state(preview)
}

impl Preview {
    /// Handles an interaction as if it came from the gateway.
    async fn interact(&self, body: Bytes) -> Response {
        let received = Instant::now();
        let interaction = match super::interactions::parse(&body) {
            Ok(interaction) => interaction,
            Err(refused) => return refused.into_response(),
        };
        let callback = self.discord.expect_callback(interaction.token.expose_secret());
        self.handler.answer(interaction, received).await;
        match timeout(CALLBACK_TIMEOUT, callback).await {
            Ok(Ok(callback)) => callback.into_response(),
            _ => (StatusCode::GATEWAY_TIMEOUT, "the application did not respond").into_response(),
        }
    }

    /// Reloads the dataset. If it has problems, they are reported and the previous dataset stays in
    /// use.
    fn reload(&self, dir: &Path) {
        let findings = match Catalog::open(Some(dir)) {
            Ok(catalog) => {
                self.handler.replace_catalog(catalog);
                Vec::new()
            }
            Err(problems) => problems.render(false).collect(),
        };
        *self.findings.lock() = findings;
        self.discord.record(Call::reload());
    }
}

/// The page's initial state, fetched again after each reload of the dataset.
async fn initial_state(State(preview): State<Arc<Preview>>) -> Json<Value> {
    let commands = definition::commands(&preview.handler.catalog(), Scope::Global);
    Json(json!({
        "server": preview.discord.guild(),
        "commands": commands,
        "next_call": preview.discord.next_call(),
        "is_watching": preview.is_watching,
        "findings": *preview.findings.lock(),
    }))
}

async fn interactions(State(preview): State<Arc<Preview>>, body: Bytes) -> Response {
    preview.interact(body).await
}

/// Stores an attachment for a later interaction and returns its URL.
async fn attachments(
    State(preview): State<Arc<Preview>>,
    extract::Path(name): extract::Path<String>,
    body: Bytes,
) -> Json<Value> {
    let size = body.len();
    let url = preview.discord.store_file(body);
    Json(json!({ "filename": name, "size": size, "url": url }))
}

/// Returns the application's API call with this number, such as an edit, a follow-up or a digest
/// post.
async fn calls(
    State(preview): State<Arc<Preview>>,
    extract::Path(number): extract::Path<u64>,
) -> Response {
    match timeout(POLL_TIMEOUT, preview.discord.call(number)).await {
        Ok(Some(call)) => call.into_response(),
        Ok(None) => StatusCode::GONE.into_response(),
        Err(_) => StatusCode::NO_CONTENT.into_response(),
    }
}

async fn page(uri: axum::http::Uri) -> Response {
    let name = uri.path().trim_start_matches('/');
    match PAGE.iter().find(|(file, ..)| *file == name) {
        Some((_, kind, text)) => {
            ([(header::CONTENT_TYPE, format!("{kind}; charset=utf-8"))], *text).into_response()
        }
        None => (StatusCode::NOT_FOUND, "not found").into_response(),
    }
}
