//! The context of the `/config` handlers: the store, Discord (if available), and who uses the
//! command where.

use std::sync::Arc;

use tokio::time::{Duration, Instant, timeout, timeout_at};

use super::AdminError;
use crate::card::{Filling, Refusal, Text};
use crate::catalog::Catalog;
use crate::digest::delivery::DigestPoster;
use crate::discord::command_permissions::{Subject, rights};
use crate::discord::http::Rest;
use crate::discord::incoming::Attachment;
use crate::discord::permissions::{CategoryCache, ChannelGuilds, PermissionChecker, roles};
use crate::guild::{
    Change, ChannelAccess, ChannelId, Difference, FileFault, GuildId, Location, Permissions,
    Rights, RoleId, Settings, UserId,
};
use crate::locale::Locale;
use crate::store::Store;

/// Timeout for a handler's requests to Discord.
const DISCORD_TIMEOUT: Duration = Duration::from_secs(5);

/// The services that all handlers share.
pub struct AdminContext<'a> {
    pub catalog: &'a Catalog,
    pub store: &'a Store,
    /// Discord's REST API, if available.
    pub rest: Option<&'a Rest>,
    pub poster: Option<&'a DigestPoster>,
    pub categories: &'a CategoryCache,
    pub channel_guilds: &'a ChannelGuilds,
    pub asked: GuildContext,
}

/// Where, when and by whom a subcommand is used.
pub struct GuildContext {
    pub interaction: u64,
    /// The application's id, which is also the bot's user id.
    pub application: u64,
    /// In seconds since 1970.
    pub now: i64,
    pub guild: GuildId,
    pub member: UserId,
    pub permissions: Option<Permissions>,
    /// The channel or thread in which the command is used.
    pub here: Location,
    /// The channels named by the command's options.
    pub named: Vec<Location>,
    /// The name of the first channel in `named`; empty if Discord did not send it.
    pub channel_name: String,
    /// The role named by an option, and whether everyone can mention it.
    pub role: Option<(RoleId, bool)>,
    /// The member that `/config check` is about.
    pub subject: Subject,
    pub file: Option<Attachment>,
    /// Whether the request comes from a button or select menu.
    pub is_pressed: bool,
}

impl GuildContext {
    /// What Discord sent about a channel.
    pub fn location(&self, channel: ChannelId) -> Location {
        let mut shown = self.named.iter().chain([&self.here]);
        let shown = shown.find(|location| location.channel == channel);
        shown.copied().unwrap_or(Location::unknown(channel))
    }

    /// Whether the member has Manage Server, as sent with each interaction.
    pub fn can_manage_server(&self) -> bool {
        self.permissions.is_some_and(|granted| granted.administrator() || granted.manage_guild())
    }
}

impl AdminContext<'_> {
    pub(super) fn locale(&self) -> &Locale {
        self.catalog.locale()
    }

    /// Formats a message.
    pub(super) fn text(&self, key: &str, fillings: &[(&str, Filling<'_>)]) -> Text {
        Text::say(self.locale(), key, fillings)
    }

    pub(super) async fn settings(&self) -> Result<Arc<Settings>, AdminError> {
        Ok(self.store.settings(self.asked.guild).await?)
    }

    /// Applies a change in one transaction and returns what it modified.
    pub(super) async fn change(&self, change: &Change) -> Result<Vec<Difference>, AdminError> {
        let GuildContext { guild, member, now, .. } = self.asked;
        let made = self.store.change(guild, member, now, change).await;
        Ok(made.map_err(AdminError::saving)?.differences)
    }

    fn permission_checker(&self) -> PermissionChecker<'_> {
        let GuildContext { application, guild, .. } = self.asked;
        PermissionChecker::new(self.rest, self.channel_guilds, application, guild)
    }

    /// Checks whether the bot can post in a channel.
    pub(super) async fn access(&self, location: &Location) -> ChannelAccess {
        let checker = self.permission_checker();
        let found = timeout(DISCORD_TIMEOUT, checker.access(location)).await;
        found.unwrap_or_else(|_| checker.unchecked(location))
    }

    /// Checks whether a channel belongs to the guild.
    pub(super) async fn ownership(&self, channel: ChannelId) -> ChannelAccess {
        let checker = self.permission_checker();
        let found = timeout(DISCORD_TIMEOUT, checker.belonging(channel)).await;
        found.unwrap_or_else(|_| checker.unchecked(&Location::unknown(channel)))
    }

    /// Checks many channels within one deadline: whether the bot can post, or (if the flag is
    /// false) only whether the channel belongs to the guild. Stops after `refused_max` refusals,
    /// because each one counts as an invalid request.
    pub(super) async fn access_to_all(
        &self,
        channels: impl Iterator<Item = (ChannelId, bool)>,
        within: Duration,
        refused_max: usize,
    ) -> Vec<ChannelAccess> {
        let checker = self.permission_checker();
        let deadline = Instant::now() + within;
        let mut found = Vec::new();
        let mut refused = 0;
        for (channel, is_posted_in) in channels {
            let location = self.asked.location(channel);
            let access = async {
                match is_posted_in {
                    true => checker.access(&location).await,
                    false => checker.belonging(channel).await,
                }
            };
            // After the deadline, the remaining channels are judged from cached data.
            let access = timeout_at(deadline, access).await;
            let access = access.unwrap_or_else(|_| checker.unchecked(&location));
            refused += usize::from(access.is_refused());
            found.push(access);
            if refused >= refused_max {
                break;
            }
        }
        found
    }

    /// The guild's roles; `None` if Discord does not list them.
    pub(super) async fn roles(&self) -> Option<Vec<RoleId>> {
        let rest = self.rest?;
        timeout(DISCORD_TIMEOUT, roles(rest, self.asked.guild)).await.ok()?
    }

    /// The command permissions of the member that `/config check` is about.
    pub(super) async fn rights(&self, location: &Location) -> Rights {
        let GuildContext { application, guild, subject, .. } = &self.asked;
        let Some(rest) = self.rest else {
            return Rights::Unchecked;
        };
        let found = rights(rest, *application, *guild, location.path, subject);
        timeout(DISCORD_TIMEOUT, found).await.unwrap_or(Rights::Unchecked)
    }

    /// Adds the category, which Discord does not send for a thread.
    pub(super) async fn with_category(&self, mut location: Location) -> Location {
        if let (Some(rest), Some(channel)) = (self.rest, location.without_category()) {
            let found = self.categories.get_or_retry(rest, channel);
            if let Ok(Ok(category)) = timeout(DISCORD_TIMEOUT, found).await {
                location.path.category = category;
            }
        }
        location
    }

    /// Downloads an attachment.
    pub(super) async fn download(
        &self,
        file: &Attachment,
        most: usize,
    ) -> Result<Vec<u8>, Refusal> {
        let away = || Refusal::new("refuse-file-away");
        let rest = self.rest.ok_or_else(away)?;
        match timeout(DISCORD_TIMEOUT, rest.fetch(&file.url, most)).await {
            Ok(Ok(content)) => Ok(content.to_vec()),
            Ok(Err(FileFault::TooLong)) => Err(Refusal::new("refuse-long-file")),
            Ok(Err(FileFault::Elsewhere)) => Err(Refusal::new("refuse-foreign-file")),
            Ok(Err(FileFault::Away)) | Err(_) => Err(away()),
        }
    }
}
