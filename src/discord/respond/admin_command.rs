//! `/config`: what it needs is loaded, the command is run, its effect is done, and what became of it is told to the one who asked.

use std::sync::Arc;

use tokio::time::{Duration, Instant, timeout, timeout_at};

use super::origin::{Place, VisibilityPolicy, location};
use super::{Responder, chance, manages};
use crate::action::PressScope;
use crate::card::{Answer, Card, Effect, File, Refusal};
use crate::clock::now;
use crate::commands::{self, Imported};
use crate::digest::{Digest, RUNS_SHOWN_MAX};
use crate::discord::command_permissions::{Subject, rights};
use crate::discord::incoming::{Attachment, Id, Interaction};
use crate::discord::permissions::{PermissionChecker, roles};
use crate::discord::render::{Shown, render};
use crate::discord::wire::{Body, Callback, EPHEMERAL, Message};
use crate::guild::{ChannelId, ChannelPath, GuildId, Permissions, RoleId, UserId, settings_file};
use crate::request::{
    Access, ChannelAccess, DIGESTS_ON_PAGE, FileFault, GuildContext, Loaded, Location, LogPage,
    Needs, Request, Rights,
};
use crate::store::StoreError;

/// How long Discord may take to tell what a command needs to know of it.
const TOLD_WITHIN: Duration = Duration::from_secs(5);

/// How long it may take to tell of all channels of a file.
const ALL_TOLD_WITHIN: Duration = Duration::from_secs(10);

/// How many channels of a file that cannot be seen are enough to ask no further.
const UNSEEN_MAX: usize = 10;

/// Something to look at or to set in a server.
pub(super) struct AdminCommand {
    /// The number of the interaction, which tells it from all others.
    id: u64,
    request: Request,
    occasion: GuildContext,
    application: u64,
    /// Whether the one who asks has the permission Manage Server.
    manages: bool,
    /// Whom `/config check` is about.
    subject: Subject,
    file: Option<Attachment>,
}

/// What became of an errand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    message: Message,
    file: Option<File>,
    is_in_place: bool,
}

impl AdminCommand {
    /// The errand of a request.
    ///
    /// # Errors
    ///
    /// A refusal, if it is not asked in a server that has added the bot.
    pub(super) fn of(
        place: &Place,
        interaction: &Interaction<'_>,
        request: Request,
        is_pressed: bool,
    ) -> Result<Self, Refusal> {
        let (VisibilityPolicy::Moderators(guild, here), Some(member)) =
            (place.ruled_by, place.member)
        else {
            return Err(Refusal::OnlyInServers);
        };
        let channels = interaction.resolved.channels();
        let id = |option: &str| request.option(option)?.parse().ok().map(Id);
        let file = id("file").and_then(|id| interaction.resolved.attachment(id));
        let role = id("role").and_then(|id| interaction.resolved.role(id));
        let name = channels.first().filter(|channel| !channel.is_hidden);
        let name = name.and_then(|channel| interaction.resolved.channel_name(channel.id));
        Ok(Self {
            id: interaction.id.get(),
            subject: subject(interaction, member, id("member")),
            occasion: GuildContext {
                guild,
                member,
                now: now(),
                here,
                named: channels.iter().map(location).collect(),
                channel_name: name.map(|name| settings_file::name(&name)).unwrap_or_default(),
                role: role.map(|role| (role.id.typed(), role.is_mentionable)),
                is_pressed,
            },
            application: interaction.application_id.get(),
            manages: manages(interaction),
            request,
            file,
        })
    }

    fn seal(&self) -> PressScope {
        let GuildContext { guild, member, .. } = self.occasion;
        PressScope { guild, member, takes_manage_server: self.manages }
    }

    /// What Discord is told for now, where the answer takes its time.
    pub(super) fn deferral(&self) -> Callback {
        match self.occasion.is_pressed {
            true => Callback::LATER,
            false => Callback::LATER_PRIVATELY,
        }
    }
}

