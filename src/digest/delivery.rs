//! Posts digests: each run once, whatever happens on the way.
//!
//! The ledger ([`crate::store`]) says who does a run. What may have been sent before is sent again with the same `nonce`, for which
//! Discord makes one message within
//! [the past few minutes](https://docs.discord.com/developers/resources/message#create-message-jsonform-params); later, the
//! channel is searched for the message, which is marked. Where that does not tell, nothing is sent, and the list of digests says so.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;
use tokio::time::{sleep, timeout};

use crate::catalog::Catalog;
use crate::digest::selection::{card, choose, trouble_card};
use crate::digest::{Chosen, Content, Digest, DigestId, Fault, Plan, Publish, Run, RunState, Told};
use crate::discord::http::{Method, Rest, RestError};
use crate::discord::permissions::{ChannelGuilds, PermissionChecker};
use crate::discord::render::{Shown, render};
use crate::discord::wire::{Body, Message, Post};
use crate::guild::id_from_number;
use crate::guild::{ChannelId, GuildId, MessageId, Permission, RoleId};
use crate::request::Location;
use crate::store::StoreError;
use crate::store::{Claimed, FailureNotice, Lease, Process, Publication, Store};
use crate::telemetry;

/// How long a run is held, in seconds: longer than a try takes.
const HELD_S: i64 = 15;

/// How long a try waits for Discord's limits: with what it may take itself it is over before the run is held no longer.
const LIMITS_MAX: Duration = Duration::from_secs(4);

/// For how long Discord surely knows a `nonce` again, in seconds: it says “the past few minutes”.
const NONCE_KNOWN_S: i64 = 110;

/// How far our clock and Discord's may be apart, in seconds.
const CLOCKS_APART_S: i64 = 300;

/// How long it may take to find out why a role was not notified.
const ROLE_MAX: Duration = Duration::from_secs(2);

/// How long it may take to find out which server a channel belongs to.
const CHANNEL_MAX: Duration = Duration::from_secs(4);

/// How often a run is tried before it is put off.
const TRIES_MAX: u32 = 3;

/// How long the second try waits; the third waits twice as long.
const PAUSE: Duration = Duration::from_millis(700);

/// How long a run that was put off waits, in seconds: a quarter of its age, within these.
const PUT_OFF_S: (i64, i64) = (15, 600);

/// How long a post that was asked for is tried, in seconds.
const ASKED_FOR_S: i64 = 10 * 60;

/// How long publishing is tried once posting no longer is, in seconds: Discord's limit is per hour.
const PUBLISHING_S: i64 = 2 * 60 * 60;

/// How many messages of a channel are read at a time, and how often, in search of one.
const MESSAGES_AT_A_TIME: usize = 100;
const PAGES_MAX: usize = 5;

/// Discord's codes of a message that was published before:
/// <https://docs.discord.com/developers/topics/opcodes-and-status-codes#json-json-error-codes>.
const ALREADY_PUBLISHED: u64 = 40_033;

/// The first instant of Discord's ids, in milliseconds since 1970: <https://docs.discord.com/developers/reference#snowflakes>.
const EPOCH_MS: u64 = 1_420_070_400_000;

/// Posts digests, as one of the processes that share the work.
pub struct DigestPoster {
    rest: Arc<Rest>,
    store: Arc<Store>,
    channel_guilds: Arc<ChannelGuilds>,
    process: Process,
}

/// Why nothing is posted in a channel, and how long Discord has us wait, if it does.
type NotPosted = (Fault, Option<Duration>);

/// Whether a message is in a channel.
enum Found {
    Here(Option<MessageId>),
    NotHere,
    /// The channel does not tell.
    Untold,
    /// Discord cannot be asked now.
    Away,
}

/// [A message](https://docs.discord.com/developers/resources/message#message-object), which need not have what it should.
#[derive(Default, Deserialize)]
#[serde(transparent)]
struct Sent(Value);

#[derive(Deserialize)]
struct Role {
    id: String,
    #[serde(default)]
    mentionable: bool,
}

impl DigestPoster {
    /// One that posts by way of `rest` what `store` keeps.
    pub fn new(rest: Arc<Rest>, store: Arc<Store>, channel_guilds: Arc<ChannelGuilds>) -> Self {
        Self { rest, store, channel_guilds, process: Process::new() }
    }

