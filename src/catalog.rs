//! All that an answer is made from, built once at start: the articles, the finder over their entries, and the bot's sentences.

mod review;

use std::path::Path;

use crate::content::{self, Article, Date, Diagnostics, End, Entry, Files, Kind, Point, View};
use crate::locale::Locale;
use crate::search::{Document, Finder, Hit, Resolution, Scope, dates_named};

/// The loaded articles, and what finds things in them.
pub struct Catalog {
    articles: Vec<Article>,
    finder: Finder,
    /// The number of each article's first entry.
    starts: Vec<usize>,
    locale: Locale,
}

/// An entry with the article it belongs to.
#[derive(Clone, Copy, Debug)]
pub struct Item<'a> {
    /// The article.
    pub article: &'a Article,
    /// The entry.
    pub entry: &'a Entry,
    /// The number of the entry among those of all articles: that of its document in the finder.
    pub number: usize,
    /// The number of the article's first entry.
    start: usize,
}

impl<'a> Item<'a> {
    /// Another entry of the same article, by its place there.
    pub fn other(self, place: usize) -> Self {
        Self { entry: &self.article.entries[place], number: self.start + place, ..self }
    }

    /// Its place in the article's entries.
    pub fn place(self) -> usize {
        self.number - self.start
    }
}

impl Catalog {
    /// The bundled articles, with those of `folder` in their place or beside them.
    ///
    /// # Errors
    ///
    /// All that is wrong with the articles, with the files that it is wrong in. One problem, and nothing is loaded.
    pub fn open(folder: Option<&Path>) -> Result<Self, (Diagnostics, Vec<Files>)> {
        let mut diagnostics = Diagnostics::default();
        let mut bundled = Files::bundled();
        let own = folder.map(|folder| Files::read(folder, &mut diagnostics)).unwrap_or_default();
        bundled.retain(|article| !own.has_article(article));
        let mut articles = content::load(&bundled, &mut diagnostics);
        articles.extend(content::load(&own, &mut diagnostics));
        if !diagnostics.has_errors() {
            Ok(Self::new(articles))
        } else {
            Err((diagnostics, vec![bundled, own]))
        }
    }

    /// The bundled articles alone.
    pub fn bundled() -> Self {
        Self::open(None).expect("a test checks the bundled dataset")
    }

    /// A library of these articles.
    pub fn new(articles: Vec<Article>) -> Self {
        let mut locale = Locale::english();
        locale.prepare(articles.iter().flat_map(dates_shown));
        let starts = articles
            .iter()
            .scan(0, |next, article| Some(std::mem::replace(next, *next + article.entries.len())))
            .collect();
        let entries = || articles.iter().flat_map(|article| &article.entries);
        let texts: Vec<(Vec<String>, String)> = entries().map(texts).collect();
        let finder = Finder::new(
            entries().zip(&texts).map(|(entry, texts)| document(entry, texts, &locale)),
        );
        Self { articles, finder, starts, locale }
    }

    /// The articles, in the order of their ids.
    pub fn articles(&self) -> &[Article] {
        &self.articles
    }

    /// The sentences that the bot itself speaks.
    pub fn locale(&self) -> &Locale {
        &self.locale
    }

    /// The finder over all entries.
    pub fn finder(&self) -> &Finder {
        &self.finder
    }

    /// Whether answers have to name their article.
    pub fn has_several(&self) -> bool {
        self.articles.len() > 1
    }

    /// The last day that one article covers, or that all of them do.
    pub fn covers_until(&self, article: Option<usize>) -> Option<Point> {
        let articles = self.articles.iter().enumerate();
        let meant = articles.filter(|(place, _)| article.is_none_or(|only| only == *place));
        meant.map(|(_, one)| one.covers_until).min_by_key(|day| day.first_day())
    }

    /// The same as a sentence.
    pub fn covers(&self, article: Option<usize>) -> Option<String> {
        let date = self.locale.date(self.covers_until(article)?.into());
        Some(self.locale.say_with("covers-until", &[("date", date.into())]))
    }

    /// The last day that is covered, where all dates that a question names are later.
    pub fn is_too_late(&self, question: &str, article: Option<usize>) -> Option<Point> {
        let covered = self.covers_until(article)?;
        let dates = dates_named(question);
        let is_later = |date: &jiff::civil::Date| *date > covered.first_day();
        (!dates.is_empty() && dates.iter().all(is_later)).then_some(covered)
    }

