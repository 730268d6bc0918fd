//! Dossier answers slash commands from a sourced article, neutrally and with its citations.
//!
//! `ARCHITECTURE.md` describes the modules and their layers, and `tests/layers.rs` enforces them.
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
