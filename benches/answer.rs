//! From bytes in to bytes out: an interaction as Discord sends it, parsed, answered and rendered.
#![allow(clippy::disallowed_methods, reason = "the ids of benches are not 0")]

#[path = "../tests/local/mod.rs"]
mod local;

use std::sync::LazyLock;

use divan::{Bencher, black_box};
use dossier::discord::incoming::parse;
use dossier::discord::respond::Reply;
use local::Local;
use serde_json::{Value, json};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

static LOCAL: LazyLock<Local> = LazyLock::new(Local::new);

fn main() {
    // The server of the questions has been asked in before.
    LOCAL.add_guild(3);
    divan::main();
}

fn command(name: &str, options: &[(&str, &str)]) -> Value {
    let options: Vec<Value> = options
        .iter()
        .map(|(name, value)| json!({ "name": name, "type": 3, "value": value }))
        .collect();
    json!({ "type": 2, "data": { "id": "5", "name": name, "type": 1, "options": options } })
}

fn press(custom_id: &str) -> Value {
    let message =
        json!({ "id": "8", "flags": 32768, "interaction_metadata": { "user": { "id": "1" } } });
    json!({ "type": 3, "data": { "custom_id": custom_id, "component_type": 2 }, "message": message })
}

/// What is asked, by name.
fn shapes() -> Vec<(&'static str, Value)> {
    let mut typing = command("demand", &[("demand", "nat")]);
    typing["type"] = json!(4);
    typing["data"]["options"][0]["focused"] = json!(true);
    vec![
        ("entry", command("demand", &[("demand", "nato")])),
        ("list", command("timeline", &[("from", "2014"), ("to", "2019")])),
        ("matrix", command("position", &[])),
        ("words", command("demand", &[("demand", "can they still join the alliance")])),
        ("search", command("search", &[("query", "what would Russia gain if Ukraine withdraws")])),
        ("nothing", command("search", &[("query", "best borscht recipe in town")])),
        ("typing", typing),
        ("press", press("1n:timeline:2:from=2014")),
    ]
}

#[divan::bench(args = shapes().into_iter().map(|(name, _)| name))]
fn answer(bencher: Bencher<'_, '_>, name: &str) {
    let (_, mut interaction) =
        shapes().into_iter().find(|(shape, _)| *shape == name).expect("a shape");
    let around = json!({
        "id": "77", "application_id": "1234", "token": "a-token", "version": 1, "guild_id": "3", "channel_id": "4", "context": 0,
        "locale": "en-US", "member": { "user": { "id": "1", "username": "somebody" }, "permissions": "2147483647", "roles": ["1", "2"] },
        "authorizing_integration_owners": { "0": "3" }, "channel": { "id": "4", "type": 0, "name": "general", "permissions": "1" },
    });
    interaction
        .as_object_mut()
        .expect("an object")
        .extend(around.as_object().expect("an object").clone());
    let json = serde_json::to_string(&interaction).expect("JSON");
    bencher.bench(|| {
        let interaction = parse(black_box(&json)).expect("an interaction");
        match LOCAL.runtime.block_on(LOCAL.responder.respond(&interaction)) {
            Reply::Callback(reply) | Reply::Delete(reply) => reply,
            // A refusal.
            Reply::Message(reply) => reply.callback(),
        }
    });
}
