//! Labels of autocomplete choices: the title, plus the matched alias if the title does not show why
//! the entry is offered.

use crate::text::shorten;

/// The most characters of a choice's name:
/// <https://docs.discord.com/developers/interactions/application-commands#application-command-object-application-command-option-choice-structure>.
pub const LABEL_CHARS_MAX: usize = 100;

const OPEN: &str = " · “";
const CLOSE: &str = "”";
const ELLIPSIS: &str = "…";

/// Formats a choice's label, such as `NATO membership · “alliance”`, in at most [`LABEL_CHARS_MAX`]
/// characters, shortened only between words.
pub fn label(title: &str, alias: Option<&str>) -> String {
    let title = shorten(title, LABEL_CHARS_MAX);
    let used = title.chars().count() + OPEN.chars().count() + CLOSE.chars().count();
    let room = LABEL_CHARS_MAX.saturating_sub(used);
    let has_room = |alias: &&str| {
        let first_word = alias.split(' ').next().unwrap_or_default();
        first_word.chars().count() < room
    };
    match alias.filter(has_room) {
        Some(alias) => format!("{title}{OPEN}{}{CLOSE}", shorten(alias, room)),
        None => title,
    }
}

/// Parses a label into its title and its alias, if any.
pub(super) fn parse_label(label: &str) -> (&str, Option<&str>) {
    let label = label.trim();
    match label.strip_suffix(CLOSE).and_then(|label| label.rsplit_once(OPEN)) {
        Some((title, alias)) => (title, Some(alias)),
        None => (label, None),
    }
}

/// The text before the ellipsis, if a part of a label was shortened.
pub(super) fn shortened_prefix(part: &str) -> Option<&str> {
    part.strip_suffix(ELLIPSIS)
}

#[cfg(test)]
mod tests {
    use super::{LABEL_CHARS_MAX, label, parse_label};

    #[test]
    fn a_label_shows_the_alias_and_can_be_parsed() {
        let made = label("NATO membership", Some("alliance"));
        assert_eq!(made, "NATO membership · “alliance”");
        assert_eq!(parse_label(&made), ("NATO membership", Some("alliance")));
        assert_eq!(parse_label("NATO membership"), ("NATO membership", None));
    }

    #[test]
    fn a_label_is_shortened_between_words_only() {
        let alias = "word ".repeat(40);
        let made = label(&"t".repeat(60), Some(alias.trim()));
        assert!(made.chars().count() <= LABEL_CHARS_MAX && made.ends_with("word…”"), "{made}");
        assert_eq!(label("Title", Some(&"x".repeat(200))), "Title");
    }
}
