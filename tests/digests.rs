//! Digests: the real program with a real database against a fake Discord. Instead of waiting, the
//! tests change due times in the database.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::database::{execute, query};
use crate::fake::guild::{
    BOTS, CATEGORY, DIRECT, FOREIGN, FORUM, GENERAL, GUILD, HIDDEN, MEMBERS, NEWS, PostedMessage,
    READ_MESSAGE_HISTORY, READERS, SEND_MESSAGES, STAGE, THREAD, VIEW_CHANNEL, VOICE,
};
use crate::fake::{
    Answer, Ask, Bot, FakeDiscord, Fault, FaultRule, Folder, GatewayEvent, OTHER_USER, Settings,
};
use crate::postgres::Postgres;
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
    assert_contains(&server.ask(&config("list")), &["There is no digest yet"]);
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
    assert_contains(&server.ask(&config("list")), &["There is no digest yet"]);
    let saved = server.ask(&press(&draft, "Confirm"));
    assert_eq!(saved.kind, 7, "it takes the draft's place");
    assert_contains(&saved, &["Saved", "It is set up"]);
    assert_contains(&server.ask(&press(&draft, "Confirm")), &["Nothing has changed"]);
    let list = server.ask(&config("list"));
    assert_contains(&list, &["<#300000000000000004>", "Next: <t:", "Nothing has been posted yet"]);
    assert_contains(
        &server.ask(&config("preview")),
        &["<#300000000000000004> gets next", "1 of ", "It will mention <@&300000000000000021>"],
    );
    let posted = server.ask(&config("post-now"));
    let post = server.discord.wait_for_posts(1).remove(0);
    let link = format!("https://discord.com/channels/{GUILD}/{BOTS}/{}", post.id);
    assert_contains(&posted, &["Posted", &link]);
    assert!(text(&post).contains("1 of "), "{}", text(&post));
    assert_eq!(post.notified, [READERS]);
    assert_contains(&server.ask(&config("list")), &["Last: <t:", &link]);
    assert_contains(&server.ask(&config("preview")), &["2 of "]);
    assert_contains(&server.ask(&config("pause")), &["Saved", "It is paused"]);
    assert_contains(&server.ask(&config("pause")), &["Nothing has changed"]);
    assert_contains(&server.ask(&config("list")), &["Paused."]);
    assert_eq!(query(&server.folder, "select count(*) from digest where due is null"), 1);
    assert_contains(&server.ask(&config("resume")), &["It goes on"]);
    let draft = server.ask(&config("edit").with("at", "9:30 pm").with("content", "on-this-day"));
    assert_contains(
        &draft,
        &["Change this digest?", "21:30", "what happened on the day", "<@&300000000000000021>"],
    );
    assert_contains(&server.ask(&press(&draft, "Cancel")), &["Nothing was changed"]);
    assert_contains(&server.ask(&config("list")), &["at 09:00"]);
    // Removes the role: in the digest's panel, or together with another change.
    let panel = server.ask(&press(&server.ask(&config("list")), "Manage"));
    let draft = server.ask(&press(&panel, "Mention nobody"));
    assert!(!draft.text().contains("<@&"), "{}", draft.text());
    let draft = server.ask(&config("edit").with("at", "21:30"));
    let saved = server.ask(&press(&draft, "Confirm, but mention nobody"));
    assert_contains(&saved, &["Saved", "21:30"]);
    assert!(!saved.text().contains("<@&"), "{}", saved.text());
    assert_contains(&server.ask(&config("edit").with("at", "21:30")), &["Nothing would change"]);
    assert_contains(&server.ask(&config("remove")), &["Saved", "It is removed"]);
    assert_contains(&server.ask(&config("list")), &["There is no digest yet"]);
    assert_contains(
        &server.ask(&Ask::slash("config log")),
        &["5 changes", "digest in <#300000000000000004>: none → ", "paused (", "→ none"],
    );
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
    assert_contains(&one, &["It is paused", "Paused."]);
    let one = server.ask(&press(&one, "Resume"));
    assert_contains(&one, &["It goes on", "Next: "]);
    let posted = server.ask(&press(&one, "Post now"));
    assert_contains(&posted, &["Posted"]);
    let list = server.ask(&press(&one, "Remove"));
    assert_contains(&list, &["It is removed", "Digests of this server"]);
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
    assert_contains(&server.ask(&press(&draft, "Confirm")), &["quarter of an hour"]);
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
        (add(FORUM), "Nothing can be posted in <#300000000000000006> itself"),
        (add(CATEGORY), "Nothing can be posted in <#300000000000000003> itself"),
        (add(HIDDEN), "I cannot see <#300000000000000012>"),
        (usual("at", "half past nine"), "“half past nine” is not a time of day"),
        (usual("at", "24:00"), "“24:00” is not a time of day"),
        (usual("at", "24:30"), "midnight is 00:00, the start of the day"),
        (usual("at", "24h"), "midnight is 00:00, the start of the day"),
        (usual("zone", "Mars/Olympus"), "No time zone is called “Mars/Olympus”"),
        (usual("zone", "+02:00"), "could be several time zones"),
        (usual("zone", "Lodon"), "Did you mean Europe/London?"),
        (usual("zone", "+2:30"), "No time zone is called “+2:30”"),
        (usual("days", "someday"), "“someday” is not a day of the week"),
        (usual("content", "poems"), "A digest cannot post “poems”"),
        (add(BOTS).with("publish", true), "Only posts in an announcement channel"),
        (add(BOTS).with("role", GUILD), "does not mention everyone"),
    ] {
        assert_contains(&server.ask(&ask), &[text]);
    }
    server.discord.change_channel(BOTS, |channel| channel.permissions &= !SEND_MESSAGES);
    assert_contains(&server.ask(&add(BOTS)), &["cannot post there", "Send Messages"]);
    server.discord.change_channel(GENERAL, |channel| channel.permissions &= !READ_MESSAGE_HISTORY);
    assert_contains(
        &server.ask(&add(GENERAL).with("role", MEMBERS)),
        &["lacks Read Message History", "may be mentioned by few", "Save this digest?"],
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
    assert_contains(&server.ask(&config("pause").with("digest", choices[0])), &["It is paused"]);
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
fn a_due_digest_is_posted_once_and_in_order() {
    let server = Server::start();
    server.add(&add(NEWS).with("role", READERS).with("publish", true));
    // Half an hour before the next full hour, so that the text does not depend on the machine's
    // speed.
    let minute = server.make_due(3 * 3_600 + 1_800);
    let post = server.discord.wait_for_posts(1).remove(0);
    let first = text(&post);
    assert!(first.contains("<@&300000000000000021>") && first.contains("1 of "), "{first}");
    assert_eq!(post.notified, [READERS]);
    assert_eq!(post.body["enforce_nonce"], true);
    assert!(!post.body.to_string().contains("Delete"), "nobody asked for it");
    wait_until(|| server.discord.posted()[0].is_published);
    let list = server.wait_for_list("late, published");
    assert!(list.contains("3 hours late"), "{list}");
    // The same run is not repeated, even if the clock is set back.
    server.make_due_at(minute);
    std::thread::sleep(Duration::from_secs(3));
    assert_eq!(server.posts(NEWS).len(), 1);
    server.make_due(1_800);
    let second = server.discord.wait_for_posts(2).remove(1);
    assert!(text(&second).contains("2 of "), "{}", text(&second));
}

#[test]
fn a_post_that_timed_out_after_reaching_discord_is_not_repeated() {
    let server = Server::start();
    server.add(&add(BOTS));
    let rule = |fault| FaultRule::next("POST", "/channels/300000000000000004/messages", fault);
    server.discord.inject_fault(rule(Fault::DroppedAfter).times(2));
    server.make_due(300);
    server.wait_for_list("Last: ");
    assert_eq!(server.posts(BOTS).len(), 1);
    // The same after all retries have failed and another attempt takes over.
    server.discord.inject_fault(rule(Fault::DroppedAfter).times(3));
    server.make_due(120);
    server.wait_for_list("is being tried again");
    assert_eq!(server.posts(BOTS).len(), 2);
    execute(&server.folder, "update digest_run set lease_until = 0 where state = 'open'");
    server.wait_for_list(&server.posts(BOTS)[1].id.to_string());
    assert_eq!(server.posts(BOTS).len(), 2);
    // The same after Discord has forgotten the nonce: the message is found in the channel's
    // history.
    server.discord.inject_fault(rule(Fault::DroppedAfter).times(3));
    server.make_due(0);
    server.wait_for_list("is being tried again");
    assert_eq!(server.posts(BOTS).len(), 3);
    server.discord.forget_nonces();
    execute(
        &server.folder,
        "update digest_run set tried_at = tried_at - 200, lease_until = 0 where state = 'open'",
    );
    let list = server.wait_for_list(&server.posts(BOTS)[2].id.to_string());
    assert!(!list.contains("tried again"), "{list}");
    assert_eq!(server.posts(BOTS).len(), 3);
}

#[test]
fn a_post_with_an_unreadable_response_counts_as_posted() {
    let server = Server::start();
    server.add(&add(NEWS).with("publish", true));
    let path = "/channels/300000000000000010/messages";
    let fault = FaultRule::next("POST", path, Fault::UnreadableBody);
    server.discord.inject_fault(fault);
    server.make_due(60);
    let list = server.wait_for_list("Last: ");
    assert!(list.contains("could not be published"), "{list}");
    assert_eq!(server.posts(NEWS).len(), 1);
    // The response does not say who was notified either, so the role is checked separately.
    let draft = server.ask(&config("edit").with("role", READERS).with("publish", false));
    server.ask(&press(&draft, "Confirm"));
    server.discord.change_roles(|roles| roles.retain(|role| role.id != READERS));
    let fault = FaultRule::next("POST", path, Fault::UnreadableBody);
    server.discord.inject_fault(fault);
    let posted = server.ask(&config("post-now"));
    assert_contains(&posted, &["Posted: ", "role that it mentions is gone"]);
    let draft = server.ask(&config("edit").with("publish", true));
    server.ask(&press(&draft, "Confirm, but mention nobody"));
    let fault = FaultRule::next("POST", path, Fault::UnreadableBody);
    server.discord.inject_fault(fault);
    let posted = server.post_now();
    assert_contains(&posted, &["Posted: <#300000000000000010>", "cannot be published"]);
}

#[test]
fn a_clock_set_back_between_retries_causes_no_second_post() {
    let server = Server::start();
    server.add(&add(BOTS));
    let path = "/channels/300000000000000004/messages";
    let fault = FaultRule::next("POST", path, Fault::DroppedAfter);
    server.discord.inject_fault(fault.times(3));
    server.make_due(60);
    server.wait_for_list("is being tried again");
    // An hour later, the clock shows a minute before the first attempt.
    server.discord.forget_nonces();
    execute(&server.folder, "update digest_run set lease_until = 0 where state = 'open'");
    let posted = server.posts(BOTS)[0].id;
    server.wait_for_list(&posted.to_string());
    assert_eq!(server.posts(BOTS).len(), 1);
    // The recorded time is when it was posted, not when it was found.
    let posted_at = ((posted >> 22) + 1_420_070_400_000) / 1_000;
    let told_at = query(&server.folder, "select at from digest_run");
    assert_eq!(told_at, posted_at.cast_signed());
}

#[test]
fn a_digest_paused_between_retries_is_not_posted() {
    let server = Server::start();
    server.add(&add(BOTS));
    assert_contains(&server.ask(&config("post-now")), &["Posted"]);
    let path = "/channels/300000000000000004/messages";
    let fault = FaultRule::next("POST", path, Fault::DroppedBefore);
    server.discord.inject_fault(fault.times(3));
    server.make_due(60);
    server.wait_for_list("is being tried again");
    assert_contains(&server.ask(&config("pause")), &["It is paused"]);
    execute(&server.folder, "update digest_run set lease_until = 0 where state = 'open'");
    server.wait_for_list("it was paused or changed before that");
    assert_eq!(server.posts(BOTS).len(), 1);
}

#[test]
fn an_abandoned_run_is_skipped_after_its_window() {
    let mut server = Server::start();
    server.add(&add(BOTS));
    server.stop_bot();
    execute(
        &server.folder,
        "insert into digest_run (digest_id, slot, due, until, state, owner, mark, round, entry, channel_id, at)
         select id, '2026-11-24T09:00[Europe/Kyiv]', unixepoch() - 25200, unixepoch() - 3600, 'open', 'gone', 7, 1, 'demand/nato', channel_id, unixepoch() - 25200
         from digest",
    );
    server.start_bot();
    let list = server.wait_for_list("was skipped");
    assert!(list.contains("One run was missed"), "{list}");
    assert_eq!(server.posts(BOTS).len(), 0);
}

#[test]
fn an_uncertain_post_is_reported_and_not_repeated() {
    let server = Server::start();
    server.add(&add(BOTS));
    server.ask(&Ask::slash("config trouble").with("channel", GENERAL));
    server.discord.change_channel(BOTS, |channel| channel.permissions &= !READ_MESSAGE_HISTORY);
    let fault =
        FaultRule::next("POST", "/channels/300000000000000004/messages", Fault::DroppedAfter);
    server.discord.inject_fault(fault.times(3));
    server.make_due(60);
    server.wait_for_list("is being tried again");
    server.discord.forget_nonces();
    execute(
        &server.folder,
        "update digest_run set tried_at = tried_at - 200, lease_until = 0 where state = 'open'",
    );
    server.wait_for_list("may have been posted or not");
    assert_eq!(server.posts(BOTS).len(), 1);
    server.discord.wait_for_posts(2);
    let notice = text(&server.posts(GENERAL)[0]);
    assert!(
        notice.contains("may have been posted or not") && notice.contains("Read Message History"),
        "{notice}"
    );
}

#[test]
fn a_run_that_was_certainly_not_posted_is_retried() {
    let server = Server::start();
    server.add(&add(BOTS));
    // A channel full of other messages, and an attempt that never reached Discord.
    let fault =
        FaultRule::next("POST", "/channels/300000000000000004/messages", Fault::DroppedBefore);
    server.discord.inject_fault(fault.times(3));
    server.make_due(60);
    server.wait_for_list("Discord could not be reached");
    assert_eq!(server.posts(BOTS).len(), 0);
    server.add(&add(BOTS).with("at", "10:00"));
    let other = query(
        &server.folder,
        "select max(id) from digest where id not in (select digest_id from digest_run)",
    );
    assert_contains(
        &server.ask(&config("post-now").with("digest", other.to_string())),
        &["Posted"],
    );
    execute(
        &server.folder,
        "update digest_run set tried_at = tried_at - 200, lease_until = 0 where state = 'open'",
    );
    server.discord.wait_for_posts(2);
    let list = server.wait_for_list(&server.posts(BOTS)[1].id.to_string());
    assert!(!list.contains("tried again"), "{list}");
}

#[test]
fn a_run_is_not_posted_after_its_window() {
    let server = Server::start();
    server.add(&add(BOTS));
    let limited = Fault::RateLimited { retry_after: "30".to_owned(), is_global: false };
    let path = "/channels/300000000000000004/messages";
    server.discord.inject_fault(FaultRule::next("POST", path, limited));
    server.make_due(60);
    server.wait_for_list("is being tried again");
    execute(
        &server.folder,
        "update digest_run set until = due, lease_until = 0 where state = 'open'",
    );
    let list = server.wait_for_list("was not posted");
    assert!(list.contains("did not allow it in time"), "{list}");
    assert_eq!(server.posts(BOTS).len(), 0);
}

#[test]
fn after_downtime_a_run_is_late_or_skipped_and_the_list_says_which() {
    let mut server = Server::start();
    server.add(&add(BOTS));
    server.stop_bot();
    // Three days of downtime: two runs are missed, and the third is two and a half hours late.
    server.make_due(2 * 24 * 3_600 + 2 * 3_600 + 1_800);
    server.start_bot();
    server.discord.wait_for_posts(1);
    let list = server.wait_for_list("Last: ");
    assert!(list.contains("2 hours late") && list.contains("2 runs were missed"), "{list}");
    assert_eq!(server.posts(BOTS).len(), 1);
    server.stop_bot();
    // The same again, with the third run seven hours late.
    execute(&server.folder, "delete from digest_run");
    execute(&server.folder, "update digest set missed = 0");
    server.make_due(2 * 24 * 3_600 + 7 * 3_600);
    server.start_bot();
    let list = server.wait_for_list("3 runs were missed");
    assert!(list.contains("was skipped"), "{list}");
    let next = query(&server.folder, "select due from digest");
    assert!(next > Timestamp::now().as_second());
    assert_eq!(server.posts(BOTS).len(), 1);
}

#[test]
fn three_refusals_pause_a_digest_and_the_first_is_reported() {
    let server = Server::start();
    server.add(&add(BOTS).with("role", READERS));
    server.ask(&Ask::slash("config trouble").with("channel", GENERAL));
    server.discord.change_channel(BOTS, |channel| channel.permissions &= !SEND_MESSAGES);
    for (minutes, posts) in [(30, 1), (20, 1), (10, 2)] {
        server.make_due(minutes * 60);
        server.discord.wait_for_posts(posts);
        let failed = "select count(*) from digest_run where state = 'failed'";
        wait_until(|| query(&server.folder, failed) == 4 - minutes / 10);
    }
    let list = server.wait_for_list("Dossier has paused it: Dossier may not post in the channel");
    assert!(list.contains("was not posted"), "{list}");
    let posts = server.posts(GENERAL);
    let [first, paused] = &posts[..] else {
        panic!("told {} times", posts.len());
    };
    assert!(
        text(first).contains("Something went wrong with a digest")
            && text(first).contains("Send Messages"),
        "{}",
        text(first)
    );
    assert!(!text(first).contains("has paused it"), "{}", text(first));
    assert!(text(paused).contains("Dossier has paused it"), "{}", text(paused));
    assert!(
        first.notified.is_empty()
            && first.body["allowed_mentions"]["parse"] == serde_json::json!([])
    );
    // No further attempts are made.
    let calls = server.discord.calls().len();
    std::thread::sleep(Duration::from_secs(3));
    assert_eq!(server.discord.calls().len(), calls);
    server.discord.change_channel(BOTS, |channel| channel.permissions |= SEND_MESSAGES);
    assert_contains(&server.ask(&config("resume")), &["It goes on"]);
    server.make_due(60);
    server.wait_for_list("Last: ");
    assert_eq!(server.posts(BOTS).len(), 1);
}

#[test]
fn a_deleted_channel_pauses_a_digest_at_once() {
    let server = Server::start();
    server.add(&add(BOTS));
    server.ask(&Ask::slash("config trouble").with("channel", GENERAL));
    server.discord.change_channel(BOTS, |channel| channel.is_deleted = true);
    server.make_due(60);
    server.wait_for_list("Dossier has paused it: the channel is gone");
    let notice = text(&server.discord.wait_for_posts(1)[0]);
    assert!(
        notice.contains("the channel is gone") && notice.contains("/config digest edit"),
        "{notice}"
    );
    // The failure channel may be deleted too.
    server.discord.change_channel(GENERAL, |channel| channel.is_deleted = true);
    server.add(&add(NEWS));
    server.discord.change_channel(NEWS, |channel| channel.permissions &= !VIEW_CHANNEL);
    server.make_due(60);
    let list = server.wait_for_list("The failure could not be reported");
    assert!(list.contains("cannot see the channel"), "{list}");
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
    assert_contains(&server.ask(&config("pause")), &["It is paused"]);
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
        assert_contains(&server.ask(&press(&one, "Post now")), &["just been posted"]);
    }
    assert_eq!(server.posts(BOTS).len(), 1);
    assert_contains(&server.ask(&config("post-now")), &["just been posted"]);
    assert_eq!(server.posts(BOTS).len(), 1);
    assert_contains(&server.post_now(), &["Posted"]);
    assert_contains(&server.ask(&press(&one, "Post now")), &["just been posted"]);
    assert_eq!(server.posts(BOTS).len(), 2);
}

