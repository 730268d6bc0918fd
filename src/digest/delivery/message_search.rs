//! Finds out whether a run that may have been sent really was: its channel is searched for the message.

use super::DigestPoster;
use super::message::{ReceivedMessage, component_id, sent_at};
use crate::discord::http::Method;
use crate::guild::MessageId;
use crate::store::ClaimedRun;

/// The most messages that Discord returns at a time.
const PAGE_MESSAGES: usize = 100;

/// How many pages are read of a channel at most.
pub(super) const PAGES_MAX: usize = 5;

/// How far our clock and Discord's may be apart.
const CLOCK_SKEW_SECONDS: i64 = 300;

/// Whether the message of a run is in its channel.
pub(super) enum SearchResult {
    /// The id may be unreadable.
    Found(Option<MessageId>),
    NotFound,
    /// The channel cannot be read, or has too many messages since.
    Unknown,
    /// Discord cannot be reached now.
    Away,
}

impl DigestPoster {
    pub(super) async fn search_message(&self, run: &ClaimedRun, pages: usize) -> SearchResult {
        let component = component_id(run.nonce);
        let earliest = run.first_attempt_at.unwrap_or(run.due) - CLOCK_SKEW_SECONDS;
        let mut before = String::new();
        for page in 0..pages {
            let channel = run.channel;
            let path = format!("/channels/{channel}/messages?limit={PAGE_MESSAGES}{before}");
            let response = match self.rest.request(Method::GET, &path, None).await {
                Ok(response) => response,
                Err(error) if error.is_transient() => return SearchResult::Away,
                Err(_) => return SearchResult::Unknown,
            };
            let Ok(messages) = serde_json::from_slice::<Vec<ReceivedMessage>>(&response.body)
            else {
                return SearchResult::Unknown;
            };
            if let Some(found) = messages.iter().find(|message| message.has_component(component)) {
                return SearchResult::Found(found.id());
            }
            let Some(last) = messages.last() else {
                // Without Read Message History, every channel is shown as empty.
                return if page == 0 { SearchResult::Unknown } else { SearchResult::NotFound };
            };
            let Some(last) = last.id().map(MessageId::get) else {
                return SearchResult::Unknown;
            };
            if sent_at(last) < earliest || messages.len() < PAGE_MESSAGES {
                return SearchResult::NotFound;
            }
            before = format!("&before={last}");
        }
        SearchResult::Unknown
    }
}
