//! `dossier run`: starts the bot, and serves until it is stopped.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Once};
use std::thread;
use std::time::Duration;

use anyhow::{Context, ensure};
use secrecy::SecretString;
use tokio::sync::oneshot;
use tokio::task::{JoinError, JoinHandle};
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::catalog::Catalog;
use crate::config::{Config, Transport};
use crate::content::{Diagnostics, Files};
use crate::discord::gateway::interaction_handler::InteractionHandler;
use crate::discord::gateway::{
    self, GatewayContext, GatewayError, GatewayEvent, GatewayInfo, ShardStatus,
};
use crate::discord::http::{Method, Rest};
use crate::discord::prepared::PreparedAnswers;
use crate::discord::respond::Responder;
use crate::secrets;
use crate::store::{self, Store};
use crate::telemetry;
use crate::web;
use crate::web::interactions::Endpoint;
use crate::web::metrics::Metrics;
use crate::web::signature::PublicKey;
use digests::Digests;
use registration::Registrar;

mod digests;
mod guilds;
pub mod log;
mod registration;
mod reload;
pub mod signals;
mod supervisor;

/// The exit code of what an operator has to put right, as in sysexits.h.
pub const EXIT_CONFIG: u8 = 78;

/// The exit code of any other failure.
pub const EXIT_FAILURE: u8 = 1;

/// Timeout for stopping: what is not sent by then never is.
const STOP_TIMEOUT: Duration = Duration::from_secs(8);

/// Timeout for closing the database. Whatever was acknowledged is written already.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);

/// Why a bot does not run, or no longer.
pub enum Failure {
    /// The articles have problems, in these files.
    Dataset(Diagnostics, Vec<Files>),
    Ended {
        exit_code: u8,
        error: anyhow::Error,
    },
}

/// Runs the bot until a signal stops it.
///
/// # Errors
///
/// If it cannot start, or an operator has to put something right.
pub fn run(config: &Config) -> Result<(), Failure> {
    let token = token(config.discord.transport).map_err(Failure::configuration)?;
    let public_key = public_key(config).map_err(Failure::configuration)?;
    let api_url = &config.discord.api_url;
    let rest = match &token {
        Some(token) => Rest::new(api_url, token.clone()),
        None => Rest::without_token(api_url),
    };
    let rest = rest.map_err(Failure::configuration)?;
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
            token,
            public_key,
        };
        serve(config, &services, catalog).await
    });
    // A DNS lookup that is still going on is not waited for.
    runtime.shutdown_background();
    done
}

/// The bot's token. Interactions over HTTP are answered without one; only digests and registration need it.
fn token(transport: Transport) -> anyhow::Result<Option<SecretString>> {
    let variable = |name: &str| std::env::var(name).ok();
    match transport {
        Transport::Gateway => secrets::token(variable).map(Some),
        Transport::Http => secrets::optional_token(variable),
    }
}

/// The key that Discord's requests are verified with, where interactions come over HTTP.
fn public_key(config: &Config) -> anyhow::Result<Option<PublicKey>> {
    if config.discord.transport == Transport::Gateway {
        return Ok(None);
    }
    let listen = config.web.listen()?;
    ensure!(
        listen.is_some(),
        "discord.transport = \"http\" needs `web.listen`, where Discord's requests arrive"
    );
    PublicKey::parse(&config.discord.public_key).map(Some)
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
    token: Option<SecretString>,
    /// Set where interactions come over HTTP.
    public_key: Option<PublicKey>,
}

/// The task that keeps the store open. It ends only with an error.
type StoreTask = JoinHandle<Result<Infallible, store::NewerSchema>>;

