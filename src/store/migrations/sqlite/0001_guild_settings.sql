-- What the moderators of servers decide. A row of `guild` comes with the first change, and takes all others with it when it goes.

create table guild (
    guild_id integer primary key,
    elsewhere text not null default 'private' check (elsewhere in ('private', 'refuse')),
    pace integer not null default 0 check (pace between 0 and 60),
    trouble_channel_id integer,
    -- When the bot was removed from the server, in seconds since 1970.
    left_at integer
) strict;

create index guild_left on guild (left_at) where left_at is not null;

create table channel_rule (
    guild_id integer not null references guild (guild_id) on delete cascade,
    channel_id integer not null,
    rule text not null check (rule in ('allow', 'block')),
    primary key (guild_id, channel_id)
) strict, without rowid;

-- Who changed what, when, from what and to what. The member's id is all that is kept of anybody.
create table change_log (
    id integer primary key autoincrement,
    guild_id integer not null references guild (guild_id) on delete cascade,
    at integer not null,
    member_id integer not null,
    what text not null,
    about integer,
    before text not null,
    after text not null
) strict;

create index change_log_guild on change_log (guild_id, id);
