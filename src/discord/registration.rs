//! Keeps the application's commands at Discord the same as ours.
//!
//! Where Discord's list differs, [one overwrite](https://docs.discord.com/developers/interactions/application-commands#bulk-overwrite-global-application-commands)
//! replaces it. An overwrite deletes what it does not name, and Discord keeps no note of who registered what, so commands that are
//! not ours are sent along unchanged; `dossier register --prune` leaves them out, after a version of Dossier that had other commands.

use std::fmt;

use anyhow::Context;
use bytes::Bytes;
use serde_json::Value;

use super::http::{Method, Rest};
use crate::catalog::Catalog;
use crate::config::Register;
use crate::guild::{ApplicationId, GuildId};
use difference::difference;

pub mod application;
pub mod definition;
mod difference;
pub mod invite;

/// The types of command: <https://docs.discord.com/developers/interactions/application-commands#application-command-object-application-command-types>.
const CHAT_INPUT: u64 = 1;
/// Discord itself adds this one for an activity, and refuses an overwrite without it.
const PRIMARY_ENTRY_POINT: u64 = 4;

/// The fields of a listed command that an overwrite does not take.
const READ_ONLY_FIELDS: [&str; 3] = ["application_id", "guild_id", "version"];

/// Where commands are registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Wherever the application is installed.
    Global,
    /// In one server, which is for developers: changes show at once there.
    Guild(GuildId),
}

/// What an overwrite does in one scope.
#[derive(Clone, Debug, PartialEq)]
pub struct RegistrationPlan {
    pub scope: Scope,
    pub changes: Vec<CommandChange>,
    /// The body of the overwrite: every command that there is to be.
    pub commands: Vec<Value>,
}

/// What becomes of a command that differs between us and Discord.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandChange {
    pub scope: Scope,
    /// Its name, with the slash of those that are typed.
    pub command: String,
    pub action: CommandAction,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CommandAction {
    Create,
    /// With the fields that differ.
    Update(Vec<String>),
    Delete,
    /// It is not ours, and is left alone.
    Keep,
}

/// Makes Discord's commands the same as ours, and returns what differed.
///
/// It can be repeated at any time, and by many processes at once.
///
/// # Errors
///
/// If Discord refuses or cannot be reached.
pub async fn apply(
    rest: &Rest,
    application: ApplicationId,
    catalog: &Catalog,
    setting: &Register,
) -> anyhow::Result<Vec<CommandChange>> {
    let plans = load_plans(rest, application, catalog, setting, false).await?;
    for plan in &plans {
        overwrite(rest, application, plan).await?;
    }
    Ok(plans.into_iter().flat_map(|plan| plan.changes).collect())
}

/// Compares our commands with Discord's, with one request for each scope, and changes nothing.
///
/// # Errors
///
/// If Discord refuses or cannot be reached.
pub async fn load_plans(
    rest: &Rest,
    application: ApplicationId,
    catalog: &Catalog,
    setting: &Register,
    prune: bool,
) -> anyhow::Result<Vec<RegistrationPlan>> {
    let mut plans = Vec::new();
    for scope in scopes(setting) {
        let registered = list(rest, application, scope)
            .await
            .with_context(|| format!("list the commands{scope}"))?;
        plans.push(RegistrationPlan::new(catalog, scope, registered, prune));
    }
    Ok(plans)
}

/// Replaces Discord's list, unless nothing differs.
///
/// # Errors
///
/// If Discord refuses or cannot be reached; then its list is as before.
pub async fn overwrite(
    rest: &Rest,
    application: ApplicationId,
    plan: &RegistrationPlan,
) -> anyhow::Result<()> {
    if !plan.changes.iter().any(CommandChange::is_sent) {
        return Ok(());
    }
    let body = Bytes::from(serde_json::to_vec(&plan.commands)?);
    let sent = rest.request(Method::PUT, &path(application, plan.scope), Some(body)).await;
    sent.map(drop).with_context(|| format!("register the commands{}", plan.scope))
}

