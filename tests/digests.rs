//! Digests: the real program with a real database against a fake Discord. Instead of waiting, the
//! tests change due times in the database.

mod delivery;
mod kills;
mod refusals;

use std::path::Path;
use std::time::{Duration, Instant};

use crate::database::{execute, query};
use crate::fake::guild::{
    BOTS, CATEGORY, FORUM, GENERAL, GUILD, HIDDEN, MEMBERS, NEWS, PostedMessage,
    READ_MESSAGE_HISTORY, READERS, SEND_MESSAGES, STAGE, THREAD, VIEW_CHANNEL, VOICE,
};
use crate::fake::{Answer, Ask, Bot, FakeDiscord, Folder, GatewayEvent, OTHER_USER};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;

fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_dossier"))
}

/// A bot with its own database.
struct Server {
    discord: FakeDiscord,
    folder: Folder,
    bot: Option<Bot>,
}

impl Server {
    fn start() -> Self {
        let mut server = Self { discord: FakeDiscord::start(), folder: Folder::new(), bot: None };
        server.start_bot();
        server.bot().wait_for("commands registered");
        server
    }

    fn start_bot(&mut self) {
        let is_session = |seen: &GatewayEvent| matches!(seen, GatewayEvent::Ready);
        let sessions = self.discord.events().into_iter().filter(is_session).count();
        let url = self.folder.sqlite();
        let bot = Bot::start(program(), &self.discord, &[("DOSSIER_STORE__URL", &url)]);
        self.discord.wait_for_sessions(sessions + 1);
        self.bot = Some(bot);
    }

    fn bot(&self) -> &Bot {
        self.bot.as_ref().expect("a bot that runs")
    }

    fn stop_bot(&mut self) {
        let mut bot = self.bot.take().expect("a bot that runs");
        bot.terminate();
        assert_eq!(bot.wait_for_exit().0, Some(0));
    }

    fn ask(&self, ask: &Ask) -> Answer {
        self.discord.ask(ask)
    }

    /// Creates a digest with a command, confirms it, and returns its id.
    fn add(&self, ask: &Ask) -> i64 {
        let draft = self.ask(ask);
        assert_contains(&draft, &["Save this digest?"]);
        let saved = self.ask(&press(&draft, "Confirm"));
        assert_contains(&saved, &["Saved"]);
        query(&self.folder, "select max(id) from digest where due is not null")
    }

    /// Makes all digests due since this many seconds. Returns the due minute.
    fn make_due(&self, ago: i64) -> i64 {
        let due = Timestamp::now().as_second() - ago;
        let minute = due - due.rem_euclid(60);
        self.make_due_at(minute);
        minute
    }

    fn make_due_at(&self, minute: i64) {
        let civil = Timestamp::from_second(minute).expect("an instant");
        let civil = civil.to_zoned_datetime(TimeZone::UTC);
        let (hour, at) = (i64::from(civil.hour()), i64::from(civil.minute()));
        let day = civil.date();
        let sql = format!(
            "update digest set at_minute = {}, zone = 'UTC', days = 127, slot = '{day}T{hour:02}:{at:02}[UTC]', due = {minute}",
            hour * 60 + at,
        );
        execute(&self.folder, &sql);
    }

    /// Posts at once, as if all earlier runs were a minute older.
    fn post_now(&self) -> Answer {
        execute(&self.folder, "update digest_run set due = due - 60");
        self.ask(&config("post-now"))
    }

    /// Asks for something that must be confirmed, and presses the button that confirms it.
    fn confirm(&self, ask: &Ask, label: &str) -> Answer {
        self.ask(&press(&self.ask(ask), label))
    }

    fn remove(&self) -> Answer {
        self.ask(&config("remove"))
    }

    fn list(&self) -> String {
        self.ask(&config("list")).text()
    }

    /// Waits until the list of digests contains this text.
    #[track_caller]
    fn wait_for_list(&self, part: &str) -> String {
        let until = Instant::now() + Duration::from_secs(20);
        loop {
            let list = self.list();
            if list.contains(part) {
                return list;
            }
            assert!(Instant::now() < until, "{part:?} is not in:\n{list}\n{}", self.bot().output());
            std::thread::sleep(Duration::from_millis(200));
        }
    }

