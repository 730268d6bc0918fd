//! Diagnostics of a dataset in the style of a compiler: file, line, span, message and help.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Level, Origin, Renderer, Snippet};

use super::files::Files;
use crate::text::is_invisible;

/// An error or a note about a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    pub severity: Severity,
    /// The file, relative to the folder that was checked.
    pub path: String,
    /// The offending bytes; `None` for the whole file.
    pub span: Option<Range<usize>>,
    pub message: String,
    /// How to fix it.
    pub help: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// Rejects the dataset.
    Error,
    /// A suggestion; the dataset is served.
    Note,
}

/// The diagnostics of a dataset, by file.
#[derive(Debug, Default)]
pub struct Diagnostics {
    by_path: BTreeMap<String, FileDiagnostics>,
    error_count: usize,
    /// References to what an article does not have, by what one correction resolves. They are
    /// reported last, and only the first: a renamed id would be reported a hundred times.
    unresolved: BTreeMap<String, Vec<Diagnostic>>,
}

#[derive(Debug, Default)]
struct FileDiagnostics {
    /// The text that the spans index into.
    text: String,
    list: Vec<Diagnostic>,
    /// How many errors were dropped beyond the limit.
    dropped: usize,
}

/// The most diagnostics per file. Editors see the rest after fixing those.
const MAX_PER_FILE: usize = 50;

/// The most references to the same missing target that are reported one by one.
const MAX_PER_TARGET: usize = 3;

impl Diagnostics {
    /// Returns a reporter for a file.
    pub(super) fn reporter<'a>(&'a mut self, path: &'a str) -> Reporter<'a> {
        Reporter { path, diagnostics: self }
    }

    /// Adds a note.
    pub(crate) fn note(
        &mut self,
        path: &str,
        span: Range<usize>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let diagnostic = Diagnostic::error(path, Some(span), message, help);
        self.push(Diagnostic { severity: Severity::Note, ..diagnostic });
    }

    /// Adds a diagnostic unless it is a duplicate.
    pub(super) fn push(&mut self, diagnostic: Diagnostic) {
        let of_file = self.by_path.entry(diagnostic.path.clone()).or_default();
        let is_error = diagnostic.severity == Severity::Error;
        if of_file.list.len() >= MAX_PER_FILE {
            of_file.dropped += usize::from(is_error);
        } else if of_file.list.contains(&diagnostic) {
            return;
        } else {
            of_file.list.push(diagnostic);
        }
        self.error_count += usize::from(is_error);
    }

    pub(super) fn has_unresolved(&self) -> bool {
        !self.unresolved.is_empty()
    }

    /// Reports the first unresolved references to each target, and the number of the others.
    pub(super) fn report_unresolved(&mut self) {
        for mut references in std::mem::take(&mut self.unresolved).into_values() {
            let more = references.len().saturating_sub(MAX_PER_TARGET);
            references.truncate(MAX_PER_TARGET);
            if let (Some(last), 1..) = (references.last_mut(), more) {
                let places = if more == 1 { "place" } else { "places" };
                last.message += &format!(" ({more} more such {places})");
            }
            references.into_iter().for_each(|reference| self.push(reference));
        }
    }

    pub(super) fn drop_unresolved(&mut self) {
        self.unresolved.clear();
    }

    pub fn has_errors(&self) -> bool {
        self.error_count > 0
    }

    pub fn error_count(&self) -> usize {
        self.error_count
    }

    /// Copies the texts of files with diagnostics, so that these can be rendered after the files
    /// are dropped.
    pub(crate) fn copy_texts(&mut self, files: &Files) {
        for (path, of_file) in self.by_path.iter_mut().filter(|(_, file)| file.text.is_empty()) {
            files.text(path).clone_into(&mut of_file.text);
        }
    }

    /// Renders all diagnostics by file and position.
    pub fn render(&self, color: bool) -> impl Iterator<Item = String> {
        self.by_path.iter().flat_map(move |(path, of_file)| {
            let sorted = of_file.sorted(path).into_iter();
            sorted.map(move |diagnostic| diagnostic.render(&of_file.text, color))
        })
    }

    /// All diagnostics by file and position.
    pub fn sorted(&self) -> Vec<Diagnostic> {
        self.by_path.iter().flat_map(|(path, of_file)| of_file.sorted(path)).collect()
    }
}

