//! Matrix cells that a two-part question asks for: a holder's position on a demand, or a proposal's
//! terms on it.

use std::cell::LazyCell;

use super::named_parts::NamedParts;
use super::numbers::demand_number;
use super::proposal_question::only_one;
use super::{Catalog, Item};
use crate::content::{Kind, Stance};
use crate::search::{
    Hit, MatchKind, QuestionParts, Resolution, asks_for_view, names_month, names_others,
    split_question, split_who_question, stems, with_position_words, without_dates,
    without_possessive, without_view_words,
};

/// What a two-part question asks for.
#[derive(Debug)]
pub enum CellMatch<'a> {
    /// One row of the matrix and one column.
    Cell { row: Item<'a>, column: Item<'a> },
    /// One part is ambiguous or unknown: the candidates of each, and the words of both.
    Ambiguous { rows: Vec<Item<'a>>, columns: Vec<Item<'a>>, parts: QuestionParts },
}

impl<'a> CellMatch<'a> {
    pub fn rows(&self) -> &[Item<'a>] {
        match self {
            Self::Cell { row, .. } => std::slice::from_ref(row),
            Self::Ambiguous { rows, .. } => rows,
        }
    }

    pub fn columns(&self) -> &[Item<'a>] {
        match self {
            Self::Cell { column, .. } => std::slice::from_ref(column),
            Self::Ambiguous { columns, .. } => columns,
        }
    }

    /// Whether it is the cell of a proposal that says nothing on the demand.
    fn is_silence(&self) -> bool {
        match self {
            Self::Cell { row, column } => {
                row.entry.kind == Kind::Proposal && row.cell_on(*column).is_none()
            }
            Self::Ambiguous { .. } => false,
        }
    }

    /// Whether an entry may be shown: it is no position, or that of a holder named in the question.
    pub fn may_show(&self, item: Item<'_>) -> bool {
        item.entry.kind != Kind::Position || self.rows().iter().any(|row| row.number == item.number)
    }
}

/// The most places at which a question is split.
const SPLITS_MAX: usize = 4;

/// The least score of a demand that a text is about, relative to the best entry's.
const DEMAND_SCORE_SHARE_MIN: f32 = 0.8;

/// Words that may accompany the name of a holder.
const OFFICES: &str =
    "administration authorities government leader leadership officials president regime";

/// The most words of a question that consists of a part of a proposal's name and a demand:
/// "memorandum 2025 sanctions".
pub(super) const NAMED_WORDS_MAX: usize = 4;

/// The most words of a list in which entries are named by words of their names.
const LISTED_WORDS_MAX: usize = 12;

/// The most words of a name that is searched for inside a text.
const NAME_WORDS_MAX: usize = 4;

