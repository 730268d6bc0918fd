//! `dossier check --online`: checks whether the bot could serve with this configuration. Nothing is
//! changed, locally or at Discord.

use std::fmt;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use serde::Deserialize;
use tokio::time::{Instant, timeout, timeout_at};

use crate::catalog::Catalog;
use crate::config::{Config, Register, Transport};
use crate::discord::gateway::GatewayInfo;
use crate::discord::http::{Rest, RestError};
use crate::discord::permissions::{ChannelGuilds, PermissionChecker};
use crate::discord::registration::application::Application;
use crate::discord::registration::{self, CommandChange};
use crate::guild::{
    Access, ApplicationId, ChannelAccess, ChannelInfo, CheckFailure, Permissions,
    missing_permissions, permission_names, permissions_to_post,
};
use crate::store::{Inspection, PostingChannel, Store};

/// Timeout per check, including rate limits and retries.
const STEP_TIMEOUT: Duration = Duration::from_secs(15);

/// Timeout for all channels together.
const CHANNELS_TIMEOUT: Duration = Duration::from_secs(60);

const PORTAL: &str = "https://discord.com/developers/applications";

/// A line of the report.
pub struct Finding {
    subject: String,
    verdict: Verdict,
    text: String,
}

#[derive(Clone, Copy, PartialEq, Eq, strum::Display)]
#[strum(serialize_all = "lowercase")]
enum Verdict {
    Ok,
    /// Worth knowing, but not an obstacle.
    Note,
    Problem,
}

impl Finding {
    pub fn ok(subject: impl Into<String>, text: impl Into<String>) -> Self {
        Self { subject: subject.into(), verdict: Verdict::Ok, text: text.into() }
    }

    fn note(subject: impl Into<String>, text: impl Into<String>) -> Self {
        Self { subject: subject.into(), verdict: Verdict::Note, text: text.into() }
    }

    pub fn problem(subject: impl Into<String>, error: &anyhow::Error) -> Self {
        Self { subject: subject.into(), verdict: Verdict::Problem, text: format!("{error:#}") }
    }

    fn from_result(subject: impl Into<String>, checked: anyhow::Result<String>) -> Self {
        match checked {
            Ok(text) => Self::ok(subject, text),
            Err(error) => Self::problem(subject, &error),
        }
    }

    pub fn is_problem(&self) -> bool {
        self.verdict == Verdict::Problem
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { subject, verdict, text } = self;
        write!(f, "{verdict:<8} {subject}: {text}")
    }
}

/// Checks everything but the dataset, and reports each finding immediately.
///
/// # Errors
///
/// If `report` fails.
pub async fn check(
    config: &Config,
    catalog: Option<&Catalog>,
    mut report: impl FnMut(Finding) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    report(Finding::from_result("settings", check_settings(config)))?;
    let (store, channels) = check_store(config).await;
    report(store)?;
    let rest = super::token(config.discord.transport)
        .and_then(|token| token.map(|token| Rest::new(&config.discord.api_url, token)).transpose());
    let rest = match rest {
        Ok(Some(rest)) => rest,
        Ok(None) => {
            let text = "none is set, so digests are not posted and commands not registered";
            return report(Finding::note("token", text));
        }
        Err(error) => return report(Finding::problem("token", &error)),
    };
    match with_timeout(check_user(&rest)).await {
        Ok(user) => report(Finding::ok("token", format!("belongs to {user}")))?,
        Err(error) => return report(Finding::problem("token", &error)),
    }
    let application = with_timeout(Application::load(&rest)).await;
    let checked = application.as_ref().map_err(|error| anyhow::anyhow!("{error:#}"));
    report(Finding::from_result(
        "application",
        checked.and_then(|one| check_endpoint(config, one)),
    ))?;
    if config.discord.transport == Transport::Gateway {
        report(Finding::from_result("gateway", with_timeout(check_gateway(config, &rest)).await))?;
    }
    let Ok(application) = application else {
        return Ok(());
    };
    report(check_commands(config, &rest, application.id, catalog).await)?;
    for finding in check_posting(&rest, application.id, channels).await {
        report(finding)?;
    }
    Ok(())
}

