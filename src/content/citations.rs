//! Resolves footnote marks: `terms-1.3` is a paragraph of the article, `unga-es-11-4` a source.

use std::collections::BTreeMap;
use std::ops::Range;

use super::diagnostic::Reporter;
use super::{Citation, Section, Source};
use crate::text::nearest;

/// The valid targets of footnotes.
#[derive(Debug, Default)]
pub(super) struct FootnoteIndex<'a> {
    /// The index and paragraph count of each section.
    sections: BTreeMap<&'a str, (usize, u8)>,
    sources: BTreeMap<&'a str, usize>,
    /// Whether all sections and sources are known. If not, any mark may be valid.
    pub(super) is_complete: bool,
}

impl<'a> FootnoteIndex<'a> {
    pub(super) fn new(sections: &'a [Section], sources: &'a [Source], is_complete: bool) -> Self {
        let sections = sections.iter().enumerate();
        let sections = sections.map(|(at, one)| (one.id.as_str(), (at, one.paragraphs)));
        let sources = sources.iter().enumerate().map(|(index, one)| (one.id.as_str(), index));
        Self { sections: sections.collect(), sources: sources.collect(), is_complete }
    }

    pub(super) fn find(&self, mark: &str) -> Option<Citation> {
        if let Some(source) = self.sources.get(mark) {
            return Some(Citation::Source(*source));
        }
        let (section, number) = mark.rsplit_once('.')?;
        let (section, paragraphs) = *self.sections.get(section)?;
        let paragraph = number.parse().ok().filter(|_| !number.starts_with(['0', '+']))?;
        (1..=paragraphs).contains(&paragraph).then_some(Citation::Paragraph { section, paragraph })
    }

    /// Like [`find`](Self::find). A mark without a target is noted as unresolved.
    pub(super) fn resolve(
        &self,
        mark: &str,
        span: Range<usize>,
        reporter: &mut Reporter<'_>,
    ) -> Option<Citation> {
        let found = self.find(mark);
        if found.is_none() && self.is_complete {
            self.report(mark, span, reporter);
        }
        found
    }

    fn report(&self, mark: &str, span: Range<usize>, reporter: &mut Reporter<'_>) {
        let section = mark.rsplit_once('.').map_or(mark, |(section, _)| section);
        let has_paragraph = section.len() < mark.len();
        let (target, message, help) = match self.sections.get(section) {
            Some((_, paragraphs)) if has_paragraph => (
                section,
                format!(
                    "section `{section}` has the paragraphs 1 to {paragraphs}, as article.toml says"
                ),
                format!(
                    "write a mark from [^{section}.1] to [^{section}.{paragraphs}], or correct the count in article.toml"
                ),
            ),
            Some(_) => (
                mark,
                format!("`{mark}` is a section, and a mark names one of its paragraphs"),
                format!("write the paragraph after a point: [^{mark}.1]"),
            ),
            None if self.sources.is_empty() && !has_paragraph => (
                "sources.toml",
                format!("`{mark}` is not in sources.toml, which holds no source"),
                "write each source there as a table: [id], and below it publisher, title and the rest".to_owned(),
            ),
            None => (
                mark,
                format!("no source and no paragraph is called `{mark}`"),
                self.suggestion(mark),
            ),
        };
        reporter.unresolved(format!("[^{target}]"), span, message, help);
    }

    fn suggestion(&self, mark: &str) -> String {
        let sections = self.sections.iter();
        let paragraphs = sections.flat_map(|(id, (_, paragraphs))| {
            (1..=*paragraphs).map(move |number| format!("{id}.{number}"))
        });
        let marks: Vec<String> =
            self.sources.keys().map(|id| (*id).to_owned()).chain(paragraphs).collect();
        match nearest(&mark.to_lowercase(), marks.iter().map(String::as_str)) {
            Some(near) => format!("did you mean `{near}`? If not, add the source to sources.toml"),
            None => "add the source to sources.toml, or name a paragraph of the article, such as `background.1`".to_owned(),
        }
    }
}
