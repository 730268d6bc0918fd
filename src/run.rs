//! `dossier run`: starts the bot, and serves until it is stopped.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, ensure};
use secrecy::SecretString;
use tokio::runtime::Runtime;
use tokio::sync::mpsc::{self, Sender};
use tokio::task::{JoinError, JoinHandle, JoinSet};
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::catalog::Catalog;
use crate::config::{Config, Transport};
use crate::content::Diagnostics;
use crate::discord::gateway::interaction_handler::InteractionHandler;
use crate::discord::gateway::{self, GatewayContext, GatewayEvent, GatewayInfo, ShardStatus};
use crate::discord::http::{ApiBase, Rest};
use crate::discord::respond::Responder;
use crate::guild::ChannelId;
use crate::secrets;
use crate::store::{self, Store};
use crate::telemetry;
use crate::web;
use crate::web::interactions::Endpoint;
use crate::web::metrics::Metrics;
use crate::web::signature::PublicKey;
use digests::DigestRunner;
use registration::Registrar;

mod digests;
mod guilds;
pub mod log;
pub mod online;
mod registration;
mod reload;
pub mod signals;
mod supervisor;

/// `EX_CONFIG` of sysexits.h, for errors that an operator must fix.
pub const EXIT_CONFIG: u8 = 78;

/// The exit code of any other failure.
pub const EXIT_FAILURE: u8 = 1;

/// Timeout for a graceful shutdown. Responses that are not sent by then are dropped.
const STOP_TIMEOUT: Duration = Duration::from_secs(8);

/// Timeout for closing the database. Acknowledged changes are already durable.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);

/// An error that ends the program, and its exit code.
pub struct Failure {
    pub exit_code: u8,
    pub error: anyhow::Error,
}

/// Runs the bot until a signal stops it.
///
/// # Errors
///
/// If it cannot start, or if an operator must fix something.
pub fn run(config: &Config) -> Result<(), Failure> {
    check_settings(config).map_err(Failure::configuration)?;
    config.store.url.check_access().map_err(Failure::configuration)?;
    let runtime = runtime()?;
    // sqlx creates a pool of PostgreSQL connections only within a runtime.
    let services = runtime.block_on(async { Services::new(config) });
    let services = services.map_err(Failure::configuration)?;
    log::start(|name| std::env::var(name).ok()).map_err(Failure::configuration)?;
    tracing::debug!(store = %config.store.url, "opening the store");
    let dir = config.data.dir.clone();
    // Loaded while the gateway's address is requested.
    let catalog = runtime
        .spawn_blocking(move || Catalog::open(dir.as_deref()).inspect(|_| supervisor::ready()));
    let done = runtime.block_on(serve(&services, catalog));
    // A DNS lookup in progress is not awaited.
    runtime.shutdown_background();
    done
}

/// Checks whatever the bot refuses to start with and can be judged without a network.
pub fn check_settings(config: &Config) -> anyhow::Result<()> {
    public_key(config)?;
    ApiBase::parse(&config.discord.api_url)?;
    log::check(|name| std::env::var(name).ok())
}

/// A single-threaded runtime, as the bot mostly waits for the network.
pub fn runtime() -> anyhow::Result<Runtime> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.context("start the runtime")
}

/// The bot's token. Interactions over HTTP need none; digests and registration do.
fn token(transport: Transport) -> anyhow::Result<Option<SecretString>> {
    let variable = |name: &str| std::env::var(name).ok();
    match transport {
        Transport::Gateway => secrets::load_token(variable).map(Some),
        Transport::Http => secrets::load_optional_token(variable),
    }
}

/// The key that verifies Discord's requests, if interactions arrive over HTTP.
fn public_key(config: &Config) -> anyhow::Result<Option<PublicKey>> {
    let key = &config.discord.public_key;
    if config.discord.transport == Transport::Gateway {
        // Unused, but a wrong one is a mistake.
        let checked =
            Some(key).filter(|key| !key.trim().is_empty()).map(|key| PublicKey::parse(key));
        return checked.transpose().map(|_| None);
    }
    ensure!(
        config.web.listen.is_some(),
        "discord.transport = \"http\" needs `web.listen`, where Discord's requests arrive"
    );
    PublicKey::parse(key).map(Some)
}

