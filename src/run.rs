//! `dossier run`: starts the bot, and serves until it is stopped.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use anyhow::Context;
use secrecy::SecretString;
use tokio::sync::oneshot;
use tokio::task::{JoinError, JoinHandle};
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::catalog::Catalog;
use crate::config::{Config, Register};
use crate::content::{Diagnostics, Files};
use crate::discord::gateway::interaction_handler::InteractionHandler;
use crate::discord::gateway::{
    self, GatewayContext, GatewayError, GatewayEvent, GatewayInfo, ShardStatus,
};
use crate::discord::http::{Method, Rest, RestError};
use crate::discord::prepared::PreparedAnswers;
use crate::discord::registration;
use crate::discord::registration::application::Application;
use crate::discord::respond::Responder;
use crate::guild::ApplicationId;
use crate::secrets;
use crate::store::{self, Store};
use crate::web;
use digests::Digests;

mod digests;
mod guilds;
pub mod log;
pub mod signals;

/// The exit code of what an operator has to put right, as in sysexits.h.
pub const EXIT_CONFIG: u8 = 78;

/// The exit code of any other failure.
pub const EXIT_FAILURE: u8 = 1;

/// Timeout for stopping: what is not sent by then never is.
const STOP_TIMEOUT: Duration = Duration::from_secs(8);

/// Timeout for closing the database. Whatever was acknowledged is written already.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);

/// Backoff and tries of registering the commands.
const REGISTER_BACKOFF: Duration = Duration::from_secs(60);
const REGISTER_TRIES_MAX: u32 = 10;

/// Why a bot does not run, or no longer.
pub enum Failure {
    /// The articles have problems, in these files.
    Dataset(Diagnostics, Vec<Files>),
    Ended {
        exit_code: u8,
        error: anyhow::Error,
    },
}

/// Runs the bot until it is told to stop.
///
/// # Errors
///
/// If it cannot start, or an operator has to put something right.
pub fn run(config: &Config) -> Result<(), Failure> {
    let token = secrets::token(|name| std::env::var(name).ok()).map_err(Failure::configuration)?;
    let rest = Rest::new(&config.discord.api_url, token.clone()).map_err(Failure::configuration)?;
    gateway::check(config.discord.shards).map_err(Failure::configuration)?;
    log::start(|name| std::env::var(name).ok()).map_err(Failure::configuration)?;
    let url = config.store.url().map_err(Failure::configuration)?;
    let listen = config.web.listen().map_err(Failure::configuration)?;
    tracing::debug!(store = %url, "opening the store");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("start the runtime")
        .map_err(Failure::unexpected)?;
    let catalog = load_catalog(config).map_err(Failure::unexpected)?;
    let done = runtime.block_on(async {
        let services = Services {
            rest: Arc::new(rest),
            store: Store::new(&url),
            stop: CancellationToken::new(),
            shards: Arc::default(),
            listen,
        };
        serve(config, &token, &services, catalog).await
    });
    // A DNS lookup that is still going on is not waited for.
    runtime.shutdown_background();
    done
}

/// The catalog with its prepared answers, or all that is wrong with the dataset.
type LoadedCatalog = Result<(Catalog, PreparedAnswers), (Diagnostics, Vec<Files>)>;

/// What lives as long as the process.
struct Services {
    rest: Arc<Rest>,
    store: Arc<Store>,
    /// Cancelled when nothing new is to be begun.
    stop: CancellationToken,
    shards: Arc<ShardStatus>,
    listen: Option<SocketAddr>,
}

/// The task that keeps the store open. It ends only with an error.
type StoreTask = JoinHandle<Result<Infallible, store::NewerSchema>>;

/// Loads the catalog in a thread, while Discord is asked where its gateway is.
fn load_catalog(config: &Config) -> anyhow::Result<oneshot::Receiver<LoadedCatalog>> {
    let dir = config.data.dir().map(std::path::Path::to_owned);
    let (sender, receiver) = oneshot::channel();
    let load = move || {
        let loaded = Catalog::open(dir.as_deref()).map(|catalog| {
            let prepared = PreparedAnswers::of(&catalog);
            (catalog, prepared)
        });
        // Nobody receives it where the bot is stopped already.
        drop(sender.send(loaded));
    };
    thread::Builder::new().name("catalog".to_owned()).spawn(load).context("start a thread")?;
    Ok(receiver)
}

