//! The command line: parses arguments, loads the configuration, runs a subcommand.

use std::fs::{self, File};
use std::io::{BufReader, BufWriter, ErrorKind, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::SystemTime;

use anstream::ColorChoice;
use anyhow::{Context, anyhow};
use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::{Parser, Subcommand};
use dossier::catalog::Catalog;
use dossier::clock::today;
use dossier::config::{self, Config};
use dossier::content::{self, Diagnostics, Files};
use dossier::discord::http::{Rest, RestError};
use dossier::discord::registration::application::Application;
use dossier::discord::registration::{self, CommandChange, invite};
use dossier::discord::respond;
use dossier::run::online::{self, Finding};
use dossier::run::signals::Signals;
use dossier::run::{self, Failure, log};
use dossier::store::transfer::Lines;
use dossier::store::{Store, StoreError};
use dossier::terminal::{COLUMNS_MAX, Terminal};
use dossier::web::preview;
use dossier::{ask, commands, secrets};
use jiff::tz::Offset;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Dossier answers questions from a sourced article, neutrally and with its citations.
#[derive(Parser)]
#[command(version, arg_required_else_help = true)]
struct Cli {
    /// A file of settings that override the defaults
    // An empty path is refused with the settings.
    #[arg(long, global = true, value_name = "FILE", env = "DOSSIER_CONFIG", value_parser = OsStringValueParser::new().map(PathBuf::from))]
    config: Option<PathBuf>,
    #[command(subcommand)]
    program: CliCommand,
}

#[derive(Subcommand)]
enum CliCommand {
    /// Serve Discord until stopped
    ///
    /// The bot's token comes from DISCORD_TOKEN, or from the file that DISCORD_TOKEN_FILE names. config/dossier.toml lists all other
    /// settings.
    ///
    /// The log goes to standard error. DOSSIER_LOG sets its level (for example info, debug, or dossier=debug,warn; the default is
    /// info), and DOSSIER_LOG_FORMAT its format (text or json). It never contains messages of members or tokens.
    ///
    /// The exit status is 0 after a normal stop, 78 if something must be fixed first, such as a setting, and 1 after any other error.
    Run,
    /// Try every command in a browser, without a Discord account
    ///
    /// The page is served at web.listen. Changes made with /config are lost when the preview stops.
    Preview {
        /// A folder of articles, or of one article [default: the dataset in the settings]
        dir: Option<PathBuf>,
        /// Reload the dataset whenever a file is saved, and show the findings of `dossier check`
        #[arg(long)]
        watch: bool,
    },
    /// Answer one command in the terminal, for example: dossier ask /demand nato
    Ask {
        /// The command and its options; words without an option name are the value of the first option
        #[arg(required = true, value_name = "COMMAND")]
        words: Vec<String>,
        /// Print the interaction callback that Discord would receive in a direct message, without its picture
        #[arg(long)]
        json: bool,
    },
    /// Check the settings and a dataset, and report all problems
    Check {
        /// A folder of articles, or of one article [default: the dataset in the settings]
        dir: Option<PathBuf>,
        /// Only list where a source or an entry is used, for example up-memorandum-2025 or term/buffer-state
        #[arg(long, value_name = "ID", conflicts_with = "online")]
        uses: Option<String>,
        /// Also check the database, the token, the application, the registered commands, and the bot's permissions in each channel
        /// where it posts
        ///
        /// Prints one line per check: ok, note or problem, and how to fix it. Changes nothing, neither here nor at Discord.
        #[arg(long)]
        online: bool,
    },
    /// Compare Discord's list of commands with ours, and overwrite it if it differs
    ///
    /// Prints one line per command that differs: + is new, ~ changed in the named fields, - removed, ? not Dossier's. `dossier run`
    /// does the same when it starts. The setting discord.register says where commands are registered.
    Register {
        /// Only show the differences
        #[arg(long)]
        dry_run: bool,
        /// Also remove this application's commands that are not Dossier's, such as those of an older version
        #[arg(long)]
        prune: bool,
    },
    /// Print the links for adding the bot to a server or an account
    Invite,
    /// Back up and restore all server settings, also between SQLite and PostgreSQL
    Settings {
        #[command(subcommand)]
        what: SettingsCommand,
    },
}

#[derive(Subcommand)]
enum SettingsCommand {
    /// Export the settings, channel rules, digests and change log of all servers
    ///
    /// Reads the database of store.url or DATABASE_URL, and writes one line of JSON per row. The bot may keep running.
    Export {
        /// The file to create [default: standard output]
        file: Option<PathBuf>,
    },
    /// Import an exported file into an empty database
    ///
    /// Imports the whole file, or nothing if there is an error. Stop the bot first.
    Import {
        /// The exported file
        file: PathBuf,
    },
}

fn main() -> ExitCode {
    let arguments = match Cli::try_parse() {
        Ok(arguments) => arguments,
        // Help and the version arrive as errors, too.
        Err(error) => {
            return match error.print() {
                Err(unwritten) if unwritten.kind() != ErrorKind::BrokenPipe => {
                    report(anyhow::Error::new(unwritten).context("write the answer").into())
                }
                _ => ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(1)),
            };
        }
    };
    let config = config::environment()
        .and_then(|variables| Config::load(arguments.config.as_deref(), variables));
    let done = config.map_err(Failure::configuration).and_then(|config| match arguments.program {
        CliCommand::Run => run::run(&config).map(|()| ExitCode::SUCCESS),
        CliCommand::Register { dry_run, prune } => register(&config, dry_run, prune),
        CliCommand::Invite => invite(&config),
        CliCommand::Preview { dir, watch } => preview(&config, dir, watch),
        CliCommand::Ask { words, json } => answer(&config, &words.join(" "), json),
        CliCommand::Settings { what } => settings(&config, &what),
        CliCommand::Check { dir, online: true, .. } => check_online(&config, dir.as_deref()),
        CliCommand::Check { dir, uses, .. } => check(&config, dir.as_deref(), uses.as_deref()),
    });
    done.unwrap_or_else(report)
}

