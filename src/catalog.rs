//! The catalog: the articles, the search index over their entries, and the bot's sentences. Built
//! once at startup.

mod cell;
mod named_parts;
mod numbers;
mod proposal_question;
pub mod proposals;
mod review;
mod sides;

use std::path::Path;

use jiff::civil::Date as Day;

use crate::content::{
    self, Article, Block, Cell, CellStance, Date, Detail, Diagnostics, End, Entry, Files,
    HeldStance, Kind, PartialDate, Stance, View,
};
use crate::locale::Locale;
use crate::search::{
    AskedDate, Document, DocumentFilter, Hit, MatchKind, NEAREST_MAX, Nearest, Passage, Resolution,
    SearchIndex, asks_for_present_state, bare_date, dates_in, is_part_of_year, names_today, stems,
};

pub use cell::CellMatch;
pub use numbers::AskedNumbers;
pub use sides::has_proposals;

pub struct Catalog {
    articles: Vec<Article>,
    search_index: SearchIndex,
    /// The document number of each article's first entry.
    first_documents: Vec<usize>,
    locale: Locale,
    has_report_form: bool,
}

/// An entry and its article.
#[derive(Clone, Copy, Debug)]
pub struct Item<'a> {
    pub article: &'a Article,
    pub entry: &'a Entry,
    /// The entry's document number in the search index.
    pub number: usize,
    first_document: usize,
}

impl<'a> Item<'a> {
    /// Another entry of the same article, by its index.
    pub fn at_position(self, position: usize) -> Self {
        let entry = &self.article.entries[position];
        Self { entry, number: self.first_document + position, ..self }
    }

    /// The entry's index in its article.
    pub fn position(self) -> usize {
        self.number - self.first_document
    }

    /// The entries of a kind in the same article, in their order.
    pub fn siblings(self, kind: Kind) -> impl Iterator<Item = Self> {
        self.article.of_kind(kind).map(move |(position, _)| self.at_position(position))
    }

    /// The entries that are named as further reading.
    pub fn related(self) -> impl Iterator<Item = Self> {
        self.entry.related.iter().map(move |position| self.at_position(*position))
    }

    pub fn is_in_article_of(self, other: Item<'_>) -> bool {
        std::ptr::eq(self.article, other.article)
    }

    /// The stance of a position on a demand of its article.
    pub fn stance_on(self, demand: Item<'_>) -> HeldStance {
        let held = demand.entry.demand_index().and_then(|index| self.entry.stances().get(index));
        held.copied().unwrap_or(HeldStance { stance: Stance::Silent, change: None })
    }

    /// What a proposal says on a demand of its article, unless it is silent.
    pub fn cell_on(self, demand: Item<'_>) -> Option<&'a Cell> {
        let cell = self.entry.cells().get(demand.entry.demand_index()?)?;
        (self.is_in_article_of(demand) && cell.stance != CellStance::Silent).then_some(cell)
    }

    /// Whether an actor is an author of this proposal.
    pub fn is_by(self, author: Item<'_>) -> bool {
        self.is_in_article_of(author) && self.entry.authors().contains(&author.position())
    }

    /// The actor that holds a position.
    pub fn holder(self) -> Option<Self> {
        match self.entry.detail {
            Detail::Position { holder, .. } => Some(self.at_position(holder)),
            _ => None,
        }
    }
}

impl Catalog {
    /// Loads the bundled articles and those of `folder`, which replace bundled ones with the same
    /// id.
    ///
    /// # Errors
    ///
    /// The diagnostics of all articles. A single error rejects the dataset.
    pub fn open(folder: Option<&Path>) -> Result<Self, Diagnostics> {
        let mut diagnostics = Diagnostics::default();
        let mut files = Files::bundled();
        if let Some(folder) = folder {
            files.extend(Files::read(folder, &mut diagnostics));
        }
        let articles = content::load(&files, &mut diagnostics);
        if diagnostics.has_errors() { Err(diagnostics) } else { Ok(Self::new(articles)) }
    }

