//! Runs of a digest as the ledger records them.

use super::{DigestId, Fault, Plan, PlannedDigest};
use crate::guild::{ChannelId, MessageId};

/// How long a draft can be confirmed, in seconds.
pub const DRAFT_SECONDS: i64 = 15 * 60;

/// The number of consecutive refusals after which a digest is paused.
pub const REFUSALS_MAX: i64 = 3;

/// The most recent runs that are loaded per digest for a list.
pub const RUNS_SHOWN_MAX: usize = 8;

/// A digest that awaits a moderator's confirmation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The id of the digest once confirmed. It makes confirming idempotent.
    pub id: DigestId,
    /// The digest that it changes; `None` for a new one.
    pub changes: Option<DigestId>,
    /// That digest when the draft was made.
    pub before: Option<PlannedDigest>,
    pub planned: PlannedDigest,
}

/// A digest and its state. Times are seconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digest {
    pub id: DigestId,
    pub planned: PlannedDigest,
    /// Why Dossier paused it. `None` if it is active or a moderator paused it.
    pub paused_for: Option<Fault>,
    /// The time of its next run; `None` while it is paused.
    pub next: Option<i64>,
    /// How many runs were missed since the digest was created.
    pub missed: u64,
    pub notice: NoticeState,
    /// Recent runs, if loaded, the last changed first.
    pub runs: Vec<Run>,
}

/// The entry that a run posts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextEntry {
    /// Kind and slug, such as `term/buffer-state`.
    pub entry: String,
    /// Whether the digest starts over because all entries were posted.
    pub restarts: bool,
}

/// A run. Times are seconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// When it was due.
    pub due: i64,
    pub state: RunState,
    /// When it entered this state.
    pub at: i64,
    pub channel: ChannelId,
    pub message: Option<MessageId>,
    pub publish: Publish,
    pub fault: Option<Fault>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub enum RunState {
    /// In progress, or waiting for a retry.
    Open,
    Sent,
    Failed,
    /// Its deadline passed before the first attempt.
    Skipped,
    /// The process died during an attempt, and the channel cannot be searched for the message.
    Unknown,
}

/// Whether a post is published to the servers that follow its channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub enum Publish {
    #[strum(serialize = "")]
    No,
    /// To be published, not before this time.
    Due(i64),
    Done,
    Failed,
}

/// Whether a failure was reported in the failure channel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NoticeState {
    /// Nothing to report, or no failure channel.
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

    /// Why the digest was paused, or else the fault of the last loaded run that is over.
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
