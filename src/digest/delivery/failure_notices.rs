//! Reports failed digests in the failure channels of guilds.

use super::message::notice_message;
use super::{DigestPoster, RATE_LIMIT_WAIT_MAX, fault_from_error, record};
use crate::catalog::Catalog;
use crate::digest::NoticeState;
use crate::discord::wire::Body;
use crate::guild::{ChannelId, GuildId};
use crate::store::FailureNotice;

impl DigestPoster {
    /// Sends a notice and records the outcome.
    pub async fn send_failure_notice(&self, catalog: &Catalog, notice: &FailureNotice) {
        let state = match notice.channel {
            Some(channel) => {
                let message = notice_message(catalog, notice);
                self.send_notice(notice.guild, channel, &message).await
            }
            None => NoticeState::None,
        };
        record(|| self.store.record_notice(notice, state)).await;
    }

    async fn send_notice(&self, guild: GuildId, channel: ChannelId, message: &Body) -> NoticeState {
        let sent = async {
            self.verify_channel(channel, guild).await.map_err(|(fault, _)| fault)?;
            let path = format!("/channels/{channel}/messages");
            let sent = self.rest.post(&path, message, RATE_LIMIT_WAIT_MAX).await;
            sent.map_err(|error| fault_from_error(&error))
        };
        match sent.await {
            Ok(_) => NoticeState::Sent,
            Err(fault) if fault.is_refusal() => {
                tracing::warn!(%guild, %fault, "the failure of a digest could not be reported");
                NoticeState::Failed(fault)
            }
            // The notice is claimed again.
            Err(_) => NoticeState::Due,
        }
    }
}
