//! A transport that counts and times what passes through it. It changes nothing of a request and nothing of an answer.

use super::Meters;
use crate::clock::Clock;
use async_trait::async_trait;
use punte_connectors::{HttpAnswer, HttpRequest, Limits, Transport, TransportError};
use std::sync::Arc;

pub(crate) struct Measured {
    pub inner: Arc<dyn Transport>,
    pub meters: Arc<Meters>,
    pub clock: Arc<dyn Clock>,
    pub workspace: String,
    /// Kind of the connection.
    pub provider: String,
}

/// As a label: `list VAT rates` is `list_vat_rates`.
fn label_of(operation: &str) -> String {
    operation.replace([' ', '-'], "_").to_lowercase()
}

#[async_trait]
impl Transport for Measured {
    async fn send(&self, request: HttpRequest, limits: Limits) -> Result<HttpAnswer, TransportError> {
        self.send_as("other", request, limits).await
    }

    #[tracing::instrument(target = "punte_trace", level = "trace", name = "request", skip_all,
        fields(provider = self.provider, operation = operation, status))]
    async fn send_as(
        &self,
        operation: &'static str,
        request: HttpRequest,
        limits: Limits,
    ) -> Result<HttpAnswer, TransportError> {
        let began = self.clock.monotonic();
        let answer = self.inner.send_as(operation, request, limits).await;
        if let Ok(answer) = &answer {
            tracing::Span::current().record("status", answer.status);
        }
        let took = self.clock.monotonic().saturating_sub(began);
        self.meters.requested(&self.workspace, &self.provider, &label_of(operation), &answer, took);
        answer
    }
}
