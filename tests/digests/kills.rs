//! Many due digests while processes are killed.

use std::time::{Duration, Instant};

use super::program;
use crate::database::{execute, query};
use crate::fake::guild::{BOTS, GUILD};
use crate::fake::{Bot, FakeDiscord, Folder, Settings};
use crate::postgres::Postgres;
use jiff::Timestamp;
use jiff::tz::TimeZone;

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
