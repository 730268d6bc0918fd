//! Command registration: only commands that Discord accepts are sent, and only once.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use dossier::catalog::Catalog;
use dossier::commands;
use dossier::config::Register;
use dossier::content::{self, Diagnostics, Files};
use dossier::discord::http::Rest;
use dossier::discord::registration::definition;
use dossier::discord::registration::{
    CommandAction, CommandChange, RegistrationPlan, Scope, load_plans, overwrite,
};
use dossier::guild::{ApplicationId, GuildId};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

const GUILD: GuildId = GuildId::new(290_926_798_626_357_999);

fn catalog() -> &'static Catalog {
    static CATALOG: LazyLock<Catalog> = LazyLock::new(Catalog::bundled);
    &CATALOG
}

/// A catalog with two articles.
fn two_articles() -> Catalog {
    let load = || content::load(&Files::bundled(), &mut Diagnostics::default());
    Catalog::new(load().into_iter().chain(load()).collect())
}

fn scopes() -> [Scope; 2] {
    [Scope::Global, Scope::Guild(GUILD)]
}

fn registered(scope: Scope) -> Vec<Value> {
    registered_commands(catalog(), scope)
}

fn registered_commands(catalog: &Catalog, scope: Scope) -> Vec<Value> {
    let commands = definition::commands(catalog, scope);
    commands.iter().map(|one| serde_json::to_value(one).expect("plain data")).collect()
}

fn plan(scope: Scope, theirs: &[Value]) -> Vec<CommandChange> {
    RegistrationPlan::new(catalog(), scope, theirs.to_vec(), false).changes
}

fn name(command: &Value) -> &str {
    command["name"].as_str().expect("a name")
}

fn array<'a>(of: &'a Value, field: &str) -> &'a [Value] {
    of[field].as_array().map(Vec::as_slice).unwrap_or_default()
}

/// A command as returned by Discord, with additional fields and all defaults.
fn as_returned_by_discord(command: &Value, number: usize) -> Value {
    let mut whole = command.clone();
    let fields = whole.as_object_mut().expect("a command is an object");
    fields.insert("id".to_owned(), json!((1_000 + number).to_string()));
    for (name, value) in [
        ("application_id", json!("41")),
        ("version", json!("42")),
        ("description", json!("")),
        ("default_member_permissions", Value::Null),
        ("dm_permission", json!(true)),
        ("nsfw", json!(false)),
        ("name_localizations", Value::Null),
        ("description_localizations", Value::Null),
        ("a_field_of_tomorrow", json!({"is": "here"})),
    ] {
        fields.entry(name).or_insert(value);
    }
    whole
}

/// JSON pointers to all values that may be changed.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            fields.iter().for_each(|(name, value)| places(value, &format!("{at}/{name}"), found));
        }
        Value::Array(items) if items.is_empty() => {}
        Value::Array(items) => {
            found.push(at.to_owned());
            items
                .iter()
                .enumerate()
                .for_each(|(number, value)| places(value, &format!("{at}/{number}"), found));
        }
        _ => found.push(at.to_owned()),
    }
}

/// A different value of the same type.
fn changed_value(value: &Value) -> Value {
    match value {
        Value::Null => json!("something"),
        Value::Bool(value) => json!(!value),
        Value::Number(number) => json!(number.as_u64().unwrap_or_default() + 1),
        Value::String(text) => json!(format!("{text}x")),
        Value::Array(items) => items.get(1..).unwrap_or_default().into(),
        Value::Object(_) => Value::Null,
    }
}

/// The number of characters that Discord counts:
/// <https://docs.discord.com/developers/interactions/application-commands#slash-commands>.
fn counted_chars(part: &Value) -> usize {
    let chars = |field: &str| part[field].as_str().map_or(0, |text| text.chars().count());
    let inner = array(part, "options").iter().chain(array(part, "choices"));
    chars("name") + chars("description") + chars("value") + inner.map(counted_chars).sum::<usize>()
}

