//! `/config`: builds the context of a handler from an interaction, and a message from its card.

use super::origin::{InteractionOrigin, VisibilityPolicy};
use super::{MessageReply, Responder};
use crate::action::PressScope;
use crate::admin::{self, AdminContext, GuildContext};
use crate::card::Refusal;
use crate::clock::now;
use crate::discord::command_permissions::Subject;
use crate::discord::incoming::Interaction;
use crate::discord::render::{RenderOptions, render};
use crate::guild::{
    ApplicationId, InteractionId, UserId, can_manage_server, id_from_number, settings_file,
};
use crate::request::Request;

/// The context of a subcommand.
///
/// # Errors
///
/// A refusal outside of guilds that have added the bot.
fn guild_context(
    InteractionOrigin { interaction, policy }: &InteractionOrigin<'_>,
    request: &Request,
    is_component: bool,
) -> Result<GuildContext, Refusal> {
    let (VisibilityPolicy::Moderators(guild, here), Some(member)) = (*policy, interaction.user_id)
    else {
        return Err(Refusal::new("refuse-only-in-servers"));
    };
    let resolved = &interaction.resolved;
    let channels = resolved.channels();
    let id = |option: &str| request.option(option)?.parse::<u64>().ok();
    let role = id("role").and_then(id_from_number);
    let shown = channels.first().filter(|channel| !channel.is_hidden);
    let name = shown.and_then(|shown| resolved.channel_name(shown.channel));
    Ok(GuildContext {
        interaction: interaction.id.map_or(0, InteractionId::get),
        application: interaction.application_id.map_or(0, ApplicationId::get),
        now: now(),
        guild,
        member,
        permissions: interaction.member_permissions,
        current_channel: here,
        resolved_channels: channels,
        channel_name: name
            .map(|name| settings_file::sanitize_channel_name(&name))
            .unwrap_or_default(),
        role: role.and_then(|role| Some((role, resolved.is_mentionable(role)?))),
        subject: subject(interaction, member, id("member").and_then(id_from_number)),
        file: id("file").and_then(|id| resolved.attachment(id)),
        is_component,
    })
}

/// The member whose rights are checked: the named one, or else the caller.
fn subject(interaction: &Interaction, asker: UserId, named: Option<UserId>) -> Subject {
    let resolved = &interaction.resolved;
    match named.filter(|id| *id != asker) {
        Some(member) => resolved.member(member),
        None => Subject {
            member: asker,
            roles: resolved.own_roles(),
            permissions: interaction.member_permissions,
        },
    }
}

impl Responder {
    /// Runs a subcommand of `/config`.
    pub(super) async fn run_admin(
        &self,
        origin: &InteractionOrigin<'_>,
        request: Request,
        is_component: bool,
    ) -> Result<MessageReply, Refusal> {
        let guild_context = guild_context(origin, &request, is_component)?;
        let scope = PressScope {
            guild: guild_context.guild,
            member: guild_context.member,
            needs_manage_server: can_manage_server(guild_context.permissions),
        };
        let poster = self.poster();
        let context = AdminContext {
            catalog: &self.catalog,
            store: &self.store,
            rest: self.rest.as_deref(),
            poster: poster.as_ref(),
            categories: &self.categories,
            channel_guilds: &self.channel_guilds,
            guild_context,
        };
        let answer = admin::execute(&context, &request).await;
        let locale = self.catalog.locale();
        let (mut card, is_answered) = match answer {
            Ok(card) => (card, true),
            Err(error) => (error.card(locale), false),
        };
        let (file, picture) = (card.file.take(), card.picture.take());
        let message = render(&card, locale, RenderOptions::scoped(scope));
        let replaces_message = is_component && is_answered && file.is_none();
        if let Some(file) = file {
            let message = message.with_file(file.name);
            return Ok(MessageReply { message, file: Some(file.into()), replaces_message });
        }
        let reply = MessageReply { message, file: None, replaces_message };
        if let (Some(picture), Some(pictures)) = (picture, &self.pictures)
            && self.store.has_pictures(scope.guild).await == Ok(true)
            && let Some(png) = pictures.draw(&picture).await
        {
            return Ok(reply.with_picture(&picture, png));
        }
        Ok(reply)
    }
}
