//! The parser reads every documented form of Discord's JSON, and many undocumented ones.
//!
//! To add a form, add a file to `tests/fixtures/interactions`; the parsed result is part of one
//! snapshot.

use std::fmt::Write;
use std::fs;
use std::mem::discriminant;
use std::path::Path;

use dossier::discord::incoming::{
    CommandOption, Event, Interaction, InteractionData, InvalidInteraction, parse, parse_event,
};
use dossier::guild::Permissions;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use secrecy::ExposeSecret;
use serde_json::{Value as Json, json};

/// The tokens of the fixtures. Two of them are examples from Discord's documentation with its
/// token.
const TOKENS: [&str; 2] = ["A_UNIQUE_TOKEN", "UNIQUE_TOKEN"];

fn fixtures() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/interactions");
    let files = fs::read_dir(folder).expect("the fixtures").flatten();
    let mut fixtures: Vec<_> = files
        .map(|file| {
            let name = file
                .path()
                .with_extension("")
                .file_name()
                .map(|name| name.to_string_lossy().into_owned());
            (name.expect("a name"), fs::read_to_string(file.path()).expect("a readable fixture"))
        })
        .collect();
    fixtures.sort();
    fixtures
}

fn fixture(name: &str) -> String {
    let found = fixtures().into_iter().find(|(one, _)| one == name);
    found.unwrap_or_else(|| panic!("a fixture called {name}")).1
}

/// Everything that was parsed, including user input, which `Debug` omits.
fn show(interaction: &Interaction) -> String {
    let id = |id: Option<u64>| id.map_or("-".to_owned(), |id| id.to_string());
    let bits = |bits: Option<Permissions>| {
        bits.map_or("-".to_owned(), |bits| format!("{:#x}", bits.bits()))
    };
    let mut shown = format!(
        "{} for {}",
        interaction.id.map_or(0, |id| id.get()),
        interaction.application_id.map_or(0, |id| id.get())
    );
    let installed =
        interaction.installed_in_guild.map_or("-".to_owned(), |installed| installed.to_string());
    let _ = write!(
        shown,
        "\nguild {} (installed: {installed}), channel {}, app may {}",
        id(interaction.guild_id.map(|id| id.get())),
        id(interaction.channel_id.map(|id| id.get())),
        bits(interaction.app_permissions),
    );
    let _ = write!(
        shown,
        "\nuser {} ({}), may {}",
        id(interaction.user_id.map(|id| id.get())),
        interaction.locale.as_deref().unwrap_or("-"),
        bits(interaction.member_permissions),
    );
    shown + "\n" + &show_data(&interaction.data)
}

fn show_data(data: &InteractionData) -> String {
    let command = |kind, name: &str, options: &[CommandOption]| {
        let options = options.iter().map(|one| format!("\n  {}: {}", one.name, show_value(one)));
        format!("{kind} /{name}{}", options.collect::<String>())
    };
    match data {
        InteractionData::Ping => "ping".to_owned(),
        InteractionData::Command { name, options } => command("command", name, options),
        InteractionData::MessageCommand { name, content, names } => {
            let names = match names.is_empty() {
                true => String::new(),
                false => format!("\n  names: {names:?}"),
            };
            format!("message command {name:?}\n  {content:?}{names}")
        }
        InteractionData::Autocomplete { name, options, focused } => {
            command("autocomplete", name, options) + &format!("\n  focused: {focused:?}")
        }
        InteractionData::Component { custom_id, values, message } => {
            let asked_by = message.invoker.map_or("nobody".to_owned(), |id| id.to_string());
            let ephemeral = if message.ephemeral { ", ephemeral" } else { "" };
            format!("press {custom_id:?} {values:?}\n  on what {asked_by} asked for{ephemeral}")
        }
        InteractionData::Modal { custom_id, values } => {
            let values = values.iter().map(|(name, value)| format!("\n  {name}: {value:?}"));
            format!("form {custom_id:?}{}", values.collect::<String>())
        }
        InteractionData::Unknown { kind } => format!("unknown {kind}"),
    }
}

