//! Views: what stands before the first heading, and below each.

use std::ops::Range;

use super::super::text::line_at;
use super::super::{Slug, View};
use super::Body;

/// The most views of an entry: a [select menu](https://docs.discord.com/developers/components/reference#string-select) takes 25 options.
pub const VIEWS_MAX: usize = 25;

/// The most characters of a heading, which is also an option of that menu.
pub const HEADING_CHARS_MAX: usize = 60;

/// The slug of the view that stands before the first heading.
pub const OVERVIEW: &str = "overview";

/// The slug of the view in which a term is explained in the dossier's own words.
const OWN_WORDS: &str = "in-this-dossier";

impl Body<'_> {
    /// Whether what is being read stands in the dossier's own words.
    pub(super) fn is_own_words(&self) -> bool {
        self.reader.may_explain
            && self.views.last().is_some_and(|view| view.slug.as_str() == OWN_WORDS)
    }

    /// Ends a heading: a view begins.
    pub(super) fn close_heading(&mut self, range: Range<usize>) {
        let Some(open) = self.open.take() else { return };
        let title = open.plain();
        let slug = Slug::of(&title);
        if slug.as_str().is_empty() {
            self.tell(
                range.clone(),
                "a heading without words in Latin letters",
                "name the view, such as `## Public record`",
            );
        } else {
            self.check_heading(&title, &slug, !open.layers.is_empty(), &range);
        }
        self.views.push(View {
            slug,
            title,
            blocks: Vec::new(),
            citations: Vec::new(),
            span: range,
        });
    }

    fn check_heading(&mut self, title: &str, slug: &Slug, has_marks: bool, range: &Range<usize>) {
        if has_marks {
            let remedy = "move the mark to the paragraph that it supports; a line of --- below a paragraph makes a heading of it";
            self.tell(range.clone(), "a mark in a heading", remedy);
        }
        if title.chars().count() > HEADING_CHARS_MAX {
            self.tell(
                range.clone(),
                format!("a heading of more than {HEADING_CHARS_MAX} characters"),
                "shorten it: it has to fit a menu",
            );
        } else if title.contains("[^") || title.contains('^') {
            self.tell(
                range.clone(),
                "half a mark in a heading",
                "remove it; marks stand in paragraphs",
            );
        }
        if slug.as_str() == OWN_WORDS && !self.reader.may_explain {
            let remedy =
                "name who says it, and cite that: only a term has words of the dossier's own";
            self.tell(range.clone(), "the dossier's own words outside of a term", remedy);
        }
        if slug.as_str() == OVERVIEW {
            let remedy = "give it other words, or put its paragraphs before the first heading";
            self.tell(range.clone(), "`overview` is what stands before the first heading", remedy);
        } else if self.views.iter().any(|view| view.slug == *slug) {
            let remedy = "give each heading words of its own";
            self.tell(range.clone(), format!("two views are called `{slug}`"), remedy);
        }
    }

    /// The view that a block at `span` belongs to.
    pub(super) fn current_view(&mut self, span: Range<usize>) -> &mut View {
        if self.views.is_empty() {
            self.views.push(View {
                slug: Slug::of(OVERVIEW),
                title: String::new(),
                blocks: Vec::new(),
                citations: Vec::new(),
                span,
            });
        }
        let last = self.views.len() - 1;
        &mut self.views[last]
    }

    /// Tells views without text, and too many of them. The body begins at byte `start`.
    pub(super) fn check_views(&mut self, start: usize) {
        if self.views.is_empty() && !self.is_told(start..self.text.len()) {
            let remedy = "write at least one paragraph with its source below the second `+++`";
            self.tell(line_at(self.text, start.saturating_sub(1)), "the entry has no text", remedy);
        }
        let ends: Vec<usize> = self
            .views
            .iter()
            .skip(1)
            .map(|view| view.span.start)
            .chain([self.text.len()])
            .collect();
        let empty: Vec<Range<usize>> = self
            .views
            .iter()
            .zip(ends)
            .filter(|(view, _)| view.blocks.is_empty())
            .map(|(view, end)| view.span.start..end)
            .collect();
        for view in empty {
            if !self.is_told(view.clone()) {
                self.tell(
                    view,
                    "a heading with nothing below it",
                    "write a paragraph, or remove the heading",
                );
            }
        }
        if let Some(view) = self.views.get(VIEWS_MAX) {
            self.tell(
                view.span.clone(),
                format!("more than {VIEWS_MAX} views"),
                "join some: a menu holds no more",
            );
        }
    }

    /// Whether something was told within `span`.
    fn is_told(&self, span: Range<usize>) -> bool {
        self.reader.problems.touches(self.reader.path, span)
    }
}
