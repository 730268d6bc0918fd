//! Slugs: ids in files, options and links.

use std::fmt;

/// An id of lower-case letters, digits and single hyphens.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slug(String);

/// Ends of the names of copies.
const COPY_MARKS: [&str; 9] =
    [" - copy", " copy", "-copy", "_copy", "-backup", "_backup", "-bak", "-old", "-orig"];

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

    /// Derives a slug from a file's or folder's name without its endings and what editors, file managers
    /// and people add to copies: "Copy of x.md", "x (1).md", "x - Copy", "x.md.bak".
    pub fn without_copy_marks(name: &str) -> Self {
        let name = name.to_lowercase();
        let name = name.split('.').next().unwrap_or_default();
        let name = name.strip_prefix("copy of ").unwrap_or(name);
        let mut name = name.split(" (").next().unwrap_or(name);
        let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        loop {
            let unnumbered = name.rsplit_once(' ').filter(|(_, number)| is_number(number));
            let unmarked = COPY_MARKS.iter().find_map(|mark| name.strip_suffix(mark));
            match unmarked.or(unnumbered.map(|(rest, _)| rest)) {
                Some(rest) => name = rest,
                None => return Self::from_text(name),
            }
        }
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
