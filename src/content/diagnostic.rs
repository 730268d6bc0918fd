//! What is wrong with a dataset, where, and what would be right: told as a compiler tells it.

use std::collections::BTreeMap;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Level, Origin, Renderer, Snippet};

use super::files::Files;
use super::text::is_unseen;

/// One thing that is wrong in one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Whether it keeps the dataset from being served.
    pub severity: Severity,
    /// The file, from the folder that was checked.
    pub path: String,
    /// The offending bytes of the file's text; nothing where the file as a whole is wrong, or cannot be read.
    pub span: Option<Range<usize>>,
    /// What is wrong.
    pub problem: String,
    /// What would be right.
    pub remedy: String,
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The dataset is not served.
    Error,
    /// It can be served, and could be better.
    Note,
}

/// The problems of one dataset, each with its file.
#[derive(Debug, Default)]
pub struct Problems {
    by_path: BTreeMap<String, Vec<Diagnostic>>,
    /// How many more there are in files of which enough was told.
    more: BTreeMap<String, usize>,
    len: usize,
}

/// The most problems that are told of one file. Whoever mends those sees the next; a file with more is no entry.
const TOLD_PER_FILE: usize = 50;

impl Problems {
    /// Notes that `span` of the file at `path` is wrong.
    pub fn at(
        &mut self,
        path: &str,
        span: Range<usize>,
        problem: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.push(Diagnostic::new(path, Some(span), problem, remedy));
    }

    /// Notes that the file (or folder) at `path` is wrong as a whole.
    pub fn whole(&mut self, path: &str, problem: impl Into<String>, remedy: impl Into<String>) {
        self.push(Diagnostic::new(path, None, problem, remedy));
    }

    /// Notes what could be better at `span` of the file at `path`.
    pub fn note(
        &mut self,
        path: &str,
        span: Range<usize>,
        problem: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        let diagnostic = Diagnostic::new(path, Some(span), problem, remedy);
        self.push(Diagnostic { severity: Severity::Note, ..diagnostic });
    }

    /// Notes a problem; one that is known already is not told again.
    pub(super) fn push(&mut self, diagnostic: Diagnostic) {
        let told = self.by_path.entry(diagnostic.path.clone()).or_default();
        if told.len() >= TOLD_PER_FILE {
            if diagnostic.severity == Severity::Error {
                self.len += 1;
                *self.more.entry(diagnostic.path).or_default() += 1;
            }
        } else if !told.contains(&diagnostic) {
            self.len += usize::from(diagnostic.severity == Severity::Error);
            told.push(diagnostic);
        }
    }

    /// Whether nothing is wrong; there may be notes.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// How many things are wrong, notes not counted.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether something was told of the file at `path`.
    pub fn tells(&self, path: &str) -> bool {
        self.by_path.contains_key(path)
    }

    /// Whether something that was told lies within `span` of the file at `path`.
    pub fn touches(&self, path: &str, span: Range<usize>) -> bool {
        let within = |told: &Range<usize>| span.start <= told.start && told.start < span.end;
        let of_file = self.by_path.get(path).into_iter().flatten();
        of_file.filter_map(|problem| problem.span.as_ref()).any(within)
    }

    /// All that is wrong, by file and place.
    pub fn sorted(mut self) -> Vec<Diagnostic> {
        for file in self.by_path.values_mut() {
            file.sort_by_key(|problem| problem.span.as_ref().map_or(0, |span| span.start));
        }
        for (path, more) in self.more {
            let problem = format!("{more} more problems in this file");
            let told = Diagnostic::new(&path, None, problem, "mend those above, then check again");
            self.by_path.entry(path).or_default().push(told);
        }
        self.by_path.into_values().flatten().collect()
    }

    /// The problems as `dossier check` prints them, without colours.
    pub fn render_all(self, files: &[Files]) -> Vec<String> {
        let text = |path: &str| {
            let texts = files.iter().map(|files| files.text(path));
            texts.into_iter().find(|text| !text.is_empty()).unwrap_or_default()
        };
        let problems = self.sorted().into_iter();
        problems.map(|problem| problem.render(text(&problem.path), false)).collect()
    }
}

impl Diagnostic {
    /// A problem, with nothing in its words that a terminal would not show.
    pub(super) fn new(
        path: &str,
        span: Option<Range<usize>>,
        problem: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            severity: Severity::Error,
            path: path.to_owned(),
            span,
            problem: shown(problem.into()),
            remedy: shown(remedy.into()),
        }
    }

    /// The problem as a person reads it: the message, the line with the span marked, and the remedy.
    ///
    /// `text` is the file's text; `color` asks for terminal colors.
    pub fn render(&self, text: &str, color: bool) -> String {
        let renderer = if color { Renderer::styled() } else { Renderer::plain() };
        let level = match self.severity {
            Severity::Error => Level::ERROR,
            Severity::Note => Level::NOTE,
        };
        let title = level.primary_title(self.problem.as_str());
        let help = Level::HELP.message(self.remedy.as_str());
        let group = match &self.span {
            Some(span) => title.element(
                Snippet::source(text)
                    .path(self.path.as_str())
                    .annotation(AnnotationKind::Primary.span(within(text, span))),
            ),
            None => title.element(Origin::path(self.path.as_str())),
        };
        renderer.render(&[group.element(help)])
    }
}

/// The span as one that surely lies in `text`, at character boundaries and not empty where that is possible.
fn within(text: &str, span: &Range<usize>) -> Range<usize> {
    let start = text.floor_char_boundary(span.start);
    let end = text.ceil_char_boundary(span.end.max(start + 1));
    start..end
}

/// A file's words may be anything: quoted in a message, they cannot move the cursor or hide a part of it.
fn shown(words: String) -> String {
    if words.chars().any(is_unseen) { words.replace(is_unseen, "\u{FFFD}") } else { words }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_names_file_line_span_and_remedy() {
        let text = "+++\ndate = \"2014-02-30\"\n+++\n";
        let diagnostic = Diagnostic {
            severity: Severity::Error,
            path: "event/x.md".into(),
            span: Some(11..23),
            problem: "the calendar has no such day".into(),
            remedy: "correct it".into(),
        };
        insta::assert_snapshot!(diagnostic.render(text, false), @r#"
        error: the calendar has no such day
         --> event/x.md:2:8
          |
        2 | date = "2014-02-30"
          |        ^^^^^^^^^^^^
          |
          = help: correct it
        "#);
    }

    #[test]
    fn no_more_is_told_of_a_file_than_somebody_reads() {
        let mut problems = Problems::default();
        for at in 0..20_000 {
            problems.at("x", at..at + 1, format!("problem {at}"), "mend it");
        }
        problems.at("y", 0..1, "another", "mend it");
        assert_eq!(problems.len(), 20_001);
        let told = problems.sorted();
        assert_eq!(told.len(), TOLD_PER_FILE + 2);
        assert_eq!(told[TOLD_PER_FILE].problem, "19950 more problems in this file");
    }

    #[test]
    fn a_span_outside_its_text_is_shown_all_the_same() {
        for span in [0..0, 5..90, 90..91, 2..3] {
            let diagnostic = Diagnostic {
                severity: Severity::Note,
                path: "x".into(),
                span: Some(span),
                problem: "p".into(),
                remedy: "r".into(),
            };
            assert!(diagnostic.render("aé\u{1F600}b", false).contains("help: r"));
            assert!(diagnostic.render("", false).contains("help: r"));
        }
    }
}
