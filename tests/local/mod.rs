//! A responder without Discord, with its own database, which answers interactions directly.
#![allow(dead_code, reason = "the benches use a part of it")]

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use dossier::catalog::Catalog;
use dossier::discord::incoming::parse;
use dossier::discord::respond::{Reply, Responder};
use dossier::discord::wire::Body;
use dossier::guild::{ChannelId, GuildId};
use dossier::store::{Store, StoreUrl};
use serde_json::Value;
use tokio::runtime::Runtime;

/// A temporary folder, deleted on drop.
pub(crate) struct Folder(pub(crate) PathBuf);

pub(crate) struct Local {
    pub(crate) responder: Responder,
    pub(crate) store: Arc<Store>,
    pub(crate) runtime: Runtime,
    _folder: Folder,
}

impl Folder {
    pub(crate) fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("dossier-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    /// The URL of a SQLite database in this folder.
    pub(crate) fn sqlite(&self) -> String {
        format!("sqlite:{}", self.0.join("dossier.db").display())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

impl Local {
    pub(crate) fn new() -> Self {
        Self::from_catalog(Catalog::bundled(), None)
    }

    /// With a form to report errors. Without Discord, no report can be posted.
    pub(crate) fn with_report_form() -> Self {
        Self::from_catalog(Catalog::bundled(), Some(ChannelId::new(9)))
    }

    fn from_catalog(catalog: Catalog, report_channel: Option<ChannelId>) -> Self {
        let folder = Folder::new();
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let url = StoreUrl::parse(&folder.sqlite()).expect("an address");
        let store = Store::new(&url);
        runtime.block_on(store.open_once()).expect("a database");
        Self {
            responder: Responder::new(catalog, Arc::clone(&store), None, report_channel),
            store,
            runtime,
            _folder: folder,
        }
    }

    /// Caches a guild's settings, so that responses do not have to wait for the database.
    pub(crate) fn add_guild(&self, guild: u64) {
        let known = self.runtime.block_on(self.store.settings(GuildId::new(guild)));
        known.expect("settings");
    }

    /// Answers an interaction. Returns the callback and whether the component's message is deleted
    /// afterwards.
    pub(crate) fn answer(&self, interaction: &Value) -> (Value, bool) {
        let json = serde_json::to_string(interaction).expect("JSON");
        let interaction = parse(&json).expect("an interaction");
        match self.runtime.block_on(self.responder.respond(&interaction)) {
            Reply::Callback(body) => (payload(&body), false),
            Reply::Delete(body) => (payload(&body), true),
            Reply::Message(reply) => (payload(&reply.callback()), false),
        }
    }
}

/// A body's JSON, with the attached file, if any, in the field `file`.
fn payload(body: &Body) -> Value {
    let text = std::str::from_utf8(&body.bytes).expect("text");
    if !body.has_file {
        return serde_json::from_str(text).expect("JSON");
    }
    let parts: Vec<&str> = text.split("\r\n\r\n").skip(1).collect();
    let content = |part: &str| part.split("\r\n--").next().unwrap_or_default().to_owned();
    let mut payload: Value = serde_json::from_str(&content(parts[0])).expect("JSON");
    payload["file"] = Value::String(content(parts[1]));
    payload
}
