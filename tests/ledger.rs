//! The digest ledger on both database engines with a simulated clock: each run happens once,
//! whatever the clock and the processes do.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use crate::engine::{Engine, GUILD, MEMBER, import, on_both, runtime};
use dossier::digest::{
    Digest, DigestId, Draft, Fault, NextEntry, NoticeState, Plan, PlannedDigest, Publish, Run,
    RunState, Zone,
};
use dossier::guild::{Change, ChannelId, GuildId, MessageId, SettingValue, UserId};
use dossier::store::StoreError;
use dossier::store::{ClaimedRun, Store, StoreUrl};
use jiff::Timestamp;
use jiff::civil::Date;

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;
const WINDOW: i64 = 6 * HOUR;

fn digest_id(number: i64) -> DigestId {
    DigestId::from_number(number).expect("an id")
}

fn at(text: &str) -> i64 {
    text.parse::<Timestamp>().expect("an instant").as_second()
}

fn plan(zone: &str, at: &str) -> Plan {
    Plan {
        channel: ChannelId::new(5),
        at: at.parse().expect("a time"),
        zone: Zone::from_name(zone).expect("a zone"),
        days: "daily".parse().expect("days"),
        content: "order".parse().expect("content"),
        role: None,
        publish: false,
    }
}

fn planned(plan: Plan) -> PlannedDigest {
    PlannedDigest { plan, channel_name: "news".to_owned(), is_paused: false }
}

async fn save_digest(store: &Store, id: i64, now: i64, planned: Option<PlannedDigest>) {
    let change = Change::from(SettingValue::Digest(digest_id(id), planned));
    let applied = store.change(GUILD, MEMBER, now, &change).await;
    assert_eq!(applied.expect("a change").differences.len(), 1);
}

/// A process with its own store.
struct Worker {
    store: Arc<Store>,
}

impl Worker {
    async fn new(engine: &Engine) -> Self {
        Self { store: engine.process().await }
    }

    async fn claim(&self, now: i64, most: usize) -> Vec<ClaimedRun> {
        self.store.claim(now, WINDOW, most, &choose).await.expect("claims")
    }

    async fn take_over(&self, now: i64) -> Vec<ClaimedRun> {
        self.store.claim_expired(now, 100).await.expect("what was left")
    }

    async fn digest(&self) -> Digest {
        let mut digests = self.store.digests(GUILD).await.expect("digests");
        let mut digest = digests.remove(0);
        digest.runs = self.store.recent_runs(digest.id).await.expect("runs");
        digest
    }

    async fn record_sent(&self, run: &ClaimedRun, now: i64) {
        self.record_sent_with_fault(run, Publish::No, None, now).await;
    }

    async fn record_sent_with_fault(
        &self,
        claimed: &ClaimedRun,
        publish: Publish,
        fault: Option<Fault>,
        now: i64,
    ) {
        let message = Some(MessageId::new(9));
        let run = Run { message, publish, ..run_in_state(claimed, RunState::Sent, fault, now) };
        self.store.record_run(claimed, &run).await.expect("a note");
    }

    /// Notes a failure; returns whether the digest was paused for it.
    async fn record_failed(&self, claimed: &ClaimedRun, fault: Fault, now: i64) -> bool {
        let run = run_in_state(claimed, RunState::Failed, Some(fault), now);
        self.store.record_run(claimed, &run).await.expect("a note")
    }

    async fn schedule_retry(&self, claimed: &ClaimedRun, retry_at: i64, now: i64) {
        let retry = self.store.schedule_retry(claimed, retry_at, Some(Fault::Unavailable), now);
        retry.await.expect("a note");
    }
}

fn run_in_state(claimed: &ClaimedRun, state: RunState, fault: Option<Fault>, at: i64) -> Run {
    let ClaimedRun { due, channel, .. } = *claimed;
    Run { due, state, at, channel, message: None, publish: Publish::No, fault }
}

/// Chooses the next of three entries.
fn choose(_: &Plan, _: Date, shown: &HashSet<String>) -> Option<NextEntry> {
    let all = ["a", "b", "c"].map(str::to_owned);
    let next = all.iter().find(|entry| !shown.contains(*entry)).cloned();
    Some(NextEntry { restarts: next.is_none(), entry: next.unwrap_or_else(|| all[0].clone()) })
}

