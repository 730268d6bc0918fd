//! What `dossier run` does: from the settings to a bot that answers, until it is stopped.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use anyhow::{Context, ensure};
use secrecy::SecretString;
use tokio::sync::oneshot;
use tokio::task::JoinError;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::catalog::Catalog;
use crate::config::{Config, Register, Transport};
use crate::content::{Files, Problems};
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
use crate::telemetry;
use crate::web;
use crate::web::interactions::Endpoint;
use crate::web::metrics::Metrics;
use crate::web::signature::PublicKey;
use digests::Digests;

mod digests;
mod guilds;
pub mod log;
mod reload;
pub mod signals;
mod supervisor;

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
    Dataset(Problems, Vec<Files>),
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
            token,
            public_key,
        };
        serve(config, &parts, catalog).await
    });
    // A name that is still being looked up is not waited for.
    runtime.shutdown_background();
    done
}

/// The bot's token. Where interactions come over HTTP, they are answered without one; only digests and registration need it.
fn token(transport: Transport) -> anyhow::Result<Option<SecretString>> {
    let variable = |name: &str| std::env::var(name).ok();
    match transport {
        Transport::Gateway => secrets::token(variable).map(Some),
        Transport::Http => secrets::optional_token(variable),
    }
}

/// The key that requests of Discord's are verified with, where interactions come over HTTP.
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

/// The library and what was made ready of it, or all that is wrong with the dataset.
type Opened = Result<(Catalog, PreparedAnswers), (Problems, Vec<Files>)>;

/// What lives as long as the bot.
struct Parts {
    rest: Arc<Rest>,
    store: Arc<Store>,
    /// Set when no more is to be begun.
    stop: CancellationToken,
    serving: Arc<ShardStatus>,
    listen: Option<SocketAddr>,
    token: Option<SecretString>,
    /// Set where interactions come over HTTP.
    public_key: Option<PublicKey>,
}

