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
        self.check_block(&open, plain.chars().count(), span.clone(), is_reported || own_words);
        if own_words {
            self.check_own_words(&open, &plain, span.clone(), is_reported);
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

    fn check_block(
        &mut self,
        open: &OpenBlock,
        length: usize,
        span: Range<usize>,
        is_reported: bool,
    ) {
        if length > PARAGRAPH_CHARS_MAX {
            let message = format!(
                "this paragraph has {length} characters, a card holds {PARAGRAPH_CHARS_MAX}"
            );
            self.reporter.error(
                span.clone(),
                message,
                "split it into paragraphs, each with its sources",
            );
        }
        if let Some((_, mark)) = open.layers.get(MARKS_MAX) {
            self.error(
                mark.clone(),
                format!("more than {MARKS_MAX} marks in one paragraph"),
                "keep the best sources, or split the paragraph",
            );
        }
        match open.layers.first() {
            None if is_reported => {}
            None if length == 0 => {
                self.error(span, "an item without words", "write it, or remove it")
            }
            None => {
                let help = "end it with a mark: [^background.1] for a paragraph of the article, [^id] for a record of sources.toml";
                self.reporter.error(span, "a paragraph without a source", help);
            }
            Some(_) if length == 0 && !is_reported => {
                self.reporter.error(
                    span,
                    "a mark without words",
                    "put the mark at the end of the paragraph that it supports",
                );
            }
            Some(_) => self.check_layers(open),
        }
    }

    /// Editors' text has no citations: a cited statement belongs to another layer.
    fn check_own_words(
        &mut self,
        open: &OpenBlock,
        plain: &str,
        span: Range<usize>,
        is_reported: bool,
    ) {
        if let Some((_, mark)) = open.layers.first() {
            let help = "remove the mark, or move the paragraph below another heading";
            let message = "a mark in the dossier's own words, which cite nothing";
            self.error(mark.clone(), message, help);
        } else if plain.is_empty() && !is_reported {
            self.error(span, "an item without words", "write it, or remove it");
        }
    }

    fn check_layers(&mut self, open: &OpenBlock) {
        let mut known = open.layers.iter().filter_map(|(layer, range)| Some(((*layer)?, range)));
        let Some((first, _)) = known.next() else {
            return;
        };
        if let Some((_, range)) = known.find(|(layer, _)| *layer != first) {
            let help = "give each a paragraph of its own, so that a reader sees who says what";
            self.error(range.clone(), "the article and the public record share a paragraph", help);
        }
    }
}

impl OpenBlock {
    pub(super) fn new(start: usize) -> Self {
        Self {
            start,
            text: Vec::new(),
            layers: Vec::new(),
            citations: Vec::new(),
            is_rejected: false,
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

    pub(super) fn push_unresolved(&mut self, layer: Option<Layer>, range: Range<usize>) {
        self.layers.push((layer, range));
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