impl Catalog {
    /// Parses a two-part question such as "Ukraine on NATO". `None` if it names no holder.
    ///
    /// The holder must be named: someone else's view is worse than no answer.
    ///
    /// `row` is the kind of entry that the first part names: a position or a proposal.
    pub fn find_cell(
        &self,
        text: &str,
        row: Kind,
        article: Option<usize>,
    ) -> Option<CellMatch<'_>> {
        let mut parts = split_question(text).into_iter().take(SPLITS_MAX);
        parts.find_map(|parts| self.read_cell(&parts, row, article))
    }

    /// The cell of a position or proposal, or of `kind` alone, that a question asks for. `best` is the
    /// question's best hit. `None` if the question is a name.
    pub fn find_any_cell(
        &self,
        text: &str,
        kind: Option<Kind>,
        best: Option<&Hit>,
        article: Option<usize>,
    ) -> Option<CellMatch<'_>> {
        if self.search_index.is_name(text, &self.filter(kind, article)) {
            return None;
        }
        let has_kind = |row: &Kind| kind.is_none_or(|kind| kind == *row);
        let mut rows = [Kind::Position, Kind::Proposal];
        if split_question(text).first().is_some_and(|parts| names_month(&parts.subject)) {
            // "Putin June 2026 on NATO" is about what he proposed then.
            rows.reverse();
        }
        let mut rows = rows.into_iter().filter(has_kind);
        let found = rows.find_map(|row| self.find_cell(text, row, article));
        if has_kind(&Kind::Proposal)
            && matches!(&found, Some(CellMatch::Ambiguous { rows, .. }) if rows.is_empty())
            && let Some(CellMatch::Cell { row, column }) =
                self.find_cell(text, Kind::Proposal, article)
            && row.cell_on(column).is_some()
        {
            // "Hegseth on NATO": of somebody without a position, there may be a proposal.
            return Some(CellMatch::Cell { row, column });
        }
        let named = LazyCell::new(|| self.named_parts(text, article));
        // The interview of "India Today" is not India's: that a proposal says nothing is an answer only
        // if the proposal is named.
        let is_answer = |cell: &CellMatch<'_>| !cell.is_silence() || !named.proposals.is_empty();
        let view = || self.find_view(text, &named, article);
        let proposal = || {
            let found = match text.split_whitespace().count() > NAMED_WORDS_MAX {
                true => self.find_cell_of_named_proposal(text, &named, article),
                false => self.find_named_proposal_cell(text, &named, article),
            };
            found.filter(is_answer)
        };
        let found = found.or_else(|| has_kind(&Kind::Position).then(view).flatten());
        let found = found.or_else(|| has_kind(&Kind::Proposal).then(proposal).flatten());
        let best = best.map(|hit| self.proposal_named_like(self.item(hit.document)));
        let best = best.filter(|row| has_kind(&row.entry.kind));
        let found = found.or_else(|| self.find_cell_in(best?, text).filter(is_answer));
        found.or_else(|| self.find_unknown_holder(text, article))
    }

    /// A demand and a word for somebody who is not in the dataset: "India on recognition".
    fn find_unknown_holder(&self, text: &str, article: Option<usize>) -> Option<CellMatch<'_>> {
        let parts = split_question(text).into_iter().next()?;
        let all = self.filter(None, article);
        if parts.subject.contains(' ') || self.search_index.is_name(&parts.subject, &all) {
            return None;
        }
        let columns = self.find_columns(&parts.object, article);
        (!columns.is_empty()).then(|| parts.ambiguous(Vec::new(), columns))
    }

    /// The proposal that has the title of an entry as a name, as that of the term "28-point plan" is;
    /// else the entry.
    fn proposal_named_like<'a>(&'a self, item: Item<'a>) -> Item<'a> {
        let article = self.article_of(item);
        let filter = self.filter(Some(Kind::Proposal), article);
        if item.entry.kind != Kind::Term || !self.search_index.is_name(&item.entry.title, &filter) {
            return item;
        }
        match self.find_by_name(&item.entry.title, Kind::Proposal, article).as_slice() {
            [proposal] => *proposal,
            _ => item,
        }
    }

    /// The cell of a holder and a demand that are both named in a question for a view, or are all of it:
    /// "Russia NATO". Further words ask for something else: "why did Ukraine want neutrality in 1990".
    fn find_view(
        &self,
        question: &str,
        named: &NamedParts<'_>,
        article: Option<usize>,
    ) -> Option<CellMatch<'_>> {
        let asks_for_view = asks_for_view(question);
        if !asks_for_view && question.split_whitespace().count() != 2 {
            return None;
        }
        let Some(CellMatch::Cell { row, column }) = self.find_named_cell(question, article) else {
            return None;
        };
        // "Ukraine membership" is not about NATO.
        let is_named = named.demands.iter().any(|demand| demand.number == column.number);
        if !asks_for_view && (row.stance_on(column).stance == Stance::Silent || !is_named) {
            return None;
        }
        let names = [self.name_stems(row), self.name_stems(column)].concat();
        let other = other_words(&without_view_words(question), &names);
        other.is_empty().then_some(CellMatch::Cell { row, column })
    }

    /// The cell of a proposal or position, if the words of a question that do not name it are about a
    /// demand: "28-point plan army limit".
    pub fn find_cell_in<'a>(&'a self, row: Item<'a>, question: &str) -> Option<CellMatch<'a>> {
        let article = self.article_of(row);
        let named = self.named_parts(question, article);
        let is_row = match row.entry.kind {
            Kind::Position => self.names_only(row, question, article),
            Kind::Proposal => !named.proposals.is_empty() || named.may_have_proposed(row),
            _ => false,
        };
        if !is_row || named.demands.len() > 1 {
            return None;
        }
        let other = other_words(question, &self.name_stems(row));
        let found: Vec<Item<'a>> = match self.resolve(&other, Kind::Demand, article) {
            Resolution::One(hit) => vec![self.item(hit.document)],
            Resolution::Several(hits) => hits.iter().map(|hit| self.item(hit.document)).collect(),
            Resolution::Nothing(_) => Vec::new(),
        };
        let column = match row.entry.kind {
            Kind::Proposal => self.find_stated_demand(row, &other, &found)?,
            _ => only_one(found.into_iter())?,
        };
        Some(CellMatch::Cell { row, column })
    }

    /// Whether the holder of a position is the only one that a text names.
    fn names_only(&self, position: Item<'_>, text: &str, article: Option<usize>) -> bool {
        let holders = self.mentioned_holders(text, article).unwrap_or_default();
        matches!(holders.as_slice(), [holder] if holder.number == position.number)
    }

    /// The stems of the names of an entry, of a position's holder, and of a date.
    pub(super) fn name_stems(&self, row: Item<'_>) -> Vec<String> {
        let entries = [Some(row), row.holder()].into_iter().flatten().map(|item| item.entry);
        let names = entries.flat_map(|entry| entry.aliases.iter().chain([&entry.title]));
        let date = row.entry.date().map(|date| self.locale.date(date));
        names.chain(&date).flat_map(|name| stems(name)).collect()
    }

    /// Like `find_cell`, but also accepts a text in which a holder and a demand are named in any
    /// order, and a question about a demand whose first part names no known holder.
    pub fn find_cell_or_column(&self, text: &str, article: Option<usize>) -> Option<CellMatch<'_>> {
        let found = self.find_cell(text, Kind::Position, article);
        found.or_else(|| self.find_named_cell(text, article)).or_else(|| {
            let mut parts = split_question(text).into_iter().take(SPLITS_MAX);
            parts.find_map(|parts| match self.find_columns(&parts.object, article).as_slice() {
                [column] => Some(parts.ambiguous(Vec::new(), vec![*column])),
                _ => None,
            })
        })
    }

    /// The cell of a holder and a demand that are both named in a text ("NATO, Ukraine"), or of a
    /// holder and the demand that the other words are about ("Kyiv's view: fewer troops").
    fn find_named_cell(&self, text: &str, article: Option<usize>) -> Option<CellMatch<'_>> {
        if names_others(text) {
            return None;
        }
        let mut named = self.named_parts(text, article);
        if named.positions.is_empty() {
            named = self.named_parts(&with_position_words(text), article);
        }
        let NamedParts { positions: mut rows, demands: mut columns, .. } = named;
        if let [row] = rows.as_slice() {
            let row = *row;
            rows.extend(self.other_holders(text, row, article));
            if columns.is_empty() {
                let other = other_words(&without_view_words(text), &self.name_stems(row));
                columns = self.find_columns(&other, article);
            }
        }
        match (rows.as_slice(), columns.as_slice()) {
            // Somebody whose position is not in the dataset ("China NATO"), or who is misspelled.
            ([], [column]) => {
                let subject = other_words(text, &self.name_stems(*column));
                let parts = QuestionParts { subject, object: column.entry.title.clone() };
                let is_somebody = self.is_actor(&parts.subject, article)
                    || !self.find_misspelled_holders(&parts.subject, article).is_empty();
                is_somebody.then(|| self.read_cell(&parts, Kind::Position, article)).flatten()
            }
            ([], _) | (_, []) => None,
            ([row], [column]) if self.asks_for_another_holder(text, *row, *column) => None,
            _ => {
                let parts = QuestionParts { subject: text.to_owned(), object: text.to_owned() };
                Some(parts.to_match(rows, columns))
            }
        }
    }

    /// Whether a question asks for the view of somebody else than `row`, who is only named in what it
    /// is about, or whose name is a part of another: "Poland on Ukraine in NATO", "West Bank on NATO".
    fn asks_for_another_holder(&self, question: &str, row: Item<'_>, column: Item<'_>) -> bool {
        let Some(parts) = split_question(question).into_iter().next() else {
            return false;
        };
        let article = self.article_of(row);
        let mentions = self.search_index.find_names_of_list(question, &self.filter(None, article));
        let mentioned = mentions.iter().map(|mention| self.item(mention.document));
        // "Zelensky's government"
        let stands_for_row = |item: &Item<'_>| {
            let held = self.find_holders(&item.entry.title, article);
            held.iter().any(|position| position.number == row.number)
        };
        // The demand may come first: "Neutrality: does Ukraine accept it?"
        let named = mentioned.filter(stands_for_row).chain([row, column]);
        let mut names: Vec<String> = named.flat_map(|item| self.name_stems(item)).collect();
        names.extend(stems(OFFICES));
        !other_words(&parts.subject, &names).is_empty()
    }

    /// The entries of a kind that a text lists, if all of it are names of several: "Ukraine, Russia".
    /// Positions are also named by their holders, and proposals beside others by words of their names:
    /// "Istanbul vs 28 points".
    pub fn find_listed(&self, text: &str, kind: Kind, article: Option<usize>) -> Vec<Item<'_>> {
        let filter = self.filter(Some(kind), article);
        let words = listed_words(text);
        let is_joined = words.len() <= LISTED_WORDS_MAX && text.split_whitespace().any(is_joiner);
        let named = |name: &str| {
            let number = demand_number(name).filter(|_| kind == Kind::Demand);
            let numbered = number.map(|number| self.demands_numbered(number, article));
            match (kind, numbered.unwrap_or_default().as_slice()) {
                (_, hits @ [_, ..]) => hits.iter().map(|hit| self.item(hit.document)).collect(),
                _ if self.search_index.is_name(name, &filter) => {
                    self.find_by_name(name, kind, article)
                }
                (Kind::Position, _) => self.find_holders_by_name(name, article),
                (Kind::Proposal, _) if is_joined => self.find_by_name_words(name, kind, article),
                _ => Vec::new(),
            }
        };
        let mut listed: Vec<Item<'_>> = Vec::new();
        let mut rest = words.as_slice();
        while !rest.is_empty() {
            let longest = (1..=rest.len().min(NAME_WORDS_MAX)).rev().find_map(|count| {
                let found = named(&rest[..count].join(" "));
                (!found.is_empty()).then_some((count, found))
            });
            let Some((count, found)) = longest else { return Vec::new() };
            for item in found {
                if !listed.iter().any(|one| one.number == item.number) {
                    listed.push(item);
                }
            }
            rest = &rest[count..];
        }
        listed
    }

    /// The holders other than `row` that a question joins to it, even if by a part of their name:
    /// "Europe vs Russia on sanctions".
    fn other_holders(&self, text: &str, row: Item<'_>, article: Option<usize>) -> Vec<Item<'_>> {
        let subject = split_question(text).into_iter().next().map(|parts| parts.subject);
        let subject = subject.filter(|_| text.split(' ').any(is_joiner));
        let words = subject.iter().flat_map(|subject| subject.split(' '));
        let held = words.flat_map(|word| self.find_by_name_words(word, Kind::Position, article));
        held.filter(|item| item.number != row.number).collect()
    }

    /// The demands that a question about all holders is about: "who wants neutrality". `None` if it
    /// is not such a question.
    pub fn find_columns_for_everyone(
        &self,
        text: &str,
        article: Option<usize>,
    ) -> Option<Vec<Item<'_>>> {
        let object = split_who_question(text)?;
        Some(self.find_columns(&object, article)).filter(|columns| !columns.is_empty())
    }

    /// The holders named in a text, for its completion.
    pub fn holders_in(&self, text: &str, article: Option<usize>) -> Vec<Item<'_>> {
        match self.find_cell_or_column(text, article) {
            Some(cell) => cell.rows().to_vec(),
            None => self.find_holders(text, article),
        }
    }

    /// The positions of the holders that a text names. `None` if it names none; empty if their
    /// positions are not in the dataset.
    pub fn mentioned_holders(&self, text: &str, article: Option<usize>) -> Option<Vec<Item<'_>>> {
        let words: Vec<&str> = text.split_whitespace().map(without_possessive).collect();
        let mut holders: Option<Vec<Item<'_>>> = None;
        for name in (1..=NAME_WORDS_MAX).flat_map(|count| words.windows(count)) {
            let name = name.join(" ");
            let found = self.find_holders_by_name(&name, article);
            if !found.is_empty() || self.is_actor(&name, article) {
                let known = holders.get_or_insert_default();
                known.extend(found);
                known.sort_by_key(|item| item.number);
                known.dedup_by_key(|item| item.number);
            }
        }
        holders
    }

    fn read_cell(
        &self,
        parts: &QuestionParts,
        row: Kind,
        article: Option<usize>,
    ) -> Option<CellMatch<'_>> {
        match row {
            Kind::Position => self.read_position_cell(parts, article),
            _ => self.read_proposal_cell(parts, article),
        }
    }

    fn read_position_cell(
        &self,
        parts: &QuestionParts,
        article: Option<usize>,
    ) -> Option<CellMatch<'_>> {
        // "Europe 2025 on sanctions"
        let undated = without_dates(&parts.subject);
        let is_kept = undated.is_empty() || !self.find_holders(&parts.subject, article).is_empty();
        let subject = if is_kept { parts.subject.clone() } else { undated };
        let parts = &QuestionParts { subject, object: parts.object.clone() };
        let are_others = names_others(&parts.subject);
        let mut rows = Vec::new();
        if !are_others {
            // "Europe vs Russia": the name of one of two holders must not hide the other.
            rows = self.named_parts(&parts.subject, article).positions;
            if rows.len() < 2 {
                rows = self.find_holders(&parts.subject, article);
            }
        }
        if rows.is_empty() && !are_others && !self.is_actor(&parts.subject, article) {
            return None;
        }
        let columns = self.find_undated_columns(&parts.object, article);
        Some(parts.to_match(rows, columns))
    }

    pub(super) fn find_undated_columns(&self, text: &str, article: Option<usize>) -> Vec<Item<'_>> {
        let columns = self.find_columns(text, article);
        if columns.is_empty() {
            // "Ukraine on NATO in 2022"
            return self.find_columns(&without_dates(text), article);
        }
        columns
    }

    pub(super) fn find_columns(&self, text: &str, article: Option<usize>) -> Vec<Item<'_>> {
        let demands = self.filter(Some(Kind::Demand), article);
        let named = self.search_index.find_names_of_list(text, &demands);
        // "Russia on Ukraine" is about each of the demands.
        if named.is_empty() && !self.find_holders_by_name(text, article).is_empty() {
            return Vec::new();
        }
        if named.len() > 1 {
            return named.iter().map(|mention| self.item(mention.document)).collect();
        }
        match self.resolve(text, Kind::Demand, article) {
            Resolution::One(hit) if self.is_about_demand(text, &hit, article) => {
                vec![self.item(hit.document)]
            }
            Resolution::Several(hits) => hits.iter().map(|hit| self.item(hit.document)).collect(),
            Resolution::One(_) | Resolution::Nothing(_) => Vec::new(),
        }
    }

    /// Whether a text is about its best matching demand: it has a name or words of a name of it, or
    /// no other entry matches much better, unless it is a term of the demand.
    fn is_about_demand(&self, text: &str, hit: &Hit, article: Option<usize>) -> bool {
        let is_named = || {
            let named = self.find_by_name_words(text, Kind::Demand, article);
            named.iter().any(|demand| demand.number == hit.document)
        };
        let is_near_best = || {
            let best = self.search_index.search(text, &self.filter(None, article)).hits;
            best.first().is_some_and(|best| {
                let entry = self.item(best.document);
                let is_linked = || entry.related().any(|item| item.number == hit.document);
                hit.score >= DEMAND_SCORE_SHARE_MIN * best.score
                    || entry.entry.kind == Kind::Term && is_linked()
            })
        };
        hit.kind < MatchKind::Text || is_named() || is_near_best()
    }

    pub(super) fn is_actor(&self, text: &str, article: Option<usize>) -> bool {
        !self.find_by_name(text, Kind::Actor, article).is_empty()
    }

    /// The positions of the holder that a text names, by a name of the position or the holder, or
    /// by words of the position's names.
    pub(super) fn find_holders(&self, text: &str, article: Option<usize>) -> Vec<Item<'_>> {
        let held = self.find_holders_by_name(text, article);
        if !held.is_empty() {
            return held;
        }
        let actors = self.find_by_name(text, Kind::Actor, article);
        let names = actors.iter().flat_map(|actor| {
            let aliases = actor.entry.aliases.iter().map(String::as_str);
            std::iter::once(actor.entry.title.as_str()).chain(aliases)
        });
        std::iter::once(text)
            .chain(names)
            .map(|name| self.find_by_name_words(name, Kind::Position, article))
            .find(|held| !held.is_empty())
            .unwrap_or_else(|| self.find_misspelled_holders(text, article))
    }

    /// The positions of the holder whom a word means that is not a name but a question on its own: a
    /// frequent misspelling such as "Moskow".
    pub fn find_misspelled_holders(&self, word: &str, article: Option<usize>) -> Vec<Item<'_>> {
        if word.contains(' ') {
            return Vec::new();
        }
        match self.search_index.resolve(word, &self.filter(None, article)) {
            Resolution::One(hit) if hit.kind == MatchKind::Text => {
                let entry = self.item(hit.document).entry;
                let may_hold = matches!(entry.kind, Kind::Actor | Kind::Place);
                if may_hold { self.find_holders(&entry.title, article) } else { Vec::new() }
            }
            _ => Vec::new(),
        }
    }

    /// The entries with a name that has all words of a text.
    pub(super) fn find_by_name_words(
        &self,
        text: &str,
        kind: Kind,
        article: Option<usize>,
    ) -> Vec<Item<'_>> {
        let filter = self.filter(Some(kind), article);
        self.items(self.search_index.find_by_words_of_name(text, &filter))
    }

    fn find_holders_by_name(&self, text: &str, article: Option<usize>) -> Vec<Item<'_>> {
        let named = self.find_by_name(text, Kind::Position, article);
        if !named.is_empty() {
            return named;
        }
        let actors = self.find_by_name(text, Kind::Actor, article);
        let is_held = |position: &Item<'_>| {
            let holder = position.holder();
            holder.is_some_and(|holder| actors.iter().any(|actor| actor.number == holder.number))
        };
        self.of_kind(Kind::Position, article).filter(is_held).collect()
    }

    pub(super) fn find_by_name(
        &self,
        text: &str,
        kind: Kind,
        article: Option<usize>,
    ) -> Vec<Item<'_>> {
        self.items(self.search_index.find_by_name(text, &self.filter(Some(kind), article)))
    }

    pub(super) fn items(&self, numbers: Vec<usize>) -> Vec<Item<'_>> {
        numbers.into_iter().map(|number| self.item(number)).collect()
    }
}