    /// The messages posted in a channel.
    fn posts(&self, channel: u64) -> Vec<PostedMessage> {
        let mut posts = self.discord.posted();
        posts.retain(|post| post.channel == channel);
        posts
    }
}

fn config(command: &str) -> Ask {
    Ask::slash(&format!("config digest {command}"))
}

fn add(channel: u64) -> Ask {
    let add = config("add").with("channel", channel);
    add.with("at", "09:00").with("zone", "Europe/Kyiv")
}

#[track_caller]
fn press(on: &Answer, label: &str) -> Ask {
    let button = on.button(label);
    Ask::press(on, &button.unwrap_or_else(|| panic!("no {label} in:\n{}", on.text())))
}

#[track_caller]
fn assert_contains(answer: &Answer, parts: &[&str]) {
    assert!(answer.is_private(), "{}", answer.text());
    for part in parts {
        let text = answer.text();
        assert!(text.contains(part), "{part:?} is not in:\n{text}");
    }
}

/// All visible text of a post.
fn text(post: &PostedMessage) -> String {
    fn walk(part: &Value, text: &mut String) {
        match part {
            Value::Object(fields) => {
                let content = fields.get("content").and_then(Value::as_str);
                text.extend(content.into_iter().flat_map(|content| [content, "\n"]));
                fields.values().for_each(|part| walk(part, text));
            }
            Value::Array(parts) => parts.iter().for_each(|part| walk(part, text)),
            _ => {}
        }
    }
    let mut all = String::new();
    walk(&post.body, &mut all);
    all
}

#[test]
fn each_subcommand_works() {
    let server = Server::start();
    assert_contains(&server.ask(&config("list")), &["There are no digests yet"]);
    assert_contains(&server.ask(&config("pause")), &["This server has no digest"]);
    let draft = server.ask(&add(BOTS).with("days", "mon,wed").with("role", READERS));
    let shown = draft.text();
    assert_contains(
        &draft,
        &[
            "Monday, Wednesday at 09:00 (Europe/Kyiv)",
            "the dossier in order",
            "<@&300000000000000021>",
        ],
    );
    assert_eq!(shown.matches("<t:").count(), 6, "three runs, each twice: {shown}");
    assert_contains(&server.ask(&config("list")), &["There are no digests yet"]);
    let saved = server.ask(&press(&draft, "Confirm"));
    assert_eq!(saved.kind, 7, "it takes the draft's place");
    assert_contains(&saved, &["Saved", "The digest is saved"]);
    assert_contains(&server.ask(&press(&draft, "Confirm")), &["Nothing has changed"]);
    let list = server.ask(&config("list"));
    assert_contains(&list, &["<#300000000000000004>", "Next: <t:", "Nothing has been posted yet"]);
    assert_contains(
        &server.ask(&config("preview")),
        &["<#300000000000000004> gets next", "1 of ", "It will mention <@&300000000000000021>"],
    );
    let posted = server.post_now();
    let post = server.discord.wait_for_posts(1).remove(0);
    let link = format!("https://discord.com/channels/{GUILD}/{BOTS}/{}", post.id);
    assert_contains(&posted, &["Posted", &link]);
    assert!(text(&post).contains("1 of "), "{}", text(&post));
    assert_eq!(post.notified, [READERS]);
    assert_contains(&server.ask(&config("list")), &["Last: <t:", &link]);
    assert_contains(&server.ask(&config("preview")), &["2 of "]);
    assert_contains(&server.ask(&config("pause")), &["Saved", "Paused:"]);
    assert_contains(&server.ask(&config("pause")), &["Nothing has changed"]);
    assert_contains(&server.ask(&config("list")), &["Paused."]);
    assert_eq!(query(&server.folder, "select count(*) from digest where due is null"), 1);
    assert_contains(&server.ask(&config("resume")), &["Resumed"]);
    let draft = server.ask(&config("edit").with("at", "9:30 pm").with("content", "on-this-day"));
    assert_contains(
        &draft,
        &[
            "Change this digest?",
            "the dossier in order → what happened on this day",
            "at 09:00 → 21:30",
            "mentioning <@&300000000000000021>",
        ],
    );
    assert_contains(&server.ask(&press(&draft, "Cancel")), &["Nothing was changed"]);
    assert_contains(&server.ask(&config("list")), &["at 09:00"]);
    // Removes the role: in the digest's panel, or together with another change.
    let panel = server.ask(&press(&server.ask(&config("list")), "Manage"));
    let draft = server.ask(&press(&panel, "Mention nobody"));
    assert_contains(&draft, &["mentioning <@&300000000000000021> → nobody"]);
    let draft = server.ask(&config("edit").with("at", "21:30"));
    let saved = server.ask(&press(&draft, "Confirm, but mention nobody"));
    assert_contains(&saved, &["Saved", "21:30"]);
    assert!(!saved.text().contains("<@&"), "{}", saved.text());
    assert_contains(&server.ask(&config("edit").with("at", "21:30")), &["Nothing would change"]);
    assert_contains(&server.remove(), &["Saved", "Removed:"]);
    assert_contains(&server.ask(&config("list")), &["There are no digests yet"]);
    assert_contains(
        &server.ask(&Ask::slash("config log")),
        &[
            "5 changes",
            "digest added: <#300000000000000004>: the dossier in order, Monday, Wednesday at 09:00",
            "digest paused: <#300000000000000004>",
            "at 09:00 → 21:30 (Europe/Kyiv), mentioning <@&300000000000000021> → nobody",
            "digest removed: <#300000000000000004>",
        ],
    );
}

