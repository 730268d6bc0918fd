//! Public answers that were made before: in many servers the same few entries are asked for.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;

use super::render::{RenderOptions, render};
use crate::action::encode_request;
use crate::card::Refusal;
use crate::catalog::Catalog;
use crate::commands;
use crate::request::Request;

/// The most answers that are kept, of a few thousand bytes each.
const ANSWERS_MAX: usize = 256;

/// Commands whose answers are not the same each time, or hold whole sentences of a member's own.
const NEVER_KEPT: [&str; 3] = ["about", "random", "search"];

#[derive(Default)]
pub(super) struct AnswerCache {
    /// Messages as JSON and whether they could have a picture, by the request that they answer.
    messages: Mutex<HashMap<String, (Bytes, bool)>>,
}

impl AnswerCache {
    /// The public answer to a request, as a message in JSON without a picture, and whether it could have one.
    ///
    /// # Errors
    ///
    /// The refusal, where there is no answer.
    pub(super) fn answer(
        &self,
        catalog: &Catalog,
        request: &Request,
    ) -> Result<(Bytes, bool), Refusal> {
        let key = encode_request(request);
        let key = key.filter(|_| !NEVER_KEPT.contains(&request.command.as_str()));
        let messages = || self.messages.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(message) = key.as_ref().and_then(|key| messages().get(key).cloned()) {
            return Ok(message);
        }
        let card = commands::answer(catalog, request)?;
        let message = render(&card, catalog.locale(), RenderOptions::PUBLIC);
        let message = Bytes::from(serde_json::to_vec(&message).expect("a message is JSON"));
        let message = (message, card.picture.is_some());
        if let Some(key) = key {
            let mut messages = messages();
            // What is asked often is soon back.
            if messages.len() >= ANSWERS_MAX {
                messages.clear();
            }
            messages.insert(key, message.clone());
        }
        Ok(message)
    }
}
