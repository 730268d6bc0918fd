//! The ways in which the bot will not: each says why, and what to try instead.

use super::{Card, Filling, Link, Mention, Paragraph, Text, shorten};
use crate::content::Kind;
use crate::digest::DIGESTS_MAX;
use crate::guild::{ChannelId, Permissions, RULES_MAX, permission_names};
use crate::locale::Locale;
use crate::request::{FileFault, OptionKind, Request};
use crate::store::StoreError;

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
    NotYoursToDelete,
    /// Something is to be set by somebody to whom it was not shown, or in another server.
    NotYours,
    /// Somebody had the permission Manage Server when this was shown, and has it no longer.
    ManageServerLost,
    /// What cannot be undone was confirmed too long after it was asked.
    ConfirmationExpired,
    /// In this channel questions are refused.
    AnsweredElsewhere {
        /// Some of those where they are answered.
        allowed: Vec<ChannelId>,
    },
    /// This command is for servers that have added the bot.
    OnlyInServers,
    /// What is kept of the server cannot be read, or something cannot be kept.
    NoStore {
        /// Why.
        trouble: StoreError,
        /// Whether something was to be kept.
        was_saving: bool,
    },
    /// The bot may not speak in channels where it is to.
    Lacks(Vec<(ChannelId, Permissions)>),
    /// Discord does not show the bot channels in which it is to speak.
    NotVisible(Vec<ChannelId>),
    /// Channels or roles belong to another server.
    OtherServer(Vec<Mention>),
    /// Discord did not say whether channels or roles belong to the server.
    Unverified(Vec<Mention>),
    /// Nobody can post in such a channel, but only in its threads or in the channels in it.
    NotPostable(ChannelId),
    /// There are as many channel rules as there may be.
    TooManyRules,
    /// A number is larger than it may be.
    TooMany {
        /// The option.
        option: &'static str,
        /// The largest.
        most: u16,
    },
    /// An option takes one of a few words, and this is none of them.
    NoneOf {
        /// The option.
        option: &'static str,
        /// The words.
        known: String,
    },
    /// The server has no digest.
    NoDigests,
    /// The server has several digests, and none of them was named.
    WhichDigest,
    /// No digest of the server is called so.
    NoSuchDigest,
    /// There are as many digests as there may be.
    TooManyDigests,
    /// This is no time of the day.
    NoTime {
        /// What was asked.
        asked: String,
    },
    /// These are no days of the week.
    NoDays {
        /// What was asked.
        asked: String,
    },
    /// This is nothing that a digest posts.
    NoContent {
        /// What was asked.
        asked: String,
    },
    /// This is no time zone, or several could be meant.
    NoZone {
        /// What was asked.
        asked: String,
        /// The names of those that could be meant.
        known: Vec<String>,
    },
    /// What is posted in such a channel cannot be published to other servers.
    NoAnnouncements(ChannelId),
    /// A digest does not mention everyone.
    NotEveryone,
    /// Nothing was said that would be different.
    NothingChanges,
    /// The draft that is to be confirmed is too old, or was never there.
    DraftGone,
    /// Nothing can be posted from here.
    NoPoster,
    /// A file of settings has faults.
    BadFile(Vec<String>),
    /// A file cannot be read.
    NoFile(FileFault),
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
        /// What it takes.
        takes: OptionKind,
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

/// The most characters of the faults of a file that are listed. Whoever mends those, sees the next.
const FAULTS_CHARS_MAX: usize = 1_500;

