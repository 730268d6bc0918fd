//! A cache of public answers: in many guilds the same few entries are asked for.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

use super::wire::{CHANNEL_MESSAGE_WITH_SOURCE, Message, UPDATE_MESSAGE};
use crate::action::encode_request;
use crate::request::Request;

/// The most cached answers, of a few thousand bytes each.
const ANSWERS_MAX: usize = 256;

/// Commands whose answers vary, or contain whole sentences of a member's own.
const UNCACHED: [&str; 3] = ["about", "random", "search"];

/// Messages as JSON, by encoded request.
#[derive(Default)]
pub(super) struct AnswerCache(Mutex<HashMap<String, EncodedMessage>>);

/// A message as JSON, from which callbacks are made without rendering it again.
#[derive(Clone)]
pub(super) struct EncodedMessage(Bytes);

impl AnswerCache {
    pub(super) fn get(&self, request: &Request) -> Option<EncodedMessage> {
        self.lock().get(&key(request)?).cloned()
    }

    /// Caches the answer to a request, if it is the same each time.
    pub(super) fn insert(&self, request: &Request, message: &Message) -> EncodedMessage {
        let json = serde_json::to_vec(message).expect("a message has strings for keys");
        let message = EncodedMessage(json.into());
        if let Some(key) = key(request) {
            let mut messages = self.lock();
            // Frequent answers are soon cached again.
            if messages.len() >= ANSWERS_MAX {
                messages.clear();
            }
            messages.insert(key, message.clone());
        }
        message
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, EncodedMessage>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl EncodedMessage {
    /// The callback that sends the message.
    pub(super) fn callback(&self) -> Bytes {
        self.within(CHANNEL_MESSAGE_WITH_SOURCE, "")
    }

    /// The callback that replaces the message that the component is on, and removes its picture.
    pub(super) fn update(&self) -> Bytes {
        self.within(UPDATE_MESSAGE, "\"attachments\":[],")
    }

    fn within(&self, kind: u8, fields: &str) -> Bytes {
        let mut body = Vec::with_capacity(self.0.len() + 48);
        body.extend_from_slice(format!("{{\"type\":{kind},\"data\":{{{fields}").as_bytes());
        body.extend_from_slice(self.0.strip_prefix(b"{").expect("a message is an object"));
        body.push(b'}');
        body.into()
    }
}

/// The key of a request, unless its answer must not be cached.
fn key(request: &Request) -> Option<String> {
    let is_cached = !UNCACHED.contains(&request.command.as_str());
    is_cached.then(|| encode_request(request)).flatten()
}