    /// Makes sure that a channel belongs to the server: the database may have been edited by hand, or restored from elsewhere.
    async fn belongs(&self, channel: ChannelId, guild: GuildId) -> Result<(), NotPosted> {
        let found = self.channel_guilds.find(&self.rest, channel);
        match timeout(CHANNEL_MAX, found).await {
            Ok(Ok(of)) if of == Some(guild) => Ok(()),
            Ok(Ok(_)) => Err((Fault::OtherServer, None)),
            Ok(Err(Some(error))) => Err((fault_of(&error), error.retry_after())),
            Ok(Err(None)) | Err(_) => Err((Fault::Away, None)),
        }
    }

    fn lease(&self, now: i64) -> Lease<'_> {
        Lease { process: &self.process, now, until: now + HELD_S }
    }

    /// Runs to deliver, at most so many: those that another process left, then those that are due.
    ///
    /// # Errors
    ///
    /// If the store cannot be used.
    pub async fn claim(
        &self,
        catalog: &Catalog,
        window_s: i64,
        most: usize,
    ) -> Result<Vec<Claimed>, StoreError> {
        let lease = self.lease(now());
        let mut runs = self.store.take_over(lease, most).await?;
        if runs.len() < most {
            let choose = |plan: &Plan, day, shown: &_| choose(catalog, plan.content, day, shown);
            let most = most - runs.len();
            runs.extend(self.store.claim(lease, window_s, most, choose).await?);
        }
        Ok(runs)
    }

    /// Posts the next entry of a digest at once. Nothing if `asked`, which tells this wish from others, was fulfilled before.
    ///
    /// # Errors
    ///
    /// If the store cannot be used.
    pub async fn post_now(
        &self,
        catalog: &Catalog,
        guild: GuildId,
        digest: DigestId,
        asked: u64,
    ) -> Result<Option<Run>, StoreError> {
        let now = now();
        let slot = format!("now:{asked}");
        let choose = |plan: &Plan, day, shown: &_| choose(catalog, plan.content, day, shown);
        let until = now + ASKED_FOR_S;
        let begun = self.store.begin_now(self.lease(now), guild, digest, &slot, until, choose);
        match begun.await? {
            Some(run) => Ok(self.deliver(catalog, run).await),
            None => Ok(None),
        }
    }

    /// Posts a run that this process holds, and tells what became of it; nothing if it does not hold it any more, or cannot note
    /// what it does.
    pub async fn deliver(&self, catalog: &Catalog, mut run: Claimed) -> Option<Run> {
        let Some(post) = post(catalog, &run) else {
            return self.end(run, Fault::Nothing).await;
        };
        let path = format!("/channels/{}/messages", run.channel);
        let mut fault = run.fault;
        for tries in 0..TRIES_MAX {
            if tries > 0 {
                sleep(PAUSE * tries).await;
            }
            let now = now();
            if let Some(tried_at) = run.tried_at {
                let is_known = (0..=NONCE_KNOWN_S).contains(&(now - tried_at)) && !run.is_paused;
                // Also where Discord knows the nonce again: the clock may have been set back since.
                let found = match (is_known, tries) {
                    (true, 1..) => Found::Untold,
                    (true, 0) => self.find(&run, 1).await,
                    (false, _) => self.find(&run, PAGES_MAX).await,
                };
                match found {
                    Found::Here(message) => return self.note_found(run, message).await,
                    _ if is_known => {}
                    Found::NotHere => run.tried_at = None,
                    Found::Untold => return self.end(run, Fault::Untold).await,
                    Found::Away if now > run.until => return self.end(run, Fault::Untold).await,
                    Found::Away => return self.put_off(run, Fault::Away, None).await,
                }
            }
            if run.tried_at.is_none() && run.is_paused {
                return self.end(run, Fault::Changed).await;
            }
            if run.tried_at.is_none() && now > run.until {
                return match fault {
                    Some(fault) => self.end(run, fault).await,
                    None => self.skip(run).await,
                };
            }
            match self.belongs(run.channel, run.guild).await {
                Ok(()) => {}
                Err((refused, _)) if is_refusal(refused) => {
                    return self.refused(run, refused).await;
                }
                Err((passing, Some(wait))) => return self.put_off(run, passing, Some(wait)).await,
                Err((passing, None)) => {
                    fault = Some(passing);
                    continue;
                }
            }
            // That may have taken a while.
            let now = self::now();
            match self.store.hold(self.lease(now), &run).await {
                Ok(true) => {}
                // Another process has it; or nobody would know that it was sent.
                Ok(false) | Err(_) => return None,
            }
            let error = match self.rest.post(&path, post.bytes.clone(), LIMITS_MAX).await {
                Ok(answer) => return self.posted(run, &answer.body).await,
                Err(error) => error,
            };
            tracing::warn!(digest = %run.digest, slot = run.slot, %error, "a digest could not be posted");
            if !error.is_unsent() {
                run.tried_at = run.tried_at.or(Some(now));
            }
            match fault_of(&error) {
                refused if is_refusal(refused) => return self.refused(run, refused).await,
                passing => fault = Some(passing),
            }
            if let Some(wait) = error.retry_after() {
                return self.put_off(run, Fault::Limited, Some(wait)).await;
            }
        }
        self.put_off(run, fault.unwrap_or(Fault::Away), None).await
    }

    /// Discord has taken the message, whatever it says of it.
    async fn posted(&self, run: Claimed, answer: &[u8]) -> Option<Run> {
        let sent: Sent = serde_json::from_slice(answer).unwrap_or_default();
        let fault = match run.plan.role {
            Some(role) => {
                let fault = self.fault_of_role(&run, role, &sent);
                timeout(ROLE_MAX, fault).await.unwrap_or_default()
            }
            None => None,
        };
        self.note_sent(run, sent.message(), fault).await
    }

    /// A refusal is no word on what may have been sent before.
    async fn refused(&self, run: Claimed, fault: Fault) -> Option<Run> {
        if run.tried_at.is_some()
            && fault != Fault::OtherServer
            && let Found::Here(message) = self.find(&run, PAGES_MAX).await
        {
            return self.note_found(run, message).await;
        }
        self.end(run, fault).await
    }

    /// Notes a message that was there already, with the instant when it was posted, as its id tells it.
    async fn note_found(&self, run: Claimed, message: Option<MessageId>) -> Option<Run> {
        let now = now();
        let tried_at = run.tried_at.unwrap_or(now);
        let at = message.map_or(tried_at, |message| sent_at(message.get()));
        let at = at.clamp(tried_at.min(now), now);
        self.note(run, message, None, at).await
    }

    async fn note_sent(
        &self,
        run: Claimed,
        message: Option<MessageId>,
        fault: Option<Fault>,
    ) -> Option<Run> {
        self.note(run, message, fault, now()).await
    }

    async fn note(
        &self,
        run: Claimed,
        message: Option<MessageId>,
        fault: Option<Fault>,
        at: i64,
    ) -> Option<Run> {
        let (publish, fault) = match (run.plan.publish, message) {
            (false, _) => (Publish::No, fault),
            (true, Some(_)) => (Publish::Due(at), fault),
            // Which message it is, Discord did not say.
            (true, None) => (Publish::Failed, fault.or(Some(Fault::Away))),
        };
        again(|| self.store.sent(&run, message, publish, fault, at)).await?;
        Some(Run { message, publish, ..ended(&run, RunState::Sent, fault, at) })
    }

    async fn end(&self, run: Claimed, fault: Fault) -> Option<Run> {
        let at = now();
        let pauses = again(|| self.store.ended(&run, fault, at)).await?;
        if pauses {
            tracing::warn!(digest = %run.digest, %fault, "a digest is paused");
        }
        let state = match fault {
            Fault::Untold => RunState::Unknown,
            _ => RunState::Failed,
        };
        Some(ended(&run, state, Some(fault), at))
    }

    /// Nobody was there in time.
    async fn skip(&self, run: Claimed) -> Option<Run> {
        let at = now();
        again(|| self.store.skipped(&run, at)).await?;
        Some(ended(&run, RunState::Skipped, None, at))
    }

    /// Has the run tried again later, by whoever comes to it.
    async fn put_off(&self, run: Claimed, fault: Fault, wait: Option<Duration>) -> Option<Run> {
        let at = now();
        let (least, most) = PUT_OFF_S;
        let wait = wait.map_or(((at - run.due) / 4).clamp(least, most), seconds);
        let until = at + wait;
        let put_off = self.store.put_off(&self.process, &run, until, fault, at);
        put_off.await.ok()?;
        Some(ended(&run, RunState::Open, Some(fault), at))
    }

    /// Looks for a message that may have been sent, among so many hundreds of messages.
    async fn find(&self, run: &Claimed, pages: usize) -> Found {
        let marker = u64::from(marker(run.mark));
        let tried_at = run.tried_at.unwrap_or(run.due);
        let mut before = String::new();
        for page in 0..pages {
            let channel = run.channel;
            let path = format!("/channels/{channel}/messages?limit={MESSAGES_AT_A_TIME}{before}");
            let answer = match self.rest.request(Method::Get, &path, None).await {
                Ok(answer) => answer,
                Err(error) if error.is_passing() => return Found::Away,
                Err(_) => return Found::Untold,
            };
            let Ok(messages) = serde_json::from_slice::<Vec<Sent>>(&answer.body) else {
                return Found::Untold;
            };
            let is_it = |message: &&Sent| message.has_part(marker);
            if let Some(found) = messages.iter().find(is_it) {
                return Found::Here(found.message());
            }
            let Some(last) = messages.last() else {
                // Who may not read what was sent before, is shown an empty channel.
                return if page == 0 { Found::Untold } else { Found::NotHere };
            };
            let Some(last) = last.message().map(MessageId::get) else {
                return Found::Untold;
            };
            if sent_at(last) < tried_at - CLOCKS_APART_S || messages.len() < MESSAGES_AT_A_TIME {
                return Found::NotHere;
            }
            before = format!("&before={last}");
        }
        Found::Untold
    }

    /// Why nobody with the role was notified, if it is known that nobody was.
    async fn fault_of_role(&self, run: &Claimed, role: RoleId, sent: &Sent) -> Option<Fault> {
        let role = role.to_string();
        if sent.mentions(&role) {
            return None;
        }
        if role == run.guild.to_string() {
            return Some(Fault::RoleGone);
        }
        let path = format!("/guilds/{}/roles", run.guild);
        let answer = self.rest.request(Method::Get, &path, None).await.ok()?;
        let roles: Vec<Role> = serde_json::from_slice(&answer.body).ok()?;
        let Some(role) = roles.into_iter().find(|one| one.id == role) else {
            return Some(Fault::RoleGone);
        };
        if role.mentionable {
            return None;
        }
        let bot = sent.author()?;
        let place = Location::unsaid(run.channel);
        let scout = PermissionChecker::new(Some(&self.rest), &self.channel_guilds, bot, run.guild);
        let reach = scout.access(&place).await;
        let may = reach.permissions?.has(Permission::MentionEveryone);
        (!may).then_some(Fault::RoleSilent)
    }

    /// Posts that are to be published to the servers that follow their channels.
    ///
    /// # Errors
    ///
    /// If the store cannot be used.
    pub async fn publications(&self, most: usize) -> Result<Vec<Publication>, StoreError> {
        self.store.publications(now(), most).await
    }

    /// Publishes a post: <https://docs.discord.com/developers/resources/message#crosspost-message>.
    pub async fn publish(&self, publication: &Publication) {
        let Publication { guild, channel, message, .. } = publication;
        if let Err((fault, wait)) = self.belongs(*channel, *guild).await {
            return self.not_published(publication, fault, wait).await;
        }
        let path = format!("/channels/{channel}/messages/{message}/crosspost");
        let published = self.rest.post(&path, Vec::new().into(), LIMITS_MAX).await;
        let error = match published {
            Ok(_) => {
                again(|| self.store.published(publication)).await;
                return;
            }
            Err(error) if error.code() == Some(ALREADY_PUBLISHED) => {
                again(|| self.store.published(publication)).await;
                return;
            }
            Err(error) => error,
        };
        tracing::warn!(digest = %publication.digest, %error, "a digest could not be published");
        self.not_published(publication, fault_of(&error), error.retry_after()).await;
    }

    async fn not_published(&self, publication: &Publication, fault: Fault, wait: Option<Duration>) {
        let now = now();
        if is_refusal(fault) || now > publication.until + PUBLISHING_S {
            again(|| self.store.unpublished(publication, fault, now)).await;
            return;
        }
        let wait = wait.map_or(PUT_OFF_S.0, seconds);
        again(|| self.store.put_off_publication(publication, now + wait)).await;
    }

    /// What is to be told in a trouble channel, if there is anything.
    ///
    /// # Errors
    ///
    /// If the store cannot be used.
    pub async fn tale(&self, most: usize) -> Result<Option<FailureNotice>, StoreError> {
        self.store.tale(now(), most).await
    }

    /// Tells it, and notes that it did.
    pub async fn tell(&self, catalog: &Catalog, tale: &FailureNotice) {
        let told = match tale.channel {
            Some(channel) => {
                let card = trouble_card(catalog, tale.guild, &tale.digests);
                let message = render(&card, catalog.locale(), Shown::POSTED);
                let post = Post::new(message, nonce_of(&tale.digests));
                self.told(tale.guild, channel, &Body::of(&post, None)).await
            }
            None => Told::Nothing,
        };
        again(|| self.store.told(tale, told)).await;
    }

    async fn told(&self, guild: GuildId, channel: ChannelId, body: &Body) -> Told {
        match self.belongs(channel, guild).await {
            Ok(()) => {}
            Err((fault, _)) if is_refusal(fault) => {
                tracing::warn!(%guild, %fault, "the failure of a digest could not be told");
                return Told::Failed(fault);
            }
            Err(_) => return Told::Due,
        }
        let path = format!("/channels/{channel}/messages");
        let told = self.rest.post(&path, body.bytes.clone(), LIMITS_MAX).await;
        match told.map_err(|error| (fault_of(&error), error)) {
            Ok(_) => Told::Done,
            Err((fault @ Fault::Refused { .. }, error)) => {
                tracing::warn!(%error, "the failure of a digest could not be told");
                Told::Failed(fault)
            }
            // It is told the next time.
            Err(_) => Told::Due,
        }
    }
}