    pub fn bundled() -> Self {
        Self::open(None).expect("a test checks the bundled dataset")
    }

    pub fn new(mut articles: Vec<Article>) -> Self {
        let mut locale = Locale::english();
        locale.cache_dates(articles.iter().flat_map(dates_shown));
        for article in &mut articles {
            proposals::add_views(article, &locale);
        }
        let first_documents = articles
            .iter()
            .scan(0, |next, article| Some(std::mem::replace(next, *next + article.entries.len())))
            .collect();
        let entries = || articles.iter().flat_map(|article| &article.entries);
        let texts: Vec<(Vec<String>, String)> = entries().map(texts).collect();
        let documents = entries().zip(&texts).map(|(entry, texts)| document(entry, texts, &locale));
        let search_index = SearchIndex::new(documents);
        Self { articles, search_index, first_documents, locale, has_report_form: false }
    }

    /// Sets whether each entry's card offers a form for error reports.
    #[must_use]
    pub fn with_report_form(self, has_report_form: bool) -> Self {
        Self { has_report_form, ..self }
    }

    /// Whether each entry's card offers a form for error reports.
    pub fn has_report_form(&self) -> bool {
        self.has_report_form
    }

    /// The articles, sorted by id.
    pub fn articles(&self) -> &[Article] {
        &self.articles
    }

    pub fn locale(&self) -> &Locale {
        &self.locale
    }

    pub fn search_index(&self) -> &SearchIndex {
        &self.search_index
    }

    /// Whether several articles are loaded, so that answers must name theirs.
    pub fn has_several(&self) -> bool {
        self.articles.len() > 1
    }

    /// The last day that one article covers, or the earliest such day of all.
    pub fn covers_until(&self, article: Option<usize>) -> Option<PartialDate> {
        let days = self.articles_in(article).map(|(_, one)| one.covers_until);
        days.min_by_key(|day| day.first_day())
    }

    /// Like [`Self::covers_until`], as a sentence.
    pub fn covers_until_text(&self, article: Option<usize>) -> Option<String> {
        let date = self.locale.date(self.covers_until(article)?.into());
        Some(self.locale.text_with("covers-until", &[("date", date.into())]))
    }

    /// The last covered day, if all dates in a question asked today are later. `answer` is the
    /// number of the best entry found: if there is one, "today" and the like say little, a summer of
    /// which the first month is covered is, and its own text may name a date that the question is not
    /// all about.
    pub fn find_uncovered_date(
        &self,
        question: &str,
        article: Option<usize>,
        today: Option<Day>,
        answer: Option<usize>,
    ) -> Option<PartialDate> {
        let covered = self.covers_until(article)?;
        let until = covered.last_day();
        let dates = dates_in(question, today);
        let is_about_present = || {
            asks_for_present_state(question)
                || answer.is_none() && dates.is_empty() && names_today(question)
        };
        if today.is_some_and(|today| today > until) && is_about_present() {
            return Some(covered);
        }
        let is_later =
            |date: &AskedDate| date.first > until || answer.is_none() && date.last > until;
        let is_uncovered = !dates.is_empty()
            && dates.iter().all(is_later)
            && !answer
                .filter(|_| bare_date(question).is_none())
                .is_some_and(|number| names_date(self.item(number).entry, question, &dates, today));
        is_uncovered.then_some(covered)
    }

    /// The entry with a document number.
    pub fn item(&self, number: usize) -> Item<'_> {
        let article = self.first_documents.partition_point(|first| *first <= number) - 1;
        self.item_at(article, number - self.first_documents[article])
    }

