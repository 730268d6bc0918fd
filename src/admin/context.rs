//! The context of the `/config` handlers: the store, Discord (if available), and who uses the
//! command where.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::time::{Duration, Instant, timeout, timeout_at};

use super::AdminError;
use crate::card::{Argument, Refusal, Text};
use crate::catalog::Catalog;
use crate::digest::delivery::DigestPoster;
use crate::discord::command_permissions::{Subject, load_rights};
use crate::discord::http::Rest;
use crate::discord::incoming::Attachment;
use crate::discord::permissions::{
    CategoryCache, ChannelGuilds, PermissionChecker, load_guild_roles,
};
use crate::guild::{
    Change, ChannelAccess, ChannelId, ChannelInfo, CommandRights, Difference, DownloadError,
    GuildId, Permissions, RoleId, Settings, UserId,
};
use crate::locale::Locale;
use crate::store::Store;

/// Timeout for a handler's requests to Discord.
const DISCORD_TIMEOUT: Duration = Duration::from_secs(5);

/// Timeout for checking all channels of a command or a settings file.
const CHECKS_TIMEOUT: Duration = Duration::from_secs(10);

/// The checks stop after this many channels that Discord refuses, because each one counts as an
/// invalid request.
const REFUSED_MAX: usize = 10;

/// The services that all handlers share.
pub struct AdminContext<'a> {
    pub catalog: &'a Catalog,
    pub store: &'a Store,
    /// Discord's REST API, if available.
    pub rest: Option<&'a Rest>,
    pub poster: Option<&'a DigestPoster>,
    pub categories: &'a CategoryCache,
    pub channel_guilds: &'a ChannelGuilds,
    pub guild_context: GuildContext,
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
    pub current_channel: ChannelInfo,
    /// The channels named by the command's options.
    pub resolved_channels: Vec<ChannelInfo>,
    /// The name of the first channel in `resolved_channels`; empty if Discord did not send it.
    pub channel_name: String,
    /// The role named by an option, and whether everyone can mention it.
    pub role: Option<(RoleId, bool)>,
    /// The member that `/config check` is about.
    pub subject: Subject,
    pub file: Option<Attachment>,
    /// Whether the request comes from a button or select menu.
    pub is_component: bool,
}

impl GuildContext {
    /// What Discord sent about a channel.
    pub fn location(&self, channel: ChannelId) -> ChannelInfo {
        let mut shown = self.resolved_channels.iter().chain([&self.current_channel]);
        let shown = shown.find(|location| location.channel == channel);
        shown.copied().unwrap_or(ChannelInfo::unknown(channel))
    }
}

impl AdminContext<'_> {
    pub(super) fn locale(&self) -> &Locale {
        self.catalog.locale()
    }

    /// Formats a message.
    pub(super) fn text(&self, key: &str, arguments: &[(&str, Argument<'_>)]) -> Text {
        Text::format(self.locale(), key, arguments)
    }

    pub(super) async fn settings(&self) -> Result<Arc<Settings>, AdminError> {
        Ok(self.store.settings(self.guild_context.guild).await?)
    }

    /// Applies a change in one transaction and returns what it modified.
    pub(super) async fn change(
        &self,
        change: impl Into<Change>,
    ) -> Result<Vec<Difference>, AdminError> {
        let GuildContext { guild, member, now, .. } = self.guild_context;
        let applied = self.store.change(guild, member, now, &change.into()).await;
        Ok(applied.map_err(AdminError::save_failed)?.differences)
    }

    fn permission_checker(&self) -> PermissionChecker<'_> {
        let GuildContext { application, guild, .. } = self.guild_context;
        PermissionChecker::new(self.rest, self.channel_guilds, application, guild)
    }

    /// Checks whether the bot can post in a channel.
    pub(super) async fn check_access(&self, location: &ChannelInfo) -> ChannelAccess {
        let deadline = Instant::now() + DISCORD_TIMEOUT;
        check(&self.permission_checker(), location, deadline).await
    }

    /// Checks whether the bot can post in many channels within one deadline, each once.
    pub(super) async fn check_access_to_all(
        &self,
        channels: impl Iterator<Item = ChannelId>,
    ) -> Vec<ChannelAccess> {
        let checker = self.permission_checker();
        let deadline = Instant::now() + CHECKS_TIMEOUT;
        let mut found: Vec<ChannelAccess> = Vec::new();
        for channel in channels {
            if !found.iter().any(|known| known.channel == channel) {
                let location = self.guild_context.location(channel);
                found.push(check(&checker, &location, deadline).await);
            }
            if found.iter().filter(|access| access.is_refused()).count() >= REFUSED_MAX {
                break;
            }
        }
        found
    }

    /// The guild's roles, and whether everyone may mention them; `None` if Discord does not list them.
    pub(super) async fn load_roles(&self) -> Option<HashMap<RoleId, bool>> {
        let rest = self.rest?;
        timeout(DISCORD_TIMEOUT, load_guild_roles(rest, self.guild_context.guild)).await.ok()?
    }

    /// The command permissions of the member that `/config check` is about; `None` if Discord does
    /// not return them.
    pub(super) async fn load_rights(&self, location: &ChannelInfo) -> Option<CommandRights> {
        let GuildContext { application, guild, subject, .. } = &self.guild_context;
        let rights = load_rights(self.rest?, *application, *guild, location.path, subject);
        timeout(DISCORD_TIMEOUT, rights).await.ok()?
    }

    /// Adds the category, which Discord does not send for a thread.
    pub(super) async fn load_category(&self, mut location: ChannelInfo) -> ChannelInfo {
        if let (Some(rest), Some(channel)) = (self.rest, location.missing_category()) {
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
        bytes_max: usize,
    ) -> Result<Vec<u8>, Refusal> {
        let away = || Refusal::new("refuse-file-away");
        let rest = self.rest.ok_or_else(away)?;
        match timeout(DISCORD_TIMEOUT, rest.fetch(&file.url, bytes_max)).await {
            Ok(Ok(content)) => Ok(content.to_vec()),
            Ok(Err(DownloadError::TooLarge)) => Err(Refusal::new("refuse-long-file")),
            Ok(Err(DownloadError::ForeignHost)) => Err(Refusal::new("refuse-foreign-file")),
            Ok(Err(DownloadError::Unavailable)) | Err(_) => Err(away()),
        }
    }
}

/// Checks whether the bot can post in a channel. After the deadline, it is judged from cached data.
async fn check(
    checker: &PermissionChecker<'_>,
    location: &ChannelInfo,
    deadline: Instant,
) -> ChannelAccess {
    let access = timeout_at(deadline, checker.check_access(location)).await;
    access.unwrap_or_else(|_| checker.unchecked_access(location))
}
