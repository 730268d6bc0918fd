//! Our commands as Discord is told of them: made from the registry, so that none can be forgotten.

use serde::Serialize;

use super::Scope;
use crate::catalog::Catalog;
use crate::command::Command;
use crate::commands;
use crate::content::Kind;
use crate::digest;
use crate::digest::Content;
use crate::discord::respond::LOOK_UP;
use crate::request::{ARTICLE, OptionKind, OptionSpec, PRIVATE};

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

/// Manage Server, which whoever runs `/config` has to have, unless the server says otherwise (Server Settings, Integrations):
/// <https://docs.discord.com/developers/interactions/application-commands#permissions>.
const MANAGE_GUILD: u64 = 1 << 5;

/// Kinds of options: <https://docs.discord.com/developers/interactions/application-commands#application-command-object-application-command-option-type>.
const SUBCOMMAND: u8 = 1;
const GROUP: u8 = 2;
const STRING: u8 = 3;
const INTEGER: u8 = 4;
const BOOLEAN: u8 = 5;
const USER: u8 = 6;
const CHANNEL: u8 = 7;
const ROLE: u8 = 8;
const ATTACHMENT: u8 = 11;

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
    /// What a member has to be allowed to run it, as bits; nothing where everyone may.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_member_permissions: Option<u64>,
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
    /// What a subcommand takes, or which subcommands a group has.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<Self>,
    /// The least number that it takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_value: Option<u8>,
    /// The largest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_value: Option<u16>,
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
    pub value: String,
}

/// All our commands, as they are registered in `scope`.
pub fn ours(catalog: &Catalog, scope: Scope) -> Vec<Definition> {
    let everywhere = |one: Definition| one.in_places(scope, INTEGRATION_TYPES, CONTEXTS);
    let typed = commands::ALL.iter().map(|command| typed(catalog, command));
    // What belongs to a server is set there, and by those who have added the bot to it.
    let settings = settings(catalog).in_places(scope, &[0], &[0]);
    let look_up = everywhere(Definition::new(LOOK_UP, MESSAGE));
    typed.map(everywhere).chain([settings, look_up]).collect()
}

impl Definition {
    fn new(name: &'static str, kind: u64) -> Self {
        Self {
            name,
            kind,
            description: String::new(),
            options: Vec::new(),
            default_member_permissions: None,
            integration_types: &[],
            contexts: &[],
        }
    }

    fn in_places(
        self,
        scope: Scope,
        integration_types: &'static [u8],
        contexts: &'static [u8],
    ) -> Self {
        match scope {
            Scope::Global => Self { integration_types, contexts, ..self },
            // A server's commands are in that server, and Discord takes no other answer.
            Scope::Guild(_) => self,
        }
    }
}

fn typed(catalog: &Catalog, command: &Command) -> Definition {
    let mut options = options_of(catalog, command);
    let article = (catalog.has_several() && reads_articles(command)).then_some(ARTICLE);
    options.extend(article.into_iter().chain([PRIVATE]).map(|option| {
        let about = format!("option-{}", option.name);
        option_of(catalog, &option, catalog.locale().say(&about))
    }));
    Definition {
        description: catalog.locale().say(&command.key()),
        options,
        ..Definition::new(command.name, CHAT_INPUT)
    }
}

/// `/config`, with its subcommands and the groups of them.
fn settings(catalog: &Catalog) -> Definition {
    let say = |key: &str| catalog.locale().say(key);
    let mut options: Vec<OptionDefinition> = Vec::new();
    for command in commands::SETTINGS {
        let words: Vec<&'static str> = command.name.split(' ').skip(1).collect();
        let [.., name] = words[..] else {
            continue;
        };
        let subcommand = OptionDefinition {
            options: options_of(catalog, command),
            ..OptionDefinition::new(SUBCOMMAND, name, say(&command.key()))
        };
        match words[..] {
            [group, _] => match options.iter_mut().find(|option| option.name == group) {
                Some(known) => known.options.push(subcommand),
                None => {
                    let about = say(&format!("command-{}.{group}", commands::SETTINGS_ROOT));
                    options.push(OptionDefinition {
                        options: vec![subcommand],
                        ..OptionDefinition::new(GROUP, group, about)
                    });
                }
            },
            _ => options.push(subcommand),
        }
    }
    Definition {
        description: say(&format!("command-{}", commands::SETTINGS_ROOT)),
        options,
        default_member_permissions: Some(MANAGE_GUILD),
        ..Definition::new(commands::SETTINGS_ROOT, CHAT_INPUT)
    }
}