/// The message of a run; nothing if there is nothing to post.
fn post(catalog: &Catalog, run: &Claimed) -> Option<Body> {
    let day = run.plan.of_key(&run.slot).map(|slot| slot.day);
    let day = day.unwrap_or_else(|| run.plan.day_of(run.due));
    let chosen = Chosen { entry: run.entry.clone(), begins_again: run.begins_again };
    // It may post something else by now than it did when the run was begun.
    let before = Plan { content: Content::Order, ..run.plan.clone() };
    let card =
        card(catalog, &run.plan, &chosen, day).or_else(|| card(catalog, &before, &chosen, day))?;
    let message = render(&card, catalog.locale(), Shown::POSTED);
    // Whoever edited the database by hand: @everyone has the server's id.
    let role = run.plan.role.filter(|role| role.get() != run.guild.get());
    let message = mentioning(message, role).marked(marker(run.mark));
    let post = Post::new(message, format!("{:x}", run.mark));
    Some(Body::of(&post, None))
}

fn mentioning(message: Message, role: Option<RoleId>) -> Message {
    match role {
        Some(role) => message.mentioning(role),
        None => message,
    }
}

/// What tells a message about the trouble of digests from one about any other: another process may tell the same.
fn nonce_of(digests: &[Digest]) -> String {
    let mut hasher = DefaultHasher::new();
    for digest in digests {
        let run = digest.runs.first().map(|run| run.due);
        let fault = digest.fault().map(|fault| fault.to_string());
        (digest.id, run, fault, digest.planned.is_paused).hash(&mut hasher);
    }
    format!("t{:x}", hasher.finish())
}