#[test]
fn each_run_of_a_year_happens_once_in_every_time_zone() {
    let zones = [
        // The local times lie in the hour that daylight saving time skips and repeats: from 3 to 4,
        // from 2 to 3, and from 1:30 to 2. In Troll two hours are skipped.
        ("Europe/Kyiv", "03:30"),
        ("America/New_York", "02:30"),
        ("Australia/Lord_Howe", "01:45"),
        ("Antarctica/Troll", "02:15"),
    ];
    on_both(async |engine| {
        let worker = Worker::new(engine).await;
        let (start, end) = (at("2027-01-01T00:00:00Z"), at("2028-01-01T00:00:00Z"));
        for (id, (zone, time)) in (1..).zip(zones) {
            save_digest(&worker.store, id, start, Some(planned(plan(zone, time)))).await;
        }
        let mut days: BTreeMap<DigestId, Vec<String>> = BTreeMap::new();
        let mut now = start;
        // Polls every 15 minutes; in between, nothing becomes due.
        while now < end {
            now += 15 * 60;
            if !worker.store.has_due_runs(now).await.expect("a look") {
                continue;
            }
            for run in worker.claim(now, 100).await {
                assert!(now - run.due < 16 * 60, "{} at {now}", run.slot);
                worker.record_sent(&run, now).await;
                // The clock is wrongly set back by an hour: nothing becomes due again.
                assert_eq!(worker.claim(now - HOUR, 100).await, []);
                days.entry(run.digest).or_default().push(run.slot);
            }
        }
        for (id, (zone, _)) in (1..).zip(zones) {
            let found = &days[&digest_id(id)];
            let once: HashSet<&String> = found.iter().collect();
            assert_eq!(once.len(), found.len(), "{zone}: twice");
            assert!((365..=366).contains(&found.len()), "{zone}: {}", found.len());
        }
    });
}

#[test]
fn after_three_days_of_downtime_the_last_run_is_late_or_skipped_and_the_others_are_missed() {
    for (late, posts, missed) in [(2 * HOUR, 1, 2), (7 * HOUR, 0, 3)] {
        on_both(async |engine| {
            let worker = Worker::new(engine).await;
            let first = at("2026-11-25T07:00:00Z");
            save_digest(
                &worker.store,
                1,
                first - HOUR,
                Some(planned(plan("Europe/Kyiv", "09:00"))),
            )
            .await;
            let now = first + 2 * DAY + late;
            assert_eq!(worker.claim(now, 100).await.len(), posts);
            let digest = worker.digest().await;
            assert_eq!((digest.missed, digest.next), (missed, Some(first + 3 * DAY)));
            let skipped = digest.runs.iter().filter(|run| run.state == RunState::Skipped);
            assert_eq!(skipped.count() as u64, missed);
            assert_eq!(worker.claim(now, 100).await, []);
        });
    }
}

#[test]
fn an_abandoned_run_is_taken_over_when_its_lease_expires() {
    on_both(async |engine| {
        let (dead, heir, third) =
            (Worker::new(engine).await, Worker::new(engine).await, Worker::new(engine).await);
        let due = at("2026-11-25T07:00:00Z");
        save_digest(&dead.store, 1, due - HOUR, Some(planned(plan("Europe/Kyiv", "09:00")))).await;
        let now = due + 60;
        let run = dead.claim(now, 1).await.remove(0);
        assert_eq!(run.first_attempt_at, None);
        assert_eq!(dead.store.renew_lease(&run, now).await, Ok(true));
        assert_eq!(heir.take_over(now + 14).await, []);
        let taken = heir.take_over(now + 15).await.remove(0);
        assert_eq!(
            (taken.first_attempt_at, taken.nonce, &taken.entry),
            (Some(now), run.nonce, &run.entry)
        );
        assert_eq!(third.take_over(now + 15).await, []);
        // The first process continues and notices that it no longer owns the run.
        assert_eq!(dead.store.renew_lease(&run, now + 16).await, Ok(false));
        let refused = Fault::Refused { status: 403, code: 50_013 };
        dead.record_failed(&run, refused, now + 16).await;
        assert_eq!(heir.store.renew_lease(&taken, now + 16).await, Ok(true));
        heir.schedule_retry(&taken, now + 100, now + 20).await;
        assert_eq!(third.take_over(now + 99).await, []);
        let last = third.take_over(now + 100).await.remove(0);
        assert_eq!((last.first_attempt_at, last.fault), (Some(now), Some(Fault::Unavailable)));
        third.record_sent(&last, now + 101).await;
        assert_eq!(heir.take_over(now + 1_000).await, []);
        assert_eq!(heir.digest().await.runs[0].state, RunState::Sent);
    });
}

