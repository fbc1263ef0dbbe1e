//! A transport that changes what a connector sends before it goes out over real HTTP: the connectors write no request
//! that a provider would refuse for its form, so its refusals have to be asked for.

use punte_connectors::{HttpAnswer, HttpRequest, HttpTransport, Limits, Transport, TransportError};
use serde_json::Value;
use std::pin::Pin;
use std::sync::Arc;

type Change = Box<dyn Fn(&mut HttpRequest) + Send + Sync>;

pub struct Patched {
    real: HttpTransport,
    change: Change,
}

impl Patched {
    /// Changes every request.
    pub fn new(change: impl Fn(&mut HttpRequest) + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Patched { real: HttpTransport::new(Default::default()), change: Box::new(change) })
    }

    /// Changes the JSON of every request that has some.
    pub fn body(change: impl Fn(&mut Value) + Send + Sync + 'static) -> Arc<Self> {
        Patched::new(move |request| {
            let sent = request.body.as_deref().and_then(|body| serde_json::from_slice::<Value>(body).ok());
            if let Some(mut body) = sent.filter(Value::is_object) {
                change(&mut body);
                request.body = Some(serde_json::to_vec(&body).unwrap().into());
            }
        })
    }

    /// Writes another text wherever one stands in an address.
    pub fn address(from: &'static str, to: &'static str) -> Arc<Self> {
        Patched::new(move |request| request.url = request.url.replace(from, to))
    }
}

impl Transport for Patched {
    fn send<'s, 'f>(
        &'s self,
        mut request: HttpRequest,
        limits: Limits,
    ) -> Pin<Box<dyn Future<Output = Result<HttpAnswer, TransportError>> + Send + 'f>>
    where
        's: 'f,
        Self: 'f,
    {
        (self.change)(&mut request);
        self.real.send(request, limits)
    }
}
