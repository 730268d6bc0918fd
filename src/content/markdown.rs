//! Parses the body of an entry: from Markdown to views of cited paragraphs.
//!
//! Only what every surface can render is allowed: `##` headings, paragraphs, flat lists, emphasis
//! and footnote marks.

mod block;
mod typos;
mod views;

use std::ops::Range;

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::citations::FootnoteIndex;
use super::diagnostic::Reporter;
use super::source_text::{first_line, trimmed};
use super::{Style, View};
use block::OpenBlock;
pub use block::PARAGRAPH_CHARS_MAX;
pub use views::{HEADING_CHARS_MAX, OVERVIEW, VIEWS_MAX};

/// Extensions are enabled even if rejected later, as the parser would otherwise pass their syntax
/// as text.
const OPTIONS: Options = Options::ENABLE_OLD_FOOTNOTES
    .union(Options::ENABLE_TABLES)
    .union(Options::ENABLE_STRIKETHROUGH)
    .union(Options::ENABLE_TASKLISTS);

/// The most unresolved footnotes per body that get a suggestion: each is compared with all known
/// ones.
const UNRESOLVED_MAX: usize = 50;

/// Parses the body that begins at byte `start` of the file's text.
pub(super) fn parse(
    text: &str,
    start: usize,
    may_explain: bool,
    footnotes: &FootnoteIndex<'_>,
    reporter: &mut Reporter<'_>,
) -> Vec<View> {
    let mut body = BodyParser {
        text,
        may_explain,
        footnotes,
        reporter,
        views: Vec::new(),
        open: None,
        styles: Vec::new(),
        is_in_list: false,
        unresolved_count: 0,
        skip_until: start,
    };
    let parser = Parser::new_ext(&text[start..], OPTIONS);
    for (_, definition) in parser.reference_definitions().iter() {
        let span = definition.span.start + start..definition.span.end + start;
        let help = "put the source in sources.toml and cite it by its mark";
        body.error(span, "a link is defined here, and shown nowhere", help);
    }
    for (event, span) in parser.into_offset_iter() {
        let span = span.start + start..span.end + start;
        if span.start >= body.skip_until {
            body.handle(event, span);
        }
    }
    body.check_views(start);
    body.views
}

struct BodyParser<'a, 'r> {
    text: &'a str,
    /// Whether the entry may have editors' text without citations.
    may_explain: bool,
    footnotes: &'a FootnoteIndex<'a>,
    reporter: &'a mut Reporter<'r>,
    views: Vec<View>,
    /// The paragraph, item or heading that is being parsed.
    open: Option<OpenBlock>,
    styles: Vec<Style>,
    is_in_list: bool,
    unresolved_count: usize,
    /// The end of the last rejected element, within which nothing more is reported.
    skip_until: usize,
}

