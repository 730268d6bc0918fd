//! Reads a TOML table into a type and tells every problem of it, not just the first.
//!
//! What is missing or of the wrong kind is told and a stand-in put in its place, so that the rest can be checked as well.

mod shape;
mod syntax;

use std::collections::BTreeSet;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue, Deserializer};

use super::diagnostic::Problems;
use super::format::Text;
use super::nearest;
pub(super) use shape::{Format, Shape};
use shape::{Holds, Key};
pub(super) use syntax::parse;

/// How many missing keys are told one by one.
const MISSING_MAX: usize = 3;

/// Where a table stands: the file, and the place at which what is missing from it is told.
pub(super) struct Place<'a> {
    pub path: &'a str,
    pub head: Range<usize>,
}

/// Whether a text was put in the place of one that is missing or wrong, which has been told. What was read has its quotes.
pub(super) fn is_stand_in(text: &Text) -> bool {
    text.span().is_empty()
}

/// Tells all keys of a table that the shapes do not know, that are missing, or that hold something of another kind.
///
/// Afterwards the table can be read. The names are those of the keys that were not right.
pub(super) fn check(
    table: &mut DeTable<'_>,
    shapes: &[&Shape],
    place: &Place<'_>,
    problems: &mut Problems,
) -> BTreeSet<String> {
    let keys: Vec<&Key> = shapes.iter().flat_map(|shape| &shape.keys).collect();
    let mut wrong = lift_misplaced(table, &keys, place, problems);
    wrong.extend(refuse_unknown(table, &keys, place, problems));
    let mut missing = Vec::new();
    for key in keys {
        let before = problems.len();
        match table.get_mut(key.name.as_str()) {
            Some(value) => check_value(value, key, &key.holds, place, problems),
            None if key.required && !wrong.contains(&key.name) => missing.push(key),
            None => {}
        }
        if problems.len() > before || missing.last().is_some_and(|last| last.name == key.name) {
            wrong.insert(key.name.clone());
        }
        if key.required && !table.contains_key(key.name.as_str()) {
            table.insert(
                Spanned::new(0..0, key.name.clone().into()),
                Spanned::new(0..0, key.holds.stand_in()),
            );
        }
    }
    tell_missing(&missing, place, problems);
    wrong
}

/// Tells keys that are missing: each with what belongs there, or all in one where the table was hardly begun.
fn tell_missing(missing: &[&Key], place: &Place<'_>, problems: &mut Problems) {
    if missing.len() > MISSING_MAX {
        let names: Vec<String> = missing.iter().map(|key| format!("`{}`", key.name)).collect();
        problems.at(
            place.path,
            place.head.clone(),
            format!("{} are missing", names.join(", ")),
            "add them, as the other files have them",
        );
        return;
    }
    for key in missing {
        problems.at(
            place.path,
            place.head.clone(),
            format!("`{}` is missing", key.name),
            format!("add it: {}", key.about),
        );
    }
}

/// OptionKind the keys of `T` out of a table that has been checked, and reads them.
pub(super) fn take<T: Format>(
    table: &mut DeTable<'_>,
    place: &Place<'_>,
    problems: &mut Problems,
) -> Option<T> {
    let keys = T::shape().keys.iter().filter_map(|key| table.remove_entry(key.name.as_str()));
    let mine: DeTable<'_> = keys.collect();
    match T::deserialize(Deserializer::from(Spanned::new(place.head.clone(), mine))) {
        Ok(read) => Some(read),
        Err(error) => {
            let span = error.span().unwrap_or(place.head.clone());
            problems.at(
                place.path,
                span,
                error.message().trim(),
                "write it as the schema in data/schema says",
            );
            None
        }
    }
}

/// Tells missing keys that stand below a `[table]`, where TOML takes them for the table's.
fn lift_misplaced(
    table: &mut DeTable<'_>,
    keys: &[&Key],
    place: &Place<'_>,
    problems: &mut Problems,
) -> BTreeSet<String> {
    let mut lifted = BTreeSet::new();
    for key in keys.iter().filter(|key| key.required) {
        if table.contains_key(key.name.as_str()) {
            continue;
        }
        let inner = keys.iter().find(|inner| {
            table
                .get(inner.name.as_str())
                .is_some_and(|value| inner.swallows(&key.name, value.get_ref()))
        });
        let swallowed = inner.and_then(|inner| {
            Some((inner, inner.take(&key.name, table.get_mut(inner.name.as_str())?.get_mut())?))
        });
        if let Some((inner, span)) = swallowed {
            let problem =
                format!("`{}` stands below [{}], and so belongs to it", key.name, inner.name);
            problems.at(
                place.path,
                span,
                problem,
                format!("move it above the line [{}]", inner.name),
            );
            lifted.insert(key.name.clone());
        }
    }
    lifted
}

