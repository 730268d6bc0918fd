//! A temporary PostgreSQL cluster on a free loopback port, deleted after the test.
//!
//! If PostgreSQL is not installed, tests that need it print that and pass; with `CI=true` they
//! fail.
#![allow(dead_code, reason = "the benches use a part of it")]
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// Timeout for starting or stopping the cluster.
const TIMEOUT: Duration = Duration::from_secs(60);

pub(crate) struct Postgres {
    folder: PathBuf,
    programs: PathBuf,
    port: u16,
}

impl Postgres {
    /// Starts a cluster, if PostgreSQL is installed.
    pub(crate) fn start() -> Option<Self> {
        let Some(programs) = programs() else {
            let is_ci = std::env::var("CI").is_ok_and(|ci| ci == "true");
            assert!(!is_ci, "there is no PostgreSQL: install it");
            print_note("skipped, as there is no PostgreSQL here: install it to run this test");
            return None;
        };
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("dossier-postgres-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        drop(std::fs::remove_dir_all(&folder));
        std::fs::create_dir_all(&folder).expect("a folder");
        if is_root() {
            // PostgreSQL refuses to run as root.
            run(Command::new("chown").arg("postgres").arg(&folder));
        }
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let port = listener.local_addr().expect("an address").port();
        drop(listener);
        let cluster = Self { folder, programs, port };
        let initdb =
            ["--auth=trust", "--username=dossier", "--no-sync", "--encoding=UTF8", "--locale=C"];
        run(cluster.program("initdb").args(initdb).arg("-D").arg(cluster.data()));
        cluster.resume();
        Some(cluster)
    }

    pub(crate) fn url(&self) -> String {
        format!("postgres://dossier:hidden-password@127.0.0.1:{}/postgres", self.port)
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Creates a database and returns its URL.
    pub(crate) fn database(&self, name: &str) -> String {
        self.sql(&format!("create database {name}"));
        format!("postgres://dossier:hidden-password@127.0.0.1:{}/{name}", self.port)
    }

    /// Runs a statement and returns its output.
    pub(crate) fn sql(&self, statement: &str) -> String {
        let port = self.port.to_string();
        let arguments =
            ["-h", "127.0.0.1", "-p", &port, "-U", "dossier", "-d", "postgres", "-Atc", statement];
        run(self.program("psql").args(arguments))
    }

    /// Stops the cluster: `fast` terminates connections, `immediate` simulates a crash.
    pub(crate) fn stop(&self, how: &str) {
        let arguments = ["-m", how, "-w", "stop", "-D"];
        run(self.program("pg_ctl").args(arguments).arg(self.data()));
    }

    pub(crate) fn resume(&self) {
        let options = format!(
            "-p {} -k '{}' -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=200",
            self.port,
            self.folder.display()
        );
        let log = self.folder.join("log");
        let mut start = self.program("pg_ctl");
        start.args(["-w", "-t", "60", "start", "-o", &options, "-D"]).arg(self.data());
        run(start.arg("-l").arg(log));
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// A PostgreSQL program, run as an unprivileged user.
    fn program(&self, name: &str) -> Command {
        let path = self.programs.join(name);
        if !is_root() {
            return Command::new(path);
        }
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--"]).arg(path);
        command
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let mut stop = self.program("pg_ctl");
        stop.args(["-m", "immediate", "-w", "stop", "-D"]).arg(self.data());
        drop(stop.stdout(Stdio::null()).stderr(Stdio::null()).status());
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

/// The programs' directory: on the path, or where Debian installs them.
fn programs() -> Option<PathBuf> {
    let on_path = std::env::var_os("PATH").into_iter();
    let on_path = on_path.flat_map(|path| std::env::split_paths(&path).collect::<Vec<_>>());
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let versions = versions.flatten().map(|version| version.path().join("bin"));
    let has_all = |folder: &PathBuf| {
        ["initdb", "pg_ctl", "psql"].iter().all(|name| folder.join(name).exists())
    };
    on_path.chain(versions).find(has_all)
}

#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
fn print_note(what: &str) {
    eprintln!("{what}");
}

fn is_root() -> bool {
    Path::new("/root").metadata().is_ok() && std::fs::read_dir("/root").is_ok()
}

/// Runs a command and returns its output.
fn run(command: &mut Command) -> String {
    let began = Instant::now();
    // The server started in the background would keep the pipe open.
    let is_start = format!("{command:?}").contains("\"start\"");
    let output = match is_start {
        true => command
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .map(|status| (status, Vec::new())),
        false => command.output().map(|output| (output.status, output.stdout)),
    };
    let (status, printed) = output.expect("a program that runs");
    assert!(status.success(), "{command:?} failed");
    assert!(began.elapsed() < TIMEOUT, "{command:?} took too long");
    String::from_utf8_lossy(&printed).trim().to_owned()
}