/// All options, including those of subcommands and groups.
fn every_option(of: &Value) -> Vec<&Value> {
    array(of, "options")
        .iter()
        .flat_map(|one| std::iter::once(one).chain(every_option(one)))
        .collect()
}

#[track_caller]
fn check_name(name: &str) {
    let fits = |character: char| character.is_alphanumeric() || "-_'".contains(character);
    assert!((1..=32).contains(&name.chars().count()), "{name}");
    assert!(name.chars().all(fits) && name == name.to_lowercase(), "{name}");
}

#[track_caller]
fn check_sentence(text: &str) {
    assert!((1..=100).contains(&text.chars().count()) && text == text.trim(), "{text}");
}

#[test]
fn all_commands_keep_discords_limits() {
    for command in scopes().into_iter().flat_map(registered) {
        if command["type"] == 1 {
            check_name(name(&command));
            check_sentence(command["description"].as_str().expect("a description"));
        } else {
            assert!((1..=32).contains(&name(&command).chars().count()));
            assert!(command.get("description").is_none() && array(&command, "options").is_empty());
        }
        for holder in every_option(&command).into_iter().chain([&command]) {
            let options = array(holder, "options");
            assert!(options.len() <= 25);
            let is_optional = |option: &Value| option["required"] != true;
            assert!(options.is_sorted_by_key(is_optional), "{}", name(&command));
            let names: BTreeSet<&str> = options.iter().map(name).collect();
            assert_eq!(names.len(), options.len(), "{}", name(&command));
        }
        assert!(counted_chars(&command) <= 8_000);
        for option in every_option(&command) {
            check_name(name(option));
            check_sentence(option["description"].as_str().expect("a description"));
            let choices = array(option, "choices");
            assert!(choices.len() <= 25);
            assert!(choices.is_empty() || option["autocomplete"] != true);
            choices.iter().for_each(|choice| {
                check_sentence(name(choice));
                check_sentence(choice["value"].as_str().expect("a value"));
            });
        }
    }
}

#[test]
fn every_command_is_registered_once_for_all_contexts() {
    let commands = registered(Scope::Global);
    let names: BTreeSet<(u64, &str)> =
        commands.iter().map(|one| (one["type"].as_u64().expect("a type"), name(one))).collect();
    assert_eq!(names.len(), commands.len());
    for command in commands::ALL {
        assert!(names.contains(&(1, command.name)), "/{}", command.name);
    }
    assert!(names.contains(&(3, "Look up in Dossier")));
    let of_kind = |kind: u64| names.iter().filter(|name| name.0 == kind).count();
    assert!(of_kind(1) <= 100 && of_kind(3) <= 15);
    for one in &commands {
        let places =
            json!([one["integration_types"], one["contexts"], one["default_member_permissions"]]);
        match name(one) {
            "config" => assert_eq!(places, json!([[0], [0], "32"])),
            _ => assert_eq!(places, json!([[0, 1], [0, 1, 2], null])),
        }
    }
}

#[test]
fn config_contains_all_of_its_subcommands() {
    let commands = registered(Scope::Global);
    let config = commands.iter().find(|one| name(one) == "config").expect("/config");
    let mut names = Vec::new();
    for option in array(config, "options") {
        match option["type"] == 2 {
            true => names.extend(
                array(option, "options")
                    .iter()
                    .map(|inner| format!("config {} {}", name(option), name(inner))),
            ),
            false => names.push(format!("config {}", name(option))),
        }
    }
    let expected: Vec<&str> = commands::SETTINGS.iter().map(|command| command.name).collect();
    assert_eq!(names, expected);
}

