//! Ways to break what entries say of each other.

use super::case::Edit::{Append, Key, Made, Remove, Rename, Swap, Whole};
use super::case::{Case, case};

const TERM: &str = "term/buffer-state.md";
const ACTOR: &str = "actor/nato.md";
const DEMAND: &str = "demand/nato.md";
const POSITION: &str = "position/ukraine.md";

pub(super) const CASES: &[Case] = &[
    // Links.
    case(
        "a link to nothing",
        TERM,
        Key("related", "related = [\"term/nothing-like-it\"]"),
        "\"term/nothing-like-it\"",
        "there is no entry `term/nothing-like-it`",
    ),
    case(
        "a misspelled link",
        TERM,
        Key("related", "related = [\"term/neutralty\"]"),
        "\"term/neutralty\"",
        "there is no entry",
    ),
    case(
        "a link of the wrong kind",
        TERM,
        Key("related", "related = [\"term/putin\"]"),
        "\"term/putin\"",
        "there is no entry",
    ),
    case(
        "a link without a kind",
        TERM,
        Key("related", "related = [\"neutrality\"]"),
        "\"neutrality\"",
        "there is no entry",
    ),
    case(
        "a link of a kind that there is not",
        TERM,
        Key("related", "related = [\"glossary/neutrality\"]"),
        "\"glossary/neutrality\"",
        "there is no entry",
    ),
    case(
        "a link in capitals",
        TERM,
        Key("related", "related = [\"Term/Neutrality\"]"),
        "\"Term/Neutrality\"",
        "there is no entry",
    ),
    case(
        "a link with an ending",
        TERM,
        Key("related", "related = [\"term/neutrality.md\"]"),
        "\"term/neutrality.md\"",
        "there is no entry",
    ),
    case(
        "a link with a slash too many",
        TERM,
        Key("related", "related = [\"/term/neutrality\"]"),
        "\"/term/neutrality\"",
        "there is no entry",
    ),
    case(
        "a link by title",
        TERM,
        Key("related", "related = [\"Neutral status\"]"),
        "\"Neutral status\"",
        "there is no entry",
    ),
    case(
        "a link out of the dataset",
        TERM,
        Key("related", "related = [\"term/../../secret\"]"),
        "\"term/../../secret\"",
        "there is no entry",
    ),
    case("an empty link", TERM, Key("related", "related = [\"\"]"), "\"\"", "this text is empty"),
    case(
        "a link to itself",
        TERM,
        Key("related", "related = [\"term/buffer-state\"]"),
        "\"term/buffer-state\"",
        "related to itself",
    ),
    case(
        "a link twice",
        TERM,
        Key("related", "related = [\"term/neutrality\", \"term/neutrality\"]"),
        "\"term/neutrality\"",
        "stands here twice",
    ),
    case(
        "too many links",
        TERM,
        Key(
            "related",
            "related = [\"term/neutrality\", \"term/sanctions\", \"term/annexation\", \"term/ceasefire\", \"term/precedent\", \"term/recognition\", \"term/sovereignty\", \"term/ultimatum\", \"term/reparations\", \"term/referendums\", \"term/realism\"]",
        ),
        "\"term/realism\"",
        "more than 10",
    ),
    case(
        "an entry that others link to is gone",
        "term/war-fatigue.md",
        Remove,
        "@actor/western-voters.md: term/war-fatigue",
        "there is no entry `term/war-fatigue`",
    ),
    case(
        "an entry that many link to is gone",
        "actor/putin.md",
        Remove,
        "@article.toml: actor/putin",
        "there is no entry `actor/putin`",
    ),
    case(
        "an entry that others link to is renamed",
        "term/war-fatigue.md",
        Rename("term/tiredness.md"),
        "@actor/western-voters.md: term/war-fatigue",
        "there is no entry `term/war-fatigue`",
    ),
    // Names.
    case(
        "an alias that is another's alias",
        TERM,
        Made(|text| with_alias(text, "neutral status")),
        "neutral status",
        "names term/",
    ),
    case(
        "an alias that is another's title",
        TERM,
        Made(|text| with_alias(text, "Sphere of influence")),
        "Sphere of influence",
        "names term/sphere-of-influence",
    ),
    case(
        "an alias that is another's title in another case",
        TERM,
        Made(|text| with_alias(text, "SPHERE of Influence")),
        "SPHERE of Influence",
        "names term/sphere-of-influence",
    ),
    case(
        "an alias that is another's title with hyphens",
        TERM,
        Made(|text| with_alias(text, "sphere-of-influence")),
        "sphere-of-influence",
        "names term/sphere-of-influence",
    ),
    case(
        "an alias that is another's title with spaces",
        TERM,
        Made(|text| with_alias(text, "sphere  of  influence")),
        "sphere  of  influence",
        "names term/sphere-of-influence",
    ),
    case(
        "an alias that is another's title with accents",
        TERM,
        Made(|text| with_alias(text, "sphère of ínfluence")),
        "sphère of ínfluence",
        "names term/sphere-of-influence",
    ),
    case(
        "an alias that is another's id",
        TERM,
        Made(|text| with_alias(text, "war fatigue")),
        "war fatigue",
        "names term/war-fatigue",
    ),
    case(
        "a title that is another's",
        TERM,
        Key("title", "title = \"Sphere of influence\""),
        "\"Sphere of influence\"",
        "names term/sphere-of-influence",
    ),
    case(
        "a title that is another's id",
        TERM,
        Key("title", "title = \"War-fatigue\""),
        "\"War-fatigue\"",
        "names term/war-fatigue",
    ),
    // Demands and positions.
    case(
        "a number of two demands",
        DEMAND,
        Key("number", "number = 1"),
        "1",
        "has this number, too",
    ),
    case("a number after a gap", DEMAND, Key("number", "number = 9"), "9", "are numbered 1 to"),
    case("demand zero", DEMAND, Key("number", "number = 0"), "0", "are numbered 1 to"),
    case("a negative demand", DEMAND, Key("number", "number = -2"), "-2", "are numbered 1 to"),
    case("demand 300", DEMAND, Key("number", "number = 300"), "300", "are numbered 1 to"),
    case(
        "a demand that is gone",
        "demand/sanctions.md",
        Remove,
        "@position/russia.md: sanctions",
        "no demand has the id `sanctions`",
    ),
    case(
        "a demand too many",
        "demand/tribute.md",
        Whole(
            "+++\ntitle = \"Tribute\"\nsummary = \"A sixth demand.\"\naliases = []\nrelated = []\nchecked = \"2026-11-23\"\nrevision = 1\nnumber = 6\n+++\n\nA claim. [^terms-5.1]\n",
        ),
        "@position/russia.md: neutrality",
        "no stance on tribute",
    ),
    case("a stance that is missing", POSITION, Key("nato", ""), "neutrality", "no stance on nato"),
    case(
        "a stance that there is not",
        POSITION,
        Key("nato", "nato = \"angry\""),
        "\"angry\"",
        "`stance` cannot be `angry`",
    ),
    case(
        "a stance in capitals",
        POSITION,
        Key("nato", "nato = \"Opposes\""),
        "\"Opposes\"",
        "`stance` cannot be `Opposes`",
    ),
    case("an empty stance", POSITION, Key("nato", "nato = \"\""), "\"\"", "`stance` cannot be"),
    case(
        "a stance on a demand that there is not",
        POSITION,
        Swap("[stances]", "[stances]\ntribute = \"opposes\""),
        "tribute",
        "no demand has the id `tribute`",
    ),
    case(
        "a stance on a misspelled demand",
        POSITION,
        Key("sanctions", "sanction = \"opposes\""),
        "sanction",
        "no demand has the id `sanction`",
    ),
    case(
        "a stance twice",
        POSITION,
        Swap("[stances]", "[stances]\nnato = \"opposes\""),
        "nato",
        "`nato` stands here twice",
    ),
    case(
        "a stance without text",
        POSITION,
        Made(|text| without_view(text, "## NATO")),
        "nato",
        "the stance on `nato` has no text",
    ),
    case(
        "a text without stance",
        POSITION,
        Key("nato", "nato = \"silent\""),
        "## NATO",
        "yet here is a text",
    ),
    case(
        "a view that is no demand",
        POSITION,
        Append("\n## Football\n\nA claim. [^terms-5.1]\n"),
        "## Football",
        "named like a demand's id",
    ),
    case(
        "a view of a misspelled demand",
        POSITION,
        Swap("## Sanctions", "## Sanctionses"),
        "## Sanctionses",
        "named like a demand's id",
    ),
    case(
        "a holder that there is not",
        POSITION,
        Key("holder", "holder = \"atlantis\""),
        "\"atlantis\"",
        "no actor has the id `atlantis`",
    ),
    case(
        "a holder by title",
        POSITION,
        Key("holder", "holder = \"Ukraine\""),
        "\"Ukraine\"",
        "no actor has the id `Ukraine`",
    ),
    case(
        "a holder with a kind",
        POSITION,
        Key("holder", "holder = \"actor/ukraine\""),
        "\"actor/ukraine\"",
        "no actor has the id",
    ),
    case(
        "an empty holder",
        POSITION,
        Key("holder", "holder = \"\""),
        "\"\"",
        "no actor has the id",
    ),
    case(
        "a holder of two positions",
        POSITION,
        Key("holder", "holder = \"russia\""),
        "\"russia\"",
        "has this holder, too",
    ),
    // An entry that cannot be read is one mistake, however many link to it.
    case("a broken demand", DEMAND, Key("title", "title = "), "title =", "a value is missing"),
    case(
        "a demand without front matter",
        DEMAND,
        Swap("+++\n", ""),
        "title",
        "front matter is missing",
    ),
    case("a broken actor", ACTOR, Key("title", "title = NATO"), "NATO", "without quotes"),
    case("a broken position", POSITION, Key("title", "title = 5"), "5", "`title` has to be a text"),
    // Sections.
    case(
        "a section without its file",
        "section/background.md",
        Remove,
        "",
        "section `background` of article.toml has no entry",
    ),
    case(
        "a section's file that is renamed",
        "section/background.md",
        Rename("section/prologue.md"),
        "+++",
        "article.toml has no section `prologue`",
    ),
    case(
        "a section that article.toml does not know",
        "section/epilogue.md",
        Whole(
            "+++\ntitle = \"Epilogue\"\nsummary = \"The end.\"\naliases = []\nrelated = []\nchecked = \"2026-11-23\"\nrevision = 1\n+++\n\nA claim. [^terms-5.1]\n",
        ),
        "+++",
        "article.toml has no section `epilogue`",
    ),
];

fn with_alias(text: &str, alias: &str) -> String {
    text.replacen("aliases = [", &format!("aliases = [\"{alias}\", "), 1)
}

fn without_view(text: &str, heading: &str) -> String {
    let start = text.find(heading).expect("the heading");
    let end = text[start + 2..].find("\n## ").map_or(text.len(), |at| start + 2 + at + 1);
    format!("{}{}", &text[..start], &text[end..])
}