/// The words of a question that are not among the stems of names.
pub(super) fn other_words(question: &str, names: &[String]) -> String {
    let is_other = |word: &&str| stems(word).iter().any(|stem| !names.contains(stem));
    let other: Vec<&str> = question.split_whitespace().filter(is_other).collect();
    other.join(" ")
}

/// The words of a text without those and the signs that join names.
fn listed_words(text: &str) -> Vec<&str> {
    let words = text.split(|letter: char| letter.is_whitespace() || ",;/&+|".contains(letter));
    let words = words.map(|word| word.trim_matches(['"', '“', '”', '?', '!', '.', ':']));
    words.filter(|word| !matches!(*word, "" | "-" | "–") && !is_joiner(word)).collect()
}

/// Whether a word joins names.
pub(super) fn is_joiner(word: &str) -> bool {
    let word = word.to_lowercase();
    matches!(&*word, "and" | "or" | "&" | "vs" | "vs." | "versus" | "і" | "та" | "и")
}

impl QuestionParts {
    /// The cell, if both parts mean one entry each.
    pub(super) fn to_match<'a>(
        &self,
        rows: Vec<Item<'a>>,
        columns: Vec<Item<'a>>,
    ) -> CellMatch<'a> {
        match (rows.as_slice(), columns.as_slice()) {
            ([row], [column]) if row.is_in_article_of(*column) => {
                CellMatch::Cell { row: *row, column: *column }
            }
            _ => self.ambiguous(rows, columns),
        }
    }

    fn ambiguous<'a>(&self, rows: Vec<Item<'a>>, columns: Vec<Item<'a>>) -> CellMatch<'a> {
        CellMatch::Ambiguous { rows, columns, parts: self.clone() }
    }
}
