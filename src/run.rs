//! What `dossier run` does: from the settings to a bot that answers, until it is stopped.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use anyhow::Context;
use secrecy::SecretString;
use tokio::sync::oneshot;
use tokio::task::JoinError;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::catalog::Catalog;
use crate::config::{Config, Register};
use crate::content::{Diagnostics, Files};
use crate::discord::gateway::interaction_handler::InteractionHandler;
use crate::discord::gateway::{
    self, Fatal, GatewayContext, GatewayEvent, GatewayInfo, ShardStatus,
};
use crate::discord::http::{Method, Rest, RestError};
use crate::discord::incoming::Id;
use crate::discord::prepared::PreparedAnswers;
use crate::discord::registration;
use crate::discord::registration::application::Application;
use crate::discord::respond::Responder;
use crate::secrets;
use crate::store::{self, Store};
use crate::web;
use digests::Digests;

mod digests;
mod guilds;
pub mod log;
pub mod signals;

/// What a fault that an operator has to mend ends with, as in sysexits.h.
pub const EXIT_CONFIG: u8 = 78;

/// What any other fault ends with.
pub const EXIT_FAULT: u8 = 1;

/// How long stopping may take: what is under way is sent by then, or never.
const STOP_MAX: Duration = Duration::from_secs(8);

/// How long it may take to close the database. Whatever was acknowledged is written already.
const CLOSE_MAX: Duration = Duration::from_secs(2);

/// How long the next try to register commands waits, if one fails.
const REGISTER_AGAIN: Duration = Duration::from_secs(60);

/// How often commands are tried to be registered.
const REGISTER_TRIES_MAX: u32 = 10;

/// Why a bot does not run, or no longer.
pub enum Failure {
    /// The articles have faults, in these files.
    Dataset(Diagnostics, Vec<Files>),
    /// Anything else.
    Ended {
        /// What the process ends with.
        code: u8,
        /// Why, and what to do.
        why: anyhow::Error,
    },
}

/// Runs the bot until it is told to stop.
///
/// # Errors
///
/// If it cannot start, or it is no use to go on.
pub fn run(config: &Config) -> Result<(), Failure> {
    let token = secrets::token(|name| std::env::var(name).ok()).map_err(Failure::configuration)?;
    let rest = Rest::new(&config.discord.api_url, token.clone()).map_err(Failure::configuration)?;
    gateway::check(config.discord.shards).map_err(Failure::configuration)?;
    log::start(|name| std::env::var(name).ok()).map_err(Failure::configuration)?;
    let url = config.store.url().map_err(Failure::configuration)?;
    let listen = config.web.listen().map_err(Failure::configuration)?;
    tracing::debug!(store = %url, "settings are kept there");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("start the runtime")
        .map_err(Failure::fault)?;
    let catalog = open_library(config).map_err(Failure::fault)?;
    let done = runtime.block_on(async {
        let parts = Parts {
            rest: Arc::new(rest),
            store: Store::new(&url),
            stop: CancellationToken::new(),
            serving: Arc::default(),
            listen,
        };
        serve(config, &token, &parts, catalog).await
    });
    // A name that is still being looked up is not waited for.
    runtime.shutdown_background();
    done
}

/// The library and what was made ready of it, or all that is wrong with the dataset.
type Opened = Result<(Catalog, PreparedAnswers), (Diagnostics, Vec<Files>)>;

/// What lives as long as the bot.
struct Parts {
    rest: Arc<Rest>,
    store: Arc<Store>,
    /// Set when no more is to be begun.
    stop: CancellationToken,
    serving: Arc<ShardStatus>,
    listen: Option<SocketAddr>,
}

/// Reads the articles, and makes ready what can be, while Discord is being asked where its gateway is.
fn open_library(config: &Config) -> anyhow::Result<oneshot::Receiver<Opened>> {
    let dir = config.data.dir().map(std::path::Path::to_owned);
    let (tell, told) = oneshot::channel();
    let open = move || {
        let catalog = Catalog::open(dir.as_deref());
        let opened = catalog.map(|catalog| {
            let ready = PreparedAnswers::of(&catalog);
            (catalog, ready)
        });
        // Nobody waits any more where the bot is stopped already.
        drop(tell.send(opened));
    };
    thread::Builder::new().name("library".to_owned()).spawn(open).context("start a thread")?;
    Ok(told)
}

