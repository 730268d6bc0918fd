-- The digest that a draft changes, when the draft was made.
alter table digest_draft add column before text;