/// Reads the articles, and makes ready what can be, while Discord is being asked where its gateway is.
fn open_library(config: &Config) -> anyhow::Result<oneshot::Receiver<Opened>> {
    let dir = config.data.dir().map(Path::to_owned);
    let (tell, told) = oneshot::channel();
    let open = move || {
        let catalog = Catalog::open(dir.as_deref());
        let opened = catalog.map(|catalog| {
            let ready = PreparedAnswers::of(&catalog);
            supervisor::ready();
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
    parts: &Parts,
    catalog: oneshot::Receiver<Opened>,
) -> Result<(), Failure> {
    let Parts { rest, store, stop, .. } = parts;
    let mut signals =
        signals::Signals::new().context("listen for signals").map_err(Failure::fault)?;
    let reload_signal =
        reload::ReloadSignal::new().context("listen for signals").map_err(Failure::fault)?;
    tracing::info!(version = env!("CARGO_PKG_VERSION"), discord = rest.base().host(), "starting");
    let guilds = Arc::new(guilds::watcher(Arc::clone(store)));
    let endpoint = parts.public_key.clone().map(|key| {
        let guilds = Arc::clone(&guilds);
        Arc::new(Endpoint::new(key, move |event| guilds(event)))
    });
    let metrics = metrics(parts).map_err(Failure::fault)?;
    let wanting = wanting(parts, endpoint.clone());
    let pages = web::Pages { wanting, metrics: metrics.clone(), endpoint: endpoint.clone() };
    let upkeep = tokio::spawn(metrics.maintain());
    let watchdog = tokio::spawn(supervisor::feed_watchdog());
    let mut web =
        parts.listen.map(|address| tokio::spawn(web::serve(address, pages, stop.clone())));
    let mut kept = tokio::spawn({
        let store = Arc::clone(store);
        async move { store.keep().await }
    });
    let welcome = tokio::select! {
        welcome = welcome(rest), if endpoint.is_none() => welcome.map(Some),
        () = std::future::ready(()), if endpoint.is_some() => Ok(None),
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
    record_dataset(&catalog, true);
    let can_call = parts.token.is_some().then(|| Arc::clone(rest));
    let responder = Responder::new(catalog, ready, Arc::clone(store), can_call);
    let answering = Arc::new(InteractionHandler::new(responder, Arc::clone(rest)));
    let window_s = config.digest.window_s().map_err(Failure::configuration)?;
    let digests = Digests::new(Arc::clone(&answering), Arc::clone(store), window_s, stop.clone());
    let posting = tokio::spawn(Arc::clone(&digests).run());
    let housekeeping = tokio::spawn(guilds::erase_departed(Arc::clone(store)));
    let registrar = registrar(rest, &answering, &config.discord.register);
    let reloading = {
        let (dir, register) =
            (config.data.dir().map(Path::to_owned), config.discord.register.clone());
        let (rest, answering) =
            (parts.token.is_some().then(|| Arc::clone(rest)), Arc::clone(&answering));
        reload::reload_on_signal(reload_signal, Arc::clone(&answering), dir, move || {
            // The options of the commands depend on how many articles there are.
            if let Some(rest) = &rest {
                let (rest, answering) = (Arc::clone(rest), Arc::clone(&answering));
                tokio::spawn(register_commands(rest, answering, register.clone(), None));
            }
        })
    };
    let reloading = tokio::spawn(reloading);
    if let Some(endpoint) = endpoint {
        endpoint.start(Arc::clone(&answering));
        if parts.token.is_some() {
            registrar(None);
            let guilds = Arc::clone(&guilds);
            tokio::spawn(guilds::list_daily(Arc::clone(rest), move |event| guilds(event)));
        }
    }
    let world = GatewayContext {
        answering: Arc::clone(&answering),
        stop: stop.clone(),
        tell: Box::new(move |news| match news {
            GatewayEvent::Application(id) => registrar(id),
            news => guilds(news),
        }),
        serving: Arc::clone(&parts.serving),
    };
    let mut gateway = std::pin::pin!(async {
        match (welcome, &parts.token) {
            (Some(welcome), Some(token)) => {
                gateway::serve(welcome, config.discord.shards, token, world).await
            }
            _ => {
                stop.cancelled().await;
                Ok(())
            }
        }
    });
    let done = tokio::select! {
        done = &mut gateway => done.map_err(Failure::fatal),
        ended = &mut kept => Err(Failure::store(ended)),
        () = rest.token_refused() => Err(Failure::token_refused()),
        signal = signals.next() => {
            tracing::info!(signal, "stopping");
            supervisor::stopping();
            stop.cancel();
            let stopped = async {
                let began = Instant::now();
                let closed = timeout(STOP_MAX, &mut gateway).await;
                let left = STOP_MAX.saturating_sub(began.elapsed());
                tokio::join!(answering.finish(left), digests.finish(left));
                // The responses of answers that are through.
                if let Some(web) = &mut web {
                    drop(timeout(STOP_MAX.saturating_sub(began.elapsed()), web).await);
                }
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
    for task in web.into_iter().chain([housekeeping, posting, upkeep, watchdog, reloading]) {
        task.abort();
    }
    done
}

/// What keeps the bot from answering as it should: looked up when somebody asks.
fn wanting(parts: &Parts, endpoint: Option<Arc<Endpoint>>) -> web::Wanting {
    let (store, serving) = (Arc::clone(&parts.store), Arc::clone(&parts.serving));
    Arc::new(move || {
        let store = store.trouble().map(|trouble| format!("store: {trouble}"));
        if let Some(endpoint) = &endpoint {
            let dataset = (!endpoint.is_started()).then(|| "dataset: not loaded yet".to_owned());
            return store.into_iter().chain(dataset).collect();
        }
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

fn metrics(parts: &Parts) -> anyhow::Result<Metrics> {
    let (rest, serving) = (Arc::clone(&parts.rest), Arc::clone(&parts.serving));
    let is_gateway = parts.public_key.is_none();
    Metrics::install(move || {
        if is_gateway {
            let (connected, disconnected) = serving.counts();
            telemetry::shards(connected, disconnected);
        }
        telemetry::refused_requests(rest.refused_requests());
    })
}

/// Records which articles are served, or no longer.
fn record_dataset(catalog: &Catalog, is_served: bool) {
    for article in catalog.articles() {
        let covers_until = article.covers_until.to_string();
        telemetry::dataset(&article.id.to_string(), &article.version, &covers_until, is_served);
    }
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
        registration::apply(&rest, application, &answering.catalog(), &setting).await
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
