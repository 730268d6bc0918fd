//! The bot as a process: runs the real binary, captures its output, and kills it when the test
//! ends.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::{FakeDiscord, TIMEOUT};

/// Clock ticks per second in /proc/<pid>/stat; 100 on every common Linux.
const TICKS: f64 = 100.0;

pub(crate) struct Bot {
    child: Child,
    output: Arc<Output>,
    readers: Vec<JoinHandle<()>>,
    pub(crate) started: Instant,
    /// The folder of the default database, if the test did not choose another.
    _folder: Option<Folder>,
}

/// A temporary folder, deleted on drop.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("dossier-bot-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    /// The URL of a SQLite database in this folder.
    pub(crate) fn sqlite(&self) -> String {
        format!("sqlite:{}", self.0.join("dossier.db").display())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

/// The output so far.
#[derive(Default)]
struct Output {
    text: Mutex<String>,
    more: Condvar,
}

impl Bot {
    /// Starts the program against a fake Discord, with these environment variables in addition to
    /// the required two.
    pub(crate) fn start(program: &Path, discord: &FakeDiscord, variables: &[(&str, &str)]) -> Self {
        Self::run(program, &["run"], discord, variables)
    }

    /// Like [`Bot::start`], but as an unprivileged user if the test runs as root.
    pub(crate) fn start_as_nobody(
        program: &Path,
        discord: &FakeDiscord,
        variables: &[(&str, &str)],
    ) -> Self {
        let path = program.display().to_string();
        let is_root = std::fs::read_dir("/root").is_ok();
        let nobody = ["--reuid=65534", "--regid=65534", "--clear-groups", &path, "run"];
        match is_root {
            true => Self::run(Path::new("/usr/bin/setpriv"), &nobody, discord, variables),
            false => Self::run(program, &["run"], discord, variables),
        }
    }

    /// Like [`Bot::start`], with a limit on file descriptors.
    pub(crate) fn start_with_descriptors(
        program: &Path,
        discord: &FakeDiscord,
        count: usize,
    ) -> Self {
        let script = format!("ulimit -n {count}; exec \"$0\" run");
        let arguments = ["-c", &script, &program.display().to_string()];
        Self::run(Path::new("/bin/sh"), &arguments, discord, &[])
    }

    fn run(
        program: &Path,
        arguments: &[&str],
        discord: &FakeDiscord,
        variables: &[(&str, &str)],
    ) -> Self {
        let api_url = discord.api_url();
        let token = discord.token();
        let folder = Folder::new();
        let store = folder.sqlite();
        let mut all = vec![
            ("DISCORD_TOKEN", token.as_str()),
            ("DOSSIER_DISCORD__API_URL", &api_url),
            ("DOSSIER_WEB__LISTEN", "127.0.0.1:0"),
            ("DOSSIER_STORE__URL", &store),
        ];
        all.retain(|(name, _)| !variables.iter().any(|(other, _)| other == name));
        all.extend_from_slice(variables);
        let mut bot = Self::spawn(program, arguments, &all);
        bot._folder = Some(folder);
        bot
    }

    /// Starts a program with exactly these environment variables.
    pub(crate) fn spawn(program: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let started = Instant::now();
        let mut child = Command::new(program)
            .args(arguments)
            .env_clear()
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let output = Arc::new(Output::default());
        let mut readers = Vec::new();
        let pipes: [Option<Box<dyn Read + Send>>; 2] = [
            child.stdout.take().map(|pipe| Box::new(pipe) as Box<dyn Read + Send>),
            child.stderr.take().map(|pipe| Box::new(pipe) as Box<dyn Read + Send>),
        ];
        for pipe in pipes.into_iter().flatten() {
            let output = Arc::clone(&output);
            readers.push(std::thread::spawn(move || output.read(pipe)));
        }
        Self { child, output, readers, started, _folder: None }
    }

    /// The output so far, stdout and stderr.
    pub(crate) fn output(&self) -> String {
        self.output.text.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until the output contains this text.
    pub(crate) fn wait_for(&self, what: &str) {
        let until = Instant::now() + TIMEOUT;
        let mut text = self.output.text.lock().unwrap_or_else(PoisonError::into_inner);
        while !text.contains(what) {
            let left = until.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "it did not say {what:?}, but:\n{text}");
            let waited = self.output.more.wait_timeout(text, left);
            text = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// The address of its HTTP server.
    pub(crate) fn web_address(&self) -> String {
        self.wait_for("serving /healthz and /readyz");
        let output = self.output();
        let address =
            output.split("address=").nth(1).and_then(|rest| rest.split_whitespace().next());
        address.expect("an address").to_owned()
    }

    /// Requests a health endpoint and returns status and body.
    pub(crate) fn health(&self, path: &str) -> (u16, String) {
        let address = self.web_address();
        let mut stream = std::net::TcpStream::connect(&address).expect("a connection");
        let request =
            format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
        std::io::Write::write_all(&mut stream, request.as_bytes()).expect("a request");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok());
        let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        (status.expect("a status"), body.to_owned())
    }

    /// Sends SIGTERM, as a service manager does.
    pub(crate) fn terminate(&self) {
        self.signal("-TERM");
    }

    /// Sends a signal, such as `-HUP`.
    pub(crate) fn signal(&self, signal: &str) {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill").args([signal, &pid]).status();
        assert!(sent.is_ok_and(|status| status.success()), "it cannot be sent {signal}");
    }

    /// Sends SIGKILL.
    pub(crate) fn kill(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }

    pub(crate) fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Waits until the process has ended. Returns its exit code and output.
    pub(crate) fn wait_for_exit(&mut self) -> (Option<i32>, String) {
        let until = Instant::now() + TIMEOUT;
        let status: ExitStatus = loop {
            match self.child.try_wait() {
                Ok(Some(status)) => break status,
                Ok(None) if Instant::now() < until => std::thread::sleep(Duration::from_millis(5)),
                _ => panic!("it does not end; it said:\n{}", self.output()),
            }
        };
        for reader in self.readers.drain(..) {
            drop(reader.join());
        }
        (status.code(), self.output())
    }

    /// Resident memory in KiB.
    pub(crate) fn memory_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let number = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
        number.expect("a process of ours has a VmRSS")
    }

    /// User and system CPU time in seconds.
    pub(crate) fn cpu_seconds(&self) -> (f64, f64) {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()));
        let stat = stat.unwrap_or_default();
        let after_name = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
        let field = |at: usize| {
            let ticks = after_name.split(' ').nth(at).and_then(|field| field.parse::<f64>().ok());
            ticks.unwrap_or(f64::NAN) / TICKS
        };
        (field(11), field(12))
    }
}

impl Drop for Bot {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
        for reader in self.readers.drain(..) {
            drop(reader.join());
        }
        if std::thread::panicking() {
            let output = self.output();
            let tail = output.len().saturating_sub(6_000);
            let tail = (tail..output.len()).find(|at| output.is_char_boundary(*at)).unwrap_or(0);
            let line = format!("--- the bot said:\n{}\n---\n", &output[tail..]);
            drop(std::io::Write::write_all(&mut std::io::stderr(), line.as_bytes()));
        }
    }
}

impl Output {
    fn read(&self, mut pipe: Box<dyn Read + Send>) {
        let mut bytes = [0; 8192];
        while let Ok(count @ 1..) = pipe.read(&mut bytes) {
            let text = String::from_utf8_lossy(&bytes[..count]);
            self.text.lock().unwrap_or_else(PoisonError::into_inner).push_str(&text);
            self.more.notify_all();
        }
    }
}
