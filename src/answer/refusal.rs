//! The ways in which the bot will not: each says why, and what to try instead.

use super::{Card, Link, Paragraph, shorten};
use crate::dataset::Kind;
use crate::lang::{Lang, Value};
use crate::request::Request;

/// Why a request gets no answer. It is said in whole sentences, to the person who asked only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Nothing in the dossier answers this.
    NotHere {
        /// What was asked.
        asked: String,
        /// The nearest topics.
        nearest: Vec<Link>,
    },
    /// Several entries could be meant.
    Several {
        /// What was asked.
        asked: String,
        /// What could be meant, best first.
        choices: Vec<Link>,
    },
    /// The entry has no view of this name.
    NoSuchView {
        /// What was asked.
        asked: String,
        /// The entry's title.
        title: String,
        /// The views that it has.
        choices: Vec<Link>,
    },
    /// This is no date.
    NoDate {
        /// What was asked.
        asked: String,
    },
    /// The period ends before it begins.
    Backwards {
        /// Its beginning.
        from: String,
        /// Its end.
        to: String,
    },
    /// No event is in this period, or of this topic in it.
    NothingHappened {
        /// The first and the last event that there is.
        known: [String; 2],
    },
    /// No topic is called so.
    NoSuchTopic {
        /// What was asked.
        asked: String,
        /// The topics that there are.
        known: Vec<String>,
    },
    /// No kind of entry is called so.
    NoSuchKind {
        /// What was asked.
        asked: String,
    },
    /// No loaded article is called so.
    NoSuchArticle {
        /// What was asked.
        asked: String,
        /// Those that are.
        known: Vec<String>,
    },
    /// The articles that are loaded have no entry of this kind.
    NothingOfKind(Kind),
    /// An option is missing that the command cannot do without.
    Missing {
        /// Its name.
        option: &'static str,
    },
    /// There is no such command.
    NoSuchCommand {
        /// What was asked.
        asked: String,
        /// The command that was probably meant.
        nearest: Option<Request>,
    },
    /// A button or menu is of a version that is no longer known, or never was.
    Stale,
    /// An answer is to be taken away by somebody who did not ask for it.
    NotYours,
    /// Discord sent something that is newer than this version.
    Newer,
    /// The message to look up has no words.
    NothingToRead,
    /// Something on our side broke; the log has it under this id.
    Broken {
        /// The interaction's id.
        id: String,
    },
    /// The value of an option is of no kind that can be read.
    Unreadable {
        /// The option's name.
        option: String,
    },
    /// The command has no such option.
    NoSuchOption {
        /// The command.
        command: String,
        /// What was asked.
        asked: String,
        /// The options that it has.
        known: Vec<String>,
    },
}

/// The most characters that are repeated of what was asked.
const ECHO_CHARS_MAX: usize = 80;

impl Refusal {
    /// What is said.
    pub fn card(&self, lang: &Lang) -> Card {
        let text = |text: &str| Value::from(text.to_owned());
        let echo = |asked: &str| Value::from(shorten(asked, ECHO_CHARS_MAX));
        let (key, values): (&str, Vec<(&str, Value<'_>)>) = match self {
            Self::NotHere { asked, nearest } if nearest.is_empty() => {
                ("refuse-not-here-at-all", vec![("asked", echo(asked))])
            }
            Self::NotHere { asked, .. } => ("refuse-not-here", vec![("asked", echo(asked))]),
            Self::Several { asked, .. } => ("refuse-several", vec![("asked", echo(asked))]),
            Self::NoSuchView { asked, title, .. } => (
                "refuse-no-view",
                vec![("asked", echo(asked)), ("title", text(title))],
            ),
            Self::NoDate { asked } => ("refuse-no-date", vec![("asked", echo(asked))]),
            Self::Backwards { from, to } => (
                "refuse-backwards",
                vec![("from", text(from)), ("to", text(to))],
            ),
            Self::NothingHappened {
                known: [first, last],
            } => (
                "refuse-nothing-happened",
                vec![("first", text(first)), ("last", text(last))],
            ),
            Self::NoSuchTopic { asked, known } => (
                "refuse-no-topic",
                vec![("asked", echo(asked)), ("known", text(&known.join(", ")))],
            ),
            Self::NoSuchKind { asked } => (
                "refuse-no-kind",
                vec![
                    ("asked", echo(asked)),
                    ("known", text(&Kind::ALL.map(Kind::name).join(", "))),
                ],
            ),
            Self::NoSuchArticle { asked, known } => (
                "refuse-no-article",
                vec![("asked", echo(asked)), ("known", text(&known.join(", ")))],
            ),
            Self::NothingOfKind(kind) => {
                ("refuse-nothing-of-kind", vec![("kind", text(kind.name()))])
            }
            Self::Stale => ("refuse-stale", vec![]),
            Self::NotYours => ("refuse-not-yours", vec![]),
            Self::Newer => ("refuse-newer", vec![]),
            Self::NothingToRead => ("refuse-nothing-to-read", vec![]),
            Self::Broken { id } => ("refuse-broken", vec![("id", text(id))]),
            Self::Unreadable { option } => ("refuse-unreadable", vec![("option", echo(option))]),
            Self::Missing { option } => ("refuse-missing", vec![("option", text(option))]),
            Self::NoSuchCommand {
                asked,
                nearest: Some(near),
            } => (
                "refuse-no-command-but",
                vec![("asked", echo(asked)), ("near", text(&near.to_string()))],
            ),
            Self::NoSuchCommand {
                asked,
                nearest: None,
            } => ("refuse-no-command", vec![("asked", echo(asked))]),
            Self::NoSuchOption { command, known, .. } if known.is_empty() => {
                ("refuse-no-options", vec![("command", text(command))])
            }
            Self::NoSuchOption {
                command,
                asked,
                known,
            } => (
                "refuse-no-option",
                vec![
                    ("command", text(command)),
                    ("asked", echo(asked)),
                    ("known", text(&known.join(", "))),
                ],
            ),
        };
        let open = match self {
            Self::NotHere { nearest: links, .. }
            | Self::Several { choices: links, .. }
            | Self::NoSuchView { choices: links, .. } => links.clone(),
            _ => Vec::new(),
        };
        Card {
            title: lang.say(&format!("{key}.title")),
            body: vec![Paragraph::words(lang.say_with(key, &values))],
            page: (1, 1),
            open,
            ..Card::default()
        }
    }
}
