//! Several processes of one bot: they serialize IDENTIFY, post each digest once, and keep answering
//! while processes are killed.

use std::collections::HashSet;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use dossier::config::Shards;
use dossier::discord::gateway::interaction_handler::InteractionHandler;
use dossier::discord::gateway::{self, GatewayContext, GatewayEvent, GatewayInfo};
use dossier::discord::http::Rest;
use dossier::store::IdentifyLease;
use secrecy::SecretString;
use tokio_util::sync::CancellationToken;

use crate::endpoint::{Endpoint, Request, interaction};
use crate::engine::{Engine, runtime};
use crate::fake::guild::{BOTS, GUILD};
use crate::fake::{Answer, Ask, Bot, FakeDiscord, Folder, Settings};
use crate::local::Local;
use crate::postgres::Postgres;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Discord's timeout for a response to an interaction.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(3);

/// Digests that become due per second while processes are killed.
const DIGESTS_PER_SECOND: usize = 8;

fn start(discord: &FakeDiscord, url: &str, (from, to, total): (u64, u64, u64)) -> Bot {
    let shards = format!("{{ from = {from}, to = {to}, total = {total} }}");
    let variables = [
        ("DOSSIER_STORE__URL", url),
        ("DOSSIER_DISCORD__REGISTER", if from == 0 { "global" } else { "off" }),
        ("DOSSIER_DISCORD__SHARDS", &shards),
    ];
    Bot::start(Path::new(env!("CARGO_BIN_EXE_dossier")), discord, &variables)
}

/// The least interval between two identifies of each concurrency bucket, in seconds.
fn identify_spacing(discord: &FakeDiscord, max_concurrency: u64) -> Vec<f64> {
    let identified = discord.identify_times();
    let spacing = |bucket: u64| {
        let of_bucket = identified.iter().filter(|(shard, _)| shard % max_concurrency == bucket);
        let at: Vec<Instant> = of_bucket.map(|(_, at)| *at).collect();
        let pairs = at.windows(2).map(|pair| (pair[1] - pair[0]).as_secs_f64());
        pairs.fold(f64::INFINITY, f64::min)
    };
    (0..max_concurrency).map(spacing).collect()
}

#[test]
fn three_processes_identify_one_shard_at_a_time() {
    let Some(cluster) = Postgres::start() else {
        return;
    };
    let (shards, max_concurrency) = (6, 2);
    let discord = FakeDiscord::with(Settings { shards, max_concurrency, ..Settings::default() });
    let begin = |number: u64| start(&discord, &cluster.url(), (2 * number, 2 * number + 2, shards));
    let mut bots: Vec<Bot> = (0..3).map(begin).collect();
    discord.wait_for_sessions(6);
    // A restarted process waits for the others, too.
    bots[1].kill();
    bots[1] = begin(1);
    discord.wait_for_sessions(8);
    let spacing = identify_spacing(&discord, max_concurrency);
    assert!(spacing.iter().all(|least| (5.0..60.0).contains(least)), "{spacing:?}");
    // The remaining session starts are shared through the database.
    let left = cluster.sql("select remaining from gateway_session_limit");
    assert_eq!(left, (1_000 - discord.identify_times().len()).to_string());
}

#[test]
fn a_bucket_is_leased_to_one_process_and_identifies_are_counted_across_all() {
    let Some(engine) = Engine::both().pop().filter(|engine| engine.cluster.is_some()) else {
        return;
    };
    runtime().block_on(async {
        let (one, other) = (engine.process().await, engine.process().await);
        let hour = Duration::from_secs(3_600);
        one.set_session_limit(2, hour).await.expect("a limit");
        let granted = |remaining| Ok(IdentifyLease::Granted { remaining });
        assert_eq!(one.lease_identify(0, 1_000).await, granted(1));
        let taken = other.lease_identify(0, 1_000).await.expect("a lease");
        let IdentifyLease::Taken(wait) = taken else {
            panic!("{taken:?}");
        };
        assert!((4..6).contains(&wait.as_secs()), "{wait:?}");
        assert_eq!(other.lease_identify(1, 1_000).await, granted(0));
        // The other process's value predates that identify.
        other.set_session_limit(2, hour).await.expect("a limit");
        assert_eq!(one.lease_identify(2, 1_000).await, Ok(IdentifyLease::Exhausted));
        engine.execute("update gateway_identify set free_at = free_at - 70000").await;
        other.set_session_limit(9, hour).await.expect("a limit");
        assert_eq!(one.lease_identify(0, 1_000).await, granted(8));
        engine.execute("update gateway_session_limit set resets_at = 0").await;
        assert_eq!(other.lease_identify(1, 1_000).await, granted(999));
    });
}