#[test]
fn every_option_has_the_right_type() {
    let commands = registered(Scope::Global);
    let option = |command: &str, option: &str| {
        let command = commands.iter().find(|one| one["name"] == command).expect("a command");
        let options = command["options"].as_array().expect("options");
        options.iter().find(|one| one["name"] == option).cloned().expect("an option")
    };
    let query = option("search", "query");
    assert_eq!(
        (&query["type"], &query["required"], &query["max_length"]),
        (&json!(3), &json!(true), &json!(80))
    );
    assert_eq!(option("search", "kind")["choices"][1], json!({"name": "Event", "value": "event"}));
    assert_eq!(option("random", "kind")["choices"].as_array().map(Vec::len), Some(9));
    for (command, name) in [
        ("demand", "demand"),
        ("demand", "view"),
        ("timeline", "topic"),
        ("outlook", "topic"),
        ("proposal", "by"),
    ] {
        assert_eq!(option(command, name)["autocomplete"], json!(true), "{command} {name}");
    }
    for command in commands::ALL {
        assert_eq!(option(command.name, "private")["type"], json!(5), "{}", command.name);
    }
    assert_eq!(option("timeline", "from")["autocomplete"], json!(false));
}

#[test]
fn a_channel_to_post_in_is_of_a_type_that_can_be_posted_in() {
    let commands = registered(Scope::Global);
    let config = commands.iter().find(|one| name(one) == "config").expect("/config");
    let channel = |path: &[&str]| {
        let one = path.iter().fold(config, |of, part| {
            array(of, "options").iter().find(|one| name(one) == *part).expect("an option")
        });
        array(one, "channel_types").iter().filter_map(Value::as_u64).collect::<Vec<_>>()
    };
    // No category, forum or media channel.
    let postable = [0, 5, 2, 13, 10, 11, 12];
    assert_eq!(channel(&["digest", "add", "channel"]), postable);
    assert_eq!(channel(&["digest", "edit", "channel"]), postable);
    assert_eq!(channel(&["trouble", "channel"]), postable);
    assert_eq!(channel(&["channels", "allow", "channel"]), [0_u64; 0]);
}

#[test]
fn the_article_option_exists_only_with_several_articles() {
    let has_article = |catalog: &Catalog| -> Vec<String> {
        let has = |one: &Value| {
            array(one, "options")
                .iter()
                .any(|option| name(option) == "article" && option["autocomplete"] == true)
        };
        let commands = registered_commands(catalog, Scope::Global);
        commands.iter().filter(|one| has(one)).map(|one| name(one).to_owned()).collect()
    };
    assert_eq!(has_article(catalog()), [""; 0]);
    let all = has_article(&two_articles());
    let expected: Vec<&str> =
        commands::ALL.iter().map(|one| one.name).filter(|name| *name != "help").collect();
    assert_eq!(all, expected);
}

#[test]
fn discords_schema_accepts_every_command() {
    let Some(schema) = crate::openapi::schema("ApplicationCommandUpdateRequest") else {
        return;
    };
    let foreign = json!({"id": "9", "application_id": "41", "version": "1", "name": "weather", "type": 1, "description": "Rain"});
    for scope in scopes() {
        for mut command in
            RegistrationPlan::new(catalog(), scope, vec![foreign.clone()], false).commands
        {
            // A string in Discord's documentation, but a number in its schema.
            if let Some(bits) = command["default_member_permissions"].as_str() {
                command["default_member_permissions"] = json!(bits.parse::<u64>().expect("bits"));
            }
            crate::openapi::assert_valid(&schema, &command);
        }
    }
    let refused = json!({"name": "", "options": [{"type": 3, "name": "query"}]});
    assert!(!schema.is_valid(&refused));
}

/// A command with additional settings that are not ours.
fn with_changed_fields(command: &Value) -> Value {
    let mut altered = command.clone();
    for (field, value) in [
        ("nsfw", json!(true)),
        ("default_member_permissions", json!("0")),
        ("name_localizations", json!({"de": "suche"})),
        ("description_localizations", json!({"de": "Suche"})),
        ("options", json!([{"type": 3, "name": "old", "description": "Old"}])),
    ] {
        altered[field] = value;
    }
    altered
}

fn lines(changes: &[CommandChange]) -> Vec<String> {
    changes.iter().map(CommandChange::to_string).collect()
}