/// Awaits a response from Discord, up to the timeout.
async fn with_timeout<T>(check: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    let answered = timeout(STEP_TIMEOUT, check).await;
    answered.unwrap_or_else(|_| {
        bail!("Discord did not answer within {} seconds; try again", STEP_TIMEOUT.as_secs())
    })
}

fn check_settings(config: &Config) -> anyhow::Result<String> {
    super::check_settings(config)?;
    let transport = match config.discord.transport {
        Transport::Gateway => "interactions through the gateway",
        Transport::Http => "interactions over HTTP",
    };
    Ok(match config.web.listen {
        Some(address) => format!("{transport}; serving HTTP on {address}"),
        None => format!("{transport}; serving no HTTP"),
    })
}

async fn check_store(config: &Config) -> (Finding, Vec<PostingChannel>) {
    let url = &config.store.url;
    let store = Store::new(url);
    let inspected = timeout(STEP_TIMEOUT, async {
        url.check_access()?;
        anyhow::Ok(match store.inspect().await? {
            Inspection::Current => (Inspection::Current, store.posting_channels().await?),
            state => (state, Vec::new()),
        })
    });
    let inspected = inspected.await.unwrap_or_else(|_| bail!("it did not answer in time"));
    if matches!(inspected, Ok((Inspection::Current, _))) {
        drop(timeout(super::CLOSE_TIMEOUT, store.close()).await);
    }
    let note = |text: String| (Finding::note("store", format!("{url} {text}")), Vec::new());
    match inspected.with_context(|| url.to_string()) {
        Ok((Inspection::Current, channels)) => {
            (Finding::ok("store", format!("{url} can be read and written")), channels)
        }
        Ok((Inspection::New, _)) => note("is empty; the first start sets it up".to_owned()),
        Ok((Inspection::Outdated(version), _)) => {
            note(format!("has the older schema {version}; the next start migrates it"))
        }
        Err(error) => (Finding::problem("store", &error), Vec::new()),
    }
}

/// The name and id of the bot that the token belongs to.
async fn check_user(rest: &Rest) -> anyhow::Result<String> {
    #[derive(Deserialize)]
    struct User {
        id: String,
        username: String,
    }
    let body = rest.get("/users/@me").await.map_err(|error| {
        let hint = match RestError::is_token_refused(&error) {
            true => format!("Discord refused it; take a new one from {PORTAL}, page Bot"),
            false => "it cannot be checked".to_owned(),
        };
        anyhow::Error::new(error).context(hint)
    })?;
    let user = serde_json::from_slice(&body).ok();
    let User { id, username } =
        user.context("Discord's response contains no user; is `discord.api_url` right?")?;
    Ok(format!("{username} ({id})"))
}

/// Compares the application's settings with how interactions should arrive.
fn check_endpoint(config: &Config, application: &Application) -> anyhow::Result<String> {
    let own = config.discord.public_key.trim();
    let is_same = |key: &String| key.eq_ignore_ascii_case(own);
    ensure!(
        own.is_empty() || application.public_key.as_ref().is_none_or(is_same),
        "`discord.public_key` is not the key of this application; copy it from {PORTAL}, page General Information"
    );
    match (config.discord.transport, &application.endpoint_url) {
        (Transport::Gateway, None) => {
            Ok(format!("{}, interactions through the gateway", application.id))
        }
        (Transport::Http, Some(url)) => {
            Ok(format!("{}, interactions are sent to {url}", application.id))
        }
        (Transport::Gateway, Some(url)) => bail!(
            "Discord sends its interactions to {url}, and none through the gateway: remove the Interactions Endpoint URL on \
             {PORTAL}, page General Information, or set `discord.transport` to \"http\""
        ),
        (Transport::Http, None) => bail!(
            "Discord does not know where to send interactions: start Dossier, then enter its address, https://…/interactions, as \
             Interactions Endpoint URL on {PORTAL}, page General Information"
        ),
    }
}

