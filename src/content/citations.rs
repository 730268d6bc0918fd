//! What footnote marks cite: `terms-1.3` a paragraph of the article, `unga-es-11-4` a record of the bibliography.

use std::collections::{BTreeMap, BTreeSet};

use super::dangling::Dangling;
use super::{Citation, Layer, Section, Source, nearest};

/// All that a mark can cite.
#[derive(Debug, Default)]
pub(super) struct Marks<'a> {
    /// The sections by id: the place, and how many paragraphs there are.
    sections: BTreeMap<&'a str, (usize, u8)>,
    /// The sources by id.
    sources: BTreeMap<&'a str, usize>,
    /// Ids of sections that have a file but are not in article.toml, which is told there.
    orphans: BTreeSet<String>,
    /// Whether these are all sections, as far as article.toml could be read.
    pub has_all_sections: bool,
    /// Whether these are all sources, as far as sources.toml could be read.
    pub has_all_sources: bool,
}

/// What is known of a mark.
#[derive(Debug)]
pub(super) enum Cited {
    /// It cites this.
    Known(Citation),
    /// It may cite something in a file that could not be read.
    Unsure(Layer),
    /// It cites nothing.
    Nothing { stray: Dangling, problem: String, remedy: String },
}

impl<'a> Marks<'a> {
    pub(super) fn new(
        sections: &'a [Section],
        sources: impl Iterator<Item = &'a Source>,
        orphans: BTreeSet<String>,
    ) -> Self {
        let sections = sections.iter().enumerate();
        let sources = sources.enumerate();
        Self {
            sections: sections
                .map(|(place, section)| (section.id.as_str(), (place, section.paragraphs)))
                .collect(),
            sources: sources.map(|(place, source)| (source.id.as_str(), place)).collect(),
            orphans,
            has_all_sections: true,
            has_all_sources: true,
        }
    }

    /// What a mark cites, if it does.
    pub(super) fn find(&self, mark: &str) -> Option<Citation> {
        if let Some(source) = self.sources.get(mark) {
            return Some(Citation::Source(*source));
        }
        let (section, number) = mark.rsplit_once('.')?;
        let (section, paragraphs) = *self.sections.get(section)?;
        let paragraph = number.parse().ok().filter(|_| !number.starts_with(['0', '+']))?;
        (1..=paragraphs).contains(&paragraph).then_some(Citation::Paragraph { section, paragraph })
    }

    /// What a mark cites, and what is wrong with it where that is nothing.
    pub(super) fn cited(&self, mark: &str) -> Cited {
        if let Some(citation) = self.find(mark) {
            return Cited::Known(citation);
        }
        let section = mark.rsplit_once('.').map(|(section, _)| section);
        match section {
            Some(id) if self.sections.contains_key(id) => self.overrun(id),
            Some(id) if self.orphans.contains(id) || !self.has_all_sections => {
                Cited::Unsure(Layer::Article)
            }
            None if self.sections.contains_key(mark) => self.whole_section(mark),
            None if !self.has_all_sources => Cited::Unsure(Layer::Record),
            _ => self.unknown(mark),
        }
    }

    fn overrun(&self, section: &str) -> Cited {
        let paragraphs = self.sections.get(section).map_or(0, |(_, paragraphs)| *paragraphs);
        Cited::Nothing {
            stray: Dangling::Paragraph(section.to_owned()),
            problem: format!(
                "section `{section}` has the paragraphs 1 to {paragraphs}, as article.toml says"
            ),
            remedy: format!("write a mark from [^{section}.1] to [^{section}.{paragraphs}]"),
        }
    }

    fn whole_section(&self, section: &str) -> Cited {
        Cited::Nothing {
            stray: Dangling::Mark(section.to_owned()),
            problem: format!("`{section}` is a section, and a mark names one of its paragraphs"),
            remedy: format!("write the paragraph after a point: [^{section}.1]"),
        }
    }

    fn unknown(&self, mark: &str) -> Cited {
        let remedy = match nearest(&mark.to_lowercase(), self.all().iter().map(String::as_str)) {
            Some(near) => format!("write [^{near}], or add the source to sources.toml"),
            None => "add the source to sources.toml, or cite a paragraph of the article such as [^background.1]".to_owned(),
        };
        Cited::Nothing {
            stray: Dangling::Mark(mark.to_owned()),
            problem: format!("no source and no paragraph is called `{mark}`"),
            remedy,
        }
    }

    /// All marks that cite something.
    fn all(&self) -> Vec<String> {
        let sections = self.sections.iter();
        let paragraphs = sections.flat_map(|(id, (_, paragraphs))| {
            (1..=*paragraphs).map(move |number| format!("{id}.{number}"))
        });
        self.sources.keys().map(|id| (*id).to_owned()).chain(paragraphs).collect()
    }
}
