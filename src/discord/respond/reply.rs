//! A message as the response to an interaction, immediately or after a deferral.

use bytes::Bytes;

use crate::card::Card;
use crate::discord::render::{RenderOptions, render};
use crate::discord::wire::{Body, Callback, EPHEMERAL, Message, Upload};
use crate::locale::Locale;
use crate::picture::Picture;

/// A response that can also be sent after a deferral.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageReply {
    pub(super) message: Message,
    pub(super) file: Option<Upload>,
    /// Whether it replaces the message that the component is on.
    pub replaces_message: bool,
}

impl MessageReply {
    /// A card for the caller only.
    pub(super) fn ephemeral(card: &Card, locale: &Locale) -> Self {
        let message = render(card, locale, RenderOptions::ephemeral(false));
        Self { message, file: None, replaces_message: false }
    }

    pub(super) fn with_picture(self, picture: &Picture, png: Bytes) -> Self {
        let message = self.message.with_picture(picture.description());
        Self { message, file: Some(Upload::picture(png)), ..self }
    }

    pub fn callback(self) -> Body {
        let callback = match self.replaces_message {
            true => Callback::update(self.message),
            false => Callback::message(self.message),
        };
        Body::new(&callback, self.file)
    }

    /// The message after a deferral, as an edit of the original response.
    pub fn edit(mut self) -> Body {
        // An edit cannot change the visibility:
        // https://docs.discord.com/developers/resources/message#edit-message
        self.message.flags &= !EPHEMERAL;
        Body::new(&self.message, self.file)
    }

    /// The message after a deferral, as a follow-up message.
    pub fn follow_up(self) -> Body {
        Body::new(&self.message, self.file)
    }
}