/// A command's own options, those first that it cannot do without: Discord refuses another order.
fn options_of(catalog: &Catalog, command: &Command) -> Vec<OptionDefinition> {
    let own = command.options.iter().map(|option| {
        let about = format!("{}.{}", command.key(), option.name);
        option_of(catalog, option, catalog.locale().say(&about))
    });
    let mut options: Vec<OptionDefinition> = own.collect();
    options.sort_by_key(|option| !option.required);
    options
}

/// Whether it makes a difference to a command which article is meant.
fn reads_articles(command: &Command) -> bool {
    command.name != "help"
}

impl OptionDefinition {
    fn new(kind: u8, name: &'static str, description: String) -> Self {
        Self {
            kind,
            name,
            description,
            required: false,
            autocomplete: false,
            choices: Vec::new(),
            options: Vec::new(),
            min_value: None,
            max_value: None,
            max_length: None,
        }
    }
}

fn option_of(catalog: &Catalog, option: &OptionSpec, description: String) -> OptionDefinition {
    let plain = OptionDefinition {
        required: option.required,
        ..OptionDefinition::new(STRING, option.name, description)
    };
    let of_kind = |kind| OptionDefinition { kind, ..plain.clone() };
    match option.takes {
        OptionKind::Entry(_)
        | OptionKind::View
        | OptionKind::Topic
        | OptionKind::Article
        | OptionKind::Digest
        | OptionKind::Zone
        | OptionKind::Days => OptionDefinition { autocomplete: true, ..plain },
        OptionKind::Kind => OptionDefinition { choices: kinds(catalog), ..plain },
        OptionKind::Words => OptionDefinition { max_length: Some(QUERY_CHARS_MAX), ..plain },
        OptionKind::Content => OptionDefinition { choices: contents(catalog), ..plain },
        OptionKind::Day | OptionKind::Time => plain,
        OptionKind::Page => OptionDefinition { min_value: Some(1), ..of_kind(INTEGER) },
        OptionKind::Number(most) => {
            OptionDefinition { min_value: Some(0), max_value: Some(most), ..of_kind(INTEGER) }
        }
        OptionKind::OneOf(words) => {
            OptionDefinition { choices: words.iter().map(|word| word_of(word)).collect(), ..plain }
        }
        OptionKind::Flag => of_kind(BOOLEAN),
        OptionKind::Channel => of_kind(CHANNEL),
        OptionKind::Member => of_kind(USER),
        OptionKind::Role => of_kind(ROLE),
        OptionKind::File => of_kind(ATTACHMENT),
    }
}

fn word_of(word: &str) -> ChoiceDefinition {
    ChoiceDefinition { name: word.to_owned(), value: word.to_owned() }
}

fn kinds(catalog: &Catalog) -> Vec<ChoiceDefinition> {
    Kind::ALL
        .map(|kind| ChoiceDefinition {
            name: catalog.kind_name(kind),
            value: kind.name().to_owned(),
        })
        .into()
}

fn contents(catalog: &Catalog) -> Vec<ChoiceDefinition> {
    let contents = digest::words::contents(catalog).into_iter();
    let choice =
        |(content, name): (Content, String)| ChoiceDefinition { name, value: content.to_string() };
    contents.map(choice).collect()
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes fields by reference")]
fn is_false(value: &bool) -> bool {
    !value
}