#[test]
fn several_processes_share_the_due_runs() {
    on_both(async |engine| {
        let workers =
            [Worker::new(engine).await, Worker::new(engine).await, Worker::new(engine).await];
        let due = at("2026-11-25T07:00:00Z");
        for id in 1..=60 {
            save_digest(
                &workers[0].store,
                id,
                due - HOUR,
                Some(planned(plan("Europe/Kyiv", "09:00"))),
            )
            .await;
        }
        let all = async |worker: &Worker| {
            let mut claimed = Vec::new();
            loop {
                let more = worker.claim(due + 60, 4).await;
                if more.is_empty() {
                    return claimed;
                }
                claimed.extend(more.into_iter().map(|run| run.digest));
            }
        };
        let (one, two, three) = tokio::join!(all(&workers[0]), all(&workers[1]), all(&workers[2]));
        let mut digests: Vec<DigestId> = [one, two, three].concat();
        digests.sort_unstable();
        assert_eq!(digests, (1..=60).map(digest_id).collect::<Vec<_>>());
    });
}

#[test]
fn no_entry_repeats_until_all_were_posted_and_new_content_starts_over() {
    on_both(async |engine| {
        let worker = Worker::new(engine).await;
        let mut now = at("2026-11-25T07:01:00Z");
        let digest = planned(plan("Europe/Kyiv", "09:00"));
        save_digest(&worker.store, 1, now - HOUR, Some(digest.clone())).await;
        let mut shown = Vec::new();
        for day in 0..8 {
            let run = worker.claim(now, 1).await.remove(0);
            let left = worker.take_over(now + 15).await.remove(0);
            assert_eq!(left, run);
            // A run that failed to post does not count as posted.
            match day {
                1 => drop(worker.record_failed(&run, Fault::Unavailable, now).await),
                _ => worker.record_sent(&run, now).await,
            }
            shown.push((run.entry, run.restarts));
            now += DAY;
        }
        let shown: Vec<(&str, bool)> =
            shown.iter().map(|(entry, again)| (&**entry, *again)).collect();
        let new = |entry| (entry, false);
        let expected =
            [new("a"), new("b"), new("b"), new("c"), ("a", true), new("b"), new("c"), ("a", true)];
        assert_eq!(shown, expected);
        let other = PlannedDigest {
            plan: Plan { content: "kind:term".parse().expect("content"), ..digest.plan.clone() },
            ..digest
        };
        save_digest(&worker.store, 1, now, Some(other)).await;
        let run = worker.claim(now + DAY, 1).await.remove(0);
        assert_eq!((&*run.entry, run.restarts), ("a", false));
    });
}

#[test]
fn a_digest_moved_to_another_time_runs_then_and_not_at_the_old_time() {
    on_both(async |engine| {
        let worker = Worker::new(engine).await;
        let nine = at("2026-11-25T07:00:00Z");
        let morning = planned(plan("Europe/Kyiv", "09:00"));
        save_digest(&worker.store, 1, nine - HOUR, Some(morning.clone())).await;
        let run = worker.claim(nine + 60, 1).await.remove(0);
        worker.record_sent(&run, nine + 60).await;
        save_digest(&worker.store, 1, nine + 120, Some(planned(plan("Europe/Kyiv", "15:00"))))
            .await;
        let run = worker.claim(nine + 6 * HOUR + 60, 1).await.remove(0);
        assert_eq!(run.slot, "2026-11-25T15:00[Europe/Kyiv]");
        worker.record_sent(&run, nine + 6 * HOUR + 60).await;
        // Moved back to the morning by a machine whose clock is wrong.
        save_digest(&worker.store, 1, nine - HOUR, Some(morning)).await;
        assert_eq!(worker.digest().await.next, Some(nine + DAY));
    });
}

