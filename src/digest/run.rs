//! Runs of a digest and what became of them, as the ledger has them.

use super::{DigestId, Fault, Plan, Planned};
use crate::guild::{ChannelId, MessageId};

/// How long a draft can be confirmed.
pub const DRAFT_SECONDS: i64 = 15 * 60;

/// As many refusals in a row pause a digest.
pub const REFUSALS_MAX: i64 = 3;

/// The most runs of a digest that a list is based on.
pub const RUNS_SHOWN_MAX: usize = 8;

/// A digest that waits for a moderator's confirmation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// A new digest gets this id, so that it is made once, however often it is confirmed.
    pub id: DigestId,
    /// The digest that it changes; `None` for a new one.
    pub changes: Option<DigestId>,
    pub planned: Planned,
}

/// A digest and how it is doing. Instants are seconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digest {
    pub id: DigestId,
    pub planned: Planned,
    /// Why Dossier paused it; `None` where a moderator did, or nobody.
    pub paused_for: Option<Fault>,
    /// The instant of its next run; `None` while it is paused.
    pub next: Option<i64>,
    /// How many runs were missed since it was set up.
    pub missed: u64,
    pub notice: NoticeState,
    /// Recent runs where they were loaded, the last changed first.
    pub runs: Vec<Run>,
}

/// The entry that a run posts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextEntry {
    /// Kind and name, as in `term/buffer-state`.
    pub entry: String,
    /// Whether all entries were posted before, so that they start again.
    pub restarts: bool,
}

/// A run. Instants are seconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// When it was due.
    pub due: i64,
    pub state: RunState,
    /// When it came into this state.
    pub at: i64,
    pub channel: ChannelId,
    pub message: Option<MessageId>,
    pub publish: Publish,
    pub fault: Option<Fault>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub enum RunState {
    /// It is under way or waits for a retry.
    Open,
    Sent,
    Failed,
    /// It was never tried, and is too late by now.
    Skipped,
    /// It may have been posted or not: the process that tried is gone, and the channel cannot be searched.
    Unknown,
}

/// Whether a post is published to the servers that follow its channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Publish {
    No,
    /// It is to be published, at this instant at the earliest.
    Due(i64),
    Done,
    Failed,
}

/// Whether a failure of a digest was reported in the failure channel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NoticeState {
    /// There is nothing to report, or no channel to report it in.
    #[default]
    None,
    Due,
    Sent,
    Failed(Fault),
}

impl Digest {
    pub fn plan(&self) -> &Plan {
        &self.planned.plan
    }

    /// Why it was paused, or else what went wrong in the last loaded run that is over.
    pub fn fault(&self) -> Option<Fault> {
        let over = |run: &&Run| run.state != RunState::Open;
        let of_run = || self.runs.iter().filter(over).find_map(|run| run.fault);
        self.paused_for.or_else(of_run)
    }
}

impl RunState {
    /// Its name in the database.
    pub fn name(self) -> &'static str {
        self.into()
    }
}
