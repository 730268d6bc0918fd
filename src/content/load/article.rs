//! `article.toml`: the article itself, its sections and topics.

use std::collections::BTreeSet;

use jiff::civil;

use super::super::dangling::Strays;
use super::super::diagnostic::Problems;
use super::super::files::Folder;
use super::super::format::{ArticleFile, SectionRecord, Text};
use super::super::table::{self, Format, Place, is_stand_in};
use super::super::text::line_at;
use super::super::{Article, Entry, Point, Section, Slug, Source};
use super::check::Check;

/// The most characters of a one-line text.
pub(super) const LINE_CHARS_MAX: usize = 300;

/// The most characters of the article's short title, which stands in one line with an entry's.
const SHORT_TITLE_CHARS_MAX: usize = 40;

/// The most characters of a topic's name, and the most topics: a menu takes
/// [25 options](https://docs.discord.com/developers/components/reference#string-select).
const TOPIC_CHARS_MAX: usize = 60;
const TOPICS_MAX: usize = 25;

/// The most paragraphs of a section.
const PARAGRAPHS_MAX: u8 = 99;

/// What to do where nothing is said of the article.
pub(super) const REMEDY: &str =
    "write it: title, publisher, url, sections and the rest, as data/schema/article.json says";

/// What article.toml says, with stand-ins for what it should say.
pub(super) struct Head {
    file: ArticleFile,
    pub checked: Option<Point>,
    pub covers_until: Option<Point>,
    /// The day of checking, where it is known: nothing was checked later.
    pub today: Option<civil::Date>,
    pub sections: Vec<Section>,
    /// Whether these are all sections and topics, as far as the file could be read.
    pub has_all_sections: bool,
    pub has_all_topics: bool,
}

/// Reads article.toml, telling all that is wrong with it. Even where it is missing there is something to check the entries against.
pub(super) fn read(
    folder: &Folder,
    text: Option<Option<&str>>,
    today: Option<civil::Date>,
    problems: &mut Problems,
) -> Head {
    let path = folder.path("article.toml");
    let text = match text {
        None => {
            problems.whole(&path, "this file is missing", REMEDY);
            None
        }
        Some(Some(text)) if text.trim().is_empty() => {
            problems.whole(&path, "this file is empty", REMEDY);
            None
        }
        Some(text) => text,
    };
    let read = text.and_then(|text| read_file(&path, text, problems));
    let (file, wrong) =
        read.map_or_else(|| (empty(&path), None), |(file, wrong)| (file, Some(wrong)));
    let is_right = |key: &str| wrong.as_ref().is_some_and(|wrong| !wrong.contains(key));
    let (has_all_sections, has_all_topics) = (is_right("sections"), is_right("topics"));
    let (checked, covers_until) = check(&file, today, &mut Check { path: &path, problems });
    let sections = file.sections.iter().map(section).collect();
    Head { file, checked, covers_until, today, sections, has_all_sections, has_all_topics }
}

fn read_file(
    path: &str,
    text: &str,
    problems: &mut Problems,
) -> Option<(ArticleFile, BTreeSet<String>)> {
    let place = Place { path, head: line_at(text, 0) };
    let mut blank = String::new();
    let mut toml = table::parse(path, text, 0..text.len(), &mut blank, problems)?;
    let wrong = table::check(&mut toml, &[ArticleFile::shape()], &place, problems);
    Some((table::take(&mut toml, &place, problems)?, wrong))
}

/// An article of which nothing is known.
fn empty(path: &str) -> ArticleFile {
    let mut told = Problems::default();
    let place = Place { path, head: 0..0 };
    let mut toml = toml::de::DeTable::new();
    table::check(&mut toml, &[ArticleFile::shape()], &place, &mut told);
    table::take(&mut toml, &place, &mut told)
        .expect("stand-ins are of the kinds that the type takes")
}

