//! Reads the token from the environment or a file, and never prints it.

use std::path::Path;

use anyhow::{Context, bail, ensure};
use secrecy::SecretString;

use crate::text::{is_invisible, is_utf16, unquoted};

const TAKE_TOKEN: &str = "Copy your bot's token from https://discord.com/developers/applications (your application, page Bot, \
     Reset Token) and put it";

const TOKEN: &str = "DISCORD_TOKEN";

/// The variable with the path of a file that contains the token.
const TOKEN_FILE: &str = "DISCORD_TOKEN_FILE";

/// Shorter texts with one of [`PLACEHOLDERS`] are not tokens.
const TOKEN_BYTES_MIN: usize = 50;

/// Words of what examples have in place of a token, in lower case.
const PLACEHOLDERS: [&str; 5] = ["token", "change", "here", "example", "xxx"];

/// Maximum length of a token in bytes. Real tokens have about 70.
const TOKEN_BYTES_MAX: usize = 512;

/// Reads the bot's token from `DISCORD_TOKEN`, or from the file that `DISCORD_TOKEN_FILE` names. An
/// empty variable counts as unset.
///
/// # Errors
///
/// Fails if there is no token, if both variables are set, or if the token is malformed. The message
/// says what to do and never contains the token.
pub fn load_token(variable: impl Fn(&str) -> Option<String>) -> anyhow::Result<SecretString> {
    let set_variable = |name: &str| variable(name).filter(|value| !value.trim().is_empty());
    match (set_variable(TOKEN), set_variable(TOKEN_FILE)) {
        (Some(_), Some(_)) => bail!("{TOKEN} and {TOKEN_FILE} are both set; unset one of them"),
        (Some(token), None) => read(&token).with_context(|| format!("read {TOKEN}")),
        (None, Some(path)) => {
            let path = Path::new(unquoted(&path).trim());
            ensure!(
                path.exists() || !is_like_token(path),
                "{TOKEN_FILE} seems to be the token itself; put that into {TOKEN}, or name a file that contains it"
            );
            let token = read_file(path).and_then(|token| read(&token));
            token.with_context(|| format!("read the file {} of {TOKEN_FILE}", path.display()))
        }
        (None, None) => bail!(
            "there is no token. {TAKE_TOKEN} into {TOKEN}, or into a file that {TOKEN_FILE} names. `dossier ask` needs none"
        ),
    }
}

/// Reads the bot's token if there is one. An empty file counts as none.
///
/// # Errors
///
/// Fails if both variables are set or the token is malformed.
pub fn load_optional_token(
    variable: impl Fn(&str) -> Option<String>,
) -> anyhow::Result<Option<SecretString>> {
    let is_set = |name: &str| variable(name).is_some_and(|value| !value.trim().is_empty());
    let path = variable(TOKEN_FILE).unwrap_or_default();
    let is_empty_file = std::fs::metadata(unquoted(&path).trim())
        .is_ok_and(|file| file.is_file() && file.len() == 0);
    match is_set(TOKEN) || (is_set(TOKEN_FILE) && !is_empty_file) {
        true => load_token(variable).map(Some),
        false => Ok(None),
    }
}

