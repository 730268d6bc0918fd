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
        // `check` counts its notes about the dataset.
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

#[test]
fn check_refuses_the_settings_that_run_refuses() {
    let key = "DISCORD_PUBLIC_KEY";
    for (variables, part) in [
        (&[("DOSSIER_DISCORD__API_URL", "ftp://discord.com")][..], "`discord.api_url`"),
        (&[("DOSSIER_DISCORD__API_URL", "discord.com")], "`discord.api_url`"),
        (&[("DOSSIER_DISCORD__API_URL", "http://discord.com")], "`discord.api_url`"),
        (&[("DOSSIER_DISCORD__API_URL", "")], "`discord.api_url`"),
        (&[("DOSSIER_DISCORD__API_URL", "https://user:pass@discord.com")], "`discord.api_url`"),
        (&[("DOSSIER_DISCORD__TRANSPORT", "http")], "needs `discord.public_key`"),
        (&[("DOSSIER_DISCORD__TRANSPORT", "http"), (key, "zz")], "DISCORD_PUBLIC_KEY, must be 64"),
        (&[(key, "zz")], "DISCORD_PUBLIC_KEY, must be 64"),
        (
            &[("DOSSIER_DISCORD__API_URL", "https://discord.com/api/v10")],
            "write https://discord.com",
        ),
        (&[("DOSSIER_CONFIG", "postgres://me:pw@db/x")], "belongs in DATABASE_URL"),
        (&[("DOSSIER_LOG", "verbose")], "DOSSIER_LOG is off, error"),
        (&[("DOSSIER_LOG_FORMAT", "xml")], "DOSSIER_LOG_FORMAT is text or json"),
        (&[("DATABASE_URL", "sqlite:nofolder/x.db")], "nofolder/x.db"),
        (&[("DATABASE_URL", "sqlite:Cargo.toml")], "Cargo.toml is not a SQLite database"),
        (&[("DATABASE_URL", "sqlite:Cargo.toml/x.db")], "there is no folder Cargo.toml for"),
        (&[("DATABASE_URL", "sqlite:src")], "the database src is a folder"),
        (&[("DATABASE_URL", "sqlite:src/")], "must name a file"),
        (&[("DOSSIER_CONFIG", "")], "DOSSIER_CONFIG or --config is empty"),
        (&[("DOSSIER_WEB_LISTEN", "")], "did you mean DOSSIER_WEB__LISTEN?"),
    ] {
        for command in ["check", "run"] {
            let mut program = dossier(&[command]);
            program.current_dir(env!("CARGO_MANIFEST_DIR")).envs(variables.iter().copied());
            // The token is judged first.
            program.env("DISCORD_TOKEN", "abc.def");
            let done = output(&mut program);
            let stderr = String::from_utf8_lossy(&done.stderr);
            assert_eq!(done.status.code(), Some(78), "{command} {variables:?}: {stderr}");
            assert!(stderr.contains(part) && !stderr.contains("pass@"), "{command}: {stderr}");
        }
    }
    let done = output(dossier(&["check"]).env("DISCORD_TOKEN", "\"secret"));
    let stderr = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.code() == Some(78) && !stderr.contains("secret"), "{stderr}");
}

#[test]
fn check_names_variables_that_are_ignored() {
    let mut program = dossier(&["check"]);
    let done = output(program.env("DOSSIER_FOO", "1").env("DOSSIER_SERVICE_HOST", "10.0.0.1"));
    let stderr = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success() && stderr.contains("DOSSIER_FOO is not"), "{stderr}");
    assert!(!stderr.contains("SERVICE_HOST"), "{stderr}");
}

#[cfg(target_os = "linux")]
#[test]
fn run_refuses_a_database_that_it_may_not_create() {
    let long = format!("sqlite:{}.db", "x".repeat(300));
    for (url, part) in [
        ("sqlite:/dev/null", "dossier: /dev/null is not a SQLite database; `store.url` or"),
        ("sqlite:/dev/null/x.db", "dossier: there is no folder /dev/null for"),
        // Nobody can create a file there, not even root.
        ("sqlite:/proc/x.db", "dossier: cannot create files in /proc, as SQLite must; allow it"),
        (&long, "dossier: cannot open the database xxx"),
    ] {
        let mut program = dossier(&["run"]);
        program.current_dir(env!("CARGO_MANIFEST_DIR"));
        let done = output(program.env("DATABASE_URL", url).env("DISCORD_TOKEN", "abc.def"));
        let stderr = String::from_utf8_lossy(&done.stderr);
        assert_eq!(done.status.code(), Some(78), "{url}: {stderr}");
        assert!(stderr.starts_with(part) && stderr.lines().count() == 1, "{url}: {stderr}");
    }
}

#[test]
fn notes_are_shown_for_a_dataset_that_is_named() {
    let done = output(&mut dossier(&["check"]));
    let stderr = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success() && stderr.lines().count() <= 1, "{stderr}");
    let named =
        output(dossier(&["check"]).arg(concat!(env!("CARGO_MANIFEST_DIR"), "/data/articles")));
    let notes = String::from_utf8_lossy(&named.stderr).matches("note").count();
    assert!(named.status.success() && (notes == 0) == stderr.is_empty(), "{stderr}");
}

#[test]
fn an_unknown_id_is_not_one_that_is_used_nowhere() {
    for (id, part) in [
        ("nope-and-never", "there is no source or entry \"nope-and-never\""),
        ("", "an id is like"),
        ("TERM/Buffer-State", "did you mean term/buffer-state?"),
        ("term/buffer-state.md", "did you mean term/buffer-state?"),
    ] {
        let done = output(&mut dossier(&["check", "--uses", id]));
        let stderr = String::from_utf8_lossy(&done.stderr);
        assert_eq!(done.status.code(), Some(1), "{id}");
        assert!(stderr.contains(part), "{id}: {stderr}");
    }
}
