//! Text as a value: styled spans, citations, and mentions that each front end formats itself.

use crate::content::{Inline, Style};
use crate::guild::{ChannelId, GuildId, MessageId, RoleId, UserId};
use crate::locale::{FluentValue, Locale};

use super::superscript;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text(pub Vec<TextSpan>);

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TextSpan {
    Styled(String, Style),
    /// A citation of a source.
    Mark(usize),
    /// Something that the front end formats.
    Mention(Mention),
}

/// Something that depends on the front end or reader, such as a channel's name or an instant in the
/// reader's time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mention {
    Channel(ChannelId),
    /// A role. Does not notify its members.
    Role(RoleId),
    /// A member. Does not notify them.
    Member(UserId),
    /// An instant in seconds since 1970, shown as date and time.
    Instant(i64),
    /// An instant in seconds since 1970, shown with the day of the week.
    DayAndTime(i64),
    /// An instant in seconds since 1970, shown relative to now.
    FromNow(i64),
    /// A link to a message.
    Message(GuildId, ChannelId, MessageId),
}

/// An argument of a message.
#[derive(Clone, Debug, PartialEq)]
pub enum Argument<'a> {
    /// Text or a number.
    Value(FluentValue<'a>),
    /// A list of mentions, separated by commas.
    Mentions(Vec<Mention>),
}

impl Text {
    /// Unstyled text.
    pub fn plain(words: impl Into<String>) -> Self {
        Self(vec![TextSpan::Styled(words.into(), Style::Plain)])
    }

    /// Joins texts with line breaks.
    pub fn lines(lines: Vec<Self>) -> Self {
        let lines: Vec<Vec<TextSpan>> = lines.into_iter().map(|line| line.0).collect();
        Self(lines.join(&Self::plain("\n").0[..]))
    }

    /// Formats the message `key` with arguments.
    pub fn format(locale: &Locale, key: &str, arguments: &[(&str, Argument<'_>)]) -> Self {
        let mut mentions: Vec<&[Mention]> = Vec::new();
        let values: Vec<(&str, FluentValue<'_>)> = arguments
            .iter()
            .map(|(name, argument)| {
                let value = match argument {
                    Argument::Value(FluentValue::String(words)) => {
                        words.replace(PLACEHOLDER, "").into()
                    }
                    Argument::Value(value) => value.clone(),
                    Argument::Mentions(all) => {
                        mentions.push(all);
                        format!("{PLACEHOLDER}{}{PLACEHOLDER}", mentions.len() - 1).into()
                    }
                };
                (*name, value)
            })
            .collect();
        Self::with_mentions(&locale.text_with(key, &values), &mentions)
    }

    /// Replaces the mention numbers enclosed in [`PLACEHOLDER`] by the mentions.
    fn with_mentions(formatted: &str, mentions: &[&[Mention]]) -> Self {
        let mut spans = Vec::new();
        for (number, part) in formatted.split(PLACEHOLDER).enumerate() {
            if number % 2 == 0 {
                spans.extend(words(part));
                continue;
            }
            let named: Option<usize> = part.parse().ok();
            let named = named.and_then(|index| mentions.get(index).copied());
            for (index, mention) in named.unwrap_or_default().iter().enumerate() {
                spans.extend((index > 0).then(|| words(", ")).flatten());
                spans.push(TextSpan::Mention(*mention));
            }
        }
        Self(spans)
    }

    /// Renders the text with the given formatters.
    pub fn render(
        &self,
        words: impl Fn(&str, Style) -> String,
        mention: impl Fn(Mention) -> String,
    ) -> String {
        let mut text = String::new();
        let mut after_mark = false;
        for span in &self.0 {
            match span {
                TextSpan::Styled(part, style) => text.push_str(&words(part, *style)),
                TextSpan::Mark(mark) => {
                    // No line break between marks: on a phone the last one stood alone.
                    text.push_str(if after_mark { "\u{a0}" } else { "" });
                    text.push_str(&superscript(*mark));
                }
                TextSpan::Mention(one) => text.push_str(&mention(*one)),
            }
            after_mark = matches!(span, TextSpan::Mark(_));
        }
        text
    }

    /// The length in characters when rendered as Markdown, including escapes.
    pub(super) fn chars(&self) -> usize {
        let escaped = |character: char| {
            1 + usize::from(
                character.is_ascii_punctuation() && !".,;:()'\"!?-/%&".contains(character),
            )
        };
        let chars = |span: &TextSpan| match span {
            TextSpan::Styled(text, _) => text.chars().map(escaped).sum(),
            TextSpan::Mark(_) => 3,
            TextSpan::Mention(Mention::Message(..)) => MESSAGE_LINK_CHARS,
            TextSpan::Mention(_) => MENTION_CHARS,
        };
        self.0.iter().map(chars).sum()
    }
}

/// Encloses the number of a mention while a message is being formatted. A private-use character, so
/// it cannot occur in the text.
const PLACEHOLDER: char = '\u{E000}';

/// Maximum length of a rendered mention: `<@&` and `>` around a 20-digit id.
const MENTION_CHARS: usize = 24;

/// Maximum length of a message URL with three 20-digit ids.
const MESSAGE_LINK_CHARS: usize = 92;

fn words(part: &str) -> Option<TextSpan> {
    (!part.is_empty()).then(|| TextSpan::Styled(part.to_owned(), Style::Plain))
}

impl From<&Inline> for TextSpan {
    fn from(part: &Inline) -> Self {
        match part {
            Inline::Text(words, style) => Self::Styled(words.clone(), *style),
            Inline::Mark(mark) => Self::Mark(*mark),
        }
    }
}

impl From<String> for Text {
    fn from(words: String) -> Self {
        Self::plain(words)
    }
}

impl<'a> From<&'a str> for Argument<'a> {
    fn from(words: &'a str) -> Self {
        Self::Value(words.into())
    }
}

impl From<String> for Argument<'_> {
    fn from(words: String) -> Self {
        Self::Value(words.into())
    }
}

impl From<usize> for Argument<'_> {
    fn from(number: usize) -> Self {
        Self::Value(number.into())
    }
}

impl From<Mention> for Argument<'_> {
    fn from(mention: Mention) -> Self {
        Self::Mentions(vec![mention])
    }
}

impl From<&[ChannelId]> for Argument<'_> {
    fn from(channels: &[ChannelId]) -> Self {
        Self::Mentions(channels.iter().copied().map(Mention::Channel).collect())
    }
}

impl From<Vec<Mention>> for Argument<'_> {
    fn from(mentions: Vec<Mention>) -> Self {
        Self::Mentions(mentions)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mentions_replace_their_placeholders() {
        let channel = |id| Mention::Channel(ChannelId::new(id));
        let text = Text::with_mentions(
            "Ask in \u{E000}1\u{E000}, not in \u{E000}0\u{E000}.",
            &[&[channel(1)], &[channel(2), channel(3)]],
        );
        let written = text.render(
            |words, _| words.to_owned(),
            |mention| match mention {
                Mention::Channel(id) => format!("#{id}"),
                _ => String::new(),
            },
        );
        assert_eq!(written, "Ask in #2, #3, not in #1.");
    }

    #[test]
    fn an_argument_cannot_inject_a_mention() {
        let locale = Locale::english();
        let input = "\u{E000}0\u{E000}";
        let text = Text::format(&locale, "refuse-no-date", &[("asked", input.into())]);
        assert!(!text.0.iter().any(|span| matches!(span, TextSpan::Mention(_))));
    }
}
