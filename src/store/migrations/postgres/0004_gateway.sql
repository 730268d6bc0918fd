-- When the next shard of each concurrency bucket may identify, in milliseconds since 1970.
create table gateway_identify (
    bucket bigint primary key,
    free_at bigint not null
);

-- The session start limit, in one row: how many identifies are left, and when there are new ones.
create table gateway_session_limit (
    id bigint primary key check (id = 1),
    remaining bigint not null,
    resets_at bigint not null
);