#[test]
fn foreign_commands_are_listed_and_kept() {
    let theirs = [
        json!({"id": "1", "name": "weather", "type": 1}),
        json!({"id": "2", "name": "demand", "type": 2}),
        json!({"id": "3", "name": "launch", "type": 4}),
        json!({"id": "4", "name": "elsewhere", "guild_id": "77"}),
        json!(null),
    ];
    let all: Vec<Value> = registered(Scope::Global)
        .iter()
        .enumerate()
        .map(|(number, one)| as_returned_by_discord(one, number))
        .chain(theirs)
        .collect();
    let plan = RegistrationPlan::new(catalog(), Scope::Global, all.clone(), false);
    assert_eq!(
        lines(&plan.changes),
        ["? /weather: not Dossier's, left alone", "? demand: not Dossier's, left alone"]
    );
    let foreign = |plan: &RegistrationPlan| -> Vec<Value> {
        plan.commands.iter().filter(|one| one.get("id").is_some()).cloned().collect()
    };
    let launch = json!({"id": "3", "name": "launch", "type": 4});
    assert_eq!(
        foreign(&plan),
        [
            launch.clone(),
            json!({"id": "1", "name": "weather", "type": 1}),
            json!({"id": "2", "name": "demand", "type": 2}),
        ]
    );
    let pruned = RegistrationPlan::new(catalog(), Scope::Global, all, true);
    assert_eq!(lines(&pruned.changes), ["- /weather", "- demand"]);
    assert_eq!(foreign(&pruned), [launch]);
}

#[test]
fn each_change_is_described_in_one_line() {
    let guild = Scope::Guild(GUILD);
    let all = registered(guild);
    let mut theirs: Vec<Value> = all
        .iter()
        .enumerate()
        .skip(1)
        .map(|(number, one)| as_returned_by_discord(one, number))
        .collect();
    let search = theirs.iter_mut().find(|one| one["name"] == "search").expect("/search");
    search["description"] = json!("Old");
    search["options"][0]["max_length"] = json!(100);
    assert_eq!(
        lines(&plan(guild, &theirs)),
        [
            format!("+ /demand in server {GUILD}"),
            format!("~ /search in server {GUILD}: description, options.query.max_length")
        ]
    );
}

proptest! {
    #[test]
    fn returned_commands_equal_those_sent(order in any::<u64>(), drops in any::<u16>()) {
        for scope in scopes() {
            let mut theirs: Vec<Value> = registered(scope).iter().enumerate().map(|(number, one)| as_returned_by_discord(one, number)).collect();
            let turn = usize::try_from(order).unwrap_or_default() % theirs.len();
            theirs.rotate_left(turn);
            for one in theirs.iter_mut().filter_map(Value::as_object_mut) {
                drop_defaults(one, drops);
            }
            prop_assert_eq!(plan(scope, &theirs), []);
        }
    }
}

#[test]
fn every_single_change_is_detected() {
    let ignored =
        ["/id", "/application_id", "/version", "/dm_permission", "/a_field_of_tomorrow/is"];
    let mut seen = 0;
    for ours in registered(Scope::Global) {
        let whole = as_returned_by_discord(&ours, 0);
        let mut found = Vec::new();
        places(&whole, "", &mut found);
        for place in found.iter().filter(|place| !ignored.contains(&place.as_str())) {
            let mut altered = whole.clone();
            let value = altered.pointer_mut(place).expect("a place of this command");
            *value = changed_value(value);
            let changes = plan(Scope::Global, std::slice::from_ref(&altered));
            let change =
                changes.iter().find(|change| change.command.trim_start_matches('/') == name(&ours));
            let action = &change.unwrap_or_else(|| panic!("no change for {place}")).action;
            if !["/name", "/type"].contains(&place.as_str()) {
                let is_one = matches!(action, CommandAction::Update(fields) if fields.len() == 1);
                assert!(is_one, "{place}: {action:?}");
            }
            seen += 1;
        }
    }
    assert!(seen > 300, "{seen}");
}