impl FileDiagnostics {
    fn sorted(&self, path: &str) -> Vec<Diagnostic> {
        let mut list = self.list.clone();
        list.sort_by_key(|diagnostic| diagnostic.span.as_ref().map_or(0, |span| span.start));
        if self.dropped > 0 {
            let message = format!("{} more problems in this file", self.dropped);
            let help = "fix those above, then check again";
            list.push(Diagnostic::error(path, None, message, help));
        }
        list
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let noun = if self.error_count == 1 { "problem" } else { "problems" };
        write!(f, "{} {noun} in the dataset", self.error_count)
    }
}

impl std::error::Error for Diagnostics {}

/// Collects the diagnostics of a file.
pub(super) struct Reporter<'a> {
    pub path: &'a str,
    pub diagnostics: &'a mut Diagnostics,
}

impl Reporter<'_> {
    pub(super) fn error(
        &mut self,
        span: Range<usize>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.diagnostics.push(Diagnostic::error(self.path, Some(span), message, help));
    }

    /// Notes an unresolved reference. `target` is the same for those that one correction resolves.
    pub(super) fn unresolved(
        &mut self,
        target: String,
        span: Range<usize>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let diagnostic = Diagnostic::error(self.path, Some(span), message, help);
        self.diagnostics.unresolved.entry(target).or_default().push(diagnostic);
    }

    /// Reports an error about a whole file or folder.
    pub(super) fn file_error(&mut self, message: impl Into<String>, help: impl Into<String>) {
        self.diagnostics.push(Diagnostic::error(self.path, None, message, help));
    }

    /// Whether a diagnostic starts within `span`.
    pub(super) fn covers(&self, span: &Range<usize>) -> bool {
        let of_file = self.diagnostics.by_path.get(self.path);
        let mut spans =
            of_file.iter().flat_map(|file| &file.list).filter_map(|one| one.span.as_ref());
        spans.any(|at| span.contains(&at.start))
    }
}

impl Diagnostic {
    pub(super) fn error(
        path: &str,
        span: Option<Range<usize>>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self {
            severity: Severity::Error,
            path: path.to_owned(),
            span,
            message: printable(message.into()),
            help: printable(help.into()),
        }
    }

    /// Renders the message, the line with the span underlined, and the help. `text` is the file's
    /// text.
    pub fn render(&self, text: &str, color: bool) -> String {
        let renderer = if color { Renderer::styled() } else { Renderer::plain() };
        let level = match self.severity {
            Severity::Error => Level::ERROR,
            Severity::Note => Level::NOTE,
        };
        let title = level.primary_title(self.message.as_str());
        let help = Level::HELP.message(self.help.as_str());
        let group = match &self.span {
            Some(span) => title.element(
                Snippet::source(text)
                    .path(self.path.as_str())
                    .annotation(AnnotationKind::Primary.span(clamp(text, span))),
            ),
            None => title.element(Origin::path(self.path.as_str())),
        };
        renderer.render(&[group.element(help)])
    }
}

/// Clamps the span to character boundaries within `text`, not empty if possible.
fn clamp(text: &str, span: &Range<usize>) -> Range<usize> {
    let start = text.floor_char_boundary(span.start);
    let end = text.ceil_char_boundary(span.end.max(start + 1));
    start..end
}

/// Escapes control characters: a message may quote a file, and a quote must not move the cursor or
/// hide text.
fn printable(text: String) -> String {
    if text.contains(is_invisible) { text.replace(is_invisible, "\u{FFFD}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diagnostic_names_file_line_span_and_help() {
        let text = "+++\ndate = \"2014-02-30\"\n+++\n";
        let diagnostic = Diagnostic::error(
            "event/x.md",
            Some(11..23),
            "the calendar has no such day",
            "correct it",
        );
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
    fn the_diagnostics_of_one_file_are_limited() {
        let mut diagnostics = Diagnostics::default();
        for at in 0..20_000 {
            diagnostics.reporter("x").error(at..at + 1, format!("problem {at}"), "fix it");
        }
        diagnostics.reporter("y").error(0..1, "another", "fix it");
        assert_eq!(diagnostics.error_count(), 20_001);
        let sorted = diagnostics.sorted();
        assert_eq!(sorted.len(), MAX_PER_FILE + 2);
        assert_eq!(sorted[MAX_PER_FILE].message, "19950 more problems in this file");
    }

    #[test]
    fn a_span_outside_its_text_is_clamped() {
        for span in [0..0, 5..90, 90..91, 2..3] {
            let diagnostic = Diagnostic::error("x", Some(span), "p", "r");
            assert!(diagnostic.render("aé\u{1F600}b", false).contains("help: r"));
            assert!(diagnostic.render("", false).contains("help: r"));
        }
    }
}
