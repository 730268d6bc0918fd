//! Each run is posted once, late or not at all, whatever fails meanwhile.

use std::time::Duration;

use super::{Server, add, assert_contains, config, press, text, wait_until};
use crate::database::{execute, query};
use crate::fake::guild::{BOTS, GENERAL, NEWS, READ_MESSAGE_HISTORY, READERS};
use crate::fake::{Ask, Fault, FaultRule};
use jiff::Timestamp;

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
    server.wait_for_list("is still trying to post");
    assert_eq!(server.posts(BOTS).len(), 2);
    execute(&server.folder, "update digest_run set lease_until = 0 where state = 'open'");
    server.wait_for_list(&server.posts(BOTS)[1].id.to_string());
    assert_eq!(server.posts(BOTS).len(), 2);
    // The same after Discord has forgotten the nonce: the message is found in the channel's
    // history.
    server.discord.inject_fault(rule(Fault::DroppedAfter).times(3));
    server.make_due(0);
    server.wait_for_list("is still trying to post");
    assert_eq!(server.posts(BOTS).len(), 3);
    server.discord.forget_nonces();
    execute(
        &server.folder,
        "update digest_run set tried_at = tried_at - 200, lease_until = 0 where state = 'open'",
    );
    let list = server.wait_for_list(&server.posts(BOTS)[2].id.to_string());
    assert!(!list.contains("still trying"), "{list}");
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
    server.wait_for_list("is still trying to post");
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
    assert_contains(&server.post_now(), &["Posted"]);
    let path = "/channels/300000000000000004/messages";
    let fault = FaultRule::next("POST", path, Fault::DroppedBefore);
    server.discord.inject_fault(fault.times(3));
    server.make_due(60);
    server.wait_for_list("is still trying to post");
    assert_contains(&server.ask(&config("pause")), &["Paused:"]);
    execute(&server.folder, "update digest_run set lease_until = 0 where state = 'open'");
    server.wait_for_list("it was paused or changed before it was posted");
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
    assert!(list.contains("One post was missed"), "{list}");
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
    server.wait_for_list("is still trying to post");
    server.discord.forget_nonces();
    execute(
        &server.folder,
        "update digest_run set tried_at = tried_at - 200, lease_until = 0 where state = 'open'",
    );
    server.wait_for_list("may or may not have been posted");
    assert_eq!(server.posts(BOTS).len(), 1);
    server.discord.wait_for_posts(2);
    let notice = text(&server.posts(GENERAL)[0]);
    assert!(
        notice.contains("may or may not have been posted")
            && notice.contains("Read Message History"),
        "{notice}"
    );
}

#[test]
fn an_entry_that_may_have_been_posted_before_a_refusal_is_not_posted_again() {
    let server = Server::start();
    server.add(&add(BOTS));
    server.discord.change_channel(BOTS, |channel| channel.permissions &= !READ_MESSAGE_HISTORY);
    let path = "/channels/300000000000000004/messages";
    server.discord.inject_fault(FaultRule::next("POST", path, Fault::DroppedAfter));
    server.discord.inject_fault(FaultRule::next("POST", path, Fault::Status(400)));
    assert_contains(&server.post_now(), &["It may or may not have been posted"]);
    assert_eq!(server.posts(BOTS).len(), 1);
    assert_contains(&server.post_now(), &["Posted"]);
    let second = text(&server.posts(BOTS)[1]);
    assert!(second.contains("2 of "), "{second}");
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
    assert!(!list.contains("still trying"), "{list}");
}

#[test]
fn a_run_is_not_posted_after_its_window() {
    let server = Server::start();
    server.add(&add(BOTS));
    let limited = Fault::RateLimited { retry_after: "30".to_owned(), is_global: false };
    let path = "/channels/300000000000000004/messages";
    server.discord.inject_fault(FaultRule::next("POST", path, limited));
    server.make_due(60);
    server.wait_for_list("is still trying to post");
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
    assert!(list.contains("2 hours late") && list.contains("2 posts were missed"), "{list}");
    assert_eq!(server.posts(BOTS).len(), 1);
    server.stop_bot();
    // The same again, with the third run seven hours late.
    execute(&server.folder, "delete from digest_run");
    execute(&server.folder, "update digest set missed = 0");
    server.make_due(2 * 24 * 3_600 + 7 * 3_600);
    server.start_bot();
    let list = server.wait_for_list("3 posts were missed");
    assert!(list.contains("was skipped"), "{list}");
    let next = query(&server.folder, "select due from digest");
    assert!(next > Timestamp::now().as_second());
    assert_eq!(server.posts(BOTS).len(), 1);
}
