//! What a command is given besides its request: where and when it is asked, and what it said it needs. It waits for none of it.

use std::collections::HashSet;
use std::sync::{Arc, LazyLock};

use crate::card::Refusal;
use crate::digest::{Digest, Draft};
use crate::guild::{
    Category, ChannelId, ChannelPath, ChannelType, Decision, GuildId, LogLine, Permissions, RoleId,
    Settings, UserId,
};

/// All that is known to a command.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// A number drawn for this request, for commands that leave something to chance.
    pub chance: u64,
    /// The application of Discord that is asked, where there is one: links that invite it need its id.
    pub application: Option<u64>,
    /// Where, when and by whom it is asked, if in a server.
    pub occasion: Option<GuildContext>,
    /// The settings of the server.
    pub settings: Arc<Settings>,
    /// A page of the log, where it is needed.
    pub log: LogPage,
    /// What the bot may do in the channels that the request, its file or its draft names, or else in that of its digest, or else
    /// where it is asked.
    pub access: Vec<ChannelAccess>,
    /// The roles of the server, if a role that did not come along with the request is to be mentioned, and Discord listed them.
    pub roles: Option<Vec<RoleId>>,
    /// The digests of the server.
    pub digests: Vec<Digest>,
    /// What the digest that is asked about has shown, of what it does not show again yet.
    pub shown: HashSet<String>,
    /// The draft that is to be confirmed; none if it is too old, or somebody else's.
    pub draft: Option<Draft>,
    /// What Discord's own settings say of the one whom the request is about.
    pub rights: Rights,
    /// What the one whom the request is about may do in the channel that it is asked in, where Discord said.
    pub member: Option<Permissions>,
    /// The file that came with the request.
    pub file: Option<Result<Arc<[u8]>, FileFault>>,
}

/// Settings as they are where nobody has changed any.
static UNCHANGED: LazyLock<Arc<Settings>> = LazyLock::new(Arc::default);

impl Default for Loaded {
    fn default() -> Self {
        Self {
            chance: 0,
            application: None,
            occasion: None,
            settings: Arc::clone(&UNCHANGED),
            log: LogPage::default(),
            access: Vec::new(),
            roles: None,
            digests: Vec::new(),
            shown: HashSet::new(),
            draft: None,
            rights: Rights::NotAsked,
            member: None,
            file: None,
        }
    }
}

/// What a command needs to be loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Needs(u16);

impl Needs {
    /// Nothing but the request.
    pub const NOTHING: Self = Self(0);
    /// The server's settings.
    pub const SETTINGS: Self = Self(1);
    /// A page of the log.
    pub const LOG: Self = Self(1 << 1);
    /// What the bot may do in the channels that the request names.
    pub const ACCESS: Self = Self(1 << 2);
    /// What Discord's own settings say of who may use the commands.
    pub const RIGHTS: Self = Self(1 << 3);
    /// The file that came with the request.
    pub const FILE: Self = Self(1 << 4);
    /// The digests of the server.
    pub const DIGESTS: Self = Self(1 << 5);
    /// The digests, with the last runs of those on the page that is asked for, or of the one that is asked about.
    pub const RUNS: Self = Self(1 << 6 | 1 << 5);
    /// What the digest that is asked about has shown, and the digests.
    pub const SHOWN: Self = Self(1 << 7 | 1 << 5);
    /// The draft that is to be confirmed, and the digests.
    pub const DRAFT: Self = Self(1 << 8 | 1 << 5);

    /// All of both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether all of the other is among it.
    pub const fn hold(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

/// Where, when and by whom something is asked in a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuildContext {
    /// The server.
    pub guild: GuildId,
    /// Who asks.
    pub member: UserId,
    /// When, in seconds since 1970.
    pub now: i64,
    /// The channel or thread that it is asked in.
    pub here: Location,
    /// The channels that the request names.
    pub named: Vec<Location>,
    /// What the first of them is called; empty where Discord does not say.
    pub channel_name: String,
    /// The role that the request names, and whether everyone may mention it.
    pub role: Option<(RoleId, bool)>,
    /// Whether it is a press on something that was shown, rather than a command that was typed.
    pub is_pressed: bool,
}

impl GuildContext {
    /// A channel, as far as Discord has shown it.
    pub fn location(&self, channel: ChannelId) -> Location {
        let mut all = self.named.iter().chain([&self.here]);
        let shown = all.find(|location| location.channel == channel);
        shown.copied().unwrap_or(Location::unsaid(channel))
    }
}

/// A channel that something is asked in or about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Location {
    /// The channel or thread.
    pub channel: ChannelId,
    /// The server that it belongs to, where Discord said.
    pub guild: Option<GuildId>,
    /// What it is.
    pub kind: Option<ChannelType>,
    /// Where it is among others.
    pub spot: ChannelPath,
    /// What the bot may do there, where Discord said.
    pub bot: Option<Permissions>,
    /// Whether Discord hides it from the bot.
    pub is_hidden: bool,
}

