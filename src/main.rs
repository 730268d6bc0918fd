//! The command line: reads the settings, picks the parts, starts them.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, ErrorKind, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::SystemTime;

use anstream::ColorChoice;
use anyhow::Context;
use clap::{Parser, Subcommand};
use dossier::catalog::Catalog;
use dossier::config::{self, Config};
use dossier::content::{self, Diagnostics, Files};
use dossier::discord::http::{Rest, RestError};
use dossier::discord::registration::application::Application;
use dossier::discord::registration::{self, CommandChange, invite};
use dossier::discord::respond;
use dossier::run::signals::Signals;
use dossier::run::{self, EXIT_CONFIG, Failure, log};
use dossier::store::Store;
use dossier::terminal::{COLUMNS_MAX, Terminal};
use dossier::web::preview;
use dossier::{ask, commands, secrets};
use jiff::tz::Offset;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Dossier answers questions from a sourced article, neutrally and with its citations.
#[derive(Parser)]
#[command(version, arg_required_else_help = true)]
struct Arguments {
    /// A file of settings that replace the defaults
    #[arg(long, global = true, value_name = "FILE", env = "DOSSIER_CONFIG")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    program: Program,
}

#[derive(Subcommand)]
enum Program {
    /// Serve Discord until stopped
    ///
    /// The bot's token is in DISCORD_TOKEN, or in the file that DISCORD_TOKEN_FILE names; the other settings are in config/dossier.toml.
    ///
    /// What happens is logged to standard error: DOSSIER_LOG says how much (info, debug, dossier=debug,warn; info without it),
    /// DOSSIER_LOG_FORMAT how (text or json). It never holds what members write, nor any token.
    ///
    /// It ends with 0 when stopped, with 78 when something has to be set right first, and with 1 on any other fault.
    Run,
    /// Answer a command here, as in Discord: dossier ask /demand nato
    Ask {
        /// The command with its options; a bare word is its first option
        #[arg(required = true, value_name = "COMMAND")]
        words: Vec<String>,
        /// Print the callback that Discord would be sent, as in a direct message; without its picture
        #[arg(long)]
        json: bool,
    },
    /// Show what differs between our commands and Discord's, and send just that
    ///
    /// A line for each command: + is created, ~ changed in the fields that are named, - removed, ? not Dossier's. `dossier run` does
    /// the same at its start. Where: the setting discord.register.
    Register {
        /// Send nothing
        #[arg(long)]
        dry_run: bool,
        /// Remove commands of this application that are not Dossier's, such as those of an older version
        #[arg(long)]
        prune: bool,
    },
    /// Print the links that add the bot to a server or to an account
    Invite,
    /// Back up and restore what the moderators of servers have set, also from one database to another
    Settings {
        #[command(subcommand)]
        what: Settings,
    },
    /// Try every command in a browser, as in Discord, without an account
    ///
    /// The page is served on web.listen. What is set with /config is forgotten when the preview stops.
    Preview {
        /// A folder of articles, or one article's folder; without it, the dataset that the settings name
        dir: Option<PathBuf>,
        /// Reload the dataset whenever a file is saved, and show what `dossier check` finds in it
        #[arg(long)]
        watch: bool,
    },
    /// Check the settings and a dataset, and tell all that is wrong with it
    Check {
        /// A folder of articles, or one article's folder; without it, the dataset that the settings name
        dir: Option<PathBuf>,
        /// Instead of checking, list where a source or an entry is used: ria-memorandum-2025, term/buffer-state
        #[arg(long, value_name = "ID")]
        uses: Option<String>,
    },
}