#[test]
fn pausing_resuming_and_removing_take_effect() {
    on_both(async |engine| {
        let worker = Worker::new(engine).await;
        let due = at("2026-11-25T07:00:00Z");
        let digest = planned(plan("Europe/Kyiv", "09:00"));
        save_digest(&worker.store, 1, due - HOUR, Some(digest.clone())).await;
        // Pausing ends a run that is waiting for a retry.
        let run = worker.claim(due + 60, 1).await.remove(0);
        worker.schedule_retry(&run, due + 100, due + 61).await;
        let paused = PlannedDigest { is_paused: true, ..digest.clone() };
        save_digest(&worker.store, 1, due + 62, Some(paused)).await;
        assert_eq!(worker.take_over(due + 1_000).await, []);
        assert_eq!(worker.claim(due + 3 * DAY, 1).await, []);
        save_digest(&worker.store, 1, due + 3 * DAY, Some(digest)).await;
        let after = worker.digest().await;
        assert_eq!((after.missed, after.next), (0, Some(due + 4 * DAY)));
        save_digest(&worker.store, 1, due + 3 * DAY, None).await;
        assert_eq!(worker.store.digests(GUILD).await, Ok(Vec::new()));
        assert_eq!(worker.claim(due + 5 * DAY, 1).await, []);
    });
}

#[test]
fn consecutive_refusals_pause_a_digest_unless_one_run_succeeds() {
    on_both(async |engine| {
        let worker = Worker::new(engine).await;
        let mut now = at("2026-11-25T07:01:00Z");
        let refused = Fault::Refused { status: 403, code: 50_013 };
        let gone = Fault::Refused { status: 404, code: 10_003 };
        save_digest(&worker.store, 1, now - HOUR, Some(planned(plan("Europe/Kyiv", "09:00"))))
            .await;
        let mut pauses = Vec::new();
        for fault in [
            Some(refused),
            Some(refused),
            None,
            Some(refused),
            Some(Fault::Unavailable),
            Some(Fault::NoEntry),
            Some(refused),
        ] {
            let run = worker.claim(now, 1).await.remove(0);
            match fault {
                None => worker.record_sent(&run, now).await,
                Some(fault) => pauses.push(worker.record_failed(&run, fault, now).await),
            }
            now += DAY;
        }
        assert_eq!(pauses, [false, false, false, false, false, true]);
        let digest = worker.digest().await;
        assert_eq!((digest.paused_for, digest.next), (Some(refused), None));
        save_digest(&worker.store, 2, now, Some(planned(plan("Europe/Kyiv", "09:00")))).await;
        let run = worker.claim(now + DAY, 1).await.remove(0);
        assert!(worker.record_failed(&run, gone, now).await, "at once");
        // Everything is reported once.
        let notice = worker
            .store
            .claim_failure_notice(now + DAY, 10)
            .await
            .expect("a look")
            .expect("a notice");
        assert_eq!((notice.channel, notice.digests.len()), (None, 2));
        assert_eq!(worker.store.claim_failure_notice(now + DAY, 10).await, Ok(None));
        worker.store.record_notice(&notice, NoticeState::Sent).await.expect("a note");
        assert_eq!(worker.store.claim_failure_notice(now + 2 * DAY, 10).await, Ok(None));
        assert_eq!(worker.digest().await.notice, NoticeState::Sent);
    });
}

