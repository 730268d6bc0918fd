//! The body of an entry: Markdown in, views of cited paragraphs out.
//!
//! Only what every surface can show is allowed: `##` headings, paragraphs, flat lists, emphasis and footnote marks.

mod block;
mod typos;
mod views;

use std::ops::Range;

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::citations::{Cited, Marks};
use super::dangling::Strays;
use super::diagnostic::{Diagnostic, Problems};
use super::text::{first_line, trimmed};
use super::{Style, View};
use block::Open;
pub use block::PARAGRAPH_CHARS_MAX;
pub use views::{HEADING_CHARS_MAX, OVERVIEW, VIEWS_MAX};

/// What is read, even where it is refused: what the parser does not know it would show as it stands.
const OPTIONS: Options = Options::ENABLE_OLD_FOOTNOTES
    .union(Options::ENABLE_TABLES)
    .union(Options::ENABLE_STRIKETHROUGH)
    .union(Options::ENABLE_TASKLISTS);

/// The most marks of a body that cite nothing and are looked up among all that there are. More of them are one mistake.
const UNKNOWN_MARKS_MAX: usize = 50;

/// What a body is read against, and where its problems are told.
pub(super) struct Reader<'a> {
    pub path: &'a str,
    pub marks: &'a Marks<'a>,
    pub strays: &'a mut Strays,
    pub problems: &'a mut Problems,
    /// Whether the entry may explain itself in the dossier's own words.
    pub may_explain: bool,
}

/// How far a body has been read.
struct Body<'a> {
    reader: Reader<'a>,
    text: &'a str,
    views: Vec<View>,
    open: Option<Open>,
    styles: Vec<Style>,
    is_in_list: bool,
    /// How many marks cite nothing.
    unknown_marks: usize,
    /// What was refused ends here: nothing within it is told again.
    skipped_to: usize,
}

impl<'a> Reader<'a> {
    /// Reads the body that begins at byte `start` of the file's text.
    pub(super) fn read(self, text: &'a str, start: usize) -> Vec<View> {
        let mut body = Body {
            reader: self,
            text,
            views: Vec::new(),
            open: None,
            styles: Vec::new(),
            is_in_list: false,
            unknown_marks: 0,
            skipped_to: start,
        };
        let parser = Parser::new_ext(&text[start..], OPTIONS);
        for (_, definition) in parser.reference_definitions().iter() {
            let span = definition.span.start + start..definition.span.end + start;
            body.tell(
                span,
                "a link is defined here, and shown nowhere",
                "put the source in sources.toml and cite it by its mark",
            );
        }
        for (event, range) in parser.into_offset_iter() {
            let range = range.start + start..range.end + start;
            if range.start >= body.skipped_to {
                body.read(event, range);
            }
        }
        body.check_views(start);
        body.views
    }
}

