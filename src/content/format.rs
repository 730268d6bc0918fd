//! The file formats of a dataset as types. Their doc comments and attributes become the JSON
//! Schemas that both editors' completion and `dossier check` use.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use super::table::SpannedText;
use super::{CellStance, Leaning, ProposalStatus, SUMMARY_CHARS_MAX, Stance, TITLE_CHARS_MAX};

/// The most characters of a one-line text.
const LINE_CHARS_MAX: usize = 300;

/// The article's short title stands in one line with an entry's.
const SHORT_TITLE_CHARS_MAX: usize = 40;

/// A menu takes [25 options](https://docs.discord.com/developers/components/reference#string-select).
const TOPICS_MAX: usize = 25;
const TOPIC_CHARS_MAX: usize = 60;

pub(super) const PARAGRAPHS_MAX: u8 = 99;

/// An alias stands beside its title in an autocomplete choice.
const NAME_CHARS_MAX: usize = 80;

/// The lengths of lists bound what a menu and the index have to hold.
const ALIASES_MAX: usize = 60;
const RELATED_MAX: usize = 10;
const SAMPLE_QUESTIONS_MAX: usize = 60;
const SAMPLE_QUESTION_CHARS_MAX: usize = 200;
const WORDS_MAX: usize = 60;
const WORD_CHARS_MAX: usize = 40;

/// What is higher is a date or a mistake.
const REVISION_MAX: u32 = 9_999;

/// A matrix shows five cells under each proposal.
const CELL_CHARS_MAX: usize = 120;
const CELL_SOURCES_MAX: usize = 5;

/// `article.toml`: the article itself.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "article.toml")]
pub(super) struct ArticleFile {
    /// The article's title, as it was published.
    #[schemars(length(max = LINE_CHARS_MAX))]
    pub title: String,
    /// What cards call the article where several are loaded, at most 40 characters.
    #[schemars(length(max = SHORT_TITLE_CHARS_MAX))]
    pub short_title: String,
    /// Who published it.
    #[schemars(length(max = LINE_CHARS_MAX))]
    pub publisher: String,
    /// Where it can be read: an http or https address.
    #[schemars(extend("format" = "uri"))]
    pub url: String,
    /// The language of the dataset, as a BCP 47 tag: "en".
    #[schemars(extend("format" = "language"))]
    pub language: String,
    /// What is not known of the article, one phrase each: "its author".
    #[schemars(length(max = TOPICS_MAX), inner(length(max = LINE_CHARS_MAX)), extend("uniqueItems" = true))]
    pub unknown: Vec<String>,
    /// The day on which the whole dataset was last checked: "2026-11-20".
    #[schemars(extend("format" = "date"))]
    pub checked: SpannedText,
    /// The last day that the content covers: nothing that happened later is in it. "2026-06-30".
    #[schemars(extend("format" = "date"))]
    pub covers_until: SpannedText,
    /// The version of the dataset: "1.0.0".
    #[schemars(extend("format" = "version"))]
    pub version: String,
    /// Where a reader reports an error: an http or https address. Without it, cards have no link for that.
    #[schemars(extend("format" = "uri"))]
    pub report_url: Option<String>,
    /// The topics that events are filed under: an id and a name each.
    #[schemars(extend(
        "maxProperties" = TOPICS_MAX,
        "propertyNames" = { "format": "slug" },
        "additionalProperties" = { "type": "string", "maxLength": TOPIC_CHARS_MAX },
    ))]
    pub topics: BTreeMap<String, String>,
    /// The entries offered first where nothing was typed, most useful first: "term/security-guarantees".
    #[schemars(extend("uniqueItems" = true))]
    pub featured: Vec<SpannedText>,
    /// The article's sections, in its order.
    pub sections: Vec<SectionRecord>,
}

/// One section of the article.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SectionRecord {
    /// The section's id, as footnote marks use it: "terms-1".
    #[schemars(extend("format" = "slug"))]
    pub id: SpannedText,
    /// Its heading in the article.
    #[schemars(length(max = LINE_CHARS_MAX))]
    pub title: String,
    /// How many paragraphs it has: 1 to 99.
    #[schemars(range(min = 1, max = PARAGRAPHS_MAX))]
    pub paragraphs: u8,
}

