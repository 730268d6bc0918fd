//! What a minute of digests costs. First but for Discord: with many in the store, those that are due are claimed, their posts made,
//! held and noted as sent, one after the other. Then with it: the bot as a process against a fake Discord on loopback, as fast as
//! Discord's limits let it.
//!
//! `cargo bench --bench digests -- --digests 100000 --due 5000`; with `--url postgres://…` on an empty database of PostgreSQL
//! instead of a file of SQLite. `BENCHMARKS.md` holds the figures.
#![allow(clippy::disallowed_methods, reason = "the ids of benches are not 0")]
#![expect(clippy::print_stdout, reason = "a bench tells its figures")]

#[path = "../tests/fake/mod.rs"]
mod fake;

use std::collections::HashSet;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use dossier::catalog::Catalog;
use dossier::digest::selection::{card, choose};
use dossier::digest::{NextEntry, Plan, Publish, Run, RunState};
use dossier::discord::render::{RenderOptions, render};
use dossier::discord::wire::{Body, Post};
use dossier::guild::{GuildId, MessageId};
use dossier::store::transfer::Lines;
use dossier::store::{ClaimedRun, SCHEMA_VERSION, Store, StoreUrl};
use fake::guild::{BOTS, GUILD};
use fake::{Bot, FakeDiscord};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How many a server has.
const EACH: u64 = 50;