impl Body<'_> {
    fn read(&mut self, event: Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(&tag, range),
            Event::End(tag) => self.end(tag, range),
            Event::Text(words) => self.push(&words),
            Event::SoftBreak | Event::HardBreak => self.push(" "),
            Event::FootnoteReference(mark) => self.cite(&mark, range),
            Event::Rule => self.tell(
                range,
                "a line across the text",
                "remove it, or begin a view with `## Heading`",
            ),
            Event::Code(_) => {
                self.tell(range, "code in the text", "write it in plain words or in quotes")
            }
            Event::Html(_) | Event::InlineHtml(_) => {
                self.refuse(range, "HTML in the text", "write it in Markdown, or remove it")
            }
            Event::TaskListMarker(_) => {
                self.tell(range, "a box to tick", "write a plain item: `- text`")
            }
            Event::InlineMath(_) | Event::DisplayMath(_) => {
                self.tell(range, "a formula in the text", "write it in words")
            }
        }
    }

    fn start(&mut self, tag: &Tag<'_>, range: Range<usize>) {
        match tag {
            Tag::Heading { level: HeadingLevel::H2, .. } if !self.is_in_list => self.open = Some(Open::at(range.start)),
            Tag::Heading { .. } => {
                self.refuse(range, "a heading of another level, or within a list", "write it as `## Heading`: each is a view of the entry")
            }
            Tag::Paragraph if self.is_in_list => self.start_paragraph_of_item(range),
            Tag::Paragraph | Tag::Item => self.open = Some(Open::at(range.start)),
            Tag::List(Some(_)) if !self.is_in_list => {
                self.refuse(range, "a numbered list, or a number that begins a line: it would not be shown", "write items as `- text`; for a number in a sentence put other words before it, or write `1994\\.`")
            }
            Tag::List(_) if self.is_in_list => self.refuse(range, "a list within a list", "write one flat list, or paragraphs"),
            Tag::List(_) => self.is_in_list = true,
            Tag::Strong => self.styles.push(Style::Strong),
            Tag::Emphasis => self.styles.push(Style::Emphasis),
            Tag::FootnoteDefinition(_) => {
                self.refuse(range, "a footnote is defined here", "put the source in sources.toml and keep only the mark")
            }
            Tag::Link { .. } => self.tell(range, "a link in the text", "name an entry in `related`, a source by a mark: [^id]"),
            Tag::Image { .. } => self.refuse(range, "an image in the text", "describe what it shows, and cite its source"),
            Tag::Table(_) => self.refuse(range, "a table", "write a list: one item per row, each with its sources"),
            Tag::BlockQuote(_) => self.refuse(range, "a block quote", "write a paragraph, and short quotes in quotation marks"),
            Tag::CodeBlock(_) => {
                self.refuse(range, "a block of code, or a line that begins with four spaces", "write a paragraph that begins at the margin")
            }
            Tag::HtmlBlock => self.refuse(range, "HTML in the text", "write it in Markdown, or remove it"),
            _ => self.tell(
                range,
                "this Markdown cannot be shown everywhere",
                "use paragraphs, `## headings`, flat lists, *emphasis*, **strong** and marks like [^id] only",
            ),
        }
    }

    fn end(&mut self, tag: TagEnd, range: Range<usize>) {
        match tag {
            TagEnd::Heading(_) => self.close_heading(range),
            TagEnd::Paragraph if self.is_in_list => {}
            TagEnd::Paragraph | TagEnd::Item => self.close_block(range.end),
            TagEnd::List(_) => self.is_in_list = false,
            TagEnd::Strong | TagEnd::Emphasis => drop(self.styles.pop()),
            _ => {}
        }
    }

    fn start_paragraph_of_item(&mut self, range: Range<usize>) {
        if self.open.as_ref().is_some_and(|open| !open.is_empty()) {
            self.refuse(
                range,
                "a second paragraph in one item of a list",
                "make it an item of its own: `- text`",
            );
        }
    }

    fn push(&mut self, words: &str) {
        let style = self.styles.last().copied().unwrap_or_default();
        if let Some(open) = &mut self.open {
            open.push(words, style);
        }
    }

    fn cite(&mut self, mark: &str, range: Range<usize>) {
        let Some(open) = &mut self.open else { return };
        if self.unknown_marks >= UNKNOWN_MARKS_MAX {
            return open.cites_unknown(None, range);
        }
        match self.reader.marks.cited(mark) {
            Cited::Known(citation) => open.mark(citation, range),
            Cited::Unsure(layer) => open.cites_unknown(Some(layer), range),
            Cited::Nothing { stray, problem, remedy } => {
                self.unknown_marks += 1;
                self.reader.strays.add(
                    stray,
                    Diagnostic::new(self.reader.path, Some(range.clone()), problem, remedy),
                );
                // The paragraph meant to cite something: that it does not is told once.
                open.cites_unknown(None, range);
            }
        }
    }

    fn tell(&mut self, span: Range<usize>, problem: impl Into<String>, remedy: impl Into<String>) {
        let span = first_line(self.text, trimmed(self.text, span));
        self.tell_all(span, problem, remedy);
    }

    /// Tells a problem of more than one line.
    fn tell_all(
        &mut self,
        span: Range<usize>,
        problem: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.reader.problems.at(self.reader.path, span, problem, remedy);
    }

    /// Tells a problem of something that is then left out with all that it holds.
    fn refuse(&mut self, span: Range<usize>, problem: &str, remedy: &str) {
        self.skipped_to = span.end;
        if let Some(open) = &mut self.open {
            open.is_refused = true;
        }
        self.tell(span, problem, remedy);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::{Citation, Inline, Layer, Section, Slug, Source};

    /// Reads a body; with each problem as the text that it marks and what is wrong.
    fn read(body: &str) -> (Vec<View>, Vec<(String, String)>) {
        read_as(body, true)
    }

    fn read_as(body: &str, may_explain: bool) -> (Vec<View>, Vec<(String, String)>) {
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
            seen: None,
        };
        let sources = [source("record"), source("other")];
        let marks = Marks::new(&sections, sources.iter(), std::collections::BTreeSet::new());
        let (mut strays, mut problems) = (Strays::default(), Problems::default());
        let views = Reader {
            path: "x",
            marks: &marks,
            strays: &mut strays,
            problems: &mut problems,
            may_explain,
        }
        .read(&text, 8);
        strays.tell(&mut problems);
        let told = problems
            .sorted()
            .into_iter()
            .map(|told| (text[told.span.expect("a place")].to_owned(), told.problem));
        (views, told.collect())
    }

    /// Checks what is told of a body: nothing, or one problem at a place.
    fn check(body: &str, expected: Option<(&str, &str)>) {
        let (_, told) = read(body);
        assert_eq!(told.len(), usize::from(expected.is_some()), "{body:?}: {told:?}");
        for ((marked, problem), (place, part)) in told.iter().zip(expected) {
            assert!(marked == place && problem.contains(part), "{body:?}: {problem} at {marked:?}");
        }
    }

    #[test]
    fn what_every_surface_can_show_is_read() {
        for body in [
            "A claim. [^terms-1.4]\n",
            "A fact.[^record][^other]\n",
            "A *fact* with **weight**\nover two lines. [^record]\n",
            "- One. [^record]\n- Two. [^terms-1.1]\n",
            "1994\\. The year. [^record]\n",
            "In 1994. And so on. [^record]\n",
            "A claim — with a dash – of two kinds. [^record]\n",
            "(1) is the first point of the plan. [^record]\n",
            "- One. [^record]\n\n- Two. [^record]\n",
            "A fact. [^record]\n\n## Kyiv's answer\n\nA claim. [^terms-1.1]\n",
            "## Only this\n\nA fact [sic]. [^record]\n",
            "Trailing spaces.  [^record]   \n\n\n\n",
        ] {
            check(body, None);
        }
    }

    #[test]
    fn what_is_wrong_is_told_once_and_in_its_place() {
        for (body, marked, problem) in [
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
            ("##Close\n\nA fact. [^record]\n", "##Close", "looks like a heading"),
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
            check(body, Some((marked, problem)));
        }
    }

    #[test]
    fn the_dossiers_own_words_cite_nothing_and_stand_in_terms_alone() {
        let (views, told) = read(
            "## In this dossier\n\nA word.\n\n- An item.\n\n## Public record\n\nA fact. [^record]\n",
        );
        assert!(told.is_empty(), "{told:?}");
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
        let (_, told) = read_as("## In this dossier\n\nA word. [^record]\n", false);
        assert_eq!(told.len(), 1);
        assert!(told[0].1.contains("outside of a term"), "{told:?}");
    }

    #[test]
    fn marks_are_numbered_by_first_use_in_a_view() {
        let (views, told) = read(
            "One. [^other] Two. [^record]\n\nThree. [^record]\n\n## More\n\nFour. [^record]\n",
        );
        assert!(told.is_empty(), "{told:?}");
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