/// State that lives as long as the process.
struct Services<'a> {
    config: &'a Config,
    token: Option<SecretString>,
    /// Set if interactions arrive over HTTP.
    public_key: Option<PublicKey>,
    rest: Arc<Rest>,
    store: Arc<Store>,
    /// Cancelled when the bot stops accepting work.
    stop: CancellationToken,
    shards: Arc<ShardStatus>,
}

impl<'a> Services<'a> {
    fn new(config: &'a Config) -> anyhow::Result<Self> {
        let token = token(config.discord.transport)?;
        let public_key = public_key(config)?;
        let rest = Rest::new(&config.discord.api_url, token.clone().unwrap_or_default())?;
        Ok(Self {
            config,
            token,
            public_key,
            rest: Arc::new(rest),
            store: Store::new(&config.store.url),
            stop: CancellationToken::new(),
            shards: Arc::default(),
        })
    }

    fn interaction_handler(&self, catalog: Catalog) -> Arc<InteractionHandler> {
        let authorized = self.token.is_some().then(|| Arc::clone(&self.rest));
        let store = Arc::clone(&self.store);
        let mut responder = Responder::new(catalog, store, authorized, self.report_channel());
        if self.config.pictures.enabled {
            responder = responder.with_pictures();
        }
        Arc::new(InteractionHandler::new(responder, Arc::clone(&self.rest)))
    }

    /// The channel for error reports, if configured. Posting there requires a token.
    fn report_channel(&self) -> Option<ChannelId> {
        let channel = self.config.discord.report_channel;
        if channel.is_some() && self.token.is_none() {
            tracing::warn!(
                "discord.report_channel needs the bot's token; without it, cards have no form to report errors"
            );
        }
        channel.filter(|_| self.token.is_some())
    }
}

/// Keeps the store open. Returns only on an error.
type StoreTask = JoinHandle<Result<Infallible, store::NewerSchema>>;

type CatalogTask = JoinHandle<Result<Catalog, Diagnostics>>;

async fn serve(services: &Services<'_>, catalog: CatalogTask) -> Result<(), Failure> {
    let Services { config, rest, store, stop, .. } = services;
    let mut signals = signals::Signals::new().context("listen for signals")?;
    tracing::info!(version = env!("CARGO_PKG_VERSION"), discord = rest.base().host(), "starting");
    let reload_signal = reload::ReloadSignal::new().context("listen for signals")?;
    let (events, received_events) = mpsc::channel(guilds::QUEUE_MAX);
    let endpoint = services.public_key.clone().map(|key| {
        let events = events.clone();
        Arc::new(Endpoint::new(key, move |event| guilds::queue(&events, event)))
    });
    // Aborted on drop.
    let mut background = JoinSet::new();
    let mut web = start_web(services, endpoint.clone(), &mut background)?;
    let maintained = Arc::clone(store);
    let mut store_task: StoreTask = tokio::spawn(async move { maintained.maintain().await });
    let (info, catalog) = tokio::select! {
        loaded = load(services, catalog) => loaded?,
        ended = &mut store_task => return Err(Failure::store_stopped(ended)),
        signal = signals.next() => {
            store_task.abort();
            drop(timeout(CLOSE_TIMEOUT, store.close()).await);
            tracing::info!(signal, "stopped during startup");
            return Ok(());
        }
    };
    record_dataset(&catalog, true);
    let handler = services.interaction_handler(catalog);
    let registrar = || Registrar::new(rest, &handler, &config.discord.register);
    let registrar = services.token.is_some().then(registrar);
    let (answering, dir) = (Arc::clone(&handler), config.data.dir.clone());
    background.spawn(reload::reload_on_signal(reload_signal, answering, dir, registrar.clone()));
    let digests = DigestRunner::new(&handler, store, config.digest.window_seconds, stop);
    background.spawn(Arc::clone(&digests).run());
    background.spawn(guilds::erase_expired(Arc::clone(store)));
    if let Some(endpoint) = endpoint {
        endpoint.start(Arc::clone(&handler));
        if let Some(registrar) = &registrar {
            registrar.start(None);
        } else {
            tracing::warn!(
                "without the bot's token, servers that remove the bot are not noticed, and what is kept of them is not erased"
            );
        }
    }
    let lists = services.public_key.is_some() && registrar.is_some();
    let lister = lists.then(|| Arc::clone(rest));
    background.spawn(guilds::record(received_events, Arc::clone(store), registrar, lister));
    let mut gateway = std::pin::pin!(run_gateway(services, info, &handler, events));
    let done = tokio::select! {
        done = &mut gateway => done,
        ended = &mut store_task => Err(Failure::store_stopped(ended)),
        error = first_panic(&mut background) => Err(Failure::from(error)),
        () = rest.token_refused() => Err(Failure::token_refused()),
        signal = signals.next() => {
            tracing::info!(signal, "stopping");
            supervisor::stopping();
            stop.cancel();
            let closing = close(gateway, &handler, &digests, &mut web, store, &store_task);
            tokio::select! {
                () = closing => tracing::info!("stopped"),
                _ = signals.next() => tracing::warn!("stopped immediately; some answers were not sent"),
            }
            return Ok(());
        }
    };
    stop.cancel();
    close(std::future::ready(()), &handler, &digests, &mut web, store, &store_task).await;
    done
}

