//! Error reports: *Report* opens a form, whose text is posted to `discord.report_channel`.

use std::path::Path;
use std::time::Duration;

use dossier::catalog::Catalog;
use serde_json::{Value, json};

use crate::fake::guild::{BOTS, GUILD, PostedMessage};
use crate::fake::{Answer, Ask, Bot, DEFAULT_USER, FakeDiscord, Fault, FaultRule};
use crate::local::Local;

/// The text of a report, which must not appear in any log.
const TEXT: &str = "zyxwordthatnobodytypes";

const POSTS: &str = "/messages";

/// Starts a bot with a channel for error reports.
fn start(discord: &FakeDiscord) -> Bot {
    start_with(discord, &[])
}

fn start_with(discord: &FakeDiscord, variables: &[(&str, &str)]) -> Bot {
    let channel = BOTS.to_string();
    let own = [("DOSSIER_DISCORD__REPORT_CHANNEL", channel.as_str())];
    let bot =
        Bot::start(Path::new(env!("CARGO_BIN_EXE_dossier")), discord, &[&own, variables].concat());
    discord.wait_for_sessions(1);
    bot
}

fn card(discord: &FakeDiscord) -> Answer {
    discord.ask(&Ask::slash("demand").with("demand", "nato"))
}

/// The form that *Report* opens.
fn form(discord: &FakeDiscord, card: &Answer) -> Answer {
    let report = card.button("Report").expect("a card has a button to report an error");
    let form = discord.ask(&Ask::press(card, &report));
    assert_eq!(form.kind, 9, "{form:?}");
    form
}

/// Submits a report as a member.
fn report(discord: &FakeDiscord, text: &str, member: u64) -> Answer {
    let card = card(discord);
    let form = form(discord, &card);
    discord.ask(&Ask::submit(&card, &form, text).by(member))
}

/// The texts of a post.
fn texts(post: &PostedMessage) -> String {
    let mut texts = String::new();
    let mut open = vec![&post.body];
    while let Some(part) = open.pop() {
        match part {
            Value::Object(fields) => {
                texts.extend(fields.get("content").and_then(Value::as_str));
                open.extend(fields.values());
            }
            Value::Array(parts) => open.extend(parts),
            _ => {}
        }
    }
    texts
}

#[test]
fn a_post_names_the_entry_and_nothing_about_the_reader() {
    let discord = FakeDiscord::start();
    let _bot = start(&discord);
    for (number, ask) in [
        Ask::slash("demand").with("demand", "nato").with("view", "kyivs-answer"),
        Ask::slash("demand").with("demand", "nato").with("view", "kyivs-answer").in_bot_dm(),
        Ask::slash("demand")
            .with("demand", "nato")
            .with("view", "kyivs-answer")
            .in_private_channel(),
    ]
    .into_iter()
    .enumerate()
    {
        let card = discord.ask(&ask);
        let form = form(&discord, &card);
        let title = form.data["title"].as_str().expect("a title");
        assert!(title.contains("NATO") && title.chars().count() <= 45, "{title}");
        let submit = Ask::submit(&card, &form, "The summit was in July.").in_locale("uk");
        let submit = match number {
            0 => submit,
            1 => submit.in_bot_dm(),
            _ => submit.in_private_channel(),
        };
        let answer = discord.ask(&submit);
        assert!(answer.is_private() && answer.text().contains("Thank you"), "{}", answer.text());
        let posts = discord.wait_for_posts(number + 1);
        let post = &posts[number];
        let version = Catalog::bundled().articles()[0].version.clone();
        let text = texts(post);
        for part in [
            "The summit was in July.",
            "demand/nato",
            "view kyivs-answer",
            "revision ",
            "putins-terms-for-peace",
            &version,
            "language uk",
        ] {
            assert!(text.contains(part), "{part} is missing in {text}");
        }
        let body = post.body.to_string();
        for private in [&DEFAULT_USER.to_string(), &GUILD.to_string(), "A member", "member7"] {
            assert!(!body.contains(private), "{private} is in {body}");
        }
        assert_eq!((post.channel, &post.body["allowed_mentions"]), (BOTS, &json!({ "parse": [] })));
        let open = Answer { data: post.body.clone(), message: post.body.clone(), ..answer };
        let entry = open.button("Open").expect("the editors can open the entry");
        let opened = discord.ask(&Ask::press(&open, &entry));
        assert!(opened.is_private() && opened.text().contains("Kyiv"), "{}", opened.text());
    }
}

#[test]
fn markup_in_a_report_is_escaped() {
    let discord = FakeDiscord::start();
    let _bot = start(&discord);
    let longest = "\u{1F600}".repeat(1_000);
    let too_long = "*".repeat(4_000);
    let lines = "@\n".repeat(2_000);
    let hostile = [
        "@everyone <@300000000000000007> <@&300000000000000020> @here",
        "# **x** [a](https://evil.example) <https://evil.example> https://evil.example",
        "```\n- a\n1. b\n> c\n-# d\n||e||",
        "\u{202e}\u{200b}\u{0}\u{1b}[31mx",
        &longest,
        &too_long,
        &lines,
    ];
    for (number, text) in hostile.iter().enumerate() {
        let answer = report(&discord, text, 400 + number as u64);
        assert!(answer.text().contains("Thank you"), "{text}: {}", answer.text());
        let text = texts(discord.wait_for_posts(number + 1).last().expect("a post"));
        for active in
            ["@everyone", "<@3", "<@&", "\n# ", "\n- ", "\n> ", "\n-# ", "a](", "https:/", "||"]
        {
            assert!(!text.contains(active), "{active} in {text}");
        }
    }
    let refused = report(&discord, " \u{200b}\n", 500);
    assert!(refused.is_private() && refused.text().contains("no text"), "{}", refused.text());
    assert_eq!(discord.posted().len(), hostile.len());
}