#[test]
fn nothing_is_posted_in_another_guilds_channel_and_the_list_says_why() {
    let server = Server::start();
    server.add(&add(BOTS).with("role", READERS));
    // In different minutes, because a run is never started twice.
    for (minutes, channel) in [(1, FOREIGN), (3, DIRECT)] {
        // Caused by a manual change of the database or by restoring a backup.
        execute(&server.folder, &format!("update digest set channel_id = {channel}"));
        execute(&server.folder, &format!("update guild set trouble_channel_id = {channel}"));
        server.make_due(minutes * 60);
        let list = server.wait_for_list("The failure could not be reported");
        let because = "the channel does not belong to this server";
        assert_eq!(list.matches(because).count(), 3, "{list}");
        assert_eq!(query(&server.folder, "select is_paused from digest"), 1);
        assert_contains(&server.ask(&config("resume")), &["It goes on"]);
        assert_contains(&server.post_now(), &["It was not posted", because]);
        assert_contains(&server.ask(&config("resume")), &["It goes on"]);
    }
    assert!(server.discord.posted().is_empty());
    // Nor is a message published there.
    execute(&server.folder, &format!("update digest set channel_id = {BOTS}"));
    assert_contains(&server.post_now(), &["Posted"]);
    let published = format!(
        "update digest_run set channel_id = {FOREIGN}, publish = 'due', publish_at = 0 where state = 'sent'"
    );
    execute(&server.folder, &published);
    let failed =
        "select count(*) from digest_run where publish = 'failed' and fault = 'other server'";
    wait_until(|| query(&server.folder, failed) == 1);
    let calls = server.discord.calls();
    assert!(!calls.iter().any(|call| call.path.contains("crosspost")));
    // A channel is checked only once, and @everyone is never mentioned.
    execute(&server.folder, &format!("update digest set role_id = {GUILD}"));
    assert_contains(&server.post_now(), &["Posted"]);
    let posts = server.posts(BOTS);
    assert_eq!(posts.len(), 2);
    assert!(!posts[1].body.to_string().contains("<@&"), "{}", posts[1].body);
    let path = format!("/channels/{BOTS}");
    let asked = server.discord.calls().into_iter().filter(|call| call.path.ends_with(&path));
    assert_eq!(asked.count(), 1);
}

