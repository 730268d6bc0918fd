//! Removes markup that is not words: Discord's mentions, emoji and timestamps, and addresses.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex_lite::{Captures, Regex};

/// <https://docs.discord.com/developers/reference#message-formatting>, emoji shortcodes, and
/// addresses with or without a scheme.
static MARKUP: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"(?x)
        # <@1> <@!1> <@&1> <#1> <t:1:R> <id:guide> </ask about:1> <:x:1> <a:x:1> <sound:0:1>
        < (?: @[!&]?[0-9]+ | \#[0-9]+ | t:-?[0-9]+(?::[A-Za-z])? | id:[A-Za-z-]+(?::[0-9]+)? | /[^<>:\n]{1,100}:[0-9]+
            | (?:a|sound)?:?[A-Za-z0-9_~]{1,40}:[0-9]+ ) >
        | @(?:everyone|here)\b
        # <b>, </b>, <br />
        | </?(?:a|b|br|code|div|em|h[1-6]|i|li|ol|p|pre|s|span|strong|u|ul)\ ?/?>
        # What sites add to addresses, which may have lost the rest.
        | \b(?:utm_[a-z]+|fbclid|gclid|igshid)=[^\ \t\n<>()]*
        # 192.168.1.1:8080/a
        | \b[0-9]{1,3}(?:\.[0-9]{1,3}){3}\b(?::[0-9]+)?(?:/[^\ \t\n<>()]*)?
        # A digit in a box is an emoji.
        | [0-9\#*]\x{FE0F}?\x{20E3}
        # https://example.org/a, discord://-/channels/@me, mailto:a@example.org, tel:+1, magnet:?xt=urn:btih:1
        | \b[A-Za-z][A-Za-z0-9+.-]{1,20}://[^\ \t\n<>()]+
        | \b(?:mailto|tel|sms|magnet|urn|geo|xmpp|sips?|skype|callto|facetime|spotify|steam|tg|matrix|bitcoin|ethereum|ipfs
            | javascript|view-source|blob|data):[^\ \t\n<>()]+
        | \b[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+
        | \bwww\.[^\ \t\n<>()]+
        | \b(?:[A-Za-z0-9-]+\.)+(?:com|org|net|gov|edu|info|io|ru|ua|gg|eu|uk|tv|int)\b(?:/[^\ \t\n<>()]*)?
        | \b[A-Za-z0-9-]*[a-z0-9]\.[a-z]{2,}/[^\ \t\n<>()]+
        # :flag_ua: and :+1::skin-tone-2:, but not 10:30:00, nor a:word:between
        | (?P<before>^|[^A-Za-z0-9:]) (?::[A-Za-z0-9_+~-]*[A-Za-z_+][A-Za-z0-9_+~-]*:|:[0-9]{3,}:)+
        | :[A-Za-z0-9]+_[A-Za-z0-9_]*:
        ";
    // \b is ASCII-only here, so that a Cyrillic letter before an address does not hide it.
    Regex::new(pattern).expect("a test uses the pattern")
});

/// Replaces markup and addresses with spaces.
pub fn strip_markup(text: &str) -> Cow<'_, str> {
    if !text.contains(['<', '@', ':', '.', '/', '=', '\u{20e3}']) {
        return Cow::Borrowed(text);
    }
    MARKUP.replace_all(text, |found: &Captures<'_>| {
        let before = found.name("before").map_or("", |before| before.as_str());
        format!("{before} ")
    })
}

#[cfg(test)]
mod tests {
    use super::strip_markup;

    fn words(text: &str) -> String {
        strip_markup(text).split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Also covers role and nickname mentions, animated emoji, soundboard sounds, negative
    /// timestamps, keycaps, skin tones, `@everyone`, addresses in angle brackets, in Markdown
    /// links, of mail, without a scheme, and of Discord itself.
    #[test]
    fn markup_and_addresses_are_not_words() {
        for (text, expected) in [
            ("<@1> NATO membership", "NATO membership"),
            ("<@!1> <@&22> NATO <#333> membership", "NATO membership"),
            ("NATO membership <:x:1><a:party_blob:2>", "NATO membership"),
            ("sanctions <t:1735689600:R> <t:-5>", "sanctions"),
            ("</timeline:1> sanctions </config digest add:2>", "sanctions"),
            (
                "<id:guide> sanctions <id:customize> <id:linked-roles>",
                "sanctions <id:linked-roles>",
            ),
            (":flag_ua: sanctions :+1::skin-tone-2: :100:", "sanctions"),
            ("sanctions:flag_ua:", "sanctions"),
            ("@everyone sanctions 1\u{fe0f}\u{20e3} #\u{20e3}", "sanctions"),
            ("would they give up NATO https://example.org/a1b2c3", "would they give up NATO"),
            ("read [sanctions](https://example.org/a?b=c#d) now", "read [sanctions]( ) now"),
            ("sanctions <https://example.org>, www.example.org/x", "sanctions < >,"),
            ("sanctions discord.gg/abc t.me/x example.com discord://-/a", "sanctions"),
            ("ask a.b+c@mail.example.org, mailto:x@y.org", "ask ,"),
            ("санкции https://example.org/ы", "санкции"),
            ("sanctions 192.168.1.1/nato 10.0.0.1 127.0.0.1:8080/nato", "sanctions"),
            ("sanctions utm_source=chatgpt.com fbclid=abc", "sanctions"),
            ("sanctions utm_source=a&utm_medium=nato", "sanctions"),
            ("sanctions <id:linked-roles:1>", "sanctions"),
            ("<b>sanctions</b><br/> <br /> </h2>", "sanctions"),
            ("sanctions magnet:?xt=urn:btih:abc&dn=NATO", "sanctions"),
            ("geo:48.2,16.3 sanctions urn:isbn:0451450523", "sanctions"),
            ("sanctions spotify:track:1, bitcoin:abc?amount=1", "sanctions"),
            ("xmpp:a@b.example view-source:example/a sanctions", "sanctions"),
            ("data:text/plain,NATO sanctions tg:resolve?domain=nato", "sanctions"),
        ] {
            assert_eq!(words(text), words(expected), "{text}");
        }
    }

    #[test]
    fn words_that_look_like_markup_are_kept() {
        for text in [
            "U.S./Russia talks at 10:30:00",
            "the terms: neutrality: what is it",
            "and/or Minsk 1.0/2.0",
            "a < b > c, 3 <@ 4",
            "on 24.02.2022, 1.2.3 and <nato>",
            "@NATO: a:word:between",
            "the end.then came",
            "<5 years> of war",
            "the data: NATO has 32 members",
            "Ukraine:NATO",
        ] {
            assert_eq!(strip_markup(text), text);
        }
    }
}
