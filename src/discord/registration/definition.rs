//! The definitions of all commands, generated from the command list so that none can be forgotten.

use serenity::builder::{CreateCommand, CreateCommandOption};
use serenity::model::Permissions;
use serenity::model::application::{
    CommandOptionType, CommandType, InstallationContext, InteractionContext,
};

use super::Scope;
use crate::catalog::Catalog;
use crate::command::Command;
use crate::commands;
use crate::content::Kind;
use crate::digest;
use crate::discord::respond::LOOK_UP;
use crate::request::{ARTICLE, OptionKind, OptionSpec, PRIVATE};

/// Maximum length of a search query in characters. A longer query would not fit into the
/// `custom_id` of the next-page button.
pub const QUERY_CHARS_MAX: u16 = 80;

/// All commands as registered in `scope`.
pub fn commands(catalog: &Catalog, scope: Scope) -> Vec<CreateCommand> {
    use {InstallationContext as Installation, InteractionContext as Context};
    let everywhere = |command: CreateCommand| match scope {
        Scope::Global => command
            .integration_types(vec![Installation::Guild, Installation::User])
            .contexts(vec![Context::Guild, Context::BotDm, Context::PrivateChannel]),
        // Discord rejects `contexts` and `integration_types` on a guild command.
        Scope::Guild(_) => command,
    };
    let lookups = commands::ALL.iter().map(|command| slash_command(catalog, command));
    let look_up = CreateCommand::new(LOOK_UP).kind(CommandType::Message);
    let config = config_command(catalog);
    let config = match scope {
        Scope::Global => {
            config.integration_types(vec![Installation::Guild]).contexts(vec![Context::Guild])
        }
        Scope::Guild(_) => config,
    };
    lookups.map(everywhere).chain([config, everywhere(look_up)]).collect()
}

fn slash_command(catalog: &Catalog, command: &Command) -> CreateCommand {
    let mut options = own_options(catalog, command);
    // `/help` is the same for every article, so it has no article option.
    let has_article = catalog.has_several() && command.name != "help";
    let common = has_article.then_some(ARTICLE).into_iter().chain([PRIVATE]);
    options.extend(common.map(|option| {
        create_option(catalog, &option, &catalog.locale().text(&format!("option-{}", option.name)))
    }));
    CreateCommand::new(command.name)
        .kind(CommandType::ChatInput)
        .description(catalog.locale().text(&command.key()))
        .set_options(options)
}

/// `/config` with its subcommands and subcommand groups. It requires Manage Server, unless an admin
/// overrides that in Server Settings, Integrations.
fn config_command(catalog: &Catalog) -> CreateCommand {
    let key = format!("command-{}", commands::SETTINGS_ROOT);
    let mut options = Vec::new();
    let is_grouped =
        |one: &Command, next: &Command| group(one).is_some() && group(one) == group(next);
    for grouped in commands::SETTINGS.chunk_by(is_grouped) {
        let subcommands = grouped.iter().map(|command| subcommand(catalog, command));
        match group(&grouped[0]) {
            None => options.extend(subcommands),
            Some(group) => options.push(
                CreateCommandOption::new(
                    CommandOptionType::SubCommandGroup,
                    group,
                    catalog.locale().text(&format!("{key}.{group}")),
                )
                .set_sub_options(subcommands),
            ),
        }
    }
    CreateCommand::new(commands::SETTINGS_ROOT)
        .kind(CommandType::ChatInput)
        .description(catalog.locale().text(&key))
        .default_member_permissions(Permissions::MANAGE_GUILD)
        .set_options(options)
}

/// The subcommand group of a command, the middle one of three words.
fn group(command: &Command) -> Option<&'static str> {
    command.name.split(' ').rev().nth(1).filter(|group| *group != commands::SETTINGS_ROOT)
}

fn subcommand(catalog: &Catalog, command: &Command) -> CreateCommandOption {
    let name = command.name.rsplit(' ').next().unwrap_or(command.name);
    let about = catalog.locale().text(&command.key());
    CreateCommandOption::new(CommandOptionType::SubCommand, name, about)
        .set_sub_options(own_options(catalog, command))
}

/// The command's options with the required ones first, as Discord demands.
fn own_options(catalog: &Catalog, command: &Command) -> Vec<CreateCommandOption> {
    let mut options: Vec<&OptionSpec> = command.options.iter().collect();
    options.sort_by_key(|option| !option.required);
    let create = |option: &OptionSpec| {
        let key = format!("{}.{}", command.key(), option.name);
        create_option(catalog, option, &catalog.locale().text(&key))
    };
    options.into_iter().map(create).collect()
}

fn create_option(catalog: &Catalog, option: &OptionSpec, about: &str) -> CreateCommandOption {
    let of_type =
        |kind| CreateCommandOption::new(kind, option.name, about).required(option.required);
    let string = || of_type(CommandOptionType::String);
    match option.kind {
        OptionKind::Entry(_)
        | OptionKind::Proposer
        | OptionKind::View
        | OptionKind::Topic
        | OptionKind::Article
        | OptionKind::Digest
        | OptionKind::Zone
        | OptionKind::Days => string().set_autocomplete(true),
        OptionKind::Kind => {
            let kinds = Kind::ALL.into_iter();
            kinds.fold(string(), |option, kind| {
                option.add_string_choice(catalog.kind_name(kind), kind.name())
            })
        }
        OptionKind::Content => {
            digest::text::contents(catalog).into_iter().fold(string(), |option, (content, name)| {
                option.add_string_choice(name, content.to_string())
            })
        }
        OptionKind::OneOf(words) => {
            words.iter().fold(string(), |option, word| option.add_string_choice(*word, *word))
        }
        OptionKind::Text => string().max_length(QUERY_CHARS_MAX),
        OptionKind::Day | OptionKind::Time => string(),
        OptionKind::Page => of_type(CommandOptionType::Integer).min_int_value(1),
        OptionKind::Number(max) => {
            of_type(CommandOptionType::Integer).min_int_value(0).max_int_value(max.into())
        }
        OptionKind::Flag => of_type(CommandOptionType::Boolean),
        OptionKind::Channel([]) => of_type(CommandOptionType::Channel),
        OptionKind::Channel(types) => {
            of_type(CommandOptionType::Channel).channel_types(types.to_vec())
        }
        OptionKind::Member => of_type(CommandOptionType::User),
        OptionKind::Role => of_type(CommandOptionType::Role),
        OptionKind::File => of_type(CommandOptionType::Attachment),
    }
}
