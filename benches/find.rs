//! How fast the search index is, and how much memory it takes, with 100, 10,000 and 100,000 generated entries of 80 words.
//!
//! `cargo bench --bench find` prints a table of what a single lookup takes (the median, the 99th percentile, the worst), then divan's
//! means. The words are made up and as frequent as Zipf's law says; none is a stop word, so this is harder
//! than English. One of a hundred is misspelled.

use std::hint::black_box;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use dossier::search::{Document, DocumentFilter, SearchIndex};

const SIZES: [usize; 3] = [100, 10_000, 100_000];
const WORDS: usize = 50_000;
const QUERIES: usize = 3_000;

fn main() {
    if !std::env::args().any(|argument| argument == "--test") {
        print_table();
    }
    divan::main();
}

#[divan::bench(args = SIZES)]
fn complete(bencher: divan::Bencher<'_, '_>, entries: usize) {
    let (index, queries) = (index(entries), queries(entries));
    let mut next = queries.completions.iter().cycle();
    bencher.bench_local(|| next.next().map(|text| index.complete(text, &DocumentFilter::all())));
}

#[divan::bench(args = SIZES)]
fn search(bencher: divan::Bencher<'_, '_>, entries: usize) {
    let (index, queries) = (index(entries), queries(entries));
    let mut next = queries.questions.iter().cycle();
    bencher.bench_local(|| next.next().map(|text| index.search(text, &DocumentFilter::all())));
}

#[expect(clippy::print_stdout, reason = "a bench prints")]
fn print_table() {
    println!("entries  build       memory  lookup    p50       p99       max");
    for entries in SIZES {
        let texts = Texts::generate(entries);
        let before = resident_kib();
        let start = processor_time();
        let index = texts.index();
        let build = processor_time().saturating_sub(start);
        let memory = (resident_kib() - before) / 1024;
        let queries = queries(entries);
        let typed = times(&queries.completions, |text| {
            black_box(index.complete(text, &DocumentFilter::all()));
        });
        let asked = times(&queries.questions, |text| {
            black_box(index.search(text, &DocumentFilter::all()));
        });
        for (lookup, [median, high, worst]) in [("complete", typed), ("search", asked)] {
            println!(
                "{entries:>7}  {build:<8.1?} {memory:>5} MiB  {lookup:<8}  {median:<8.1?}  {high:<8.1?}  {worst:<8.1?}"
            );
        }
    }
}

/// The median, the 99th percentile and the worst time. Each lookup counts with the best of a few runs, for a lookup that another
/// program interrupts says nothing of the index.
fn times(texts: &[String], lookup: impl Fn(&str)) -> [Duration; 3] {
    const RUNS: usize = 5;
    let run = |text: &str| {
        let start = Instant::now();
        lookup(text);
        start.elapsed()
    };
    let timed = |text: &String| {
        let runs = (0..RUNS).map(|_| run(text));
        runs.min().unwrap_or_default()
    };
    let mut times: Vec<Duration> = texts.iter().map(timed).collect();
    times.sort_unstable();
    [times.len() / 2, times.len() * 99 / 100, times.len() - 1].map(|place| times[place])
}

/// The processor time of this thread, from Linux: waiting for a processor does not count.
fn processor_time() -> Duration {
    static START: OnceLock<Instant> = OnceLock::new();
    let schedule = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = schedule.split_whitespace().next().and_then(|time| time.parse().ok());
    nanoseconds.map_or_else(|| START.get_or_init(Instant::now).elapsed(), Duration::from_nanos)
}

fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok()).unwrap_or(0)
}

fn index(entries: usize) -> &'static SearchIndex {
    static INDEXES: [OnceLock<SearchIndex>; SIZES.len()] = [const { OnceLock::new() }; SIZES.len()];
    let place = SIZES.iter().position(|size| *size == entries).unwrap_or_default();
    INDEXES[place].get_or_init(|| Texts::generate(entries).index())
}

/// What is typed, keystroke by keystroke, and what is asked.
struct Queries {
    completions: Vec<String>,
    questions: Vec<String>,
}

