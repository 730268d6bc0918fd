//! Ways to break `sources.toml`.

use super::case::Edit::{Append, Made, Prepend, Remove, Rename, Swap, Whole};
use super::case::{Case, case};

const FILE: &str = "sources.toml";

/// The first lines of a source that is added.
const MORE: &str = "\n[more]\npublisher = \"Reuters\"\ntitle = \"A report\"\n";

pub(super) const CASES: &[Case] = &[
    case("no sources.toml", FILE, Remove, "", "this file is missing"),
    case("sources.toml in capitals", FILE, Rename("Sources.toml"), "", "belongs to no part"),
    case("sources.toml misspelled", FILE, Rename("source.toml"), "", "belongs to no part"),
    case("an empty sources.toml", FILE, Whole(""), "", "this file holds no source"),
    case(
        "a source without a publisher",
        FILE,
        Made(|text| added(text, "title = \"A report\"")),
        "more",
        "`publisher` is missing",
    ),
    case(
        "a source without a title",
        FILE,
        Made(|text| added(text, "publisher = \"Reuters\"")),
        "more",
        "`title` is missing",
    ),
    case(
        "a source with an empty publisher",
        FILE,
        Made(|text| added(text, "publisher = \"\"\ntitle = \"A report\"")),
        "\"\"",
        "this text is empty",
    ),
    case(
        "a source with a title of spaces",
        FILE,
        Made(|text| added(text, "publisher = \"Reuters\"\ntitle = \"  \"")),
        "\"  \"",
        "this text is empty",
    ),
    case(
        "a source with a title that is too long",
        FILE,
        Made(|text| {
            added(text, &format!("publisher = \"Reuters\"\ntitle = \"{}\"", "x".repeat(301)))
        }),
        "xxx",
        "at most 300 fit",
    ),
    case(
        "a source with an unknown key",
        FILE,
        Made(|text| format!("{text}{MORE}author = \"Somebody\"\n")),
        "author",
        "unknown key `author`",
    ),
    case(
        "a source with a misspelled key",
        FILE,
        Made(|text| added(text, "publischer = \"Reuters\"\ntitle = \"A report\"")),
        "publischer",
        "unknown key `publischer`",
    ),
    case(
        "a source with a link for an address",
        FILE,
        Made(|text| format!("{text}{MORE}link = \"https://example.org\"\n")),
        "link",
        "unknown key `link`",
    ),
    case(
        "a source with a number for a title",
        FILE,
        Made(|text| added(text, "publisher = \"Reuters\"\ntitle = 7")),
        "7",
        "`title` has to be a text",
    ),
    case(
        "a source with a list of publishers",
        FILE,
        Made(|text| added(text, "publisher = [\"Reuters\"]\ntitle = \"A report\"")),
        "[\"Reuters\"]",
        "`publisher` has to be a text",
    ),
    case(
        "a source with a date without quotes",
        FILE,
        Made(|text| format!("{text}{MORE}date = 2022-03-02\n")),
        "2022-03-02",
        "a date without quotes",
    ),
    case(
        "a source with a year without quotes",
        FILE,
        Made(|text| format!("{text}{MORE}date = 2022\n")),
        "2022",
        "`date` has to be a text",
    ),
    case(
        "a source of a day that does not exist",
        FILE,
        Made(|text| format!("{text}{MORE}date = \"2022-02-30\"\n")),
        "\"2022-02-30\"",
        "the calendar has no such date",
    ),
    case(
        "a source of a thirteenth month",
        FILE,
        Made(|text| format!("{text}{MORE}date = \"2022-13\"\n")),
        "\"2022-13\"",
        "the calendar has no such date",
    ),
    case(
        "a source with a date in words",
        FILE,
        Made(|text| format!("{text}{MORE}date = \"March 2022\"\n")),
        "\"March 2022\"",
        "this is no date",
    ),
    case(
        "a source with an empty date",
        FILE,
        Made(|text| format!("{text}{MORE}date = \"\"\n")),
        "\"\"",
        "this is no date",
    ),
    case(
        "a source that is to come",
        FILE,
        Made(|text| format!("{text}{MORE}date = \"2922-03-02\"\n")),
        "\"2922-03-02\"",
        "the last day on which anything was checked",
    ),
    case(
        "a source without a scheme",
        FILE,
        Made(|text| format!("{text}{MORE}url = \"example.org/a\"\n")),
        "\"example.org/a\"",
        "this is no web address",
    ),
    case(
        "a source that is a script",
        FILE,
        Made(|text| format!("{text}{MORE}url = \"javascript:alert(1)\"\n")),
        "javascript",
        "this is no web address",
    ),
    case(
        "a source with an empty address",
        FILE,
        Made(|text| format!("{text}{MORE}url = \"\"\n")),
        "\"\"",
        "this is no web address",
    ),
    case(
        "a source with an address of one word",
        FILE,
        Made(|text| format!("{text}{MORE}url = \"https://localhost\"\n")),
        "localhost",
        "this is no web address",
    ),
    case(
        "a source with a password in its address",
        FILE,
        Made(|text| format!("{text}{MORE}url = \"https://me:secret@example.org/\"\n")),
        "me:secret",
        "this is no web address",
    ),
    case(
        "a source with an address in Cyrillic",
        FILE,
        Made(|text| format!("{text}{MORE}url = \"https://приклад.укр\"\n")),
        "приклад",
        "this is no web address",
    ),
    case(
        "a source at an example address",
        FILE,
        Made(|text| format!("{text}{MORE}url = \"https://www.example.com/a\"\n")),
        "example.com",
        "an example address",
    ),
    case(
        "a source seen in the future",
        FILE,
        Made(|text| format!("{text}{MORE}seen = \"2026-12-24\"\n")),
        "2026-12-24",
        "this is in the future",
    ),
    case(
        "a source seen in a month",
        FILE,
        Made(|text| format!("{text}{MORE}seen = \"2026-11\"\n")),
        "2026-11",
        "this is not a day",
    ),
    case(
        "a source with an empty via",
        FILE,
        Made(|text| format!("{text}{MORE}via = \"\"\n")),
        "\"\"",
        "this text is empty",
    ),
    case(
        "a source with a number for via",
        FILE,
        Made(|text| format!("{text}{MORE}via = 3\n")),
        "3",
        "`via` has to be a text",
    ),
    case(
        "a source in capitals",
        FILE,
        Made(|text| text.to_owned() + &MORE.replace("[more]", "[More]")),
        "More",
        "this is no id of a source",
    ),
    case(
        "a source with an underscore",
        FILE,
        Made(|text| text.to_owned() + &MORE.replace("[more]", "[one_more]")),
        "one_more",
        "this is no id of a source",
    ),
    case(
        "a source with two hyphens",
        FILE,
        Made(|text| text.to_owned() + &MORE.replace("[more]", "[one--more]")),
        "one--more",
        "this is no id of a source",
    ),
    case(
        "a source with a space",
        FILE,
        Made(|text| text.to_owned() + &MORE.replace("[more]", "[\"one more\"]")),
        "one more",
        "this is no id of a source",
    ),
    case(
        "a source in Cyrillic",
        FILE,
        Made(|text| text.to_owned() + &MORE.replace("[more]", "[\"джерело\"]")),
        "джерело",
        "this is no id of a source",
    ),
    case(
        "a source with a long id",
        FILE,
        Made(|text| {
            text.to_owned()
                + &MORE.replace("[more]", "[a-source-with-an-id-that-goes-on-and-on-and-on]")
        }),
        "a-source-with",
        "this is no id of a source",
    ),
    case(
        "a source with an empty id",
        FILE,
        Made(|text| text.to_owned() + &MORE.replace("[more]", "[\"\"]")),
        "\"\"",
        "this is no id of a source",
    ),
    case(
        "a source like a paragraph",
        FILE,
        Made(|text| text.to_owned() + &MORE.replace("[more]", "[terms-1.3]")),
        "terms-1",
        "divides the id",
    ),
    case(
        "a source like a paragraph in quotes",
        FILE,
        Made(|text| text.to_owned() + &MORE.replace("[more]", "[\"terms-1.3\"]")),
        "terms-1.3",
        "this is no id of a source",
    ),
    case(
        "a source that is no table",
        FILE,
        Prepend("more = \"Reuters\"\n"),
        "more",
        "`more` is not a table",
    ),
    case(
        "a source that is a list",
        FILE,
        Made(|text| text.to_owned() + &MORE.replace("[more]", "[[more]]")),
        "more",
        "`more` is not a table",
    ),
    case(
        "a source twice",
        FILE,
        Made(|text| format!("{text}{MORE}{MORE}")),
        "more",
        "`more` stands here twice",
    ),
    case(
        "a publisher twice",
        FILE,
        Made(|text| format!("{text}{MORE}publisher = \"Again\"\n")),
        "publisher",
        "`publisher` stands here twice",
    ),
    case(
        "a source without a closing bracket",
        FILE,
        Made(|text| text.to_owned() + &MORE.replace("[more]", "[more")),
        "[more",
        "no closing bracket",
    ),
    case(
        "a source without a closing quote",
        FILE,
        Made(|text| text.to_owned() + &MORE.replace("\"A report\"", "\"A report")),
        "title = \"A report",
        "no closing quote",
    ),
    case(
        "a source without quotes",
        FILE,
        Made(|text| text.to_owned() + &MORE.replace("\"A report\"", "A report")),
        "A report",
        "without quotes",
    ),
    case(
        "a source with a colon",
        FILE,
        Made(|text| text.to_owned() + &MORE.replace("title =", "title:")),
        "title:",
        "a line without `=`",
    ),
    case(
        "a source with quotes in quotes",
        FILE,
        Made(|text| text.to_owned() + &MORE.replace("\"A report\"", "\"The \"terms\"\"")),
        "title = ",
        "more stands on this line",
    ),
    case(
        "a source under another id",
        FILE,
        Swap("[voa-non-aligned]", "[voa-aligned]"),
        "@demand/nato.md: [^voa-non-aligned]",
        "no source and no paragraph is called `voa-non-aligned`",
    ),
    case(
        "a source that is gone",
        FILE,
        Made(|text| gone(text, "[unhcr-global-trends-2023]")),
        "@event/2022-invasion.md: [^unhcr-global-trends-2023]",
        "no source and no paragraph is called",
    ),
    case("a merge in sources.toml", FILE, Append("\n=======\n"), "=======", "a merge left both"),
    case("a NUL in sources.toml", FILE, Append("\n# \0\n"), "\0", "U+0000"),
    case(
        "a hidden character in sources.toml",
        FILE,
        Made(|text| text.to_owned() + &MORE.replace("Reuters", "Reu\u{200d}ters")),
        "\u{200d}",
        "U+200D",
    ),
    case(
        "text below the sources",
        FILE,
        Append("\nThat is all.\n"),
        "That is all.",
        "a line without `=`",
    ),
    case(
        "sources.toml cut off",
        FILE,
        Made(|text| text[..text.rfind("\"").expect("a quote")].to_owned()),
        " = \"",
        "no closing quote",
    ),
];

/// The sources with one more, of these lines.
fn added(text: &str, lines: &str) -> String {
    format!("{text}\n[more]\n{lines}\n")
}

/// The sources without one.
fn gone(text: &str, id: &str) -> String {
    let start = text.find(id).expect("the source");
    let end = start + 1 + text[start + 1..].find("\n[").expect("the next source") + 1;
    format!("{}{}", &text[..start], &text[end..])
}
