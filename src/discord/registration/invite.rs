//! Invite links, which add the bot to a server or to a user account.

use super::application::Application;
use crate::guild::{ApplicationId, Permissions, permission_names};

/// The permissions that the invite link requests, each with its purpose. Responding to interactions
/// needs no permission in any channel; only digests do.
pub const PERMISSIONS: &[(Permissions, &str)] = &[
    (Permissions::VIEW_CHANNEL, "to post digests where moderators want them"),
    (Permissions::SEND_MESSAGES, "likewise"),
    (Permissions::SEND_MESSAGES_IN_THREADS, "likewise, in threads"),
    (Permissions::ATTACH_FILES, "to post digests with pictures"),
    (
        Permissions::READ_MESSAGE_HISTORY,
        "to look, after a crash, whether a digest was posted already",
    ),
];

/// OAuth2 authorization URL:
/// <https://docs.discord.com/developers/topics/oauth2#bot-authorization-flow>.
const AUTHORIZE: &str = "https://discord.com/oauth2/authorize";

/// The developer portal.
const PORTAL: &str = "https://discord.com/developers/applications";

pub fn guild_url(application: ApplicationId) -> String {
    let bits = PERMISSIONS.iter().fold(0, |bits, (one, _)| bits | one.bits());
    format!(
        "{AUTHORIZE}?client_id={application}&integration_type=0&scope=bot+applications.commands&permissions={bits}"
    )
}

pub fn account_url(application: ApplicationId) -> String {
    format!("{AUTHORIZE}?client_id={application}&integration_type=1&scope=applications.commands")
}

/// Explains both links, including what has to be enabled in the developer portal first.
pub fn explain(application: &Application) -> String {
    let Application { id, is_public, is_for_guilds, is_for_accounts, .. } = *application;
    let mut lines = vec![
        "Add Dossier to a server, for all its members (whoever does it needs Manage Server there):"
            .to_owned(),
        format!("  {}", guild_url(id)),
    ];
    lines.push("  Answers to commands need no permission of the bot; digests, which moderators can set up, do. It asks for".to_owned());
    let requested =
        |(one, reason): &(Permissions, &str)| format!("  - {}, {reason}", permission_names(*one));
    lines.extend(PERMISSIONS.iter().map(requested));
    lines.extend((!is_for_guilds).then(|| turn_on("Guild Install")));
    lines.extend([
        String::new(),
        "Add Dossier to an account, for one person in all servers, direct messages and groups:"
            .to_owned(),
        format!("  {}", account_url(id)),
        "  In a server that has not added it, that server decides whether others see the answers."
            .to_owned(),
    ]);
    lines.extend((!is_for_accounts).then(|| turn_on("User Install")));
    if !is_public {
        lines.push(
            "\nOnly the application's owner can use these links, until Public Bot is turned on."
                .to_owned(),
        );
    }
    lines.join("\n") + "\n"
}

fn turn_on(what: &str) -> String {
    format!("  First turn on {what} at {PORTAL}, on the application's page Installation.")
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Application = Application {
        id: ApplicationId::new(41),
        is_public: true,
        is_for_guilds: true,
        is_for_accounts: true,
        public_key: None,
        endpoint_url: None,
    };

    #[test]
    fn both_links_are_explained_with_each_permission() {
        let text = explain(&ALL);
        let bits: u64 = 1 << 10 | 1 << 11 | 1 << 15 | 1 << 16 | 1 << 38;
        assert!(text.contains(&format!(
            "client_id=41&integration_type=0&scope=bot+applications.commands&permissions={bits}\n"
        )));
        assert!(text.contains("client_id=41&integration_type=1&scope=applications.commands\n"));
        for (permission, reason) in PERMISSIONS {
            assert!(text.contains(&format!("{}, {reason}", permission_names(*permission))));
        }
        assert!(!text.contains("turn on"));
    }

    #[test]
    fn settings_to_enable_first_are_explained() {
        let none =
            Application { is_public: false, is_for_guilds: false, is_for_accounts: false, ..ALL };
        let text = explain(&none);
        for what in ["turn on Guild Install", "turn on User Install", "Public Bot is turned on"] {
            assert!(text.contains(what), "{text}");
        }
    }
}
