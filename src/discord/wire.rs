//! What we send, as Discord spells it: callbacks and messages of components,
//! [version 2](https://docs.discord.com/developers/components/reference).

use std::borrow::Cow;

use bytes::Bytes;
use serde::Serialize;

use crate::card::File;
use crate::guild::ChannelType;
use crate::guild::RoleId;

/// The flag of a message made of components alone.
pub const IS_COMPONENTS_V2: u32 = 1 << 15;

/// The flag of a message that only the one who asked sees.
pub const EPHEMERAL: u32 = 1 << 6;

/// The kind of a [`Callback`] that is a new message.
pub const NEW_MESSAGE: u8 = 4;

/// The kind of a [`Callback`] that is a message in the place of the one that was pressed on.
pub const UPDATE_MESSAGE: u8 = 7;

/// An answer to an interaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Callback {
    /// What the answer does, as Discord numbers it.
    #[serde(rename = "type")]
    pub kind: u8,
    /// What it says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<Data>,
}

/// The kinds of [`Callback`] that we send.
impl Callback {
    /// The answer to a ping.
    pub const PONG: Self = Self { kind: 1, data: None };

    /// Nothing for now: what is done about a press is done by another call.
    pub const LATER: Self = Self { kind: 6, data: None };

    /// A message is to follow, to the one who asked only.
    pub const LATER_PRIVATELY: Self =
        Self { kind: 5, data: Some(Data::Flags { flags: EPHEMERAL }) };

    /// A new message.
    pub fn message(message: Message) -> Self {
        Self { kind: NEW_MESSAGE, data: Some(Data::Message(message)) }
    }

    /// A message in the place of the one that was pressed on.
    pub fn update(message: Message) -> Self {
        Self { kind: UPDATE_MESSAGE, data: Some(Data::Message(message)) }
    }

    /// Choices for an option that is being typed.
    pub fn choices(choices: Vec<Choice>) -> Self {
        Self { kind: 8, data: Some(Data::Choices { choices }) }
    }
}

/// What a [`Callback`] says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Data {
    /// A message.
    Message(Message),
    /// Of a message that is to follow.
    Flags {
        /// [`EPHEMERAL`], where only the one who asked may see it.
        flags: u32,
    },
    /// Choices.
    Choices {
        /// At most 25.
        choices: Vec<Choice>,
    },
}

/// A message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Message {
    /// [`IS_COMPONENTS_V2`], and [`EPHEMERAL`] where only the one who asked may see it.
    pub flags: u32,
    /// Its parts.
    pub components: Vec<Component>,
    /// Nobody, or one role.
    pub allowed_mentions: AllowedMentions,
    /// The files that go with it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
}

/// A file that goes with a message: <https://docs.discord.com/developers/reference#uploading-files>.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Attachment {
    /// Its number among the files of the message.
    pub id: u8,
    /// Its name.
    pub filename: &'static str,
}

impl Message {
    /// The same with a role that is mentioned above it, and notified.
    #[must_use]
    pub fn mentioning(mut self, role: RoleId) -> Self {
        self.components.insert(0, Component::text(format!("<@&{role}>")));
        self.allowed_mentions.roles = vec![role.to_string()];
        self
    }

    /// The same with a number by which it is known again.
    #[must_use]
    pub fn marked(mut self, marker: u32) -> Self {
        for component in &mut self.components {
            if let Component::Container { id, .. } = component {
                *id = Some(marker);
            }
        }
        self
    }

    /// The same with a file, which is shown below it.
    #[must_use]
    pub fn with_file(mut self, filename: &'static str) -> Self {
        self.components.push(Component::File {
            kind: 13,
            file: FileAddress { url: format!("attachment://{filename}") },
        });
        self.attachments.push(Attachment { id: 0, filename });
        self
    }
}

/// What is sent as the body of a call: JSON, or JSON with a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    /// The bytes.
    pub bytes: Bytes,
    /// Whether they are parts, between lines of [`BOUNDARY`].
    pub has_file: bool,
}

/// What stands between the parts of a body with a file. Nothing that we send has it.
pub const BOUNDARY: &str = "dossier-5d0f3c1be2a84796";

impl Body {
    /// What is to be said, as JSON, with a file if there is one.
    pub fn of(said: &impl Serialize, file: Option<File>) -> Self {
        let json = serde_json::to_string(said).expect("our own structs have texts for keys");
        let Some(file) = file else {
            return Self { bytes: json.into(), has_file: false };
        };
        let File { name, content } = file;
        let parts = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"payload_json\"\r\nContent-Type: application/json\r\n\r\n{json}\r\n\
             --{BOUNDARY}\r\nContent-Disposition: form-data; name=\"files[0]\"; filename=\"{name}\"\r\nContent-Type: application/json\r\n\r\n{content}\r\n\
             --{BOUNDARY}--\r\n"
        );
        Self { bytes: parts.into(), has_file: true }
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        let has_file = false;
        Self { bytes, has_file }
    }
}

/// A message that is posted by itself: <https://docs.discord.com/developers/resources/message#create-message>.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Post {
    #[serde(flatten)]
    message: Message,
    nonce: String,
    enforce_nonce: bool,
}