async fn serve(
    config: &Config,
    token: &SecretString,
    services: &Services,
    catalog: oneshot::Receiver<LoadedCatalog>,
) -> Result<(), Failure> {
    let Services { rest, store, stop, .. } = services;
    let mut signals =
        signals::Signals::new().context("listen for signals").map_err(Failure::unexpected)?;
    tracing::info!(version = env!("CARGO_PKG_VERSION"), discord = rest.base().host(), "starting");
    let web = services.listen.map(|address| {
        tokio::spawn(web::serve(address, readiness_problems(services), stop.clone()))
    });
    let mut store_task: StoreTask = tokio::spawn({
        let store = Arc::clone(store);
        async move { store.maintain().await }
    });
    let info = tokio::select! {
        info = load_gateway_info(rest) => info,
        ended = &mut store_task => return Err(Failure::store(ended)),
        signal = signals.next() => {
            tracing::info!(signal, "stopped before it began");
            return Ok(());
        }
    };
    // Problems of the dataset are reported first: they can be put right here.
    let loaded = catalog
        .await
        .map_err(|_| Failure::unexpected(anyhow::anyhow!("loading the catalog panicked")))?;
    let (catalog, prepared) =
        loaded.map_err(|(problems, files)| Failure::Dataset(problems, files))?;
    let info = info?;
    let responder = Responder::new(catalog, prepared, Arc::clone(store), Some(Arc::clone(rest)));
    let handler = Arc::new(InteractionHandler::new(responder, Arc::clone(rest)));
    let window_s = config.digest.window_s().map_err(Failure::configuration)?;
    let digests = Digests::new(Arc::clone(&handler), Arc::clone(store), window_s, stop.clone());
    let posting = tokio::spawn(Arc::clone(&digests).run());
    let erasing = tokio::spawn(guilds::erase_departed(Arc::clone(store)));
    let context = gateway_context(config, services, &handler);
    let mut gateway = std::pin::pin!(gateway::serve(info, config.discord.shards, token, context));
    let done = tokio::select! {
        done = &mut gateway => done.map_err(Failure::gateway),
        ended = &mut store_task => Err(Failure::store(ended)),
        () = rest.token_refused() => Err(Failure::token_refused()),
        signal = signals.next() => {
            tracing::info!(signal, "stopping");
            stop.cancel();
            let closing = close(gateway, &handler, &digests, store, &store_task);
            tokio::select! {
                () = closing => tracing::info!("stopped"),
                _ = signals.next() => tracing::warn!("stopped at once, with answers unsent"),
            }
            return Ok(());
        }
    };
    stop.cancel();
    handler.finish(Duration::from_secs(1)).await;
    for task in web.into_iter().chain([erasing, posting]) {
        task.abort();
    }
    done
}

/// Closes the gateway, then finishes what is being sent, then closes the store.
async fn close(
    gateway: impl Future,
    handler: &InteractionHandler,
    digests: &Digests,
    store: &Store,
    store_task: &StoreTask,
) {
    let began = Instant::now();
    drop(timeout(STOP_TIMEOUT, gateway).await);
    let left = STOP_TIMEOUT.saturating_sub(began.elapsed());
    tokio::join!(handler.finish(left), digests.finish(left));
    store_task.abort();
    drop(timeout(CLOSE_TIMEOUT, store.close()).await);
}

fn gateway_context(
    config: &Config,
    services: &Services,
    handler: &Arc<InteractionHandler>,
) -> GatewayContext {
    let register = registrar(&services.rest, handler, &config.discord.register);
    let record = guilds::recorder(Arc::clone(&services.store));
    GatewayContext {
        handler: Arc::clone(handler),
        stop: services.stop.clone(),
        on_event: Box::new(move |event| match event {
            GatewayEvent::Ready(application) => register(application),
            event => record(event),
        }),
        status: Arc::clone(&services.shards),
    }
}

