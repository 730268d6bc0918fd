//! All integration tests in one binary, so that the program and the fakes are linked only once.
//! `cargo test --test suite bot::` runs the tests of one file and of the folder beside it.
#![allow(clippy::disallowed_methods, reason = "the ids of tests are not 0")]

mod bot;
mod broken_datasets;
mod cards;
mod chats;
mod command_line;
mod config;
mod custom_ids;
mod database;
mod digests;
mod endpoint;
mod engine;
mod fake;
mod finding;
mod fuzz;
mod hostile;
mod interactions;
mod layers;
mod ledger;
mod local;
mod many_articles;
mod messages;
mod migrations;
mod online;
mod openapi;
mod pictures;
mod postgres;
mod preview;
mod processes;
mod proxy;
mod readme;
mod register;
mod reports;
mod scenarios;
mod store;
mod two_part;
mod wire;
