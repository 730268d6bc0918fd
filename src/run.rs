//! `dossier run`: starts the bot, and serves until it is stopped.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Once};
use std::thread;
use std::time::Duration;

use anyhow::{Context, ensure};
use secrecy::SecretString;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use tokio::task::{JoinError, JoinHandle, JoinSet};
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::catalog::Catalog;
use crate::config::{Config, Transport};
use crate::content::Diagnostics;
use crate::discord::gateway::interaction_handler::InteractionHandler;
use crate::discord::gateway::{self, GatewayContext, GatewayEvent, GatewayInfo, ShardStatus};
use crate::discord::http::{Method, Rest};
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
    let token = token(config.discord.transport).map_err(Failure::configuration)?;
    check_settings(config).map_err(Failure::configuration)?;
    config.store.url.check_file().map_err(Failure::configuration)?;
    let public_key = public_key(config).map_err(Failure::configuration)?;
    let api_url = &config.discord.api_url;
    let rest = match &token {
        Some(token) => Rest::new(api_url, token.clone()),
        None => Rest::without_token(api_url),
    };
    let rest = rest.map_err(Failure::configuration)?;
    log::start(|name| std::env::var(name).ok()).map_err(Failure::configuration)?;
    let url = &config.store.url;
    tracing::debug!(store = %url, "opening the store");
    let runtime = runtime()?;
    let catalog = load_catalog(config)?;
    let report_channel = report_channel(config, token.is_some());
    let done = runtime.block_on(async {
        let services = Services {
            rest: Arc::new(rest),
            store: Store::new(url),
            stop: CancellationToken::new(),
            shards: Arc::default(),
            listen: config.web.listen,
            token,
            public_key,
            report_channel,
        };
        serve(config, &services, catalog).await
    });
    // A DNS lookup in progress is not awaited.
    runtime.shutdown_background();
    done
}

/// Checks whatever the bot refuses to start with and can be judged without a network.
///
/// # Errors
///
/// If a setting or a variable is invalid, or does not fit another.
pub fn check_settings(config: &Config) -> anyhow::Result<()> {
    public_key(config)?;
    Rest::without_token(&config.discord.api_url)?;
    gateway::check(config.discord.shards)?;
    log::check(|name| std::env::var(name).ok())
}

/// A single-threaded runtime, as the bot mostly waits for the network.
///
/// # Errors
///
/// If the system lacks the resources.
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
    if config.discord.transport == Transport::Gateway {
        return Ok(None);
    }
    ensure!(
        config.web.listen.is_some(),
        "discord.transport = \"http\" needs `web.listen`, where Discord's requests arrive"
    );
    PublicKey::parse(&config.discord.public_key).map(Some)
}

/// The channel for error reports, if configured. Posting there requires a token.
fn report_channel(config: &Config, has_token: bool) -> Option<ChannelId> {
    let channel = config.discord.report_channel;
    if channel.is_some() && !has_token {
        tracing::warn!(
            "discord.report_channel needs the bot's token; without it, cards have no form to report errors"
        );
    }
    channel.filter(|_| has_token)
}

/// State that lives as long as the process.
struct Services {
    rest: Arc<Rest>,
    store: Arc<Store>,
    /// Cancelled when the bot stops accepting work.
    stop: CancellationToken,
    shards: Arc<ShardStatus>,
    listen: Option<SocketAddr>,
    token: Option<SecretString>,
    /// Set if interactions arrive over HTTP.
    public_key: Option<PublicKey>,
    report_channel: Option<ChannelId>,
}

/// Keeps the store open. Returns only on an error.
type StoreTask = JoinHandle<Result<Infallible, store::NewerSchema>>;

/// Loads the catalog in a thread, while the gateway's address is requested.
fn load_catalog(
    config: &Config,
) -> anyhow::Result<oneshot::Receiver<Result<Catalog, Diagnostics>>> {
    let dir = config.data.dir.clone();
    let (sender, receiver) = oneshot::channel();
    let load = move || {
        let loaded = Catalog::open(dir.as_deref()).inspect(|_| supervisor::ready());
        // Fails if the bot was stopped meanwhile.
        drop(sender.send(loaded));
    };
    thread::Builder::new().name("catalog".to_owned()).spawn(load).context("start a thread")?;
    Ok(receiver)
}

