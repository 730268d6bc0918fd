//! A run of a digest: what the ledger keeps of it, and what became of it.

use std::fmt;
use std::str::FromStr;

use super::{DigestId, InvalidValue, Plan, Planned};
use crate::guild::{ChannelId, MessageId};

/// How long a draft can be confirmed, in seconds.
pub const DRAFT_S: i64 = 15 * 60;

/// How many refusals in a row pause a digest.
pub const REFUSALS_MAX: i64 = 3;

/// How many runs of a digest a list is shown at most.
pub const RUNS_SHOWN_MAX: usize = 8;

/// What was asked to be set up, and waits for a confirmation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Its number. That of a new digest is the same, so that it is made once, however often it is confirmed.
    pub id: DigestId,
    /// The digest that it changes; none where it makes a new one.
    pub changes: Option<DigestId>,
    /// What is set up.
    pub planned: Planned,
}

/// A digest, and how it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digest {
    /// Its number.
    pub id: DigestId,
    /// What was set up, and whether it is paused.
    pub planned: Planned,
    /// Why it was paused, where Dossier itself did that.
    pub paused_for: Option<Fault>,
    /// The instant of its next run, in seconds since 1970; none while it is paused.
    pub next: Option<i64>,
    /// How many runs were missed since it was set up.
    pub missed: u64,
    /// Whether its trouble was told of, where it has any.
    pub told: Told,
    /// Its last runs, where they were asked for, those first of which there is news.
    pub runs: Vec<Run>,
}

/// What is posted in a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chosen {
    /// The name of the entry.
    pub entry: String,
    /// Whether all was posted before, so that it begins again.
    pub begins_again: bool,
}

/// A run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// The instant that it was due, in seconds since 1970.
    pub due: i64,
    /// What became of it.
    pub state: RunState,
    /// When that was, in seconds since 1970.
    pub at: i64,
    /// Where it was posted, or was to be.
    pub channel: ChannelId,
    /// The message.
    pub message: Option<MessageId>,
    /// Whether it is published to the servers that follow the channel.
    pub publish: Publish,
    /// What went wrong.
    pub fault: Option<Fault>,
}

/// What became of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunState {
    /// It is under way, or tried again.
    Open,
    /// It was posted.
    Sent,
    /// It was not posted.
    Failed,
    /// It was not tried: it was too late by the time that somebody could.
    Skipped,
    /// It may have been posted or not; whoever tried is gone, and the channel does not tell.
    Unknown,
}

/// Whether a post is published to the servers that follow its channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Publish {
    /// It is not to be.
    No,
    /// It is to be, at this instant at the earliest.
    Due(i64),
    /// It is.
    Done,
    /// It could not be.
    Failed,
}

/// What goes wrong with a digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Discord refused, with this status and this code of its own, 0 if it gave none:
    /// <https://docs.discord.com/developers/topics/opcodes-and-status-codes#json-json-error-codes>.
    Refused {
        /// The status of HTTP.
        status: u16,
        /// The code.
        code: u64,
    },
    /// The channel belongs to another server, or to none.
    OtherServer,
    /// Discord could not be reached, or had a fault of its own.
    Away,
    /// Discord's limits did not allow it in time.
    Limited,
    /// The role that is to be mentioned is gone.
    RoleGone,
    /// The role that is to be mentioned may not be mentioned by Dossier.
    RoleSilent,
    /// There is no entry to post.
    Nothing,
    /// Nobody can tell whether it was posted.
    Untold,
    /// It was paused, or set to another time, before it was posted.
    Changed,
}

/// Whether the trouble of a digest was told of in the channel that is set for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Told {
    /// There is none to tell of, or no channel to tell it in.
    #[default]
    Nothing,
    /// It is going to be.
    Due,
    /// It was.
    Done,
    /// It could not be.
    Failed(Fault),
}

impl Digest {
    /// What is set up.
    pub fn plan(&self) -> &Plan {
        &self.planned.plan
    }

    /// What is wrong with it, as far as its runs were asked for: why it was paused, or what went wrong in the last run that is over.
    pub fn fault(&self) -> Option<Fault> {
        let over = |run: &&Run| run.state != RunState::Open;
        let of_run = || self.runs.iter().filter(over).find_map(|run| run.fault);
        self.paused_for.or_else(of_run)
    }
}

/// Discord's code for a channel that is not there.
const UNKNOWN_CHANNEL: u64 = 10_003;

impl Fault {
    /// Whether trying again is no use before somebody changes what is set up.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Refused { code: UNKNOWN_CHANNEL, .. } | Self::OtherServer)
    }

    /// The name of the sentence that tells it.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Refused { code, .. } => match code {
                UNKNOWN_CHANNEL => "fault-channel-gone",
                50_001 => "fault-unseen",
                50_013 => "fault-lacks",
                50_083 | 160_005 => "fault-archived",
                50_008 => "fault-not-postable",
                _ => "fault-refused",
            },
            Self::OtherServer => "fault-other-server",
            Self::Away => "fault-away",
            Self::Limited => "fault-limited",
            Self::RoleGone => "fault-role-gone",
            Self::RoleSilent => "fault-role-silent",
            Self::Nothing => "fault-nothing",
            Self::Untold => "fault-untold",
            Self::Changed => "fault-changed",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused { status, code } => write!(f, "refused {status} {code}"),
            Self::OtherServer => f.write_str("other server"),
            Self::Away => f.write_str("away"),
            Self::Limited => f.write_str("limited"),
            Self::RoleGone => f.write_str("role gone"),
            Self::RoleSilent => f.write_str("role silent"),
            Self::Nothing => f.write_str("nothing"),
            Self::Untold => f.write_str("untold"),
            Self::Changed => f.write_str("changed"),
        }
    }
}

impl FromStr for Fault {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        if let Some((status, code)) =
            text.strip_prefix("refused ").and_then(|two| two.split_once(' '))
        {
            return Ok(Self::Refused {
                status: status.parse().map_err(|_| InvalidValue)?,
                code: code.parse().map_err(|_| InvalidValue)?,
            });
        }
        let plain = [
            Self::OtherServer,
            Self::Away,
            Self::Limited,
            Self::RoleGone,
            Self::RoleSilent,
            Self::Nothing,
            Self::Untold,
            Self::Changed,
        ];
        plain.into_iter().find(|one| one.to_string() == text).ok_or(InvalidValue)
    }
}

impl RunState {
    const ALL: [Self; 5] = [Self::Open, Self::Sent, Self::Failed, Self::Skipped, Self::Unknown];

    /// What the database calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
            Self::Unknown => "unknown",
        }
    }

    /// The one of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_read_as_it_was_written() {
        for fault in [
            Fault::Refused { status: 403, code: 50_013 },
            Fault::OtherServer,
            Fault::Away,
            Fault::Limited,
            Fault::RoleGone,
            Fault::RoleSilent,
            Fault::Nothing,
            Fault::Untold,
            Fault::Changed,
        ] {
            assert_eq!(fault.to_string().parse(), Ok(fault));
        }
        for text in ["", "refused", "refused 403", "refused x 7", "broken"] {
            assert_eq!(text.parse::<Fault>(), Err(InvalidValue), "{text}");
        }
    }
}
