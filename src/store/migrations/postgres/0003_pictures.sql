-- Whether answers and digests come with pictures.
alter table guild add column pictures bigint not null default 1 check (pictures in (0, 1));
