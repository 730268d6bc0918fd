//! What settings cost: how long the store takes to open with the settings of many servers in it, what that takes of memory, and how
//! long a lookup waits for them.
//!
//! `cargo bench --bench store -- --servers 100000`; with `--url postgres://…` on an empty database of PostgreSQL instead of a file of
//! SQLite. `BENCHMARKS.md` holds the figures.
#![allow(clippy::disallowed_methods, reason = "the ids of benches are not 0")]
#![expect(clippy::print_stdout, reason = "a bench tells its figures")]

use std::io::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};

use dossier::guild::{GuildId, UserId};
use dossier::store::transfer::Lines;
use dossier::store::{SCHEMA_VERSION, Store, StoreUrl};
use futures_util::FutureExt;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How many servers have settings, unless it is said how many.
const SERVERS: u64 = 100_000;

/// How many rules each of them has.
const RULES: u64 = 4;

/// How many lookups are measured.
const LOOKUPS: u64 = 5_000;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let after = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1)
    };
    let servers = after("--servers").and_then(|count| count.parse().ok());
    let servers = servers.unwrap_or(SERVERS);
    let folder = std::env::temp_dir().join(format!("dossier-bench-{}", std::process::id()));
    let own = format!("sqlite:{}", folder.join("dossier.db").display());
    let address = after("--url").unwrap_or(&own);
    let url = StoreUrl::parse(address).expect("an address");
    if arguments.iter().any(|argument| argument == MEASURE) {
        return run(measure(&url, servers));
    }
    std::fs::create_dir_all(&folder).expect("a folder");
    println!(
        "| servers | to open | memory | first lookup p50 / p99 | second lookup p50 / p99 | change p50 / p99 |"
    );
    println!("| --- | --- | --- | --- | --- | --- |");
    run_in_child_process(address, 0);
    run(fill(&url, servers));
    run_in_child_process(address, servers);
    drop(std::fs::remove_dir_all(folder));
}

/// Says that this process is the one that is measured.
const MEASURE: &str = "--measure";

/// Measures where nothing else has taken memory.
fn run_in_child_process(url: &str, servers: u64) {
    let own = std::env::current_exe().expect("this program has a path");
    let servers = servers.to_string();
    let done = std::process::Command::new(own)
        .args([MEASURE, "--url", url, "--servers", &servers])
        .status();
    assert!(done.is_ok_and(|done| done.success()));
}

fn run(work: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(work);
}

/// Puts settings into the store, as a restored backup does.
async fn fill(url: &StoreUrl, servers: u64) {
    let store = Store::new(url);
    store.open().await.expect("a database");
    let mut file = Vec::new();
    let mut line = |text: String| writeln!(file, "{text}").expect("memory");
    line(format!(r#"{{"dossier":"settings","schema":{SCHEMA_VERSION}}}"#));
    for guild in 1..=servers {
        line(format!(
            r#"{{"guild":{{"guild_id":{guild},"elsewhere":"private","pace":5,"trouble_channel_id":null,"left_at":null}}}}"#
        ));
    }
    for guild in 1..=servers {
        for channel in 0..RULES {
            let channel = guild * 100 + channel;
            line(format!(
                r#"{{"channel_rule":{{"guild_id":{guild},"channel_id":{channel},"rule":"allow"}}}}"#
            ));
        }
    }
    store.import(Lines::new(&file[..]).expect("a backup")).await.expect("an import");
    store.close().await;
}

async fn measure(url: &StoreUrl, servers: u64) {
    let began = Instant::now();
    let store = Store::new(url);
    store.open().await.expect("a database");
    let opened = began.elapsed();
    let kept = Arc::clone(&store);
    let keeping = tokio::spawn(async move { kept.maintain().await });
    tokio::time::sleep(Duration::from_millis(300)).await;
    let guild = |number: u64| GuildId::new(number * (servers / LOOKUPS).max(1) + 1);
    let mut first = Vec::new();
    for number in 0..LOOKUPS {
        let began = Instant::now();
        let settings = store.settings(guild(number)).await.expect("settings");
        first.push(began.elapsed());
        assert_eq!(settings.rules.len() as u64, if servers == 0 { 0 } else { RULES });
    }
    let memory = memory_kib();
    let mut second = Vec::new();
    for number in 0..LOOKUPS {
        let began = Instant::now();
        let settings = store.settings(guild(number)).now_or_never();
        second.push(began.elapsed());
        assert!(settings.is_some(), "nothing is to be waited for");
    }
    let mut changes = Vec::new();
    for number in 0..200 {
        let change =
            dossier::guild::Change::from(dossier::guild::SettingValue::Pace(number % 60 + 1));
        let began = Instant::now();
        let applied =
            store.change(GuildId::new(u64::from(number) + 1), UserId::new(1), 1, &change).await;
        changes.push(began.elapsed());
        applied.expect("a change");
    }
    for number in 0..200 {
        store.erase_guild(GuildId::new(number + 1 + servers)).await.expect("an erasure");
    }
    keeping.abort();
    store.close().await;
    println!(
        "| {servers} | {:.1} ms | {:.1} MiB | {} | {} | {} |",
        opened.as_secs_f64() * 1_000.0,
        memory as f64 / 1_024.0,
        quantiles(first),
        quantiles(second),
        quantiles(changes),
    );
}

fn quantiles(mut times: Vec<Duration>) -> String {
    times.sort_unstable();
    let at = |part: f64| {
        let nanos = times[((times.len() - 1) as f64 * part) as usize].as_nanos();
        match nanos {
            0..10_000 => format!("{:.1} µs", nanos as f64 / 1_000.0),
            _ => format!("{} µs", nanos / 1_000),
        }
    };
    format!("{} / {}", at(0.5), at(0.99))
}

/// The memory of this process.
fn memory_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    number.unwrap_or(0)
}
