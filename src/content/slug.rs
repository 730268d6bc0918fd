//! Slugs: ids in files, options and links.

use std::fmt;
use std::sync::LazyLock;

use regex_lite::Regex;

/// An id of lower-case letters, digits and single hyphens.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slug(String);

/// What editors, file managers, merge tools and people add to the names of copies, in several languages:
/// "copy of x", "x copy 2", "x - kopie", "x~", "x_backup_123".
static COPY: LazyLock<Regex> = LazyLock::new(|| {
    let mark = "(?:copy|copia|copie|cópia|kopi[aeo]?|kopya|копи[яе]|копія|másolat|副本|コピー|backup|bak|old|orig|original)";
    let separator = "[ _~–—-]";
    let pattern = format!(
        r"^(?:{mark} (?:of|de|di|von) )?(.*?)(?: \d+|(?:{separator}+{mark}|_(?:base|local|remote))(?:[ _]\d+)?|{separator})*$"
    );
    Regex::new(&pattern).expect("the pattern is valid")
});

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

    /// Derives a slug from a file's or folder's name without its endings and the marks of a copy.
    pub fn without_copy_marks(name: &str) -> Self {
        let name = name.to_lowercase();
        let name = name.split('.').next().unwrap_or_default();
        let name = name.split(" (").next().unwrap_or(name);
        // "Xi Jinping_2" is numbered by a file manager, "terms_2" by its author.
        let numbered = name.rsplit_once('_').filter(|(rest, number)| {
            rest.contains(' ') && number.bytes().all(|byte| byte.is_ascii_digit())
        });
        let name = numbered.map_or(name, |(rest, _)| rest);
        let original = COPY.captures(name).and_then(|copy| copy.get(1));
        Self::from_text(original.map_or(name, |original| original.as_str()))
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
            "Red Line_2.md",
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