#[derive(Subcommand)]
enum Settings {
    /// Write all that is kept: the settings of all servers, their rules, and the log of changes
    ///
    /// The database is that of store.url, or of DATABASE_URL. A line of JSON for each row; the bot may run meanwhile.
    Export {
        /// The file to write; standard output without it
        file: Option<PathBuf>,
    },
    /// Take all that was exported into a database that is empty
    ///
    /// All of the file is taken, or nothing where there is a fault. Stop the bot before.
    Import {
        /// The file to read
        file: PathBuf,
    },
}

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        // Help and the version are printed in this way too.
        Err(error) => {
            return match error.print() {
                Err(unwritten) if unwritten.kind() != ErrorKind::BrokenPipe => {
                    report(1, &anyhow::Error::new(unwritten).context("write the answer"))
                }
                _ => ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(1)),
            };
        }
    };
    let loaded = config::environment()
        .and_then(|variables| Config::load(arguments.config.as_deref(), variables));
    let done = loaded.map_err(|error| (EXIT_CONFIG, error)).and_then(|config| {
        let done = match arguments.program {
            Program::Run => return serve(&config),
            Program::Register { dry_run, prune } => return register(&config, dry_run, prune),
            Program::Invite => return invite(&config),
            Program::Preview { dir, watch } => return preview(&config, dir, watch),
            Program::Ask { words, json } => answer(&config, &words.join(" "), json),
            Program::Settings { what } => settings(&config, &what),
            Program::Check { dir, uses } => check(&config, dir.as_deref(), uses.as_deref()),
        };
        done.map_err(|error| (1, error))
    });
    done.unwrap_or_else(|(code, error)| report(code, &error))
}

fn report(code: u8, error: &anyhow::Error) -> ExitCode {
    complain(&format!("dossier: {error:#}\n"));
    ExitCode::from(code)
}

/// Serves Discord until stopped.
fn serve(config: &Config) -> Result<ExitCode, (u8, anyhow::Error)> {
    match run::run(config) {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(Failure::Dataset(problems, files)) => {
            Ok(tell(problems, &files.iter().collect::<Vec<_>>(), EXIT_CONFIG))
        }
        Err(Failure::Ended { exit_code, error }) => Err((exit_code, error)),
    }
}

/// Shows what differs between our commands and Discord's, and sends it.
fn register(config: &Config, dry_run: bool, prune: bool) -> Result<ExitCode, (u8, anyhow::Error)> {
    let setting = &config.discord.register;
    if *setting == config::Register::Off {
        let hint = "nothing to do: discord.register is \"off\"; DOSSIER_DISCORD__REGISTER=global overrides it\n";
        print(hint).map_err(|error| (1, error))?;
        return Ok(ExitCode::SUCCESS);
    }
    let catalog = match Catalog::open(config.data.dir()) {
        Ok(catalog) => catalog,
        Err((problems, files)) => {
            return Ok(tell(problems, &files.iter().collect::<Vec<_>>(), EXIT_CONFIG));
        }
    };
    with_discord(config, async |rest| {
        let application = Application::of(rest).await?.id;
        let plans = registration::load_plans(rest, application, &catalog, setting, prune).await?;
        let changes: Vec<&CommandChange> = plans.iter().flat_map(|plan| &plan.changes).collect();
        for change in &changes {
            print(&format!("{change}\n"))?;
        }
        let count = changes.iter().filter(|change| change.is_sent()).count();
        if !dry_run {
            for plan in &plans {
                registration::overwrite(rest, application, plan).await?;
            }
        }
        let done = match (count, dry_run) {
            (0, _) => "nothing to do\n".to_owned(),
            (_, true) => format!("{count} to send, nothing sent\n"),
            (_, false) => format!("{count} sent\n"),
        };
        print(&done)?;
        Ok(ExitCode::SUCCESS)
    })
}

/// Prints the links that add the bot to a server or to an account.
fn invite(config: &Config) -> Result<ExitCode, (u8, anyhow::Error)> {
    with_discord(config, async |rest| {
        let application = Application::of(rest).await?;
        print(&invite::explain(&application))?;
        Ok(ExitCode::SUCCESS)
    })
}