#[test]
fn a_panicked_shard_is_restarted_alone() {
    let discord =
        FakeDiscord::with(Settings { shards: 2, max_concurrency: 2, ..Settings::default() });
    let local = Local::new();
    let token = SecretString::from(discord.token());
    let rest = Rest::new(&discord.api_url(), token.clone()).expect("an address");
    let rest = Arc::new(rest);
    let stop = CancellationToken::new();
    let panics = AtomicBool::new(true);
    let context = GatewayContext {
        handler: Arc::new(InteractionHandler::new(local.responder, Arc::clone(&rest))),
        stop: stop.clone(),
        on_event: Box::new(move |event| {
            let is_ready = matches!(event, GatewayEvent::Ready(_));
            assert!(
                !is_ready || !panics.swap(false, Ordering::Relaxed),
                "a fault at the first READY"
            );
        }),
        status: Arc::default(),
        store: local.store,
    };
    local.runtime.block_on(async {
        let found = rest.get("/gateway/bot").await.expect("a response");
        let info = GatewayInfo::read(&found, &rest).expect("a gateway");
        let serving = async { gateway::serve(info, Shards::Auto, &token, context).await };
        let sessions = || [0, 1].map(|shard| discord.sessions_of(shard));
        let third_session = async {
            while sessions().iter().sum::<usize>() < 3 {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            stop.cancel();
        };
        let (served, ()) = tokio::join!(serving, third_session);
        assert_eq!(served, Ok(()));
        assert!(sessions().contains(&1), "{:?}", sessions());
    });
}

fn config(command: &str) -> Ask {
    Ask::slash(&format!("config digest {command}"))
}

#[track_caller]
fn press(on: &Answer, label: &str) -> Ask {
    let button = on.button(label);
    Ask::press(on, &button.unwrap_or_else(|| panic!("no {label} in:\n{}", on.text())))
}

/// Presses *Post now* twice at once, in the shards of two guilds if there are two processes, and
/// expects one post each time.
fn press_at_once(url: &str, processes: u64) {
    let (shards, max_concurrency) = (processes, processes);
    let discord = FakeDiscord::with(Settings { shards, max_concurrency, ..Settings::default() });
    let bots: Vec<Bot> =
        (0..processes).map(|shard| start(&discord, url, (shard, shard + 1, processes))).collect();
    bots[0].wait_for("commands registered");
    discord.wait_for_sessions(bots.len());
    let add = config("add").with("channel", BOTS).with("at", "09:00").with("zone", "Europe/Kyiv");
    let draft = discord.ask_shard(0, &add);
    discord.ask_shard(0, &press(&draft, "Confirm"));
    let list = discord.ask_shard(0, &config("list"));
    let panel = discord.ask_shard(0, &press(&list, "Manage"));
    for round in 1..=3 {
        let button = press(&panel, "Post now");
        let presses = [0, 1].map(|one| discord.send_to_shard(one % processes, &button));
        let answers = presses.map(|id| discord.answer_to(id).text());
        let count = |what: &str| answers.iter().filter(|text| text.contains(what)).count();
        assert_eq!((count("posted a moment ago"), count("Posted")), (1, 1), "{answers:#?}");
        assert_eq!(discord.posted().len(), round, "{answers:#?}");
        // After `POST_NOW_SECONDS`, a press counts again.
        std::thread::sleep(Duration::from_secs(6));
    }
}

#[test]
fn concurrent_post_now_presses_post_once_on_sqlite() {
    let folder = Folder::new();
    press_at_once(&folder.sqlite(), 1);
}

#[test]
fn concurrent_post_now_presses_post_once_across_processes() {
    if let Some(cluster) = Postgres::start() {
        press_at_once(&cluster.url(), 2);
    }
}

/// A process of the bot, and how interactions reach it.
enum Process {
    Gateway { bot: Bot, shard: u64, sessions: usize },
    Endpoint(Endpoint),
}

/// An interaction that was sent and is not yet answered.
struct Pending {
    process: usize,
    answer: Waiting,
}

enum Waiting {
    /// The callback to this interaction.
    Callback(u64),
    /// The response to an HTTP request.
    Response(TcpStream, Vec<u8>),
}

impl Waiting {
    /// Whether it was answered; `None` while pending.
    fn is_answered(&mut self, discord: &FakeDiscord) -> Option<bool> {
        let (stream, read) = match self {
            Self::Callback(id) => return discord.is_answered(*id).then_some(true),
            Self::Response(stream, read) => (stream, read),
        };
        let ended = stream.read_to_end(read);
        match ended {
            Err(error) if error.kind() == ErrorKind::WouldBlock => None,
            _ => Some(read.starts_with(b"HTTP/1.1 200") && read.ends_with(b"}")),
        }
    }
}

/// Sends an interaction to an endpoint without waiting for the response.
fn request(endpoint: &Endpoint, body: &str) -> std::io::Result<TcpStream> {
    let mut stream = TcpStream::connect(&endpoint.address)?;
    stream.write_all(&Request::signed(body.as_bytes()).to_bytes())?;
    stream.set_nonblocking(true)?;
    Ok(stream)
}

/// The outcomes of all interactions.
#[derive(Debug, Default)]
struct Tally {
    answered: usize,
    /// The process was killed while it handled them.
    killed: usize,
    /// Unanswered although Discord could have delivered a response.
    lost: usize,
}

/// Three processes of one bot with a shared database.
struct Bots<'a> {
    discord: &'a FakeDiscord,
    url: &'a str,
    is_gateway: bool,
    processes: Vec<Process>,
    pending: Vec<Pending>,
    tally: Tally,
}