async fn serve(
    config: &Config,
    token: &SecretString,
    parts: &Parts,
    catalog: oneshot::Receiver<Opened>,
) -> Result<(), Failure> {
    let Parts { rest, store, stop, .. } = parts;
    let mut signals =
        signals::Signals::new().context("listen for signals").map_err(Failure::fault)?;
    tracing::info!(version = env!("CARGO_PKG_VERSION"), discord = rest.base().host(), "starting");
    let web =
        parts.listen.map(|address| tokio::spawn(web::serve(address, wanting(parts), stop.clone())));
    let mut kept = tokio::spawn({
        let store = Arc::clone(store);
        async move { store.keep().await }
    });
    let welcome = tokio::select! {
        welcome = welcome(rest) => welcome,
        ended = &mut kept => return Err(Failure::store(ended)),
        signal = signals.next() => {
            tracing::info!(signal, "stopped before it began");
            return Ok(());
        }
    };
    // A dataset with faults is told of first: it can be mended here.
    let opened = catalog
        .await
        .map_err(|_| Failure::fault(anyhow::anyhow!("reading the articles panicked")))?;
    let (catalog, ready) = opened.map_err(|(problems, files)| Failure::Dataset(problems, files))?;
    let welcome = welcome?;
    let responder = Responder::new(catalog, ready, Arc::clone(store), Some(Arc::clone(rest)));
    let answering = Arc::new(InteractionHandler::new(responder, Arc::clone(rest)));
    let window_s = config.digest.window_s().map_err(Failure::configuration)?;
    let digests = Digests::new(Arc::clone(&answering), Arc::clone(store), window_s, stop.clone());
    let posting = tokio::spawn(Arc::clone(&digests).run());
    let housekeeping = tokio::spawn(guilds::erase_departed(Arc::clone(store)));
    let registrar = registrar(rest, &answering, &config.discord.register);
    let guilds = guilds::watcher(Arc::clone(store));
    let world = GatewayContext {
        answering: Arc::clone(&answering),
        stop: stop.clone(),
        tell: Box::new(move |news| match news {
            GatewayEvent::Application(id) => registrar(id),
            news => guilds(news),
        }),
        serving: Arc::clone(&parts.serving),
    };
    let mut gateway = std::pin::pin!(gateway::serve(welcome, config.discord.shards, token, world));
    let done = tokio::select! {
        done = &mut gateway => done.map_err(Failure::fatal),
        ended = &mut kept => Err(Failure::store(ended)),
        () = rest.token_refused() => Err(Failure::token_refused()),
        signal = signals.next() => {
            tracing::info!(signal, "stopping");
            stop.cancel();
            let stopped = async {
                let began = Instant::now();
                let closed = timeout(STOP_MAX, &mut gateway).await;
                let left = STOP_MAX.saturating_sub(began.elapsed());
                tokio::join!(answering.finish(left), digests.finish(left));
                kept.abort();
                drop(timeout(CLOSE_MAX, store.close()).await);
                closed
            };
            tokio::select! {
                _ = stopped => tracing::info!("stopped"),
                _ = signals.next() => tracing::warn!("stopped at once, with answers under way"),
            }
            return Ok(());
        }
    };
    stop.cancel();
    answering.finish(Duration::from_secs(1)).await;
    for task in web.into_iter().chain([housekeeping, posting]) {
        task.abort();
    }
    done
}

