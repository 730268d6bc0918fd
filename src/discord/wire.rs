//! The JSON that we send: interaction callbacks and messages made of [components, version
//! 2](https://docs.discord.com/developers/components/reference).

use std::borrow::Cow;

use bytes::Bytes;
use serde::Serialize;

use crate::card::{AttachedFile, ButtonStyle};
use crate::guild::ChannelType;
use crate::guild::RoleId;

/// The flag of a message that consists of components only.
pub const IS_COMPONENTS_V2: u32 = 1 << 15;

pub const EPHEMERAL: u32 = 1 << 6;

/// Callback types:
/// <https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-response-object-interaction-callback-type>.
pub const CHANNEL_MESSAGE_WITH_SOURCE: u8 = 4;
pub const UPDATE_MESSAGE: u8 = 7;

/// A response to an interaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Callback {
    #[serde(rename = "type")]
    pub kind: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<CallbackData>,
}

impl Callback {
    pub const PONG: Self = Self { kind: 1, data: None };

    /// Acknowledges a component interaction; the message is edited or deleted by a later request.
    pub const DEFERRED_UPDATE: Self = Self { kind: 6, data: None };

    /// Defers an ephemeral response.
    pub const DEFERRED_EPHEMERAL: Self =
        Self { kind: 5, data: Some(CallbackData::Flags { flags: EPHEMERAL }) };

    pub fn message(message: Message) -> Self {
        Self { kind: CHANNEL_MESSAGE_WITH_SOURCE, data: Some(CallbackData::Message(message)) }
    }

    /// Replaces the message that the component is on.
    pub fn update(message: Message) -> Self {
        Self { kind: UPDATE_MESSAGE, data: Some(CallbackData::Message(message)) }
    }

    /// Opens a modal.
    pub fn modal(modal: Modal) -> Self {
        Self { kind: 9, data: Some(CallbackData::Modal(modal)) }
    }

    /// The choices of an autocomplete, at most 25.
    pub fn choices(choices: Vec<Choice>) -> Self {
        Self { kind: 8, data: Some(CallbackData::Choices { choices }) }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum CallbackData {
    Message(Message),
    /// The flags of a deferred message.
    Flags {
        flags: u32,
    },
    Choices {
        choices: Vec<Choice>,
    },
    Modal(Modal),
}

/// [A modal](https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-response-object-modal).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Modal {
    pub custom_id: String,
    /// At most 45 characters.
    pub title: String,
    pub components: Vec<Component>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Message {
    pub flags: u32,
    pub components: Vec<Component>,
    pub allowed_mentions: AllowedMentions,
    /// The files that are sent along. When a message is edited, an empty list removes its files, and
    /// no list would keep them:
    /// <https://docs.discord.com/developers/resources/message#edit-message>.
    pub attachments: Vec<MessageAttachment>,
}

/// An uploaded file: <https://docs.discord.com/developers/reference#uploading-files>.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MessageAttachment {
    pub id: &'static str,
    pub filename: &'static str,
    /// What it shows, for those who do not see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

impl Message {
    /// Mentions a role at the top of the message, which notifies the role's members.
    #[must_use]
    pub fn with_mention(mut self, role: RoleId) -> Self {
        self.components.insert(0, Component::text_display(format!("<@&{role}>")));
        self.allowed_mentions.roles = vec![role.to_string()];
        self
    }

    /// Sets the container's component id, by which the message can be found again in a channel's
    /// history.
    #[must_use]
    pub fn with_marker(mut self, marker: u32) -> Self {
        for component in &mut self.components {
            if let ComponentFields::Container { id, .. } = &mut component.fields {
                *id = Some(marker);
            }
        }
        self
    }

    /// Shows an attached file at the end of the message.
    #[must_use]
    pub fn with_file(mut self, filename: &'static str) -> Self {
        let file = UnfurledMedia { url: format!("attachment://{filename}") };
        self.components.push(Component { kind: 13, fields: ComponentFields::File { file } });
        self.attachments = vec![MessageAttachment { id: "0", filename, description: None }];
        self
    }

    /// Shows a picture below the title of the card.
    #[must_use]
    pub fn with_picture(mut self, description: String) -> Self {
        let frame = self.components.iter_mut().find_map(|component| match &mut component.fields {
            ComponentFields::Container { components, .. } => Some(components),
            _ => None,
        });
        if let Some(frame) = frame {
            frame.insert(1.min(frame.len()), Component::picture(description.clone()));
            let (filename, description) = (PICTURE_NAME, Some(description));
            self.attachments = vec![MessageAttachment { id: "0", filename, description }];
        }
        self
    }
}

/// What a picture is called as a file.
const PICTURE_NAME: &str = "picture.png";

/// A file that is sent along.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    filename: &'static str,
    content_type: &'static str,
    content: Bytes,
}

impl Upload {
    pub fn picture(png: Bytes) -> Self {
        Self { filename: PICTURE_NAME, content_type: "image/png", content: png }
    }
}

impl From<AttachedFile> for Upload {
    fn from(file: AttachedFile) -> Self {
        let (filename, content) = (file.name, file.content.into());
        Self { filename, content_type: "application/json", content }
    }
}

/// A request body: JSON, or `multipart/form-data` with JSON and a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    pub bytes: Bytes,
    /// Whether the body is multipart.
    pub has_file: bool,
}