/// One record of `sources.toml`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "a source")]
pub(super) struct SourceRecord {
    /// Who published it: an office, a paper, a court.
    #[schemars(length(max = LINE_CHARS_MAX))]
    pub publisher: String,
    /// Its title, as published.
    #[schemars(length(max = LINE_CHARS_MAX))]
    pub title: String,
    /// When it was published, as precisely as is known: "2014", "2014-03", "2014-03-27".
    #[schemars(extend("format" = "edtf"))]
    pub date: Option<SpannedText>,
    /// Who reported it, where the document itself was not seen.
    #[schemars(length(max = LINE_CHARS_MAX))]
    pub via: Option<String>,
    /// Where a reader can open it: an http or https address.
    #[schemars(extend("format" = "uri"))]
    pub url: Option<String>,
    /// The day on which an editor saw it: "2026-11-26".
    #[schemars(extend("format" = "date"))]
    pub seen: Option<SpannedText>,
}

/// How people ask for one entry: a table of `asks/<kind>.toml`, by the entry's id.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "how people ask for an entry")]
pub(super) struct AsksRecord {
    /// How people put the question in their own words: eight to fourteen that differ from one another and from the entry's text.
    #[schemars(length(max = SAMPLE_QUESTIONS_MAX), inner(length(max = SAMPLE_QUESTION_CHARS_MAX)), extend("uniqueItems" = true))]
    pub asks: Option<Vec<SpannedText>>,
    /// Single words that people say when they mean the entry, and that its text does not have.
    #[schemars(length(max = WORDS_MAX), inner(length(max = WORD_CHARS_MAX)), extend("uniqueItems" = true))]
    pub words: Option<Vec<String>>,
}

/// What every entry says of itself between the `+++` lines.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CommonKeys {
    /// The entry's name, the standard term first, at most 60 characters.
    #[schemars(length(max = TITLE_CHARS_MAX))]
    pub title: SpannedText,
    /// The gist in one sentence of at most 200 characters.
    #[schemars(length(max = SUMMARY_CHARS_MAX))]
    pub summary: SpannedText,
    /// Other names: spellings, acronyms, other scripts. No two entries of a kind may claim the same.
    #[schemars(length(max = ALIASES_MAX), inner(length(max = NAME_CHARS_MAX)), extend("uniqueItems" = true))]
    pub aliases: Vec<SpannedText>,
    /// Entries to read next, as kind and id: "term/buffer-state".
    #[schemars(length(max = RELATED_MAX), inner(length(max = NAME_CHARS_MAX)), extend("uniqueItems" = true))]
    pub related: Vec<SpannedText>,
    /// The day on which the entry was last checked against its sources: "2026-11-20".
    #[schemars(extend("format" = "date"))]
    pub checked: SpannedText,
    /// The revision of the entry, from 1, one more with each change that is in CHANGES.md.
    #[schemars(range(min = 1, max = REVISION_MAX))]
    pub revision: u32,
    /// Where a fact is disputed: by whom, and which, in a sentence.
    #[schemars(length(max = SUMMARY_CHARS_MAX))]
    pub disputed: Option<String>,
}

/// The front matter that only demands have.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DemandKeys {
    /// The demand's place in the article's list, from 1.
    #[schemars(with = "u8", range(min = 1))]
    pub number: Spanned<u8>,
}

/// The front matter that only events have.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct EventKeys {
    /// When it happened, no more precise than its source: "1991", "2022-02", "1991-08-24", "2014-04/2021-12", "2022-02-24/..".
    #[schemars(extend("format" = "edtf"))]
    pub date: SpannedText,
    /// The topics of article.toml that it belongs to.
    #[schemars(extend("uniqueItems" = true))]
    pub topics: Vec<SpannedText>,
}

/// The front matter that only positions have.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PositionKeys {
    /// Whose position it is: the id of an actor.
    pub holder: SpannedText,
    /// The stance on each demand, by the demand's id: "demands", "opposes", "conditional", "divided" or "silent"; where it changed,
    /// { stance = "conditional", since = "2025-12-14", was = "opposes" }.
    #[schemars(with = "BTreeMap<String, StanceValue>")]
    pub stances: BTreeMap<SpannedText, StanceRecord>,
}

/// A stance. One that is written as a word is read as a table of that word alone.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct StanceRecord {
    /// The stance: "demands", "opposes", "conditional", "divided" or "silent".
    pub stance: Stance,
    /// When it became so, no more precise than its source: "2025", "2025-12", "2025-12-14".
    #[schemars(extend("format" = "edtf-point"))]
    pub since: Option<SpannedText>,
    /// The stance before that.
    #[schemars(with = "Option<Stance>")]
    pub was: Option<SpannedText>,
}

