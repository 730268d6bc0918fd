//! Resolves footnote marks: `terms-1.3` is a paragraph of the article, `unga-es-11-4` a source.

use std::collections::{BTreeMap, BTreeSet};

use super::unresolved::Target;
use super::{Citation, Layer, Section, Source};
use crate::text::nearest;

/// The valid targets of footnotes.
#[derive(Debug, Default)]
pub(super) struct FootnoteIndex<'a> {
    /// The index and paragraph count of each section.
    sections: BTreeMap<&'a str, (usize, u8)>,
    sources: BTreeMap<&'a str, usize>,
    /// Sections with an entry that article.toml lacks, which is reported there.
    undeclared_sections: BTreeSet<&'a str>,
    /// Whether article.toml and sources.toml could be parsed. If not, any mark may be valid.
    pub has_all_sections: bool,
    pub has_all_sources: bool,
}

#[derive(Debug)]
pub(super) enum Footnote {
    Resolved(Citation),
    /// Its target may be in a file that could not be read.
    Uncertain(Layer),
    Unresolved {
        target: Target,
        message: String,
        help: String,
    },
}

impl<'a> FootnoteIndex<'a> {
    pub(super) fn new(
        sections: &'a [Section],
        sources: impl Iterator<Item = &'a Source>,
        undeclared_sections: BTreeSet<&'a str>,
    ) -> Self {
        let sections = sections.iter().enumerate();
        Self {
            sections: sections
                .map(|(index, section)| (section.id.as_str(), (index, section.paragraphs)))
                .collect(),
            sources: sources.enumerate().map(|(index, one)| (one.id.as_str(), index)).collect(),
            undeclared_sections,
            has_all_sections: true,
            has_all_sources: true,
        }
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

    pub(super) fn resolve(&self, mark: &str) -> Footnote {
        if let Some(citation) = self.find(mark) {
            return Footnote::Resolved(citation);
        }
        let section = mark.rsplit_once('.').map_or(mark, |(section, _)| section);
        let has_paragraph = section.len() < mark.len();
        let (target, message, help) = match self.sections.get(section) {
            Some((_, paragraphs)) if has_paragraph => (
                Target::Paragraph(section.to_owned()),
                format!(
                    "section `{section}` has the paragraphs 1 to {paragraphs}, as article.toml says"
                ),
                format!("write a mark from [^{section}.1] to [^{section}.{paragraphs}]"),
            ),
            Some(_) => (
                Target::Footnote(mark.to_owned()),
                format!("`{mark}` is a section, and a mark names one of its paragraphs"),
                format!("write the paragraph after a point: [^{mark}.1]"),
            ),
            None if has_paragraph
                && (self.undeclared_sections.contains(section) || !self.has_all_sections) =>
            {
                return Footnote::Uncertain(Layer::Article);
            }
            None if !has_paragraph && !self.has_all_sources => {
                return Footnote::Uncertain(Layer::Record);
            }
            None => (
                Target::Footnote(mark.to_owned()),
                format!("no source and no paragraph is called `{mark}`"),
                self.suggestion(mark),
            ),
        };
        Footnote::Unresolved { target, message, help }
    }

    fn suggestion(&self, mark: &str) -> String {
        let sections = self.sections.iter();
        let paragraphs = sections.flat_map(|(id, (_, paragraphs))| {
            (1..=*paragraphs).map(move |number| format!("{id}.{number}"))
        });
        let marks: Vec<String> =
            self.sources.keys().map(|id| (*id).to_owned()).chain(paragraphs).collect();
        match nearest(&mark.to_lowercase(), marks.iter().map(String::as_str)) {
            Some(near) => format!("write [^{near}], or add the source to sources.toml"),
            None => "add the source to sources.toml, or cite a paragraph of the article such as [^background.1]".to_owned(),
        }
    }
}
