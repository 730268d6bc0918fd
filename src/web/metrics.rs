//! `GET /metrics` in Prometheus format.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use axum::Router;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tokio::time::sleep;

use crate::telemetry;

/// Upper bounds of the histogram buckets in seconds. A lookup takes less than a millisecond, and
/// Discord's timeout is three seconds.
const BUCKETS: [f64; 14] =
    [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.5, 3.0];

/// How often recorded durations are aggregated. Until then, each takes eight bytes.
const UPKEEP_INTERVAL: Duration = Duration::from_secs(10);

/// The metrics recorder, and a callback that updates gauges before each scrape.
#[derive(Clone)]
pub struct Metrics {
    recorder: PrometheusHandle,
    collect: Arc<dyn Fn() + Send + Sync>,
}

impl Metrics {
    /// Installs the global recorder. `collect` is called before each scrape, to record values that
    /// are only sampled.
    ///
    /// # Errors
    ///
    /// Fails if a recorder is already installed.
    pub fn install(collect: impl Fn() + Send + Sync + 'static) -> anyhow::Result<Self> {
        let recorder = PrometheusBuilder::new().set_buckets(&BUCKETS).context("set buckets")?;
        let recorder = recorder.build_recorder();
        let page = Self { recorder: recorder.handle(), collect: Arc::new(collect) };
        metrics::set_global_recorder(recorder)
            .ok()
            .context("there is a recorder of metrics already")?;
        telemetry::describe();
        Ok(page)
    }

    /// Aggregates recorded values regularly, so that memory stays bounded even if nothing scrapes
    /// the endpoint.
    pub async fn maintain(self) {
        loop {
            sleep(UPKEEP_INTERVAL).await;
            self.recorder.run_upkeep();
        }
    }
}

pub(super) fn router(metrics: Metrics) -> Router {
    Router::new().route("/metrics", get(page)).with_state(metrics)
}

async fn page(State(metrics): State<Metrics>) -> impl IntoResponse {
    (metrics.collect)();
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], metrics.recorder.render())
}
