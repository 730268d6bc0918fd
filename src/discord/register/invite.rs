//! The links that add the bot to a server or to an account.

use super::application::Application;
use crate::discord::parse::Id;

/// A permission that a server is asked for, and what for.
#[derive(Clone, Copy, Debug)]
pub struct Permission {
    /// Its name, as Discord's settings show it.
    pub name: &'static str,
    /// Its bit: <https://docs.discord.com/developers/topics/permissions#permissions-bitwise-permission-flags>.
    pub bit: u64,
    /// What the bot cannot do without it.
    pub reason: &'static str,
}

/// What a server is asked for: nothing. An answer to an interaction needs no permission of the bot, in whatever channel it is
/// asked, and the bot posts nothing unasked. Whatever comes to do so names here what it needs.
pub const PERMISSIONS: &[Permission] = &[];

/// Where people authorize an application: <https://docs.discord.com/developers/topics/oauth2#bot-authorization-flow>.
const AUTHORIZE: &str = "https://discord.com/oauth2/authorize";

/// Where applications are set up.
const PORTAL: &str = "https://discord.com/developers/applications";

/// The link that adds the bot to a server.
pub fn to_guild(application: Id, permissions: &[Permission]) -> String {
    let bits = permissions.iter().fold(0, |bits, one| bits | one.bit);
    format!(
        "{AUTHORIZE}?client_id={application}&integration_type=0&scope=bot+applications.commands&permissions={bits}"
    )
}

/// The link that adds the bot to an account.
pub fn to_account(application: Id) -> String {
    format!("{AUTHORIZE}?client_id={application}&integration_type=1&scope=applications.commands")
}

/// Both links, each with what it does and what has to be turned on first.
pub fn explain(application: &Application, permissions: &[Permission]) -> String {
    let Application {
        id,
        is_public,
        is_for_guilds,
        is_for_accounts,
    } = *application;
    let mut lines = vec![
        "Add Dossier to a server, for all its members (whoever does it needs Manage Server there):"
            .to_owned(),
        format!("  {}", to_guild(id, permissions)),
    ];
    if permissions.is_empty() {
        lines.push("  It asks for no permission: answers to commands need none, and it posts nothing unasked.".to_owned());
    }
    let asked = |one: &Permission| format!("  It asks for {}: {}.", one.name, one.reason);
    lines.extend(permissions.iter().map(asked));
    lines.extend((!is_for_guilds).then(|| turn_on("Guild Install")));
    lines.extend([
        String::new(),
        "Add Dossier to an account, for one person in all servers, direct messages and groups:"
            .to_owned(),
        format!("  {}", to_account(id)),
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
        id: Id(41),
        is_public: true,
        is_for_guilds: true,
        is_for_accounts: true,
    };

    #[test]
    fn a_server_is_asked_for_just_what_is_listed() {
        let posts = [("View Channels", 1 << 10), ("Send Messages", 1 << 11)].map(|(name, bit)| {
            Permission {
                name,
                bit,
                reason: "to post",
            }
        });
        assert!(to_guild(Id(41), &posts).ends_with("&permissions=3072"));
        assert!(to_guild(Id(41), &[]).ends_with("&permissions=0"));
        assert!(explain(&ALL, &posts).contains("It asks for View Channels: to post."));
    }

    #[test]
    fn both_links_are_explained() {
        let text = explain(&ALL, PERMISSIONS);
        assert!(text.contains(
            "client_id=41&integration_type=0&scope=bot+applications.commands&permissions=0\n"
        ));
        assert!(text.contains("client_id=41&integration_type=1&scope=applications.commands\n"));
        assert!(text.contains("no permission") && !text.contains("turn"));
    }

    #[test]
    fn what_has_to_be_turned_on_first_is_said() {
        let none = Application {
            is_public: false,
            is_for_guilds: false,
            is_for_accounts: false,
            ..ALL
        };
        let text = explain(&none, PERMISSIONS);
        for what in [
            "turn on Guild Install",
            "turn on User Install",
            "Public Bot is turned on",
        ] {
            assert!(text.contains(what), "{text}");
        }
    }
}