/// Tells and removes the keys that nobody knows. The names are those that were meant, where that is clear.
fn refuse_unknown(
    table: &mut DeTable<'_>,
    keys: &[&Key],
    place: &Place<'_>,
    problems: &mut Problems,
) -> BTreeSet<String> {
    let names = || keys.iter().map(|key| key.name.as_str());
    let unknown = table.keys().filter(|key| !names().any(|name| name == key.get_ref()));
    let unknown: Vec<Spanned<String>> =
        unknown.map(|key| Spanned::new(key.span(), key.get_ref().to_string())).collect();
    let mut meant = BTreeSet::new();
    for key in unknown {
        let near = nearest(&key.get_ref().to_lowercase(), names());
        let remedy = match near {
            Some(near) if table.contains_key(near) => {
                format!("remove it: `{near}` is there already")
            }
            Some(near) => format!("write `{near}`, or remove it"),
            None if key.get_ref() == "asks" => {
                "move it to asks/<kind>.toml, below a line [id] with the entry's id".to_owned()
            }
            None => {
                format!("remove it; the keys here are {}", names().collect::<Vec<_>>().join(", "))
            }
        };
        problems.at(place.path, key.span(), format!("unknown key `{}`", key.get_ref()), remedy);
        meant.extend(near.map(str::to_owned));
        table.remove(key.get_ref().as_str());
    }
    meant
}

/// Tells what a value holds that it may not, and puts stand-ins in the place of it.
fn check_value(
    value: &mut Spanned<DeValue<'_>>,
    key: &Key,
    holds: &Holds,
    place: &Place<'_>,
    problems: &mut Problems,
) {
    let span = value.span();
    match (holds, value.get_mut()) {
        (Holds::Text, DeValue::String(_)) => {}
        (Holds::Number, DeValue::Integer(number))
            if i64::from_str_radix(number.as_str(), number.radix()).is_ok() => {}
        (Holds::List(item), DeValue::Array(list)) => {
            for value in list.iter_mut() {
                check_value(value, key, item, place, problems);
            }
        }
        (Holds::Map(item), DeValue::Table(table)) => {
            for (_, value) in table.iter_mut() {
                check_value(value, key, item, place, problems);
            }
        }
        (Holds::TextOrTable(shape), text @ DeValue::String(_)) => {
            let name = shape.keys.iter().find(|key| key.required).map(|key| key.name.clone());
            let text = std::mem::replace(text, DeValue::Boolean(false));
            let only = (
                Spanned::new(0..0, name.unwrap_or_default().into()),
                Spanned::new(span.clone(), text),
            );
            *value = Spanned::new(span, DeValue::Table(std::iter::once(only).collect()));
        }
        (Holds::Table(shape) | Holds::TextOrTable(shape), DeValue::Table(table)) => {
            check(table, &[shape], &Place { path: place.path, head: span }, problems);
        }
        (_, wrong) => {
            let problem =
                format!("`{}` has to be {}, and is {}", key.name, holds.article(), found(wrong));
            problems.at(place.path, span, problem, holds.remedy(key, wrong));
            *value = Spanned::new(0..0, holds.stand_in());
        }
    }
}

