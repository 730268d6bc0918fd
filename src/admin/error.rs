//! Errors of the `/config` subcommands.

use crate::card::{Card, Refusal};
use crate::locale::Locale;
use crate::store::StoreError;

#[derive(Debug)]
pub enum AdminError {
    /// The request was refused; the refusal is shown to the user.
    Refused(Refusal),
    /// A database error. `was_saving` decides whether the message has to say that nothing was
    /// saved.
    Store { error: StoreError, was_saving: bool },
}

impl AdminError {
    /// An error while saving.
    pub(super) const fn save_failed(error: StoreError) -> Self {
        Self::Store { error, was_saving: true }
    }

    /// The card shown to the user.
    pub fn card(&self, locale: &Locale) -> Card {
        match self {
            Self::Refused(refusal) => refusal.card(locale),
            Self::Store { error, was_saving } => {
                let key = match (was_saving, error) {
                    (false, _) => "refuse-not-read",
                    (true, StoreError::TooSlow | StoreError::OutcomeUnknown) => {
                        "refuse-perhaps-saved"
                    }
                    (true, _) => "refuse-not-saved",
                };
                Refusal::new(key).with("trouble", locale.text(&error.key())).card(locale)
            }
        }
    }
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
