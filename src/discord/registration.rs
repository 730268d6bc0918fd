//! Registers the application's commands with Discord.
//!
//! If the registered commands differ from ours, [one bulk
//! overwrite](https://docs.discord.com/developers/interactions/application-commands#bulk-overwrite-global-application-commands)
//! replaces them. A bulk overwrite deletes every command missing from its body, and Discord does
//! not record who registered a command. So commands that are not ours are sent back unchanged;
//! `dossier register --prune` leaves them out, to remove the commands of an older version.

use std::collections::BTreeSet;
use std::fmt;

use anyhow::Context;
use bytes::Bytes;
use serde_json::Value;

use super::http::Rest;
use crate::catalog::Catalog;
use crate::config::Register;
use crate::guild::{ApplicationId, GuildId};
use difference::difference;

pub mod application;
pub mod definition;
mod difference;
pub mod invite;

/// Command types:
/// <https://docs.discord.com/developers/interactions/application-commands#application-command-object-application-command-types>.
const CHAT_INPUT: u64 = 1;
/// Discord creates this command itself for apps with an activity, and rejects an overwrite without
/// it.
const PRIMARY_ENTRY_POINT: u64 = 4;

/// Fields that Discord returns for a command but does not accept in an overwrite.
const READ_ONLY_FIELDS: [&str; 3] = ["application_id", "guild_id", "version"];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    Global,
    /// One guild only. Meant for development, because changes take effect at once.
    Guild(GuildId),
}

/// The changes that a bulk overwrite makes in one scope.
#[derive(Clone, Debug, PartialEq)]
pub struct RegistrationPlan {
    pub scope: Scope,
    pub changes: Vec<CommandChange>,
    /// The body of the overwrite: the complete list of commands.
    pub commands: Vec<Value>,
}

/// A command that differs between us and Discord.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandChange {
    pub scope: Scope,
    /// The name, with a leading slash for slash commands.
    pub command: String,
    pub action: CommandAction,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CommandAction {
    Create,
    /// Holds the names of the fields that differ.
    Update(Vec<String>),
    Delete,
    /// The command is not ours and is left unchanged.
    Keep,
}

/// Compares our commands with Discord's without changing anything. Sends one request per scope.
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

/// Overwrites Discord's commands where they differ from ours. Safe to run in several processes at
/// the same time.
///
/// If it fails, the commands of its scope are unchanged.
pub async fn overwrite(
    rest: &Rest,
    application: ApplicationId,
    plans: &[RegistrationPlan],
) -> anyhow::Result<()> {
    let differs =
        |plan: &&RegistrationPlan| plan.changes.iter().any(CommandChange::requires_overwrite);
    for plan in plans.iter().filter(differs) {
        let body = Bytes::from(serde_json::to_vec(&plan.commands)?);
        let sent = rest.put(&path(application, plan.scope), body).await;
        sent.with_context(|| format!("register the commands{}", plan.scope))?;
    }
    Ok(())
}

impl RegistrationPlan {
    /// Compares our commands with those registered in `scope`. `prune` deletes commands that are
    /// not ours.
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
    /// Whether this change requires an overwrite.
    pub fn requires_overwrite(&self) -> bool {
        self.action != CommandAction::Keep
    }
}

/// Formatted as one line for the operator.
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

/// Discord identifies a command within a scope by its type and name.
fn is_same_command(one: &Value, other: &Value) -> bool {
    kind(one) == kind(other) && one["name"] == other["name"]
}

/// Whether a command belongs to the scope. Discord only lists the commands of one scope, but some
/// compatible servers list all.
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

/// The scopes to register in, without duplicates.
fn scopes(setting: &Register) -> Vec<Scope> {
    match setting {
        Register::Off => Vec::new(),
        Register::Global => vec![Scope::Global],
        Register::Guilds(guilds) => {
            let guilds: BTreeSet<GuildId> = guilds.iter().copied().collect();
            guilds.into_iter().map(Scope::Guild).collect()
        }
    }
}

fn path(application: ApplicationId, scope: Scope) -> String {
    match scope {
        Scope::Global => format!("/applications/{application}/commands"),
        Scope::Guild(guild) => format!("/applications/{application}/guilds/{guild}/commands"),
    }
}

async fn list(rest: &Rest, application: ApplicationId, scope: Scope) -> anyhow::Result<Vec<Value>> {
    // Discord omits localizations by default, and an overwrite without them would delete those of
    // other commands.
    let path = format!("{}?with_localizations=true", path(application, scope));
    let commands: Option<Vec<Value>> = serde_json::from_slice(&rest.get(&path).await?)
        .context("read Discord's list of commands")?;
    Ok(commands.unwrap_or_default())
}
