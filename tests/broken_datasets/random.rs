//! Random damage: whatever happens to a file, the loader says something that can be shown, and nothing panics.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};

use super::dataset_copy::DatasetCopy;

/// What happens to a file, at places given as parts of its length.
#[derive(Clone, Debug)]
enum Damage {
    Flip(f64, u8),
    Cut(f64),
    Remove(f64, f64),
    Double(f64),
    Lose(f64),
    Swap(f64, f64),
    Insert(f64, &'static str),
}

/// What is put in somewhere: what means something in TOML, in Markdown or to a terminal.
const PIECES: [&str; 24] = [
    "\"", "'", "\"\"\"", "[", "]", "[^", "]]", "{", "=", "\n", "\r", "+++", "\n+++\n", "#", "## ",
    "\n- ", "\n> ", "```", "|", "\\", "&#0;", "\u{202e}", "\0", "é",
];

fn damage() -> impl Strategy<Value = Damage> {
    let part = || 0.0..1.0f64;
    prop_oneof![
        (part(), any::<u8>()).prop_map(|(at, bits)| Damage::Flip(at, bits)),
        part().prop_map(Damage::Cut),
        (part(), part()).prop_map(|(from, to)| Damage::Remove(from, to)),
        part().prop_map(Damage::Double),
        part().prop_map(Damage::Lose),
        (part(), part()).prop_map(|(one, other)| Damage::Swap(one, other)),
        (part(), proptest::sample::select(PIECES.to_vec()))
            .prop_map(|(at, piece)| Damage::Insert(at, piece)),
    ]
}

impl Damage {
    fn apply(&self, bytes: &mut Vec<u8>) {
        let place =
            |part: f64, len: usize| ((part * len as f64) as usize).min(len.saturating_sub(1));
        let len = bytes.len();
        match self {
            _ if bytes.is_empty() => {}
            Self::Flip(at, bits) => bytes[place(*at, len)] ^= bits,
            Self::Cut(at) => bytes.truncate(place(*at, len)),
            Self::Remove(from, to) => {
                drop(bytes.drain(place(from.min(*to), len)..place(from.max(*to), len)))
            }
            Self::Insert(at, piece) => {
                drop(bytes.splice(place(*at, len)..place(*at, len), piece.bytes()))
            }
            Self::Double(_) | Self::Lose(_) | Self::Swap(..) => self.apply_to_lines(bytes),
        }
    }

    fn apply_to_lines(&self, bytes: &mut Vec<u8>) {
        let mut lines: Vec<Vec<u8>> =
            bytes.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
        let place = |part: &f64| ((part * lines.len() as f64) as usize).min(lines.len() - 1);
        match self {
            Self::Double(at) => {
                let at = place(at);
                lines.insert(at, lines[at].clone());
            }
            Self::Lose(at) => drop(lines.remove(place(at))),
            Self::Swap(one, other) => {
                let (one, other) = (place(one), place(other));
                lines.swap(one, other);
            }
            _ => {}
        }
        *bytes = lines.concat();
    }
}

#[test]
fn damaged_files_never_panic_and_are_reported() {
    let bench = DatasetCopy::new();
    let files: Vec<String> = bench.original.keys().cloned().collect();
    let damages = proptest::collection::vec((proptest::sample::select(files), damage()), 1..4);
    let mut runner =
        TestRunner::new(Config { cases: 100, failure_persistence: None, ..Config::default() });
    let checked = runner.run(&damages, |damages| {
        for (file, damage) in &damages {
            let mut bytes = std::fs::read(bench.path(file)).expect("read a file");
            damage.apply(&mut bytes);
            bench.write(file, &bytes);
        }
        let result = show(&bench);
        damages.iter().for_each(|(file, _)| bench.restore_file(file));
        result
    });
    if let Err(error) = checked {
        panic!("{error}");
    }
}

/// Loads what is there, and looks at every problem as a person would.
fn show(bench: &DatasetCopy) -> Result<(), TestCaseError> {
    let loaded = bench.load();
    prop_assert!(
        loaded.errors.is_empty() || loaded.articles.is_empty(),
        "half a dataset was loaded"
    );
    for problem in &loaded.errors {
        let text = loaded.files.text(&problem.path);
        if let Some(span) = &problem.span {
            prop_assert!(text.get(span.clone()).is_some(), "{span:?} is not in {}", problem.path);
        }
        let shown = problem.render(text, false);
        prop_assert!(shown.contains(&problem.path) && shown.contains("help: "), "{shown}");
        prop_assert!(!shown.contains(['\u{1b}', '\0']), "{shown:?}");
    }
    Ok(())
}