/// The initial capacity of a body, enough for most.
const BODY_BYTES: usize = 4_096;

/// The multipart boundary. It is fixed, so no file or JSON may contain it.
const BOUNDARY: &str = "dossier-5d0f3c1be2a84796";

impl Body {
    pub const fn content_type(&self) -> &'static str {
        match self.has_file {
            true => "multipart/form-data; boundary=dossier-5d0f3c1be2a84796",
            false => "application/json",
        }
    }

    pub fn new(json: &impl Serialize, file: Option<Upload>) -> Self {
        let mut bytes = Vec::with_capacity(BODY_BYTES);
        // Serializing fails only for map keys that are not strings, which these types do not have.
        serde_json::to_writer(&mut bytes, json).expect("a body is JSON");
        match file {
            Some(file) => Self::multipart(&bytes, &file),
            None => Bytes::from(bytes).into(),
        }
    }

    /// JSON with a file: <https://docs.discord.com/developers/reference#uploading-files>.
    pub fn multipart(json: &[u8], file: &Upload) -> Self {
        let Upload { filename, content_type, content } = file;
        let head = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"payload_json\"\r\nContent-Type: application/json\r\n\r\n"
        );
        let between = format!(
            "\r\n--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"files[0]\"; filename=\"{filename}\"\r\nContent-Type: {content_type}\r\n\r\n"
        );
        let end = format!("\r\n--{BOUNDARY}--\r\n");
        let parts = [head.as_bytes(), json, between.as_bytes(), content, end.as_bytes()];
        Self { bytes: parts.concat().into(), has_file: true }
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        let has_file = false;
        Self { bytes, has_file }
    }
}

/// A message that is not a response:
/// <https://docs.discord.com/developers/resources/message#create-message>.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Post {
    #[serde(flatten)]
    message: Message,
    nonce: String,
    enforce_nonce: bool,
}

impl Post {
    /// Creates a post with a nonce of at most 25 characters. For a few minutes, Discord creates
    /// only one message per nonce, so that a retry does not post twice.
    pub fn new(message: Message, nonce: String) -> Self {
        Self { message, nonce, enforce_nonce: true }
    }

    #[must_use]
    pub fn with_picture(mut self, description: String) -> Self {
        self.message = self.message.with_picture(description);
        self
    }
}

/// Who is notified by mentions in the message: nobody, or the members of these roles.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct AllowedMentions {
    parse: [u8; 0],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    roles: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// At most 100 characters.
    pub name: String,
    /// At most 100 characters.
    pub value: String,
}

impl Choice {
    pub fn new(name: impl Into<String>, value: impl ToString) -> Self {
        Self { name: name.into(), value: value.to_string() }
    }
}