#[test]
fn the_button_that_removes_a_digest_asks_first() {
    let server = Server::start();
    server.add(&add(BOTS));
    let list = server.ask(&config("list"));
    let one = server.ask(&press(&list, "Manage"));
    let question = server.ask(&press(&one, "Remove"));
    assert_contains(&question, &["Remove this digest?", "at 09:00"]);
    assert_contains(&server.ask(&press(&question, "Cancel")), &["Next: "]);
    let remove = question.button("Remove").expect("a button");
    let (before, at) = remove.rsplit_once('=').expect("an option");
    let at: i64 = at.parse().expect("an instant");
    let late = Ask::press(&question, &format!("{before}={}", at - 901));
    assert_contains(&server.ask(&late), &["15 minutes"]);
    assert_eq!(query(&server.folder, "select count(*) from digest"), 1);
    assert_contains(&server.ask(&press(&question, "Remove")), &["Removed:", "no digests yet"]);
}

#[test]
fn panels_and_commands_offer_the_same_actions() {
    let server = Server::start();
    for channel in [BOTS, GENERAL, NEWS, VOICE, THREAD] {
        server.add(&add(channel));
    }
    let panel = server.ask(&Ask::slash("config view"));
    let list = server.ask(&press(&panel, "Digests"));
    assert_contains(&list, &["Digests of this server", "Page 1 of 2"]);
    let second = server.ask(&press(&list, "Next"));
    assert_eq!(second.kind, 7);
    assert_contains(&second, &["Page 2 of 2"]);
    let one = server.ask(&press(&second, "Manage"));
    let preview = server.ask(&press(&one, "Preview"));
    assert_contains(&preview, &["gets next"]);
    let one = server.ask(&press(&one, "Pause"));
    assert_contains(&one, &["Paused:", "Paused."]);
    let one = server.ask(&press(&one, "Resume"));
    assert_contains(&one, &["Resumed", "Next: "]);
    let posted = server.ask(&press(&one, "Post now"));
    assert_contains(&posted, &["Posted"]);
    let list = server.confirm(&press(&one, "Remove"), "Remove");
    assert_contains(&list, &["Removed:", "Digests of this server"]);
    assert_eq!(query(&server.folder, "select count(*) from digest"), 4);
    // Clicks by another user or in another guild have no effect.
    let draft = server.ask(&add(BOTS).with("days", "sun"));
    let stranger = server.ask(&press(&draft, "Confirm").by(OTHER_USER));
    assert_contains(&stranger, &["shown to somebody else"]);
    assert_contains(
        &server.ask(&press(&draft, "Confirm").in_guild(GUILD + 7)),
        &["in another server"],
    );
    execute(&server.folder, "update digest_draft set made_at = made_at - 901");
    assert_contains(&server.ask(&press(&draft, "Confirm")), &["15 minutes"]);
    assert_eq!(query(&server.folder, "select count(*) from digest"), 4);
}

