//! Answers that are made at start: every card that can be reached by commands, buttons and menus, without words of one's own.

use std::collections::HashMap;

use super::render::{RenderOptions, render};
use super::wire::Message;
use crate::action::encode_request;
use crate::card::Card;
use crate::catalog::Catalog;
use crate::commands;
use crate::picture::Picture;
use crate::request::Request;

/// The most answers that are made at start. The bundled dataset has about a thousand, of a few thousand bytes each; with more, the
/// rest are made when they are asked for.
const READY_MAX: usize = 2_048;

/// Commands whose answers are not the same each time.
const NEVER_READY: [&str; 3] = ["about", "random", "search"];

/// Public messages as JSON, by the request that they answer.
pub struct PreparedAnswers {
    messages: HashMap<String, Box<[u8]>>,
    /// The pictures of those that have one.
    pictures: HashMap<String, Picture>,
}

impl PreparedAnswers {
    /// Makes the answers, following every link from the commands on.
    pub fn of(catalog: &Catalog) -> Self {
        let (mut messages, mut pictures) = (HashMap::new(), HashMap::new());
        let is_steady = |request: &Request| !NEVER_READY.contains(&request.command.as_str());
        let mut next: Vec<Request> =
            commands::ALL.iter().map(|command| Request::new(command.name)).collect();
        while let Some(request) = next.pop().filter(|_| messages.len() < READY_MAX) {
            let Some(key) = encode_request(&request)
                .filter(|key| is_steady(&request) && !messages.contains_key(key))
            else {
                continue;
            };
            if let Ok(mut card) = commands::answer(catalog, &request) {
                next.extend(links(&card));
                pictures.extend(card.picture.take().map(|picture| (key.clone(), picture)));
                messages.insert(key, json(&render(&card, catalog.locale(), RenderOptions::PUBLIC)));
            }
        }
        Self { messages, pictures }
    }

    /// The message that answers a request, if it was made at start. Of those with a picture only the pictures are.
    pub fn message(&self, request: &Request, has_pictures: bool) -> Option<&[u8]> {
        let key = encode_request(request)?;
        let is_pictured = has_pictures && self.pictures.contains_key(&key);
        self.messages.get(&key).filter(|_| !is_pictured).map(|message| &**message)
    }

    /// The pictures of these answers.
    pub fn pictures(&self) -> Vec<Picture> {
        self.pictures.values().cloned().collect()
    }
}

fn links(card: &Card) -> impl Iterator<Item = Request> {
    let steps = card.previous.iter().chain(&card.next);
    card.open
        .iter()
        .chain(&card.views)
        .chain(steps)
        .chain(&card.related)
        .map(|link| link.to.clone())
}

fn json(message: &Message) -> Box<[u8]> {
    serde_json::to_vec(message).expect("a message is JSON").into()
}