fn queries(entries: usize) -> Queries {
    let texts = Texts::generate(entries);
    let mut random = Random(7);
    let completions = (0..QUERIES).map(|_| {
        let title = &texts.entries[random.below(texts.entries.len())][0];
        let letters = 1 + random.below(title.chars().count());
        let begun: String = title.chars().take(letters).collect();
        match random.below(4) {
            0 => random.misspelled(&begun),
            _ => begun,
        }
    });
    let completions = completions.collect();
    let mut zipf = Zipf::new(8);
    let questions = (0..QUERIES).map(|number| match number % 8 {
        0 => texts.entries[zipf.random.below(texts.entries.len())][0].clone(),
        1 => zipf.sentence(3),
        2 => zipf.sentence(12),
        3 => zipf.sentence(30),
        4 => (0..4).map(|_| zipf.misspelled()).collect::<Vec<_>>().join(" "),
        5 => "санкции против россии и переговоры о мире".to_owned(),
        6 => "qwxzzt vbnmkk hgfdsq nothing of the kind".to_owned(),
        _ if number % 400 == 7 => zipf.sentence(900),
        _ => zipf.word(),
    });
    let questions = questions.collect();
    Queries { completions, questions }
}

/// Entries as texts: title, two aliases, an ask, a summary and a body.
struct Texts {
    ids: Vec<String>,
    entries: Vec<[String; 6]>,
}

impl Texts {
    fn generate(entries: usize) -> Self {
        let mut zipf = Zipf::new(1);
        let entry = |_| [2, 1, 2, 8, 14, 53].map(|words| zipf.sentence(words));
        Self {
            entries: (0..entries).map(entry).collect(),
            ids: (0..entries).map(|number| format!("entry-{number}")).collect(),
        }
    }

    fn index(&self) -> SearchIndex {
        let documents = self.ids.iter().zip(&self.entries).map(|(id, entry)| {
            let [title, alias, other_alias, ask, summary, body] =
                entry.each_ref().map(String::as_str);
            Document {
                id,
                title,
                aliases: vec![alias, other_alias],
                asks: vec![ask],
                summary,
                body: vec![body],
                dates: Vec::new(),
            }
        });
        SearchIndex::new(documents)
    }
}

/// Words as frequent as Zipf's law says.
struct Zipf {
    words: Vec<String>,
    /// The share of all words up to each.
    shares: Vec<f64>,
    random: Random,
}

impl Zipf {
    fn new(seed: u64) -> Self {
        let mut random = Random(99);
        let words: Vec<String> = (0..WORDS).map(|_| random.invented_word()).collect();
        let mut sum = 0.0;
        let shares = (1..=WORDS).map(|rank| {
            sum += 1.0 / rank as f64;
            sum
        });
        let shares = shares.collect();
        Self { words, shares, random: Random(seed) }
    }

    fn word(&mut self) -> String {
        let all = self.shares.last().copied().unwrap_or_default();
        let share = self.random.fraction() * all;
        let place = self.shares.partition_point(|other| *other < share);
        let word = self.words[place.min(WORDS - 1)].clone();
        if self.random.below(100) == 0 { self.random.misspelled(&word) } else { word }
    }

    fn misspelled(&mut self) -> String {
        let word = self.word();
        self.random.misspelled(&word)
    }

    fn sentence(&mut self, words: usize) -> String {
        (0..words).map(|_| self.word()).collect::<Vec<_>>().join(" ")
    }
}

/// Random numbers, the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        (self.fraction() * limit as f64) as usize
    }

    fn fraction(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A word of two to four syllables.
    fn invented_word(&mut self) -> String {
        const ONSETS: &[u8] = b"bcdfghjklmnprstvwz";
        const VOWELS: &[u8] = b"aeiou";
        let mut word = String::new();
        for _ in 0..2 + self.below(3) {
            word.push(char::from(ONSETS[self.below(ONSETS.len())]));
            word.push(char::from(VOWELS[self.below(VOWELS.len())]));
            if self.below(3) == 0 {
                word.push(char::from(ONSETS[self.below(ONSETS.len())]));
            }
        }
        word
    }

    /// A word with two letters swapped, or one left out.
    fn misspelled(&mut self, word: &str) -> String {
        let mut letters: Vec<char> = word.chars().collect();
        if letters.len() > 3 {
            let place = self.below(letters.len() - 1);
            if self.below(2) == 0 {
                letters.swap(place, place + 1);
            } else {
                letters.remove(place);
            }
        }
        letters.into_iter().collect()
    }
}
