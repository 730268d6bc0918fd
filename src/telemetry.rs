//! What is measured for `/metrics`. No label names a server or a person.
//!
//! Without a recorder, which `dossier run` installs, nothing is recorded.

use std::time::Duration;

use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};

/// The kind of a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricKind {
    Counter,
    Gauge,
    Histogram,
}

const ANSWERS: &str = "dossier_answers_total";
const ANSWER_DURATION_METRIC: &str = "dossier_answer_seconds";
const BROKEN_ANSWERS: &str = "dossier_broken_answers_total";
const GATEWAY_SHARDS: &str = "dossier_gateway_shards";
const GATEWAY_RECONNECTS: &str = "dossier_gateway_reconnects_total";
const GATEWAY_IDENTIFIES_LEFT: &str = "dossier_gateway_identifies_left";
const REST_REQUESTS: &str = "dossier_rest_requests_total";
const REST_REFUSED: &str = "dossier_rest_refused_requests";
const DIGESTS: &str = "dossier_digests_total";
const STORE_SECONDS: &str = "dossier_store_seconds";
const DATASET: &str = "dossier_dataset_info";
const BUILD: &str = "dossier_build_info";

/// Every metric, with what it counts.
pub const ALL: [(&str, MetricKind, &str); 12] = [
    (ANSWERS, MetricKind::Counter, "Answers to interactions, by command and outcome"),
    (ANSWER_DURATION_METRIC, MetricKind::Histogram, "Time from an interaction to its callback"),
    (BROKEN_ANSWERS, MetricKind::Counter, "Answers that panicked, by command"),
    (GATEWAY_SHARDS, MetricKind::Gauge, "Shards of this process, by state"),
    (GATEWAY_RECONNECTS, MetricKind::Counter, "Gateway connections that were lost"),
    (GATEWAY_IDENTIFIES_LEFT, MetricKind::Gauge, "Sessions that may still be started today"),
    (REST_REQUESTS, MetricKind::Counter, "Requests to Discord, by route and status"),
    (REST_REFUSED, MetricKind::Gauge, "Requests that Discord refused in the last ten minutes"),
    (DIGESTS, MetricKind::Counter, "Digest runs, by outcome"),
    (STORE_SECONDS, MetricKind::Histogram, "Time of database operations, by use and outcome"),
    (DATASET, MetricKind::Gauge, "The dataset: article, version, and the last day that it covers"),
    (BUILD, MetricKind::Gauge, "The version of the program"),
];

/// Gives each metric its help text, and records the version of the program.
pub fn describe() {
    for (name, kind, help) in ALL {
        match kind {
            MetricKind::Counter => describe_counter!(name, help),
            MetricKind::Gauge => describe_gauge!(name, help),
            MetricKind::Histogram => describe_histogram!(name, help),
        }
    }
    gauge!(BUILD, "version" => env!("CARGO_PKG_VERSION")).set(1);
}

pub fn record_answer(command: &'static str, outcome: &'static str, took: Duration) {
    counter!(ANSWERS, "command" => command, "outcome" => outcome).increment(1);
    histogram!(ANSWER_DURATION_METRIC).record(took);
}

pub fn record_broken_answer(command: &'static str) {
    counter!(BROKEN_ANSWERS, "command" => command).increment(1);
}

pub fn record_shards(connected: usize, disconnected: usize) {
    for (state, count) in [("connected", connected), ("disconnected", disconnected)] {
        gauge!(GATEWAY_SHARDS, "state" => state).set(u32::try_from(count).unwrap_or(u32::MAX));
    }
}

pub fn record_reconnect() {
    counter!(GATEWAY_RECONNECTS).increment(1);
}

pub fn record_identifies_left(count: u32) {
    gauge!(GATEWAY_IDENTIFIES_LEFT).set(count);
}

/// `route` without ids or tokens; `status` is nothing where there was no response.
pub fn record_request(method: &hyper::Method, route: &str, status: Option<u16>) {
    let method = method.to_string();
    let status = status.map_or_else(|| "none".to_owned(), |status| status.to_string());
    counter!(REST_REQUESTS, "method" => method, "route" => route.to_owned(), "status" => status)
        .increment(1);
}

pub fn record_refused_requests(count: usize) {
    gauge!(REST_REFUSED).set(u32::try_from(count).unwrap_or(u32::MAX));
}

pub fn record_digest(outcome: &'static str) {
    counter!(DIGESTS, "outcome" => outcome).increment(1);
}

pub fn record_store_operation(used: &'static str, is_ok: bool, took: Duration) {
    let outcome = if is_ok { "ok" } else { "error" };
    histogram!(STORE_SECONDS, "use" => used, "outcome" => outcome).record(took);
}

/// An article of the dataset; `is_served` is false for a version that another one has replaced.
pub fn record_dataset(article: &str, version: &str, covers_until: &str, is_served: bool) {
    let labels = [
        ("article", article.to_owned()),
        ("version", version.to_owned()),
        ("covers_until", covers_until.to_owned()),
    ];
    gauge!(DATASET, &labels).set(u8::from(is_served));
}
