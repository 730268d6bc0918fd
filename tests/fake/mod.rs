//! A fake Discord on a loopback port, with REST API and gateway. A test configures it, runs a bot
//! against it, and inspects it.
//!
//! It enforces Discord's documented rules: invalid requests are rejected and recorded as
//! violations, which fail the test when the fake is dropped. It shares no code with the bot.

#![allow(
    dead_code,
    unused_imports,
    reason = "each of the programs that include this uses a part of it"
)]

mod answer;
mod ask;
mod commands;
mod gateway;
pub(crate) mod guild;
mod http;
mod process;
mod rest;
mod rules;
mod validator;

use std::collections::{HashMap, VecDeque};
use std::future::Future;
use std::net::SocketAddr;
use std::sync::mpsc::{Receiver, Sender};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

pub(crate) use answer::Answer;
pub(crate) use ask::{Ask, DEFAULT_USER, OTHER_USER};
pub(crate) use commands::DefaultFields;
pub(crate) use gateway::Greeting;
pub(crate) use process::{Bot, Folder};
pub(crate) use rules::{Fault, FaultRule};

use gateway::{Order, Session};
use validator::InteractionData;

/// Timeout for anything a test waits for. Generous, so that slow machines do not cause failures.
const TIMEOUT: Duration = Duration::from_secs(40);

/// Maximum number of recorded API calls.
const CALLS_MAX: usize = 20_000;

/// Placeholder for the id and token in a prepared interaction.
const PREPARED_ID: u64 = 9_999_999_999_999_999_999;
const PREPARED_TOKEN: &str = "@@token@@";

/// A serialized interaction that can be sent many times.
pub(crate) struct PreparedInteraction {
    pub(crate) text: String,
    kind: InteractionData,
}

/// A running fake. Dropping it stops it and fails the test if there were violations.
pub(crate) struct FakeDiscord {
    shared: Arc<Shared>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    api: SocketAddr,
}

#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) application: u64,
    pub(crate) token: String,
    /// The number of guilds that the bot is in.
    pub(crate) guilds: usize,
    pub(crate) heartbeat: Duration,
    pub(crate) shards: u64,
    pub(crate) max_concurrency: u64,
    pub(crate) identifies_left: u64,
    pub(crate) default_fields: DefaultFields,
    /// Whether READY contains the application's id.
    pub(crate) names_application: bool,
    /// Checks only every n-th callback, for load tests.
    pub(crate) validate_every: u64,
    /// What Discord says of the application: the key that its requests are signed with, and where they are sent.
    pub(crate) public_key: String,
    pub(crate) endpoint_url: Option<String>,
}

/// An event observed at the gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GatewayEvent {
    Connected {
        /// Whether the connection was made to READY's resume URL.
        to_resume_url: bool,
    },
    Identified {
        shard: u64,
    },
    /// A new session has started.
    Ready,
    Resumed,
    Heartbeat,
    /// The bot closed the connection with this code.
    Closed(Option<u16>),
    /// The connection has ended.
    Disconnected,
}

#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) method: String,
    pub(crate) path: String,
    /// The response status; 0 if there is no response yet.
    pub(crate) status: u16,
    pub(crate) at: Instant,
}