/// What keeps the bot from answering as it should: looked up when somebody asks.
fn wanting(parts: &Parts) -> web::Wanting {
    let (store, serving) = (Arc::clone(&parts.store), Arc::clone(&parts.serving));
    Arc::new(move || {
        let store = store.trouble().map(|trouble| format!("store: {trouble}"));
        let gateway = match serving.missing() {
            None => Some("gateway: not connected yet".to_owned()),
            Some(missing) if missing.is_empty() => None,
            Some(missing) => {
                let shards: Vec<String> = missing.iter().map(u32::to_string).collect();
                Some(format!("gateway: no session for shard {}", shards.join(", ")))
            }
        };
        store.into_iter().chain(gateway).collect()
    })
}

/// Asks where the gateway is, until there is an answer.
async fn welcome(rest: &Rest) -> Result<GatewayInfo, Failure> {
    let mut tries = 0_u32;
    loop {
        let error = match rest.request(Method::Get, "/gateway/bot", None).await {
            Ok(answer) => return GatewayInfo::read(&answer, rest).map_err(Failure::configuration),
            Err(error) => error,
        };
        if error.is_token_refused() {
            return Err(Failure::token_refused());
        }
        if !error.is_passing() {
            let why = anyhow::Error::new(error)
                .context("ask Discord for its gateway; is `discord.api_url` right?");
            return Err(Failure::configuration(why));
        }
        let wait = Duration::from_secs(1 << tries.min(4)).mul_f64(fastrand::f64());
        tracing::warn!(%error, wait_ms = wait.as_millis(), "Discord cannot be asked for its gateway; trying again");
        sleep(wait).await;
        tries += 1;
    }
}

/// What registers the commands as soon as a session has begun, once, and beside the answering.
fn registrar(
    rest: &Arc<Rest>,
    answering: &Arc<InteractionHandler>,
    setting: &Register,
) -> impl Fn(Option<Id>) + Send + Sync + use<> {
    let (rest, answering, setting) = (Arc::clone(rest), Arc::clone(answering), setting.clone());
    let once = std::sync::Once::new();
    move |application| {
        once.call_once(|| {
            tokio::spawn(register_commands(
                Arc::clone(&rest),
                Arc::clone(&answering),
                setting.clone(),
                application,
            ));
        });
    }
}

async fn register_commands(
    rest: Arc<Rest>,
    answering: Arc<InteractionHandler>,
    setting: Register,
    application: Option<Id>,
) {
    let register = async || {
        let application = match application {
            Some(id) => id,
            None => Application::of(&rest).await?.id,
        };
        registration::apply(&rest, application, answering.catalog(), &setting).await
    };
    for _ in 0..REGISTER_TRIES_MAX {
        match register().await {
            Ok(changes) => {
                tracing::info!(changes = changes.len(), "commands registered");
                return;
            }
            Err(error) => {
                let passes = error.downcast_ref::<RestError>().is_some_and(RestError::is_passing);
                tracing::warn!(error = format!("{error:#}"), "commands cannot be registered");
                if !passes {
                    return;
                }
            }
        }
        sleep(REGISTER_AGAIN).await;
    }
}

impl Failure {
    fn configuration(why: anyhow::Error) -> Self {
        Self::Ended { code: EXIT_CONFIG, why }
    }

    fn fault(why: anyhow::Error) -> Self {
        Self::Ended { code: EXIT_FAULT, why }
    }

    fn fatal(fatal: Fatal) -> Self {
        let code = if fatal.is_for_operator() { EXIT_CONFIG } else { EXIT_FAULT };
        Self::Ended { code, why: fatal.into() }
    }

    /// The store is given up for one reason alone, unless looking after it broke.
    fn store(ended: Result<Result<Infallible, store::Fatal>, JoinError>) -> Self {
        match ended {
            Ok(Ok(never)) => match never {},
            Ok(Err(fatal)) => Self::configuration(fatal.into()),
            Err(_) => Self::fault(anyhow::anyhow!("looking after the database panicked")),
        }
    }

    fn token_refused() -> Self {
        Self::configuration(anyhow::anyhow!(
            "Discord refused the token. Take a new one from https://discord.com/developers/applications (the page Bot of your \
             application) and put it into DISCORD_TOKEN or the file of DISCORD_TOKEN_FILE"
        ))
    }
}