    fn item_at(&self, article: usize, position: usize) -> Item<'_> {
        let first_document = self.first_documents[article];
        let article = &self.articles[article];
        let entry = &article.entries[position];
        Item { article, entry, number: first_document + position, first_document }
    }

    /// The index of an entry's article.
    pub fn article_of(&self, item: Item<'_>) -> Option<usize> {
        self.articles.iter().position(|article| std::ptr::eq(article, item.article))
    }

    /// The articles that a search covers, with their indices.
    pub fn articles_in(&self, article: Option<usize>) -> impl Iterator<Item = (usize, &Article)> {
        let all = self.articles.iter().enumerate();
        all.filter(move |(position, _)| article.is_none_or(|only| only == *position))
    }

    /// The entries of a kind in their order, of one article or of all.
    pub fn of_kind(&self, kind: Kind, article: Option<usize>) -> impl Iterator<Item = Item<'_>> {
        self.articles_in(article).flat_map(move |(number, one)| {
            one.of_kind(kind).map(move |(position, _)| self.item_at(number, position))
        })
    }

    /// The filter for searches among the entries of a kind or of all kinds, of one article or of all.
    pub fn filter(&self, kind: Option<Kind>, article: Option<usize>) -> DocumentFilter {
        DocumentFilter::ranges(self.articles_in(article).map(|(number, one)| {
            // Entries are sorted by kind, so those of one kind are contiguous.
            let from =
                kind.map_or(0, |kind| one.entries.partition_point(|entry| entry.kind < kind));
            let to = kind.map_or(one.entries.len(), |kind| {
                one.entries.partition_point(|entry| entry.kind <= kind)
            });
            let first = self.first_documents[number];
            first + from..first + to
        }))
    }

    /// The option value of an entry: its id, prefixed with the article's if several are loaded.
    pub fn name(&self, item: Item<'_>) -> String {
        if self.has_several() {
            format!("{}/{}", item.article.id, item.entry.id)
        } else {
            item.entry.id.to_string()
        }
    }

    pub fn kind_name(&self, kind: Kind) -> String {
        self.locale.text(&format!("kind-{}", kind.name()))
    }

    pub fn view_title(&self, view: &View) -> String {
        if view.title.is_empty() { self.locale.text("view-overview") } else { view.title.clone() }
    }

    /// Resolves an option value to an entry of a kind.
    pub fn resolve(&self, text: &str, kind: Kind, article: Option<usize>) -> Resolution {
        if let Some((id, name)) = text.split_once('/')
            && let Some(article) = self.articles.iter().position(|one| one.id.as_str() == id)
        {
            return self.search_index.resolve(name, &self.filter(Some(kind), Some(article)));
        }
        match numbers::demand_number(text).filter(|_| kind == Kind::Demand) {
            Some(number) => self.resolve_number(number, article),
            None => self.search_index.resolve(text, &self.filter(Some(kind), article)),
        }
    }

    /// Resolves the number of a demand. If there is none, all demands are the nearest.
    fn resolve_number(&self, number: u8, article: Option<usize>) -> Resolution {
        let hits = self.demands_numbered(number, article);
        match hits.as_slice() {
            [] => {
                let demands = self.of_kind(Kind::Demand, article);
                let documents = demands.map(|item| item.number).take(NEAREST_MAX).collect();
                Resolution::Nothing(Nearest { documents, is_close: false })
            }
            [hit] => Resolution::One(hit.clone()),
            _ => Resolution::Several(hits),
        }
    }

    fn demands_numbered(&self, number: u8, article: Option<usize>) -> Vec<Hit> {
        let demands = self.of_kind(Kind::Demand, article);
        let hit = |item: Item<'_>| Hit {
            document: item.number,
            kind: MatchKind::Id,
            score: 1.0,
            alias: None,
            passage: Passage::Summary,
        };
        demands.filter(|item| item.entry.number() == number).map(hit).collect()
    }

    /// Completes an unfinished option value with entries of a kind.
    pub fn complete(&self, text: &str, kind: Kind, article: Option<usize>) -> Vec<Hit> {
        let number = numbers::demand_number(text).filter(|_| kind == Kind::Demand);
        let numbered = number.map(|number| self.demands_numbered(number, article));
        let complete = || self.search_index.complete(text, &self.filter(Some(kind), article));
        numbered.filter(|hits| !hits.is_empty()).unwrap_or_else(complete)
    }

    /// The entries of a kind to offer before anything is typed: featured ones first, then the
    /// others in order.
    pub fn featured(&self, kind: Kind, article: Option<usize>) -> Vec<Item<'_>> {
        let featured = self.articles_in(article).flat_map(|(number, one)| {
            let listed = one.featured.iter().map(move |position| self.item_at(number, *position));
            listed.filter(|item| item.entry.kind == kind)
        });
        let mut items: Vec<Item<'_>> = featured.collect();
        for item in self.of_kind(kind, article) {
            if !items.iter().any(|listed| listed.number == item.number) {
                items.push(item);
            }
        }
        items
    }
}