/// Prints the error that ends the program to standard error.
fn report(Failure { exit_code, error }: Failure) -> ExitCode {
    if let Some(problems) = error.downcast_ref::<Diagnostics>() {
        print_diagnostics(problems);
        print_error(&format!("{problems}; it is not served until all are fixed\n"));
    } else {
        print_error(&format!("dossier: {error:#}\n"));
    }
    ExitCode::from(exit_code)
}

fn open_catalog(dir: Option<&Path>) -> Result<Catalog, Failure> {
    Catalog::open(dir).map_err(|problems| Failure::configuration(problems.into()))
}

/// Shows and sends the differences between our commands and Discord's.
fn register(config: &Config, dry_run: bool, prune: bool) -> Result<ExitCode, Failure> {
    let setting = &config.discord.register;
    if *setting == config::Register::Off {
        print(
            "nothing to do: discord.register is \"off\"; DOSSIER_DISCORD__REGISTER=global overrides it\n",
        )?;
        return Ok(ExitCode::SUCCESS);
    }
    let catalog = open_catalog(config.data.dir.as_deref())?;
    with_discord(config, async |rest| {
        let application = Application::load(rest).await?.id;
        let plans = registration::load_plans(rest, application, &catalog, setting, prune).await?;
        let changes: Vec<&CommandChange> = plans.iter().flat_map(|plan| &plan.changes).collect();
        for change in &changes {
            print(&format!("{change}\n"))?;
        }
        let count = changes.iter().filter(|change| change.requires_overwrite()).count();
        if !dry_run {
            registration::overwrite(rest, application, &plans).await?;
        }
        print(&match (count, dry_run) {
            (0, _) => "nothing to do\n".to_owned(),
            (_, true) => format!("{count} to send, nothing sent\n"),
            (_, false) => format!("{count} sent\n"),
        })
    })
}

/// Prints the links that add the bot to a server or to an account.
fn invite(config: &Config) -> Result<ExitCode, Failure> {
    with_discord(config, async |rest| print(&invite::explain(&Application::load(rest).await?)))
}

/// Runs an async operation with Discord's REST API as the bot.
fn with_discord(
    config: &Config,
    calls: impl AsyncFnOnce(&Rest) -> anyhow::Result<()>,
) -> Result<ExitCode, Failure> {
    let token = secrets::load_token(|name| std::env::var(name).ok());
    let rest = token.and_then(|token| Rest::new(&config.discord.api_url, token));
    let rest = rest.map_err(Failure::configuration)?;
    match run::runtime()?.block_on(calls(&rest)) {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(error) => Err(match error.downcast_ref::<RestError>() {
            Some(refused) if refused.is_token_refused() => Failure::token_refused(),
            _ => error.into(),
        }),
    }
}

