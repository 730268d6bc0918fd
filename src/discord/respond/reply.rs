//! A message that answers an interaction, now or after a deferral.

use crate::card::File;
use crate::discord::wire::{Body, Callback, EPHEMERAL, Message};

/// An answer that can still be sent after a deferral.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageReply {
    pub(super) message: Message,
    pub(super) file: Option<File>,
    /// Whether it takes the place of the message that was pressed on.
    pub is_in_place: bool,
}

impl MessageReply {
    /// The callback.
    pub fn callback(self) -> Body {
        let callback = match self.is_in_place {
            true => Callback::update(self.message),
            false => Callback::message(self.message),
        };
        Body::of(&callback, self.file)
    }

    /// The message after a deferral, in the place of one that is there already.
    pub fn edit(mut self) -> Body {
        // Who sees a message was decided when it was made: https://docs.discord.com/developers/resources/message#edit-message
        self.message.flags &= !EPHEMERAL;
        Body::of(&self.message, self.file)
    }

    /// The message after a deferral, as one of its own.
    pub fn follow_up(self) -> Body {
        Body::of(&self.message, self.file)
    }
}
