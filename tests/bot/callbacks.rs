//! Callbacks that Discord limits, refuses or answers too late.

use std::time::Duration;

use super::{CALLBACK, demand, ready};
use crate::fake::{FakeDiscord, Fault, FaultRule};

#[test]
fn a_rate_limited_callback_waits_for_retry_after() {
    let discord = FakeDiscord::start();
    let _bot = ready(&discord);
    discord.inject_fault(FaultRule::rate_limited("POST", CALLBACK, "0.6"));
    discord.ask(&demand());
    let calls = discord.wait_for_calls("POST", CALLBACK, 2);
    let waited = calls[1].at - calls[0].at;
    assert!(waited >= Duration::from_millis(600), "it waited {waited:?}");
    assert_eq!((calls[0].status, calls.len()), (429, 2));
}

#[test]
fn a_failed_callback_is_never_accepted_twice_and_the_next_one_succeeds() {
    let discord = FakeDiscord::start();
    let mut bot = ready(&discord);
    for fault in [
        Fault::Status(500),
        Fault::Status(503),
        Fault::Status(403),
        Fault::Status(404),
        Fault::DroppedBefore,
        Fault::DroppedAfter,
        Fault::Delayed(Duration::from_millis(3_300)),
        Fault::NoResponse,
        Fault::RateLimited { retry_after: "soon".to_owned(), is_global: false },
        Fault::RateLimited { retry_after: "86400".to_owned(), is_global: true },
        Fault::RateLimited { retry_after: "-1".to_owned(), is_global: false },
    ] {
        let calls = discord.wait_for_calls("POST", CALLBACK, 0).len();
        discord.inject_fault(FaultRule::next("POST", CALLBACK, fault.clone()));
        discord.send(&demand());
        discord.wait_for_calls("POST", CALLBACK, calls + 1);
        let next = discord.ask(&demand());
        assert!(next.text().contains("NATO"), "after {fault:?}");
    }
    assert!(bot.is_running());
    let calls = discord.wait_for_calls("POST", CALLBACK, 0).len();
    assert!(calls <= 3 * 11, "{calls} calls for 22 answers, 11 of which went wrong");
    let refused = discord.take_violations();
    assert!(!refused.iter().any(|one| one.contains("twice")), "{refused:?}");
}

/// Discord closes idle connections, and a firewall may drop them silently.
#[test]
fn a_callback_is_retried_on_a_new_connection_if_pooled_ones_are_dead() {
    let discord = FakeDiscord::start();
    let bot = ready(&discord);
    for fault in [Fault::DroppedBefore, Fault::DroppedAfter, Fault::NoResponse] {
        discord.inject_fault(
            FaultRule::next("POST", CALLBACK, Fault::Delayed(Duration::from_millis(300))).times(8),
        );
        let open: Vec<u64> = (0..8).map(|_| discord.send(&demand())).collect();
        for id in open {
            discord.answer_to(id);
        }
        discord.inject_fault(
            FaultRule::next("POST", CALLBACK, fault.clone())
                .times(usize::MAX)
                .on_reused_connections(),
        );
        let sent: Vec<u64> = (0..8).map(|_| discord.send(&demand())).collect();
        for id in sent {
            let answer = discord.answer_within(id, Duration::from_secs(3));
            assert!(answer.is_some(), "after {fault:?}: {}", bot.output());
        }
        discord.clear_faults();
    }
    assert!(!bot.output().contains("an answer failed"), "{}", bot.output());
}

#[test]
fn an_unauthorized_callback_does_not_invalidate_the_bots_token() {
    let discord = FakeDiscord::start();
    let mut bot = ready(&discord);
    discord.inject_fault(FaultRule::next("POST", CALLBACK, Fault::Status(401)).times(2));
    for _ in 0..2 {
        let calls = discord.wait_for_calls("POST", CALLBACK, 0).len();
        discord.send(&demand());
        discord.wait_for_calls("POST", CALLBACK, calls + 1);
    }
    assert!(discord.ask(&demand()).text().contains("NATO"));
    assert!(bot.is_running());
}