/// A channel, and what the bot may do in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelAccess {
    /// The channel.
    pub channel: ChannelId,
    /// Whether Discord said that it belongs to the server.
    pub is_of_guild: bool,
    /// What it is, as far as that could be found out.
    pub kind: Option<ChannelType>,
    /// What the bot may do there.
    pub access: Access,
    /// All its permissions there, if they could be found out.
    pub permissions: Option<Permissions>,
}

/// What the bot may do in a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    /// See it, and speak there.
    Full,
    /// It lacks these, the first of which has to be there for the others.
    Lacks(Permissions),
    /// Discord does not show it: it is hidden, or gone.
    NotVisible,
    /// It belongs to another server, or is a direct message.
    OtherServer,
    /// It could not be found out.
    Unchecked(Unchecked),
}

/// Why something could not be found out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unchecked {
    /// Discord refused to tell.
    Refused,
    /// Discord could not be asked in time, or gave no answer that can be read.
    Away,
}

/// What Discord's own settings say (Server Settings, Integrations).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Rights {
    /// Nobody asked.
    #[default]
    NotAsked,
    /// It could not be found out.
    Unchecked,
    /// The member may use all commands there, but for these.
    Known {
        /// Whether none may be used, and by what.
        all: Option<Denial>,
        /// Those that are decided otherwise than the rest, and whether they may be used.
        others: Vec<(String, bool)>,
    },
}

/// What keeps somebody from a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denial {
    /// The channel.
    Channel(ChannelId),
    /// All channels but those that are named.
    AllChannels,
    /// The member.
    Member,
    /// A role that the member has.
    Role(RoleId),
    /// Everyone but those who are named.
    Everyone,
}

/// A page of the log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogPage {
    /// The lines, newest first.
    pub lines: Vec<LogLine>,
    /// How many there are on all pages.
    pub total: usize,
}

impl LogPage {
    /// The most lines on a page.
    pub const LINES_MAX: usize = 10;
}

/// How many digests are on a page of their list.
pub const DIGESTS_ON_PAGE: usize = 4;

/// Why a file could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileFault {
    /// The request named none, or none came along.
    Missing,
    /// It is longer than any that is read.
    TooLong,
    /// It is not where Discord keeps files.
    Elsewhere,
    /// It could not be had in time.
    Away,
}

impl Loaded {
    /// Where, when and by whom it is asked in a server.
    ///
    /// # Errors
    ///
    /// A refusal, if it is not asked in a server.
    pub fn occasion(&self) -> Result<&GuildContext, Refusal> {
        self.occasion.as_ref().ok_or(Refusal::OnlyInServers)
    }

    /// What a channel is. What Discord shows of one that a moderator names goes before what it shows the bot.
    ///
    /// # Errors
    ///
    /// A refusal, if it is not asked in a server.
    pub fn kind(&self, channel: ChannelId) -> Result<Option<ChannelType>, Refusal> {
        let reach = self.access.iter().find(|reach| reach.channel == channel);
        let shown = self.occasion()?.location(channel).kind;
        Ok(shown.or_else(|| reach.and_then(|reach| reach.kind)))
    }
}

impl Location {
    /// A channel of which Discord said no more than its id.
    pub const fn unsaid(channel: ChannelId) -> Self {
        Self {
            channel,
            guild: None,
            kind: None,
            spot: ChannelPath { thread: None, channel, category: Category::Unknown },
            bot: None,
            is_hidden: false,
        }
    }

    /// Whether answers may be public there. `None` where the category that decides is not known.
    pub fn decide(&self, settings: &Settings) -> Option<Decision> {
        settings.rules.decide(self.spot)
    }

    /// The channel whose category would have to be known, where it is not.
    pub fn without_category(&self) -> Option<ChannelId> {
        (self.spot.category == Category::Unknown).then_some(self.spot.channel)
    }
}