impl BodyParser<'_, '_> {
    fn handle(&mut self, event: Event<'_>, span: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(&tag, span),
            Event::End(tag) => self.end(tag, span),
            Event::Text(words) => self.push(&words),
            Event::SoftBreak | Event::HardBreak => self.push(" "),
            Event::FootnoteReference(mark) => self.cite(&mark, span),
            Event::Rule => self.error(
                span,
                "a line across the text",
                "remove it, or begin a view with `## Heading`",
            ),
            Event::Code(_) => {
                self.error(span, "code in the text", "write it in plain words or in quotes")
            }
            Event::Html(_) | Event::InlineHtml(_) => {
                self.reject(span, "HTML in the text", "write it in Markdown, or remove it")
            }
            Event::TaskListMarker(_) => {
                self.error(span, "a box to tick", "write a plain item: `- text`")
            }
            Event::InlineMath(_) | Event::DisplayMath(_) => {
                self.error(span, "a formula in the text", "write it in words")
            }
        }
    }

    fn start(&mut self, tag: &Tag<'_>, span: Range<usize>) {
        match tag {
            Tag::Heading { level: HeadingLevel::H2, .. } if !self.is_in_list => self.open = Some(OpenBlock::new(span.start)),
            Tag::Heading { .. } => {
                self.reject(span, "a heading of another level, or within a list", "write it as `## Heading`: each is a view of the entry")
            }
            Tag::Paragraph if self.is_in_list => {
                if self.open.as_ref().is_some_and(|open| !open.is_empty()) {
                    self.reject(span, "a second paragraph in one item of a list", "make it an item of its own: `- text`");
                }
            }
            Tag::Item if self.text[span.start..].starts_with('+') => {
                self.reject(span, "a plus that begins a line: it would not be shown", "begin an item with `- `; for a number, write `plus 20 percent`")
            }
            Tag::Paragraph | Tag::Item => self.open = Some(OpenBlock::new(span.start)),
            Tag::List(Some(_)) if !self.is_in_list => {
                self.reject(span, "a numbered list, or a number that begins a line: it would not be shown", "write items as `- text`; for a number in a sentence put other words before it, or write `1994\\.`")
            }
            Tag::List(_) if self.is_in_list => self.reject(span, "a list within a list", "write one flat list, or paragraphs"),
            Tag::List(_) => self.is_in_list = true,
            Tag::Strong | Tag::Emphasis if self.text[..span.start].ends_with(char::is_alphanumeric) => {
                self.reject(span, "asterisks in mid-word: they would not be shown", "write a sign of multiplication as ×, or as `2\\*3`; emphasize whole words")
            }
            Tag::Strong => self.styles.push(Style::Strong),
            Tag::Emphasis => self.styles.push(Style::Emphasis),
            Tag::FootnoteDefinition(_) => {
                self.reject(span, "a footnote is defined here", "put the source in sources.toml and keep only the mark")
            }
            Tag::Link { .. } => self.error(span, "a link in the text", "name an entry in `related`, a source by a mark: [^id]"),
            Tag::Image { .. } => self.reject(span, "an image in the text", "describe what it shows, and cite its source"),
            Tag::Table(_) => self.reject(span, "a table", "write a list: one item per row, each with its sources"),
            Tag::BlockQuote(_) => self.reject(span, "a block quote", "write a paragraph, and short quotes in quotation marks"),
            Tag::CodeBlock(_) => {
                self.reject(span, "a block of code, or a line that begins with four spaces", "write a paragraph that begins at the margin")
            }
            Tag::HtmlBlock => self.reject(span, "HTML in the text", "write it in Markdown, or remove it"),
            _ => self.error(
                span,
                "this Markdown cannot be shown everywhere",
                "use paragraphs, `## headings`, flat lists, *emphasis*, **strong** and marks like [^id] only",
            ),
        }
    }

    fn end(&mut self, tag: TagEnd, span: Range<usize>) {
        match tag {
            TagEnd::Heading(_) => self.close_heading(span),
            TagEnd::Paragraph if self.is_in_list => {}
            TagEnd::Paragraph | TagEnd::Item => self.close_block(span.end),
            TagEnd::List(_) => self.is_in_list = false,
            TagEnd::Strong | TagEnd::Emphasis => drop(self.styles.pop()),
            _ => {}
        }
    }

    fn push(&mut self, words: &str) {
        let style = self.styles.last().copied().unwrap_or_default();
        if let Some(open) = &mut self.open {
            open.push(words, style);
        }
    }

    fn cite(&mut self, mark: &str, span: Range<usize>) {
        let Some(open) = &mut self.open else { return };
        let found = match self.unresolved_count < UNRESOLVED_MAX {
            true => self.footnotes.resolve(mark, span.clone(), self.reporter),
            false => None,
        };
        self.unresolved_count += usize::from(found.is_none() && self.footnotes.is_complete);
        match found {
            Some(citation) => open.push_citation(citation, span),
            None => open.layers.push((None, span)),
        }
    }

    /// Reports an error at the first line of a span.
    fn error(&mut self, span: Range<usize>, message: impl Into<String>, help: impl Into<String>) {
        let span = first_line(self.text, trimmed(self.text, span));
        self.reporter.error(span, message, help);
    }

    /// Reports an element and skips its content.
    fn reject(&mut self, span: Range<usize>, message: &str, help: &str) {
        self.skip_until = span.end;
        if let Some(open) = &mut self.open {
            open.is_rejected = true;
        }
        self.error(span, message, help);
    }
}

#[cfg(test)]
mod tests {
    use super::super::diagnostic::Diagnostics;
    use super::*;
    use crate::content::{Citation, Inline, Layer, Section, Slug, Source};

    /// Parses the body of a term. Returns the spans and messages of its errors.
    fn parse_term(body: &str) -> (Vec<View>, Vec<(String, String)>) {
        parse_as(body, true)
    }

    fn parse_as(body: &str, may_explain: bool) -> (Vec<View>, Vec<(String, String)>) {
        let text = format!("+++\n+++\n{body}");
        let id = |id: &str| Slug::parse(id).expect("an id");
        let sections = [Section { id: id("terms-1"), title: "One".to_owned(), paragraphs: 4 }];
        let source = |name: &str| Source {
            id: id(name),
            publisher: String::new(),
            title: String::new(),
            date: None,
            via: None,
            url: None,
        };
        let sources = [source("record"), source("other")];
        let footnotes = FootnoteIndex::new(&sections, &sources, true);
        let mut diagnostics = Diagnostics::default();
        let mut reporter = Reporter { path: "x", diagnostics: &mut diagnostics };
        let views = parse(&text, 8, may_explain, &footnotes, &mut reporter);
        diagnostics.report_unresolved();
        let reported = diagnostics.sorted().into_iter().map(|diagnostic| {
            (text[diagnostic.span.expect("a span")].to_owned(), diagnostic.message)
        });
        (views, reported.collect())
    }