fn read(text: &str) -> anyhow::Result<SecretString> {
    let token = unquoted(text.trim_start_matches('\u{feff}')).trim();
    let token = match token.split_once(char::is_whitespace) {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bot") => token.trim(),
        _ => token,
    };
    ensure!(!token.is_empty(), "it is empty");
    ensure!(
        !token.starts_with(['/', '~', '.']) || !token.contains('/'),
        "it is a path; {TOKEN_FILE} is for the path of a file that contains the token"
    );
    ensure!(
        !token.to_lowercase().starts_with("bearer"),
        "it begins with \"Bearer\", as OAuth2 tokens do. {TAKE_TOKEN} there"
    );
    ensure!(
        !token.contains(['=', ':']),
        "it contains more than the token; remove what stands before it, such as {TOKEN}="
    );
    let lower = token.to_lowercase();
    ensure!(
        token.len() >= TOKEN_BYTES_MIN || !PLACEHOLDERS.iter().any(|word| lower.contains(word)),
        "it is the placeholder of an example. {TAKE_TOKEN} there"
    );
    if let Some(character) = foreign_character(token) {
        bail!(
            "this is not a token: it has {character}, and a token is a single line of letters, digits, dots, dashes and underscores; write nothing else there"
        );
    }
    ensure!(token.len() <= TOKEN_BYTES_MAX, "this is not a token: it is too long");
    if let Some(name) = other_value(token) {
        bail!("this is {name}, not the token. {TAKE_TOKEN} there");
    }
    Ok(SecretString::from(token.to_owned()))
}

/// The value that stands in place of a token, which has about 70 characters, in three parts with dots
/// between them. The others are on the pages of an application.
fn other_value(text: &str) -> Option<&'static str> {
    let all = |is_one: fn(&u8) -> bool| text.bytes().all(|byte| is_one(&byte));
    Some(match text.len() {
        _ if !text.contains(|letter: char| letter.is_ascii_alphanumeric()) => "a placeholder",
        _ if all(u8::is_ascii_digit) => "the id of the application",
        64 if all(u8::is_ascii_hexdigit) => "the public key of the application",
        32 if !text.contains('.') => "the client secret of the application",
        _ if text.matches('.').count() > 2 => "more than one token",
        _ => return None,
    })
}

/// Names the first character that no token has, preferably a visible one: a space may only stand
/// before a comment.
fn foreign_character(token: &str) -> Option<String> {
    let is_foreign =
        |letter: &char| !letter.is_ascii_alphanumeric() && !matches!(letter, '.' | '-' | '_');
    let mut foreign = token.chars().filter(is_foreign);
    let visible = foreign.clone().find(|letter| !letter.is_whitespace());
    Some(match visible.or_else(|| foreign.next())? {
        '\n' | '\r' => "more than one line".to_owned(),
        ' ' => "a space".to_owned(),
        letter if is_invisible(letter) || letter.is_whitespace() => {
            format!("a character that cannot be seen, U+{:04X}", u32::from(letter))
        }
        letter => format!("the character `{letter}`"),
    })
}

/// Whether a path may be a token, which has three parts with dots between them.
fn is_like_token(path: &Path) -> bool {
    path.parent() == Some(Path::new("")) && path.to_string_lossy().split('.').count() >= 3
}

fn read_file(path: &Path) -> anyhow::Result<String> {
    let file = std::fs::metadata(path)?;
    ensure!(file.is_file(), "it is not a file");
    ensure!(file.len() <= 4_096, "it is too long for a token");
    ensure!(
        !is_open_to_all(&file),
        "everybody on this machine can read it; take that away with chmod o-rwx"
    );
    let bytes = std::fs::read(path)?;
    ensure!(!is_utf16(&bytes), "it is UTF-16; save it as plain text in UTF-8");
    let text = String::from_utf8(bytes);
    text.ok().context("it is not UTF-8; save it as plain text in UTF-8")
}

#[cfg(unix)]
fn is_open_to_all(file: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    file.permissions().mode() & 0o007 != 0
}