impl Post {
    /// A message that Discord makes once, however often it is sent with this `nonce`, of at most 25 characters, within a few
    /// minutes.
    pub fn new(message: Message, nonce: String) -> Self {
        Self { message, nonce, enforce_nonce: true }
    }
}

/// Who may be mentioned: nobody, or the roles that are named.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct AllowedMentions {
    parse: [u8; 0],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    roles: Vec<String>,
}

/// A choice of an autocomplete.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// What is read, at most 100 characters.
    pub name: String,
    /// What the option gets, at most 100 characters.
    pub value: String,
}

/// A part of a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Component {
    /// Text in Discord's Markdown.
    Text {
        /// 10.
        #[serde(rename = "type")]
        kind: u8,
        /// The text.
        content: String,
    },
    /// Parts in a frame.
    Container {
        /// 17.
        #[serde(rename = "type")]
        kind: u8,
        /// A number of our own, by which the message is known again.
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<u32>,
        /// The parts.
        components: Vec<Component>,
    },
    /// Text with a button beside it.
    Section {
        /// 9.
        #[serde(rename = "type")]
        kind: u8,
        /// The text.
        components: Vec<Component>,
        /// The button.
        accessory: Box<Component>,
    },
    /// A line across.
    Separator {
        /// 14.
        #[serde(rename = "type")]
        kind: u8,
    },
    /// Buttons, or one menu, in a row.
    Row {
        /// 1.
        #[serde(rename = "type")]
        kind: u8,
        /// At most five buttons, or one menu.
        components: Vec<Component>,
    },
    /// A button that sends its `custom_id`.
    Button {
        /// 2.
        #[serde(rename = "type")]
        kind: u8,
        /// How it looks.
        style: u8,
        /// What it says, at most 80 characters.
        label: String,
        /// What a press sends.
        custom_id: String,
    },
    /// A button that opens an address.
    Address {
        /// 2.
        #[serde(rename = "type")]
        kind: u8,
        /// 5.
        style: u8,
        /// What it says, at most 80 characters.
        label: String,
        /// The address, at most 512 characters.
        url: String,
    },
    /// A menu of which one option can be chosen.
    Menu {
        /// 3.
        #[serde(rename = "type")]
        kind: u8,
        /// What a choice sends, beside the option's value.
        custom_id: Cow<'static, str>,
        /// What stands there before a choice, at most 150 characters.
        placeholder: String,
        /// 1 to 25 options.
        options: Vec<MenuOption>,
    },
    /// A menu of the server's channels.
    Channels {
        /// 8.
        #[serde(rename = "type")]
        kind: u8,
        /// What a choice sends, beside the channels' ids.
        custom_id: String,
        /// What stands there before a choice, at most 150 characters.
        placeholder: String,
        /// The sorts of channels that are offered; empty: all.
        #[serde(skip_serializing_if = "<[_]>::is_empty")]
        channel_types: &'static [ChannelType],
        /// How many can be chosen, at most 25.
        max_values: u8,
    },
    /// A file of the message.
    File {
        /// 13.
        #[serde(rename = "type")]
        kind: u8,
        /// Which.
        file: FileAddress,
    },
}

/// Where a file of the message is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileAddress {
    /// `attachment://` and its name.
    pub url: String,
}

/// An option of a menu.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MenuOption {
    /// What is read, at most 100 characters.
    pub label: String,
    /// What a choice sends, at most 100 characters.
    pub value: String,
    /// Whether it is the one that holds now.
    #[serde(skip_serializing_if = "is_false")]
    pub default: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes fields by reference")]
fn is_false(value: &bool) -> bool {
    !value
}

impl Component {
    /// Text.
    pub fn text(content: impl Into<String>) -> Self {
        Self::Text { kind: 10, content: content.into() }
    }

    /// Parts in a frame.
    pub fn container(components: Vec<Self>) -> Self {
        Self::Container { kind: 17, id: None, components }
    }

    /// Text with a button beside it.
    pub fn section(text: String, accessory: Self) -> Self {
        Self::Section {
            kind: 9,
            components: vec![Self::text(text)],
            accessory: Box::new(accessory),
        }
    }

    /// A line across.
    pub fn separator() -> Self {
        Self::Separator { kind: 14 }
    }

    /// Buttons, or one menu, in a row.
    pub fn row(components: Vec<Self>) -> Self {
        Self::Row { kind: 1, components }
    }

    /// A button in the quiet style.
    pub fn button(label: String, custom_id: String) -> Self {
        Self::Button { kind: 2, style: 2, label, custom_id }
    }

    /// A button in the style of what cannot be taken back.
    pub fn danger_button(label: String, custom_id: String) -> Self {
        Self::Button { kind: 2, style: 4, label, custom_id }
    }

    /// A button that opens an address.
    pub fn address(label: String, url: String) -> Self {
        Self::Address { kind: 2, style: 5, label, url }
    }

    /// A menu.
    pub fn menu(
        custom_id: impl Into<Cow<'static, str>>,
        placeholder: String,
        options: Vec<MenuOption>,
    ) -> Self {
        Self::Menu { kind: 3, custom_id: custom_id.into(), placeholder, options }
    }
}
