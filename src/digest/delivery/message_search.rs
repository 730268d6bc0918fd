//! Searches a channel for the message of a run that may have been sent.

use super::DigestPoster;
use super::message::{ReceivedMessage, component_id};
use crate::guild::MessageId;
use crate::store::ClaimedRun;

/// The page size limit of
/// <https://docs.discord.com/developers/resources/message#get-channel-messages>.
const PAGE_MESSAGES: usize = 100;

/// The most pages that are read per channel.
pub(super) const PAGES_MAX: usize = 5;

/// The largest difference between our clock and Discord's that the search tolerates.
const CLOCK_SKEW_SECONDS: i64 = 300;

/// The result of searching a channel for the message of a run.
pub(super) enum SearchResult {
    /// `None` if its id could not be parsed.
    Found(Option<MessageId>),
    NotFound,
    /// The channel cannot be read, or more than [`PAGES_MAX`] pages were posted since.
    Unknown,
    /// Discord cannot be reached.
    Unavailable,
}

impl DigestPoster {
    pub(super) async fn search_message(&self, run: &ClaimedRun, pages: usize) -> SearchResult {
        let component = component_id(run.nonce);
        let earliest = run.first_attempt_at.unwrap_or(run.due) - CLOCK_SKEW_SECONDS;
        let mut before = String::new();
        for page in 0..pages {
            let channel = run.channel;
            let path = format!("/channels/{channel}/messages?limit={PAGE_MESSAGES}{before}");
            let body = match self.rest.get(&path).await {
                Ok(body) => body,
                Err(error) if error.is_transient() => return SearchResult::Unavailable,
                Err(_) => return SearchResult::Unknown,
            };
            let Ok(messages) = serde_json::from_slice::<Vec<ReceivedMessage<'_>>>(&body) else {
                return SearchResult::Unknown;
            };
            if let Some(found) = messages.iter().find(|message| message.has_component(component)) {
                return SearchResult::Found(found.id());
            }
            let Some(last) = messages.last() else {
                // Without Read Message History, Discord returns an empty list, not an error:
                // https://docs.discord.com/developers/resources/message#get-channel-messages
                return if page == 0 { SearchResult::Unknown } else { SearchResult::NotFound };
            };
            let Some(last) = last.id() else {
                return SearchResult::Unknown;
            };
            if last.created_at().unix_timestamp() < earliest || messages.len() < PAGE_MESSAGES {
                return SearchResult::NotFound;
            }
            before = format!("&before={last}");
        }
        SearchResult::Unknown
    }
}