const PROCESSES: u64 = 3;

impl Bots<'_> {
    fn begin(&self, number: u64) -> Process {
        match self.is_gateway {
            true => Process::Gateway {
                bot: start(self.discord, self.url, (number, number + 1, PROCESSES)),
                shard: number,
                sessions: self.discord.sessions_of(number),
            },
            false => {
                let variables =
                    [("DOSSIER_STORE__URL", self.url), ("DOSSIER_DISCORD__REGISTER", "off")];
                Process::Endpoint(Endpoint::start(self.discord, &variables))
            }
        }
    }

    /// Whether Discord or a load balancer would route requests to it.
    fn is_up(&self, number: usize) -> bool {
        match &self.processes[number] {
            Process::Gateway { shard, sessions, .. } => {
                self.discord.sessions_of(*shard) > *sessions
            }
            Process::Endpoint(_) => true,
        }
    }

    fn send(&mut self, number: usize) {
        let ask = Ask::slash("demand").with("demand", "nato");
        let answer = match &self.processes[number] {
            Process::Gateway { shard, .. } => {
                Waiting::Callback(self.discord.send_to_shard(*shard, &ask))
            }
            Process::Endpoint(endpoint) => {
                match request(endpoint, &interaction(self.discord, &ask)) {
                    Ok(stream) => Waiting::Response(stream, Vec::new()),
                    Err(_) => return self.tally.lost += 1,
                }
            }
        };
        self.pending.push(Pending { process: number, answer });
    }

    /// Kills a process with SIGKILL, and starts a replacement.
    fn replace(&mut self, number: usize) {
        self.settle(Some(number));
        match &mut self.processes[number] {
            Process::Gateway { bot, .. } => bot.kill(),
            Process::Endpoint(endpoint) => endpoint.bot.kill(),
        }
        self.processes[number] = self.begin(number as u64);
    }

    /// Counts answered interactions. Those of a process about to be killed count as killed.
    fn settle(&mut self, victim: Option<usize>) {
        let (discord, tally) = (self.discord, &mut self.tally);
        self.pending.retain_mut(|sent| {
            match sent.answer.is_answered(discord) {
                Some(true) => tally.answered += 1,
                Some(false) => tally.lost += 1,
                None if Some(sent.process) == victim => tally.killed += 1,
                None => return true,
            }
            false
        });
    }
}

/// How long processes are killed: twelve seconds, or `DOSSIER_PROCESSES_SECONDS`.
fn seconds() -> u64 {
    let seconds = std::env::var("DOSSIER_PROCESSES_SECONDS").ok();
    seconds.and_then(|seconds| seconds.parse().ok()).unwrap_or(12)
}

