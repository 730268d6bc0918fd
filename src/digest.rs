//! Digests: plans, schedules, the selection of entries, and delivery.

pub mod delivery;
mod fault;
mod plan;
mod run;
mod schedule;
pub mod selection;
pub mod text;
mod time_of_day;
mod weekdays;
mod zone;

pub use fault::Fault;
pub use plan::{Content, DIGESTS_MAX, DigestId, Digests, InvalidValue, Plan, PlannedDigest};
pub use run::{
    DRAFT_SECONDS, Digest, Draft, NextEntry, NoticeState, Publish, REFUSALS_MAX, RUNS_SHOWN_MAX,
    Run, RunState,
};
pub use schedule::Slot;
pub use time_of_day::TimeOfDay;
pub use weekdays::Days;
pub use zone::Zone;