/// An answered interaction, reported during load tests.
#[derive(Debug)]
pub(crate) struct AnsweredInteraction {
    pub(crate) id: u64,
    pub(crate) latency: Duration,
    pub(crate) body: Value,
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

/// An interaction sent to the bot.
struct Interaction {
    token: String,
    kind: InteractionData,
    at: Instant,
    user: u64,
    message: Option<Value>,
    answer: Option<Answer>,
    /// Whether the response was deferred.
    is_deferred: bool,
    is_deleted: bool,
    may_be_repeated: bool,
}

struct State {
    settings: Settings,
    api_url: String,
    gateway_url: String,
    resume_url: String,
    commands: Vec<Value>,
    interactions: HashMap<u64, Interaction>,
    sessions: Vec<Session>,
    /// The shard ids of all sessions started so far.
    begun: Vec<u64>,
    /// The shards that have identified, and when.
    identified: Vec<(u64, Instant)>,
    greetings: VecDeque<Greeting>,
    rules: Vec<FaultRule>,
    events: Vec<GatewayEvent>,
    calls: VecDeque<Call>,
    violations: Vec<String>,
    callbacks: u64,
    identifies_left: u64,
    ignores_heartbeats: bool,
    finished: Option<Sender<AnsweredInteraction>>,
    counter: u64,
    guild: guild::Guild,
}

impl Default for Settings {
    fn default() -> Self {
        let application = 1_100_000_000_000_000_001;
        Self {
            application,
            token: format!(
                "MTEwMDAwMDAwMDAwMDAwMDAwMQ.{}.{}",
                "Gf4k3x", "secret-of-the-fake-bot-0123456789"
            ),
            guilds: 1,
            heartbeat: Duration::from_millis(41_250),
            shards: 1,
            max_concurrency: 1,
            identifies_left: 1000,
            default_fields: DefaultFields::Omitted,
            names_application: true,
            validate_every: 1,
            public_key: "00".repeat(32),
            endpoint_url: None,
        }
    }
}

impl FakeDiscord {
    /// Starts a fake with default settings.
    pub(crate) fn start() -> Self {
        Self::with(Settings::default())
    }

