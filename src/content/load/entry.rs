//! One entry's file: front matter between `+++` lines, then Markdown.

use std::collections::BTreeSet;
use std::ops::Range;

use jiff::civil;
use toml::de::DeTable;

use super::super::citations::Marks;
use super::super::dangling::Strays;
use super::super::diagnostic::Problems;
use super::super::format::{
    Common, DemandKeys, EventKeys, NoKeys, OutlookKeys, PositionKeys, ProposalKeys, Text,
};
use super::super::markdown::Reader;
use super::super::table::{self, Format, Place, Shape, is_stand_in};
use super::super::text::line_at;
use super::super::{
    Date, End, Kind, Leaning, Point, ProposalStatus, SUMMARY_CHARS_MAX, Slug, TITLE_CHARS_MAX, View,
};
use super::article::Head;
use super::check::Check;

/// The most characters of an alias, which is a choice of an autocomplete beside its title, and of a link.
const NAME_CHARS_MAX: usize = 80;

/// The most of each list. They bound what a menu and the index have to hold.
const ALIASES_MAX: usize = 60;
const RELATED_MAX: usize = 10;

/// The highest revision. What is higher is a date or a slip.
const REVISION_MAX: i64 = 9_999;

/// What an entry is read against, and where its problems are told.
pub(super) struct Context<'a> {
    pub head: &'a Head,
    pub marks: &'a Marks<'a>,
    pub path: &'a str,
    pub strays: &'a mut Strays,
    pub problems: &'a mut Problems,
}

/// An entry whose links to other entries are still names, with stand-ins for what was told.
pub(super) struct Draft {
    pub path: String,
    pub kind: Kind,
    pub id: Slug,
    /// Where what is missing is told.
    pub head: Range<usize>,
    pub common: Common,
    pub checked: Option<Point>,
    pub keys: Keys,
    /// The keys that were not right.
    pub wrong: BTreeSet<String>,
    pub views: Vec<View>,
}

/// What a kind says besides, with links that are still names.
pub(super) enum Keys {
    Demand(DemandKeys),
    Event(Option<Date>, Vec<Text>),
    Position(PositionKeys),
    Proposal(Option<Date>, Option<ProposalStatus>, ProposalKeys),
    Outlook(Option<Leaning>),
    Plain,
}

/// Reads an entry, telling all that is wrong with it by itself; nothing where its front matter could not be read.
pub(super) fn read(context: Context<'_>, kind: Kind, id: &Slug, text: &str) -> Option<Draft> {
    let Context { head, marks, path, strays, problems } = context;
    if text.trim().is_empty() {
        problems.whole(path, "this file is empty", "write the entry, or remove the file");
        return None;
    }
    let Some((front, body)) = split(text) else {
        let (span, problem, remedy) = explain_split(text);
        problems.at(path, span, problem, remedy);
        return None;
    };
    let front = read_front(head, path, kind, text, front, problems);
    let may_explain = kind == Kind::Term;
    let views = Reader { path, marks, strays, problems, may_explain }.read(text, body);
    let Front { common, checked, keys, wrong } = front?;
    Some(Draft {
        path: path.to_owned(),
        kind,
        id: id.clone(),
        head: 0..3,
        common,
        checked,
        keys,
        wrong,
        views,
    })
}

/// The bytes of the front matter, and where the body begins.
fn split(text: &str) -> Option<(Range<usize>, usize)> {
    let first = text.split_inclusive('\n').next()?;
    if first.trim_end() != "+++" {
        return None;
    }
    let mut at = first.len();
    for line in text[at..].split_inclusive('\n') {
        if line.trim_end() == "+++" {
            return Some((first.len()..at, at + line.len()));
        }
        at += line.len();
    }
    None
}

/// Why a file has no front matter.
fn explain_split(text: &str) -> (Range<usize>, &'static str, &'static str) {
    let first = line_at(text, 0);
    match text[first.clone()].trim_end() {
        "+++" if text.starts_with('+') => {
            (0..3, "the front matter has no end", "close it with a line that is just `+++`")
        }
        "---" | ";;;" => (
            first,
            "the front matter stands between other lines than `+++`",
            "write `+++` above and below it, and the keys as key = \"text\"",
        ),
        _ => {
            let remedy =
                "begin the file with a line that is just `+++`, the keys below it, and `+++` again";
            (first, "the front matter is missing", remedy)
        }
    }
}

struct Front {
    common: Common,
    checked: Option<Point>,
    keys: Keys,
    wrong: BTreeSet<String>,
}