/// What a value is, in words.
fn found(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(number)
            if i64::from_str_radix(number.as_str(), number.radix()).is_err() =>
        {
            "a number far too large"
        }
        DeValue::Integer(_) => "a number",
        DeValue::Float(_) => "a number with a fraction",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date without quotes",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::format::{ArticleFile, Common, DemandKeys, PositionKeys};

    const ENTRY: &str = "title = \"A\"\nsummary = \"B\"\naliases = []\nrelated = []\nchecked = \"2026-11-23\"\nrevision = 1\n";

    /// Checks a demand's front matter with one line replaced; `expected` holds the marked text and a part of the problem of each.
    fn check_entry(replaced: &str, by: &str, expected: &[(&str, &str)]) {
        let text = format!("{ENTRY}number = 1\n").replace(replaced, by);
        check_text(&text, &[Common::shape(), DemandKeys::shape()], expected);
    }

    fn check_text(text: &str, shapes: &[&Shape], expected: &[(&str, &str)]) {
        let mut problems = Problems::default();
        let place = Place { path: "x", head: 0..5 };
        let mut blank = String::new();
        if let Some(mut table) = parse("x", text, 0..text.len(), &mut blank, &mut problems) {
            check(&mut table, shapes, &place, &mut problems);
        }
        let told = problems.sorted();
        assert_eq!(told.len(), expected.len(), "{text}\n{told:#?}");
        for (told, (marked, problem)) in told.iter().zip(expected) {
            let span = told.span.clone().expect("a place");
            assert_eq!(&text[span], *marked, "{}", told.problem);
            assert!(told.problem.contains(problem), "{} is not about {problem}", told.problem);
            assert!(!told.remedy.is_empty());
        }
    }

    #[test]
    fn keys_that_are_wrong_are_told_in_plain_words() {
        check_entry("x", "x", &[]);
        for (replaced, by, marked, problem) in [
            ("title = \"A\"", "title = 3", "3", "`title` has to be a text, and is a number"),
            (
                "checked = \"2026-11-23\"",
                "checked = 2026-11-23",
                "2026-11-23",
                "is a date without quotes",
            ),
            (
                "aliases = []",
                "aliases = \"NATO\"",
                "\"NATO\"",
                "`aliases` has to be a list of texts, and is a text",
            ),
            (
                "aliases = []",
                "aliases = [\"a\", 7]",
                "7",
                "`aliases` has to be a text, and is a number",
            ),
            (
                "number = 1",
                "number = \"1\"",
                "\"1\"",
                "`number` has to be a whole number, and is a text",
            ),
            ("number = 1", "number = 1.5", "1.5", "and is a number with a fraction"),
            (
                "number = 1",
                "number = 99999999999999999999",
                "99999999999999999999",
                "far too large",
            ),
            ("summary = \"B\"", "", "title", "`summary` is missing"),
            ("summary = \"B\"", "Summary = \"B\"", "Summary", "unknown key `Summary`"),
            ("related = []", "related = []\ncolor = \"red\"", "color", "unknown key `color`"),
        ] {
            check_entry(replaced, by, &[(marked, problem)]);
        }
    }

    #[test]
    fn all_wrong_keys_are_told_at_once() {
        let text =
            ENTRY.replace("title = \"A\"", "title = 3").replace("revision = 1", "revison = 1");
        let expected = [
            ("3", "has to be a text"),
            ("title", "`number` is missing"),
            ("revison", "unknown key"),
        ];
        check_text(
            &text,
            &[Common::shape(), DemandKeys::shape()],
            &[expected[1], expected[0], expected[2]],
        );
    }

    #[test]
    fn a_key_below_a_table_is_told_where_it_stands() {
        let text = format!("{ENTRY}[stances]\nnato = \"opposes\"\nholder = \"russia\"\n");
        check_text(
            &text,
            &[Common::shape(), PositionKeys::shape()],
            &[("holder", "stands below [stances]")],
        );
    }

    #[test]
    fn tables_within_a_table_are_checked_too() {
        let text = "[[sections]]\nid = \"a\"\ntitle = 4\nparagraph = 2\n";
        let shape = &ArticleFile::shape()
            .keys
            .iter()
            .find(|key| key.name == "sections")
            .expect("the sections")
            .holds;
        let Holds::List(section) = shape else { panic!("sections are a list") };
        let Holds::Table(section) = &**section else { panic!("a section is a table") };
        check_text(
            text.split_once('\n').expect("a line").1,
            &[section],
            &[("4", "`title` has to be a text"), ("paragraph", "unknown key")],
        );
    }

    #[test]
    fn broken_toml_is_told_once_and_in_plain_words() {
        for (text, marked, problem) in [
            ("a = \"x\nb = 1\n", "a = \"x", "no closing quote"),
            ("a = \"\"\"x\nb = 1\n", "a = \"\"\"x", "no closing quotes"),
            ("a = x y\n", "x y", "without quotes"),
            ("a = “x”\n", "“x”", "curly quotes"),
            ("a =\nb = 1\n", "a =", "a value is missing"),
            ("a \"x\"\n", "a \"x\"", "without `=`"),
            ("a: 1\n", "a: 1", "without `=`"),
            ("a = \"x\" y\n", "a = \"x\" y", "more stands on this line"),
            ("a = [\"x\" \"y\"]\n", "a = [\"x\" \"y\"]", "a comma is missing"),
            ("a = [\n  \"x\",\nb = [\"y\"]\nc = 1\n", "a = [", "no closing bracket"),
            ("a = [\"x\"\nb = [\"y\"]\n", "a = [\"x\"", "no closing bracket"),
            ("a = [1,,2]\n", ",", "a comma too many"),
            ("[a\nb = 1\n", "[a", "no closing bracket"),
            ("a = 1\na = 2\n", "a", "`a` stands here twice"),
            ("a = \"C:\\users\"\n", "a = \"C:\\users\"", "backslash"),
            ("a = True\n", "True", "without quotes"),
            ("a = NATO\n", "NATO", "without quotes"),
            ("a = 1 b = 2\n", "1 b", "neither a number nor a text"),
            ("a = x\"\n", "a = x\"", "no opening quote"),
            ("a = 01\n", "0", "zero"),
        ] {
            check_text(text, &[], &[(marked, problem)]);
        }
    }
}
