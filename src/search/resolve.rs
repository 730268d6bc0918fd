//! Resolution: the document that a text means, or several candidates.

use std::borrow::Cow;
use std::cell::LazyCell;
use std::sync::LazyLock;

use regex_lite::{Captures, Regex};

use super::english::ENGLISH;
use super::full_text::name_hit;
use super::label::{parse_label, shortened_prefix};
use super::markup::strip_markup;
use super::names::NameMatch;
use super::query::Query;
use super::tokenizer::normalize;
use super::two_part::is_acronym;
use super::{CHOICES_MAX, DocumentFilter, Hit, MatchKind, Resolution, SearchIndex};

/// Hits are ambiguous if the second has at least this share of the best score.
const AMBIGUOUS_SCORE_SHARE: f32 = 0.96;

/// The least margin of confidence of a hit. Whoever asks for one kind of entry is less likely to
/// mean something else.
const LOOKUP_MARGIN_MIN: f32 = -0.1;

const PREFIX_LETTERS_MIN: usize = 3;

impl SearchIndex {
    /// Resolves a text to the document that it names or asks for: an id, a name, a choice's label,
    /// or a question.
    pub fn resolve(&self, text: &str, filter: &DocumentFilter) -> Resolution {
        let text = &self.prepared(text);
        let mut names = self.find_name(text, filter);
        if is_slug(text) && names.iter().any(|name| name.is_id) {
            // A choice sends an id, which takes precedence over another entry's name.
            names.retain(|name| name.is_id);
        }
        let by_prefix = if names.is_empty() { self.find_prefix(text, filter) } else { Vec::new() };
        let query = LazyCell::new(|| Query::new(&self.text, text, false));
        if names.is_empty() && by_prefix.is_empty() {
            names = self.find_misspelled(text, &query, filter);
        }
        if let [first, rest @ ..] = names.as_slice() {
            if rest.first().is_none_or(|next| next.rank > first.rank) {
                return Resolution::One(name_hit(first));
            }
            let same = names.iter().filter(|other| other.rank == first.rank);
            return Resolution::Several(same.take(CHOICES_MAX).map(name_hit).collect());
        }
        if let [only] = by_prefix.as_slice() {
            return Resolution::One(name_hit(only));
        }
        let margin_min = if self.is_elsewhere(text) { f32::INFINITY } else { LOOKUP_MARGIN_MIN };
        let mut results = self.search_for(text, &query, filter, margin_min);
        let Some(best) = results.hits.first().cloned() else {
            return Resolution::Nothing(results.nearest);
        };
        results.hits.retain(|hit| is_close(hit, &best));
        results.hits.truncate(CHOICES_MAX);
        match results.hits.len() {
            0 | 1 => Resolution::One(best),
            _ => Resolution::Several(results.hits),
        }
    }