#[cfg(not(unix))]
fn is_open_to_all(_: &std::fs::Metadata) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    fn load_from(variables: &[(&str, &str)]) -> Result<String, String> {
        let variable = |name: &str| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        };
        super::load_token(variable)
            .map(|token| token.expose_secret().to_owned())
            .map_err(|error| format!("{error:#} {error:?}"))
    }

    #[test]
    fn a_token_is_read_or_the_error_says_what_to_do() {
        for (variables, expected) in [
            (vec![(TOKEN, "abc.def-g_h")], Ok("abc.def-g_h")),
            (vec![(TOKEN, " Bot abc\n")], Ok("abc")),
            (vec![(TOKEN, "abc"), (TOKEN_FILE, "")], Ok("abc")),
            (vec![], Err("there is no token")),
            (vec![(TOKEN, "  ")], Err("`dossier ask` needs none")),
            (vec![(TOKEN, "a"), (TOKEN_FILE, "/b")], Err("unset one of them")),
            (vec![(TOKEN, "sec ret")], Err("this is not a token")),
            (vec![(TOKEN, "secret\u{7f}")], Err("this is not a token")),
            (vec![(TOKEN, "sécret")], Err("this is not a token")),
            (vec![(TOKEN, "\u{feff}abc.def")], Ok("abc.def")),
            (vec![(TOKEN, "\"abc.def\"")], Ok("abc.def")),
            (vec![(TOKEN, " 'Bot abc.def'\n")], Ok("abc.def")),
            (vec![(TOKEN, "`sec-ret`")], Err("the character ```")),
            (vec![(TOKEN, "“sec-ret”")], Err("the character `“`")),
            (vec![(TOKEN, "Bot \"sec-ret\"")], Err("the character `\"`")),
            (vec![(TOKEN, "secret\"")], Err("the character `\"`")),
            (vec![(TOKEN, "DISCORD_TOKEN=secret")], Err("remove what stands before it")),
            (vec![(TOKEN, "export DISCORD_TOKEN=secret")], Err("remove what stands before it")),
            (vec![(TOKEN, "DISCORD_TOKEN: secret")], Err("remove what stands before it")),
            (vec![(TOKEN, "TOKEN = secret")], Err("remove what stands before it")),
            (vec![(TOKEN, "Authorization: Bot secret")], Err("remove what stands before it")),
            (vec![(TOKEN, "\u{feff}DISCORD_TOKEN=secret")], Err("remove what stands before it")),
            (vec![(TOKEN, "secret\u{200b}")], Err("this is not a token")),
            (vec![(TOKEN, "\u{feff}")], Err("it is empty")),
            (vec![(TOKEN, "your-token-here")], Err("the placeholder of an example")),
            (vec![(TOKEN, "CHANGE_ME")], Err("the placeholder of an example")),
            (vec![(TOKEN, "<token>")], Err("the placeholder of an example")),
            (vec![(TOKEN_FILE, "/nowhere/secret-file")], Err("read the file /nowhere/secret-file")),
            (vec![(TOKEN_FILE, "/")], Err("it is not a file")),
            (vec![(TOKEN_FILE, "\"/nowhere/file\"")], Err("read the file /nowhere/file of")),
            (vec![(TOKEN_FILE, "MTMw.Gab.sec-ret")], Err("seems to be the token itself")),
            (vec![(TOKEN_FILE, "MTMw.Gab.sec-ret # v1.2")], Err("seems to be the token itself")),
        ] {
            match (load_from(&variables), expected) {
                (Ok(token), Ok(expected)) => assert_eq!(token, expected),
                (Err(error), Err(expected)) => {
                    assert!(error.contains(expected), "{error}");
                    let shows = ["sec ret", "sec-ret", "sécret", "secret\"", "=secret"]
                        .into_iter()
                        .any(|secret| error.contains(secret));
                    assert!(!shows, "{error}");
                }
                (token, _) => panic!("{variables:?} gives {token:?}"),
            }
        }
    }

    #[test]
    fn what_is_no_token_is_named_and_never_shown() {
        let token = format!("{}.{}.{}", "MTM".repeat(8), "Gabcde", "hidden-_".repeat(4));
        assert_eq!(load_from(&[(TOKEN, &token)]).as_ref(), Ok(&token));
        for scheme in ["bot ", "BOT ", "Bot\t"] {
            assert_eq!(load_from(&[(TOKEN, &format!("{scheme}{token}"))]).as_ref(), Ok(&token));
        }
        for (written, sentence) in [
            (format!("{token},"), "it has the character `,`"),
            (format!("{token};"), "it has the character `;`"),
            (format!("<{token}>"), "it has the character `<`"),
            (format!("{token}\\n"), "it has the character `\\`"),
            (format!("{token} # prod"), "it has the character `#`"),
            (format!("# of the bot\n{token}"), "it has the character `#`"),
            (format!("{token}\n{token}"), "it has more than one line"),
            (format!("{token} {token}"), "it has a space"),
            (format!("{token}\u{200b}"), "cannot be seen, U+200B"),
            (format!("{token}\u{a0}x"), "cannot be seen, U+00A0"),
            (format!("{token}{token}"), "this is more than one token"),
            (format!("Bearer {token}"), "begins with \"Bearer\""),
            ("...".to_owned(), "this is a placeholder"),
            ("___".to_owned(), "this is a placeholder"),
            ("1304000000000000001".to_owned(), "this is the id of the application"),
            ("5ec2e7".repeat(11)[..64].to_owned(), "this is the public key"),
            ("hidden_-".repeat(4), "this is the client secret"),
            ("/etc/hidden/discord-token".to_owned(), "it is a path; DISCORD_TOKEN_FILE is for"),
            ("~/hidden".to_owned(), "it is a path; DISCORD_TOKEN_FILE is for"),
            ("./hidden".to_owned(), "it is a path; DISCORD_TOKEN_FILE is for"),
        ] {
            let refused = load_from(&[(TOKEN, &written)]).expect_err(&written);
            let is_shown = refused.contains("hidden");
            assert!(refused.contains(sentence) && !is_shown, "{refused}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_token_file_may_have_a_byte_order_mark_but_not_be_utf_16() {
        use std::os::unix::fs::PermissionsExt;
        let path = std::env::temp_dir().join(format!("dossier-bom-{}", std::process::id()));
        for (bytes, expected) in [
            (&b"\xef\xbb\xbfabc\r\n"[..], Ok("abc")),
            (b"\xff\xfea\0b\0c\0", Err("it is UTF-16")),
            (b"a\0b\0c\0", Err("it is UTF-16")),
            (b"\0a\0b\0c", Err("it is UTF-16")),
            (b"Z\xfcrich", Err("it is not UTF-8")),
            (b"abc\\n", Err("it has the character `\\`")),
            (b"# of the bot\nabc\n", Err("it has the character `#`")),
            (b"abc\ndef\n", Err("it has more than one line")),
            (b"\xef\xbb\xbfDISCORD_TOKEN=abc\n", Err("remove what stands before it")),
            (b"DISCORD_TOKEN=\"abc\"\n", Err("remove what stands before it")),
            (b"\"abc\"\n", Ok("abc")),
            (b"", Err("it is empty")),
        ] {
            std::fs::write(&path, bytes).expect("a file");
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))
                .expect("a mode");
            match (load_from(&[(TOKEN_FILE, path.to_str().expect("a path"))]), expected) {
                (Ok(token), Ok(expected)) => assert_eq!(token, expected),
                (Err(error), Err(expected)) => assert!(error.contains(expected), "{error}"),
                (token, _) => panic!("{bytes:?} gives {token:?}"),
            }
        }
        std::fs::remove_file(&path).expect("a file to remove");
    }

    #[cfg(unix)]
    #[test]
    fn a_world_readable_token_file_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let path = std::env::temp_dir().join(format!("dossier-token-{}", std::process::id()));
        std::fs::write(&path, "abc\n").expect("a file");
        let with = |mode: u32| {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).expect("a mode");
            load_from(&[(TOKEN_FILE, path.to_str().expect("a path"))])
        };
        assert_eq!(with(0o600), Ok("abc".to_owned()));
        assert_eq!(with(0o640), Ok("abc".to_owned()));
        assert!(with(0o644).expect_err("this is refused").contains("chmod"));
        std::fs::remove_file(&path).expect("a file to remove");
    }
}
