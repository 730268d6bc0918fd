//! Parses commands as typed in a terminal: `/timeline from:2014 to:2019`, `/demand nato`, `search
//! buffer zone`.

use crate::card::Refusal;
use crate::commands;
use crate::request::{OptionKind, OptionSpec, PAGE, PRIVATE, Request};

/// Parses a command line. Words without an option name are the value of the command's first option.
pub fn parse(line: &str) -> Result<Request, Refusal> {
    let line = line.trim();
    let (name, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let name = name.trim_start_matches('/').to_lowercase();
    if name.is_empty() {
        return Ok(Request::new("help"));
    }
    if name == commands::SETTINGS_ROOT {
        return Err(Refusal::new("refuse-only-in-servers"));
    }
    let Some(command) = commands::find(&name) else {
        return Err(commands::unknown_command(&name));
    };
    let own = command.options;
    let mut values: Vec<(&str, Vec<&str>)> = Vec::new();
    let mut is_in_mention = false;
    for word in rest.split_whitespace() {
        let option = word.split_once(':').filter(|_| !is_in_mention).and_then(|(name, value)| {
            let known = command.option(name)?;
            Some((known.name, value))
        });
        let is_unknown = !is_in_mention && is_unknown_option(word, own);
        // </config digest add:1>
        is_in_mention = match word.rfind("</") {
            Some(at) => !word[at..].contains('>'),
            None => is_in_mention && !word.contains('>'),
        };
        match (option, values.last_mut()) {
            (Some((name, value)), _) => values.push((name, vec![value])),
            (None, _) if is_unknown => {
                return Err(commands::unknown_option(
                    command,
                    word.split(':').next().unwrap_or(word),
                ));
            }
            (None, Some((_, words))) => words.push(word),
            (None, None) => match own.first() {
                Some(first) => values.push((first.name, vec![word])),
                None => return Err(commands::unknown_option(command, word)),
            },
        }
    }
    let names: Vec<&str> = values.iter().map(|(name, _)| *name).collect();
    if let Some(twice) = (1..names.len()).find(|index| names[..*index].contains(&names[*index])) {
        return Err(Refusal::new("refuse-option-twice").with("option", names[twice]));
    }
    let request = values.into_iter().fold(Request::new(command.name), |request, (name, words)| {
        request.with(name, words.join(" "))
    });
    check_common_options(&request)?;
    Ok(request)
}

/// Refuses values that Discord would not let a member enter.
fn check_common_options(request: &Request) -> Result<(), Refusal> {
    let is_page = |page: &str| page.parse::<usize>().is_ok_and(|page| page > 0);
    if request.option(PAGE.name).is_some_and(|page| !is_page(page)) {
        return Err(Refusal::new("refuse-no-page").with("option", PAGE.name));
    }
    let is_flag = |value: &str| ["true", "false"].contains(&value.to_lowercase().as_str());
    match request.option(PRIVATE.name) {
        Some(value) if !is_flag(value) => Err(PRIVATE.invalid_refusal()),
        _ => Ok(()),
    }
}

/// Whether a word looks like an option that the command does not have. If the command takes free
/// text, such a word is part of the text.
fn is_unknown_option(word: &str, own: &[OptionSpec]) -> bool {
    let name = word
        .split_once(':')
        .filter(|(_, value)| !value.is_empty() && !value.starts_with("//"))
        .map(|(name, _)| name);
    let takes_words = own.first().is_some_and(|first| first.kind == OptionKind::Text);
    !takes_words
        && name.is_some_and(|name| {
            !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(typed: &str, read: &str) {
        assert_eq!(parse(typed).map(|request| request.to_string()), Ok(read.to_owned()));
    }

    #[test]
    fn commands_are_parsed_as_typed_in_discord() {
        check("/demand nato", "/demand demand:nato");
        check("demand", "/demand");
        check("/demand demand:nato view:public-record", "/demand demand:nato view:public-record");
        check("/DEMAND Demand:nato", "/demand demand:nato");
        check("/timeline from:2014 to:2019", "/timeline from:2014 to:2019");
        check("search buffer zone", "/search query:buffer zone");
        check(
            "/search query:buffer zone kind:term page:2",
            "/search query:buffer zone kind:term page:2",
        );
        check("/search Putin: the terms", "/search query:Putin: the terms");
        check(
            "/timeline event:Budapest Memorandum  of 1994",
            "/timeline event:Budapest Memorandum of 1994",
        );
        check("/term term: private:true", "/term private:true");
        for text in [
            "</config digest add:123> sanctions",
            "</x y:1> sanctions",
            "sanctions </a:1>",
            "</timeline:1> </config log:2> sanctions",
            "sanctions (</config digest demand:1>)",
        ] {
            check(&format!("/demand demand:{text}"), &format!("/demand demand:{text}"));
            check(&format!("/demand {text}"), &format!("/demand demand:{text}"));
        }
        check("/demand </a b:1> nato page:2", "/demand demand:</a b:1> nato page:2");
        check("/help", "/help");
        check("", "/help");
        check(" / ", "/help");
    }

    #[test]
    fn unknown_options_and_values_are_refused() {
        for (typed, key) in [
            ("/demnad nato", "refuse-no-command-but"),
            ("/timeline year:2014", "refuse-no-option"),
            ("/help me", "refuse-no-options"),
            ("/demand nato page:banana", "refuse-no-page"),
            ("/demand nato page:0", "refuse-no-page"),
            ("/demand nato private:banana", "refuse-no-flag"),
            ("/demand demand:nato demand:sanctions", "refuse-option-twice"),
            ("/demand nato demand:sanctions", "refuse-option-twice"),
        ] {
            assert_eq!(parse(typed).expect_err("a refusal").key(), key, "{typed}");
        }
    }
}