async fn serve(
    config: &Config,
    services: &Services,
    catalog: oneshot::Receiver<Result<Catalog, Diagnostics>>,
) -> Result<(), Failure> {
    let Services { rest, store, stop, .. } = services;
    let mut signals = signals::Signals::new().context("listen for signals")?;
    tracing::info!(version = env!("CARGO_PKG_VERSION"), discord = rest.base().host(), "starting");
    let reload_signal = reload::ReloadSignal::new().context("listen for signals")?;
    let record: Arc<RecordEvent> = Arc::new(guilds::recorder(Arc::clone(store)));
    let endpoint = services.public_key.clone().map(|key| {
        let record = Arc::clone(&record);
        Arc::new(Endpoint::new(key, move |event| record(event)))
    });
    // Aborted on drop.
    let mut background = JoinSet::new();
    let mut web = start_web(services, endpoint.clone(), &mut background)?;
    let maintained = Arc::clone(store);
    let mut store_task: StoreTask = tokio::spawn(async move { maintained.maintain().await });
    let info = tokio::select! {
        info = load_gateway_info(rest), if endpoint.is_none() => info.map(Some),
        () = std::future::ready(()), if endpoint.is_some() => Ok(None),
        ended = &mut store_task => return Err(Failure::store_stopped(ended)),
        signal = signals.next() => {
            tracing::info!(signal, "stopped during startup");
            return Ok(());
        }
    };
    // Problems of the dataset are reported first, as the operator can fix them locally.
    let loaded = catalog.await.context("load the catalog")?;
    let catalog = loaded.map_err(|problems| Failure::configuration(problems.into()))?;
    let info = info?;
    record_dataset(&catalog, true);
    let authorized = services.token.is_some().then(|| Arc::clone(rest));
    let catalog = catalog.with_report_form(services.report_channel.is_some());
    let mut responder = Responder::new(catalog, Arc::clone(store), authorized)
        .with_report_channel(services.report_channel);
    if config.pictures.enabled {
        responder = responder.with_pictures();
    }
    let handler = Arc::new(InteractionHandler::new(responder, Arc::clone(rest)));
    let window_s = config.digest.window_s;
    let digests =
        DigestRunner::new(Arc::clone(&handler), Arc::clone(store), window_s, stop.clone());
    background.spawn(Arc::clone(&digests).run());
    background.spawn(guilds::erase_departed(Arc::clone(store)));
    let registrar = || Registrar::new(rest, &handler, &config.discord.register);
    let registrar = services.token.is_some().then(registrar);
    let (reloaded, dir) = (Arc::clone(&handler), config.data.dir.clone());
    background.spawn(reload::reload_on_signal(reload_signal, reloaded, dir, registrar.clone()));
    if let Some(endpoint) = endpoint {
        start_endpoint(&endpoint, &handler, registrar.as_ref(), Arc::clone(&record));
    }
    let context = gateway_context(services, &handler, registrar, record);
    let mut gateway = std::pin::pin!(run_gateway(config, services, info, context));
    let done = tokio::select! {
        done = &mut gateway => done,
        ended = &mut store_task => Err(Failure::store_stopped(ended)),
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
    handler.finish(Duration::from_secs(1)).await;
    done
}

fn start_web(
    services: &Services,
    endpoint: Option<Arc<Endpoint>>,
    background: &mut JoinSet<()>,
) -> anyhow::Result<Option<JoinHandle<()>>> {
    let metrics = metrics(services)?;
    background.spawn(metrics.clone().maintain());
    background.spawn(supervisor::feed_watchdog());
    let problems = readiness_problems(services, endpoint.clone());
    let pages = web::Pages { problems, metrics, endpoint };
    let stop = services.stop.clone();
    Ok(services.listen.map(|address| tokio::spawn(web::serve(address, pages, stop))))
}

/// Runs the gateway until stopped, if interactions arrive over it.
async fn run_gateway(
    config: &Config,
    services: &Services,
    info: Option<GatewayInfo>,
    context: GatewayContext,
) -> Result<(), Failure> {
    let (Some(info), Some(token)) = (info, &services.token) else {
        services.stop.cancelled().await;
        return Ok(());
    };
    let done = gateway::serve(info, config.discord.shards, token, context).await;
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

/// Records guild events from the gateway or from webhook events, without blocking.
type RecordEvent = dyn Fn(GatewayEvent) + Send + Sync;

/// Answers interactions over HTTP. With a token, also registers the commands and lists the guilds.
fn start_endpoint(
    endpoint: &Endpoint,
    handler: &Arc<InteractionHandler>,
    registrar: Option<&Registrar>,
    record: Arc<RecordEvent>,
) {
    endpoint.start(Arc::clone(handler));
    if let Some(registrar) = registrar {
        registrar.start(None);
        let rest = Arc::clone(&registrar.rest);
        tokio::spawn(guilds::list_daily(rest, move |event| record(event)));
    }
}

fn metrics(services: &Services) -> anyhow::Result<Metrics> {
    let (rest, shards) = (Arc::clone(&services.rest), Arc::clone(&services.shards));
    let is_gateway = services.public_key.is_none();
    Metrics::install(move || {
        if is_gateway {
            let (connected, disconnected) = shards.counts();
            telemetry::record_shards(connected, disconnected);
        }
        telemetry::record_refused_requests(rest.invalid_requests());
    })
}

/// Records which articles are served, and which no longer are.
fn record_dataset(catalog: &Catalog, is_served: bool) {
    for article in catalog.articles() {
        let covers_until = article.covers_until.to_string();
        telemetry::record_dataset(
            &article.id.to_string(),
            &article.version,
            &covers_until,
            is_served,
        );
    }
}

fn gateway_context(
    services: &Services,
    handler: &Arc<InteractionHandler>,
    registrar: Option<Registrar>,
    record: Arc<RecordEvent>,
) -> GatewayContext {
    let is_first = Once::new();
    GatewayContext {
        handler: Arc::clone(handler),
        stop: services.stop.clone(),
        on_event: Box::new(move |event| match (event, &registrar) {
            (GatewayEvent::Ready(application), Some(registrar)) => {
                is_first.call_once(|| registrar.start(application));
            }
            (event, _) => record(event),
        }),
        status: Arc::clone(&services.shards),
        store: Arc::clone(&services.store),
    }
}

fn readiness_problems(
    services: &Services,
    endpoint: Option<Arc<Endpoint>>,
) -> web::ReadinessProblems {
    let (store, shards) = (Arc::clone(&services.store), Arc::clone(&services.shards));
    Arc::new(move || {
        let store = store.current_error().map(|trouble| format!("store: {trouble}"));
        if let Some(endpoint) = &endpoint {
            let dataset = (!endpoint.is_started()).then(|| "dataset: not loaded yet".to_owned());
            return store.into_iter().chain(dataset).collect();
        }
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

/// Requests the gateway's address, with retries.
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