/// The channels that a request names, or else that of the digest that it is about, or else the one where it is asked.
fn locations(request: &Request, occasion: &GuildContext, digest: Option<&Digest>) -> Vec<Location> {
    let given = request.option("channel").unwrap_or_default();
    let named = given.split(' ').filter_map(|id| id.parse().ok());
    let named: Vec<Location> = named.map(|channel| occasion.location(channel)).collect();
    match (named.is_empty(), digest) {
        (false, _) => named,
        (true, Some(digest)) => vec![occasion.location(digest.plan().channel)],
        (true, None) => vec![occasion.here],
    }
}

/// Whom a question about rights is about: the member that is named, else the one who asks.
fn subject(interaction: &Interaction<'_>, asker: UserId, named: Option<Id>) -> Subject {
    let ids = |roles: Vec<Id>| roles.iter().map(|id| id.typed()).collect();
    match named.filter(|id| id.get() != asker.get()) {
        Some(id) => {
            let member = interaction.resolved.member(id);
            let permissions = member.as_ref().and_then(|member| member.permissions);
            Subject {
                member: id.typed(),
                roles: member.map(|member| ids(member.roles)).unwrap_or_default(),
                permissions: permissions.map(Permissions),
            }
        }
        None => Subject {
            member: asker,
            roles: ids(interaction.resolved.own_roles()),
            permissions: interaction.member_permissions.map(Permissions),
        },
    }
}

impl Responder {
    /// Does an errand, and tells what became of it.
    pub(super) async fn run_errand(&self, errand: AdminCommand) -> Outcome {
        let is_pressed = errand.occasion.is_pressed;
        let (card, file, panel) = match self.answer(&errand, &errand.request).await {
            Ok(Answer { card, effect: Some(Effect::Attach(file)), .. }) => (card, Some(file), None),
            Ok(answer) if is_pressed && answer.redraws.is_none() => {
                return self.outcome(&errand, &answer.card, None, true);
            }
            Ok(answer) => (answer.card, None, answer.redraws),
            // Where it was pressed, all is shown as it is, with why nothing was changed above it.
            Err(refusal) => {
                let card = refusal.card(self.catalog.locale());
                // What could not be confirmed now is left there, to be pressed again.
                let is_left = matches!(refusal, Refusal::Unverified(_));
                (card, None, (!is_left).then(|| commands::panel(&errand.request)))
            }
        };
        if let Some(panel) = panel.filter(|_| is_pressed)
            && let Ok(redrawn) = self.answer(&errand, &panel).await
        {
            let said = card.body.into_iter().map(|said| said.text);
            let mut card = redrawn.card;
            card.notes.splice(0..0, said);
            return self.outcome(&errand, &card, None, true);
        }
        self.outcome(&errand, &card, file, false)
    }

    fn outcome(
        &self,
        errand: &AdminCommand,
        card: &Card,
        file: Option<File>,
        is_in_place: bool,
    ) -> Outcome {
        let message = render(card, self.catalog.locale(), Shown::sealed(errand.seal()));
        Outcome {
            message: match &file {
                Some(file) => message.with_file(file.name),
                None => message,
            },
            file,
            is_in_place,
        }
    }

    /// Loads what a request needs, runs it, and does what it says.
    async fn answer(&self, errand: &AdminCommand, request: &Request) -> Result<Answer, Refusal> {
        let Some(command) = commands::named(&request.command) else {
            return Err(Refusal::Stale);
        };
        let loaded = self
            .load(errand, request, command.needs)
            .await
            .map_err(|trouble| Refusal::NoStore { trouble, was_saving: false })?;
        let mut answer = (command.run)(&self.catalog, request, &loaded)?;
        let GuildContext { guild, member, now, .. } = errand.occasion;
        let done = match &answer.effect {
            Some(Effect::Change(change)) => {
                self.store.change(guild, member, now, change).await.map(drop)
            }
            Some(Effect::Erase) => self.store.erase_guild(guild).await,
            Some(Effect::Draft(draft)) => self.store.save_draft(guild, member, now, draft).await,
            Some(Effect::PostNow(digest)) => {
                let poster = self.poster.as_ref().ok_or(Refusal::NoPoster)?;
                let posted = poster.post_now(&self.catalog, guild, *digest, errand.id);
                let posted = posted
                    .await
                    .map(|run| commands::posted(&self.catalog, *digest, &loaded, run.as_ref()));
                posted.map(|card| answer.card = card)
            }
            Some(Effect::Attach(_)) | None => Ok(()),
        };
        done.map_err(|trouble| Refusal::NoStore { trouble, was_saving: true })?;
        Ok(answer)
    }