/// [A message component](https://docs.discord.com/developers/components/reference).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Component {
    #[serde(rename = "type")]
    kind: u8,
    #[serde(flatten)]
    pub fields: ComponentFields,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum ComponentFields {
    TextDisplay {
        /// Discord Markdown.
        content: String,
    },
    Container {
        /// Chosen by us; identifies the message when searching a channel's history.
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<u32>,
        /// RGB.
        #[serde(skip_serializing_if = "Option::is_none")]
        accent_color: Option<u32>,
        components: Vec<Component>,
    },
    Section {
        components: Vec<Component>,
        accessory: Box<Component>,
    },
    Separator {},
    ActionRow {
        /// At most five buttons, or one select.
        components: Vec<Component>,
    },
    Button {
        style: u8,
        /// At most 80 characters.
        label: String,
        custom_id: String,
    },
    LinkButton {
        style: u8,
        /// At most 80 characters.
        label: String,
        /// At most 512 characters.
        url: String,
    },
    StringSelect {
        custom_id: Cow<'static, str>,
        /// At most 150 characters.
        placeholder: String,
        /// 1 to 25 options.
        options: Vec<SelectOption>,
    },
    ChannelSelect {
        custom_id: String,
        /// At most 150 characters.
        placeholder: String,
        /// All types if empty.
        #[serde(skip_serializing_if = "<[_]>::is_empty")]
        channel_types: &'static [ChannelType],
        /// At most 25.
        max_values: u8,
    },
    File {
        file: UnfurledMedia,
    },
    Label {
        /// At most 45 characters.
        label: String,
        /// At most 100 characters.
        description: String,
        component: Box<Component>,
    },
    TextInput {
        custom_id: &'static str,
        style: u8,
        /// At most 100 characters.
        placeholder: String,
        max_length: usize,
    },
    MediaGallery {
        items: [MediaGalleryItem; 1],
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MediaGalleryItem {
    media: UnfurledMedia,
    /// At most 1,024 characters.
    pub description: String,
}

/// A reference to a file attached to the same message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UnfurledMedia {
    /// `attachment://` followed by the file name.
    pub url: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SelectOption {
    /// At most 100 characters.
    pub label: String,
    /// At most 100 characters.
    pub value: String,
    /// Whether the option is selected initially.
    #[serde(skip_serializing_if = "is_false")]
    pub default: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes fields by reference")]
fn is_false(value: &bool) -> bool {
    !value
}

/// The style of a multi-line text input:
/// <https://docs.discord.com/developers/components/reference#text-input-text-input-styles>.
const PARAGRAPH: u8 = 2;

/// The style of a link button. Button styles:
/// <https://docs.discord.com/developers/components/reference#button-button-styles>.
const LINK: u8 = 5;

impl Component {
    pub fn text_display(content: impl Into<String>) -> Self {
        Self { kind: 10, fields: ComponentFields::TextDisplay { content: content.into() } }
    }

    pub fn container(accent_color: Option<u32>, components: Vec<Self>) -> Self {
        let fields = ComponentFields::Container { id: None, accent_color, components };
        Self { kind: 17, fields }
    }

    /// A text with a button, if there is one, on its right.
    pub fn with_button(text: String, button: Option<Self>) -> Self {
        let text = Self::text_display(text);
        let Some(button) = button else {
            return text;
        };
        let (components, accessory) = (vec![text], Box::new(button));
        Self { kind: 9, fields: ComponentFields::Section { components, accessory } }
    }

    fn picture(description: String) -> Self {
        let media = UnfurledMedia { url: format!("attachment://{PICTURE_NAME}") };
        let items = [MediaGalleryItem { media, description }];
        Self { kind: 12, fields: ComponentFields::MediaGallery { items } }
    }

    pub fn separator() -> Self {
        Self { kind: 14, fields: ComponentFields::Separator {} }
    }

    pub fn action_row(components: Vec<Self>) -> Self {
        Self { kind: 1, fields: ComponentFields::ActionRow { components } }
    }

    pub fn button(label: String, custom_id: String) -> Self {
        Self::styled_button(ButtonStyle::Secondary, label, custom_id)
    }

    pub fn styled_button(style: ButtonStyle, label: String, custom_id: String) -> Self {
        let style = match style {
            ButtonStyle::Secondary => 2,
            ButtonStyle::Success => 3,
            ButtonStyle::Danger => 4,
        };
        Self { kind: 2, fields: ComponentFields::Button { style, label, custom_id } }
    }

    pub fn link_button(label: String, url: String) -> Self {
        Self { kind: 2, fields: ComponentFields::LinkButton { style: LINK, label, url } }
    }

    pub fn string_select(
        custom_id: impl Into<Cow<'static, str>>,
        placeholder: String,
        options: Vec<SelectOption>,
    ) -> Self {
        let custom_id = custom_id.into();
        Self { kind: 3, fields: ComponentFields::StringSelect { custom_id, placeholder, options } }
    }

    /// A required multi-line text input with a label.
    pub fn paragraph_input(
        custom_id: &'static str,
        [label, description, placeholder]: [String; 3],
        max_length: usize,
    ) -> Self {
        let style = PARAGRAPH;
        let input = ComponentFields::TextInput { custom_id, style, placeholder, max_length };
        let component = Box::new(Self { kind: 4, fields: input });
        Self { kind: 18, fields: ComponentFields::Label { label, description, component } }
    }

    pub fn channel_select(
        custom_id: String,
        placeholder: String,
        channel_types: &'static [ChannelType],
        max_values: u8,
    ) -> Self {
        let fields =
            ComponentFields::ChannelSelect { custom_id, placeholder, channel_types, max_values };
        Self { kind: 8, fields }
    }
}