/// The number that a message has for a part of it: what tells it from others, as far as it has room.
fn marker(mark: u64) -> u32 {
    // Small numbers are given to the other parts: https://docs.discord.com/developers/components/reference#anatomy-of-a-component
    (mark as u32 & 0x3fff_ffff) | 0x4000_0000
}

fn ended(run: &Claimed, state: RunState, fault: Option<Fault>, at: i64) -> Run {
    match state {
        RunState::Open => {}
        RunState::Sent => telemetry::digest_ended("sent"),
        RunState::Failed => telemetry::digest_ended("failed"),
        RunState::Skipped => telemetry::digest_ended("skipped"),
        RunState::Unknown => telemetry::digest_ended("unknown"),
    }
    Run {
        due: run.due,
        state,
        at,
        channel: run.channel,
        message: None,
        publish: Publish::No,
        fault,
    }
}

fn fault_of(error: &RestError) -> Fault {
    match error.status() {
        _ if error.retry_after().is_some() => Fault::Limited,
        Some(status) if !error.is_passing() && !error.is_token_refused() => {
            Fault::Refused { status, code: error.code().unwrap_or(0) }
        }
        _ => Fault::Away,
    }
}

/// Whether trying again changes nothing.
const fn is_refusal(fault: Fault) -> bool {
    matches!(fault, Fault::Refused { .. } | Fault::OtherServer)
}

