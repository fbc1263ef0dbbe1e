//! Traces by choice: spans of the work, sent to a collector over OTLP. They name ids and codes; no event and no word of the log
//! goes along.
//!
//! Where no collector is named the spans' place in the code costs a look at one flag.

use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};
use std::time::Duration;
use tracing::Subscriber;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::registry::LookupSpan;

pub use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};

/// Target of the spans that are sent; they are in no log.
const TARGET: &str = "punte_trace";
/// The longest that the collector is waited for.
const PATIENCE: Duration = Duration::from_secs(10);
/// The same at the end of the program.
const LAST_PATIENCE: Duration = Duration::from_secs(3);

/// Why no traces are sent.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct TracesError(String);

/// Spans on their way to a collector.
pub struct Traces {
    provider: SdkTracerProvider,
}

impl Traces {
    /// Traces that go to the collector at an address (`http://127.0.0.1:4318`). `client` carries them: the log knows no HTTP.
    ///
    /// # Errors
    /// The address is none.
    pub fn to(address: &str, client: impl HttpClient + 'static) -> Result<Traces, TracesError> {
        let address = address.trim().trim_end_matches('/');
        let address = address.strip_suffix("/v1/traces").unwrap_or(address);
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(client)
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(format!("{address}/v1/traces"))
            .with_timeout(PATIENCE)
            .build()
            .map_err(|error| TracesError(error.to_string()))?;
        let resource = Resource::builder().with_service_name("punte").build();
        let provider = SdkTracerProvider::builder().with_resource(resource).with_batch_exporter(exporter).build();
        Ok(Traces { provider })
    }

    pub(crate) fn layer<S: Subscriber + for<'s> LookupSpan<'s>>(&self) -> impl Layer<S> + use<S> {
        let tracer: SdkTracer = self.provider.tracer("punte");
        let layer = tracing_opentelemetry::layer()
            .with_tracer(tracer)
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_tracked_inactivity(false);
        layer.with_filter(Targets::new().with_target(TARGET, LevelFilter::TRACE))
    }

    /// Sends what waits. What the collector does not take by then is lost.
    pub fn end(&self) {
        // nobody is left to tell but whoever looks at the collector
        let _ = self.provider.shutdown_with_timeout(LAST_PATIENCE);
    }
}
