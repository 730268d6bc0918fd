//! Scheduled posts: what a moderator set up, when each run is due, which entry comes next, and how it is delivered.

pub mod delivery;
mod plan;
mod run;
mod schedule;
pub mod selection;
mod zone;

pub use plan::{
    Content, DIGESTS_MAX, Days, DigestId, Digests, InvalidValue, Plan, Planned, TimeOfDay,
};
pub use run::{
    Chosen, DRAFT_S, Digest, Draft, Fault, Publish, REFUSALS_MAX, RUNS_SHOWN_MAX, Run, RunState,
    Told,
};
pub use schedule::Slot;
pub use zone::Zone;
