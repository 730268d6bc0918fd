//! A name: the one document that is meant, or the few that may be.

use super::full_text::hit;
use super::language::ENGLISH;
use super::names::Named;
use super::query::Query;
use super::{CHOICES_MAX, Finder, Hit, Match, Resolution, Scope, fold, label};

/// Two hits are close when the second is at least this good beside the first.
const CLOSE: f32 = 0.93;

/// The fewest letters that are taken for the beginning of a name.
const BEGINNING_LETTERS_MIN: usize = 3;

impl Finder {
    /// The document that a text names or asks for. An id or a choice's label is enough.
    pub fn resolve(&self, text: &str, scope: &Scope) -> Resolution {
        let mut named = self.named(text, scope);
        if is_slug(text) && named.iter().any(|named| named.by_id) {
            // What a choice sends stands for that choice, whatever else is called so.
            named.retain(|named| named.by_id);
        }
        let begun = match named.is_empty() {
            true => self.begun(text, scope),
            false => Vec::new(),
        };
        if named.is_empty() && begun.is_empty() {
            let query = Query::new(&self.index, text, false);
            named = self.misspelled(text, &query, scope);
        }
        if let [first, rest @ ..] = named.as_slice() {
            if rest.first().is_none_or(|next| next.rank > first.rank) {
                return Resolution::One(hit(first));
            }
            let same = named.iter().filter(|other| other.rank == first.rank);
            return Resolution::Several(same.take(CHOICES_MAX).map(hit).collect());
        }
        if let [only] = begun.as_slice() {
            return Resolution::One(hit(only));
        }
        let mut found = self.search(text, scope);
        let Some(best) = found.hits.first().cloned() else {
            return Resolution::Nothing { nearest: found.nearest };
        };
        found.hits.retain(|hit| is_close(hit, &best));
        found.hits.truncate(CHOICES_MAX);
        if found.hits.len() > 1 { Resolution::Several(found.hits) } else { Resolution::One(best) }
    }

    /// The documents with just this name or label, or that the text names once the words around it that only ask are taken away.
    pub(super) fn named(&self, text: &str, scope: &Scope) -> Vec<Named> {
        let key = fold::key(text);
        let or = |found: Vec<Named>, next: &dyn Fn() -> Vec<Named>| match found.is_empty() {
            true => next(),
            false => found,
        };
        let found = self.names.whole(&key, scope, CHOICES_MAX);
        let found = or(found, &|| self.labelled(text, scope));
        or(found, &|| self.asked_for(&key, scope))
    }

    fn asked_for(&self, key: &str, scope: &Scope) -> Vec<Named> {
        let subject = subject(key).unwrap_or_default();
        self.names.whole(subject, scope, CHOICES_MAX)
    }

    /// The documents that a choice's label stands for: those of its title, and of them the ones with its alias.
    fn labelled(&self, text: &str, scope: &Scope) -> Vec<Named> {
        let (title, alias) = label::parts(text);
        if alias.is_none() && label::beginning(title).is_none() {
            return Vec::new();
        }
        let mut titled = self.part_of_label(title, scope);
        if let Some(alias) = alias {
            let aliased = self.part_of_label(alias, scope);
            let both = |named: &Named| aliased.iter().any(|other| other.document == named.document);
            if titled.iter().any(both) {
                titled.retain(both);
            }
        }
        titled
    }

    fn part_of_label(&self, part: &str, scope: &Scope) -> Vec<Named> {
        match label::beginning(part) {
            Some(beginning) => {
                let key = fold::key(beginning);
                self.names.beginning(&key, scope, CHOICES_MAX)
            }
            None => self.names.whole(&fold::key(part), scope, CHOICES_MAX),
        }
    }

    /// The documents that the text names once its typos are corrected.
    pub(super) fn misspelled(&self, text: &str, query: &Query, scope: &Scope) -> Vec<Named> {
        if !query.is_corrected() {
            return Vec::new();
        }
        let respelled = query.respelled(&fold::key(text));
        let subject = subject(&respelled).unwrap_or_default();
        let mut found = self.names.whole(subject, scope, CHOICES_MAX);
        for named in &mut found {
            named.how = Match::Typo;
        }
        found
    }

    /// The documents with a name that begins so.
    pub(super) fn begun(&self, text: &str, scope: &Scope) -> Vec<Named> {
        let key = fold::key(text);
        let long = key.chars().count() >= BEGINNING_LETTERS_MIN;
        if !long || subject(&key) != Some(&key) {
            return Vec::new();
        }
        self.names.beginning(&key, scope, CHOICES_MAX)
    }
}

fn is_close(hit: &Hit, best: &Hit) -> bool {
    hit.score >= CLOSE * best.score
}

/// Whether a text is spelled as an id is.
fn is_slug(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    text.bytes().all(|byte| plain(byte) || matches!(byte, b'-' | b'/'))
}

/// A question without the words at both ends that only ask; none if nothing is left.
fn subject(mut key: &str) -> Option<&str> {
    while let Some((first, rest)) = key.split_once(' ')
        && ENGLISH.is_silent(first)
    {
        key = rest;
    }
    while let Some((rest, last)) = key.rsplit_once(' ')
        && ENGLISH.is_silent(last)
    {
        key = rest;
    }
    (!key.is_empty() && !ENGLISH.is_silent(key)).then_some(key)
}