/// Serves the preview until stopped.
fn preview(config: &Config, dir: Option<PathBuf>, watch: bool) -> Result<ExitCode, Failure> {
    let dir = dir.or_else(|| config.data.dir.clone());
    let watched = dir.clone().filter(|_| watch);
    if watch && watched.is_none() {
        let hint = "--watch needs a folder to watch: `dossier preview --watch DIR`, or the setting data.dir";
        return Err(Failure::configuration(anyhow::anyhow!(hint)));
    }
    // Logs errors only: the page shows the rest.
    let variable = |name: &str| {
        std::env::var(name).ok().or_else(|| (name == log::FILTER).then(|| "warn".into()))
    };
    log::start(variable).map_err(Failure::configuration)?;
    let listen = config.web.listen.unwrap_or_else(|| ([127, 0, 0, 1], 8080).into());
    let catalog = match Catalog::open(dir.as_deref()) {
        Err(problems) if !watch => return Err(Failure::configuration(problems.into())),
        catalog => catalog,
    };
    let runtime = run::runtime()?;
    let served = runtime.block_on(async {
        let mut signals = Signals::new().context("listen for signals")?;
        let stop = async {
            signals.next().await;
        };
        preview::serve(listen, catalog, watched, stop).await
    });
    runtime.shutdown_background();
    served?;
    Ok(ExitCode::SUCCESS)
}

