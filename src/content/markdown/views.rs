//! Views: the text before the first heading, and the text below each heading.

use std::ops::Range;

use super::super::source_text::line_at;
use super::super::{Slug, View};
use super::BodyParser;

/// The most views of an entry: a [select
/// menu](https://docs.discord.com/developers/components/reference#string-select) has 25 options.
pub const VIEWS_MAX: usize = 25;

/// The most characters of a heading, which is the label of an option.
pub const HEADING_CHARS_MAX: usize = 60;

/// The slug of the view before the first heading.
pub const OVERVIEW: &str = "overview";

/// The slug of the view in which editors explain a term.
const OWN_WORDS: &str = "in-this-dossier";

impl BodyParser<'_, '_> {
    /// Whether the current view is editors' text.
    pub(super) fn is_own_words(&self) -> bool {
        self.may_explain && self.views.last().is_some_and(|view| view.slug.as_str() == OWN_WORDS)
    }

    pub(super) fn close_heading(&mut self, span: Range<usize>) {
        let Some(open) = self.open.take() else { return };
        let title = open.plain();
        let slug = Slug::from_text(&title);
        if slug.as_str().is_empty() {
            let help = "name the view, such as `## Public record`";
            self.error(span.clone(), "a heading without words in Latin letters", help);
        } else {
            self.check_heading(&title, &slug, !open.layers.is_empty(), &span);
        }
        self.views.push(View { span, ..View::new(slug, title) });
    }

    fn check_heading(&mut self, title: &str, slug: &Slug, has_marks: bool, span: &Range<usize>) {
        if has_marks {
            let help = "move the mark to the paragraph that it supports; a `---` line right below a paragraph turns it into a heading";
            self.error(span.clone(), "a mark in a heading", help);
        }
        if title.chars().count() > HEADING_CHARS_MAX {
            let message = format!("a heading of more than {HEADING_CHARS_MAX} characters");
            self.error(span.clone(), message, "shorten it: it must fit a menu");
        } else if title.contains('^') {
            let help = "remove it; marks stand in paragraphs";
            self.error(span.clone(), "half a mark in a heading", help);
        }
        if slug.as_str() == OWN_WORDS && !self.may_explain {
            let help =
                "name who says it, and cite that: only a term has words of the dossier's own";
            self.error(span.clone(), "the dossier's own words outside of a term", help);
        }
        if slug.as_str() == OVERVIEW {
            let help = "give it other words, or put its paragraphs before the first heading";
            self.error(span.clone(), "`overview` is what stands before the first heading", help);
        } else if self.views.iter().any(|view| view.slug == *slug) {
            let help = "give each heading words of its own";
            self.error(span.clone(), format!("two views are called `{slug}`"), help);
        }
    }

    /// The view that a block at `span` belongs to.
    pub(super) fn current_view(&mut self, span: Range<usize>) -> &mut View {
        if self.views.is_empty() {
            self.views.push(View { span, ..View::new(Slug::from_text(OVERVIEW), String::new()) });
        }
        let last = self.views.len() - 1;
        &mut self.views[last]
    }

    /// Reports views without text, and too many views. The body starts at byte `start`.
    pub(super) fn check_views(&mut self, start: usize) {
        if self.views.is_empty() && !self.reporter.covers(&(start..self.text.len())) {
            let help = "write at least one paragraph with its source below the second `+++`";
            self.error(line_at(self.text, start.saturating_sub(1)), "the entry has no text", help);
        }
        let ends = self.views.iter().skip(1).map(|view| view.span.start).chain([self.text.len()]);
        let views = self.views.iter().zip(ends).filter(|(view, _)| view.blocks.is_empty());
        let empty: Vec<Range<usize>> = views.map(|(view, end)| view.span.start..end).collect();
        for view in empty {
            if !self.reporter.covers(&view) {
                let help = "write a paragraph, or remove the heading";
                self.error(view, "a heading with nothing below it", help);
            }
        }
        if let Some(view) = self.views.get(VIEWS_MAX) {
            let message = format!("more than {VIEWS_MAX} views");
            self.error(view.span.clone(), message, "join some: a menu holds no more");
        }
    }
}
