-- Posts that come by themselves, as moderators have set them up.
create table digest (
    id integer primary key,
    guild_id integer not null references guild (guild_id) on delete cascade,
    channel_id integer not null,
    -- What the channel was called when it was set up; empty if that is not known.
    channel_name text not null,
    -- Minutes after midnight, in the zone.
    at_minute integer not null check (at_minute between 0 and 1439),
    zone text not null,
    -- A bit for each day of the week, Monday's being the lowest.
    days integer not null check (days between 1 and 127),
    content text not null,
    role_id integer,
    publish integer not null check (publish in (0, 1)),
    is_paused integer not null default 0 check (is_paused in (0, 1)),
    -- Why Dossier paused it; empty where a moderator did, or nobody.
    paused_for text not null default '',
    -- The next run by its civil time, and when it is begun, in seconds since 1970; nothing while it is paused.
    slot text,
    due integer,
    -- Which time through the content it is: within one, no entry is posted twice.
    round integer not null default 1,
    -- How many runs in a row Discord has refused.
    refusals integer not null default 0,
    missed integer not null default 0,
    -- Whether its trouble was told of: empty, 'due' (from `tell_at` on), 'done', or why it could not be.
    told text not null default '',
    tell_at integer
) strict;

create index digest_guild on digest (guild_id, id);
create index digest_due on digest (due) where due is not null;
create index digest_tell on digest (tell_at) where told = 'due';

-- The ledger: a run is a row, by its digest and its civil time, and whoever writes that row first does it.
create table digest_run (
    digest_id integer not null references digest (id) on delete cascade,
    slot text not null,
    due integer not null,
    -- Until when it may be posted.
    until integer not null,
    state text not null check (state in ('open', 'sent', 'failed', 'skipped', 'unknown')),
    -- Which process is at it, and until when the others keep off; once that is over, any of them may take it.
    owner text not null default '',
    lease_until integer not null default 0,
    -- When it may first have been sent; nothing if it surely was not.
    tried_at integer,
    -- What tells its message from all others.
    mark integer not null,
    round integer not null,
    entry text not null,
    channel_id integer not null,
    message_id integer,
    publish text not null default '' check (publish in ('', 'due', 'done', 'failed')),
    publish_at integer,
    fault text not null default '',
    at integer not null,
    primary key (digest_id, slot)
) strict, without rowid;

create index digest_run_open on digest_run (lease_until) where state = 'open';
create index digest_run_publish on digest_run (publish_at) where publish = 'due';

-- What was asked to be set up, for the quarter of an hour in which it can be confirmed.
create table digest_draft (
    id integer primary key,
    guild_id integer not null,
    member_id integer not null,
    digest_id integer,
    plan text not null,
    channel_name text not null,
    made_at integer not null
) strict;

create index digest_draft_made on digest_draft (made_at);