#[test]
fn too_many_reports_are_refused_and_the_text_is_returned() {
    let discord = FakeDiscord::start();
    let _bot = start(&discord);
    let card = card(&discord);
    let form = form(&discord, &card);
    let send = |member: u64| discord.ask(&Ask::submit(&card, &form, TEXT).by(member)).text();
    for _ in 0..3 {
        assert!(send(1).contains("Thank you"));
    }
    let refused = send(1);
    assert!(refused.contains("ten minutes") && refused.contains(TEXT), "{refused}");
    let button = card.button("Report").expect("a button");
    let not_opened = discord.ask(&Ask::press(&card, &button).by(1));
    assert!(not_opened.kind == 4 && not_opened.is_private(), "{not_opened:?}");
    let sent = (2..30).filter(|member| send(*member).contains("Thank you")).count();
    assert_eq!((sent, discord.posted().len()), (17, 20), "all together");
}

#[test]
fn the_reader_learns_that_a_report_failed_and_its_cause_is_logged_once() {
    let discord = FakeDiscord::start();
    let mut bot = start_with(&discord, &[("DOSSIER_LOG", "debug")]);
    discord.inject_fault(FaultRule::next("POST", POSTS, Fault::EchoedRequest(400)));
    let refused = report(&discord, TEXT, 1);
    assert!(refused.is_private() && refused.text().contains("did not accept"), "{refused:?}");
    assert!(refused.text().contains(TEXT), "the text is not lost: {}", refused.text());
    for member in [2, 3] {
        discord.inject_fault(FaultRule::next("POST", POSTS, Fault::Status(403)));
        assert!(report(&discord, TEXT, member).text().contains("did not accept"));
    }
    assert!(report(&discord, TEXT, 4).text().contains("Thank you"));
    bot.terminate();
    let (_, text) = bot.wait_for_exit();
    assert_eq!(text.matches("Discord answered 400, code 50035").count(), 1, "{text}");
    assert_eq!(text.matches("Discord answered 403").count(), 1, "{text}");
    assert_eq!(text.matches("reports are posted again").count(), 1, "{text}");
    assert!(!text.contains(TEXT), "{text}");
    discord.take_violations();
}

#[test]
fn a_slow_or_interrupted_report_is_posted_once() {
    let discord = FakeDiscord::start();
    let _bot = start(&discord);
    discord.inject_fault(FaultRule::next(
        "POST",
        POSTS,
        Fault::Delayed(Duration::from_millis(2_500)),
    ));
    let late = report(&discord, TEXT, 1);
    assert!(late.is_private() && late.text().contains("Thank you"), "{late:?}");
    discord.wait_for_calls("PATCH", "/messages/@original", 1);
    discord.inject_fault(FaultRule::next("POST", POSTS, Fault::DroppedAfter));
    assert!(report(&discord, TEXT, 2).text().contains("Thank you"));
    assert_eq!(discord.posted().len(), 2);
}

#[test]
fn a_report_survives_a_change_of_the_dataset() {
    let discord = FakeDiscord::start();
    let _bot = start(&discord);
    let card = card(&discord);
    let form = form(&discord, &card);
    for (custom_id, expected) in [
        ("1r99:demand:1:demand=nato&view=overview", "reported on revision 99, now "),
        ("1r3:demand:1:demand=gone-since&view=overview", "/demand demand:gone-since"),
    ] {
        let ask = Ask::submit(&card, &form, TEXT);
        let ask = ask.with_payload(move |all| all["data"]["custom_id"] = json!(custom_id));
        assert!(discord.ask(&ask).text().contains("Thank you"));
        let text = texts(discord.posted().last().expect("a post"));
        assert!(text.contains(expected) && text.contains(TEXT), "{text}");
    }
    let other = Ask::submit(&card, &form, TEXT);
    for custom_id in ["1s:demand:1:demand=nato", "1r3:config reset:1:sure=1", "2r:x", ""] {
        let ask =
            other.clone().with_payload(move |all| all["data"]["custom_id"] = json!(custom_id));
        let answer = discord.ask(&ask);
        assert!(answer.is_private() && !answer.text().contains("Thank you"), "{custom_id}");
    }
    assert_eq!(discord.posted().len(), 2);
}

#[test]
fn cached_and_rendered_cards_offer_the_same_form() {
    let local = Local::with_report_form();
    let mut reloaded = Local::with_report_form();
    reloaded.responder = local.responder.with_catalog(Catalog::bundled());
    let ask = json!({
        "id": "1", "application_id": "2", "token": "t", "type": 2, "user": { "id": "5" }, "channel_id": "4", "context": 1,
        "data": { "id": "5", "name": "demand", "type": 1, "options": [{ "name": "demand", "type": 3, "value": "nato" }] },
    });
    let rendered = local.answer(&ask);
    assert!(rendered.0.to_string().contains("\"1r"), "{}", rendered.0);
    assert_eq!(local.answer(&ask), rendered, "from the cache");
    assert_eq!(reloaded.answer(&ask), rendered, "after a reload");
}