#[test]
fn an_invalid_digest_is_refused_with_an_explanation() {
    let server = Server::start();
    let usual = |option: &str, value: &str| {
        let mut ask = config("add").with("channel", BOTS);
        for (name, default) in [("at", "09:00"), ("zone", "Europe/Kyiv")] {
            ask = ask.with(name, if name == option { value } else { default });
        }
        if !["at", "zone"].contains(&option) {
            ask = ask.with(option, value);
        }
        ask
    };
    for (ask, text) in [
        (add(FORUM), "Dossier cannot post directly in <#300000000000000006>"),
        (add(CATEGORY), "Dossier cannot post directly in <#300000000000000003>"),
        (add(HIDDEN), "Dossier cannot see <#300000000000000012>"),
        (usual("at", "half past nine"), "“half past nine” is not a time of day"),
        (usual("at", "24:00"), "“24:00” is not a time of day"),
        (usual("at", "24:30"), "midnight is 00:00, the start of the day"),
        (usual("at", "24h"), "midnight is 00:00, the start of the day"),
        (usual("zone", "Mars/Olympus"), "No time zone is called “Mars/Olympus”"),
        (usual("zone", "+02:00"), "could be several time zones"),
        (usual("zone", "Lodon"), "Did you mean Europe/London?"),
        (usual("zone", "+2:30"), "No time zone is called “+2:30”"),
        (usual("zone", "IST"), "such as Asia/Kolkata, Asia/Jerusalem, Europe/Dublin"),
        (usual("at", "9:00 UTC"), "without a time zone, which has an option of its own"),
        (usual("days", "today"), "Write daily, weekdays, or days as in mon,wed"),
        (usual("days", "someday"), "“someday” is not a day of the week"),
        (usual("content", "poems"), "A digest cannot post “poems”"),
        (add(BOTS).with("publish", true), "Only posts in an announcement channel"),
        (add(BOTS).with("role", GUILD), "Dossier never mentions"),
    ] {
        assert_contains(&server.ask(&ask), &[text]);
    }
    server.discord.change_channel(BOTS, |channel| channel.permissions &= !SEND_MESSAGES);
    assert_contains(&server.ask(&add(BOTS)), &["cannot post there", "Send Messages"]);
    server.discord.change_channel(GENERAL, |channel| channel.permissions &= !READ_MESSAGE_HISTORY);
    assert_contains(
        &server.ask(&add(GENERAL).with("role", MEMBERS)),
        &["lacks Read Message History", "Dossier cannot notify", "Save this digest?"],
    );
    assert_eq!(query(&server.folder, "select count(*) from digest"), 0);
    server.add(&add(GENERAL));
    server.add(&add(NEWS));
    assert_contains(&server.ask(&config("pause")), &["several digests"]);
    assert_contains(&server.ask(&config("pause").with("digest", "7")), &["no such digest"]);
    let of_news =
        query(&server.folder, &format!("select id from digest where channel_id = {NEWS}"));
    let of_news = of_news.to_string();
    let elsewhere = config("pause").with("digest", of_news.as_str()).in_guild(GUILD + 7);
    assert_contains(&server.ask(&elsewhere), &["This server has no digest"]);
    // Clients may send a choice's label instead of its value.
    let typed = server.ask(&config("pause").with("digest", "channel-10").autocomplete());
    let choices = typed.choices();
    assert_eq!(choices, ["#channel-10 · every day 09:00 · Europe/Kyiv · the dossier in order"]);
    assert_contains(&server.ask(&config("pause").with("digest", choices[0])), &["Paused:"]);
    let all = server.ask(&config("pause").with("digest", "").autocomplete());
    assert_eq!(all.choices().len(), 2);
    let zones = server.ask(&config("add").with("zone", "kyiv").autocomplete());
    assert!(zones.choices()[0].starts_with("Europe/Kyiv · "), "{:?}", zones.choices());
}

