//! Publishes posts to the servers that follow their channels.

use std::time::Duration;

use bytes::Bytes;

use super::{
    DigestPoster, RATE_LIMIT_WAIT_MAX, RETRY_SECONDS, fault_from_error, record, whole_seconds,
};
use crate::clock::now;
use crate::digest::Fault;
use crate::store::{Publication, StoreError};

/// How long publishing is retried after the deadline for posting: Discord's rate limit for it is per hour.
const PUBLISHING_SECONDS: i64 = 2 * 60 * 60;

/// Discord's [error code](https://docs.discord.com/developers/topics/opcodes-and-status-codes#json-json-error-codes) for a message
/// that was published before.
const ALREADY_PUBLISHED: u64 = 40_033;

impl DigestPoster {
    /// Claims up to `limit` posts that are to be published.
    pub async fn claim_publications(&self, limit: usize) -> Result<Vec<Publication>, StoreError> {
        self.store.claim_publications(now(), limit).await
    }

    /// Publishes a post: <https://docs.discord.com/developers/resources/message#crosspost-message>.
    pub async fn publish(&self, publication: &Publication) {
        let Publication { guild, channel, message, .. } = publication;
        if let Err((fault, wait)) = self.verify_channel(*channel, *guild).await {
            return self.publication_failed(publication, fault, wait).await;
        }
        let path = format!("/channels/{channel}/messages/{message}/crosspost");
        match self.rest.post(&path, &Bytes::new().into(), RATE_LIMIT_WAIT_MAX).await {
            Err(error) if error.code() != Some(ALREADY_PUBLISHED) => {
                tracing::warn!(digest = %publication.digest, %error, "a digest could not be published");
                let fault = fault_from_error(&error);
                self.publication_failed(publication, fault, error.retry_after()).await;
            }
            _ => drop(record(|| self.store.record_published(publication)).await),
        }
    }

    async fn publication_failed(
        &self,
        publication: &Publication,
        fault: Fault,
        wait: Option<Duration>,
    ) {
        let now = now();
        if fault.is_refusal() || now > publication.deadline + PUBLISHING_SECONDS {
            record(|| self.store.record_publication_failed(publication, fault, now)).await;
            return;
        }
        let wait = wait.map_or(RETRY_SECONDS.0, whole_seconds);
        record(|| self.store.retry_publication(publication, now + wait)).await;
    }
}
