//! Acknowledged changes outlive a killed process.

use std::time::Duration;

use super::{config, program};
use crate::fake::guild::GUILD;
use crate::fake::{Answer, Ask, Bot, FakeDiscord, Folder, Settings};
use crate::postgres::Postgres;

/// A process that is killed at random moments, and the changes that it has acknowledged.
struct KilledBot {
    shard: u64,
    total: u64,
    bot: Bot,
    sessions: usize,
    acknowledged: u64,
}

impl KilledBot {
    fn start(discord: &FakeDiscord, variables: &[(&str, &str)], shard: u64, of: u64) -> Self {
        let bot = Self::begin(discord, variables, shard, of);
        discord.wait_for_shard(shard, 1);
        Self { shard, total: of, bot, sessions: 1, acknowledged: 0 }
    }

    fn begin(discord: &FakeDiscord, variables: &[(&str, &str)], shard: u64, of: u64) -> Bot {
        let shards = format!("{{ from = {shard}, to = {}, total = {of} }}", shard + 1);
        let mut all = variables.to_vec();
        all.push(("DOSSIER_DISCORD__SHARDS", &shards));
        all.push(("DOSSIER_DISCORD__REGISTER", "off"));
        Bot::start(program(), discord, &all)
    }

    /// A settings command in this process's own guild.
    fn ask(&self, command: &str) -> Ask {
        config(command).in_guild(GUILD + self.shard)
    }

    /// Checks that the stored settings are those last acknowledged or those last requested.
    fn look(&mut self, discord: &FakeDiscord, round: usize) {
        let found = pace_shown(&discord.ask_shard(self.shard, &self.ask("view")));
        let known = [self.acknowledged, self.acknowledged % 60 + 1];
        assert!(known.contains(&found), "round {round}: {found} is kept, of {known:?}");
        self.acknowledged = found;
    }

    /// Changes settings until the process is killed.
    fn change_until_killed(&mut self, discord: &FakeDiscord) {
        let after = Duration::from_micros(fastrand::u64(0..40_000));
        std::thread::scope(|scope| {
            let bot = &mut self.bot;
            scope.spawn(move || {
                std::thread::sleep(after);
                bot.kill();
            });
            loop {
                let next = self.acknowledged % 60 + 1;
                let pace =
                    config("channels pace").in_guild(GUILD + self.shard).with("answers", next);
                let sent = discord.send_to_shard(self.shard, &pace);
                match discord.answer_within(sent, Duration::from_millis(300)) {
                    Some(answer) if answer.text().contains("Saved") => self.acknowledged = next,
                    _ => break,
                }
            }
        });
    }

    fn restart(&mut self, discord: &FakeDiscord, variables: &[(&str, &str)]) {
        self.bot = Self::begin(discord, variables, self.shard, self.total);
        self.sessions += 1;
        discord.wait_for_shard(self.shard, self.sessions);
    }
}

/// Repeatedly kills one of several processes at a random moment and checks that no acknowledged
/// change is lost.
fn check_kills(variables: &[(&str, &str)], processes: u64) {
    let discord = FakeDiscord::with(Settings {
        shards: processes,
        max_concurrency: processes,
        ..Settings::default()
    });
    let mut victims: Vec<KilledBot> = (0..processes)
        .map(|shard| KilledBot::start(&discord, variables, shard, processes))
        .collect();
    for round in 0..rounds() {
        let victim = &mut victims[round % processes as usize];
        victim.change_until_killed(&discord);
        victim.restart(&discord, variables);
        for victim in &mut victims {
            victim.look(&discord, round);
        }
    }
    let changed: u64 = victims.iter().map(|victim| victim.acknowledged).sum();
    assert!(changed > 0, "nothing was ever acknowledged");
}

fn pace_shown(view: &Answer) -> u64 {
    let text = view.text();
    let after = text.split("After ").nth(1).unwrap_or("0 ");
    match after.split(' ').next().unwrap_or("0") {
        "one" => 1,
        number => number.parse().unwrap_or(0),
    }
}

#[test]
fn no_acknowledged_change_is_lost_when_killed_on_sqlite() {
    let folder = Folder::new();
    let url = folder.sqlite();
    check_kills(&[("DOSSIER_STORE__URL", &url)], 1);
}

#[test]
fn no_acknowledged_change_is_lost_when_one_of_three_is_killed_on_postgres() {
    let Some(cluster) = Postgres::start() else {
        return;
    };
    let url = cluster.url();
    check_kills(&[("DATABASE_URL", &url)], 3);
}

/// The number of kills: `DOSSIER_KILLS`, or 20 by default.
fn rounds() -> usize {
    let rounds = std::env::var("DOSSIER_KILLS").ok();
    rounds.and_then(|rounds| rounds.parse().ok()).unwrap_or(20)
}