/// Makes a few calls to Discord as the bot.
fn with_discord<T>(
    config: &Config,
    calls: impl AsyncFnOnce(&Rest) -> anyhow::Result<T>,
) -> Result<T, (u8, anyhow::Error)> {
    let token = secrets::token(|name| std::env::var(name).ok());
    let rest = token
        .and_then(|token| Rest::new(&config.discord.api_url, token))
        .map_err(|error| (EXIT_CONFIG, error))?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("start the runtime")
        .map_err(|error| (1, error))?;
    runtime.block_on(calls(&rest)).map_err(|error| {
        let refused = error.downcast_ref::<RestError>();
        if refused.is_some_and(RestError::is_token_refused) {
            let hint = "Discord refused the token; take a new one from https://discord.com/developers/applications, page Bot";
            return (EXIT_CONFIG, error.context(hint));
        }
        (1, error)
    })
}

/// Serves the preview until stopped.
fn preview(
    config: &Config,
    dir: Option<PathBuf>,
    watch: bool,
) -> Result<ExitCode, (u8, anyhow::Error)> {
    let dir = dir.or_else(|| config.data.dir().map(Path::to_owned));
    let watched = dir.clone().filter(|_| watch);
    if watch && watched.is_none() {
        let hint = "--watch needs a folder to watch: `dossier preview --watch DIR`, or the setting data.dir";
        return Err((EXIT_CONFIG, anyhow::anyhow!(hint)));
    }
    // Only what goes wrong: the page shows the rest.
    let variable = |name: &str| {
        std::env::var(name).ok().or_else(|| (name == log::FILTER).then(|| "warn".into()))
    };
    log::start(variable).map_err(|error| (EXIT_CONFIG, error))?;
    let listen = config.web.listen().map_err(|error| (EXIT_CONFIG, error))?;
    let listen = listen.unwrap_or_else(|| ([127, 0, 0, 1], 8080).into());
    let catalog = Catalog::open(dir.as_deref());
    if !watch && let Err((problems, files)) = catalog {
        return Ok(tell(problems, &files.iter().collect::<Vec<_>>(), EXIT_CONFIG));
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("start the runtime")
        .map_err(|error| (1, error))?;
    let served = runtime.block_on(async {
        let mut signals = Signals::new().context("listen for signals")?;
        let stop = async {
            signals.next().await;
        };
        preview::serve(listen, catalog, watched, stop).await
    });
    runtime.shutdown_background();
    served.map(|()| ExitCode::SUCCESS).map_err(|error| (1, error))
}

/// Answers one command on standard output.
fn answer(config: &Config, line: &str, json: bool) -> anyhow::Result<ExitCode> {
    let catalog = match Catalog::open(config.data.dir()) {
        Ok(catalog) => catalog,
        Err((problems, files)) => {
            return Ok(tell(problems, &files.iter().collect::<Vec<_>>(), EXIT_CONFIG));
        }
    };
    let seed = fastrand::u64(..);
    let request = ask::parse(line).map(|request| request.seeded(seed, None));
    if json {
        let callback = match &request {
            Ok(request) => respond::typed(&catalog, request),
            Err(refusal) => respond::refused(&catalog, refusal),
        };
        print(&format!("{}\n", serde_json::to_string(&callback)?))?;
        return Ok(ExitCode::SUCCESS);
    }
    let answer = request.and_then(|request| commands::answer(&catalog, &request));
    let card = answer.unwrap_or_else(|refusal| refusal.card(catalog.locale()));
    print(&terminal().render(&card, catalog.locale()))?;
    Ok(ExitCode::SUCCESS)
}

/// Backs up or restores the store.
fn settings(config: &Config, what: &Settings) -> anyhow::Result<ExitCode> {
    let url = config.store.url()?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("start the runtime")?;
    let count = runtime.block_on(async {
        let store = Store::new(&url);
        match what {
            Settings::Export { .. } => store.open_existing().await?,
            Settings::Import { .. } => store.open_once().await.context("open the database")?,
        }
        match what {
            Settings::Export { file: None } => store.export(Pipe(std::io::stdout().lock())).await,
            Settings::Export { file: Some(path) } => {
                let file = File::create_new(path);
                let file = file.with_context(|| format!("create {}", path.display()))?;
                store.export(BufWriter::new(file)).await
            }
            Settings::Import { file } => {
                let opened =
                    File::open(file).with_context(|| format!("open {}", file.display()))?;
                store.import(BufReader::new(opened)).await
            }
        }
    })?;
    complain(&format!("{count} rows\n"));
    Ok(ExitCode::SUCCESS)
}

/// Checks a dataset; the settings have been checked by loading them.
fn check(config: &Config, dir: Option<&Path>, uses: Option<&str>) -> anyhow::Result<ExitCode> {
    let mut problems = Diagnostics::default();
    let (mut bundled, mut own) = (Files::default(), Files::default());
    match dir.or(config.data.dir()) {
        Some(dir) => own = Files::read(dir, &mut problems),
        None => bundled = Files::bundled(),
    }
    if let Some(id) = uses {
        let places = [&bundled, &own].map(|files| content::uses(files, id)).concat();
        places.iter().try_for_each(|place| print(&format!("{place}\n")))?;
        complain(&format!("{id} is used in {} places\n", places.len()));
        return Ok(ExitCode::from(u8::from(places.is_empty())));
    }
    let today = Offset::UTC.to_datetime(SystemTime::now().try_into()?).date();
    let mut articles = content::check(&bundled, today, &mut problems);
    articles.extend(content::check(&own, today, &mut problems));
    if problems.has_errors() {
        return Ok(tell(problems, &[&bundled, &own], 1));
    }
    let catalog = Catalog::new(articles);
    catalog.review_asks(&[&bundled, &own], &mut problems);
    show(problems, &[&bundled, &own]);
    for article in catalog.articles() {
        let line = format!(
            "{}: {} entries, {} sources, nothing wrong\n",
            article.id,
            article.entries.len(),
            article.sources.len()
        );
        print(&line)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Tells all problems of a dataset on standard error.
fn tell(problems: Diagnostics, files: &[&Files], code: u8) -> ExitCode {
    let count = problems.error_count();
    show(problems, files);
    let noun = if count == 1 { "problem" } else { "problems" };
    complain(&format!("{count} {noun} in the dataset; it is not served before all are mended\n"));
    ExitCode::from(code)
}

/// Shows problems and notes on standard error, each with its line.
fn show(problems: Diagnostics, files: &[&Files]) {
    let texts = |path: &str| {
        files.iter().map(|files| files.text(path)).find(|text| !text.is_empty()).unwrap_or_default()
    };
    for problem in problems.into_sorted() {
        complain(&format!("{}\n\n", problem.render(texts(&problem.path), true)));
    }
}

/// The terminal on standard output, or a pipe.
fn terminal() -> Terminal {
    let stdout = std::io::stdout();
    let width =
        || terminal_size::terminal_size().map_or(COLUMNS_MAX, |(width, _)| usize::from(width.0));
    Terminal {
        columns: stdout.is_terminal().then(width),
        color: anstream::AutoStream::choice(&stdout) != ColorChoice::Never,
    }
}

/// Writes to standard output.
fn print(text: &str) -> anyhow::Result<()> {
    let mut stdout = Pipe(anstream::stdout());
    let written = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
    written.context("write the answer")
}

/// Writes to standard error, where nothing can be done about a failure.
fn complain(text: &str) {
    drop(anstream::stderr().write_all(text.as_bytes()));
}

/// A stream whose reader may close it early: `dossier ask … | head` is no error.
struct Pipe<W>(W);

impl<W: Write> Write for Pipe<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.0.write(bytes) {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(bytes.len()),
            written => written,
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self.0.flush() {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
            flushed => flushed,
        }
    }
}