/// Answers one command on standard output.
fn answer(config: &Config, line: &str, json: bool) -> Result<ExitCode, Failure> {
    let catalog = open_catalog(config.data.dir.as_deref())?;
    let request =
        ask::parse(line).map(|request| request.with_context(fastrand::u64(..), None, today()));
    let text = if json {
        let catalog = catalog.with_report_form(config.discord.report_channel.is_some());
        let callback = match &request {
            Ok(request) => respond::command_callback(&catalog, request),
            Err(refusal) => respond::refusal_callback(&catalog, refusal),
        };
        serde_json::to_string(&callback).context("write JSON")? + "\n"
    } else {
        let answer = request.and_then(|request| commands::answer(&catalog, &request));
        let card = answer.unwrap_or_else(|refusal| refusal.card(catalog.locale()));
        terminal().render(&card, catalog.locale())
    };
    print(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// Backs up or restores the store.
fn settings(config: &Config, what: &SettingsCommand) -> Result<ExitCode, Failure> {
    let count: Result<u64, Failure> = run::runtime()?.block_on(async {
        let store = Store::new(&config.store.url);
        let opening = || format!("open {}", config.store.url);
        let failed = |error: anyhow::Error| match error.is::<StoreError>() {
            // It may pass, as a database that is down.
            true => Failure::from(error),
            false => Failure::configuration(error),
        };
        match what {
            SettingsCommand::Export { file } => {
                store.open_existing().await.with_context(opening).map_err(failed)?;
                let Some(path) = file else {
                    // Unlike an answer, a part of a backup is of no use.
                    return Ok(store.export(std::io::stdout().lock()).await?);
                };
                config::require_path(path)?;
                let file = File::create_new(path).map_err(|error| match error.kind() {
                    ErrorKind::AlreadyExists => {
                        anyhow!("{} exists already: name another file", path.display())
                    }
                    _ => anyhow::Error::new(error).context(format!("create {}", path.display())),
                })?;
                let exported = store.export(BufWriter::new(file)).await;
                if exported.is_err() {
                    // A part of a backup cannot be imported.
                    drop(fs::remove_file(path));
                }
                Ok(exported?)
            }
            SettingsCommand::Import { file } => {
                config.store.url.check_access().map_err(Failure::configuration)?;
                config::require_path(file)?;
                let opened = File::open(file);
                let opened = opened.with_context(|| format!("open {}", file.display()))?;
                // A file of another kind is refused before a database is created.
                let lines = Lines::new(BufReader::new(opened))?;
                store.open_once().await.with_context(opening).map_err(failed)?;
                Ok(store.import(lines).await?)
            }
        }
    });
    let count = count?;
    let rows = if count == 1 { "row" } else { "rows" };
    print_error(&format!("{count} {rows}\n"));
    Ok(ExitCode::SUCCESS)
}

/// Checks the settings and the token, as far as they can be judged without a network.
fn check_settings(config: &Config) -> anyhow::Result<()> {
    for name in config::ignored_variables(&config::environment()?) {
        print_error(&format!("{name} is not a variable of Dossier, and is ignored\n"));
    }
    run::check_settings(config)?;
    config.store.url.check_file()?;
    secrets::load_optional_token(|name| std::env::var(name).ok()).map(drop)
}

/// Checks the settings and a dataset.
fn check(config: &Config, dir: Option<&Path>, uses: Option<&str>) -> Result<ExitCode, Failure> {
    let mut problems = Diagnostics::default();
    let dir = dir.or(config.data.dir.as_deref());
    let files = match dir {
        Some(dir) => Files::read(dir, &mut problems),
        None => Files::bundled(),
    };
    if let Some(id) = uses {
        let places = content::find_uses(&files, id);
        if places.is_empty()
            && let Err(near) = content::find_id(&files, id)
        {
            let hint = match near {
                Some(near) => format!("did you mean {near}?"),
                None => "an id is like up-memorandum-2025 or term/buffer-state".to_owned(),
            };
            return Err(anyhow::anyhow!("there is no source or entry {id:?}; {hint}").into());
        }
        places.iter().try_for_each(|place| print(&format!("{place}\n")))?;
        let noun = if places.len() == 1 { "place" } else { "places" };
        print_error(&format!("{id} is used in {} {noun}\n", places.len()));
        return Ok(ExitCode::from(u8::from(places.is_empty())));
    }
    check_settings(config).map_err(Failure::configuration)?;
    let now = SystemTime::now().try_into().context("read the clock")?;
    let articles = content::check(&files, Offset::UTC.to_datetime(now).date(), &mut problems);
    if problems.has_errors() {
        return Err(Failure::from(anyhow::Error::new(problems)));
    }
    let catalog = Catalog::new(articles);
    catalog.review_asks(&files, &mut problems);
    let notes = problems.sorted().len();
    if dir.is_some() {
        print_diagnostics(&problems);
    } else if notes > 0 {
        // They are for its editors, who check its folder.
        print_error(&format!(
            "{notes} notes for editors are not shown; `dossier check data/articles` in the source code shows them\n"
        ));
    }
    for article in catalog.articles() {
        let (entries, sources) = (article.entries.len(), article.sources.len());
        print(&format!("{}: {entries} entries, {sources} sources, no problems\n", article.id))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Checks the configuration, the dataset, the database, and the setup at Discord.
fn check_online(config: &Config, dir: Option<&Path>) -> Result<ExitCode, Failure> {
    let mut problems = 0;
    let mut report = |finding: Finding| {
        problems += usize::from(finding.is_problem());
        print(&format!("{finding}\n"))
    };
    let catalog = match Catalog::open(dir.or(config.data.dir.as_deref())) {
        Ok(catalog) => {
            for article in catalog.articles() {
                let text = format!("{} {}", article.id, article.version);
                report(Finding::ok("dataset", text))?;
            }
            Some(catalog)
        }
        Err(found) => {
            print_diagnostics(&found);
            report(Finding::problem("dataset", &anyhow::anyhow!("{found}, see above")))?;
            None
        }
    };
    let runtime = run::runtime()?;
    let checked = runtime.block_on(online::check(config, catalog.as_ref(), &mut report));
    // A DNS lookup in progress is not awaited.
    runtime.shutdown_background();
    checked?;
    let noun = if problems == 1 { "problem" } else { "problems" };
    print(&format!("{problems} {noun}\n"))?;
    Ok(ExitCode::from(u8::from(problems > 0)))
}

/// Prints diagnostics to standard error, each with its line.
fn print_diagnostics(problems: &Diagnostics) {
    problems.render(true).for_each(|problem| print_error(&format!("{problem}\n\n")));
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

/// Writes to standard output. A closed pipe, as in `dossier ask … | head`, is not an error.
fn print(text: &str) -> anyhow::Result<()> {
    let mut stdout = anstream::stdout();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => written.context("write the answer"),
    }
}

/// Writes to standard error, ignoring failures.
fn print_error(text: &str) {
    drop(anstream::stderr().write_all(text.as_bytes()));
}
