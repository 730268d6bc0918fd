//! What an answer costs: the bot as a process against a fake Discord on loopback, beside a program that looks nothing up.
//!
//! `cargo bench --bench load -- --answers 10000`; the mix is 60 % commands with options, 25 % autocompletes, 15 % presses, 16 in
//! flight. The processor time is that of the bot's process alone. `--each` measures each thing that is asked by itself, `--guilds N`
//! puts the bot into so many servers, `--program FILE` measures another build, `--http` has the interactions sent as signed requests.
//! `BENCHMARKS.md` holds the figures.

#![expect(clippy::print_stdout, reason = "a bench tells its figures")]

#[path = "load/bare.rs"]
mod bare;
#[path = "../tests/fake/mod.rs"]
mod fake;
#[path = "load/http.rs"]
mod http;

use std::path::{Path, PathBuf};
use std::sync::mpsc::Receiver;
use std::time::Duration;

use fake::{Answer, AnsweredInteraction, Ask, Bot, FakeDiscord, PreparedInteraction, Settings};

/// How many answers are measured, unless it is said how many.
const ANSWERS: usize = 10_000;
/// How many go before them, so that nothing is measured that happens once.
const WARM_UP: usize = 1_000;
/// How many are under way at a time.
const CONCURRENT: usize = 16;
/// How many are measured one at a time.
const SEQUENTIAL: usize = 2_000;

const TIMEOUT: Duration = Duration::from_secs(10);

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == bare::ARGUMENT) {
        return bare::run();
    }
    if arguments.iter().any(|argument| argument == http::ARGUMENT) {
        return http::bare();
    }
    let after = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1)
    };
    let answers = after("--answers").and_then(|count| count.parse().ok()).unwrap_or(ANSWERS);
    let guilds = after("--guilds").and_then(|count| count.parse().ok()).unwrap_or(1);
    let ours = program(after("--program").map(PathBuf::from));
    if arguments.iter().any(|argument| argument == "--each") {
        return each(&ours, answers / 4);
    }
    println!("{answers} answers, {CONCURRENT} in flight, {guilds} servers");
    println!("{}", Row::TITLES);
    if arguments.iter().any(|argument| argument == "--http") {
        return http::compare(&ours, answers);
    }
    println!("{}", dossier(&ours, answers, guilds));
    println!("{}", bare(answers));
}

/// The bot to measure: the one that was built with this, unless another is named.
fn program(named: Option<PathBuf>) -> PathBuf {
    named.unwrap_or_else(|| PathBuf::from(env!("CARGO_BIN_EXE_dossier")))
}

fn dossier(program: &Path, answers: usize, guilds: usize) -> Row {
    let discord = FakeDiscord::with(Settings { guilds, validate_every: 20, ..Settings::default() });
    let first = first_answer(program, &discord, "/commands");
    let (bot, start) = first_answer(program, &discord, "/gateway/bot");
    println!(
        "from process start to first answer: {:.0} ms where the commands have to be registered",
        first.1
    );
    drop(first);
    let card = discord.ask(&Ask::slash("demand").with("demand", "nato"));
    let page = discord.ask(&Ask::slash("timeline"));
    measure_gateway("dossier", &discord, &bot, &interactions(&card, &page), answers, start)
}

/// What each of the things that are asked costs, and how long the callback is.
fn each(program: &Path, answers: usize) {
    let discord = FakeDiscord::start();
    let (bot, _) = first_answer(program, &discord, "/gateway/bot");
    let card = discord.ask(&Ask::slash("demand").with("demand", "nato"));
    let page = discord.ask(&Ask::slash("timeline"));
    for ask in interactions(&card, &page) {
        let bytes = discord.ask(&ask).data.to_string().len();
        let finished = discord.stream_answers();
        let prepared = [discord.prepare(&ask)];
        let before = bot.cpu_seconds();
        run(&discord, &finished, &prepared, answers, CONCURRENT);
        let after = bot.cpu_seconds();
        let each = 1_000_000.0 / answers as f64;
        let (user, system) = ((after.0 - before.0) * each, (after.1 - before.1) * each);
        println!("{user:6.1} + {system:5.1} µs, {bytes:6} bytes: {}", ask.name());
        discord.keep_answers();
    }
}

fn bare(answers: usize) -> Row {
    let heartbeat = Duration::from_secs(24 * 3_600);
    let discord =
        FakeDiscord::with(Settings { heartbeat, validate_every: u64::MAX, ..Settings::default() });
    let own = std::env::current_exe().expect("this program has a path");
    let (api_url, gateway_url, token) = (discord.api_url(), discord.gateway_url(), discord.token());
    let variables = [
        (bare::API_URL, api_url.as_str()),
        (bare::GATEWAY_URL, &gateway_url),
        (bare::TOKEN, &token),
    ];
    let bot = Bot::spawn(&own, &[bare::ARGUMENT], &variables);
    discord.wait_for_sessions(1);
    let card = discord.ask(&Ask::slash("demand").with("demand", "nato"));
    let start = bot.started.elapsed().as_secs_f64() * 1_000.0;
    measure_gateway("bare", &discord, &bot, &interactions(&card, &card), answers, start)
}