/// Loads the catalog in a thread, while Discord is asked where its gateway is.
fn load_catalog(config: &Config) -> anyhow::Result<oneshot::Receiver<LoadedCatalog>> {
    let dir = config.data.dir().map(Path::to_owned);
    let (sender, receiver) = oneshot::channel();
    let load = move || {
        let loaded = Catalog::open(dir.as_deref()).map(|catalog| {
            let prepared = PreparedAnswers::of(&catalog);
            supervisor::ready();
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
    services: &Services,
    catalog: oneshot::Receiver<LoadedCatalog>,
) -> Result<(), Failure> {
    let Services { rest, store, stop, .. } = services;
    let mut signals =
        signals::Signals::new().context("listen for signals").map_err(Failure::unexpected)?;
    tracing::info!(version = env!("CARGO_PKG_VERSION"), discord = rest.base().host(), "starting");
    let reload_signal =
        reload::ReloadSignal::new().context("listen for signals").map_err(Failure::unexpected)?;
    let record: Arc<RecordEvent> = Arc::new(guilds::recorder(Arc::clone(store)));
    let endpoint = services.public_key.clone().map(|key| {
        let record = Arc::clone(&record);
        Arc::new(Endpoint::new(key, move |event| record(event)))
    });
    let metrics = metrics(services).map_err(Failure::unexpected)?;
    let upkeep = tokio::spawn(metrics.clone().maintain());
    let watchdog = tokio::spawn(supervisor::feed_watchdog());
    let problems = readiness_problems(services, endpoint.clone());
    let pages = web::Pages { problems, metrics, endpoint: endpoint.clone() };
    let mut web =
        services.listen.map(|address| tokio::spawn(web::serve(address, pages, stop.clone())));
    let mut store_task: StoreTask = tokio::spawn({
        let store = Arc::clone(store);
        async move { store.maintain().await }
    });
    let info = tokio::select! {
        info = load_gateway_info(rest), if endpoint.is_none() => info.map(Some),
        () = std::future::ready(()), if endpoint.is_some() => Ok(None),
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
    record_dataset(&catalog, true);
    let authorized = services.token.is_some().then(|| Arc::clone(rest));
    let mut responder = Responder::new(catalog, prepared, Arc::clone(store), authorized);
    if config.pictures.enabled {
        responder = responder.with_pictures();
    }
    let handler = Arc::new(InteractionHandler::new(responder, Arc::clone(rest)));
    let window_s = config.digest.window_s().map_err(Failure::configuration)?;
    let digests = Digests::new(Arc::clone(&handler), Arc::clone(store), window_s, stop.clone());
    let posting = tokio::spawn(Arc::clone(&digests).run());
    let erasing = tokio::spawn(guilds::erase_departed(Arc::clone(store)));
    let registrar = services.token.is_some().then(|| Registrar {
        rest: Arc::clone(rest),
        handler: Arc::clone(&handler),
        setting: config.discord.register.clone(),
    });
    let dir = config.data.dir().map(Path::to_owned);
    let reloading =
        reload::reload_on_signal(reload_signal, Arc::clone(&handler), dir, registrar.clone());
    let reloading = tokio::spawn(reloading);
    if let Some(endpoint) = endpoint {
        start_endpoint(&endpoint, &handler, registrar.as_ref(), Arc::clone(&record));
    }
    let context = gateway_context(services, &handler, registrar, record);
    let mut gateway = std::pin::pin!(async {
        match (info, &services.token) {
            (Some(info), Some(token)) => {
                gateway::serve(info, config.discord.shards, token, context).await
            }
            _ => {
                stop.cancelled().await;
                Ok(())
            }
        }
    });
    let done = tokio::select! {
        done = &mut gateway => done.map_err(|error: GatewayError| Failure::configuration(error.into())),
        ended = &mut store_task => Err(Failure::store(ended)),
        () = rest.token_refused() => Err(Failure::token_refused()),
        signal = signals.next() => {
            tracing::info!(signal, "stopping");
            supervisor::stopping();
            stop.cancel();
            let closing = close(gateway, &handler, &digests, &mut web, store, &store_task);
            tokio::select! {
                () = closing => tracing::info!("stopped"),
                _ = signals.next() => tracing::warn!("stopped at once, with answers unsent"),
            }
            return Ok(());
        }
    };
    stop.cancel();
    handler.finish(Duration::from_secs(1)).await;
    for task in web.into_iter().chain([erasing, posting, upkeep, watchdog, reloading]) {
        task.abort();
    }
    done
}

/// Closes the gateway, then finishes what is being sent, then closes the store.
async fn close(
    gateway: impl Future,
    handler: &InteractionHandler,
    digests: &Digests,
    web: &mut Option<JoinHandle<()>>,
    store: &Store,
    store_task: &StoreTask,
) {
    let began = Instant::now();
    drop(timeout(STOP_TIMEOUT, gateway).await);
    let left = STOP_TIMEOUT.saturating_sub(began.elapsed());
    tokio::join!(handler.finish(left), digests.finish(left));
    // The responses of answers that are through.
    if let Some(web) = web {
        drop(timeout(STOP_TIMEOUT.saturating_sub(began.elapsed()), web).await);
    }
    store_task.abort();
    drop(timeout(CLOSE_TIMEOUT, store.close()).await);
}

/// Records what the gateway, or Discord's webhook events, say of servers. It does not wait.
type RecordEvent = dyn Fn(GatewayEvent) + Send + Sync;

/// Answers interactions over HTTP; with a token, registers the commands and lists the servers too.
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
            telemetry::shards(connected, disconnected);
        }
        telemetry::refused_requests(rest.invalid_requests());
    })
}

/// Records which articles are served, or no longer.
fn record_dataset(catalog: &Catalog, is_served: bool) {
    for article in catalog.articles() {
        let covers_until = article.covers_until.to_string();
        telemetry::dataset(&article.id.to_string(), &article.version, &covers_until, is_served);
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

impl Failure {
    fn configuration(error: anyhow::Error) -> Self {
        Self::Ended { exit_code: EXIT_CONFIG, error }
    }

    fn unexpected(error: anyhow::Error) -> Self {
        Self::Ended { exit_code: EXIT_FAILURE, error }
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
