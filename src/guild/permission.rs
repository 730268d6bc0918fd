//! Discord's permissions, as far as they matter to where the bot may speak:
//! <https://docs.discord.com/developers/topics/permissions#permissions-bitwise-permission-flags>.

/// A permission, by the name that Discord's settings show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// Changing the server's settings.
    ManageServer,
    /// Seeing a channel, which everything else there needs.
    ViewChannel,
    /// Sending messages in a channel.
    SendMessages,
    /// Sending messages in its threads.
    SendMessagesInThreads,
    /// Entering a voice channel, which its chat needs too.
    Connect,
    /// Reading what was sent before.
    ReadMessageHistory,
    /// Mentioning every role, those too that not everyone may mention.
    MentionEveryone,
    /// Using commands of apps.
    UseApplicationCommands,
    /// Showing everyone the answers of apps that only oneself has added.
    UseExternalApps,
}

impl Permission {
    /// Its bit.
    pub const fn bit(self) -> u64 {
        1 << match self {
            Self::ManageServer => 5,
            Self::ViewChannel => 10,
            Self::SendMessages => 11,
            Self::ReadMessageHistory => 16,
            Self::MentionEveryone => 17,
            Self::Connect => 20,
            Self::UseApplicationCommands => 31,
            Self::SendMessagesInThreads => 38,
            Self::UseExternalApps => 50,
        }
    }

    /// Its name in Discord's settings. Discord translates it; in English it is this.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ManageServer => "Manage Server",
            Self::ViewChannel => "View Channel",
            Self::SendMessages => "Send Messages",
            Self::ReadMessageHistory => "Read Message History",
            Self::MentionEveryone => "Mention @everyone, @here, and All Roles",
            Self::Connect => "Connect",
            Self::UseApplicationCommands => "Use Application Commands",
            Self::SendMessagesInThreads => "Send Messages in Threads",
            Self::UseExternalApps => "Use External Apps",
        }
    }
}

/// The permissions that somebody has in a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permissions(pub u64);

/// Whoever has this has all.
const ADMINISTRATOR: u64 = 1 << 3;

impl Permissions {
    /// Whether a permission is among them. Who cannot see a channel can do nothing there, whatever else is said:
    /// <https://docs.discord.com/developers/topics/permissions#implicit-permissions>.
    pub const fn has(self, permission: Permission) -> bool {
        let is_there = self.0 & permission.bit() != 0;
        let sees = self.0 & Permission::ViewChannel.bit() != 0;
        self.0 & ADMINISTRATOR != 0 || is_there && sees
    }

    /// Whether they are an administrator's, who has all.
    pub const fn are_all(self) -> bool {
        self.0 & ADMINISTRATOR != 0
    }

    /// Whether a permission was given, whatever else it needs.
    pub const fn include(self, permission: Permission) -> bool {
        self.0 & (ADMINISTRATOR | permission.bit()) != 0
    }

    /// Those of a list that are not among them.
    pub fn lack(self, needed: &[Permission]) -> Vec<Permission> {
        if !self.has(Permission::ViewChannel) {
            // The rest follows from it, and may be there again once it is.
            return vec![Permission::ViewChannel];
        }
        let lacking = needed.iter().filter(|permission| !self.has(**permission));
        lacking.copied().collect()
    }
}

/// What a channel is: <https://docs.discord.com/developers/resources/channel#channel-object-channel-types>.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChannelKind {
    /// A channel of text.
    Text,
    /// A channel whose messages other servers can follow.
    Announcement,
    /// A voice channel, which has a chat.
    Voice,
    /// A stage, which has one as well.
    Stage,
    /// Channels together.
    Category,
    /// A thread, public or private.
    Thread,
    /// A channel of nothing but threads.
    Forum,
    /// A direct message, a group, or something newer.
    Other,
}

impl ChannelKind {
    /// The kind that Discord numbers so.
    pub const fn of(number: u64) -> Self {
        match number {
            0 => Self::Text,
            2 => Self::Voice,
            4 => Self::Category,
            5 => Self::Announcement,
            10..=12 => Self::Thread,
            13 => Self::Stage,
            15 | 16 => Self::Forum,
            _ => Self::Other,
        }
    }

    /// What it takes to speak there, beginning with what everything else needs.
    pub const fn needed_to_speak(self) -> &'static [Permission] {
        use Permission::{Connect, SendMessages, SendMessagesInThreads, ViewChannel};
        match self {
            Self::Thread | Self::Forum => &[ViewChannel, SendMessagesInThreads],
            Self::Voice | Self::Stage => &[ViewChannel, Connect, SendMessages],
            Self::Text | Self::Announcement | Self::Category | Self::Other => {
                &[ViewChannel, SendMessages]
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_cannot_see_a_channel_can_do_nothing_there() {
        let send = Permission::SendMessages.bit();
        let view = Permission::ViewChannel.bit();
        let needed = ChannelKind::Text.needed_to_speak();
        for (bits, lacking) in [
            (send, vec![Permission::ViewChannel]),
            (view, vec![Permission::SendMessages]),
            (view | send, vec![]),
            (ADMINISTRATOR, vec![]),
            (0, vec![Permission::ViewChannel]),
        ] {
            assert_eq!(Permissions(bits).lack(needed), lacking, "{bits:b}");
        }
    }

    #[test]
    fn threads_need_a_permission_of_their_own() {
        let bits = Permission::ViewChannel.bit() | Permission::SendMessages.bit();
        let lacking = Permissions(bits).lack(ChannelKind::of(11).needed_to_speak());
        assert_eq!(lacking, [Permission::SendMessagesInThreads]);
    }
}