/// Waits for a panic in a background task. Without that task the bot would seem healthy, but digests
/// or other work would be left undone, so it must be started again.
async fn first_panic(background: &mut JoinSet<()>) -> anyhow::Error {
    while let Some(ended) = background.join_next().await {
        if let Err(error) = ended {
            return anyhow::Error::new(error).context("a background task failed");
        }
    }
    std::future::pending().await
}

/// Loads what the bot cannot start without: the catalog, and the gateway's address unless
/// interactions arrive over HTTP.
async fn load(
    services: &Services<'_>,
    catalog: CatalogTask,
) -> Result<(Option<GatewayInfo>, Catalog), Failure> {
    let info = match services.public_key {
        Some(_) => Ok(None),
        None => load_gateway_info(&services.rest).await.map(Some),
    };
    // Problems of the dataset are reported first, as the operator can fix them locally.
    let loaded = catalog.await.context("load the catalog")?;
    let catalog = loaded.map_err(|problems| Failure::configuration(problems.into()))?;
    Ok((info?, catalog))
}

fn start_web(
    services: &Services<'_>,
    endpoint: Option<Arc<Endpoint>>,
    background: &mut JoinSet<()>,
) -> anyhow::Result<Option<JoinHandle<()>>> {
    let metrics = metrics(services)?;
    background.spawn(metrics.clone().maintain());
    background.spawn(supervisor::feed_watchdog());
    let problems = readiness_problems(services, endpoint.clone());
    let pages = web::Pages { problems, metrics, endpoint };
    let stop = services.stop.clone();
    let listen = services.config.web.listen;
    Ok(listen.map(|address| tokio::spawn(web::serve(address, pages, stop))))
}

/// Runs the gateway until stopped, if interactions arrive over it.
async fn run_gateway(
    services: &Services<'_>,
    info: Option<GatewayInfo>,
    handler: &Arc<InteractionHandler>,
    events: Sender<GatewayEvent>,
) -> Result<(), Failure> {
    let (Some(info), Some(token)) = (info, &services.token) else {
        services.stop.cancelled().await;
        return Ok(());
    };
    let context = GatewayContext {
        handler: Arc::clone(handler),
        stop: services.stop.clone(),
        on_event: Box::new(move |event| guilds::queue(&events, event)),
        status: Arc::clone(&services.shards),
        store: Arc::clone(&services.store),
    };
    let done = gateway::serve(info, services.config.discord.shards, token, context).await;
    done.map_err(|error| Failure::configuration(error.into()))
}

