//! The command line with unusual output or environment.

use std::fs::OpenOptions;
use std::process::{Command, Output, Stdio};

fn dossier(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dossier"));
    command.args(arguments).stdin(Stdio::null());
    command
}

fn output(command: &mut Command) -> Output {
    command.output().expect("the program runs")
}

#[cfg(target_os = "linux")]
#[test]
fn an_output_error_is_a_failure() {
    for arguments in [
        &["ask", "/help"][..],
        &["ask", "/demand nato"],
        &["ask", "--json", "/help"],
        &["ask", "/term zzzz"],
        &["check"],
        &["check", "--online"],
        &["check", "--uses", "term/buffer-state"],
        &["--version"],
        &["help"],
    ] {
        let full = OpenOptions::new().write(true).open("/dev/full").expect("/dev/full");
        let done = output(dossier(arguments).stdout(full));
        let stderr = String::from_utf8_lossy(&done.stderr);
        assert_eq!(done.status.code(), Some(1), "{arguments:?}: {stderr}");
        // `check` has shown its notes before.
        let last = stderr.lines().last().unwrap_or_default();
        assert!(last.starts_with("dossier: write the answer: "), "{arguments:?}: {stderr}");
    }
}

#[test]
fn a_closed_pipe_is_not_an_error() {
    for arguments in [
        &["ask", "/help"][..],
        &["ask", "/demand nato"],
        &["ask", "--json", "/help"],
        &["check"],
        &["--version"],
        &["help"],
    ] {
        let mut child = dossier(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program runs");
        drop(child.stdout.take());
        let done = child.wait_with_output().expect("the program ends");
        let stderr = String::from_utf8_lossy(&done.stderr);
        assert_eq!(done.status.code(), Some(0), "{arguments:?}: {stderr}");
        // `check` shows notes about the dataset.
        let is_quiet = stderr.is_empty() || arguments == ["check"] && !stderr.contains("dossier: ");
        assert!(is_quiet, "{arguments:?}: {stderr}");
    }
}

/// What was found counts, whoever reads it.
#[test]
fn a_closed_pipe_hides_no_problem_of_a_dataset() {
    let folder = std::env::temp_dir().join(format!("dossier-closed-{}", std::process::id()));
    std::fs::create_dir_all(folder.join("article")).expect("a folder");
    std::fs::write(folder.join("article/article.toml"), "nonsense = 1\n").expect("a file");
    let mut child = dossier(&["check"])
        .arg(&folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    drop(child.stdout.take());
    drop(child.stderr.take());
    assert_eq!(child.wait().expect("the program ends").code(), Some(1));
    std::fs::remove_dir_all(&folder).expect("a folder to remove");
}

#[cfg(unix)]
#[test]
fn only_variables_that_the_program_reads_must_be_utf_8() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let bytes = OsStr::from_bytes(b"\xa3");
    for arguments in [&["ask", "/help"][..], &["ask", "/random"], &["help"]] {
        let done = output(dossier(arguments).env("X", bytes).env(bytes, "x"));
        assert_eq!(done.status.code(), Some(0), "{arguments:?}");
    }
    for name in ["DISCORD_TOKEN", "DATABASE_URL", "DOSSIER_LOG", "DOSSIER_DATA__DIR"] {
        let done = output(dossier(&["ask", "/help"]).env(name, bytes));
        let stderr = String::from_utf8_lossy(&done.stderr);
        assert_eq!(done.status.code(), Some(78), "{stderr}");
        assert_eq!(stderr, format!("dossier: the variable {name} is not UTF-8\n"));
    }
}
