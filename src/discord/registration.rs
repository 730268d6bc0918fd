//! Our commands, kept the same at Discord: what differs is sent, one request for each command, and nothing else.
//!
//! Commands that are not ours are named and left alone, since another program may serve the same application: Discord keeps no
//! note of who registered what, and a bulk overwrite would take them all away. `dossier register --prune` removes them, after a
//! version of Dossier that had other commands.

use std::fmt;

use anyhow::Context;
use bytes::Bytes;
use serde_json::Value;

use super::http::{Method, Rest};
use super::incoming::Id;
use crate::catalog::Catalog;
use crate::config::Register;
use definition::{CHAT_INPUT, Definition};

pub mod application;
pub mod definition;
pub mod difference;
pub mod invite;

/// Where commands are registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Wherever the application is installed.
    Global,
    /// In one server, which is for developers: they show at once there.
    Guild(Id),
}

/// A command that differs between us and Discord.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// Where it is registered.
    pub scope: Scope,
    /// Its name, with the slash of those that are typed.
    pub command: String,
    /// How it differs.
    pub what: What,
}

/// How a command differs.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// Discord has none of the name; this is to be created.
    Missing(Value),
    /// Discord has another.
    Different {
        /// Discord's id of it.
        id: Id,
        /// The fields that differ.
        fields: Vec<String>,
        /// What makes it the same.
        correction: Value,
    },
    /// It is not ours, and is left alone.
    Foreign(Option<Id>),
    /// It is not ours, and is to be removed.
    Unwanted(Id),
}

/// Makes Discord's commands the same as ours, and tells what was done.
///
/// It can be repeated at any time, by many processes at once, and goes on where it was interrupted.
///
/// # Errors
///
/// If Discord refuses or cannot be reached; what was sent until then stays.
pub async fn apply(
    rest: &Rest,
    application: Id,
    catalog: &Catalog,
    setting: &Register,
) -> anyhow::Result<Vec<Change>> {
    let changes = differences(rest, application, catalog, setting).await?;
    send(rest, application, &changes).await?;
    Ok(changes)
}

/// What differs between our commands and Discord's, in the order of `/help`. It asks once for each place, and changes nothing.
///
/// # Errors
///
/// If Discord refuses or cannot be reached.
pub async fn differences(
    rest: &Rest,
    application: Id,
    catalog: &Catalog,
    setting: &Register,
) -> anyhow::Result<Vec<Change>> {
    let mut changes = Vec::new();
    for scope in scopes(setting) {
        let theirs = list(rest, application, scope)
            .await
            .with_context(|| format!("list the commands{scope}"))?;
        changes.extend(plan(catalog, scope, &theirs));
    }
    Ok(changes)
}

/// Sends changes, one request for each. What is not ours is passed over.
///
/// # Errors
///
/// If Discord refuses or cannot be reached; what was sent until then stays. A command that Discord finds fault with does not keep
/// the others from being sent.
pub async fn send(rest: &Rest, application: Id, changes: &[Change]) -> anyhow::Result<()> {
    let mut faulty = None;
    for change in changes {
        let all = path(application, change.scope);
        let (method, path, body) = match &change.what {
            What::Missing(command) => (Method::Post, all, Some(command)),
            What::Different { id, correction, .. } => {
                (Method::Patch, format!("{all}/{id}"), Some(correction))
            }
            What::Unwanted(id) => (Method::Delete, format!("{all}/{id}"), None),
            What::Foreign(_) => continue,
        };
        let body = body.map(|body| Bytes::from(body.to_string()));
        let sent = rest.request(method, &path, body).await;
        let is_faulty = matches!(&sent, Err(error) if matches!(error.status(), Some(400 | 404)));
        let sent =
            sent.map(drop).with_context(|| format!("register {}{}", change.command, change.scope));
        if is_faulty {
            faulty = faulty.or(sent.err());
        } else {
            sent?;
        }
    }
    faulty.map_or(Ok(()), Err)
}

/// What differs between our commands and `theirs`, as Discord lists them for `scope`.
pub fn plan(catalog: &Catalog, scope: Scope, theirs: &[Value]) -> Vec<Change> {
    let ours = definition::ours(catalog, scope);
    let theirs: Vec<Registered<'_>> =
        theirs.iter().map(Registered::of).filter(|one| one.is_in(scope)).collect();
    let differing = ours.iter().filter_map(|ours| {
        let theirs = theirs.iter().find(|theirs| theirs.is_namesake(ours));
        Some(Change {
            scope,
            command: shown(ours.kind, ours.name),
            what: compare(ours, theirs, scope)?,
        })
    });
    let foreign = theirs
        .iter()
        .filter(|theirs| theirs.is_listed() && !ours.iter().any(|ours| theirs.is_namesake(ours)));
    let foreign = foreign.map(|theirs| Change {
        scope,
        command: shown(theirs.kind, theirs.name),
        what: What::Foreign(theirs.id),
    });
    differing.chain(foreign).collect()
}