impl Sent {
    /// Its id.
    fn message(&self) -> Option<MessageId> {
        id_from_number(id_in(&self.0["id"])?).ok()
    }

    /// Who sent it.
    fn author(&self) -> Option<u64> {
        id_in(&self.0["author"]["id"])
    }

    /// Whether those with a role were notified.
    fn mentions(&self, role: &str) -> bool {
        let roles = self.0["mention_roles"].as_array();
        roles.is_some_and(|roles| roles.iter().any(|one| one == role))
    }

    /// Whether one of its parts has this number.
    fn has_part(&self, number: u64) -> bool {
        let parts = self.0["components"].as_array();
        parts.is_some_and(|parts| parts.iter().any(|part| part["id"] == number))
    }
}

/// An id, as Discord writes them or as a number.
fn id_in(value: &Value) -> Option<u64> {
    match value {
        Value::String(id) => id.parse().ok(),
        id => id.as_u64(),
    }
}

/// The instant of an id, in seconds since 1970.
const fn sent_at(id: u64) -> i64 {
    (((id >> 22) + EPOCH_MS) / 1_000).cast_signed()
}

fn seconds(wait: Duration) -> i64 {
    i64::try_from(wait.as_secs()).unwrap_or(i64::MAX / 2) + 1
}

/// How often it is tried to note what was done, and how long the tries are apart.
const NOTES_MAX: u32 = 120;
const NOTE_AGAIN: Duration = Duration::from_millis(500);

