//! serenity's permissions and channel types, with the rules that Discord applies to them and does not send along.

pub use serenity::model::channel::ChannelType;
pub use serenity::model::permissions::Permissions;

/// The permissions that Dossier speaks of, as Discord's English settings call them: serenity says "Manage Guild".
const NAMES: [(Permissions, &str); 9] = [
    (Permissions::MANAGE_GUILD, "Manage Server"),
    (Permissions::VIEW_CHANNEL, "View Channel"),
    (Permissions::CONNECT, "Connect"),
    (Permissions::SEND_MESSAGES, "Send Messages"),
    (Permissions::SEND_MESSAGES_IN_THREADS, "Send Messages in Threads"),
    (Permissions::READ_MESSAGE_HISTORY, "Read Message History"),
    (Permissions::MENTION_EVERYONE, "Mention @everyone, @here, and All Roles"),
    (Permissions::USE_APPLICATION_COMMANDS, "Use Application Commands"),
    (Permissions::USE_EXTERNAL_APPS, "Use External Apps"),
];

/// The names of permissions as people know them, with commas between.
pub fn permission_names(permissions: Permissions) -> String {
    let named = NAMES.iter().filter(|(permission, _)| permissions.contains(*permission));
    named.map(|(_, name)| *name).collect::<Vec<_>>().join(", ")
}

/// What somebody can do in a channel: an administrator everything, and nothing who cannot see it
/// (<https://docs.discord.com/developers/topics/permissions#implicit-permissions>).
pub fn effective_permissions(granted: Permissions) -> Permissions {
    if granted.administrator() {
        Permissions::all()
    } else if granted.view_channel() {
        granted
    } else {
        Permissions::empty()
    }
}

/// The permissions that are needed and not there. Without View Channel it is that one alone: the others may follow from it.
pub fn missing_permissions(granted: Permissions, needed: Permissions) -> Permissions {
    let effective = effective_permissions(granted);
    match effective.view_channel() {
        true => needed.difference(effective),
        false => Permissions::VIEW_CHANNEL,
    }
}

/// The permissions that posting in a channel of this type takes.
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

/// Whether it is a thread, public or private.
pub const fn is_thread(kind: ChannelType) -> bool {
    use ChannelType::{NewsThread, PrivateThread, PublicThread};
    matches!(kind, NewsThread | PublicThread | PrivateThread)
}

/// Whether it is a channel of nothing but threads. serenity does not know media channels yet.
pub const fn is_forum(kind: ChannelType) -> bool {
    const MEDIA: u8 = 16;
    matches!(kind, ChannelType::Forum | ChannelType::Unknown(MEDIA))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_cannot_see_a_channel_can_do_nothing_there() {
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
    fn threads_need_a_permission_of_their_own() {
        let granted = Permissions::VIEW_CHANNEL | Permissions::SEND_MESSAGES;
        let needed = permissions_to_post(Some(ChannelType::PublicThread));
        let missing = missing_permissions(granted, needed);
        assert_eq!(permission_names(missing), "Send Messages in Threads");
    }
}