    async fn load(
        &self,
        errand: &AdminCommand,
        request: &Request,
        needs: Needs,
    ) -> Result<Loaded, StoreError> {
        let guild = errand.occasion.guild;
        let mut occasion = errand.occasion.clone();
        let mut loaded = Loaded {
            chance: chance(),
            application: Some(errand.application),
            settings: self.store.settings(guild).await?,
            ..Loaded::default()
        };
        if needs.hold(Needs::LOG) {
            let first = (request.page() - 1) * LogPage::LINES_MAX;
            let (lines, total) = self.store.change_log(guild, first, LogPage::LINES_MAX).await?;
            loaded.log = LogPage { lines, total };
        }
        if needs.hold(Needs::DIGESTS) {
            loaded.digests = self.store.digests(guild).await?;
        }
        let digest = commands::digest(&self.catalog, request, &loaded.digests).ok();
        if needs.hold(Needs::SHOWN)
            && let Some(digest) = digest
        {
            loaded.shown = self.store.posted_entries(digest.id).await?;
        }
        if needs.hold(Needs::DRAFT)
            && let Some(id) = request.option("draft").and_then(|id| id.parse().ok())
        {
            let GuildContext { member, now, .. } = occasion;
            loaded.draft = self.store.draft(guild, member, now, id).await?;
        }
        if needs.hold(Needs::RIGHTS) {
            self.find_categories(&mut occasion).await;
            let spot = locations(request, &occasion, None)[0].spot;
            loaded.rights = self.rights(errand, spot).await;
            loaded.member = errand.subject.permissions;
        }
        if let Some(draft) = &loaded.draft {
            let plan = &draft.planned.plan;
            loaded.access.push(self.belonging(errand, plan.channel).await);
            if plan.role.is_some() {
                loaded.roles = self.roles(guild).await;
            }
        }
        if needs.hold(Needs::ACCESS) {
            let role: Option<RoleId> = request.option("role").and_then(|id| id.parse().ok());
            if role != occasion.role.map(|(role, _)| role) {
                loaded.roles = self.roles(guild).await;
            }
            for location in locations(request, &occasion, digest) {
                loaded.access.push(self.access(errand, &location).await);
            }
        }
        if needs.hold(Needs::RUNS) {
            let only = digest.map(|digest| digest.id);
            let first = (request.page() - 1) * DIGESTS_ON_PAGE;
            let page = first..first + DIGESTS_ON_PAGE;
            for (place, digest) in loaded.digests.iter_mut().enumerate() {
                if only == Some(digest.id) || only.is_none() && page.contains(&place) {
                    digest.runs = self.store.recent_runs(digest.id, RUNS_SHOWN_MAX).await?;
                }
            }
        }
        if needs.hold(Needs::FILE) {
            loaded.file = Some(self.fetch(errand.file.as_ref()).await);
            let imported = commands::imported(&loaded, guild);
            if imported.mentions_role {
                loaded.roles = self.roles(guild).await;
            }
            loaded.access = self.accesses(errand, &imported).await;
        }
        loaded.occasion = Some(occasion);
        Ok(loaded)
    }

    /// What the bot may do in a channel.
    async fn access(&self, errand: &AdminCommand, location: &Location) -> ChannelAccess {
        let scout = self.scout(errand);
        let found = timeout(TOLD_WITHIN, scout.access(location)).await;
        found.unwrap_or_else(|_| scout.unchecked(location))
    }

    /// Whether a channel belongs to the server.
    async fn belonging(&self, errand: &AdminCommand, channel: ChannelId) -> ChannelAccess {
        let scout = self.scout(errand);
        let found = timeout(TOLD_WITHIN, scout.belonging(channel)).await;
        found.unwrap_or_else(|_| scout.unchecked(&Location::unsaid(channel)))
    }

