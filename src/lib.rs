//! Dossier answers slash commands from a sourced article, neutrally and with its citations.
//!
//! The layers; a module may use its own layer and those above it, and `tests/layers.rs` holds them to it:
//!
//! 1. `text`, `json`: helpers for text and JSON. [`content`], [`search`], [`guild`], [`digest`]: plain data and pure functions.
//! 2. [`locale`] holds the bot's own sentences; [`store`] keeps settings and digests in SQLite or PostgreSQL; [`catalog`] is the
//!    articles, the search index and the sentences, built once at start.
//! 3. [`request`], [`card`], [`action`]: what is asked, what is answered, and what a button asks for, without Discord.
//! 4. [`commands`] and [`message_lookup`]: from a request to a card or a refusal; [`autocomplete`]: the choices while an option is
//!    typed. No `async`, no clock, no database. [`admin`]: `/config`.
//! 5. [`discord`], [`ask`] and [`terminal`]: the edges; [`config`], [`secrets`] and [`open_files`].
//! 6. [`web`]: Discord's requests over HTTP, health and metrics, and the preview.
//!    [`telemetry`] names what is measured, for all layers.
//! 7. [`run`]: what lives together while the bot serves.
//!
//! A lookup waits for no network and no database while its server's settings are cached, and nothing about the person who asks is
//! kept.

#![cfg_attr(test, allow(clippy::disallowed_methods, reason = "the ids of tests are not 0"))]

pub mod clock;
pub mod config;
mod json;
pub mod open_files;
pub mod secrets;
pub mod telemetry;
mod text;

pub mod catalog;
pub mod content;
pub mod locale;
pub mod picture;
pub mod search;

pub mod action;
pub mod card;
pub mod request;

pub mod autocomplete;
pub mod command;
pub mod commands;
pub mod message_lookup;

pub mod admin;
pub mod digest;
pub mod guild;
pub mod store;

pub mod discord;
pub mod web;

pub mod ask;
pub mod terminal;

pub mod run;
