//! The label of a choice: the title, and the alias that was typed where the title does not show why it is there.

/// The most characters of a choice's name: <https://docs.discord.com/developers/interactions/application-commands#application-command-object-application-command-option-choice-structure>.
pub const LABEL_CHARS_MAX: usize = 100;

const OPEN: &str = " · “";
const CLOSE: &str = "”";
const CUT: &str = "…";

/// The label of a choice, such as `NATO membership · “alliance”`; at most [`LABEL_CHARS_MAX`] characters, never cut in mid-word.
pub fn label(title: &str, alias: Option<&str>) -> String {
    let title = match cut(title, LABEL_CHARS_MAX) {
        // A title of one endless word; the loader refuses it, but a label must not be empty.
        none if none.is_empty() => title.chars().take(LABEL_CHARS_MAX).collect(),
        title => title,
    };
    let room = LABEL_CHARS_MAX
        .saturating_sub(title.chars().count() + (OPEN.chars().count() + CLOSE.chars().count()));
    match alias.map(|alias| cut(alias, room)) {
        Some(alias) if !alias.is_empty() => format!("{title}{OPEN}{alias}{CLOSE}"),
        _ => title,
    }
}

/// A label taken apart again: the title, and the alias if there is one.
pub(super) fn parts(label: &str) -> (&str, Option<&str>) {
    let label = label.trim();
    match label.strip_suffix(CLOSE).and_then(|label| label.rsplit_once(OPEN)) {
        Some((title, alias)) => (title, Some(alias)),
        None => (label, None),
    }
}

/// The beginning of a part of a label that was cut, if it was.
pub(super) fn beginning(part: &str) -> Option<&str> {
    part.strip_suffix(CUT)
}

/// As many whole words as there is room for; nothing where the first does not fit.
fn cut(text: &str, room: usize) -> String {
    if text.chars().count() <= room {
        return text.to_owned();
    }
    let end =
        text.char_indices().nth(room.saturating_sub(1)).map_or(text.len(), |(place, _)| place);
    match text[..end].rfind(char::is_whitespace) {
        Some(space) if !text[..space].trim_end().is_empty() => {
            format!("{}{CUT}", text[..space].trim_end())
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::{LABEL_CHARS_MAX, label, parts};

    #[test]
    fn a_label_says_why_and_can_be_read_back() {
        let made = label("NATO membership", Some("alliance"));
        assert_eq!(made, "NATO membership · “alliance”");
        assert_eq!(parts(&made), ("NATO membership", Some("alliance")));
        assert_eq!(parts("NATO membership"), ("NATO membership", None));
    }

    #[test]
    fn a_label_is_cut_between_words_only() {
        let alias = "word ".repeat(40);
        let made = label(&"t".repeat(60), Some(alias.trim()));
        assert!(made.chars().count() <= LABEL_CHARS_MAX && made.ends_with("word…”"), "{made}");
        assert_eq!(label("Title", Some(&"x".repeat(200))), "Title");
    }
}