#[test]
fn a_draft_belongs_to_one_member_and_expires_after_15_minutes() {
    on_both(async |engine| {
        let store = engine.process().await;
        let digest = |at| planned(plan("Europe/Kyiv", at));
        let draft = |id| Draft {
            id: digest_id(id),
            changes: Some(digest_id(9)),
            before: Some(PlannedDigest { channel_name: String::new(), ..digest("08:00") }),
            planned: digest("09:00"),
        };
        store.save_draft(GUILD, MEMBER, 1_000, &draft(1)).await.expect("a draft");
        let read = async |member, now| store.find_draft(GUILD, member, now, digest_id(1)).await;
        assert_eq!(read(MEMBER, 1_899).await, Ok(Some(draft(1))));
        assert_eq!(read(MEMBER, 1_900).await, Ok(None));
        assert_eq!(read(UserId::new(8), 1_001).await, Ok(None));
        store.save_draft(GUILD, MEMBER, 1_900, &draft(2)).await.expect("a draft");
        store.delete_expired_drafts(1_900).await.expect("deleted");
        assert_eq!(read(MEMBER, 1_001).await, Ok(None), "it is deleted, not only hidden");
        let other = store.find_draft(GUILD, MEMBER, 1_901, digest_id(2)).await;
        assert_eq!(other, Ok(Some(draft(2))));
        store.erase_guild(GUILD).await.expect("nothing is left");
        assert_eq!(store.find_draft(GUILD, MEMBER, 1_901, digest_id(2)).await, Ok(None));
    });
}

#[test]
fn digests_can_be_transferred_between_engines_with_their_history() {
    let engines = Engine::both();
    let [sqlite, postgres] = &engines[..] else {
        return;
    };
    runtime().block_on(async {
        let from = Worker::new(sqlite).await;
        let now = at("2026-11-25T07:01:00Z");
        for id in 1..=700 {
            // A server can have 50.
            let guild = GuildId::new(GUILD.get() + id as u64 / 50);
            let mut planned = planned(plan("Europe/Kyiv", "09:00"));
            planned.plan.channel = ChannelId::new(id as u64);
            let change = Change::from(SettingValue::Digest(digest_id(id), Some(planned)));
            from.store.change(guild, MEMBER, now - HOUR, &change).await.expect("a change");
        }
        for run in from.claim(now, 700).await {
            from.record_sent(&run, now).await;
        }
        let mut file = Vec::new();
        let count = from.store.export(&mut file).await.expect("an export");
        assert_eq!(count, 15 + 3 * 700);
        let to = Worker::new(postgres).await;
        assert_eq!(import(&to.store, &file[..]).await.expect("an import"), count);
        assert_eq!(to.digest().await, from.digest().await);
        assert_eq!(to.claim(now, 100).await, [], "it was posted already");
        assert_eq!(to.claim(now + DAY, 1).await[0].entry, "b");
        let mut again = Vec::new();
        from.store.export(&mut again).await.expect("an export");
        assert_eq!(file, again);
    });
}

#[test]
fn a_database_with_the_first_schema_is_migrated_with_its_data() {
    const FIRST: [&str; 2] = [
        include_str!("../src/store/migrations/sqlite/0001_guild_settings.sql"),
        include_str!("../src/store/migrations/postgres/0001_guild_settings.sql"),
    ];
    for (engine, sql) in Engine::both().into_iter().zip(FIRST) {
        runtime().block_on(async {
            migrate_to(&engine, sql).await;
            engine
                .execute("insert into guild (guild_id, pace) values (300000000000000001, 7)")
                .await;
            let store = Store::new(&StoreUrl::parse(&engine.url).expect("an address"));
            store.open_once().await.expect("a database");
            assert_eq!(store.settings(GUILD).await.expect("settings").pace, 7);
            assert_eq!(store.digests(GUILD).await, Ok::<_, StoreError>(Vec::new()));
        });
    }
}

/// Creates a database with the first version of the schema.
async fn migrate_to(engine: &Engine, sql: &'static str) {
    use sqlx::SqlSafeStr;
    use sqlx::migrate::{Migration, MigrationType, Migrator};
    let kind = MigrationType::Simple;
    let first = Migration::new(1, "0001_guild_settings".into(), kind, sql.into_sql_str(), false);
    let migrator = Migrator::with_migrations(vec![first]);
    match &engine.cluster {
        Some(_) => {
            let pool = sqlx::PgPool::connect(&engine.url).await.expect("a database");
            migrator.run(&pool).await.expect("the first step");
        }
        None => {
            let url = format!("{}?mode=rwc", engine.url);
            let pool = sqlx::SqlitePool::connect(&url).await.expect("a database");
            migrator.run(&pool).await.expect("the first step");
            pool.close().await;
        }
    }
}

