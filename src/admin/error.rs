//! Why a subcommand of `/config` has no card to show.

use crate::card::{Card, Refusal};
use crate::locale::Locale;
use crate::store::StoreError;

#[derive(Debug)]
pub enum AdminError {
    /// The request is refused; it says why, and what to try instead.
    Refused(Refusal),
    /// The database cannot be used. Where something was to be saved, it says whether it was.
    Store { error: StoreError, was_saving: bool },
    /// A fault of ours, for the log alone.
    Internal(anyhow::Error),
}

impl AdminError {
    /// The error of a write.
    pub(super) const fn saving(error: StoreError) -> Self {
        Self::Store { error, was_saving: true }
    }

    /// The card that says it; `id` is the interaction's, by which the log has the cause of a fault of ours.
    pub fn card(&self, locale: &Locale, id: u64) -> Card {
        match self {
            Self::Refused(refusal) => refusal.card(locale),
            Self::Store { error, was_saving } => {
                let key = match (was_saving, error) {
                    (false, _) => "refuse-not-read",
                    (true, StoreError::TooSlow) => "refuse-perhaps-saved",
                    (true, _) => "refuse-not-saved",
                };
                Refusal::new(key).with("trouble", locale.say(&error.key())).card(locale)
            }
            Self::Internal(_) => broken(&id.to_string()).card(locale),
        }
    }
}

/// The refusal where something on our side broke; the log has it under this id.
pub fn broken(id: &str) -> Refusal {
    Refusal::new("refuse-broken").with("id", id.to_owned())
}

impl From<Refusal> for AdminError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<StoreError> for AdminError {
    fn from(error: StoreError) -> Self {
        Self::Store { error, was_saving: false }
    }
}

impl From<anyhow::Error> for AdminError {
    fn from(error: anyhow::Error) -> Self {
        Self::Internal(error)
    }
}
