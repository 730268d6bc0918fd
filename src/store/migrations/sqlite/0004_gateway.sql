-- When the next shard of each concurrency bucket may identify, in milliseconds since 1970.
create table gateway_identify (
    bucket integer primary key,
    free_at integer not null
) strict;

-- The session start limit, in one row: how many identifies are left, and when there are new ones.
create table gateway_session_limit (
    id integer primary key check (id = 1),
    remaining integer not null,
    resets_at integer not null
) strict;
