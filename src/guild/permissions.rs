//! Additions to serenity's permissions and channel types: rules that Discord applies without
//! sending the result.

pub use serenity::model::channel::ChannelType;
pub use serenity::model::permissions::Permissions;

/// Permission names as in Discord's English interface. serenity uses older names, such as "Manage
/// Guild".
const NAMES: [(Permissions, &str); 10] = [
    (Permissions::MANAGE_GUILD, "Manage Server"),
    (Permissions::VIEW_CHANNEL, "View Channel"),
    (Permissions::CONNECT, "Connect"),
    (Permissions::SEND_MESSAGES, "Send Messages"),
    (Permissions::SEND_MESSAGES_IN_THREADS, "Send Messages in Threads"),
    (Permissions::ATTACH_FILES, "Attach Files"),
    (Permissions::READ_MESSAGE_HISTORY, "Read Message History"),
    (Permissions::MENTION_EVERYONE, "Mention @everyone, @here, and All Roles"),
    (Permissions::USE_APPLICATION_COMMANDS, "Use Application Commands"),
    (Permissions::USE_EXTERNAL_APPS, "Use External Apps"),
];

/// The names of permissions as shown in Discord, separated by commas.
pub fn permission_names(permissions: Permissions) -> String {
    let named = NAMES.iter().filter(|(permission, _)| permissions.contains(*permission));
    named.map(|(_, name)| *name).collect::<Vec<_>>().join(", ")
}

/// Applies Discord's implicit permissions: an administrator has all permissions, and a member who
/// cannot view a channel has none in it.
/// <https://docs.discord.com/developers/topics/permissions#implicit-permissions>
pub fn effective_permissions(granted: Permissions) -> Permissions {
    if granted.administrator() {
        Permissions::all()
    } else if granted.view_channel() {
        granted
    } else {
        Permissions::empty()
    }
}

/// Whether a member has Manage Server.
pub fn can_manage_server(granted: Option<Permissions>) -> bool {
    granted.is_some_and(|granted| granted.administrator() || granted.manage_guild())
}

/// The needed permissions that are not granted. If View Channel is missing, only that is returned,
/// because the others may be granted and just be ineffective.
pub fn missing_permissions(granted: Permissions, needed: Permissions) -> Permissions {
    let effective = effective_permissions(granted);
    match effective.view_channel() {
        true => needed.difference(effective),
        false => Permissions::VIEW_CHANNEL,
    }
}

/// The permissions required to post in a channel of this type.
pub fn permissions_to_post(kind: Option<ChannelType>) -> Permissions {
    let own = match kind {
        Some(kind) if is_thread(kind) || is_forum(kind) => Permissions::SEND_MESSAGES_IN_THREADS,
        Some(ChannelType::Voice | ChannelType::Stage) => {
            Permissions::CONNECT.union(Permissions::SEND_MESSAGES)
        }
        _ => Permissions::SEND_MESSAGES,
    };
    Permissions::VIEW_CHANNEL.union(own)
}

pub const fn is_thread(kind: ChannelType) -> bool {
    use ChannelType::{NewsThread, PrivateThread, PublicThread};
    matches!(kind, NewsThread | PublicThread | PrivateThread)
}

/// Channel types in which messages can be posted.
pub const POSTABLE: &[ChannelType] = &[
    ChannelType::Text,
    ChannelType::News,
    ChannelType::Voice,
    ChannelType::Stage,
    ChannelType::NewsThread,
    ChannelType::PublicThread,
    ChannelType::PrivateThread,
];

/// Whether the channel only contains threads (forum or media channel). serenity has no media
/// channel type yet.
pub const fn is_forum(kind: ChannelType) -> bool {
    const MEDIA: u8 = 16;
    matches!(kind, ChannelType::Forum | ChannelType::Unknown(MEDIA))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_view_channel_nothing_is_permitted() {
        let (view, send) = (Permissions::VIEW_CHANNEL, Permissions::SEND_MESSAGES);
        let needed = permissions_to_post(Some(ChannelType::Text));
        for (granted, missing) in [
            (send, view),
            (view, send),
            (view | send, Permissions::empty()),
            (Permissions::ADMINISTRATOR, Permissions::empty()),
            (Permissions::empty(), view),
        ] {
            assert_eq!(missing_permissions(granted, needed), missing, "{granted:?}");
        }
    }

    #[test]
    fn posting_in_threads_requires_its_own_permission() {
        let granted = Permissions::VIEW_CHANNEL | Permissions::SEND_MESSAGES;
        let needed = permissions_to_post(Some(ChannelType::PublicThread));
        let missing = missing_permissions(granted, needed);
        assert_eq!(permission_names(missing), "Send Messages in Threads");
    }
}