    /// Checks the errors of a body: none, or one at a span.
    fn check(body: &str, expected: Option<(&str, &str)>) {
        let (_, reported) = parse_term(body);
        assert_eq!(reported.len(), usize::from(expected.is_some()), "{body:?}: {reported:?}");
        for ((marked, message), (place, part)) in reported.iter().zip(expected) {
            assert!(marked == place && message.contains(part), "{body:?}: {message} at {marked:?}");
        }
    }

    #[test]
    fn supported_markdown_is_parsed() {
        for body in [
            "A claim. [^terms-1.4]\n",
            "A fact.[^record][^other]\n",
            "A *fact* with **weight**\nover two lines. [^record]\n",
            "- One. [^record]\n- Two. [^terms-1.1]\n",
            "1994\\. The year. [^record]\n",
            "In 1994. And so on. [^record]\n",
            "A claim — with a dash – of two kinds. [^record]\n",
            "(1) is the first point of the plan. [^record]\n",
            "**Bold words** begin it. [^record]\n",
            "**All of it is bold.** [^record]\n",
            "o One letter begins a line. [^record]\n",
            "- One. [^record]\n\n- Two. [^record]\n",
            "A fact. [^record]\n\n## Kyiv's answer\n\nA claim. [^terms-1.1]\n",
            "## Only this\n\nA fact [sic]. [^record]\n",
            "It is 2\\*3\\*4 or 2 * 3 * 4, and (*5*) *un*seen. [^record]\n",
            "Trailing spaces.  [^record]   \n\n\n\n",
        ] {
            check(body, None);
        }
    }

    #[test]
    fn an_error_is_reported_once_at_its_span() {
        for (body, marked, message) in [
            ("\n", "+++", "the entry has no text"),
            ("No source.\n", "No source.", "a paragraph without a source"),
            (
                "No source\non two lines.\n",
                "No source\non two lines.",
                "a paragraph without a source",
            ),
            ("A fact. [^recrod]\n", "[^recrod]", "is called `recrod`"),
            ("A claim. [^terms-1.5]\n", "[^terms-1.5]", "paragraphs 1 to 4"),
            ("A claim. [^terms-1]\n", "[^terms-1]", "is a section"),
            ("A fact. [record]\n", "[record]", "looks like a mark"),
            ("A fact. [^record\n", "[^record", "looks like a mark"),
            ("A fact. [^record] [^other\n", "[^other", "looks like a mark"),
            ("[^record]\n", "[^record]", "a mark without words"),
            ("Both. [^record] [^terms-1.1]\n", "[^terms-1.1]", "share a paragraph"),
            ("-One. [^record]\n-Two. [^record]\n", "-One. [^record]", "looks like a list"),
            ("*One. [^record]\n*Two. [^record]\n", "*One. [^record]", "looks like a list"),
            ("→ One. [^record]\n", "→ One. [^record]", "looks like a list"),
            ("① One. [^record]\n", "① One. [^record]", "looks like a list"),
            ("1.One. [^record]\n2.Two. [^record]\n", "1.One. [^record]", "looks like a list"),
            ("a. One. [^record]\nb. Two. [^record]\n", "a. One. [^record]", "looks like a list"),
            ("i. One. [^record]\nii. Two. [^record]\n", "i. One. [^record]", "looks like a list"),
            ("+ 20 percent of land. [^record]\n", "+ 20 percent of land. [^record]", "a plus"),
            ("A **bold fact. [^record]\n", "**", "make nothing bold"),
            ("It is 2*3*4. [^record]\n", "*3*", "would not be shown"),
            ("It is 2**3**4. [^record]\n", "**3**", "would not be shown"),
            ("It is 2*3 and 4*5. [^record]\n", "*3 and 4*", "would not be shown"),
            ("It is a*b*c. [^record]\n", "*b*", "would not be shown"),
            ("It is три*чотири*. [^record]\n", "*чотири*", "would not be shown"),
            ("##Close\n\nA fact. [^record]\n", "##Close", "looks like a heading"),
            ("＃＃ Wide\n\nA fact. [^record]\n", "＃＃ Wide", "looks like a heading"),
            ("＃Wide\n\nA fact. [^record]\n", "＃Wide", "looks like a heading"),
            ("**Bold**\n\nA fact. [^record]\n", "**Bold**", "looks like a heading"),
            ("**Bold**:\n\nA fact. [^record]\n", "**Bold**:", "looks like a heading"),
            ("__Bold__\n\nA fact. [^record]\n", "__Bold__", "looks like a heading"),
            ("o One. [^record]\no Two. [^record]\n", "o One. [^record]", "looks like a list"),
            ("x One. [^record]\nx Two. [^record]\n", "x One. [^record]", "looks like a list"),
            ("= One. [^record]\n= Two. [^record]\n", "= One. [^record]", "looks like a list"),
            ("\\- One. [^record]\n\\- Two. [^record]\n", "\\- One. [^record]", "looks like a list"),
            ("\\* One. [^record]\n\\* Two. [^record]\n", "\\* One. [^record]", "looks like a list"),
            (
                "1\\. One. [^record]\n2\\. Two. [^record]\n",
                "1\\. One. [^record]",
                "looks like a list",
            ),
            ("A fact. [ˆrecord]\n", "[ˆrecord]", "looks like a mark"),
            ("A fact. [＾record]\n", "[＾record]", "looks like a mark"),
            ("A fact. ［^record］\n", "［^record］", "looks like a mark"),
            ("A fact. [^record] [ˆother]\n", "[ˆother]", "looks like a mark"),
            ("A fact. [⌃record]\n", "[⌃record]", "looks like a mark"),
            ("A fact. [^record]\n+++\n", "+++", "another `+++` line"),
            ("A fact at https://a.org/b. [^record]\n", "https://a.org/b.", "a web address"),
            ("> A quote.\n>\n> And more.\n", "> A quote.", "a block quote"),
            ("<div>\n<p>One</p>\n</div>\n", "<div>", "HTML"),
            ("```\none\n\ntwo\n```\n", "```", "a block of code"),
            ("|a|b|\n|-|-|\n|c|d|\n", "|a|b|", "a table"),
            ("- One. [^record]\n  - Two.\n  - Three.\n", "- Two.", "a list within a list"),
            ("- One. [^record]\n\n  More.\n", "More.", "a second paragraph in one item"),
            ("[^record]: Defined.\n", "[^record]: Defined.", "a footnote is defined"),
            ("## Empty\n", "## Empty", "a heading with nothing below it"),
            ("A fact. [^record]\n\n## ***\n", "## ***", "a heading without words"),
        ] {
            check(body, Some((marked, message)));
        }
    }

