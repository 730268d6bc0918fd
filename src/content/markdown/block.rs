//! Paragraphs and items of lists: each says something, and cites who says it.

use std::ops::Range;

use super::super::text::trimmed;
use super::super::{Block, Citation, Inline, Layer, Style, View};
use super::{Body, typos};

/// The most characters of one paragraph. A page of a card is made of whole paragraphs, and a longer one is hard to read on a phone.
pub const PARAGRAPH_CHARS_MAX: usize = 1_200;

/// The most marks of one paragraph. Each is a line of sources below the card; more of them than words help nobody.
const MARKS_MAX: usize = 12;

/// The paragraph, item or heading that is being read.
pub(super) struct Open {
    pub start: usize,
    pub text: Vec<Inline>,
    /// Who is cited, as far as that is known, and where.
    pub layers: Vec<(Option<Layer>, Range<usize>)>,
    /// What its marks cite, by their numbers within it.
    citations: Vec<Citation>,
    /// Whether something in it was left out, which has been told.
    pub is_refused: bool,
}

impl Body<'_> {
    /// Ends the paragraph or item at byte `end`.
    pub(super) fn close_block(&mut self, end: usize) {
        let Some(open) = self.open.take() else { return };
        let span = trimmed(self.text, open.start..end);
        let told = self.reader.problems.len();
        let plain = open.plain();
        let typos = typos::find(&self.text[span.clone()], &plain, self.reader.marks);
        for slip in typos {
            self.tell(
                span.start + slip.at.start..span.start + slip.at.end,
                slip.problem,
                slip.remedy,
            );
        }
        let is_told = self.reader.problems.len() > told || open.is_refused;
        let own_words = self.is_own_words();
        self.check_block(&open, plain.chars().count(), span.clone(), is_told || own_words);
        if own_words {
            self.check_own_words(&open, &plain, span.clone(), is_told);
        }
        if !open.layers.is_empty() || own_words {
            let cited = open.layers.iter().find_map(|(layer, _)| *layer).unwrap_or(Layer::Record);
            let layer = if own_words { Layer::Dossier } else { cited };
            let item = self.is_in_list;
            let view = self.current_view(span);
            let text =
                open.text.into_iter().map(|part| numbered(part, &open.citations, view)).collect();
            view.blocks.push(Block { item, layer, text, is_indexed: true });
        }
    }

    fn check_block(&mut self, open: &Open, length: usize, span: Range<usize>, is_told: bool) {
        if length > PARAGRAPH_CHARS_MAX {
            let problem = format!(
                "this paragraph has {length} characters, a card holds {PARAGRAPH_CHARS_MAX}"
            );
            self.tell_all(span.clone(), problem, "split it into paragraphs, each with its sources");
        }
        if let Some((_, mark)) = open.layers.get(MARKS_MAX) {
            self.tell(
                mark.clone(),
                format!("more than {MARKS_MAX} marks in one paragraph"),
                "keep the best sources, or split the paragraph",
            );
        }
        match open.layers.first() {
            None if is_told => {}
            None if length == 0 => {
                self.tell(span, "an item without words", "write it, or remove it")
            }
            None => {
                let remedy = "end it with a mark: [^background.1] for a paragraph of the article, [^id] for a record of sources.toml";
                self.tell_all(span, "a paragraph without a source", remedy);
            }
            Some(_) if length == 0 && !is_told => {
                self.tell_all(
                    span,
                    "a mark without words",
                    "put the mark at the end of the paragraph that it supports",
                );
            }
            Some(_) => self.check_layers(open),
        }
    }

    /// The editors' own words cite nobody: what is cited belongs to another layer.
    fn check_own_words(&mut self, open: &Open, plain: &str, span: Range<usize>, is_told: bool) {
        if let Some((_, mark)) = open.layers.first() {
            let remedy = "remove the mark, or move the paragraph below another heading";
            let problem = "a mark in the dossier's own words, which cite nothing";
            self.tell(mark.clone(), problem, remedy);
        } else if plain.is_empty() && !is_told {
            self.tell(span, "an item without words", "write it, or remove it");
        }
    }

    fn check_layers(&mut self, open: &Open) {
        let mut known = open.layers.iter().filter_map(|(layer, range)| Some(((*layer)?, range)));
        let Some((first, _)) = known.next() else {
            return;
        };
        if let Some((_, range)) = known.find(|(layer, _)| *layer != first) {
            let remedy = "give each a paragraph of its own, so that a reader sees who says what";
            self.tell(range.clone(), "the article and the public record share a paragraph", remedy);
        }
    }
}

impl Open {
    pub(super) fn at(start: usize) -> Self {
        Self {
            start,
            text: Vec::new(),
            layers: Vec::new(),
            citations: Vec::new(),
            is_refused: false,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty() && self.layers.is_empty()
    }

    pub(super) fn push(&mut self, words: &str, style: Style) {
        match self.text.last_mut() {
            Some(Inline::Text(text, same)) if *same == style => text.push_str(words),
            _ => self.text.push(Inline::Text(words.to_owned(), style)),
        }
    }

    /// Adds a mark, close to what it supports.
    pub(super) fn mark(&mut self, citation: Citation, range: Range<usize>) {
        if let Some(Inline::Text(text, _)) = self.text.last_mut() {
            text.truncate(text.trim_end().len());
            if text.is_empty() {
                self.text.pop();
            }
        }
        self.layers.push((Some(citation.layer()), range));
        self.citations.push(citation);
        self.text.push(Inline::Mark(self.citations.len()));
    }

    /// Notes a mark that cannot be followed.
    pub(super) fn cites_unknown(&mut self, layer: Option<Layer>, range: Range<usize>) {
        self.layers.push((layer, range));
    }

    pub(super) fn plain(&self) -> String {
        let words = self.text.iter().filter_map(|part| match part {
            Inline::Text(text, _) => Some(text.as_str()),
            Inline::Mark(_) => None,
        });
        words.collect::<String>().trim().to_owned()
    }
}

/// A part of a paragraph with its mark numbered as in the view: in the order of first use there.
fn numbered(part: Inline, cited: &[Citation], view: &mut View) -> Inline {
    match part {
        Inline::Mark(within) => Inline::Mark(view.mark(cited[within - 1])),
        text => text,
    }
}
