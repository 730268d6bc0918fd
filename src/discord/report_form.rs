//! The modal for reporting an error on a card.

use super::limits::MODAL_TITLE_CHARS_MAX;
use super::wire::{Component, Modal};
use crate::card::{Card, report, shorten};
use crate::locale::Locale;

/// The `custom_id` of the text input.
pub const REPORT_INPUT: &str = "text";

/// The modal, with the card's title in its own.
pub fn report_form(card: &Card, locale: &Locale, custom_id: String) -> Modal {
    let title = locale.text_with("report-form", &[("title", card.title.as_str().into())]);
    let words = ["report-form.label", "report-form.about", "report-form.placeholder"];
    let words = words.map(|key| locale.text(key));
    let input = Component::paragraph_input(REPORT_INPUT, words, report::TEXT_CHARS_MAX);
    Modal { custom_id, title: shorten(&title, MODAL_TITLE_CHARS_MAX), components: vec![input] }
}