fn read_front(
    head: &Head,
    path: &str,
    kind: Kind,
    text: &str,
    part: Range<usize>,
    problems: &mut Problems,
) -> Option<Front> {
    let place = Place { path, head: 0..3 };
    let mut blank = String::new();
    let mut toml = table::parse(path, text, part, &mut blank, problems)?;
    let wrong = table::check(&mut toml, &[Common::shape(), shape(kind)], &place, problems);
    let common: Common = table::take(&mut toml, &place, problems)?;
    let checked = check_common(&common, head, &mut Check { path, problems });
    let keys = read_keys(head, kind, &mut toml, (checked, &wrong), &place, problems)?;
    Some(Front { common, checked, keys, wrong })
}

/// What the front matter of a kind holds besides.
fn shape(kind: Kind) -> &'static Shape {
    match kind {
        Kind::Demand => DemandKeys::shape(),
        Kind::Event => EventKeys::shape(),
        Kind::Position => PositionKeys::shape(),
        Kind::Proposal => ProposalKeys::shape(),
        Kind::Outlook => OutlookKeys::shape(),
        Kind::Term | Kind::Place | Kind::Actor | Kind::Section => NoKeys::shape(),
    }
}

fn read_keys(
    head: &Head,
    kind: Kind,
    toml: &mut DeTable<'_>,
    (checked, wrong): (Option<Point>, &BTreeSet<String>),
    place: &Place<'_>,
    problems: &mut Problems,
) -> Option<Keys> {
    Some(match kind {
        Kind::Demand => Keys::Demand(table::take(toml, place, problems)?),
        Kind::Event => {
            let keys: EventKeys = table::take(toml, place, problems)?;
            let mut check = Check { path: place.path, problems };
            check_topics(head, &keys.topics, &mut check);
            Keys::Event(check_past(&keys.date, head, checked, &mut check), keys.topics)
        }
        Kind::Position => Keys::Position(table::take(toml, place, problems)?),
        Kind::Proposal => {
            let keys: ProposalKeys = table::take(toml, place, problems)?;
            let mut check = Check { path: place.path, problems };
            let date = check_past(&keys.date, head, checked, &mut check);
            if keys.by.is_empty() && !wrong.contains("by") {
                check.at(
                    place.head.clone(),
                    "the proposal is by nobody",
                    "name an actor's id in `by`",
                );
            }
            check.no_twins(&keys.by);
            let status = check.one_of(
                &keys.status,
                &ProposalStatus::ALL.map(ProposalStatus::name),
                "status",
            );
            Keys::Proposal(date, status.map(|place| ProposalStatus::ALL[place]), keys)
        }
        Kind::Outlook => {
            let keys: OutlookKeys = table::take(toml, place, problems)?;
            let leaning = Check { path: place.path, problems }.one_of(
                &keys.leans,
                &Leaning::ALL.map(Leaning::name),
                "leaning",
            );
            Keys::Outlook(leaning.map(|leaning| Leaning::ALL[leaning]))
        }
        Kind::Term | Kind::Place | Kind::Actor | Kind::Section => Keys::Plain,
    })
}

fn check_topics(head: &Head, topics: &[Text], check: &mut Check<'_>) {
    let known: Vec<&str> = head.topics().collect();
    for topic in topics.iter().filter(|topic| head.has_all_topics && !is_stand_in(topic)) {
        check.one_of(topic, &known, "topic of article.toml");
    }
    check.no_twins(topics);
}

/// An event has happened: a year of another century is a slip.
fn check_past(
    written: &Text,
    head: &Head,
    checked: Option<Point>,
    check: &mut Check<'_>,
) -> Option<Date> {
    let date = check.date(written)?;
    if let Some(checked) = checked.filter(|checked| date.start().first_day() > checked.first_day())
    {
        let problem = format!("this is after {checked}, the day on which the entry was checked");
        check.at(written.span(), problem, "correct the date, or `checked`");
    } else if let Some(covers) =
        head.covers_until.filter(|covers| newest(date) > covers.first_day())
    {
        let problem = format!(
            "this is after {covers}, up to which article.toml says that the content reaches"
        );
        check.at(written.span(), problem, "correct the date, or `covers_until` in article.toml");
    }
    Some(date)
}

/// The first day of the latest point that a date names.
fn newest(date: Date) -> civil::Date {
    match date.end() {
        End::At(end) => end.first_day(),
        End::Same | End::Open => date.start().first_day(),
    }
}

fn check_common(common: &Common, head: &Head, check: &mut Check<'_>) -> Option<Point> {
    check.line(&common.title, TITLE_CHARS_MAX);
    check.line(&common.summary, SUMMARY_CHARS_MAX);
    check.sentence(&common.summary);
    if let Some(disputed) = &common.disputed {
        check.line(disputed, SUMMARY_CHARS_MAX);
    }
    check.lines(&common.aliases, NAME_CHARS_MAX, ALIASES_MAX);
    check.lines(&common.related, NAME_CHARS_MAX, RELATED_MAX);
    check.number(
        &common.revision,
        1..=REVISION_MAX,
        "write 1 for a new entry, and one more with each change",
    );
    check.checked_day(&common.checked, head.today)
}