/// Inserts digests that become due one after the other. Returns their number.
fn schedule_digests(cluster: &Postgres, seconds: u64) -> usize {
    let now = Timestamp::now().as_second();
    let minute = Timestamp::from_second(now - now.rem_euclid(60)).expect("an instant");
    let civil = minute.to_zoned_datetime(TimeZone::UTC);
    let at = i64::from(civil.hour()) * 60 + i64::from(civil.minute());
    let slot = format!("{}T{:02}:{:02}[UTC]", civil.date(), civil.hour(), civil.minute());
    let count = DIGESTS_PER_SECOND * seconds as usize;
    cluster.sql(&format!("insert into guild (guild_id) values ({GUILD})"));
    cluster.sql(&format!(
        "insert into digest (id, guild_id, channel_id, channel_name, at_minute, zone, days, content, publish, slot, due)
         select id, {GUILD}, {BOTS}, '', {at}, 'UTC', 127, 'order', 0, '{slot}', {now} + id / {DIGESTS_PER_SECOND}
         from generate_series(1, {count}) id"
    ));
    count
}

/// Kills random processes while members ask and digests are due. Every answer that Discord could
/// deliver arrives, and each digest is posted once.
fn survive_kills(is_gateway: bool) {
    let Some(cluster) = Postgres::start() else {
        return;
    };
    let (shards, max_concurrency) = (PROCESSES, PROCESSES);
    let discord = FakeDiscord::with(Settings { shards, max_concurrency, ..Settings::default() });
    let url = cluster.url();
    let (processes, pending) = (Vec::new(), Vec::new());
    let tally = Tally::default();
    let mut bots = Bots { discord: &discord, url: &url, is_gateway, processes, pending, tally };
    bots.processes = (0..PROCESSES).map(|number| bots.begin(number)).collect();
    while !(0..PROCESSES as usize).all(|number| bots.is_up(number)) {
        std::thread::sleep(Duration::from_millis(20));
    }
    let digests = schedule_digests(&cluster, seconds());
    let began = Instant::now();
    let (mut kills, mut next_kill) = (0, Duration::from_millis(500));
    while began.elapsed() < Duration::from_secs(seconds()) {
        let up: Vec<usize> = (0..PROCESSES as usize).filter(|one| bots.is_up(*one)).collect();
        if let Some(number) = fastrand::choice(&up) {
            bots.send(*number);
        }
        if began.elapsed() > next_kill && up.len() > 1 {
            bots.replace(up[fastrand::usize(..up.len())]);
            next_kill = began.elapsed() + Duration::from_millis(fastrand::u64(500..2_500));
            kills += 1;
        }
        std::thread::sleep(Duration::from_millis(8));
    }
    std::thread::sleep(ANSWER_TIMEOUT);
    bots.settle(None);
    bots.tally.lost += bots.pending.len();
    let until = Instant::now() + Duration::from_secs(40);
    let sent = "select count(*) from digest_run where state = 'sent'";
    while cluster.sql(sent) != digests.to_string() && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(100));
    }
    let states = cluster.sql("select state, count(*) from digest_run group by state");
    let nonces: HashSet<String> =
        discord.posted().iter().map(|post| post.body["nonce"].to_string()).collect();
    report(kills, digests, &bots.tally, began.elapsed());
    assert_eq!(states, format!("sent|{digests}"), "none is missed");
    assert_eq!((discord.posted().len(), nonces.len()), (digests, digests), "none is doubled");
    assert_eq!(bots.tally.lost, 0, "{:?}", bots.tally);
    assert!(kills > 0 && bots.tally.answered > 100, "{kills} kills, {:?}", bots.tally);
    if is_gateway {
        let spacing = identify_spacing(&discord, max_concurrency);
        assert!(spacing.iter().all(|least| *least >= 5.0), "{spacing:?}");
    }
}

#[expect(clippy::print_stderr, reason = "the figures of BENCHMARKS.md")]
fn report(kills: usize, digests: usize, tally: &Tally, took: Duration) {
    eprintln!("{kills} kills, {digests} digests, {tally:?}, {:.0} s", took.as_secs_f64());
}

#[test]
fn killing_gateway_processes_loses_no_answer_and_no_digest() {
    survive_kills(true);
}

#[test]
fn killing_endpoint_replicas_loses_no_answer_and_no_digest() {
    survive_kills(false);
}