    /// Removes markup and addresses and writes out initials, unless the text is a name: an entry may
    /// be named after a website.
    pub(super) fn prepared<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let is_name = !self.names.find(&normalize(text), &DocumentFilter::all(), 1).is_empty();
        if is_name {
            Cow::Borrowed(text)
        } else {
            self.with_initials_written_out(strip_markup(text))
        }
    }

    /// Replaces initials and the word after them by the name that they abbreviate, if there is one:
    /// "V. Putin", "V.V. Putin", "V.Putin".
    fn with_initials_written_out<'t>(&self, text: Cow<'t, str>) -> Cow<'t, str> {
        static INITIALS: LazyLock<Regex> = LazyLock::new(|| {
            let pattern = r"(^|[\s(,/:])([^\s\d.])\.\s?(?:[^\s\d.]\.\s?)*([^\s\d.]{3,})";
            Regex::new(pattern).expect("the pattern is valid")
        });
        if !text.contains('.') {
            return text;
        }
        let write_out = |found: &Captures<'_>| {
            let name = self.names.find_with_initial(&normalize(&found[2]), &normalize(&found[3]));
            name.map_or_else(|| found[0].to_owned(), |name| format!("{}{name}", &found[1]))
        };
        INITIALS.replace_all(&text, write_out).into_owned().into()
    }

    /// Finds the documents with this name or label, also without the stop words around it.
    pub(super) fn find_name(&self, text: &str, filter: &DocumentFilter) -> Vec<NameMatch> {
        let mut found = self.find_exact_name(text, filter);
        if found.is_empty() {
            found = self.names.find(&normalize(trim_stop_words(text)), filter, CHOICES_MAX);
        }
        found
    }

    /// Finds the documents with this name or label.
    pub(super) fn find_exact_name(&self, text: &str, filter: &DocumentFilter) -> Vec<NameMatch> {
        let text = &self.with_initials_written_out(Cow::Borrowed(text));
        let mut found = self.names.find(&normalize(text), filter, CHOICES_MAX);
        if found.is_empty() {
            found = self.find_label(text, filter);
        }
        found
    }

    /// Finds the documents with the title of a label, narrowed to those with its alias if there are
    /// any.
    fn find_label(&self, text: &str, filter: &DocumentFilter) -> Vec<NameMatch> {
        let (title, alias) = parse_label(text);
        if alias.is_none() && shortened_prefix(title).is_none() {
            return Vec::new();
        }
        let mut found = self.find_label_part(title, filter);
        if let Some(alias) = alias {
            let by_alias = self.find_label_part(alias, filter);
            let has_alias =
                |name: &NameMatch| by_alias.iter().any(|other| other.document == name.document);
            if found.iter().any(has_alias) {
                found.retain(has_alias);
            }
        }
        found
    }

    fn find_label_part(&self, part: &str, filter: &DocumentFilter) -> Vec<NameMatch> {
        match shortened_prefix(part) {
            Some(prefix) => self.names.find_prefix(&normalize(prefix), filter, CHOICES_MAX),
            None => self.names.find(&normalize(part), filter, CHOICES_MAX),
        }
    }

    /// Finds the documents that the text names after its typos are corrected.
    pub(super) fn find_misspelled(
        &self,
        text: &str,
        query: &Query,
        filter: &DocumentFilter,
    ) -> Vec<NameMatch> {
        if !query.is_corrected() {
            return Vec::new();
        }
        let corrected = query.correct(&normalize(text));
        let mut found = self.names.find(trim_stop_words(&corrected), filter, CHOICES_MAX);
        if found.is_empty() {
            // "Moskow" for "Moscow's position"
            found = self.find_prefix(&corrected, filter);
            found.truncate(if found.len() == 1 { 1 } else { 0 });
        }
        for name in &mut found {
            name.kind = MatchKind::Typo;
        }
        found
    }

    /// Finds the documents with a name that has this prefix.
    pub(super) fn find_prefix(&self, text: &str, filter: &DocumentFilter) -> Vec<NameMatch> {
        let prefix = normalize(text);
        let is_long_enough = prefix.chars().count() >= PREFIX_LETTERS_MIN;
        if !is_long_enough || trim_stop_words(&prefix) != prefix {
            return Vec::new();
        }
        self.names.find_prefix(&prefix, filter, CHOICES_MAX)
    }
}

fn is_close(hit: &Hit, best: &Hit) -> bool {
    hit.score >= AMBIGUOUS_SCORE_SHARE * best.score
}

/// Whether a text is spelled like an id.
fn is_slug(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    text.bytes().all(|byte| is_plain(byte) || matches!(byte, b'-' | b'/'))
}

/// Removes the stop words at both ends of a text, which may leave it empty. "US" is not a stop word,
/// unless all is in capitals.
fn trim_stop_words(mut text: &str) -> &str {
    let is_all_capitals = !text.chars().any(char::is_lowercase);
    let is_stop_word = |word: &str| {
        word.is_empty()
            || ENGLISH.is_stop_word(&normalize(word)) && (is_all_capitals || !is_acronym(word))
    };
    while let Some((first, rest)) = text.split_once(' ')
        && is_stop_word(first)
    {
        text = rest;
    }
    while let Some((rest, last)) = text.rsplit_once(' ')
        && is_stop_word(last)
    {
        text = rest;
    }
    if is_stop_word(text) { "" } else { text }
}