async fn check_gateway(config: &Config, rest: &Rest) -> anyhow::Result<String> {
    let info = GatewayInfo::read(&rest.get("/gateway/bot").await?, rest)?;
    let (own, recommended) = (info.shards(config.discord.shards).len(), info.recommended_shards());
    let (remaining, reset_after) = info.remaining_sessions();
    ensure!(
        usize::try_from(remaining)? >= own,
        "this process needs {own} sessions and Discord allows {remaining} more; wait {} minutes",
        reset_after.as_secs().div_ceil(60)
    );
    Ok(format!(
        "{own} of {recommended} recommended shards; {remaining} sessions may still be started"
    ))
}

async fn check_commands(
    config: &Config,
    rest: &Rest,
    application: ApplicationId,
    catalog: Option<&Catalog>,
) -> Finding {
    const SUBJECT: &str = "commands";
    let setting = &config.discord.register;
    let Some(catalog) = catalog.filter(|_| *setting != Register::Off) else {
        let why = match setting {
            Register::Off => "`discord.register` is \"off\"",
            _ => "the dataset has problems",
        };
        return Finding::note(SUBJECT, format!("not compared: {why}"));
    };
    let plans = registration::load_plans(rest, application, catalog, setting, false);
    let plans = match with_timeout(plans).await {
        Ok(plans) => plans,
        Err(error) => return Finding::problem(SUBJECT, &error),
    };
    let changes = plans.iter().flat_map(|plan| &plan.changes);
    let changes = changes.filter(|change| change.requires_overwrite());
    let changed: Vec<String> = changes.map(CommandChange::to_string).collect();
    match changed.is_empty() {
        true => Finding::ok(SUBJECT, "up to date"),
        false => Finding::note(
            SUBJECT,
            format!("the next start, or `dossier register`, will send: {}", changed.join("; ")),
        ),
    }
}

/// Checks the bot's permissions in the channels of digests and failure reports.
async fn check_posting(
    rest: &Rest,
    application: ApplicationId,
    channels: Vec<PostingChannel>,
) -> Vec<Finding> {
    let deadline = Instant::now() + CHANNELS_TIMEOUT;
    let guilds = ChannelGuilds::default();
    let mut findings = Vec::new();
    let count = channels.len();
    for of_guild in channels.chunk_by(|one, other| one.guild == other.guild) {
        let guild = of_guild[0].guild;
        let checker = PermissionChecker::new(Some(rest), &guilds, application.get(), guild);
        for posting in of_guild {
            let location = ChannelInfo::unknown(posting.channel);
            let Ok(access) = timeout_at(deadline, checker.check_access(&location)).await else {
                let left = count - findings.len();
                let seconds = CHANNELS_TIMEOUT.as_secs();
                let late = anyhow::anyhow!("not checked within {seconds} seconds");
                findings.push(Finding::problem(format!("{left} more channels"), &late));
                return findings;
            };
            let purpose = if posting.has_digest { "digests" } else { "failure reports" };
            let subject = format!("channel {} of server {guild}", posting.channel);
            let can_post = require_postable(*posting, &access);
            findings.push(Finding::from_result(
                subject,
                can_post.map(|()| format!("ready for {purpose}")),
            ));
        }
    }
    findings
}

fn require_postable(posting: PostingChannel, access: &ChannelAccess) -> anyhow::Result<()> {
    let missing = match (&access.access, access.permissions) {
        (Access::NotVisible, _) => Permissions::VIEW_CHANNEL,
        (Access::OtherServer, _) => {
            bail!("it belongs to another server; choose another with /config")
        }
        (Access::Unchecked(CheckFailure::Unavailable), _) => {
            bail!("Discord did not answer; try again")
        }
        (Access::Unchecked(CheckFailure::Refused), _) | (_, None) => {
            bail!("Discord does not show it; is the bot still in the server?")
        }
        (Access::Full | Access::MissingPermissions(_), Some(permissions)) => {
            let mut needed = permissions_to_post(access.kind);
            if posting.has_digest {
                // A search for an earlier post after a crash reads the history.
                needed |= Permissions::READ_MESSAGE_HISTORY;
            }
            missing_permissions(permissions, needed)
        }
    };
    ensure!(
        missing.is_empty(),
        "the bot lacks {}; grant it in the channel's settings, or choose another channel with /config",
        permission_names(missing)
    );
    Ok(())
}