    /// The entry of a number.
    pub fn item(&self, number: usize) -> Item<'_> {
        let place = self.starts.partition_point(|start| *start <= number) - 1;
        self.item_of(place, number - self.starts[place])
    }

    /// The entry at a place of an article's entries.
    fn item_of(&self, article: usize, place: usize) -> Item<'_> {
        let start = self.starts[article];
        let article = &self.articles[article];
        Item { article, entry: &article.entries[place], number: start + place, start }
    }

    /// The entries of a kind, in its order, of one article or of all.
    pub fn of_kind(&self, kind: Kind, article: Option<usize>) -> impl Iterator<Item = Item<'_>> {
        let articles = self
            .articles
            .iter()
            .enumerate()
            .filter(move |(place, _)| article.is_none_or(|only| only == *place));
        articles.flat_map(move |(place, one)| {
            one.of_kind(kind).map(move |(at, _)| self.item_of(place, at))
        })
    }

    /// The entries among which something is looked for.
    pub fn scope(&self, kind: Option<Kind>, article: Option<usize>) -> Scope {
        let mut ranges = Vec::new();
        for (place, one) in self
            .articles
            .iter()
            .enumerate()
            .filter(|(place, _)| article.is_none_or(|only| only == *place))
        {
            // Entries are sorted by kind, so those of one kind are neighbors.
            let from =
                kind.map_or(0, |kind| one.entries.partition_point(|entry| entry.kind < kind));
            let to = kind.map_or(one.entries.len(), |kind| {
                one.entries.partition_point(|entry| entry.kind <= kind)
            });
            ranges.push(self.starts[place] + from..self.starts[place] + to);
        }
        Scope::of(ranges)
    }

    /// What an option's value names an entry by: its id, with the article's where several are loaded.
    pub fn name(&self, item: Item<'_>) -> String {
        if self.has_several() {
            format!("{}/{}", item.article.id, item.entry.id)
        } else {
            item.entry.id.to_string()
        }
    }

    /// What a kind of entry is called.
    pub fn kind_name(&self, kind: Kind) -> String {
        self.locale.say(&format!("kind-{}", kind.name()))
    }

    /// What a view is called.
    pub fn view_title(&self, view: &View) -> String {
        if view.title.is_empty() { self.locale.say("view-overview") } else { view.title.clone() }
    }

    /// The entry of a kind that a text means.
    pub fn resolve(&self, text: &str, kind: Kind, article: Option<usize>) -> Resolution {
        if let Some((id, name)) = text.split_once('/')
            && let Some(place) = self.articles.iter().position(|one| one.id.as_str() == id)
        {
            return self.finder.resolve(name, &self.scope(Some(kind), Some(place)));
        }
        self.finder.resolve(text, &self.scope(Some(kind), article))
    }

    /// The entries to offer while a text is typed, at most `limit`, best first.
    pub fn complete(
        &self,
        text: &str,
        kind: Kind,
        article: Option<usize>,
        limit: usize,
    ) -> Vec<Hit> {
        self.finder.complete(text, &self.scope(Some(kind), article), limit)
    }

    /// The entries to offer where nothing was typed: what the article features of a kind, or all of it in order.
    pub fn featured(&self, kind: Kind, article: Option<usize>) -> Vec<Item<'_>> {
        let mut items: Vec<Item<'_>> = Vec::new();
        for (place, one) in self
            .articles
            .iter()
            .enumerate()
            .filter(|(place, _)| article.is_none_or(|only| only == *place))
        {
            let listed = one.featured.iter().filter(|at| one.entries[**at].kind == kind);
            items.extend(listed.map(|at| self.item(self.starts[place] + at)));
        }
        let rest = self
            .of_kind(kind, article)
            .filter(|item| !items.iter().any(|listed| listed.number == item.number));
        let rest: Vec<Item<'_>> = rest.collect();
        items.extend(rest);
        items
    }
}

/// The paragraphs of an entry, and the words that stand in none of them, which are found like one more ask.
fn texts(entry: &Entry) -> (Vec<String>, String) {
    (entry.blocks().map(|block| block.plain()).collect(), entry.words.join(" "))
}

/// What the finder reads of an entry.
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

/// The dates that cards of an article show.
fn dates_shown(article: &Article) -> impl Iterator<Item = Date> {
    let entries =
        article.entries.iter().filter_map(Entry::date).chain([article.covers_until.into()]);
    entries.chain(article.sources.iter().filter_map(|source| source.date))
}

/// How people name the date of an event or a proposal: as shown, and by its year.
fn dates(entry: &Entry, locale: &Locale) -> Vec<String> {
    let Some(date) = entry.date() else {
        return Vec::new();
    };
    let mut dates =
        vec![locale.date(date), locale.point(date.start()), date.start().year().to_string()];
    if let End::At(end) = date.end() {
        dates.push(locale.point(end));
    }
    dates.dedup();
    dates
}
