//! Discord: what it sends, read leniently; what we answer, within its limits; and how both travel.

mod access;
pub mod gateway;
mod lenient;
pub mod limits;
pub mod parse;
pub mod post;
pub mod ready;
pub mod register;
pub mod render;
pub mod respond;
pub mod rest;
mod rights;
pub mod wire;