#[test]
fn it_posts_in_every_type_of_channel_with_messages() {
    let server = Server::start();
    let channels = [BOTS, NEWS, VOICE, STAGE, THREAD];
    for channel in channels {
        server.add(&add(channel));
    }
    server.make_due(60);
    server.discord.wait_for_posts(channels.len());
    for channel in channels {
        assert_eq!(server.posts(channel).len(), 1, "{channel}");
    }
}

#[test]
fn of_two_equal_drafts_confirmed_at_once_one_is_saved() {
    let server = Server::start();
    let drafts = [server.ask(&add(BOTS)), server.ask(&add(BOTS))];
    let presses = drafts.map(|draft| server.discord.send(&press(&draft, "Confirm")));
    let answers = presses.map(|id| server.discord.answer_to(id).text());
    let count = |what: &str| answers.iter().filter(|text| text.contains(what)).count();
    assert_eq!((count("Saved"), count("already does this")), (1, 1), "{answers:#?}");
    assert_eq!(query(&server.folder, "select count(*) from digest"), 1);
}

#[test]
fn a_draft_does_not_undo_what_was_changed_after_it_was_made() {
    let server = Server::start();
    server.add(&add(BOTS));
    let changed = &["changed, paused or resumed after this draft was made"];
    let draft = server.ask(&config("edit").with("at", "10:00"));
    assert_contains(&server.ask(&config("pause")), &["Paused:"]);
    assert_contains(&server.ask(&press(&draft, "Confirm")), changed);
    assert_contains(&server.ask(&config("list")), &["at 09:00", "Paused."]);
    let [earlier, later] = ["10:00", "11:00"].map(|at| server.ask(&config("edit").with("at", at)));
    assert_contains(&server.ask(&press(&later, "Confirm")), &["Saved", "at 11:00"]);
    assert_contains(&server.ask(&press(&earlier, "Confirm")), changed);
    assert_contains(&server.ask(&press(&later, "Confirm")), &["Nothing has changed"]);
    assert_contains(&server.ask(&config("list")), &["at 11:00"]);
}

#[test]
fn a_duplicate_digest_is_refused() {
    let server = Server::start();
    let plan = |at: &str, zone: &str| {
        config("add").with("channel", BOTS).with("at", at).with("zone", zone)
    };
    let [first, second] = [server.ask(&add(BOTS)), server.ask(&add(BOTS))];
    assert_contains(&server.ask(&press(&first, "Confirm")), &["Saved"]);
    let exists = ["already does this", "Nothing was saved"];
    assert_contains(&server.ask(&press(&second, "Confirm")), &exists);
    for same in [
        add(BOTS),
        add(BOTS).with("days", "daily"),
        add(BOTS).with("content", "order").with("publish", false),
        plan("9am", "kyiv"),
        plan("09:00", "Europe/Kiev"),
        plan("09:00", "Europe/Zaporozhye"),
        plan("09h00", "Kyiv"),
    ] {
        assert_contains(&server.ask(&same), &exists);
    }
    assert_contains(&server.ask(&config("pause")), &["Paused:"]);
    assert_contains(&server.ask(&add(BOTS)), &["is paused", "/config digest resume"]);
    assert_eq!(query(&server.folder, "select count(*) from digest"), 1);
    for other in [
        plan("09:01", "Europe/Kyiv"),
        plan("09:00", "UTC"),
        add(NEWS),
        add(BOTS).with("days", "mon"),
    ] {
        assert_contains(&server.ask(&other), &["Save this digest?"]);
    }
    // Nor can another digest be changed into a duplicate.
    server.add(&plan("10:00", "Europe/Kyiv"));
    let other = query(&server.folder, "select id from digest where at_minute = 600");
    let edit = config("edit").with("digest", other.to_string()).with("at", "09:00");
    assert_contains(&server.ask(&edit), &["already does this"]);
}

