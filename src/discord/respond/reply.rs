//! A message as the response to an interaction, immediately or after a deferral.

use crate::card::File;
use crate::discord::wire::{Body, Callback, EPHEMERAL, Message};

/// A response that can also be sent after a deferral.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageReply {
    pub(super) message: Message,
    pub(super) file: Option<File>,
    /// Whether it replaces the message that the component is on.
    pub is_in_place: bool,
}

impl MessageReply {
    pub fn callback(self) -> Body {
        let callback = match self.is_in_place {
            true => Callback::update(self.message),
            false => Callback::message(self.message),
        };
        Body::of(&callback, self.file)
    }

    /// The message after a deferral, as an edit of the original response.
    pub fn edit(mut self) -> Body {
        // An edit cannot change the visibility:
        // https://docs.discord.com/developers/resources/message#edit-message
        self.message.flags &= !EPHEMERAL;
        Body::of(&self.message, self.file)
    }

    /// The message after a deferral, as a follow-up message.
    pub fn follow_up(self) -> Body {
        Body::of(&self.message, self.file)
    }
}