/// Claims the failure notice, if there is one, and records it as sent. Returns the number of
/// digests in it.
async fn claim_notice(worker: &Worker, now: i64) -> Option<usize> {
    let notice = worker.store.claim_failure_notice(now, 10).await.expect("a look")?;
    worker.store.record_notice(&notice, NoticeState::Sent).await.expect("a note");
    Some(notice.digests.len())
}

#[test]
fn each_failure_is_reported_once_and_a_different_one_again() {
    on_both(async |engine| {
        let worker = Worker::new(engine).await;
        let mut now = at("2026-11-25T07:01:00Z");
        let mut planned = planned(plan("Europe/Kyiv", "09:00"));
        planned.plan.publish = true;
        save_digest(&worker.store, 1, now - HOUR, Some(planned)).await;
        let lacks = Fault::Refused { status: 403, code: 50_013 };
        let (no, due) = (Publish::No, Publish::Due(now));
        let mut notices = Vec::new();
        for (publish, fault) in [
            (no, Some(Fault::RoleDeleted)),
            (no, Some(Fault::RoleDeleted)),
            (no, Some(Fault::RoleNotMentionable)),
            (no, None),
            (no, Some(Fault::RoleNotMentionable)),
            // Publishing fails each day.
            (due, None),
            (due, None),
        ] {
            let run = worker.claim(now, 1).await.remove(0);
            worker.record_sent_with_fault(&run, publish, fault, now).await;
            for publication in worker.take_over(now).await {
                assert_eq!(publication.message, Some(MessageId::new(9)));
                worker
                    .record_sent_with_fault(&publication, Publish::Failed, Some(lacks), now)
                    .await;
            }
            notices.push(claim_notice(&worker, now).await);
            now += DAY;
        }
        let (reported, not) = (Some(1), None);
        assert_eq!(notices, [reported, not, reported, not, reported, reported, not]);
        // A run that could not be posted at all is a different failure.
        let run = worker.claim(now, 1).await.remove(0);
        let other = Fault::Refused { status: 403, code: 50_001 };
        worker.record_failed(&run, other, now).await;
        assert_eq!(claim_notice(&worker, now).await, reported);
    });
}

#[test]
fn a_change_between_due_time_and_start_is_applied_or_reported() {
    on_both(async |engine| {
        let worker = Worker::new(engine).await;
        let nine = at("2026-11-25T07:00:00Z");
        let morning = planned(plan("Europe/Kyiv", "09:00"));
        // The digest with this id starts 54 seconds after its due time.
        let set = async |now, planned: &PlannedDigest| {
            save_digest(&worker.store, 54, now, Some(planned.clone())).await
        };
        set(nine - HOUR, &morning).await;
        let mut elsewhere = morning.clone();
        elsewhere.plan.channel = ChannelId::new(6);
        set(nine + 20, &elsewhere).await;
        let run = worker.claim(nine + 60, 1).await.remove(0);
        assert_eq!((run.due, run.channel), (nine, ChannelId::new(6)));
        worker.record_sent(&run, nine + 60).await;
        // A new time or a pause cancels the run.
        let mut later = elsewhere.clone();
        later.plan.at = "09:30".parse().expect("a time");
        set(nine + DAY + 20, &later).await;
        assert_eq!(worker.claim(nine + DAY + 60, 1).await, []);
        let last = worker.digest().await.runs.remove(0);
        assert_eq!(
            (last.due, last.state, last.fault),
            (nine + DAY, RunState::Failed, Some(Fault::Changed))
        );
        let half = nine + DAY + 30 * 60;
        assert_eq!(worker.digest().await.next, Some(half));
        let paused = PlannedDigest { is_paused: true, ..later };
        set(half + 20, &paused).await;
        let digest = worker.digest().await;
        assert_eq!((digest.next, digest.missed), (None, 0));
        assert_eq!((digest.runs[0].due, digest.runs[0].fault), (half, Some(Fault::Changed)));
    });
}

