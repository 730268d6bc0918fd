//! Paragraphs and list items: each makes a statement and cites who says it.

use std::ops::Range;

use super::super::source_text::trimmed;
use super::super::{Block, Citation, Inline, Layer, Style, View, plain_text};
use super::{BodyParser, typos};

/// The most characters of a paragraph. Cards are paged by whole paragraphs, and longer ones are
/// hard to read on a phone.
pub const PARAGRAPH_CHARS_MAX: usize = 1_200;

/// The most marks of a paragraph. Each is a line of sources on the card.
const MARKS_MAX: usize = 12;

#[derive(Default)]
pub(super) struct OpenBlock {
    pub start: usize,
    pub text: Vec<Inline>,
    /// The cited speaker, if known, and the span of the mark.
    pub layers: Vec<(Option<Layer>, Range<usize>)>,
    /// The citations of its marks, by their number in the paragraph.
    citations: Vec<Citation>,
    /// Whether an element in it was rejected.
    pub is_rejected: bool,
}

impl BodyParser<'_, '_> {
    pub(super) fn close_block(&mut self, end: usize) {
        let Some(open) = self.open.take() else { return };
        let span = trimmed(self.text, open.start..end);
        let before = self.reporter.diagnostics.error_count();
        let plain = open.plain();
        let typos = typos::find(&self.text[span.clone()], &plain, self.footnotes);
        for typo in typos {
            let at = span.start + typo.span.start..span.start + typo.span.end;
            self.error(at, typo.message, typo.help);
        }
        let is_reported = self.reporter.diagnostics.error_count() > before || open.is_rejected;
        let own_words = self.is_own_words();
        self.check_length(&open, plain.chars().count(), span.clone());
        let is_empty = plain.is_empty();
        if let Some((at, message, help)) = open.fault(&span, own_words, is_empty, is_reported) {
            self.reporter.error(at, message, help);
        }
        if !open.layers.is_empty() || own_words {
            let cited = open.layers.iter().find_map(|(layer, _)| *layer).unwrap_or(Layer::Record);
            let layer = if own_words { Layer::Dossier } else { cited };
            let item = self.is_in_list;
            let view = self.current_view(span);
            let parts = open.text.into_iter().map(|part| numbered(part, &open.citations, view));
            let mut text: Vec<Inline> = parts.collect();
            text.shrink_to_fit();
            view.blocks.push(Block { is_item: item, layer, text, is_indexed: true });
        }
    }

    fn check_length(&mut self, open: &OpenBlock, length: usize, span: Range<usize>) {
        if length > PARAGRAPH_CHARS_MAX {
            let message = format!(
                "this paragraph has {length} characters, a card holds {PARAGRAPH_CHARS_MAX}"
            );
            let help = "split it into paragraphs, each with its sources";
            self.reporter.error(span, message, help);
        }
        if let Some((_, mark)) = open.layers.get(MARKS_MAX) {
            let message = format!("more than {MARKS_MAX} marks in one paragraph");
            self.error(mark.clone(), message, "keep the best sources, or split the paragraph");
        }
    }
}

impl OpenBlock {
    pub(super) fn new(start: usize) -> Self {
        Self { start, ..Self::default() }
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

    /// Adds a mark, and trims the space before it.
    pub(super) fn push_citation(&mut self, citation: Citation, range: Range<usize>) {
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

    /// What is wrong with the citations of the block at `span`. Editors' own words cite nothing, and
    /// each other statement is of one speaker.
    fn fault(
        &self,
        span: &Range<usize>,
        own_words: bool,
        is_empty: bool,
        is_reported: bool,
    ) -> Option<(Range<usize>, &'static str, &'static str)> {
        let span = span.clone();
        Some(match self.layers.first() {
            Some((_, mark)) if own_words => (
                mark.clone(),
                "a mark in the dossier's own words, which cite nothing",
                "remove the mark, or move the paragraph below another heading",
            ),
            Some(_) if is_empty && !is_reported => (
                span,
                "a mark without words",
                "put the mark at the end of the paragraph that it supports",
            ),
            Some(_) => (
                self.mark_of_second_layer()?,
                "the article and the public record share a paragraph",
                "give each a paragraph of its own, so that a reader sees who says what",
            ),
            None if is_reported => return None,
            None if is_empty => (span, "an item without words", "write it, or remove it"),
            None if own_words => return None,
            None => (
                span,
                "a paragraph without a source",
                "end it with a mark: [^background.1] for a paragraph of the article, [^id] for a record of sources.toml",
            ),
        })
    }

    /// The first mark that cites another speaker than the marks before it.
    fn mark_of_second_layer(&self) -> Option<Range<usize>> {
        let mut known = self.layers.iter().filter_map(|(layer, range)| Some(((*layer)?, range)));
        let (first, _) = known.next()?;
        known.find(|(layer, _)| *layer != first).map(|(_, range)| range.clone())
    }

    pub(super) fn plain(&self) -> String {
        plain_text(&self.text).trim().to_owned()
    }
}

/// Shrinks an inline to its content, and renumbers its mark to the view's numbers, by first use.
fn numbered(part: Inline, cited: &[Citation], view: &mut View) -> Inline {
    match part {
        Inline::Mark(within) => Inline::Mark(view.mark(cited[within - 1])),
        Inline::Text(mut words, style) => {
            words.shrink_to_fit();
            Inline::Text(words, style)
        }
    }
}