/// How a stance may be written: for the schema alone.
#[derive(JsonSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "only its schema is used")]
enum StanceValue {
    Word(Stance),
    Table(StanceRecord),
}

/// The front matter that only proposals have.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ProposalKeys {
    /// When it was made, no more precise than its source: "2022-03", "2025-06-02".
    #[schemars(extend("format" = "edtf"))]
    pub date: SpannedText,
    /// Who made it: the ids of one or several actors.
    #[schemars(extend("uniqueItems" = true))]
    pub by: Vec<SpannedText>,
    /// How it is known: "official text", "speech", "reported" or "leaked draft".
    pub status: ProposalStatus,
    /// What it says on each demand: a table [cells.id] for each demand's id.
    pub cells: BTreeMap<SpannedText, CellRecord>,
}

/// What a proposal says on one demand.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CellRecord {
    /// The stance: "asks", "offers", "accepts", "rejects", "sets aside" or "silent".
    pub stance: CellStance,
    /// The terms in a line of at most 120 characters. Left out where the proposal is silent.
    #[schemars(length(max = CELL_CHARS_MAX))]
    pub text: Option<SpannedText>,
    /// The sources of that line: ids of sources.toml. Left out where the proposal is silent.
    #[schemars(length(max = CELL_SOURCES_MAX), extend("uniqueItems" = true))]
    pub sources: Option<Vec<SpannedText>>,
}

/// The front matter that only outlook entries have.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OutlookKeys {
    /// Whether it stands in the way of an agreement ("obstacle"), could lead to one ("opening"), or is an open question ("open").
    pub leans: Leaning,
}

/// The other kinds have no front matter of their own.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NoKeys {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::Kind;
    use serde_json::Value;

    /// The schema of a kind's front matter: the common properties and those of the kind.
    fn front_matter(kind: Kind) -> Value {
        let mut schema = schemars::schema_for!(CommonKeys).to_value();
        let own = match kind {
            Kind::Demand => schemars::schema_for!(DemandKeys),
            Kind::Event => schemars::schema_for!(EventKeys),
            Kind::Position => schemars::schema_for!(PositionKeys),
            Kind::Proposal => schemars::schema_for!(ProposalKeys),
            Kind::Outlook => schemars::schema_for!(OutlookKeys),
            Kind::Term | Kind::Place | Kind::Actor | Kind::Section => schemars::schema_for!(NoKeys),
        };
        for (part, value) in own.to_value().as_object().expect("a schema is an object") {
            match (schema.get_mut(part), value) {
                (Some(Value::Object(whole)), Value::Object(more)) => whole.extend(more.clone()),
                (Some(Value::Array(whole)), Value::Array(more)) => whole.extend(more.clone()),
                (None, _) => schema[part] = value.clone(),
                (Some(_), _) => {}
            }
        }
        schema["title"] = format!("front matter of {}/*.md", kind.name()).into();
        schema
    }

    #[test]
    fn the_editor_schemas_match_the_types() {
        let mut schemas = vec![
            ("article".to_owned(), schemars::schema_for!(ArticleFile).to_value()),
            (
                "sources".to_owned(),
                schemars::schema_for!(BTreeMap<String, SourceRecord>).to_value(),
            ),
        ];
        schemas.push((
            "asks".to_owned(),
            schemars::schema_for!(BTreeMap<String, AsksRecord>).to_value(),
        ));
        schemas.extend(Kind::ALL.map(|kind| (kind.name().to_owned(), front_matter(kind))));
        for (name, schema) in schemas {
            let path = format!("{}/data/schema/{name}.json", env!("CARGO_MANIFEST_DIR"));
            let current =
                format!("{}\n", serde_json::to_string_pretty(&schema).expect("a schema is JSON"));
            if std::env::var_os("UPDATE_SCHEMAS").is_some() {
                std::fs::write(&path, &current).expect("write the schema");
            }
            let checked_in = std::fs::read_to_string(&path).unwrap_or_default();
            assert!(
                checked_in == current,
                "{path} is not what the types say: run `UPDATE_SCHEMAS=1 cargo test schemas`"
            );
        }
    }
}