/// Removes some fields that have their default value.
fn drop_defaults(command: &mut Map<String, Value>, drops: u16) {
    let silent = [
        "default_member_permissions",
        "nsfw",
        "name_localizations",
        "description_localizations",
        "a_field_of_tomorrow",
    ];
    for (number, field) in silent.iter().enumerate() {
        let says_something = command.get(*field).is_some_and(Value::is_string)
            || command.get(*field).is_some_and(Value::is_number);
        if drops >> number & 1 == 1 && !says_something {
            command.remove(*field);
        }
    }
    if drops >> 8 & 1 == 1 && command.get("description") == Some(&json!("")) {
        command.insert("description".to_owned(), Value::Null);
        command.insert("options".to_owned(), json!([]));
    }
}

/// Registers commands with a fake Discord through the real REST client.
fn register(fake: &crate::fake::FakeDiscord, setting: &Register, go: bool) -> Vec<CommandChange> {
    let rest = Rest::new(&fake.api_url(), fake.token().into()).expect("an edge");
    let application = ApplicationId::new(crate::fake::Settings::default().application);
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let plans = runtime.block_on(async {
        let plans = load_plans(&rest, application, catalog(), setting, false).await;
        let plans = plans.expect("an answer of the fake");
        if go {
            overwrite(&rest, application, &plans).await.expect("an answer of the fake");
        }
        plans
    });
    plans.into_iter().flat_map(|plan| plan.changes).collect()
}

#[test]
fn commands_are_sent_once_and_not_again() {
    for default_fields in
        [crate::fake::DefaultFields::Omitted, crate::fake::DefaultFields::Included]
    {
        let fake = crate::fake::FakeDiscord::with(crate::fake::Settings {
            default_fields,
            ..crate::fake::Settings::default()
        });
        let setting = Register::Global;
        let count = registered(Scope::Global).len();
        assert_eq!(register(&fake, &setting, false).len(), count);
        assert_eq!(fake.registrations(), [""; 0]);
        assert_eq!(register(&fake, &setting, true).len(), count);
        assert_eq!(fake.registrations().len(), 1);
        assert_eq!(fake.commands().len(), count);
        assert_eq!(register(&fake, &setting, true), []);
        assert_eq!(fake.registrations().len(), 1);
    }
}

#[test]
fn changes_are_one_request_and_foreign_commands_stay() {
    let fake = crate::fake::FakeDiscord::start();
    let setting = Register::Guilds(vec![GUILD, GUILD]);
    register(&fake, &setting, true);
    let sent = fake.registrations().len();
    fake.change_commands(|commands| {
        commands.remove(0);
        commands[3] = with_changed_fields(&commands[3]);
        let guild = GUILD.to_string();
        commands.push(json!({"id": "9", "guild_id": guild, "name": "weather", "type": 1, "description": "Rain"}));
        commands.push(json!({"id": "10", "name": "demand", "type": 1, "description": "Of all servers"}));
    });
    let changes = register(&fake, &setting, true);
    assert_eq!(changes.len(), 3, "{:?}", lines(&changes));
    assert_eq!(fake.registrations().len(), sent + 1);
    let again = register(&fake, &setting, true);
    assert_eq!(lines(&again), [format!("? /weather in server {GUILD}: not Dossier's, left alone")]);
    assert_eq!(fake.registrations().len(), sent + 1);
    assert!(fake.commands().iter().any(|one| one["description"] == "Of all servers"));
}

#[test]
fn a_rejected_overwrite_changes_nothing() {
    let fake = crate::fake::FakeDiscord::start();
    let count = registered(Scope::Global).len();
    fake.inject_fault(crate::fake::FaultRule::next(
        "PUT",
        "/commands",
        crate::fake::Fault::Status(400),
    ));
    let (code, output) = run(&fake, &["register"], &[]);
    assert!(code == Some(1) && output.contains("register the commands: PUT"), "{output}");
    assert_eq!(fake.commands().len(), 0);
    let (_, output) = run(&fake, &["register"], &[]);
    assert!(output.ends_with(&format!("{count} sent\n")), "{output}");
}