/// Closes the gateway, waits for pending responses, then closes the store.
async fn close(
    gateway: impl Future,
    handler: &InteractionHandler,
    digests: &DigestRunner,
    web: &mut Option<JoinHandle<()>>,
    store: &Store,
    store_task: &StoreTask,
) {
    let started = Instant::now();
    drop(timeout(STOP_TIMEOUT, gateway).await);
    let left = STOP_TIMEOUT.saturating_sub(started.elapsed());
    tokio::join!(handler.finish(left), digests.finish(left));
    // Waits for responses whose answers are computed.
    if let Some(web) = web {
        drop(timeout(STOP_TIMEOUT.saturating_sub(started.elapsed()), web).await);
    }
    store_task.abort();
    drop(timeout(CLOSE_TIMEOUT, store.close()).await);
}

fn metrics(services: &Services<'_>) -> anyhow::Result<Metrics> {
    let (rest, shards) = (Arc::clone(&services.rest), Arc::clone(&services.shards));
    let is_gateway = services.public_key.is_none();
    Metrics::install(move || {
        if is_gateway {
            let (connected, disconnected) = shards.by_connection();
            telemetry::record_shards(connected.len(), disconnected.len());
        }
        telemetry::record_refused_requests(rest.invalid_requests());
    })
}

/// Records which articles are served, and which no longer are.
fn record_dataset(catalog: &Catalog, is_served: bool) {
    for article in catalog.articles() {
        let (id, covers_until) = (article.id.to_string(), article.covers_until.to_string());
        telemetry::record_dataset(&id, &article.version, &covers_until, is_served);
    }
}

fn readiness_problems(
    services: &Services<'_>,
    endpoint: Option<Arc<Endpoint>>,
) -> web::ReadinessCheck {
    let (store, shards) = (Arc::clone(&services.store), Arc::clone(&services.shards));
    Arc::new(move || {
        let store = store.current_error().map(|trouble| format!("store: {trouble}"));
        if let Some(endpoint) = &endpoint {
            let dataset = (!endpoint.is_started()).then(|| "dataset: not loaded yet".to_owned());
            return store.into_iter().chain(dataset).collect();
        }
        let (connected, disconnected) = shards.by_connection();
        let gateway = match (connected.is_empty(), disconnected.is_empty()) {
            (true, true) => Some("gateway: not connected yet".to_owned()),
            (false, true) => None,
            _ => {
                let shards: Vec<String> = disconnected.iter().map(u32::to_string).collect();
                Some(format!("gateway: no session for shard {}", shards.join(", ")))
            }
        };
        store.into_iter().chain(gateway).collect()
    })
}

/// Requests the gateway's address, with retries.
async fn load_gateway_info(rest: &Rest) -> Result<GatewayInfo, Failure> {
    let mut tries = 0_u32;
    loop {
        let error = match rest.get("/gateway/bot").await {
            Ok(body) => return GatewayInfo::read(&body, rest).map_err(Failure::configuration),
            Err(error) => error,
        };
        if error.is_token_refused() {
            return Err(Failure::token_refused());
        }
        if !error.is_transient() {
            let error = anyhow::Error::new(error)
                .context("get the gateway's address from Discord; is `discord.api_url` right?");
            return Err(Failure::configuration(error));
        }
        let backoff = Duration::from_secs(1 << tries.min(4)).mul_f64(fastrand::f64());
        tracing::warn!(%error, backoff_ms = backoff.as_millis(), "cannot get the gateway's address from Discord; retrying");
        sleep(backoff).await;
        tries += 1;
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self { exit_code: EXIT_FAILURE, error }
    }
}

impl Failure {
    /// A failure that an operator must fix.
    pub fn configuration(error: anyhow::Error) -> Self {
        Self { exit_code: EXIT_CONFIG, error }
    }

    fn store_stopped(ended: Result<Result<Infallible, store::NewerSchema>, JoinError>) -> Self {
        match ended {
            Ok(Ok(never)) => match never {},
            Ok(Err(error)) => Self::configuration(error.into()),
            Err(error) => Self::from(anyhow::Error::new(error).context("keep the store open")),
        }
    }

    /// Discord refused the bot's token.
    pub fn token_refused() -> Self {
        Self::configuration(anyhow::anyhow!(
            "Discord refused the token. Take a new one from https://discord.com/developers/applications (the page Bot of your \
             application) and put it into DISCORD_TOKEN or the file of DISCORD_TOKEN_FILE"
        ))
    }
}