#[test]
fn a_digest_waits_until_its_channel_can_be_checked() {
    let mut server = Server::start();
    server.add(&add(BOTS));
    server.stop_bot();
    server.make_due(60);
    server.discord.inject_fault(
        FaultRule::next("GET", "/channels/300000000000000004", Fault::Status(500)).times(999),
    );
    server.start_bot();
    server.wait_for_list("is being tried again");
    assert!(server.discord.posted().is_empty());
    server.discord.clear_faults();
    execute(&server.folder, "update digest_run set lease_until = 0 where state = 'open'");
    server.discord.wait_for_posts(1);
}

#[test]
fn archived_threads_lost_roles_and_the_publishing_limit_are_reported() {
    let server = Server::start();
    server.ask(&Ask::slash("config trouble").with("channel", GENERAL));
    server.add(&add(THREAD));
    server.discord.change_channel(THREAD, |channel| channel.is_archived = true);
    server.make_due(600);
    server.wait_for_list("the thread is archived or locked");
    wait_until(|| server.posts(GENERAL).len() == 1);
    server.ask(&config("remove"));
    // A role that was deleted, then one that the bot may not mention.
    server.add(&add(BOTS).with("role", READERS));
    server.discord.change_roles(|roles| roles.retain(|role| role.id != READERS));
    server.make_due(500);
    let list = server.wait_for_list("the role that it mentions is gone");
    assert!(list.contains("is there, but"), "{list}");
    wait_until(|| server.posts(GENERAL).len() == 2);
    assert_eq!(server.posts(BOTS).len(), 1);
    let draft = server.ask(&config("edit").with("role", MEMBERS));
    server.ask(&press(&draft, "Confirm"));
    server.make_due(400);
    server.wait_for_list("was not notified");
    wait_until(|| server.posts(GENERAL).len() == 3);
    server.ask(&config("remove"));
    // Published by Discord, but the response was lost.
    server.add(&add(NEWS).with("publish", true));
    let fault = FaultRule::next("POST", "/crosspost", Fault::DroppedAfter);
    server.discord.inject_fault(fault);
    server.make_due(400);
    let later = "select count(*) from digest_run where publish = 'due' and publish_at > at + 10";
    wait_until(|| query(&server.folder, later) == 1);
    execute(&server.folder, "update digest_run set publish_at = 0 where publish = 'due'");
    server.wait_for_list("late, published");
    assert!(server.posts(NEWS)[0].is_published);
    // Discord allows ten publications per hour.
    server.discord.inject_fault(FaultRule::rate_limited("POST", "/crosspost", "3600"));
    server.make_due(300);
    let wait = "select coalesce(max(publish_at), 0) from digest_run where publish = 'due'";
    let wait = || query(&server.folder, wait) - Timestamp::now().as_second();
    wait_until(|| (3_500..3_620).contains(&wait()));
    server.wait_for_list("to be published <t:");
    assert!(!server.posts(NEWS)[1].is_published);
    let notices: Vec<String> = server.posts(GENERAL).iter().map(text).collect();
    assert_eq!(notices.len(), 3, "{notices:?}");
    assert!(
        notices[0].contains("archived") && notices[1].contains("role that it mentions is gone"),
        "{notices:?}"
    );
}