impl Refusal {
    /// What is said.
    pub fn card(&self, locale: &Locale) -> Card {
        let (key, fillings) = self.sentence(locale);
        let fillings: Vec<(&str, Filling<'_>)> = fillings;
        let said = Text::say(locale, key, &fillings);
        let mut body = vec![Paragraph::from(said)];
        body.extend(self.list(locale));
        let open = match self {
            Self::NotHere { nearest: links, .. }
            | Self::Several { choices: links, .. }
            | Self::NoSuchView { choices: links, .. } => links.clone(),
            _ => Vec::new(),
        };
        Card {
            title: locale.say(&format!("{key}.title")),
            body,
            page: (1, 1),
            open,
            ..Card::default()
        }
    }

    /// The name of the sentence, and what fills it.
    fn sentence(&self, locale: &Locale) -> (&'static str, Vec<(&'static str, Filling<'static>)>) {
        let text = |text: &str| Filling::from(text.to_owned());
        let echo = |asked: &str| Filling::from(shorten(asked, ECHO_CHARS_MAX));
        let channels = |channels: &[ChannelId]| {
            Filling::Mentions(channels.iter().copied().map(Mention::Channel).collect())
        };
        match self {
            Self::NotHere { asked, nearest } if nearest.is_empty() => {
                ("refuse-not-here-at-all", vec![("asked", echo(asked))])
            }
            Self::NotHere { asked, .. } => ("refuse-not-here", vec![("asked", echo(asked))]),
            Self::Several { asked, .. } => ("refuse-several", vec![("asked", echo(asked))]),
            Self::NoSuchView { asked, title, .. } => {
                ("refuse-no-view", vec![("asked", echo(asked)), ("title", text(title))])
            }
            Self::NoDate { asked } => ("refuse-no-date", vec![("asked", echo(asked))]),
            Self::Backwards { from, to } => {
                ("refuse-backwards", vec![("from", text(from)), ("to", text(to))])
            }
            Self::NothingHappened { known: [first, last] } => {
                ("refuse-nothing-happened", vec![("first", text(first)), ("last", text(last))])
            }
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
            Self::NotYoursToDelete => ("refuse-not-yours-to-delete", vec![]),
            Self::NotYours => ("refuse-not-yours", vec![]),
            Self::ManageServerLost => ("refuse-manage-server-lost", vec![]),
            Self::ConfirmationExpired => ("refuse-confirmation-expired", vec![]),
            Self::Newer => ("refuse-newer", vec![]),
            Self::NothingToRead => ("refuse-nothing-to-read", vec![]),
            Self::Broken { id } => ("refuse-broken", vec![("id", text(id))]),
            Self::Unreadable { option, takes: OptionKind::Number(most) } => (
                "refuse-no-number",
                vec![("option", text(option)), ("most", usize::from(*most).into())],
            ),
            Self::Unreadable { option, takes } => {
                let key = match takes {
                    OptionKind::Channel => "refuse-no-channel",
                    OptionKind::Member => "refuse-no-member",
                    OptionKind::Role => "refuse-no-role",
                    OptionKind::Flag => "refuse-no-flag",
                    _ => "refuse-unreadable",
                };
                (key, vec![("option", echo(option))])
            }
            Self::Missing { option } => ("refuse-missing", vec![("option", text(option))]),
            Self::NoSuchCommand { asked, nearest: Some(near) } => (
                "refuse-no-command-but",
                vec![("asked", echo(asked)), ("near", text(&near.to_string()))],
            ),
            Self::NoSuchCommand { asked, nearest: None } => {
                ("refuse-no-command", vec![("asked", echo(asked))])
            }
            Self::NoSuchOption { command, known, .. } if known.is_empty() => {
                ("refuse-no-options", vec![("command", text(command))])
            }
            Self::NoSuchOption { command, asked, known } => (
                "refuse-no-option",
                vec![
                    ("command", text(command)),
                    ("asked", echo(asked)),
                    ("known", text(&known.join(", "))),
                ],
            ),
            Self::AnsweredElsewhere { allowed } if allowed.is_empty() => ("refuse-blocked", vec![]),
            Self::AnsweredElsewhere { allowed } => {
                ("refuse-elsewhere", vec![("channels", channels(allowed))])
            }
            Self::OnlyInServers => ("refuse-only-in-servers", vec![]),
            Self::NoStore { trouble, was_saving } => {
                let key = match (was_saving, trouble) {
                    (false, _) => "refuse-not-read",
                    (true, StoreError::TooSlow) => "refuse-perhaps-saved",
                    (true, _) => "refuse-not-saved",
                };
                (key, vec![("trouble", locale.say(trouble.key()).into())])
            }
            Self::Lacks(_) => ("refuse-lacks", vec![]),
            Self::NotVisible(unseen) => ("refuse-unseen", vec![("channels", channels(unseen))]),
            Self::OtherServer(others) => {
                ("refuse-other-server", vec![("what", others.clone().into())])
            }
            Self::Unverified(unknown) => {
                ("refuse-unverified", vec![("what", unknown.clone().into())])
            }
            Self::NotPostable(channel) => {
                ("refuse-not-postable", vec![("channel", channels(&[*channel]))])
            }
            Self::TooManyRules => ("refuse-too-many-rules", vec![("most", RULES_MAX.into())]),
            Self::TooMany { option, most } => (
                "refuse-too-many",
                vec![("option", text(option)), ("most", usize::from(*most).into())],
            ),
            Self::NoneOf { option, known } => {
                ("refuse-none-of", vec![("option", text(option)), ("known", text(known))])
            }
            Self::NoDigests => ("refuse-no-digests", vec![]),
            Self::WhichDigest => ("refuse-which-digest", vec![]),
            Self::NoSuchDigest => ("refuse-no-such-digest", vec![]),
            Self::TooManyDigests => ("refuse-too-many-digests", vec![("most", DIGESTS_MAX.into())]),
            Self::NoTime { asked } => ("refuse-no-time", vec![("asked", echo(asked))]),
            Self::NoDays { asked } => ("refuse-no-days", vec![("asked", echo(asked))]),
            Self::NoContent { asked } => (
                "refuse-no-content",
                vec![
                    ("asked", echo(asked)),
                    ("known", text(&Kind::ALL.map(Kind::name).join(", "))),
                ],
            ),
            Self::NoZone { asked, known } if known.is_empty() => {
                ("refuse-no-zone", vec![("asked", echo(asked))])
            }
            Self::NoZone { asked, known } => (
                "refuse-which-zone",
                vec![("asked", echo(asked)), ("known", text(&known.join(", ")))],
            ),
            Self::NoAnnouncements(channel) => {
                ("refuse-no-announcements", vec![("channel", channels(&[*channel]))])
            }
            Self::NotEveryone => ("refuse-everyone", vec![]),
            Self::NothingChanges => ("refuse-nothing-changes", vec![]),
            Self::DraftGone => ("refuse-draft-gone", vec![]),
            Self::NoPoster => ("refuse-no-poster", vec![]),
            Self::BadFile(faults) => ("refuse-bad-file", vec![("count", faults.len().into())]),
            Self::NoFile(fault) => {
                let key = match fault {
                    FileFault::Missing => "refuse-no-file",
                    FileFault::TooLong => "refuse-long-file",
                    FileFault::Elsewhere => "refuse-foreign-file",
                    FileFault::Away => "refuse-file-away",
                };
                (key, vec![])
            }
        }
    }

    /// What is listed below the sentence.
    fn list(&self, locale: &Locale) -> Vec<Paragraph> {
        let item = |text: Text| Paragraph { item: true, ..text.into() };
        match self {
            Self::Lacks(channels) => {
                let row = |(channel, lacking): &(ChannelId, Permissions)| {
                    let fillings = [
                        ("channel", Mention::Channel(*channel).into()),
                        ("permissions", permission_names(*lacking).into()),
                    ];
                    item(Text::say(locale, "refuse-lacks.row", &fillings))
                };
                channels.iter().map(row).collect()
            }
            Self::BadFile(faults) => {
                let mut room = FAULTS_CHARS_MAX;
                let mut rows = Vec::new();
                for fault in faults {
                    let text = Text::words(fault.as_str());
                    match room.checked_sub(text.chars()) {
                        Some(left) => room = left,
                        None => break,
                    }
                    rows.push(item(text));
                }
                let more = faults.len() - rows.len();
                if more > 0 {
                    let more = [("count", more.into())];
                    rows.push(item(Text::say(locale, "refuse-bad-file.more", &more)));
                }
                rows
            }
            _ => Vec::new(),
        }
    }
}