#[test]
fn without_registration_no_request_is_sent() {
    let fake = crate::fake::FakeDiscord::start();
    assert_eq!(register(&fake, &Register::Off, true), []);
    assert!(fake.calls().is_empty());
}

/// Runs `dossier register` against a fake Discord and returns output and exit code.
fn run(
    fake: &crate::fake::FakeDiscord,
    arguments: &[&str],
    variables: &[(&str, &str)],
) -> (Option<i32>, String) {
    let (api_url, token) = (fake.api_url(), fake.token());
    let mut all = vec![("DISCORD_TOKEN", token.as_str()), ("DOSSIER_DISCORD__API_URL", &api_url)];
    all.extend_from_slice(variables);
    crate::fake::Bot::spawn(env!("CARGO_BIN_EXE_dossier").as_ref(), arguments, &all).wait_for_exit()
}

#[test]
fn the_operator_sees_changes_before_they_are_sent() {
    let fake = crate::fake::FakeDiscord::start();
    let count = registered(Scope::Global).len();
    let (code, output) = run(&fake, &["register", "--dry-run"], &[]);
    assert_eq!(code, Some(0));
    assert!(
        output.starts_with("+ /demand\n")
            && output.ends_with(&format!("{count} to send, nothing sent\n")),
        "{output}"
    );
    assert_eq!(fake.registrations(), [""; 0]);

    let (_, output) = run(&fake, &["register"], &[]);
    assert!(output.ends_with(&format!("+ Look up in Dossier\n{count} sent\n")), "{output}");
    assert_eq!(run(&fake, &["register"], &[]), (Some(0), "nothing to do\n".to_owned()));
    assert_eq!(fake.registrations().len(), 1);
}

#[test]
fn foreign_commands_are_removed_only_with_prune() {
    let fake = crate::fake::FakeDiscord::start();
    run(&fake, &["register"], &[]);
    fake.change_commands(|commands| {
        commands.push(json!({"id": "9", "name": "weather", "type": 1, "description": "Rain"}));
    });
    let (_, output) = run(&fake, &["register"], &[]);
    assert_eq!(output, "? /weather: not Dossier's, left alone\nnothing to do\n");
    let (_, output) = run(&fake, &["register", "--prune"], &[]);
    assert_eq!(output, "- /weather\n1 sent\n");
    assert!(fake.commands().iter().all(|one| one["name"] != "weather"));
}

#[test]
fn registration_reports_that_it_is_off() {
    let fake = crate::fake::FakeDiscord::start();
    let (code, output) = run(&fake, &["register"], &[("DOSSIER_DISCORD__REGISTER", "off")]);
    assert!(code == Some(0) && output.contains("discord.register is \"off\""), "{output}");
    assert!(fake.calls().is_empty());
}

#[test]
fn the_operator_gets_both_invite_links() {
    let fake = crate::fake::FakeDiscord::start();
    let (code, output) = run(&fake, &["invite"], &[]);
    let application = crate::fake::Settings::default().application;
    assert_eq!(code, Some(0));
    for link in [
        "integration_type=0&scope=bot+applications.commands&permissions=274878008320\n",
        "integration_type=1&scope=applications.commands\n",
    ] {
        assert!(
            output.contains(&format!(
                "https://discord.com/oauth2/authorize?client_id={application}&{link}"
            )),
            "{output}"
        );
    }
}

#[test]
fn a_rejected_token_is_reported_but_not_shown() {
    let fake = crate::fake::FakeDiscord::start();
    let token = "MTEwMDAwMDAwMDAwMDAwMDAwMQ.wrong.token-of-somebody-else";
    for arguments in [&["register"], &["invite"]] {
        let (code, output) = run(&fake, arguments, &[("DISCORD_TOKEN", token)]);
        assert!(
            code == Some(78) && output.contains("Discord refused the token"),
            "{code:?} {output}"
        );
        assert!(!output.contains("MTEwMDAw") && !output.contains("somebody"), "{output}");
    }
    drop(fake.take_violations());
}
