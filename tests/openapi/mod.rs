//! Validates what we send against Discord's OpenAPI description.
//!
//! The environment variable `DISCORD_OPENAPI` names the document (`specs/openapi.json` of
//! <https://github.com/discord/discord-api-spec>).

use std::io::Write;
use std::sync::OnceLock;

use jsonschema::Validator;
use serde_json::{Value, json};

/// The validator of a component schema, such as `ApplicationCommandCreateRequest`.
///
/// Returns `None` if the document is missing. The test prints that and passes, except in CI.
pub(crate) fn schema(name: &str) -> Option<Validator> {
    let document = document()?;
    let reference = format!("/components/schemas/{name}");
    assert!(document.pointer(&reference).is_some(), "Discord's document has no schema {name}");
    let schema = json!({ "$ref": format!("#{reference}"), "components": document["components"] });
    Some(jsonschema::draft202012::new(&schema).expect("a schema of Discord's document"))
}

/// Fails with all validation errors of a JSON value.
#[track_caller]
pub(crate) fn assert_valid(schema: &Validator, value: &Value) {
    let faults: Vec<String> = schema
        .iter_errors(value)
        .map(|fault| format!("{}: {fault}", fault.instance_path()))
        .collect();
    assert!(faults.is_empty(), "{value:#}\n{}", faults.join("\n"));
}

fn document() -> Option<&'static Value> {
    static DOCUMENT: OnceLock<Option<Value>> = OnceLock::new();
    DOCUMENT.get_or_init(read).as_ref()
}

fn read() -> Option<Value> {
    let Some(path) = std::env::var_os("DISCORD_OPENAPI") else {
        assert!(
            std::env::var_os("CI").is_none_or(|ci| ci != "true"),
            "DISCORD_OPENAPI has to name Discord's OpenAPI document in CI"
        );
        // Written to stderr directly, because `cargo test` hides `eprintln!` output of successful
        // tests.
        let written = writeln!(
            std::io::stderr(),
            "SKIPPED: DISCORD_OPENAPI does not name Discord's OpenAPI document"
        );
        drop(written);
        return None;
    };
    let text = std::fs::read_to_string(&path).expect("a readable OpenAPI document");
    Some(serde_json::from_str(&text).expect("an OpenAPI document in JSON"))
}