#[test]
fn a_removed_bot_stops_trying_and_continues_when_it_is_back() {
    let server = Server::start();
    server.add(&add(BOTS));
    server.discord.change_channel(BOTS, |channel| channel.permissions = 0);
    execute(&server.folder, "update guild set left_at = 1");
    let paused = "select count(*) from digest where due is null";
    for minutes in [30, 20, 10] {
        server.make_due(minutes * 60);
        let failed = "select count(*) from digest_run where state = 'failed'";
        wait_until(|| query(&server.folder, failed) == 4 - minutes / 10);
    }
    wait_until(|| query(&server.folder, paused) == 1);
    server
        .discord
        .change_channel(BOTS, |channel| channel.permissions = VIEW_CHANNEL | SEND_MESSAGES);
    let now = Timestamp::now();
    let joined = format!(r#"{{"id":"{GUILD}","joined_at":"{now}","channels":[]}}"#);
    server.discord.dispatch("GUILD_CREATE", &joined);
    wait_until(|| {
        query(&server.folder, "select coalesce(max(due), 0) from digest")
            > Timestamp::now().as_second()
    });
    server.wait_for_list("Next: ");
    server.make_due(60);
    server.wait_for_list("Last: ");
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
    assert_contains(&server.ask(&config("remove").with("digest", first.to_string())), &["removed"]);
    let upload = server.discord.upload(&file);
    let import = Ask::slash("config import").with("file", upload);
    assert_contains(&server.ask(&import), &["One setting was changed"]);
    assert_contains(&server.ask(&import), &["Nothing has changed"]);
    assert_eq!(query(&server.folder, "select count(*) from digest where due is not null"), 2);
    let bad = server.discord.upload(&file.replace("09:00", "29:00"));
    assert_contains(
        &server.ask(&Ask::slash("config import").with("file", bad)),
        &["has to be a time", "nothing was changed"],
    );
}

/// The database used for a storm.
enum Database {
    Sqlite(Folder),
    Postgres(Postgres),
}

impl Database {
    fn url(&self) -> String {
        match self {
            Self::Sqlite(folder) => folder.sqlite(),
            Self::Postgres(cluster) => cluster.url(),
        }
    }

    fn execute(&self, sql: &str) {
        match self {
            Self::Sqlite(folder) => execute(folder, sql),
            Self::Postgres(cluster) => drop(cluster.sql(sql)),
        }
    }

    fn number(&self, sql: &str) -> i64 {
        match self {
            Self::Sqlite(folder) => query(folder, sql),
            Self::Postgres(cluster) => cluster.sql(sql).trim().parse().expect("a number"),
        }
    }
}

/// The number of digests due at once in a storm: `DOSSIER_DIGESTS`, or 150 by default.
fn storm_size() -> usize {
    let count = std::env::var("DOSSIER_DIGESTS").ok();
    count.and_then(|count| count.parse().ok()).unwrap_or(150)
}

/// Makes many digests due at once, kills one process after another while they are posted, and
/// checks that each is posted exactly once.
fn survives_a_storm(database: &Database, processes: u64) {
    let discord = FakeDiscord::with(Settings {
        shards: processes,
        max_concurrency: processes,
        ..Settings::default()
    });
    let url = database.url();
    let begin = |shard: u64| {
        let shards = format!("{{ from = {shard}, to = {}, total = {processes} }}", shard + 1);
        let variables = [
            ("DOSSIER_STORE__URL", url.as_str()),
            ("DOSSIER_DISCORD__REGISTER", "off"),
            ("DOSSIER_DISCORD__SHARDS", &shards),
        ];
        Bot::start(program(), &discord, &variables)
    };
    let mut bots: Vec<Bot> = (0..processes).map(begin).collect();
    discord.wait_for_sessions(bots.len());
    let size = storm_size();
    let now = Timestamp::now().as_second();
    let minute = Timestamp::from_second(now - now.rem_euclid(60)).expect("an instant");
    let civil = minute.to_zoned_datetime(TimeZone::UTC);
    let at = i64::from(civil.hour()) * 60 + i64::from(civil.minute());
    let slot = format!("{}T{:02}:{:02}[UTC]", civil.date(), civil.hour(), civil.minute());
    database.execute(&format!("insert into guild (guild_id) values ({GUILD})"));
    let rows: Vec<String> = (1..=size)
        .map(|id| {
            format!("({id}, {GUILD}, {BOTS}, '', {at}, 'UTC', 127, 'order', 0, '{slot}', {now})")
        })
        .collect();
    let columns = "id, guild_id, channel_id, channel_name, at_minute, zone, days, content, publish, slot, due";
    database.execute(&format!("insert into digest ({columns}) values {}", rows.join(", ")));
    let begun = Instant::now();
    let mut round = 0;
    while discord.posted().len() < size && begun.elapsed() < Duration::from_secs(20) {
        let after = if processes == 1 { 40 + 20 * (round % 20) } else { 120 };
        std::thread::sleep(Duration::from_millis(after as u64));
        let victim = round % bots.len();
        bots[victim].kill();
        bots[victim] = begin(victim as u64);
        round += 1;
    }
    // Runs of killed processes are taken over.
    let open = "select count(*) from digest_run where state = 'open'";
    let until = Instant::now() + Duration::from_secs(40);
    while database.number(open) > 0 || discord.posted().len() < size {
        let count = |sql: &str| database.number(&format!("select count(*) from {sql}"));
        assert!(
            Instant::now() < until,
            "{} posted, {} sent, {} open, {} skipped, {} failed, {} due",
            discord.posted().len(),
            count("digest_run where state = 'sent'"),
            count("digest_run where state = 'open'"),
            count("digest_run where state = 'skipped'"),
            count("digest_run where state = 'failed'"),
            count(&format!("digest where due <= {}", Timestamp::now().as_second())),
        );
        std::thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(
        database.number("select count(*) from digest_run where state = 'sent'"),
        size as i64
    );
    let posts = discord.posted();
    let nonces: std::collections::HashSet<String> =
        posts.iter().map(|post| post.body["nonce"].to_string()).collect();
    assert_eq!((posts.len(), nonces.len()), (size, size), "{round} were killed");
    let due = database.number("select count(*) from digest where due > 0");
    assert_eq!(due, size as i64, "each has a next run");
}

#[test]
fn many_due_digests_survive_kills_on_sqlite() {
    survives_a_storm(&Database::Sqlite(Folder::new()), 1);
}

#[test]
fn many_due_digests_survive_kills_of_one_of_three_on_postgres() {
    if let Some(cluster) = Postgres::start() {
        survives_a_storm(&Database::Postgres(cluster), 3);
    }
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