fn check(
    file: &ArticleFile,
    today: Option<civil::Date>,
    check: &mut Check<'_>,
) -> (Option<Point>, Option<Point>) {
    check.line(&file.title, LINE_CHARS_MAX);
    check.line(&file.publisher, LINE_CHARS_MAX);
    check.line(&file.short_title, SHORT_TITLE_CHARS_MAX);
    check.lines(&file.unknown, LINE_CHARS_MAX, TOPICS_MAX);
    check.language(&file.language);
    check.version(&file.version);
    check.url(&file.url);
    if let Some(url) = &file.report_url {
        check.url(url);
    }
    check_sections(&file.sections, check);
    for (topic, name) in &file.topics {
        check.slug(topic);
        check.line(name, TOPIC_CHARS_MAX);
    }
    if let Some((topic, _)) = file.topics.iter().nth(TOPICS_MAX) {
        check.at(
            topic.span(),
            format!("more than {TOPICS_MAX} topics"),
            "join some: a menu holds no more",
        );
    }
    check.no_twins(&file.topics.values().cloned().collect::<Vec<_>>());
    check.no_twins(&file.featured);
    let checked = check.checked_day(&file.checked, today);
    let covers_until = check.day(&file.covers_until);
    if let (Some(checked), Some(covers)) = (checked, covers_until)
        && covers.first_day() > checked.first_day()
    {
        let problem = format!("this is after {checked}, the day on which the dataset was checked");
        let remedy = "write the last day that the content covers, or correct `checked`";
        check.at(file.covers_until.span(), problem, remedy);
    }
    (checked, covers_until)
}

fn check_sections(sections: &[SectionRecord], check: &mut Check<'_>) {
    let mut seen = BTreeSet::new();
    for section in sections {
        check.slug(&section.id);
        check.line(&section.title, LINE_CHARS_MAX);
        check.number(
            &section.paragraphs,
            1..=PARAGRAPHS_MAX.into(),
            "count the paragraphs of the section in the article",
        );
        if !seen.insert(section.id.get_ref()) {
            check.at(section.id.span(), "two sections have this id", "give each an id of its own");
        }
    }
}

fn section(record: &SectionRecord) -> Section {
    let counted = u8::try_from(*record.paragraphs.get_ref())
        .ok()
        .filter(|_| !record.paragraphs.span().is_empty());
    // A count that is wrong has been told: no mark is wrong because of it.
    let paragraphs =
        counted.filter(|count| (1..=PARAGRAPHS_MAX).contains(count)).unwrap_or(PARAGRAPHS_MAX);
    Section { id: Slug::of(record.id.get_ref()), title: record.title.get_ref().clone(), paragraphs }
}

/// Tells a section that more marks overrun than can be wrong: then its count is.
pub(super) fn tell_overruns(path: &str, head: &Head, strays: &mut Strays, problems: &mut Problems) {
    for record in &head.file.sections {
        if let Some(places) = strays.take_overruns(record.id.get_ref()) {
            let count = record.paragraphs.get_ref();
            let example = places.first().map_or("", |place| place.path.as_str());
            let problem = format!(
                "section `{}` has {count} paragraphs here, but {} marks cite later ones, such as one in {example}",
                record.id.get_ref(),
                places.len()
            );
            problems.at(
                path,
                record.paragraphs.span(),
                problem,
                "count the paragraphs of the section in the article",
            );
        }
    }
}

impl Head {
    /// The entries offered first, as links.
    pub(super) fn featured(&self) -> impl Iterator<Item = &Text> {
        self.file.featured.iter().filter(|link| !is_stand_in(link))
    }

    /// The ids of the topics.
    pub(super) fn topics(&self) -> impl Iterator<Item = &str> {
        self.file.topics.keys().map(|id| id.get_ref().as_str())
    }

    /// The whole article; nothing where something of it was not right.
    pub(super) fn finish(
        self,
        id: Slug,
        sources: Vec<Source>,
        entries: Vec<Entry>,
        featured: Vec<usize>,
    ) -> Option<Article> {
        let file = self.file;
        Some(Article {
            id,
            title: file.title.into_inner(),
            short_title: file.short_title.into_inner(),
            publisher: file.publisher.into_inner(),
            url: file.url.into_inner(),
            language: file.language.into_inner(),
            unknown: file.unknown.into_iter().map(Text::into_inner).collect(),
            checked: self.checked?,
            covers_until: self.covers_until?,
            version: file.version.into_inner(),
            report_url: file.report_url.map(Text::into_inner),
            topics: file
                .topics
                .into_iter()
                .map(|(id, name)| (id.into_inner(), name.into_inner()))
                .collect(),
            sections: self.sections,
            sources,
            entries,
            featured,
        })
    }
}