/// Notes what was done, as often as it takes while the store is away.
async fn again<T, F: Future<Output = Result<T, StoreError>>>(note: impl Fn() -> F) -> Option<T> {
    for _ in 0..NOTES_MAX {
        if let Ok(done) = note().await {
            return Some(done);
        }
        sleep(NOTE_AGAIN).await;
    }
    None
}

/// The instant of now, by the clock of the day, in seconds since 1970.
pub fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_tells_when_it_was_made() {
        // The example of Discord's own reference.
        assert_eq!(sent_at(175_928_847_299_117_063), 1_462_015_105);
    }

    #[test]
    fn a_marker_is_no_number_of_another_part() {
        for mark in [1, u64::MAX, 1 << 32, 0x1234_5678_9abc_def0] {
            let marker = marker(mark);
            assert!((1 << 30..1 << 31).contains(&marker), "{marker}");
        }
    }

    #[test]
    fn the_same_trouble_is_one_message_and_another_is_another() {
        let digest = |fault| Digest {
            id: DigestId::kept(7),
            planned: "active 5 09:00 Europe/Kyiv daily order 0 false".parse().expect("a digest"),
            paused_for: Some(fault),
            next: None,
            missed: 0,
            told: Told::Due,
            runs: Vec::new(),
        };
        let [gone, again, silent] = [Fault::RoleGone, Fault::RoleGone, Fault::RoleSilent]
            .map(|fault| nonce_of(&[digest(fault)]));
        assert_eq!(gone, again);
        assert_ne!(gone, silent);
        assert!(gone.len() <= 25, "{gone}");
    }
}
