//! Validates TOML tables against the schemas of their types, reports all problems, and deserializes
//! tables without any.

mod rules;
mod schema;
mod syntax;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt::Debug;
use std::ops::Range;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue, Deserializer};

use super::diagnostic::Reporter;
use super::format::NoKeys;
use crate::text::nearest;
pub(super) use schema::TableFormat;
use schema::{Property, Schema, ValueType, properties, value_type};
pub(super) use syntax::parse;

// A text with its span. A doc comment would appear in the schemas.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Eq, PartialOrd, Ord)]
#[serde(transparent)]
#[schemars(inline)]
pub(super) struct SpannedText(#[schemars(with = "String")] Spanned<String>);

impl SpannedText {
    pub(super) fn new(span: Range<usize>, text: impl Into<String>) -> Self {
        Self(Spanned::new(span, text.into()))
    }

    pub(super) fn as_str(&self) -> &str {
        self.0.get_ref()
    }

    pub(super) fn span(&self) -> Range<usize> {
        self.0.span()
    }

    pub(super) fn into_string(self) -> String {
        self.0.into_inner()
    }

    /// Parses a text whose format the schema has.
    pub(super) fn parse<T: FromStr<Err: Debug>>(&self) -> T {
        self.as_str().parse().expect("a text of another format was reported with its table")
    }
}

/// Validates and deserializes a table; `None` if it has an error. Missing keys are reported at
/// `head`.
pub(super) fn read<T: TableFormat>(
    table: DeTable<'_>,
    head: Range<usize>,
    reporter: &mut Reporter<'_>,
) -> Option<T> {
    read_two::<T, NoKeys>(table, head, reporter).map(|(record, _)| record)
}

/// Like [`read`], for a table with the keys of two types.
pub(super) fn read_two<T: TableFormat, U: TableFormat>(
    mut table: DeTable<'_>,
    head: Range<usize>,
    reporter: &mut Reporter<'_>,
) -> Option<(T, U)> {
    let before = reporter.diagnostics.error_count();
    check(&mut table, &[T::schema(), U::schema()], head.clone(), reporter);
    if reporter.diagnostics.error_count() > before {
        return None;
    }
    Some((take(&mut table, &head, reporter)?, take(&mut table, &head, reporter)?))
}

/// Validates and deserializes a nested table, such as a source in `sources.toml`. `example` is a
/// sample of its first key.
pub(super) fn read_record<T: TableFormat>(
    id: &SpannedText,
    value: DeValue<'_>,
    example: &str,
    reporter: &mut Reporter<'_>,
) -> Option<T> {
    let DeValue::Table(table) = value else {
        let id_text = id.as_str();
        let help = format!("write [{id_text}] and below it {example}");
        reporter.error(id.span(), format!("`{id_text}` is not a table"), help);
        return None;
    };
    read(table, id.span(), reporter)
}

/// Moves the keys of `T` out of a valid table, and deserializes them.
fn take<T: TableFormat>(
    table: &mut DeTable<'_>,
    head: &Range<usize>,
    reporter: &mut Reporter<'_>,
) -> Option<T> {
    let names = properties(T::schema()).map(|property| property.name);
    let record: DeTable<'_> = names.filter_map(|name| table.remove_entry(name)).collect();
    T::deserialize(Deserializer::from(Spanned::new(head.clone(), record)))
        .map_err(|error| {
            let help = "write it as the schema in data/schema says";
            let span = error.span().unwrap_or_else(|| head.clone());
            reporter.error(span, error.message().trim(), help);
        })
        .ok()
}

/// Validates a table against schemas.
fn check(
    table: &mut DeTable<'_>,
    schemas: &[Schema],
    head: Range<usize>,
    reporter: &mut Reporter<'_>,
) {
    let properties: Vec<Property> = schemas.iter().copied().flat_map(properties).collect();
    let misspelled = report_unknown(table, &properties, reporter);
    let mut missing = Vec::new();
    for property in properties {
        if let Some(value) = table.get_mut(property.name) {
            ValueChecker { property, reporter }.check(value, property.schema);
        } else if property.is_required && !misspelled.contains(property.name) {
            missing.push(property);
        }
    }
    report_missing(&missing, head, reporter);
}

/// Reports the missing keys with their descriptions.
fn report_missing(missing: &[Property], head: Range<usize>, reporter: &mut Reporter<'_>) {
    let names: Vec<String> = missing.iter().map(|one| format!("`{}`", one.name)).collect();
    let keys: Vec<String> =
        missing.iter().map(|one| format!("{}: {}", one.name, one.description())).collect();
    if !missing.is_empty() {
        let verb = if missing.len() == 1 { "is" } else { "are" };
        let help = format!("above any line in brackets, add {}", keys.join("; "));
        reporter.error(head, format!("{} {verb} missing", names.join(", ")), help);
    }
}

/// Reports unknown keys. Returns the likely intended names.
fn report_unknown(
    table: &DeTable<'_>,
    properties: &[Property],
    reporter: &mut Reporter<'_>,
) -> BTreeSet<&'static str> {
    let names = || properties.iter().map(|property| property.name);
    let mut misspelled = BTreeSet::new();
    for key in table.keys().filter(|key| !names().any(|name| name == key.get_ref())) {
        let near = nearest(&key.get_ref().to_lowercase(), names());
        let help = match near {
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
        reporter.error(key.span(), format!("unknown key `{}`", key.get_ref()), help);
        misspelled.extend(near);
    }
    misspelled
}

/// Validates the value of a key.
struct ValueChecker<'c, 'r> {
    property: Property,
    reporter: &'c mut Reporter<'r>,
}

impl ValueChecker<'_, '_> {
    fn check(&mut self, value: &mut Spanned<DeValue<'_>>, schema: Schema) {
        let span = value.span();
        let (expected, schema) = value_type(schema);
        match (expected, value.get_mut()) {
            (ValueType::Text, DeValue::String(text)) => self.check_text(text, schema, span),
            (ValueType::Word(words), DeValue::String(text)) => {
                let words = words.iter().filter_map(|word| word["const"].as_str());
                let words: Vec<&str> = words.collect();
                check_word(text, self.property.name, &words, span, self.reporter);
            }
            (ValueType::Integer, DeValue::Integer(number)) if let Some(number) = as_i64(number) => {
                self.check_integer(number, schema, span);
            }
            (ValueType::List { items }, DeValue::Array(list)) => {
                self.check_list(list, schema, items);
            }
            (ValueType::Map { values }, DeValue::Table(table)) => {
                self.check_map(table, schema, values);
            }
            (ValueType::TextOrTable, DeValue::String(text)) => {
                let table = table_of_text(std::mem::take(text), schema, span.clone());
                *value = Spanned::new(span, DeValue::Table(table));
                self.check(value, schema);
            }
            (ValueType::Table | ValueType::TextOrTable, DeValue::Table(table)) => {
                check(table, &[schema], span, self.reporter);
            }
            (_, found) => {
                let Property { name, .. } = self.property;
                let (expected, example) = expected.words();
                let message = format!("`{name}` must be {expected}, and is {}", type_name(found));
                let help = format!("write {example}: {}", self.property.description());
                self.reporter.error(span, message, help);
            }
        }
    }

    fn check_text(&mut self, text: &str, schema: Schema, span: Range<usize>) {
        let checked = match schema["format"].as_str() {
            Some(format) => rules::check_format(text, format),
            None => rules::check_line(text, limit(schema, "maxLength")),
        };
        // Invisible characters and escapes may have been reported before.
        if let (Err((message, help)), false) = (checked, self.reporter.covers(&span)) {
            self.reporter.error(span, message, help);
        }
    }

    fn check_integer(&mut self, number: i64, schema: Schema, span: Range<usize>) {
        let bound = |key: &str, none| schema[key].as_i64().unwrap_or(none);
        let (min, max) = (bound("minimum", 0), bound("maximum", i64::MAX));
        if !(min..=max).contains(&number) {
            let message = format!("{number} is not from {min} to {max}");
            let help = format!("write it: {}", self.property.description());
            self.reporter.error(span, message, help);
        }
    }

    fn check_list(&mut self, list: &mut [Spanned<DeValue<'_>>], schema: Schema, items: Schema) {
        for value in list.iter_mut() {
            self.check(value, items);
        }
        let len_max = limit(schema, "maxItems");
        if let Some(over) = list.get(len_max) {
            let message = format!("more than {len_max} of these");
            self.reporter.error(over.span(), message, "keep the most useful");
        }
        if schema["uniqueItems"] == true {
            report_duplicates(list.iter(), self.reporter);
        }
    }

    fn check_map(&mut self, table: &mut DeTable<'_>, schema: Schema, values: Schema) {
        let key_format = schema["propertyNames"]["format"].as_str().unwrap_or_default();
        for (key, value) in table.iter_mut() {
            if let Err((message, help)) = rules::check_format(key.get_ref(), key_format) {
                self.reporter.error(key.span(), message, help);
            }
            self.check(value, values);
        }
        let len_max = limit(schema, "maxProperties");
        if let Some(over) = table.keys().nth(len_max) {
            let message = format!("more than {len_max} {}", self.property.name);
            self.reporter.error(over.span(), message, "keep the most useful");
        }
        if matches!(value_type(values).0, ValueType::Text) {
            report_duplicates(table.values(), self.reporter);
        }
    }
}

/// A limit of a schema, such as `maxLength`.
fn limit(schema: Schema, key: &str) -> usize {
    schema[key].as_u64().map_or(usize::MAX, |max| max as usize)
}

/// The table that a text stands for: the text is the value of the one required key.
fn table_of_text<'t>(text: Cow<'t, str>, schema: Schema, span: Range<usize>) -> DeTable<'t> {
    let required = properties(schema).find(|property| property.is_required);
    let name = required.map_or("", |property| property.name);
    let value = Spanned::new(span, DeValue::String(text));
    std::iter::once((Spanned::new(0..0, name.into()), value)).collect()
}