fn compare(ours: &Definition, theirs: Option<&Registered<'_>>, scope: Scope) -> Option<What> {
    let ours = serde_json::to_value(ours).expect("a definition is plain data");
    // Creating a command that there is replaces it, so one that has lost its id is no reason to give up.
    let Some((id, theirs)) = theirs.and_then(|theirs| Some((theirs.id?, theirs.whole))) else {
        return Some(What::Missing(ours));
    };
    let fields = difference::difference(&ours, theirs, scope);
    let correction = difference::correction(&ours, &fields);
    (!fields.is_empty()).then_some(What::Different { id, fields, correction })
}

impl Change {
    /// Whether there is something to send for it.
    pub fn is_to_send(&self) -> bool {
        !matches!(self.what, What::Foreign(_))
    }

    /// The same, if what is not ours is to go.
    #[must_use]
    pub fn pruned(mut self) -> Self {
        if let What::Foreign(Some(id)) = self.what {
            self.what = What::Unwanted(id);
        }
        self
    }
}

/// A line for an operator: `+` is created, `~` changed, `-` removed, `?` left alone.
impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { scope, command, what } = self;
        match what {
            What::Missing(_) => write!(f, "+ {command}{scope}"),
            What::Different { fields, .. } => {
                write!(f, "~ {command}{scope}: {}", fields.join(", "))
            }
            What::Unwanted(_) => write!(f, "- {command}{scope}"),
            What::Foreign(_) => write!(f, "? {command}{scope}: not Dossier's, left alone"),
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

/// A command in Discord's list.
struct Registered<'a> {
    id: Option<Id>,
    guild: Option<Id>,
    kind: u64,
    name: &'a str,
    whole: &'a Value,
}

impl<'a> Registered<'a> {
    fn of(whole: &'a Value) -> Self {
        let id = |field: &str| whole.get(field)?.as_str()?.parse().ok().map(Id);
        Self {
            id: id("id"),
            guild: id("guild_id"),
            kind: whole.get("type").and_then(Value::as_u64).unwrap_or(CHAT_INPUT),
            name: whole.get("name").and_then(Value::as_str).unwrap_or_default(),
            whole,
        }
    }

    /// Whether it is of this place. Discord lists those of one place; some servers that speak its protocol list all.
    fn is_in(&self, scope: Scope) -> bool {
        match scope {
            Scope::Global => self.guild.is_none(),
            Scope::Guild(id) => self.guild.is_none_or(|guild| guild == id),
        }
    }

    fn is_namesake(&self, ours: &Definition) -> bool {
        self.kind == ours.kind && self.name == ours.name
    }

    /// Whether it is a command of some program. Discord itself adds the entry point of an activity, which is type 4.
    fn is_listed(&self) -> bool {
        (1..=3).contains(&self.kind)
    }
}

/// The places to register in, each once.
fn scopes(setting: &Register) -> Vec<Scope> {
    match setting {
        Register::Global => vec![Scope::Global],
        Register::Off => Vec::new(),
        Register::Guilds(guilds) => {
            let is_first = |place: usize| !guilds[..place].contains(&guilds[place]);
            let places = (0..guilds.len()).filter(|place| is_first(*place));
            places.map(|place| Scope::Guild(guilds[place])).collect()
        }
    }
}

fn shown(kind: u64, name: &str) -> String {
    if kind == CHAT_INPUT { format!("/{name}") } else { name.to_owned() }
}

fn path(application: Id, scope: Scope) -> String {
    match scope {
        Scope::Global => format!("/applications/{application}/commands"),
        Scope::Guild(guild) => format!("/applications/{application}/guilds/{guild}/commands"),
    }
}

async fn list(rest: &Rest, application: Id, scope: Scope) -> anyhow::Result<Vec<Value>> {
    // Without this Discord leaves translations out, and each of them would look like a difference.
    let path = format!("{}?with_localizations=true", path(application, scope));
    let answer = rest.request(Method::Get, &path, None).await?;
    let commands: Option<Vec<Value>> =
        serde_json::from_slice(&answer.body).context("read Discord's list of commands")?;
    Ok(commands.unwrap_or_default())
}
