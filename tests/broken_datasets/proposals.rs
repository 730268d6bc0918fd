//! Ways to break a proposal and the files of asks.

use super::case::Edit::{Append, Made, Swap, Whole};
use super::case::{Case, case};

const FILE: &str = "proposal/2025-06-memorandum.md";
const ASKS: &str = "asks/term.toml";

/// A proposal without fault.
pub(super) const PROPOSAL: &str = r#"+++
title = "Russia's memorandum of June 2025"
summary = "Terms that Russia handed over in Istanbul."
aliases = ["Istanbul memorandum"]
related = ["demand/nato"]
checked = "2026-11-23"
revision = 1
date = "2025-06-02"
by = ["russia", "ukraine"]
status = "official text"

[cells.withdrawal]
stance = "asks"
text = "From all of Donetsk, Luhansk, Kherson and Zaporizhzhia"
sources = ["voa-non-aligned"]

[cells.nato]
stance = "rejects"
text = "No membership, and no foreign troops"
sources = ["voa-non-aligned", "echr-crimea"]

[cells.recognition]
stance = "sets aside"
text = "Left to a later treaty"
sources = ["voa-non-aligned"]

[cells.sanctions]
stance = "silent"

[cells.neutrality]
stance = "offers"
text = "Neutral status with guarantees"
sources = ["voa-non-aligned"]
+++

Russia handed over a text. [^voa-non-aligned]
"#;

/// The proposal with a part of it replaced.
macro_rules! with {
    ($from:expr, $to:expr) => {
        Made(|_| {
            assert!(PROPOSAL.contains($from), "the proposal has no {}", $from);
            PROPOSAL.replacen($from, $to, 1)
        })
    };
}

