//! Our commands as Discord is told of them: made from the registry, so that none can be forgotten.

use serde::Serialize;

use super::Scope;
use crate::command::Command;
use crate::commands;
use crate::dataset::Kind;
use crate::discord::respond::LOOK_UP;
use crate::library::Library;
use crate::request::{ARTICLE, Opt, PRIVATE, Takes};

/// The most characters of the words to search for: with more, a link to the next page would not fit into a button.
pub const QUERY_CHARS_MAX: u16 = 80;

/// Servers and accounts: <https://docs.discord.com/developers/resources/application#application-object-application-integration-types>.
const INTEGRATION_TYPES: &[u8] = &[0, 1];

/// Servers, the bot's own direct messages, and other private channels:
/// <https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-object-interaction-context-types>.
const CONTEXTS: &[u8] = &[0, 1, 2];

/// A command typed after a slash: <https://docs.discord.com/developers/interactions/application-commands#application-command-object-application-command-types>.
pub(super) const CHAT_INPUT: u64 = 1;

/// A command in the menu of a message.
const MESSAGE: u64 = 3;

/// Kinds of options: <https://docs.discord.com/developers/interactions/application-commands#application-command-object-application-command-option-type>.
const STRING: u8 = 3;
const INTEGER: u8 = 4;
const BOOLEAN: u8 = 5;

/// A command, with the fields that we set. Those left out are what Discord takes for absent:
/// <https://docs.discord.com/developers/interactions/application-commands#application-command-object>.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Definition {
    /// Its name.
    pub name: &'static str,
    /// Whether it is typed or chosen from a menu.
    #[serde(rename = "type")]
    pub kind: u64,
    /// What it does, in at most 100 characters; empty in menus, where Discord shows none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Its options, those first that it cannot do without.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<OptionDefinition>,
    /// Where it may be installed; empty where Discord lets nobody choose.
    #[serde(skip_serializing_if = "<[u8]>::is_empty")]
    pub integration_types: &'static [u8],
    /// Where it may be used; empty where Discord lets nobody choose.
    #[serde(skip_serializing_if = "<[u8]>::is_empty")]
    pub contexts: &'static [u8],
}

/// An option of a command:
/// <https://docs.discord.com/developers/interactions/application-commands#application-command-object-application-command-option-structure>.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OptionDefinition {
    /// What its value is.
    #[serde(rename = "type")]
    pub kind: u8,
    /// Its name.
    pub name: &'static str,
    /// What it is for, in at most 100 characters.
    pub description: String,
    /// Whether the command cannot do without it.
    #[serde(skip_serializing_if = "is_false")]
    pub required: bool,
    /// Whether Discord asks us what to offer while it is typed.
    #[serde(skip_serializing_if = "is_false")]
    pub autocomplete: bool,
    /// The only values that it takes; empty where it takes others.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<ChoiceDefinition>,
    /// The least number that it takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_value: Option<u8>,
    /// The most characters that it takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_length: Option<u16>,
}

/// A value to choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChoiceDefinition {
    /// What is read, in at most 100 characters.
    pub name: String,
    /// What the option gets.
    pub value: &'static str,
}

/// All our commands, as they are registered in `scope`.
pub fn ours(library: &Library, scope: Scope) -> Vec<Definition> {
    let typed = commands::ALL.iter().map(|command| typed(library, command));
    let look_up = Definition::new(LOOK_UP, MESSAGE);
    let set_places = |definition| match scope {
        Scope::Global => everywhere(definition),
        // A server's commands are in that server, and Discord takes no other answer.
        Scope::Guild(_) => definition,
    };
    typed.chain([look_up]).map(set_places).collect()
}

impl Definition {
    fn new(name: &'static str, kind: u64) -> Self {
        Self {
            name,
            kind,
            description: String::new(),
            options: Vec::new(),
            integration_types: &[],
            contexts: &[],
        }
    }
}

fn everywhere(definition: Definition) -> Definition {
    Definition {
        integration_types: INTEGRATION_TYPES,
        contexts: CONTEXTS,
        ..definition
    }
}

fn typed(library: &Library, command: &Command) -> Definition {
    let own = command.options.iter().map(|option| {
        let about = format!("command-{}.{}", command.name, option.name);
        option_of(library, option, library.lang().say(&about))
    });
    let mut options: Vec<OptionDefinition> = own.collect();
    // Discord refuses an optional option before a required one.
    options.sort_by_key(|option| !option.required);
    let article = (library.has_several() && reads_articles(command)).then_some(ARTICLE);
    options.extend(article.into_iter().chain([PRIVATE]).map(|option| {
        let about = format!("option-{}", option.name);
        option_of(library, &option, library.lang().say(&about))
    }));
    Definition {
        description: library.lang().say(&format!("command-{}", command.name)),
        options,
        ..Definition::new(command.name, CHAT_INPUT)
    }
}

/// Whether it makes a difference to a command which article is meant.
fn reads_articles(command: &Command) -> bool {
    command.name != "help"
}

fn option_of(library: &Library, option: &Opt, description: String) -> OptionDefinition {
    let plain = OptionDefinition {
        kind: STRING,
        name: option.name,
        description,
        required: option.required,
        autocomplete: false,
        choices: Vec::new(),
        min_value: None,
        max_length: None,
    };
    match option.takes {
        Takes::Entry(_) | Takes::View | Takes::Topic | Takes::Article => OptionDefinition {
            autocomplete: true,
            ..plain
        },
        Takes::Kind => OptionDefinition {
            choices: kinds(library),
            ..plain
        },
        Takes::Words => OptionDefinition {
            max_length: Some(QUERY_CHARS_MAX),
            ..plain
        },
        Takes::Day => plain,
        Takes::Page => OptionDefinition {
            kind: INTEGER,
            min_value: Some(1),
            ..plain
        },
        Takes::Flag => OptionDefinition {
            kind: BOOLEAN,
            ..plain
        },
    }
}

fn kinds(library: &Library) -> Vec<ChoiceDefinition> {
    Kind::ALL
        .map(|kind| ChoiceDefinition {
            name: library.kind_name(kind),
            value: kind.name(),
        })
        .into()
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes fields by reference"
)]
fn is_false(value: &bool) -> bool {
    !value
}