fn readiness_problems(services: &Services) -> web::ReadinessProblems {
    let (store, shards) = (Arc::clone(&services.store), Arc::clone(&services.shards));
    Arc::new(move || {
        let store = store.current_error().map(|trouble| format!("store: {trouble}"));
        let gateway = match shards.disconnected() {
            None => Some("gateway: not connected yet".to_owned()),
            Some(shards) if shards.is_empty() => None,
            Some(shards) => {
                let shards: Vec<String> = shards.iter().map(u32::to_string).collect();
                Some(format!("gateway: no session for shard {}", shards.join(", ")))
            }
        };
        store.into_iter().chain(gateway).collect()
    })
}

/// Asks where the gateway is, with retries.
async fn load_gateway_info(rest: &Rest) -> Result<GatewayInfo, Failure> {
    let mut tries = 0_u32;
    loop {
        let error = match rest.request(Method::GET, "/gateway/bot", None).await {
            Ok(response) => {
                return GatewayInfo::read(&response, rest).map_err(Failure::configuration);
            }
            Err(error) => error,
        };
        if error.is_token_refused() {
            return Err(Failure::token_refused());
        }
        if !error.is_transient() {
            let error = anyhow::Error::new(error)
                .context("ask Discord for its gateway; is `discord.api_url` right?");
            return Err(Failure::configuration(error));
        }
        let backoff = Duration::from_secs(1 << tries.min(4)).mul_f64(fastrand::f64());
        tracing::warn!(%error, backoff_ms = backoff.as_millis(), "Discord cannot be asked for its gateway; retrying");
        sleep(backoff).await;
        tries += 1;
    }
}

/// Returns a function that registers the commands once, in a task, when the first session begins.
fn registrar(
    rest: &Arc<Rest>,
    handler: &Arc<InteractionHandler>,
    setting: &Register,
) -> impl Fn(Option<ApplicationId>) + Send + Sync + use<> {
    let (rest, handler, setting) = (Arc::clone(rest), Arc::clone(handler), setting.clone());
    let once = std::sync::Once::new();
    move |application| {
        once.call_once(|| {
            let (rest, handler, setting) =
                (Arc::clone(&rest), Arc::clone(&handler), setting.clone());
            tokio::spawn(async move {
                register_commands(&rest, handler.catalog(), &setting, application).await;
            });
        });
    }
}

async fn register_commands(
    rest: &Rest,
    catalog: &Catalog,
    setting: &Register,
    application: Option<ApplicationId>,
) {
    let register = async || {
        let application = match application {
            Some(id) => id,
            None => Application::of(rest).await?.id,
        };
        registration::apply(rest, application, catalog, setting).await
    };
    for _ in 0..REGISTER_TRIES_MAX {
        match register().await {
            Ok(changes) => {
                tracing::info!(changes = changes.len(), "commands registered");
                return;
            }
            Err(error) => {
                tracing::warn!(error = format!("{error:#}"), "commands cannot be registered");
                let rest_error = error.downcast_ref::<RestError>();
                if !rest_error.is_some_and(RestError::is_transient) {
                    return;
                }
            }
        }
        sleep(REGISTER_BACKOFF).await;
    }
}

impl Failure {
    fn configuration(error: anyhow::Error) -> Self {
        Self::Ended { exit_code: EXIT_CONFIG, error }
    }

    fn unexpected(error: anyhow::Error) -> Self {
        Self::Ended { exit_code: EXIT_FAILURE, error }
    }

    fn gateway(error: GatewayError) -> Self {
        let exit_code = if error.needs_operator() { EXIT_CONFIG } else { EXIT_FAILURE };
        Self::Ended { exit_code, error: error.into() }
    }

    fn store(ended: Result<Result<Infallible, store::NewerSchema>, JoinError>) -> Self {
        match ended {
            Ok(Ok(never)) => match never {},
            Ok(Err(error)) => Self::configuration(error.into()),
            Err(_) => Self::unexpected(anyhow::anyhow!("the task of the store panicked")),
        }
    }

    fn token_refused() -> Self {
        Self::configuration(anyhow::anyhow!(
            "Discord refused the token. Take a new one from https://discord.com/developers/applications (the page Bot of your \
             application) and put it into DISCORD_TOKEN or the file of DISCORD_TOKEN_FILE"
        ))
    }
}