    #[test]
    fn editors_text_has_no_citations_and_occurs_only_in_terms() {
        let (views, reported) = parse_term(
            "## In this dossier\n\nA word.\n\n- An item.\n\n## Public record\n\nA fact. [^record]\n",
        );
        assert!(reported.is_empty(), "{reported:?}");
        let layers = |view: &View| view.blocks.iter().map(|block| block.layer).collect::<Vec<_>>();
        assert_eq!(layers(&views[0]), [Layer::Dossier; 2]);
        assert_eq!(layers(&views[1]), [Layer::Record]);
        check(
            "## In this dossier\n\nA word. [^record]\n",
            Some(("[^record]", "the dossier's own words, which cite nothing")),
        );
        check(
            "## In this dossier\n\nA word. [^terms-1.1]\n",
            Some(("[^terms-1.1]", "the dossier's own words, which cite nothing")),
        );
        check(
            "## In this dossier\n\nA word.\n\n## More\n\nA claim.\n",
            Some(("A claim.", "a paragraph without a source")),
        );
        check("## In this dossier\n", Some(("## In this dossier", "nothing below it")));
        let (_, reported) = parse_as("## In this dossier\n\nA word. [^record]\n", false);
        assert_eq!(reported.len(), 1);
        assert!(reported[0].1.contains("outside of a term"), "{reported:?}");
    }

    #[test]
    fn marks_are_numbered_by_first_use_in_a_view() {
        let (views, reported) = parse_term(
            "One. [^other] Two. [^record]\n\nThree. [^record]\n\n## More\n\nFour. [^record]\n",
        );
        assert!(reported.is_empty(), "{reported:?}");
        let marks = |view: &View| -> Vec<usize> {
            let parts = view.blocks.iter().flat_map(|block| &block.text);
            parts
                .filter_map(
                    |part| {
                        if let Inline::Mark(number) = part { Some(*number) } else { None }
                    },
                )
                .collect()
        };
        assert_eq!(marks(&views[0]), [1, 2, 2]);
        assert_eq!(views[0].citations, [Citation::Source(1), Citation::Source(0)]);
        assert_eq!((views[1].slug.as_str(), marks(&views[1])), ("more", vec![1]));
        assert_eq!(views[0].blocks[0].layer, Layer::Record);
        assert_eq!(views[0].blocks[0].plain(), "One. Two.");
    }
}
