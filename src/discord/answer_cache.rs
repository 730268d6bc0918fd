//! A cache of answers: in many guilds the same few entries are asked for.

use std::sync::Arc;

use bytes::Bytes;
use jiff::civil::Date;

use super::cache::Cache;
use super::pictures::Pictures;
use super::render::RenderOptions;
use super::wire::{Body, CHANNEL_MESSAGE_WITH_SOURCE, Message, UPDATE_MESSAGE, Upload};
use crate::action::encode_request;
use crate::picture::Picture;
use crate::request::Request;

/// The most cached answers, of a few thousand bytes each.
const ANSWERS_MAX: usize = 256;

/// Commands whose answers vary, or are about words of the member's own.
const UNCACHED: [&str; 3] = ["about", "random", "search"];

/// The day of asking, the encoded request, and how its answer is rendered.
type Key = (Option<Date>, String, RenderOptions);

#[derive(Default)]
pub(super) struct AnswerCache(Cache<ANSWERS_MAX, Key, EncodedAnswer>);

/// A message as JSON, from which callbacks are made without rendering it again.
#[derive(Clone)]
pub(super) struct EncodedAnswer {
    json: Bytes,
    /// The picture, with the JSON of the message that shows it.
    picture: Option<(Arc<Picture>, Bytes)>,
}

impl AnswerCache {
    pub(super) fn get(&self, request: &Request, options: RenderOptions) -> Option<EncodedAnswer> {
        self.0.get(&key(request, options)?)
    }

    /// Caches the answer to a request, if it is the same each time.
    pub(super) fn insert(&self, request: &Request, options: RenderOptions, answer: &EncodedAnswer) {
        if let Some(key) = key(request, options) {
            self.0.insert(key, answer.clone());
        }
    }
}

impl EncodedAnswer {
    pub(super) fn new(message: Message, picture: Option<Picture>) -> Self {
        let json = encode(&message);
        let picture = picture.map(|picture| {
            let json = encode(&message.with_picture(picture.description()));
            (Arc::new(picture), json)
        });
        Self { json, picture }
    }

    /// The callback that sends the message, or replaces the one that the component is on. It has
    /// its picture if there may be `pictures` and it is drawn in time.
    pub(super) async fn callback(
        &self,
        replaces_message: bool,
        pictures: Option<&Arc<Pictures>>,
    ) -> Body {
        let kind = if replaces_message { UPDATE_MESSAGE } else { CHANNEL_MESSAGE_WITH_SOURCE };
        if let (Some((picture, json)), Some(pictures)) = (&self.picture, pictures)
            && let Some(png) = pictures.draw(picture).await
        {
            return Body::multipart(&callback(kind, json), &Upload::picture(png));
        }
        callback(kind, &self.json).into()
    }
}

fn encode(message: &Message) -> Bytes {
    serde_json::to_vec(message).expect("a message has strings for keys").into()
}

fn callback(kind: u8, message: &[u8]) -> Bytes {
    [format!("{{\"type\":{kind},\"data\":").as_bytes(), message, b"}"].concat().into()
}

/// The key of a request, unless its answer must not be cached. "Last week" is another period each
/// day.
fn key(request: &Request, options: RenderOptions) -> Option<Key> {
    let is_cached = !UNCACHED.contains(&request.command.as_str());
    Some((request.today, is_cached.then(|| encode_request(request)).flatten()?, options))
}