    fn scout(&self, errand: &AdminCommand) -> PermissionChecker<'_> {
        let AdminCommand { application, occasion, .. } = errand;
        PermissionChecker::new(
            self.rest.as_deref(),
            &self.channel_guilds,
            *application,
            occasion.guild,
        )
    }

    /// The roles of the server, if Discord lists them.
    async fn roles(&self, guild: GuildId) -> Option<Vec<RoleId>> {
        let rest = self.rest.as_deref()?;
        timeout(TOLD_WITHIN, roles(rest, guild)).await.ok()?
    }

    /// What the bot may do in the channels that a file would have it post in, and whether those of its rules belong to the server;
    /// until so many cannot be seen that nothing comes of it anyway: refusals are counted.
    async fn accesses(&self, errand: &AdminCommand, imported: &Imported) -> Vec<ChannelAccess> {
        let scout = self.scout(errand);
        let by = Instant::now() + ALL_TOLD_WITHIN;
        let mut found = Vec::new();
        let mut unseen = 0;
        let posts = imported.posts.iter().map(|channel| (*channel, true));
        let rules = imported.rules.iter().map(|channel| (*channel, false));
        for (channel, is_posted_in) in posts.chain(rules) {
            let location = errand.occasion.location(channel);
            let reach = async {
                match is_posted_in {
                    true => scout.access(&location).await,
                    false => scout.belonging(channel).await,
                }
            };
            // Once the time is up, what is known of the rest from before still counts.
            let reach = timeout_at(by, reach).await;
            let reach = reach.unwrap_or_else(|_| scout.unchecked(&location));
            unseen += usize::from(matches!(reach.access, Access::NotVisible | Access::OtherServer));
            found.push(reach);
            if unseen >= UNSEEN_MAX {
                break;
            }
        }
        found
    }

    /// What Discord's own settings say of the one whom the request is about.
    async fn rights(&self, errand: &AdminCommand, spot: ChannelPath) -> Rights {
        let Some(rest) = &self.rest else {
            return Rights::Unchecked;
        };
        let guild = errand.occasion.guild;
        let found = rights(rest, errand.application, guild, spot, &errand.subject);
        let found = timeout(TOLD_WITHIN, found).await;
        found.unwrap_or(Rights::Unchecked)
    }

    /// Finds out what categories the channels are in whose threads the request is about.
    async fn find_categories(&self, occasion: &mut GuildContext) {
        let Some(rest) = &self.rest else {
            return;
        };
        for location in occasion.named.iter_mut().chain([&mut occasion.here]) {
            if let Some(channel) = location.without_category() {
                let found = self.categories.find_again(rest, channel);
                let found = timeout(TOLD_WITHIN, found).await;
                if let Ok(Ok(category)) = found {
                    location.spot.category = category;
                }
            }
        }
    }

    async fn fetch(&self, file: Option<&Attachment>) -> Result<Arc<[u8]>, FileFault> {
        let file = file.ok_or(FileFault::Missing)?;
        if file.size > settings_file::FILE_BYTES_MAX as u64 {
            return Err(FileFault::TooLong);
        }
        let rest = self.rest.as_ref().ok_or(FileFault::Away)?;
        let fetched = rest.fetch(&file.url, settings_file::FILE_BYTES_MAX);
        let fetched = timeout(TOLD_WITHIN, fetched).await;
        let content = fetched.unwrap_or(Err(FileFault::Away))?;
        Ok(Arc::from(&content[..]))
    }
}

impl Outcome {
    /// The callback that tells it.
    pub fn callback(self) -> Body {
        let callback = match self.is_in_place {
            true => Callback::update(self.message),
            false => Callback::message(self.message),
        };
        Body::of(&callback, self.file)
    }

    /// Whether it takes the place of the message that was pressed on.
    pub fn is_in_place(&self) -> bool {
        self.is_in_place
    }

    /// The message that tells it, in the place of one that is there already.
    pub fn edit(mut self) -> Body {
        // Who sees a message was decided when it was made: https://docs.discord.com/developers/resources/message#edit-message
        self.message.flags &= !EPHEMERAL;
        Body::of(&self.message, self.file)
    }

    /// The message that tells it, in one of its own.
    pub fn follow_up(self) -> Body {
        Body::of(&self.message, self.file)
    }
}