/// Starts a bot and asks as soon as it has a session; how many milliseconds that took in all.
fn first_answer(program: &Path, discord: &FakeDiscord, called: &str) -> (Bot, f64) {
    let sessions = discord.events().iter().filter(|one| **one == fake::GatewayEvent::Ready).count();
    let bot = Bot::start(program, discord, &[]);
    discord.wait_for_sessions(sessions + 1);
    discord.ask(&Ask::slash("demand").with("demand", "nato"));
    let took = bot.started.elapsed().as_secs_f64() * 1_000.0;
    discord.wait_for_calls("GET", called, 1);
    (bot, took)
}

/// What members do: 12 commands, 5 autocompletes and 3 presses of 20.
fn interactions(card: &Answer, page: &Answer) -> Vec<Ask> {
    let slash = |command: &str, option: &str, value: &str| Ask::slash(command).with(option, value);
    let (select, view) = card
        .select()
        .and_then(|(custom_id, mut values)| Some((custom_id, values.pop()?)))
        .unwrap_or_else(|| ("x".to_owned(), "y".to_owned()));
    let next = page.button("Next").unwrap_or_else(|| "x".to_owned());
    vec![
        slash("demand", "demand", "nato"),
        slash("place", "place", "Kiev"),
        slash("demand", "demand", "na").autocomplete(),
        slash("timeline", "from", "2014").with("to", "2022"),
        Ask::press(page, &next),
        slash("term", "term", "buffer state"),
        slash("actor", "actor", "ze").autocomplete(),
        slash("search", "query", "nuclear weapons"),
        slash("search", "query", "who guaranteed the borders").with("kind", "event"),
        slash("place", "place", "don").autocomplete(),
        slash("actor", "actor", "Zelensky"),
        Ask::choose(card, &select, &view),
        slash("position", "holder", "ukraine"),
        slash("outlook", "topic", "good faith"),
        slash("term", "term", "").autocomplete(),
        slash("article", "section", "background"),
        slash("demand", "demand", "sanctions relief").with("private", true),
        Ask::press(page, &next),
        slash("timeline", "event", "buda").autocomplete(),
        slash("position", "demand", "withdrawal"),
    ]
}

/// Measures a program under a load: a function that runs so many answers, with so many in flight,
/// and returns how long each took, sorted.
fn measure(
    name: &'static str,
    bot: &Bot,
    answers: usize,
    start_ms: f64,
    load: impl Fn(usize, usize) -> Vec<Duration>,
) -> Row {
    load(WARM_UP, CONCURRENT);
    let (memory_before, (user_before, system_before)) = (bot.memory_kib(), bot.cpu_seconds());
    let times = load(answers, CONCURRENT);
    let (memory_after, (user, system)) = (bot.memory_kib(), bot.cpu_seconds());
    let sequential = load(SEQUENTIAL, 1);
    Row {
        name,
        answers,
        user: user - user_before,
        system: system - system_before,
        times,
        sequential,
        memory: [memory_before, memory_after],
        start_ms,
    }
}

/// Measures a program that is connected to the fake's gateway.
fn measure_gateway(
    name: &'static str,
    discord: &FakeDiscord,
    bot: &Bot,
    asks: &[Ask],
    answers: usize,
    start_ms: f64,
) -> Row {
    let asks: Vec<PreparedInteraction> = asks.iter().map(|ask| discord.prepare(ask)).collect();
    let finished = discord.stream_answers();
    let load = |count, in_flight| run(discord, &finished, &asks, count, in_flight);
    measure(name, bot, answers, start_ms, load)
}

/// So many answers; how long each took from the event to the callback, sorted.
fn run(
    discord: &FakeDiscord,
    finished: &Receiver<AnsweredInteraction>,
    asks: &[PreparedInteraction],
    count: usize,
    in_flight: usize,
) -> Vec<Duration> {
    let mut times = Vec::with_capacity(count);
    for number in 0..count + in_flight {
        if number >= in_flight {
            let done = finished.recv_timeout(TIMEOUT).expect("each is answered");
            times.push(done.latency);
        }
        if number < count {
            discord.send_prepared(&asks[number % asks.len()]);
        }
    }
    times.sort_unstable();
    times
}

/// The figures of one program.
struct Row {
    name: &'static str,
    answers: usize,
    user: f64,
    system: f64,
    times: Vec<Duration>,
    sequential: Vec<Duration>,
    memory: [u64; 2],
    start_ms: f64,
}

impl Row {
    const TITLES: &str = "| program | CPU s per 10,000 (user + system) | answers per CPU s | p50 | p99 | max | one at a time p50 | p99 | RSS before | after | first answer |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |";
}

impl std::fmt::Display for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let each = 10_000.0 / self.answers as f64;
        let total = self.user + self.system;
        let at = |times: &[Duration], part: f64| {
            let place = ((times.len() - 1) as f64 * part) as usize;
            format!("{} µs", times[place].as_micros())
        };
        write!(
            f,
            "| {} | {:.3} ({:.3} + {:.3}) | {:.0} | {} | {} | {} | {} | {} | {:.1} MiB | {:.1} MiB | {:.0} ms |",
            self.name,
            total * each,
            self.user * each,
            self.system * each,
            self.answers as f64 / total,
            at(&self.times, 0.5),
            at(&self.times, 0.99),
            at(&self.times, 1.0),
            at(&self.sequential, 0.5),
            at(&self.sequential, 0.99),
            self.memory[0] as f64 / 1_024.0,
            self.memory[1] as f64 / 1_024.0,
            self.start_ms,
        )
    }
}