pub(super) const CASES: &[Case] = &[
    case(
        "a proposal at no date",
        FILE,
        with!("date = \"2025-06-02\"\n", ""),
        "+++",
        "`date` is missing",
    ),
    case(
        "a proposal later than what is covered",
        FILE,
        with!("2025-06-02", "2026-07-02"),
        "2026-07-02",
        "this is after 2026-06-30",
    ),
    case(
        "a proposal by nobody",
        FILE,
        with!("[\"russia\", \"ukraine\"]", "[]"),
        "+++",
        "by nobody",
    ),
    case(
        "a proposal by one text",
        FILE,
        with!("[\"russia\", \"ukraine\"]", "\"russia\""),
        "\"russia\"",
        "`by` has to be a list",
    ),
    case(
        "a proposal by a stranger",
        FILE,
        with!("\"ukraine\"]", "\"atlantis\"]"),
        "atlantis",
        "no actor has the id",
    ),
    case(
        "a proposal twice by one",
        FILE,
        with!("\"ukraine\"]", "\"russia\"]"),
        "russia",
        "stands here twice",
    ),
    case(
        "a proposal of no status",
        FILE,
        with!("status = \"official text\"\n", ""),
        "+++",
        "`status` is missing",
    ),
    case(
        "a proposal of an unknown status",
        FILE,
        with!("official text", "rumor"),
        "rumor",
        "`status` cannot be `rumor`",
    ),
    case(
        "a proposal with asks",
        FILE,
        with!("revision", "asks = []\nrevision"),
        "asks",
        "unknown key `asks`",
    ),
    case(
        "a proposal without a cell",
        FILE,
        with!("[cells.sanctions]\nstance = \"silent\"\n", ""),
        "neutrality",
        "no cell on sanctions",
    ),
    case(
        "a cell on a demand that there is not",
        FILE,
        with!("[cells.sanctions]", "[cells.tribute]\nstance = \"silent\"\n\n[cells.sanctions]"),
        "tribute",
        "no demand has the id `tribute`",
    ),
    case(
        "a cell on a misspelled demand",
        FILE,
        with!("[cells.sanctions]", "[cells.sanction]"),
        "sanction",
        "no demand has the id `sanction`",
    ),
    case(
        "a cell twice",
        FILE,
        with!("[cells.sanctions]", "[cells.nato]"),
        "nato",
        "stands here twice",
    ),
    case(
        "a cell without a stance",
        FILE,
        with!("stance = \"asks\"\n", ""),
        "[cells.withdrawal]",
        "`stance` is missing",
    ),
    case(
        "a cell with a position's stance",
        FILE,
        with!("\"asks\"", "\"demands\""),
        "demands",
        "`stance` cannot be",
    ),
    case(
        "a cell in an underscore",
        FILE,
        with!("sets aside", "sets_aside"),
        "sets_aside",
        "`stance` cannot be",
    ),
    case(
        "a silent cell with a text",
        FILE,
        with!("\"silent\"\n", "\"silent\"\ntext = \"Nothing\"\n"),
        "Nothing",
        "is silent on this demand, yet",
    ),
    case(
        "a silent cell with a source",
        FILE,
        with!("\"silent\"\n", "\"silent\"\nsources = [\"voa-non-aligned\"]\n"),
        "voa-non-aligned",
        "is silent on this demand, yet",
    ),
    case(
        "a cell without a text",
        FILE,
        with!("text = \"Left to a later treaty\"\n", ""),
        "recognition",
        "has no text",
    ),
    case(
        "a cell without a source",
        FILE,
        with!(
            "text = \"Left to a later treaty\"\nsources = [\"voa-non-aligned\"]\n",
            "text = \"Left to a later treaty\"\n"
        ),
        "recognition",
        "has no source",
    ),
    case(
        "a cell with an empty text",
        FILE,
        with!("\"Left to a later treaty\"", "\"\""),
        "\"\"",
        "this text is empty",
    ),
    case(
        "a cell that is too long",
        FILE,
        Made(|_| PROPOSAL.replacen("Left to a later treaty", &"Later ".repeat(25), 1)),
        "Later",
        "at most 120 fit",
    ),
    case(
        "a cell with a mark",
        FILE,
        with!("a later treaty", "a later treaty [^voa-non-aligned]"),
        "Left to",
        "a mark outside",
    ),
    case(
        "a cell with an unknown source",
        FILE,
        with!("\"echr-crimea\"", "\"echr-crimae\""),
        "echr-crimae",
        "no source and no paragraph",
    ),
    case(
        "a cell that cites the article",
        FILE,
        with!("\"echr-crimea\"", "\"terms-2.1\""),
        "terms-2.1",
        "no source of a proposal",
    ),
    case(
        "a cell with an unknown key",
        FILE,
        with!("\"silent\"", "\"silent\"\ncolor = \"red\""),
        "color",
        "unknown key `color`",
    ),
    case(
        "a key below the cells",
        FILE,
        with!(
            "sources = [\"voa-non-aligned\"]\n+++",
            "sources = [\"voa-non-aligned\"]\nrevision = 1\n+++"
        ),
        "revision",
        "",
    ),
    case(
        "a word for a cell",
        FILE,
        with!("[cells.sanctions]\nstance = \"silent\"\n", "[cells]\nsanctions = \"silent\"\n"),
        "\"silent\"",
        "`cells` has to be a table",
    ),
    case(
        "a proposal without a text",
        FILE,
        with!("Russia handed over a text. [^voa-non-aligned]\n", ""),
        "+++",
        "the entry has no text",
    ),
    // Asks.
    case(
        "asks of no entry",
        ASKS,
        Append("\n[music]\nasks = [\"what song\"]\n"),
        "music",
        "there is no entry `term/music`",
    ),
    case(
        "asks of a misspelled entry",
        ASKS,
        Swap("[buffer-state]", "[bufer-state]"),
        "bufer-state",
        "there is no entry `term/bufer-state`",
    ),
    case(
        "asks that are no table",
        ASKS,
        Whole("buffer-state = 1\n"),
        "buffer-state",
        "is not a table",
    ),
    case(
        "asks in one text",
        ASKS,
        Whole("[buffer-state]\nasks = \"what is it\"\n"),
        "what is it",
        "`asks` has to be a list",
    ),
    case(
        "an empty question",
        ASKS,
        Whole("[buffer-state]\nasks = [\"\"]\n"),
        "\"\"",
        "this text is empty",
    ),
    case(
        "a question twice",
        ASKS,
        Whole("[buffer-state]\nasks = [\"what is it\", \"What is it\"]\n"),
        "What is it",
        "stands here twice",
    ),
    case(
        "a question that is too long",
        ASKS,
        Made(|_| format!("[buffer-state]\nasks = [\"{}\"]\n", "why ".repeat(60).trim())),
        "why why",
        "at most 200 fit",
    ),
    case(
        "too many questions",
        ASKS,
        Made(|_| {
            let asks: String = (0..61).map(|number| format!("\"question {number}\", ")).collect();
            format!("[buffer-state]\nasks = [{asks}]\n")
        }),
        "question 60",
        "more than 60",
    ),
    case(
        "words in one text",
        ASKS,
        Whole("[buffer-state]\nwords = \"cushion\"\n"),
        "cushion",
        "`words` has to be a list",
    ),
    case(
        "an unknown key of asks",
        ASKS,
        Whole("[buffer-state]\nask = [\"what is it\"]\n"),
        "ask",
        "unknown key `ask`",
    ),
    case(
        "asks that are no TOML",
        ASKS,
        Whole("[buffer-state\n"),
        "[buffer-state",
        "no closing bracket",
    ),
];
