//! Registers the commands in the background.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;

use crate::config::Register;
use crate::discord::gateway::interaction_handler::InteractionHandler;
use crate::discord::http::{Rest, RestError};
use crate::discord::registration;
use crate::discord::registration::application::Application;
use crate::guild::ApplicationId;

/// Backoff and attempts.
const RETRY_BACKOFF: Duration = Duration::from_secs(60);
const ATTEMPTS_MAX: u32 = 10;

#[derive(Clone)]
pub(super) struct Registrar {
    rest: Arc<Rest>,
    handler: Arc<InteractionHandler>,
    setting: Register,
}

impl Registrar {
    pub(super) fn new(
        rest: &Arc<Rest>,
        handler: &Arc<InteractionHandler>,
        setting: &Register,
    ) -> Self {
        let (rest, handler) = (Arc::clone(rest), Arc::clone(handler));
        Self { rest, handler, setting: setting.clone() }
    }

    /// Registers the commands in a task. Loads the application id from Discord if it is unknown.
    pub(super) fn start(&self, application: Option<ApplicationId>) {
        let registrar = self.clone();
        tokio::spawn(async move { registrar.register(application).await });
    }

    async fn register(&self, application: Option<ApplicationId>) {
        for _ in 0..ATTEMPTS_MAX {
            let error = match self.apply(application).await {
                Ok(changes) => return tracing::info!(changes, "commands registered"),
                Err(error) => error,
            };
            tracing::warn!(error = format!("{error:#}"), "commands cannot be registered");
            if !error.downcast_ref().is_some_and(RestError::is_transient) {
                return;
            }
            sleep(RETRY_BACKOFF).await;
        }
    }

    /// Returns the number of changes. Commands of other programs, which are kept, do not count.
    async fn apply(&self, application: Option<ApplicationId>) -> anyhow::Result<usize> {
        let application = match application {
            Some(id) => id,
            None => Application::load(&self.rest).await?.id,
        };
        let catalog = self.handler.catalog();
        let plans =
            registration::load_plans(&self.rest, application, &catalog, &self.setting, false);
        let plans = plans.await?;
        registration::overwrite(&self.rest, application, &plans).await?;
        let changes = plans.iter().flat_map(|plan| &plan.changes);
        Ok(changes.filter(|change| change.requires_overwrite()).count())
    }
}