#[test]
fn an_unreadable_digest_is_paused_and_does_not_block_others() {
    on_both(async |engine| {
        let worker = Worker::new(engine).await;
        let due = at("2026-11-25T07:00:00Z");
        for id in 1..=3 {
            save_digest(&worker.store, id, due - HOUR, Some(planned(plan("Europe/Kyiv", "09:00"))))
                .await;
        }
        engine.execute("update digest set channel_id = 0 where id = 1").await;
        engine.execute("update digest set zone = 'Mars/Olympus' where id = 2").await;
        let claimed = worker.claim(due + 60, 9).await;
        assert_eq!(claimed.iter().map(|run| run.digest.number()).collect::<Vec<_>>(), [3]);
        assert_eq!(worker.store.has_due_runs(due + 61).await, Ok(false), "the others are paused");
        // Nothing can be said of them in Discord.
        engine.execute("update digest set told = 'due', tell_at = 1 where id in (1, 2)").await;
        assert_eq!(worker.store.claim_failure_notice(due, 10).await, Ok(None));
        // An unreadable run abandoned by another process has failed, and is not claimed again.
        engine.execute("update digest_run set channel_id = 0, lease_until = 1").await;
        assert_eq!(worker.take_over(due + 100).await, []);
        engine.execute("update digest_run set channel_id = 1").await;
        assert_eq!(worker.take_over(due + 1_000).await, []);
        assert_eq!(worker.store.has_due_runs(due + 1_001).await, Ok(false));
    });
}

#[test]
fn the_database_can_be_written_while_an_entry_is_chosen() {
    on_both(async |engine| {
        let worker = Worker::new(engine).await;
        let due = at("2026-11-25T07:00:00Z");
        save_digest(&worker.store, 1, due - HOUR, Some(planned(plan("Europe/Kyiv", "09:00"))))
            .await;
        let choose_while_another_writes = |plan: &Plan, day: Date, posted: &HashSet<String>| {
            let url = StoreUrl::parse(&engine.url).expect("an address");
            let write = move || {
                runtime().block_on(async {
                    let store = Store::new(&url);
                    store.open().await.expect("a database");
                    store.change(GuildId::new(7), MEMBER, due, &SettingValue::Pace(3).into()).await
                })
            };
            let written = std::thread::spawn(write).join().expect("a thread");
            written.expect("a change");
            choose(plan, day, posted)
        };
        let claimed = worker.store.claim(due + 60, WINDOW, 9, &choose_while_another_writes).await;
        assert_eq!(claimed.expect("claims").len(), 1);
    });
}

#[test]
fn replanning_covers_any_number_of_digests() {
    on_both(async |engine| {
        let store = engine.process().await;
        let mut file = r#"{"dossier":"settings","schema":2}"#.to_owned();
        // One more than the batch size.
        for id in 1..=501 {
            file += &format!(
                r#"
{{"guild":{{"guild_id":{id},"elsewhere":"private","pace":0}}}}
{{"digest":{{"id":{id},"guild_id":{id},"channel_id":4,"channel_name":"","at_minute":540,"zone":"UTC","days":127,"content":"order","publish":0,"is_paused":0,"paused_for":"","slot":"2030-01-01T09:00[UTC]","due":1893488400,"round":1,"refusals":0,"missed":0,"told":""}}}}"#
            );
        }
        import(&store, file.as_bytes()).await.expect("an import");
        let now = at("2026-11-25T08:00:00Z");
        assert_eq!(store.replan(now).await, Ok(501));
        assert_eq!(store.replan(now).await, Ok(0));
        assert_eq!(store.has_due_runs(now + DAY).await, Ok(true));
    });
}