    pub(crate) fn with(settings: Settings) -> Self {
        let (stop, stopped) = oneshot::channel();
        let (sender, receiver) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime");
            runtime.block_on(async move {
                let listen = || TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, 0));
                let rest = listen().await.expect("a port");
                let gateway = listen().await.expect("a port");
                let resume = listen().await.expect("a port");
                let address = |of: &TcpListener| of.local_addr().expect("a bound port");
                let urls = [(&rest, "http"), (&gateway, "ws"), (&resume, "ws")];
                let urls = urls.map(|(of, scheme)| format!("{scheme}://{}", address(of)));
                let shared = Arc::new(Shared::new(settings, urls));
                drop(sender.send((Arc::clone(&shared), address(&rest))));
                let of = || Arc::clone(&shared);
                tokio::select! {
                    () = accept(rest, of(), rest::serve) => {}
                    () = accept(gateway, of(), |one, of| gateway::serve(one, of, false)) => {}
                    () = accept(resume, of(), |one, of| gateway::serve(one, of, true)) => {}
                    _ = stopped => {}
                }
            });
        });
        let (shared, api) = receiver.recv().expect("it starts");
        Self { shared, stop: Some(stop), thread: Some(thread), api }
    }

    /// The value for `discord.api_url`.
    pub(crate) fn api_url(&self) -> String {
        format!("http://{}", self.api)
    }

    pub(crate) fn token(&self) -> String {
        self.shared.with(|state| state.settings.token.clone())
    }

    /// Sends an interaction and waits for the response.
    pub(crate) fn ask(&self, ask: &Ask) -> Answer {
        let id = self.send(ask);
        self.answer_to(id)
    }

    /// Sends an interaction, at once or after the next resume.
    pub(crate) fn send(&self, ask: &Ask) -> u64 {
        self.shared.with(|state| state.send(ask))
    }

    /// Sends an interaction from a guild of this shard and waits for the response.
    pub(crate) fn ask_shard(&self, shard: u64, ask: &Ask) -> Answer {
        let id = self.send_to_shard(shard, ask);
        self.answer_to(id)
    }

    /// Sends an interaction from a guild of this shard.
    pub(crate) fn send_to_shard(&self, shard: u64, ask: &Ask) -> u64 {
        self.shared.with(|state| {
            // The shard's newest session receives the event.
            let newest = state.sessions.iter().rposition(|session| session.shard == shard);
            let newest = newest.expect("a session of the shard");
            let session = state.sessions.remove(newest);
            state.sessions.push(session);
            state.send(ask)
        })
    }

    /// Waits until the shard has started this many sessions.
    pub(crate) fn wait_for_shard(&self, shard: u64, count: usize) {
        self.wait(&format!("{count} sessions of shard {shard}"), |state| {
            let begun = state.begun.iter().filter(|one| **one == shard).count();
            (begun >= count).then_some(())
        });
    }

    /// How many sessions a shard has begun.
    pub(crate) fn sessions_of(&self, shard: u64) -> usize {
        self.shared.with(|state| state.begun.iter().filter(|one| **one == shard).count())
    }

    /// The shards that have identified, and when.
    pub(crate) fn identify_times(&self) -> Vec<(u64, Instant)> {
        self.shared.with(|state| state.identified.clone())
    }

    /// Prepares an interaction for sending it many times.
    pub(crate) fn prepare(&self, ask: &Ask) -> PreparedInteraction {
        let text = |state: &mut State| ask.payload(state, PREPARED_ID, PREPARED_TOKEN).to_string();
        PreparedInteraction { text: self.shared.with(text), kind: ask.interaction_data() }
    }

    pub(crate) fn send_prepared(&self, prepared: &PreparedInteraction) -> u64 {
        self.shared.with(|state| {
            let (id, token) = state.new_interaction(prepared.kind, 0, None);
            let text = prepared.text.replace(&PREPARED_ID.to_string(), &id.to_string());
            state.dispatch(&text.replace(PREPARED_TOKEN, &token));
            id
        })
    }

    pub(crate) fn gateway_url(&self) -> String {
        self.shared.with(|state| state.gateway_url.clone())
    }

    /// Waits for the response to an interaction.
    pub(crate) fn answer_to(&self, id: u64) -> Answer {
        self.wait(&format!("an answer to the interaction {id}"), |state| {
            state.interactions.get(&id)?.answer.clone()
        })
    }

    /// Waits for the response to an interaction up to a timeout.
    pub(crate) fn answer_within(&self, id: u64, within: Duration) -> Option<Answer> {
        let until = Instant::now() + within;
        loop {
            let answer = |state: &mut State| state.interactions.get(&id)?.answer.clone();
            match self.shared.with(answer) {
                Some(answer) => return Some(answer),
                None if Instant::now() > until => return None,
                None => std::thread::sleep(Duration::from_millis(1)),
            }
        }
    }

    pub(crate) fn is_answered(&self, id: u64) -> bool {
        let answered =
            |state: &mut State| state.interactions.get(&id).is_some_and(|one| one.answer.is_some());
        self.shared.with(answered)
    }

    /// Waits until the response has been deleted.
    pub(crate) fn wait_for_deletion_of(&self, answer: &Answer) {
        let id = answer.message["id"].clone();
        self.wait("the message is deleted", |state| {
            let is_meant = |one: &&Interaction| {
                one.answer.as_ref().is_some_and(|answer| answer.message["id"] == id)
            };
            let gone = state.interactions.values().filter(is_meant).any(|one| one.is_deleted);
            gone.then_some(())
        });
    }

    /// From now on, answered interactions are sent to the receiver instead of being stored.
    pub(crate) fn stream_answers(&self) -> Receiver<AnsweredInteraction> {
        let (sender, receiver) = std::sync::mpsc::channel();
        self.shared.with(|state| state.finished = Some(sender));
        receiver
    }

    /// Stores responses again.
    pub(crate) fn keep_answers(&self) {
        self.shared.with(|state| state.finished = None);
    }

    /// Waits until this many sessions have been started in total.
    pub(crate) fn wait_for_sessions(&self, count: usize) {
        self.wait_for(&format!("{count} sessions"), |seen| {
            seen.iter().filter(|one| **one == GatewayEvent::Ready).count() >= count
        });
    }

    /// Waits until the observed gateway events satisfy a condition.
    pub(crate) fn wait_for(&self, what: &str, is_there: impl Fn(&[GatewayEvent]) -> bool) {
        self.wait(what, |state| is_there(&state.events).then_some(()));
    }

    /// Waits for this many API calls, answered or not, and returns them.
    pub(crate) fn wait_for_calls(&self, method: &str, path: &str, count: usize) -> Vec<Call> {
        self.wait(&format!("{count} times {method} …{path}"), |state| {
            let calls = state.calls.iter();
            let is_meant = |call: &&Call| call.method == method && call.path.contains(path);
            let calls: Vec<Call> = calls.filter(is_meant).cloned().collect();
            (calls.len() >= count).then_some(calls)
        })
    }

    /// Waits until this many commands are registered.
    pub(crate) fn wait_for_commands(&self, count: usize) {
        self.wait(&format!("{count} commands"), |state| {
            (state.commands.len() >= count).then_some(())
        });
    }

    /// The gateway events observed so far.
    pub(crate) fn events(&self) -> Vec<GatewayEvent> {
        self.shared.with(|state| state.events.clone())
    }

    pub(crate) fn calls(&self) -> Vec<Call> {
        self.shared.with(|state| state.calls.iter().cloned().collect())
    }

    /// The API calls that changed commands.
    pub(crate) fn registrations(&self) -> Vec<String> {
        let changes = |call: &&Call| call.method != "GET" && call.path.contains("/commands");
        let calls = self.calls();
        let lines = calls.iter().filter(changes);
        lines.map(|call| format!("{} {}", call.method, call.path)).collect()
    }

    /// The registered commands.
    pub(crate) fn commands(&self) -> Vec<Value> {
        self.shared.with(|state| state.commands.clone())
    }

    /// Changes the registered commands behind the bot's back.
    pub(crate) fn change_commands(&self, change: impl FnOnce(&mut Vec<Value>)) {
        self.shared.with(|state| change(&mut state.commands));
    }

    pub(crate) fn change_channel(&self, id: u64, change: impl FnOnce(&mut guild::Channel)) {
        self.shared.with(|state| {
            let mut channels = state.guild.channels.iter_mut();
            change(channels.find(|channel| channel.id == id).expect("a channel"));
        });
    }

    pub(crate) fn change_roles(&self, change: impl FnOnce(&mut Vec<guild::Role>)) {
        self.shared.with(|state| change(&mut state.guild.roles));
    }

    /// Sets the guild's command permissions.
    pub(crate) fn override_commands(&self, overrides: Value) {
        self.shared.with(|state| state.guild.overrides = overrides);
    }

    pub(crate) fn command_id(&self, name: &str) -> String {
        let id = |state: &mut State| state.command(name, 1).map(|command| command["id"].clone());
        let id = self.shared.with(id).expect("a command");
        id.as_str().expect("an id").to_owned()
    }

    /// Stores an attachment and returns its id.
    pub(crate) fn upload(&self, content: &str) -> u64 {
        self.shared.with(|state| {
            let id = state.next_id();
            state.guild.files.insert(id, content.to_owned());
            id
        })
    }

    pub(crate) fn posted(&self) -> Vec<guild::PostedMessage> {
        self.shared.with(|state| state.guild.posted.clone())
    }

    /// Forgets all nonces, as Discord does after some minutes.
    pub(crate) fn forget_nonces(&self) {
        self.shared.with(|state| state.guild.forget_nonces());
    }

    /// Waits until this many messages have been posted.
    pub(crate) fn wait_for_posts(&self, count: usize) -> Vec<guild::PostedMessage> {
        self.wait(&format!("{count} posts"), |state| {
            let posted = &state.guild.posted;
            (posted.len() >= count).then(|| posted.clone())
        })
    }

    /// Injects a fault into upcoming calls or connections.
    pub(crate) fn inject_fault(&self, rule: FaultRule) {
        self.shared.with(|state| state.rules.push(rule));
    }

    /// Removes all injected faults.
    pub(crate) fn clear_faults(&self) {
        self.shared.with(|state| state.rules.clear());
    }

    /// Sets how the next gateway connections are handled, in this order.
    pub(crate) fn expect_greetings(&self, greetings: impl IntoIterator<Item = Greeting>) {
        self.shared.with(|state| state.greetings.extend(greetings));
    }

    /// The number of unused greetings.
    pub(crate) fn unused_greetings(&self) -> usize {
        self.shared.with(|state| state.greetings.len())
    }

    /// Stops or resumes acknowledging heartbeats.
    pub(crate) fn ignore_heartbeats(&self, is_deaf: bool) {
        self.shared.with(|state| state.ignores_heartbeats = is_deaf);
    }

    /// Sends opcode 7 (reconnect).
    pub(crate) fn ask_to_reconnect(&self) {
        self.send_order(&Order::Frame(r#"{"t":null,"s":null,"op":7,"d":null}"#.into()));
    }

    /// Sends opcode 9 (invalid session).
    pub(crate) fn invalidate(&self, resumable: bool) {
        let frame = format!(r#"{{"t":null,"s":null,"op":9,"d":{resumable}}}"#);
        self.send_order(&Order::Frame(frame.into()));
        if !resumable {
            self.shared.with(|state| state.sessions.clear());
        }
    }

    /// Closes the connection, with a code if given.
    pub(crate) fn close(&self, code: Option<u16>) {
        self.send_order(&Order::Close(code));
    }

    /// Drops the connection without a close frame.
    pub(crate) fn drop_socket(&self) {
        self.send_order(&Order::Drop);
    }

    /// Sends a text frame with arbitrary content.
    pub(crate) fn send_frame(&self, text: &str) {
        self.send_order(&Order::Frame(text.into()));
    }

    /// Dispatches an event.
    pub(crate) fn dispatch(&self, name: &str, data: &str) {
        self.shared.with(|state| {
            for session in &mut state.sessions {
                session.dispatch(name, data);
            }
        });
    }

    /// Sends raw bytes.
    pub(crate) fn send_bytes(&self, bytes: &[u8]) {
        self.send_order(&Order::Bytes(bytes.to_vec()));
    }

    /// The requests that Discord would have rejected.
    pub(crate) fn violations(&self) -> Vec<String> {
        self.shared.with(|state| state.violations.clone())
    }

    /// Clears the violations and returns them, for tests that provoke some.
    pub(crate) fn take_violations(&self) -> Vec<String> {
        self.shared.with(|state| std::mem::take(&mut state.violations))
    }

    pub(crate) fn interaction_tokens(&self) -> Vec<String> {
        let tokens =
            |state: &mut State| state.interactions.values().map(|one| one.token.clone()).collect();
        self.shared.with(tokens)
    }

    fn send_order(&self, order: &Order) {
        self.shared.with(|state| {
            for link in state.sessions.iter().filter_map(|session| session.link.as_ref()) {
                drop(link.send(order.clone()));
            }
        });
    }

    fn wait<T>(&self, what: &str, look: impl Fn(&mut State) -> Option<T>) -> T {
        let until = Instant::now() + TIMEOUT;
        let mut state = self.shared.lock();
        loop {
            if let Some(found) = look(&mut state) {
                return found;
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                let (seen, violations) = (state.events.clone(), state.violations.clone());
                drop(state);
                panic!(
                    "waited in vain for {what}; seen {seen:?}; refused {violations:?}; called {:#?}",
                    self.last_calls()
                );
            }
            let waited = self.shared.changed.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn last_calls(&self) -> Vec<String> {
        let calls = self.calls();
        let last = calls.iter().rev().take(8).rev();
        last.map(|call| format!("{} {} {}", call.method, call.path, call.status)).collect()
    }
}

impl Drop for FakeDiscord {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
        let violations = self.violations();
        if !std::thread::panicking() {
            assert!(violations.is_empty(), "Discord would have refused: {violations:#?}");
        }
    }
}

impl Shared {
    fn new(settings: Settings, [api_url, gateway_url, resume_url]: [String; 3]) -> Self {
        let identifies_left = settings.identifies_left;
        Self {
            state: Mutex::new(State {
                settings,
                api_url,
                gateway_url,
                resume_url,
                commands: Vec::new(),
                interactions: HashMap::new(),
                sessions: Vec::new(),
                begun: Vec::new(),
                identified: Vec::new(),
                greetings: VecDeque::new(),
                rules: Vec::new(),
                events: Vec::new(),
                calls: VecDeque::new(),
                violations: Vec::new(),
                callbacks: 0,
                identifies_left,
                ignores_heartbeats: false,
                finished: None,
                counter: 0,
                guild: guild::Guild::default(),
            }),
            changed: Condvar::new(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Accesses the state and wakes everyone who waits for a change.
    fn with<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let changed = change(&mut self.lock());
        self.changed.notify_all();
        changed
    }

    fn violation(&self, violation: String) {
        self.with(|state| state.violations.push(violation));
    }
}

impl State {
    /// A snowflake of the current time: <https://docs.discord.com/developers/reference#snowflakes>
    fn next_id(&mut self) -> u64 {
        self.counter += 1;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let since = now.as_millis() as u64 - 1_420_070_400_000;
        (since << 22) + (self.counter & 0x3F_FFFF)
    }

    /// The registered command with this name and type.
    fn command(&self, name: &str, kind: u64) -> Option<&Value> {
        let is_meant = |one: &&Value| one["name"] == name && commands::kind(one) == kind;
        self.commands.iter().find(is_meant)
    }

    fn send(&mut self, ask: &Ask) -> u64 {
        let (id, token) =
            self.new_interaction(ask.interaction_data(), ask.user(), ask.message().cloned());
        let payload = ask.payload(self, id, &token).to_string();
        self.dispatch(&payload);
        id
    }

    fn new_interaction(
        &mut self,
        kind: InteractionData,
        user: u64,
        message: Option<Value>,
    ) -> (u64, String) {
        let id = self.next_id();
        let token = format!("aW50ZXJhY3Rpb246{id}:{}", "tokentoken".repeat(12));
        let interaction = Interaction {
            token: token.clone(),
            kind,
            at: Instant::now(),
            user,
            message,
            answer: None,
            is_deferred: false,
            is_deleted: false,
            may_be_repeated: false,
        };
        self.interactions.insert(id, interaction);
        (id, token)
    }

    fn dispatch(&mut self, payload: &str) {
        match self.sessions.last_mut() {
            Some(session) => session.dispatch("INTERACTION_CREATE", payload),
            None => panic!("there is no session to send this to"),
        }
    }

    /// Allows another response, because the bot did not receive the result of the first one in
    /// time.
    fn may_be_repeated(&mut self, path: &str) {
        let mut asked = self.interactions.values_mut();
        if let Some(asked) = asked.find(|asked| path.contains(&asked.token)) {
            asked.may_be_repeated = true;
        }
    }

    fn record_call(&mut self, call: Call) {
        self.calls.push_back(call);
        if self.calls.len() > CALLS_MAX {
            self.calls.pop_front();
        }
    }

    /// Records the status of an API call.
    fn report_answer(&mut self, at: Instant, path: &str, status: u16) {
        let is_meant = |call: &&mut Call| call.at == at && call.path == path;
        if let Some(call) = self.calls.iter_mut().rev().find(is_meant) {
            call.status = status;
        }
    }
}

async fn accept<F: Future<Output = ()> + Send + 'static>(
    listener: TcpListener,
    shared: Arc<Shared>,
    serve: impl Fn(TcpStream, Arc<Shared>) -> F,
) {
    while let Ok((stream, _)) = listener.accept().await {
        drop(tokio::spawn(serve(stream, Arc::clone(&shared))));
    }
}