/// How many are claimed at a time, as the program does.
const AT_A_TIME: usize = 16;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let after = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1)
    };
    let number = |name: &str, usual: u64| {
        let count = after(name).and_then(|count| count.parse().ok());
        count.unwrap_or(usual)
    };
    let (digests, due) = (number("--digests", 100_000), number("--due", 5_000));
    let folder = std::env::temp_dir().join(format!("dossier-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let own = format!("sqlite:{}", folder.join("dossier.db").display());
    let address = after("--url").unwrap_or(&own);
    let url = StoreUrl::parse(address).expect("an address");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let nine = next_minute();
    runtime.expect("a runtime").block_on(async {
        let store = Store::new(&url);
        store.open().await.expect("a database");
        fill(&store, digests, due, nine).await;
        measure(&store, digests, due, nine).await;
        // As it was, for the program.
        for guild in 0..digests.div_ceil(EACH) {
            let erased = store.erase_guild(GuildId::new(GUILD + guild)).await;
            erased.expect("an empty store");
        }
        fill(&store, digests, due, nine).await;
        store.close().await;
    });
    program(address, due, nine);
    drop(std::fs::remove_dir_all(folder));
}

/// The minute that is called nine o'clock here: far enough from now that all is ready by then.
fn next_minute() -> i64 {
    let soon = Timestamp::now().as_second() + 60;
    soon - soon.rem_euclid(60) + 60
}

/// Measures the time and the cost of posting the due digests.
fn program(url: &str, due: u64, nine: i64) {
    let discord = FakeDiscord::start();
    let variables = [("DOSSIER_STORE__URL", url), ("DOSSIER_DISCORD__REGISTER", "off")];
    let bot = Bot::start(Path::new(env!("CARGO_BIN_EXE_dossier")), &discord, &variables);
    discord.wait_for_sessions(1);
    std::thread::sleep(Duration::from_secs(2));
    let (rss, (user, system)) = (bot.memory_kib(), bot.cpu_seconds());
    let minute = Instant::now()
        + Duration::from_millis((nine * 1_000 - Timestamp::now().as_millisecond()).max(0) as u64);
    while (discord.posted().len() as u64) < due {
        std::thread::sleep(Duration::from_secs(1));
        assert!(minute.elapsed() < Duration::from_secs(600), "{}", bot.output());
    }
    let mut late: Vec<Duration> =
        discord.posted().iter().map(|post| post.at.saturating_duration_since(minute)).collect();
    late.sort_unstable();
    let at = |part: f64| late[((late.len() - 1) as f64 * part) as usize].as_secs_f64();
    let (user, system) = (bot.cpu_seconds().0 - user, bot.cpu_seconds().1 - system);
    println!("| posts by the bot | after the minute p50 / p99 / last | CPU | RSS before | after |");
    println!("| --- | --- | --- | --- | --- |");
    println!(
        "| {due} | {:.0} / {:.0} / {:.0} s | {:.2} s | {:.1} MiB | {:.1} MiB |",
        at(0.5),
        at(0.99),
        at(1.0),
        user + system,
        rss as f64 / 1_024.0,
        bot.memory_kib() as f64 / 1_024.0,
    );
}

/// Puts digests into the store, as a restored backup does: the first are due at nine, the others in the course of the day.
async fn fill(store: &Store, digests: u64, due: u64, nine: i64) {
    let mut file = Vec::new();
    let mut line = |text: String| writeln!(file, "{text}").expect("memory");
    line(format!(r#"{{"dossier":"settings","schema":{SCHEMA_VERSION}}}"#));
    for guild in 0..digests.div_ceil(EACH) {
        line(format!(
            r#"{{"guild":{{"guild_id":{},"elsewhere":"private","pace":0}}}}"#,
            GUILD + guild
        ));
    }
    for id in 0..digests {
        let minutes = if id < due { 0 } else { 10 + id % 600 } as i64;
        let minute = nine + minutes * 60;
        let civil = Timestamp::from_second(minute).expect("an instant");
        let civil = civil.to_zoned_datetime(TimeZone::UTC);
        let (day, hour, past) = (civil.date(), civil.hour(), civil.minute());
        let at = i64::from(hour) * 60 + i64::from(past);
        let (guild, begins) = (GUILD + id / EACH, minute + (id as i64 + 1) % 55);
        let id = id + 1;
        line(format!(
            r#"{{"digest":{{"id":{id},"guild_id":{guild},"channel_id":{BOTS},"channel_name":"news","at_minute":{at},"zone":"UTC","days":127,"content":"order","publish":0,"is_paused":0,"paused_for":"","slot":"{day}T{hour:02}:{past:02}[UTC]","due":{begins},"round":1,"refusals":0,"missed":0,"told":""}}}}"#,
        ));
    }
    store.import(Lines::new(&file[..]).expect("a backup")).await.expect("an import");
}

async fn measure(store: &Store, digests: u64, due: u64, nine: i64) {
    let catalog = Catalog::bundled();
    let idle = Instant::now();
    for _ in 0..1_000 {
        assert_eq!(store.has_due_runs(nine - 60).await, Ok(false));
    }
    let look = idle.elapsed() / 1_000;
    let next = |plan: &Plan, day: Date, shown: &HashSet<String>| {
        choose(&catalog, plan.content, day, shown)
    };
    let (began, cpu) = (Instant::now(), cpu_seconds());
    let (mut claims, mut notes, mut bytes) = (Vec::new(), Vec::new(), 0);
    loop {
        let at = Instant::now();
        let claimed = store.claim(nine + 59, 6 * 3_600, AT_A_TIME, &next).await;
        let claimed = claimed.expect("claims");
        if claimed.is_empty() {
            break;
        }
        claims.push(at.elapsed());
        for run in &claimed {
            bytes += post(&catalog, run);
            let at = Instant::now();
            assert_eq!(store.renew_lease(run, nine + 59).await, Ok(true));
            let ClaimedRun { due, channel, .. } = *run;
            let (state, message) = (RunState::Sent, Some(MessageId::new(7)));
            let (publish, fault) = (Publish::No, None);
            let sent = Run { due, state, at: nine + 61, channel, message, publish, fault };
            assert_eq!(store.record_run(run, &sent).await, Ok(false));
            notes.push(at.elapsed());
        }
        if notes.len() as u64 >= due {
            break;
        }
    }
    let (took, cpu) = (began.elapsed(), cpu_seconds() - cpu);
    assert_eq!(notes.len() as u64, due);
    println!(
        "| digests | due | look | claim of {AT_A_TIME} p50 / p99 | hold and note p50 / p99 | all | CPU | a post |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- | --- |");
    println!(
        "| {digests} | {due} | {} µs | {} | {} | {:.1} s | {cpu:.2} s | {} bytes |",
        look.as_micros(),
        quantiles(claims),
        quantiles(notes),
        took.as_secs_f64(),
        bytes / usize::try_from(due).unwrap_or(usize::MAX),
    );
}

/// Makes the message of a run; its length.
fn post(catalog: &Catalog, run: &ClaimedRun) -> usize {
    let chosen = NextEntry { entry: run.entry.clone(), restarts: run.restarts };
    let card = card(catalog, &run.plan, &chosen, run.plan.day_of(run.due)).expect("a card");
    let message = render(&card, catalog.locale(), RenderOptions::POST);
    let post = Post::new(message, format!("{:x}", run.nonce));
    Body::new(&post, None).bytes.len()
}

fn quantiles(mut times: Vec<Duration>) -> String {
    times.sort_unstable();
    let at = |part: f64| times[((times.len() - 1) as f64 * part) as usize].as_micros();
    format!("{} / {} µs", at(0.5), at(0.99))
}

/// The processor time of this process.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or("").split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|ticks| ticks.parse().ok()).unwrap_or(0.0);
    let (user, system): (f64, f64) = (ticks(11), ticks(12));
    (user + system) / 100.0
}
