//! Channels and roles that Discord refuses, and what moderators read about them.

use std::time::Duration;

use super::{Server, add, assert_contains, config, press, text, wait_until};
use crate::database::{execute, query};
use crate::fake::guild::{
    BOTS, DIRECT, FOREIGN, GENERAL, GUILD, MEMBERS, NEWS, READERS, SEND_MESSAGES, THREAD,
    VIEW_CHANNEL,
};
use crate::fake::{Ask, Fault, FaultRule};
use jiff::Timestamp;

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
    assert_contains(&server.ask(&config("resume")), &["Resumed"]);
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
        assert_contains(&server.ask(&config("resume")), &["Resumed"]);
        assert_contains(&server.post_now(), &["It was not posted", because]);
        assert_contains(&server.ask(&config("resume")), &["Resumed"]);
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
    server.wait_for_list("is still trying to post");
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
    server.remove();
    // A role that was deleted, then one that the bot may not mention.
    server.add(&add(BOTS).with("role", READERS));
    server.discord.change_roles(|roles| roles.retain(|role| role.id != READERS));
    server.make_due(500);
    let list = server.wait_for_list("the role that it mentions is gone");
    assert!(list.contains("went out, but"), "{list}");
    wait_until(|| server.posts(GENERAL).len() == 2);
    assert_eq!(server.posts(BOTS).len(), 1);
    let draft = server.ask(&config("edit").with("role", MEMBERS));
    server.ask(&press(&draft, "Confirm"));
    server.make_due(400);
    server.wait_for_list("was not notified");
    wait_until(|| server.posts(GENERAL).len() == 3);
    server.remove();
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