/// The indexed paragraphs of an entry, and its extra words, which are indexed as one more ask.
fn texts(entry: &Entry) -> (Vec<String>, String) {
    let text = |block: &Block| if block.is_indexed { block.plain() } else { String::new() };
    (entry.blocks().map(text).collect(), entry.words.join(" "))
}

fn document<'a>(
    entry: &'a Entry,
    (body, words): &'a (Vec<String>, String),
    locale: &Locale,
) -> Document<'a> {
    let words = Some(words.as_str()).filter(|words| !words.is_empty());
    Document {
        id: entry.id.as_str(),
        title: &entry.title,
        aliases: entry.aliases.iter().map(String::as_str).collect(),
        asks: entry.asks.iter().map(|ask| ask.text.as_str()).chain(words).collect(),
        summary: &entry.summary,
        body: body.iter().map(String::as_str).collect(),
        dates: dates(entry, locale),
    }
}

/// Whether a paragraph of an entry names a day in one of a question's dates, and has all words of the
/// question; or most of them, if the date is still to come, as it is then a term of a text: "a ban
/// from 2027".
fn names_date(entry: &Entry, question: &str, dates: &[AskedDate], today: Option<Day>) -> bool {
    let is_within = |named: &AskedDate, date: &AskedDate| {
        let is_of_year = date.may_be_earlier || named.first.year() == date.first.year();
        let is_of_month = (date.first.month()..=date.last.month()).contains(&named.first.month());
        is_of_year && (is_of_month || date.first.day_of_year() == 1)
    };
    let mut asked = stems(question);
    if dates.iter().any(|date| date.may_be_earlier) {
        // The date is in other words there.
        asked.retain(|word| !is_part_of_year(word));
    }
    let is_to_come = dates.iter().all(|date| today.is_some_and(|today| date.first > today));
    let words_min = if is_to_come { asked.len() / 2 + 1 } else { asked.len() };
    let names = |text: &String| {
        let named = dates_in(text, None);
        let is_named = named.iter().any(|named| dates.iter().any(|date| is_within(named, date)));
        let has_words = || {
            let words = stems(&format!("{} {text}", entry.title));
            asked.iter().filter(|word| words.contains(word)).count() >= words_min
        };
        is_named && !asked.is_empty() && has_words()
    };
    let body = entry.blocks().filter(|block| block.is_indexed).map(Block::plain);
    let names_of_entry = [&entry.title, &entry.summary].into_iter().chain(&entry.aliases);
    names_of_entry.cloned().chain(body).any(|text| names(&text))
}

/// The dates that cards of an article show.
fn dates_shown(article: &Article) -> impl Iterator<Item = Date> {
    let entries =
        article.entries.iter().filter_map(Entry::date).chain([article.covers_until.into()]);
    entries.chain(article.sources.iter().filter_map(|source| source.date))
}

/// The dates of an event or a proposal as people write them: in full, and by year.
fn dates(entry: &Entry, locale: &Locale) -> Vec<String> {
    let Some(date) = entry.date() else {
        return Vec::new();
    };
    let mut dates =
        vec![locale.date(date), locale.partial_date(date.start()), date.start().year().to_string()];
    if let End::At(end) = date.end() {
        dates.push(locale.partial_date(end));
    }
    dates.dedup();
    dates
}