/// Has two processes post each of these digests at once; returns what each of the two posts.
async fn post_at_once(engine: &Engine, quiet_seconds: i64) -> Vec<[Option<String>; 2]> {
    let (one, other) = (Worker::new(engine).await, Worker::new(engine).await);
    let now = at("2026-11-25T07:00:00Z");
    let mut posted = Vec::new();
    for id in 1..20 {
        save_digest(&one.store, id, now, Some(planned(plan("Europe/Kyiv", "10:00")))).await;
        let begin = async |worker: &Worker, slot, now| {
            let digest = (GUILD, digest_id(id));
            let begun = worker.store.claim_unscheduled(
                now,
                digest,
                slot,
                now + HOUR,
                quiet_seconds,
                &choose,
            );
            begun.await.expect("a run or none").map(|run| run.entry)
        };
        // Their clocks differ a little.
        let (first, second) =
            tokio::join!(begin(&one, "now:1", now), begin(&other, "now:2", now + id % 3 - 1));
        posted.push([first, second]);
    }
    posted
}

#[test]
fn two_simultaneous_posts_have_different_entries() {
    on_both(async |engine| {
        for [first, second] in post_at_once(engine, 0).await {
            assert!(first.is_some() && second.is_some());
            assert_ne!(first, second);
        }
    });
}

#[test]
fn simultaneous_presses_in_two_processes_post_once() {
    on_both(async |engine| {
        for posted in post_at_once(engine, 5).await {
            assert_eq!(posted.iter().flatten().count(), 1, "{posted:?}");
        }
    });
}

#[test]
fn restarting_the_list_is_announced_until_a_run_succeeds() {
    on_both(async |engine| {
        let worker = Worker::new(engine).await;
        let mut now = at("2026-11-25T07:01:00Z");
        save_digest(&worker.store, 1, now - HOUR, Some(planned(plan("Europe/Kyiv", "09:00"))))
            .await;
        let mut begins = Vec::new();
        for day in 0..6 {
            let run = worker.claim(now, 1).await.remove(0);
            match day {
                3 => drop(worker.record_failed(&run, Fault::Unavailable, now).await),
                _ => worker.record_sent(&run, now).await,
            }
            begins.push(run.restarts);
            now += DAY;
        }
        assert_eq!(begins, [false, false, false, true, true, false]);
        // The last successful run remains in the list, however many have failed since.
        for _ in 0..10 {
            let run = worker.claim(now, 1).await.remove(0);
            worker.record_failed(&run, Fault::RateLimited, now).await;
            now += DAY;
        }
        let digest = worker.digest().await;
        let sent = digest.runs.iter().find(|run| run.state == RunState::Sent);
        assert_eq!(sent.map(|run| run.at), Some(now - 11 * DAY));
    });
}

#[test]
fn a_clock_that_was_far_ahead_costs_no_run_after_it_is_corrected() {
    on_both(async |engine| {
        let worker = Worker::new(engine).await;
        let start = at("2026-11-25T08:00:00Z");
        save_digest(&worker.store, 1, start, Some(planned(plan("UTC", "09:00")))).await;
        let ahead = start + 3 * DAY + 12 * HOUR;
        assert!(worker.claim(ahead, 9).await.is_empty());
        assert!(worker.claim(start + 2 * HOUR, 9).await.is_empty(), "planned for days from then");
        assert_eq!(worker.store.replan(start).await, Ok(1));
        assert_eq!(worker.store.replan(start).await, Ok(0));
        for day in 0..4 {
            let now = start + day * DAY + 2 * HOUR;
            let claimed = worker.claim(now, 9).await;
            assert_eq!(claimed.len(), 1, "on day {day}");
            worker.record_sent(&claimed[0], now).await;
        }
        // What was posted ahead of time is not posted again.
        let claimed = worker.claim(start + 4 * DAY + 2 * HOUR, 9).await;
        worker.record_sent(&claimed[0], start).await;
        assert_eq!(worker.store.replan(start + 3 * DAY).await, Ok(1));
        assert!(worker.claim(start + 3 * DAY + 2 * HOUR, 9).await.is_empty());
        assert!(worker.claim(start + 4 * DAY + 2 * HOUR, 9).await.is_empty());
        assert_eq!(worker.claim(start + 5 * DAY + 2 * HOUR, 9).await.len(), 1);
    });
}