impl RegistrationPlan {
    /// Compares our commands with `registered`, as Discord lists them for `scope`. With `prune` those that are not ours are to go.
    pub fn new(catalog: &Catalog, scope: Scope, registered: Vec<Value>, prune: bool) -> Self {
        let mut commands: Vec<Value> = definition::commands(catalog, scope)
            .iter()
            .map(|command| serde_json::to_value(command).expect("a builder is plain data"))
            .collect();
        let registered: Vec<Value> =
            registered.into_iter().filter(|one| one.is_object() && is_in(one, scope)).collect();
        let change = |command: &Value, action| CommandChange {
            scope,
            command: display_name(command),
            action,
        };
        let mut changes = Vec::new();
        for ours in &commands {
            match registered.iter().find(|theirs| is_same_command(ours, theirs)) {
                None => changes.push(change(ours, CommandAction::Create)),
                Some(theirs) => {
                    let fields = difference(ours, theirs, scope);
                    if !fields.is_empty() {
                        changes.push(change(ours, CommandAction::Update(fields)));
                    }
                }
            }
        }
        let is_ours = |one: &Value| commands.iter().any(|ours| is_same_command(ours, one));
        let (mut kept, foreign): (Vec<Value>, Vec<Value>) = registered
            .into_iter()
            .filter(|one| !is_ours(one))
            .partition(|one| kind(one) == PRIMARY_ENTRY_POINT);
        let action = if prune { CommandAction::Delete } else { CommandAction::Keep };
        changes.extend(foreign.iter().map(|one| change(one, action.clone())));
        if !prune {
            kept.extend(foreign);
        }
        commands.extend(kept.into_iter().map(writable));
        Self { scope, changes, commands }
    }
}

impl CommandChange {
    /// Whether it takes an overwrite.
    pub fn is_sent(&self) -> bool {
        self.action != CommandAction::Keep
    }
}

/// A line for an operator.
impl fmt::Display for CommandChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { scope, command, action } = self;
        match action {
            CommandAction::Create => write!(f, "+ {command}{scope}"),
            CommandAction::Update(fields) => write!(f, "~ {command}{scope}: {}", fields.join(", ")),
            CommandAction::Delete => write!(f, "- {command}{scope}"),
            CommandAction::Keep => write!(f, "? {command}{scope}: not Dossier's, left alone"),
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Global => Ok(()),
            Self::Guild(id) => write!(f, " in server {id}"),
        }
    }
}

fn kind(command: &Value) -> u64 {
    command["type"].as_u64().unwrap_or(CHAT_INPUT)
}

/// Discord knows a command of a scope by its type and name.
fn is_same_command(one: &Value, other: &Value) -> bool {
    kind(one) == kind(other) && one["name"] == other["name"]
}

/// Whether a command is of this scope. Discord lists those of one scope; some servers that speak its protocol list all.
fn is_in(command: &Value, scope: Scope) -> bool {
    let guild = command["guild_id"].as_str();
    match scope {
        Scope::Global => guild.is_none(),
        Scope::Guild(id) => guild.is_none_or(|guild| guild == id.to_string()),
    }
}

fn writable(mut command: Value) -> Value {
    if let Some(fields) = command.as_object_mut() {
        fields.retain(|name, _| !READ_ONLY_FIELDS.contains(&name.as_str()));
    }
    command
}

fn display_name(command: &Value) -> String {
    let name = command["name"].as_str().unwrap_or_default();
    if kind(command) == CHAT_INPUT { format!("/{name}") } else { name.to_owned() }
}

/// The scopes to register in, each once.
fn scopes(setting: &Register) -> Vec<Scope> {
    let Register::Guilds(guilds) = setting else {
        return if *setting == Register::Global { vec![Scope::Global] } else { Vec::new() };
    };
    let mut scopes: Vec<Scope> = Vec::new();
    for scope in guilds.iter().copied().map(Scope::Guild) {
        if !scopes.contains(&scope) {
            scopes.push(scope);
        }
    }
    scopes
}

fn path(application: ApplicationId, scope: Scope) -> String {
    match scope {
        Scope::Global => format!("/applications/{application}/commands"),
        Scope::Guild(guild) => format!("/applications/{application}/guilds/{guild}/commands"),
    }
}

async fn list(rest: &Rest, application: ApplicationId, scope: Scope) -> anyhow::Result<Vec<Value>> {
    // Without this Discord leaves translations out, and the overwrite would delete those of others.
    let path = format!("{}?with_localizations=true", path(application, scope));
    let answer = rest.request(Method::GET, &path, None).await?;
    let commands: Option<Vec<Value>> =
        serde_json::from_slice(&answer.body).context("read Discord's list of commands")?;
    Ok(commands.unwrap_or_default())
}