/// Reports a value that is not one of the allowed words.
pub(super) fn check_word(
    word: &str,
    what: &str,
    known: &[&str],
    span: Range<usize>,
    reporter: &mut Reporter<'_>,
) {
    if !known.contains(&word) {
        let help = match nearest(&word.to_lowercase(), known.iter().copied()) {
            Some(near) => format!("write \"{near}\""),
            None => format!("write one of {}", known.join(", ")),
        };
        reporter.error(span, format!("`{what}` cannot be `{word}`"), help);
    }
}

/// Reports duplicate texts. Spellings with different accents are not duplicates: people type both.
fn report_duplicates<'t>(
    values: impl Iterator<Item = &'t Spanned<DeValue<'t>>>,
    reporter: &mut Reporter<'_>,
) {
    let mut seen = BTreeSet::new();
    for (value, text) in values.filter_map(|value| Some((value, value.get_ref().as_str()?))) {
        let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
        if !seen.insert(words.join(" ")) {
            reporter.error(value.span(), format!("\"{text}\" stands here twice"), "remove one");
        }
    }
}

fn as_i64(number: &toml::de::DeInteger<'_>) -> Option<i64> {
    i64::from_str_radix(number.as_str(), number.radix()).ok()
}

/// A value's type in words.
fn type_name(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(number) if as_i64(number).is_none() => "a number far too large",
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
    use crate::content::diagnostic::Diagnostics;
    use crate::content::format::{ArticleFile, CommonKeys, DemandKeys, PositionKeys};

    const ENTRY: &str = "title = \"A\"\nsummary = \"B\"\naliases = []\nrelated = []\nchecked = \"2026-11-23\"\nrevision = 1\n";

    /// Checks a demand's front matter with one line replaced; `expected` has the text of each span
    /// and a part of its message.
    fn check_entry(replaced: &str, by: &str, expected: &[(&str, &str)]) {
        let text = format!("{ENTRY}number = 1\n").replace(replaced, by);
        check_text(&text, &[CommonKeys::schema(), DemandKeys::schema()], expected);
    }

    fn check_text(text: &str, schemas: &[Schema], expected: &[(&str, &str)]) {
        let mut diagnostics = Diagnostics::default();
        let mut reporter = Reporter { path: "x", diagnostics: &mut diagnostics };
        if let Some(mut table) = parse(text, &mut reporter) {
            check(&mut table, schemas, 0..5, &mut reporter);
        }
        let found = diagnostics.sorted();
        assert_eq!(found.len(), expected.len(), "{text}\n{found:#?}");
        for (diagnostic, (marked, message)) in found.iter().zip(expected) {
            let span = diagnostic.span.clone().expect("a span");
            assert_eq!(&text[span], *marked, "{}", diagnostic.message);
            assert!(
                diagnostic.message.contains(message),
                "{} is not {message}",
                diagnostic.message
            );
            assert!(!diagnostic.help.is_empty());
        }
    }

    #[test]
    fn wrong_keys_are_reported_in_plain_words() {
        check_entry("x", "x", &[]);
        for (replaced, by, marked, message) in [
            ("title = \"A\"", "title = 3", "3", "`title` must be a text, and is a number"),
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
                "`aliases` must be a list of texts, and is a text",
            ),
            (
                "aliases = []",
                "aliases = [\"a\", 7]",
                "7",
                "`aliases` must be a text, and is a number",
            ),
            (
                "number = 1",
                "number = \"1\"",
                "\"1\"",
                "`number` must be a whole number, and is a text",
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
            check_entry(replaced, by, &[(marked, message)]);
        }
    }

    #[test]
    fn all_wrong_keys_are_reported_at_once() {
        let text =
            ENTRY.replace("title = \"A\"", "title = 3").replace("revision = 1", "revison = 1");
        let expected =
            [("3", "must be a text"), ("title", "`number` is missing"), ("revison", "unknown key")];
        check_text(
            &text,
            &[CommonKeys::schema(), DemandKeys::schema()],
            &[expected[1], expected[0], expected[2]],
        );
    }

    #[test]
    fn a_key_below_a_table_is_reported_at_its_span() {
        let text = format!("{ENTRY}[stances]\nnato = \"opposes\"\nholder = \"russia\"\n");
        check_text(
            &text,
            &[CommonKeys::schema(), PositionKeys::schema()],
            &[("title", "`holder` is missing"), ("\"russia\"", "cannot be `russia`")],
        );
    }

    #[test]
    fn nested_tables_are_checked() {
        let text = "[[sections]]\nid = \"a\"\ntitle = 4\nparagraph = 2\n";
        let section = &ArticleFile::schema()["properties"]["sections"]["items"];
        check_text(
            text.split_once('\n').expect("a line").1,
            &[section],
            &[("4", "`title` must be a text"), ("paragraph", "unknown key")],
        );
    }

    #[test]
    fn a_syntax_error_is_reported_once() {
        for (text, marked, message) in [
            ("a = \"x\nb = 1\n", "a = \"x", "invalid basic string"),
            ("a = \"\"\"x\nb = 1\n", "a = \"\"\"x", "invalid multi-line basic string"),
            ("a = x y\n", "x y", "must be quoted"),
            ("a = “x”\n", "“x”", "must be quoted"),
            ("a =\nb = 1\n", "a =", "must be quoted"),
            ("a \"x\"\n", "a \"x\"", "key with no value"),
            ("a: 1\n", "a: 1", "key with no value"),
            ("a = \"x\" y\n", "a = \"x\" y", "unexpected key or value"),
            ("a = [\"x\" \"y\"]\n", "a = [\"x\" \"y\"]", "missing comma"),
            ("a = [\n  \"x\",\nb = [\"y\"]\nc = 1\n", "a = [", "unclosed array"),
            ("a = [\"x\"\nb = [\"y\"]\n", "a = [\"x\"", "unclosed array"),
            ("a = [1,,2]\n", ",", "extra comma"),
            ("[a\nb = 1\n", "[a", "unclosed table"),
            ("a = 1\na = 2\n", "a", "duplicate key"),
            ("a = \"C:\\users\"\n", "a = \"C:\\users\"", "unicode"),
            ("a = True\n", "True", "invalid"),
            ("a = 1 b = 2\n", "a = 1 b = 2", "unexpected key or value"),
            ("a = x\"\n", "a = x\"", "missing opening quote"),
            ("a = 01\n", "0", "zero"),
        ] {
            check_text(text, &[], &[(marked, message)]);
        }
    }
}
