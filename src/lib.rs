//! Dossier answers slash commands from a sourced article, neutrally and with its citations.
//!
//! The chapters, in layers; each may use its own and those above it, and `tests/layers.rs` holds them to it:
//!
//! 1. [`dataset`], [`find`], [`guild`]: plain data and pure functions over it. [`lang`] holds the sentences that the bot itself speaks, and
//!    [`library`] is all of this, loaded and indexed once.
//! 2. [`request`], [`answer`], [`action`]: what is asked, what is said, and what a button asks for. They know neither terminal nor
//!    Discord.
//! 3. [`command`], [`commands`], [`lookup`]: from a request to an answer or a refusal; [`choices`]: what to offer while one is
//!    typed. No `async`, no clock, no input or output.
//! 4. [`store`]: what the moderators of servers decide, in a database. It knows nothing of commands.
//! 5. [`ask`] and [`terminal`]: a command typed in a terminal, and the card shown there. [`discord`]: the same over Discord, with
//!    [`config`] and [`secrets`] to reach it. [`web`]: whether all is well.
//! 6. [`run`]: the parts put together.
//!
//! What is deliberately absent: an answer never waits for a network or a disk where a server was asked in before, and nothing about
//! the person who asks is kept.

pub mod dataset;
pub mod find;
pub mod guild;
pub mod lang;
pub mod library;

pub mod action;
pub mod answer;
pub mod request;

pub mod choices;
pub mod command;
pub mod commands;
pub mod digest;
pub mod lookup;

pub mod ask;
pub mod terminal;

pub mod store;

pub mod discord;
pub mod web;

pub mod config;
pub mod run;
pub mod secrets;
