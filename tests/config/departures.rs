//! Servers that remove the bot and add it again.

use std::time::Duration;

use super::{assert_contains, config, ready, wait_until};
use crate::database::{execute, query, while_locked};
use crate::fake::{FakeDiscord, Folder};
use serde_json::json;

#[test]
fn a_guild_that_removed_the_bot_is_erased_after_thirty_days() {
    let discord = FakeDiscord::start();
    let folder = Folder::new();
    let url = folder.sqlite();
    let guild = 400_000_000_000_000_000_u64;
    let variables = [("DOSSIER_STORE__URL", url.as_str())];
    let bot = ready(&discord, &variables);
    for guild in [guild, guild + 77_000_000] {
        assert_contains(
            &discord.ask(&config("channels pace").with("answers", 9).in_guild(guild)),
            &["Saved"],
        );
    }
    let left = || {
        let sql = format!("select coalesce(max(left_at), 0) from guild where guild_id = {guild}");
        query(&folder, &sql)
    };
    assert_eq!(left(), 0);
    // An outage does not count as a removal.
    discord.dispatch(
        "GUILD_DELETE",
        &json!({ "id": guild.to_string(), "unavailable": true }).to_string(),
    );
    discord.dispatch("GUILD_DELETE", &json!({ "id": guild.to_string() }).to_string());
    wait_until(|| left() > 0);
    let now = jiff::Timestamp::now().to_string();
    discord.dispatch(
        "GUILD_CREATE",
        &json!({ "id": guild.to_string(), "joined_at": now }).to_string(),
    );
    wait_until(|| left() == 0);
    drop(bot);
    // The guild missing from READY was left while the bot was down; it is erased a month later.
    let bot = ready(&discord, &variables);
    bot.wait_for("guild list reconciled");
    assert_eq!(query(&folder, "select count(*) from guild where left_at is not null"), 1);
    drop(bot);
    let month = 30 * 24 * 60 * 60;
    execute(
        &folder,
        &format!("update guild set left_at = left_at - {month} where left_at is not null"),
    );
    let bot = ready(&discord, &variables);
    bot.wait_for("erased the data of departed servers");
    assert_eq!(query(&folder, "select count(*) from guild"), 1);
    assert_eq!(left(), 0);
}

#[test]
fn departures_and_returns_during_a_database_outage_are_recorded_in_order() {
    let discord = FakeDiscord::start();
    let folder = Folder::new();
    let url = folder.sqlite();
    let bot = ready(&discord, &[("DOSSIER_STORE__URL", url.as_str())]);
    let (first, second) = (400_000_000_000_000_000_u64, 400_000_000_077_000_000);
    for guild in [first, second] {
        let pace = config("channels pace").with("answers", 9);
        assert_contains(&discord.ask(&pace.in_guild(guild)), &["Saved"]);
    }
    let left = |guild: u64| {
        let sql = format!("select coalesce(max(left_at), 0) from guild where guild_id = {guild}");
        query(&folder, &sql)
    };
    let dispatch = |name: &str, data: serde_json::Value| discord.dispatch(name, &data.to_string());
    while_locked(&folder, || {
        dispatch("GUILD_DELETE", json!({ "id": first.to_string() }));
        bot.wait_for("the database is in use by another program or another change");
    });
    let now = jiff::Timestamp::now().to_string();
    dispatch("GUILD_CREATE", json!({ "id": first.to_string(), "joined_at": now }));
    dispatch("GUILD_DELETE", json!({ "id": second.to_string() }));
    wait_until(|| left(second) > 0);
    std::thread::sleep(Duration::from_secs(6));
    assert_eq!(left(first), 0, "it was added again after it was left");
}