fn show_value(option: &CommandOption) -> String {
    option.value.as_ref().map_or("other".to_owned(), |value| format!("{value:?}"))
}

fn read(json: &str) -> String {
    parse(json).map_or_else(|error| error.to_string(), |interaction| show(&interaction))
}

/// An interaction with an option of this JSON value.
fn with_value(value: &str) -> String {
    let option = format!(r#"{{"name":"query","type":3,"value":{value}}}"#);
    format!(r#"{{"id":"1","token":"t","type":2,"data":{{"name":"search","options":[{option}]}}}}"#)
}

/// The parsed value of such an option.
fn read_value(value: &str) -> String {
    let shown = read(&with_value(value));
    let (_, value) = shown.split_once("\n  query: ").expect("an option");
    value.to_owned()
}

#[test]
fn every_shape_is_read() {
    let mut shown = String::new();
    for (name, json) in fixtures() {
        let _ = writeln!(shown, "## {name}\n{}\n", read(&json));
        let interaction = parse(&json).expect("every fixture can be answered");
        let is_bare = name == "ping_of_one_field";
        assert!(TOKENS.contains(&interaction.token.expose_secret()) || is_bare, "{name}");
    }
    insta::assert_snapshot!(shown);
}

#[test]
fn the_order_of_fields_is_irrelevant() {
    let mut compared = 0;
    for (name, json) in fixtures() {
        // serde_json sorts the keys: `data` and `options` come before `type`.
        let Ok(sorted) = serde_json::from_str::<Json>(&json) else {
            continue;
        };
        if name != "duplicate_keys" && name != "huge_integers" && name != "options_of_odd_numbers" {
            assert_eq!(read(&sorted.to_string()), read(&json), "{name}");
            compared += 1;
        }
    }
    assert!(compared > 90, "{compared}");
}

#[test]
fn debug_contains_neither_user_input_nor_tokens() {
    for (name, json) in fixtures() {
        let interaction = parse(&json).expect("every fixture can be answered");
        assert!(!format!("{interaction:?}").contains("UNIQUE_TOKEN"), "{name}");
        let debug =
            format!("{:?} {:#?} {:?}", interaction.data, interaction.data, interaction.token);
        assert!(!debug.contains("UNIQUE_TOKEN"), "{name}: {debug}");
        let typed: Vec<&str> = match &interaction.data {
            InteractionData::Command { options, .. }
            | InteractionData::Autocomplete { options, .. } => {
                options.iter().filter_map(|one| one.value.as_deref()).collect()
            }
            InteractionData::MessageCommand { content, names, .. } => vec![content, names],
            InteractionData::Component { custom_id, values, .. } => {
                values.iter().chain([custom_id]).map(String::as_str).collect()
            }
            InteractionData::Modal { custom_id, values } => values
                .iter()
                .map(|(_, value)| value)
                .chain([custom_id])
                .map(String::as_str)
                .collect(),
            InteractionData::Ping | InteractionData::Unknown { .. } => Vec::new(),
        };
        for typed in typed.iter().filter(|typed| typed.len() > 4) {
            assert!(!debug.contains(typed), "{name}: {typed:?} in {debug}");
        }
    }
}

#[test]
fn the_error_of_an_invalid_interaction_contains_none_of_its_content() {
    let not_json = InvalidInteraction::NotJson { line: 1, column: 0 };
    for (json, expected) in [
        ("", not_json),
        (" ", not_json),
        ("null", not_json),
        ("[]", not_json),
        ("\"text\"", not_json),
        ("7", not_json),
        ("{", not_json),
        ("{}", InvalidInteraction::MissingId),
        ("{\"type\":1}x", not_json),
        ("{\"type\":1}{}", not_json),
        ("{\"type\"}", not_json),
        ("{\"type\":}", not_json),
        ("{type:1}", not_json),
        ("{'type':1}", not_json),
        (r#"{"token":"t","type":2}"#, InvalidInteraction::MissingId),
        (r#"{"id":0,"token":"t","type":2}"#, InvalidInteraction::MissingId),
        (r#"{"id":-1,"token":"t","type":2}"#, InvalidInteraction::MissingId),
        (r#"{"id":"1","type":2}"#, InvalidInteraction::MissingToken),
        (r#"{"id":"1","token":"","type":2}"#, InvalidInteraction::MissingToken),
        (r#"{"id":"1","token":null,"type":2}"#, InvalidInteraction::MissingToken),
        (r#"{"id":"1","token":"t","type":2,"locale":"\x"}"#, not_json),
    ] {
        let error = parse(json).expect_err("this cannot be answered");
        assert_eq!(discriminant(&error), discriminant(&expected), "{json}: {error}");
        assert!(!error.to_string().contains('"'), "{error}");
    }
}

#[test]
fn a_truncated_interaction_is_rejected() {
    for name in [
        "ping",
        "command_with_every_option_type",
        "subcommand_in_group",
        "message_command_on_link",
        "autocomplete_in_subcommand",
        "button_of_own_message",
        "modal_of_labels",
        "interaction_of_unknown_type",
    ] {
        let json: Json = serde_json::from_str(&fixture(name)).expect("JSON");
        let whole = json.to_string();
        for end in (0..whole.len()).filter(|end| whole.is_char_boundary(*end)) {
            let cut = parse(&whole[..end]);
            assert!(matches!(cut, Err(InvalidInteraction::NotJson { .. })), "{name} at {end}");
        }
    }
}

#[test]
fn deep_nesting_is_skipped_without_recursion() {
    let deep =
        |depth: usize, open: &str, close: &str| open.repeat(depth) + "1" + &close.repeat(depth);
    for nested in [
        deep(100_000, "[", "]"),
        deep(50_000, "{\"a\":", "}"),
        deep(30_000, "[{\"options\":", "}]"),
    ] {
        let shown = read(&with_value(&nested));
        assert!(shown.ends_with("command /search\n  query: other"), "{shown}");
        for field in
            ["options", "resolved", "components", "component", "values", "custom_id", "name"]
        {
            for kind in 1..=6 {
                let json = format!(
                    r#"{{"id":"1","token":"t","type":{kind},"data":{{"type":3,"{field}":{nested}}},"message":{nested}}}"#
                );
                assert!(parse(&json).is_ok(), "{field} of {kind}");
            }
        }
    }
}

#[test]
fn options_and_inputs_nested_too_deeply_are_ignored() {
    let mut options = json!([{"name": "deep", "type": 3, "value": "x"}]);
    let mut components = json!([{"custom_id": "deep", "value": "x"}]);
    for level in 0..10 {
        options = json!([{"name": format!("level{level}"), "type": 1, "options": options}]);
        components = json!([{"components": components}]);
    }
    let command =
        json!({"id": "1", "token": "t", "type": 2, "data": {"name": "c", "options": options}});
    assert!(read(&command.to_string()).ends_with("command /c level9 level8 level7"));
    let form = json!({"id": "1", "token": "t", "type": 5, "data": {"custom_id": "f", "components": components}});
    assert!(read(&form.to_string()).ends_with("form \"f\""));
}

#[test]
fn a_long_text_is_not_truncated() {
    let long = "Київ ".repeat(6_000);
    let shown = read(&with_value(&json!(long).to_string()));
    assert!(shown.contains(&long));
}

#[test]
fn an_interaction_is_found_wherever_the_body_is_in_its_frame() {
    let (name, json) = ("command_in_server", fixture("command_in_server"));
    let frames = [
        format!(r#"{{"t":"INTERACTION_CREATE","s":5,"op":0,"d":{json}}}"#),
        format!(r#"{{"op":0,"d":{json},"s":5,"t":"INTERACTION_CREATE"}}"#),
        format!(r#"{{"new":{{"t":"READY"}},"t":"INTERACTION_CREATE","d":{json}}}"#),
    ];
    for frame in &frames {
        let Event::Interaction(Ok(interaction)) = parse_event(frame) else {
            panic!("{name}: {frame}");
        };
        assert_eq!(show(&interaction), read(&json));
    }
    let cut = &frames[0][..frames[0].len() - 9];
    assert!(matches!(parse_event(cut), Event::Other));
    let nothing = r#"{"t":"INTERACTION_CREATE","op":0,"d":null}"#;
    assert!(matches!(parse_event(nothing), Event::Interaction(Err(_))));
}

#[test]
fn relevant_gateway_events_are_recognized() {
    let table = [
        (
            r#"{"t":"READY","s":1,"op":0,"d":{"v":10,"user":{"id":"5"},"guilds":[{"id":"1","unavailable":true},{"id":"2","unavailable":true}],"session_id":"s","resume_gateway_url":"wss://example.org","shard":[0,1],"application":{"id":"7","flags":0}}}"#,
            "Ready { application_id: Some(ApplicationId(7)), guilds: Some([1, 2]) }",
        ),
        (r#"{"t":"READY","s":1,"op":0,"d":{}}"#, "Ready { application_id: None, guilds: None }"),
        (r#"{"t":"RESUMED","s":9,"op":0,"d":{"_trace":[]}}"#, "Resumed"),
        (
            r#"{"t":"GUILD_DELETE","s":2,"op":0,"d":{"id":"41"}}"#,
            "GuildDelete { id: GuildId(41), unavailable: false }",
        ),
        (
            r#"{"t":"GUILD_DELETE","op":0,"d":{"unavailable":true,"id":"41"}}"#,
            "GuildDelete { id: GuildId(41), unavailable: true }",
        ),
        (
            r#"{"t":"GUILD_DELETE","op":0,"d":{"id":"41","unavailable":false}}"#,
            "GuildDelete { id: GuildId(41), unavailable: false }",
        ),
        (
            r#"{"t":"GUILD_DELETE","op":0,"d":{"id":"41","unavailable":1}}"#,
            "GuildDelete { id: GuildId(41), unavailable: true }",
        ),
        (r#"{"t":"GUILD_DELETE","op":0,"d":{}}"#, "Other"),
        (
            r#"{"t":"READY","op":0,"d":{"guilds":[{"id":"1"},{"unavailable":true}],"application":{"id":"7"}}}"#,
            "Ready { application_id: Some(ApplicationId(7)), guilds: None }",
        ),
        (
            r#"{"t":"READY","op":0,"d":{"application":{"id":"7"}}}"#,
            "Ready { application_id: Some(ApplicationId(7)), guilds: None }",
        ),
        (
            r#"{"t":"GUILD_CREATE","s":3,"op":0,"d":{"id":"41","channels":[{"id":"1"}],"joined_at":"2026-11-24T10:00:00Z"}}"#,
            r#"GuildCreate { id: GuildId(41), joined_at: Some("2026-11-24T10:00:00Z") }"#,
        ),
        (
            r#"{"t":"GUILD_CREATE","s":3,"op":0,"d":{"id":"41"}}"#,
            "GuildCreate { id: GuildId(41), joined_at: None }",
        ),
        (r#"{"t":"GUILD_CREATE","s":3,"op":0,"d":{"id":"41", and so on"#, "Other"),
        (
            r#"{"t":"CHANNEL_UPDATE","s":3,"op":0,"d":{"parent_id":"2","id":"41"}}"#,
            "ChannelUpdate { id: ChannelId(41) }",
        ),
        (r#"{"t":"SOMETHING_NEW","op":0,"d":[]}"#, "Other"),
        (r#"{"t":null,"s":null,"op":10,"d":{"heartbeat_interval":41250}}"#, "Other"),
        (r#"{"t":null,"s":null,"op":7,"d":null}"#, "Other"),
        (r#"{"t":"READY"}"#, "Other"),
        ("{}", "Other"),
        ("[]", "Other"),
        ("", "Other"),
        ("not JSON", "Other"),
    ];
    for (frame, expected) in table {
        assert_eq!(format!("{:?}", parse_event(frame)), expected, "{frame}");
    }
}

/// An arbitrary JSON value.
fn any_json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<f64>().prop_map(Json::from),
        any::<String>().prop_map(Json::from),
        select(vec!["1", "0", "-1", "", "true", "2"]).prop_map(Json::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let names = select(vec![
            "id",
            "type",
            "name",
            "value",
            "options",
            "user",
            "components",
            "component",
            "content",
            "0",
        ]);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
            prop::collection::btree_map(names.prop_map(str::to_owned), inner, 0..5)
                .prop_map(|fields| Json::Object(fields.into_iter().collect())),
        ]
    })
}

/// Replaces a random nested value, except the id and the token.
fn put(json: &mut Json, places: &[Index], value: Json) {
    let within: Vec<&mut Json> = match json {
        Json::Array(items) => items.iter_mut().collect(),
        Json::Object(fields) => {
            let is_free = |name: &String| !matches!(name.as_str(), "id" | "token");
            fields.iter_mut().filter(|(name, _)| is_free(name)).map(|(_, value)| value).collect()
        }
        _ => Vec::new(),
    };
    let count = within.len();
    match places.split_first() {
        Some((place, places)) if count > 0 => {
            if let Some(inner) = within.into_iter().nth(place.index(count)) {
                put(inner, places, value);
            }
        }
        _ => *json = value,
    }
}

proptest! {
    #[test]
    fn arbitrary_bytes_do_not_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let text = String::from_utf8_lossy(&bytes);
        let _ = (parse(&text), parse_event(&text));
    }

    #[test]
    fn arbitrary_json_characters_do_not_panic(text in r#"[\[\]{}",:\\u0-9a-z .-]{0,120}"#) {
        let _ = (parse(&text), parse_event(&text));
        let _ = parse(&with_value(&text));
    }

    #[test]
    fn corrupted_fixtures_do_not_panic(
        which in any::<Index>(),
        changes in prop::collection::vec((any::<Index>(), prop_oneof![any::<u8>(), select(br#"{}[]",:\0u"#.to_vec())]), 1..8),
        cut in any::<Index>(),
    ) {
        let fixtures = fixtures();
        let mut json = which.get(&fixtures).1.clone().into_bytes();
        for (place, byte) in changes {
            let place = place.index(json.len());
            json[place] = byte;
        }
        let cut = cut.index(json.len());
        for part in [&json[..], &json[..cut], &json[cut..]] {
            let text = String::from_utf8_lossy(part);
            let _ = (parse(&text), parse_event(&text));
        }
    }

    #[test]
    fn an_unexpected_value_of_any_field_does_not_prevent_a_response(
        which in any::<Index>(),
        places in prop::collection::vec(any::<Index>(), 1..8),
        value in any_json(),
    ) {
        let fixtures = fixtures();
        let (name, json) = which.get(&fixtures);
        if let Ok(mut json) = serde_json::from_str::<Json>(json)
            && json.get("token").is_some()
        {
            put(&mut json, &places, value);
            let json = json.to_string();
            let read = parse(&json);
            prop_assert!(read.is_ok(), "{name}: {read:?} of {json}");
        }
    }

    #[test]
    fn texts_and_numbers_are_parsed_as_by_serde(
        text in any::<String>(),
        whole in any::<i64>(),
        number in any::<f64>().prop_filter("JSON has no others", |number| number.is_finite()),
    ) {
        prop_assert_eq!(read_value(&json!(text).to_string()), format!("{text:?}"));
        prop_assert_eq!(read_value(&whole.to_string()), format!("{:?}", whole.to_string()));
        prop_assert_eq!(read_value(&json!(number).to_string()), format!("{:?}", number.to_string()));
    }

    #[test]
    fn escapes_are_decoded_as_by_serde(
        escapes in r#"(\\[nrtbf"/\\]|\\u0[0-9a-f]{3}|\\u[1-9a-c][0-9A-F]{3}|\\ud8[0-9a-f]{2}\\udc[0-9a-f]{2}|[a-zї😀])*"#,
    ) {
        let quoted = format!("\"{escapes}\"");
        let text: String = serde_json::from_str(&quoted).expect("valid escapes");
        prop_assert_eq!(read_value(&quoted), format!("{text:?}"));
    }
}
