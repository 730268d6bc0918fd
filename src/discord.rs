//! Discord: what it sends, read leniently; what we answer, within its limits; and how both travel.

mod accent;
mod answer_cache;
pub mod cache;
pub mod command_permissions;
pub mod gateway;
pub mod http;
pub mod incoming;
pub mod limits;
pub mod permissions;
pub mod pictures;
pub mod registration;
pub mod render;
pub mod report_form;
pub mod respond;
mod sliding_window;
pub mod wire;
