//! The application that the token belongs to.

use anyhow::Context;
use serde_json::Value;

use crate::discord::http::Rest;
use crate::guild::{ApplicationId, parse_id};

/// An application: <https://docs.discord.com/developers/resources/application#application-object>.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application {
    pub id: ApplicationId,
    /// Whether anyone can install it, or only its owner.
    pub is_public: bool,
    /// Whether it can be installed to a guild.
    pub is_for_guilds: bool,
    /// Whether it can be installed to a user account.
    pub is_for_accounts: bool,
    /// What its requests over HTTP are signed with, in hexadecimal.
    pub public_key: Option<String>,
    /// Where Discord sends interactions over HTTP; none where they go through the gateway.
    pub endpoint_url: Option<String>,
}

impl Application {
    /// Loads the application from Discord.
    pub async fn load(rest: &Rest) -> anyhow::Result<Self> {
        let object = rest.get("/applications/@me").await;
        let object = object.context("load the bot's application")?;
        serde_json::from_slice(&object)
            .ok()
            .as_ref()
            .and_then(Self::read)
            .context("Discord's response contains no application")
    }

    /// Parses an application object. A missing field counts as allowed.
    fn read(object: &Value) -> Option<Self> {
        let ways = object.get("integration_types_config").and_then(Value::as_object);
        let allows = |way: &str| ways.is_none_or(|ways| ways.contains_key(way));
        let text = |key: &str| object.get(key).and_then(Value::as_str).map(str::to_owned);
        Some(Self {
            id: parse_id(object.get("id")?.as_str()?)?,
            is_public: object.get("bot_public").and_then(Value::as_bool).unwrap_or(true),
            is_for_guilds: allows("0"),
            is_for_accounts: allows("1"),
            public_key: text("verify_key"),
            endpoint_url: text("interactions_endpoint_url").filter(|url| !url.is_empty()),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn missing_fields_count_as_allowed() {
        let all = Application {
            id: ApplicationId::new(7),
            is_public: true,
            is_for_guilds: true,
            is_for_accounts: true,
            public_key: None,
            endpoint_url: None,
        };
        for (object, expected) in [
            (json!({"id": "7"}), Some(all.clone())),
            (
                json!({"id": "7", "integration_types_config": null, "bot_public": null, "interactions_endpoint_url": null}),
                Some(all.clone()),
            ),
            (
                json!({"id": "7", "verify_key": "ab", "interactions_endpoint_url": "https://a.example/interactions"}),
                Some(Application {
                    public_key: Some("ab".to_owned()),
                    endpoint_url: Some("https://a.example/interactions".to_owned()),
                    ..all.clone()
                }),
            ),
            (
                json!({"id": "7", "integration_types_config": {"0": {}}, "bot_public": false}),
                Some(Application { is_for_accounts: false, is_public: false, ..all }),
            ),
            (json!({"id": "x"}), None),
            (json!([]), None),
        ] {
            assert_eq!(Application::read(&object), expected, "{object}");
        }
    }
}