#[test]
fn a_locked_thread_is_refused_before_anything_is_saved() {
    let server = Server::start();
    let thread = |ask: Ask, metadata: Value, more: u64| {
        ask.with_payload(move |all| {
            let thread = &mut all["data"]["resolved"]["channels"][THREAD.to_string()];
            thread["thread_metadata"] = metadata.clone();
            let can = VIEW_CHANNEL | READ_MESSAGE_HISTORY | 1 << 38 | more;
            thread["app_permissions"] = can.to_string().into();
        })
    };
    let locked = serde_json::json!({ "locked": true, "archived": false });
    let archived = serde_json::json!({ "locked": true, "archived": true });
    let open = serde_json::json!({ "locked": false, "archived": true });
    let trouble = || Ask::slash("config trouble").with("channel", THREAD);
    server.add(&add(BOTS));
    let edit = config("edit").with("channel", THREAD);
    for ask in [
        thread(add(THREAD), locked.clone(), 0),
        thread(add(THREAD), archived.clone(), 0),
        thread(edit, locked.clone(), 0),
        thread(trouble(), locked.clone(), 0),
        thread(trouble(), archived, 0),
    ] {
        assert_contains(&server.ask(&ask), &["is locked", "Manage Threads"]);
    }
    assert_contains(&server.ask(&thread(add(THREAD), open, 0)), &["Save this digest?"]);
    assert_contains(&server.ask(&thread(add(THREAD), locked, 1 << 34)), &["Save this digest?"]);
}

#[test]
fn post_now_posts_once_within_five_seconds() {
    let server = Server::start();
    server.add(&add(BOTS));
    let list = server.ask(&config("list"));
    let one = server.ask(&press(&list, "Manage"));
    assert_contains(&server.ask(&press(&one, "Post now")), &["Posted"]);
    for _ in 0..4 {
        assert_contains(&server.ask(&press(&one, "Post now")), &["posted a moment ago"]);
    }
    assert_eq!(server.posts(BOTS).len(), 1);
    assert_contains(&server.ask(&config("post-now")), &["posted a moment ago"]);
    assert_eq!(server.posts(BOTS).len(), 1);
    assert_contains(&server.post_now(), &["Posted"]);
    assert_contains(&server.ask(&press(&one, "Post now")), &["posted a moment ago"]);
    assert_eq!(server.posts(BOTS).len(), 2);
}

#[test]
fn settings_with_digests_survive_export_and_import() {
    let server = Server::start();
    let first = server.add(&add(BOTS));
    server.add(&add(NEWS).with("publish", true).with("days", "weekends"));
    assert_contains(
        &server.ask(&config("post-now").with("digest", first.to_string())),
        &["Posted"],
    );
    let file = server.ask(&Ask::slash("config export")).text_file();
    assert!(file.contains("\"zone\": \"Europe/Kyiv\""), "{file}");
    // A digest that is changed in the file keeps what it has posted.
    for (from, to) in [("Europe/Kyiv", "Europe/Warsaw"), ("Europe/Warsaw", "Europe/Kyiv")] {
        let upload = server.discord.upload(&file.replace("Europe/Kyiv", to));
        let imported = server.ask(&Ask::slash("config import").with("file", upload));
        let zones = format!("{from} → {to}");
        assert_contains(&imported, &["2 settings were changed", &zones]);
    }
    assert_eq!(query(&server.folder, "select count(*) from digest_run"), 1);
    let remove = config("remove").with("digest", first.to_string());
    assert_contains(&server.ask(&remove), &["Removed"]);
    let upload = server.discord.upload(&file);
    let import = Ask::slash("config import").with("file", upload);
    let imported = server.ask(&import);
    assert_contains(&imported, &["One setting was changed", "digest added: <#"]);
    assert_contains(&server.ask(&import), &["Nothing has changed"]);
    assert_eq!(query(&server.folder, "select count(*) from digest where due is not null"), 2);
    let bad = server.discord.upload(&file.replace("09:00", "29:00"));
    assert_contains(
        &server.ask(&Ask::slash("config import").with("file", bad)),
        &["must be a time", "nothing was changed"],
    );
}

fn wait_until(holds: impl Fn() -> bool) {
    for _ in 0..400 {
        if holds() {
            return;
        }
        std::thread::sleep(Duration::from_millis(25));
    }
    panic!("waited in vain");
}
