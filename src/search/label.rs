//! Labels of autocomplete choices: the title, plus the matched alias if the title does not show why
//! the entry is offered.

/// The most characters of a choice's name:
/// <https://docs.discord.com/developers/interactions/application-commands#application-command-object-application-command-option-choice-structure>.
pub const LABEL_CHARS_MAX: usize = 100;

const OPEN: &str = " · “";
const CLOSE: &str = "”";
const ELLIPSIS: &str = "…";

/// Formats a choice's label, such as `NATO membership · “alliance”`, in at most [`LABEL_CHARS_MAX`]
/// characters, shortened only between words.
pub fn label(title: &str, alias: Option<&str>) -> String {
    let title = match shorten(title, LABEL_CHARS_MAX) {
        // The loader refuses a title of one long word, but a label must never be empty.
        empty if empty.is_empty() => title.chars().take(LABEL_CHARS_MAX).collect(),
        title => title,
    };
    let room = LABEL_CHARS_MAX
        .saturating_sub(title.chars().count() + (OPEN.chars().count() + CLOSE.chars().count()));
    match alias.map(|alias| shorten(alias, room)) {
        Some(alias) if !alias.is_empty() => format!("{title}{OPEN}{alias}{CLOSE}"),
        _ => title,
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

/// Shortens a text to whole words; empty if the first word is too long.
fn shorten(text: &str, chars_max: usize) -> String {
    if text.chars().count() <= chars_max {
        return text.to_owned();
    }
    let end =
        text.char_indices().nth(chars_max.saturating_sub(1)).map_or(text.len(), |(place, _)| place);
    match text[..end].rfind(char::is_whitespace) {
        Some(space) if !text[..space].trim_end().is_empty() => {
            format!("{}{ELLIPSIS}", text[..space].trim_end())
        }
        _ => String::new(),
    }
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
