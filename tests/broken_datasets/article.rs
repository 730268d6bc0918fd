//! Ways to break `article.toml`.

use super::case::Edit::{Append, Key, Made, Prepend, Remove, Rename, Swap, Whole};
use super::case::{Case, case};

const FILE: &str = "article.toml";

pub(super) const CASES: &[Case] = &[
    case("no article.toml", FILE, Remove, "", "this file is missing"),
    case(
        "article.toml in capitals",
        FILE,
        Rename("Article.toml"),
        "",
        "belongs to no part",
    ),
    case(
        "article.toml with another ending",
        FILE,
        Rename("article.tml"),
        "",
        "belongs to no part",
    ),
    case(
        "an empty article.toml",
        FILE,
        Whole(""),
        "",
        "this file is empty",
    ),
    case(
        "an article.toml of notes",
        FILE,
        Whole("# to be done\n"),
        "# to be done",
        "are missing",
    ),
    case(
        "no title of the article",
        FILE,
        Made(|text| without(text, "title")),
        "#:schema",
        "`title` is missing",
    ),
    case(
        "no short title",
        FILE,
        Key("short_title", ""),
        "#:schema",
        "`short_title` is missing",
    ),
    case(
        "no publisher of the article",
        FILE,
        Key("publisher", ""),
        "#:schema",
        "`publisher` is missing",
    ),
    case(
        "no address",
        FILE,
        Key("url", ""),
        "#:schema",
        "`url` is missing",
    ),
    case(
        "no language",
        FILE,
        Key("language", ""),
        "#:schema",
        "`language` is missing",
    ),
    case(
        "no unknown",
        FILE,
        Key("unknown", ""),
        "#:schema",
        "`unknown` is missing",
    ),
    case(
        "no day of checking",
        FILE,
        Key("checked", ""),
        "#:schema",
        "`checked` is missing",
    ),
    case(
        "no version",
        FILE,
        Key("version", ""),
        "#:schema",
        "`version` is missing",
    ),
    case(
        "no address for errors",
        FILE,
        Key("report_url", ""),
        "#:schema",
        "`report_url` is missing",
    ),
    case(
        "nothing featured",
        FILE,
        Key("featured", ""),
        "#:schema",
        "`featured` is missing",
    ),
    case(
        "no topics in the article",
        FILE,
        Made(|text| cut(text, "[topics]", "[[sections]]")),
        "#:schema",
        "`topics` is missing",
    ),
    case(
        "no sections",
        FILE,
        Made(|text| text[..text.find("[[sections]]").expect("the sections")].to_owned()),
        "#:schema",
        "`sections` is missing",
    ),
    case(
        "an unknown key of the article",
        FILE,
        Key("version", "version = \"1.0.0\"\nauthor = \"unknown\""),
        "author",
        "unknown key `author`",
    ),
    case(
        "a misspelled key of the article",
        FILE,
        Swap("\npublisher", "\npublischer"),
        "publischer",
        "unknown key `publischer`",
    ),
    case(
        "a key at the end of article.toml",
        FILE,
        Made(|text| format!("{}\nversion = \"1.0.0\"\n", without(text, "version"))),
        "version",
        "stands below [sections]",
    ),
    case(
        "a number for the article's title",
        FILE,
        Made(|text| text.replacen("\ntitle = \"", "\ntitle = 1 # \"", 1)),
        "1",
        "`title` has to be a text",
    ),
    case(
        "a text for unknown",
        FILE,
        Key("unknown", "unknown = \"its author\""),
        "\"its author\"",
        "`unknown` has to be a list",
    ),
    case(
        "a number for the version",
        FILE,
        Key("version", "version = 1.0"),
        "1.0",
        "`version` has to be a text",
    ),
    case(
        "a text for featured",
        FILE,
        Key("featured", "featured = \"term/neutrality\""),
        "\"term/neutrality\"",
        "`featured` has to be a list",
    ),
    case(
        "a list for topics",
        FILE,
        Made(|text| {
            cut(text, "[topics]", "[[sections]]").replacen(
                "\nfeatured",
                "\ntopics = [\"nato\"]\nfeatured",
                1,
            )
        }),
        "[\"nato\"]",
        "`topics` has to be a table",
    ),
    case(
        "a number for a topic",
        FILE,
        Key("nato", "nato = 1"),
        "1",
        "`topics` has to be a text",
    ),
    case(
        "one section instead of a list",
        FILE,
        Made(|text| {
            format!(
                "{}[sections]\nid = \"background\"\n",
                &text[..text.find("[[sections]]").expect("the sections")]
            )
        }),
        "sections",
        "`sections` has to be a list of tables",
    ),
    case(
        "an empty title of the article",
        FILE,
        Made(|text| text.replacen("\ntitle = \"", "\ntitle = \"\" # \"", 1)),
        "\"\"",
        "this text is empty",
    ),
    case(
        "a short title that is too long",
        FILE,
        Key(
            "short_title",
            "short_title = \"Putin's terms for peace, all of them and more\"",
        ),
        "Putin's terms",
        "at most 40 fit",
    ),
    case(
        "an empty publisher",
        FILE,
        Key("publisher", "publisher = \" \""),
        "\" \"",
        "this text is empty",
    ),
    case(
        "an address without a scheme in the article",
        FILE,
        Key("url", "url = \"defensefeeds.com\""),
        "\"defensefeeds.com\"",
        "this is no web address",
    ),
    case(
        "an address that is a script",
        FILE,
        Key("url", "url = \"javascript:alert(1)\""),
        "javascript",
        "this is no web address",
    ),
    case(
        "an address with a space",
        FILE,
        Key("url", "url = \"https://example.org/a b\""),
        "a b",
        "this is no web address",
    ),
    case(
        "an address without a host",
        FILE,
        Key("url", "url = \"https:///path\""),
        "https:///path",
        "this is no web address",
    ),
    case(
        "an address of a file",
        FILE,
        Key("url", "url = \"file:///etc/passwd\""),
        "file:",
        "this is no web address",
    ),
    case(
        "an address that is too long",
        FILE,
        Made(|text| {
            text.replacen(
                "\nurl = \"https://",
                &format!("\nurl = \"https://example.org/{}", "a".repeat(600)),
                1,
            )
        }),
        "aaaa",
        "this is no web address",
    ),
    case(
        "an address for errors by mail",
        FILE,
        Key("report_url", "report_url = \"mailto:a@example.org\""),
        "mailto",
        "this is no web address",
    ),
    case(
        "an empty address for errors",
        FILE,
        Key("report_url", "report_url = \"\""),
        "\"\"",
        "this is no web address",
    ),
    case(
        "a language in words",
        FILE,
        Key("language", "language = \"English\""),
        "\"English\"",
        "this is no language tag",
    ),
    case(
        "an empty language",
        FILE,
        Key("language", "language = \"\""),
        "\"\"",
        "this is no language tag",
    ),
    case(
        "a version in words",
        FILE,
        Key("version", "version = \"first\""),
        "\"first\"",
        "this is no version",
    ),
    case(
        "a version of two numbers",
        FILE,
        Key("version", "version = \"1.0\""),
        "\"1.0\"",
        "this is no version",
    ),
    case(
        "a version with a letter",
        FILE,
        Key("version", "version = \"v1.0.0\""),
        "\"v1.0.0\"",
        "this is no version",
    ),
    case(
        "an empty version",
        FILE,
        Key("version", "version = \"\""),
        "\"\"",
        "this is no version",
    ),
    case(
        "checked on no day",
        FILE,
        Key("checked", "checked = \"2026-02-30\""),
        "\"2026-02-30\"",
        "the calendar has no such date",
    ),
    case(
        "checked in a month",
        FILE,
        Key("checked", "checked = \"2026-11\""),
        "\"2026-11\"",
        "this is not a day",
    ),
    case(
        "checked in another order",
        FILE,
        Key("checked", "checked = \"23.11.2026\""),
        "\"23.11.2026\"",
        "this is not a day",
    ),
    case(
        "an empty unknown",
        FILE,
        Key("unknown", "unknown = [\"\"]"),
        "\"\"",
        "this text is empty",
    ),
    case(
        "an unknown twice",
        FILE,
        Key("unknown", "unknown = [\"its author\", \"its author\"]"),
        "\"its author\"",
        "stands here twice",
    ),
    case(
        "featured that there is not",
        FILE,
        Swap("featured = [", "featured = [\"term/nothing-like-it\","),
        "\"term/nothing-like-it\"",
        "there is no entry",
    ),
    case(
        "featured without a kind",
        FILE,
        Swap("featured = [", "featured = [\"ceasefire\","),
        "\"ceasefire\"",
        "there is no entry",
    ),
    case(
        "featured twice",
        FILE,
        Swap("featured = [", "featured = [\"term/ceasefire\","),
        "\"term/ceasefire\"",
        "stands here twice",
    ),
    case(
        "a topic that is no id",
        FILE,
        Swap("[topics]", "[topics]\nGreat_Power = \"Great powers\""),
        "Great_Power",
        "this is no id",
    ),
    case(
        "a topic without a name",
        FILE,
        Swap("[topics]", "[topics]\ngreat = \"\""),
        "\"\"",
        "this text is empty",
    ),
    case(
        "a topic in the article twice",
        FILE,
        Swap("[topics]", "[topics]\nnato = \"Alliance\""),
        "nato",
        "`nato` stands here twice",
    ),
    case(
        "two topics of one name",
        FILE,
        Swap("[topics]", "[topics]\nalliance = \"NATO\""),
        "\"NATO\"",
        "stands here twice",
    ),
    case(
        "too many topics",
        FILE,
        Made(|text| {
            text.replacen(
                "[topics]",
                &format!(
                    "[topics]\n{}",
                    (10..36)
                        .map(|number| format!("a{number} = \"Topic {number}\"\n"))
                        .collect::<String>()
                ),
                1,
            )
        }),
        "a35",
        "more than 25 topics",
    ),
    case(
        "a section without an id",
        FILE,
        Swap("id = \"background\"\n", ""),
        "sections",
        "`id` is missing",
    ),
    case(
        "a section without a title",
        FILE,
        Made(|text| {
            text.replacen(
                "id = \"background\"\ntitle = ",
                "id = \"background\"\n# ",
                1,
            )
        }),
        "sections",
        "`title` is missing",
    ),
    case(
        "a section without paragraphs",
        FILE,
        Swap("paragraphs = 3\n", ""),
        "sections",
        "`paragraphs` is missing",
    ),
    case(
        "a section with an unknown key",
        FILE,
        Swap("id = \"background\"\n", "id = \"background\"\nlength = 3\n"),
        "length",
        "unknown key `length`",
    ),
    case(
        "a section with a misspelled key",
        FILE,
        Swap("paragraphs = 3", "paragraph = 3"),
        "paragraph",
        "unknown key `paragraph`",
    ),
    case(
        "a section twice",
        FILE,
        Append("\n[[sections]]\nid = \"background\"\ntitle = \"Again\"\nparagraphs = 2\n"),
        "\"background\"",
        "two sections have this id",
    ),
    case(
        "a section that is no id",
        FILE,
        Swap("id = \"background\"", "id = \"Back ground\""),
        "\"Back ground\"",
        "this is no id",
    ),
    case(
        "a section with a point",
        FILE,
        Swap("id = \"terms-5\"", "id = \"terms.5\""),
        "\"terms.5\"",
        "this is no id",
    ),
    case(
        "a section with an empty title",
        FILE,
        Made(|text| text.replacen("title = \"Conclusion\"", "title = \"\"", 1)),
        "\"\"",
        "this text is empty",
    ),
    case(
        "a section of no paragraphs",
        FILE,
        Swap("paragraphs = 3", "paragraphs = 0"),
        "0",
        "is not from 1 to 99",
    ),
    case(
        "a section of a hundred paragraphs",
        FILE,
        Swap("paragraphs = 3", "paragraphs = 100"),
        "100",
        "is not from 1 to 99",
    ),
    case(
        "a section of negative paragraphs",
        FILE,
        Swap("paragraphs = 3", "paragraphs = -3"),
        "-3",
        "is not from 1 to 99",
    ),
    case(
        "a section of three paragraphs in words",
        FILE,
        Swap("paragraphs = 3", "paragraphs = \"three\""),
        "\"three\"",
        "`paragraphs` has to be a whole number",
    ),
    case(
        "a section with too few paragraphs",
        FILE,
        Swap("paragraphs = 8", "paragraphs = 1"),
        "1",
        "marks cite later ones",
    ),
    case(
        "a section that is gone",
        FILE,
        Made(|text| {
            cut(
                text,
                "[[sections]]\nid = \"background\"",
                "[[sections]]\nid = \"terms\"",
            )
        }),
        "@section/background.md: +++",
        "article.toml has no section `background`",
    ),
    case(
        "a section under another id",
        FILE,
        Swap("id = \"background\"", "id = \"prologue\""),
        "@section/prologue.md",
        "section `prologue` of article.toml has no entry",
    ),
    case(
        "a section without an entry",
        FILE,
        Append("\n[[sections]]\nid = \"epilogue\"\ntitle = \"Epilogue\"\nparagraphs = 1\n"),
        "@section/epilogue.md",
        "section `epilogue` of article.toml has no entry",
    ),
    case(
        "an article without a closing quote",
        FILE,
        Key("publisher", "publisher = \"Defense Feeds"),
        "publisher = ",
        "no closing quote",
    ),
    case(
        "an article without a closing bracket",
        FILE,
        Made(|text| text.replacen("\n]\n", "\n", 1)),
        "featured = [",
        "no closing bracket",
    ),
    case(
        "an article's line without a value",
        FILE,
        Key("publisher", "publisher ="),
        "publisher =",
        "a value is missing",
    ),
    case(
        "sections in single brackets",
        FILE,
        Swap(
            "[[sections]]\nid = \"terms\"\n",
            "[sections]\nid = \"terms\"\n",
        ),
        "sections",
        "stands here twice",
    ),
    case(
        "a section's brackets that are not closed",
        FILE,
        Swap(
            "[[sections]]\nid = \"terms\"\n",
            "[[sections]\nid = \"terms\"\n",
        ),
        "[[sections]",
        "",
    ),
    case(
        "a merge in article.toml",
        FILE,
        Prepend("<<<<<<< HEAD\n"),
        "<<<<<<< HEAD",
        "a merge left both",
    ),
    case(
        "front matter in article.toml",
        FILE,
        Made(|text| format!("+++\n{text}+++\n")),
        "+++",
        "a line without `=`",
    ),
    case(
        "a NUL in article.toml",
        FILE,
        Swap("\npublisher = \"", "\npublisher = \"\0"),
        "\0",
        "U+0000",
    ),
    case(
        "JSON in article.toml",
        FILE,
        Whole("{ \"title\": \"Terms\" }\n"),
        "{",
        "this is not TOML",
    ),
    case(
        "a missing topic that events have",
        FILE,
        Key("georgia", ""),
        "@event/2008-georgia-war.md: \"georgia\"",
        "no topic of article.toml is called `georgia`",
    ),
];

fn without(text: &str, key: &str) -> String {
    let start = text.find(&format!("\n{key} = ")).expect("the key") + 1;
    let end = start + text[start..].find('\n').expect("its end") + 1;
    format!("{}{}", &text[..start], &text[end..])
}

fn cut(text: &str, from: &str, to: &str) -> String {
    let start = text.find(from).expect("the beginning");
    let end = start + text[start..].find(to).expect("the end");
    format!("{}{}", &text[..start], &text[end..])
}
