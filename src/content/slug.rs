//! Slugs: ids in files, options and links.

use std::fmt;

/// An id of lower-case letters, digits and single hyphens.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slug(String);

/// Words that editors, file managers and people add to the names of copies, in several languages.
const COPY_MARKS: [&str; 20] = [
    "copy",
    "copia",
    "copie",
    "cópia",
    "kopi",
    "kopia",
    "kopie",
    "kopio",
    "kopya",
    "копия",
    "копие",
    "копія",
    "másolat",
    "副本",
    "コピー",
    "backup",
    "bak",
    "old",
    "orig",
    "original",
];

/// What `git mergetool` adds to names, after an underscore.
const MERGE_MARKS: [&str; 3] = ["base", "local", "remote"];

impl Slug {
    /// The most bytes of a slug: a link to a view must fit into a `custom_id` of 100 characters.
    pub const BYTES_MAX: usize = 40;

    /// Derives a slug from a heading: "Kyiv's answer" gives `kyivs-answer`.
    pub fn from_text(heading: &str) -> Self {
        let mut slug = String::new();
        for character in heading.chars().filter(|character| !matches!(character, '\'' | '’')) {
            if character.is_ascii_alphanumeric() {
                slug.push(character.to_ascii_lowercase());
            } else if !slug.is_empty() && !slug.ends_with('-') {
                slug.push('-');
            }
        }
        slug.truncate(Self::BYTES_MAX);
        Self(slug.trim_end_matches('-').to_owned())
    }

    /// Derives a slug from a file's or folder's name without its endings and what editors, file managers,
    /// merge tools and people add to copies: "Copy of x.md", "x (1).md", "x - Kopie.md", "x.md.bak",
    /// "x_BACKUP_123.md".
    pub fn without_copy_marks(name: &str) -> Self {
        const SEPARATORS: [char; 6] = [' ', '-', '_', '~', '–', '—'];
        let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let is_mark = |word: &str| COPY_MARKS.contains(&word);
        let name = name.to_lowercase();
        let name = name.split('.').next().unwrap_or_default();
        let mut name = name.split(" (").next().unwrap_or(name);
        if let Some((_, rest)) = name.split_once(' ').filter(|(first, _)| is_mark(first)) {
            // "Old borders.md" is no copy.
            let mut prepositions = ["of ", "de ", "di ", "von "].into_iter();
            name = prepositions.find_map(|of| rest.strip_prefix(of)).unwrap_or(name);
        }
        // The name without its last word, if that is not part of an id.
        let shorter = |name: &'_ str| -> Option<usize> {
            let (rest, word) = name.rsplit_once(SEPARATORS)?;
            let is_merged = name[rest.len()..].starts_with('_') && MERGE_MARKS.contains(&word);
            (is_mark(word) || is_merged).then_some(rest.len())
        };
        loop {
            name = name.trim_end_matches(SEPARATORS);
            let unnumbered = name.rsplit_once([' ', '_']).filter(|(rest, number)| {
                is_number(number) && (name.contains(' ') || shorter(rest).is_some())
            });
            match shorter(name).or(unnumbered.map(|(rest, _)| rest.len())) {
                Some(length) => name = &name[..length],
                None => break,
            }
        }
        Self::from_text(name)
    }

    /// Parses a slug.
    pub fn parse(text: &str) -> Option<Self> {
        (!text.is_empty() && Self::from_text(text).0 == text).then(|| Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_has_the_slug_of_its_original() {
        for name in [
            "red-line.md",
            "Copy of red-line.md",
            "Copia de red-line.md",
            "Kopie von red-line.md",
            "red-line (1).md",
            "red-line (Kopie).md",
            "red-line 2.md",
            "red-line copy 3.md",
            "red-line - Copy.md",
            "red-line - Kopie.md",
            "red-line - Copia.md",
            "red-line - Cópia (2).md",
            "red-line — kopia.md",
            "red-line - копия.md",
            "red-line – копія.md",
            "red-line_BACKUP_123.md",
            "red-line_LOCAL_123.md",
            "red-line.BACKUP.md",
            "red-line.md.orig",
            "red-line~.md",
            "red-line-old.md",
        ] {
            assert_eq!(Slug::without_copy_marks(name).as_str(), "red-line", "{name}");
        }
        for (name, slug) in [
            ("minsk-2.md", "minsk-2"),
            ("minsk_2.md", "minsk-2"),
            ("Local vote.md", "local-vote"),
            ("Copy.md", "copy"),
        ] {
            assert_eq!(Slug::without_copy_marks(name).as_str(), slug, "{name}");
        }
    }
}
