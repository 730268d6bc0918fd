//! Slugs: ids in files, options and links.

use std::fmt;

/// An id of lower-case letters, digits and single hyphens.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slug(String);

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
