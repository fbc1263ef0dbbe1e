//! The simulators on real HTTP: one listener each on 127.0.0.1, on the ports of last time or whatever are free, and
//! the file that tells other programs where.

use std::future::IntoFuture as _;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use serde::Serialize;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::config::account;
use crate::error::SandboxError;
use crate::hooks;
use crate::sandbox::Sandbox;
use crate::shared::Shared;
use crate::state::replace_file;

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SmartBillEndpoint {
    /// Ends in `/SBORO/api`.
    pub url: String,
    pub username: String,
    pub token: String,
    pub company: String,
    pub series: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OblioEndpoint {
    /// The host alone; paths begin with `/api`.
    pub url: String,
    pub email: String,
    pub secret: String,
    pub company: String,
    pub series: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WooCommerceEndpoint {
    /// The site's root; clients append `/wp-json/wc/v3`.
    pub url: String,
    pub key: String,
    pub secret: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ShopifyEndpoint {
    /// The shop's root; clients append `/admin/api/2025-01`.
    pub url: String,
    pub token: String,
    /// The name that it has in webhooks.
    pub domain: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StripeEndpoint {
    /// The host alone; paths begin with `/v1`.
    pub url: String,
    pub key: String,
    pub account: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ControlEndpoint {
    pub url: String,
}

/// Where everything is, and with what it opens. This is the port file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Endpoints {
    pub smartbill: SmartBillEndpoint,
    pub oblio: OblioEndpoint,
    pub woocommerce: WooCommerceEndpoint,
    pub shopify: ShopifyEndpoint,
    pub stripe: StripeEndpoint,
    pub control: ControlEndpoint,
}

impl Endpoints {
    fn at([smartbill, oblio, woocommerce, control, shopify, stripe]: [SocketAddr; 6]) -> Self {
        Self {
            smartbill: SmartBillEndpoint {
                url: format!("http://{smartbill}/SBORO/api"),
                username: account::SMARTBILL_USERNAME.into(),
                token: account::SMARTBILL_TOKEN.into(),
                company: account::COMPANY.into(),
                series: account::SMARTBILL_SERIES.into(),
            },
            oblio: OblioEndpoint {
                url: format!("http://{oblio}"),
                email: account::OBLIO_EMAIL.into(),
                secret: account::OBLIO_SECRET.into(),
                company: account::COMPANY.into(),
                series: account::OBLIO_SERIES.into(),
            },
            woocommerce: WooCommerceEndpoint {
                url: format!("http://{woocommerce}"),
                key: account::WOOCOMMERCE_KEY.into(),
                secret: account::WOOCOMMERCE_SECRET.into(),
            },
            shopify: ShopifyEndpoint {
                url: format!("http://{shopify}"),
                token: account::SHOPIFY_TOKEN.into(),
                domain: account::SHOPIFY_DOMAIN.into(),
            },
            stripe: StripeEndpoint {
                url: format!("http://{stripe}"),
                key: account::STRIPE_KEY.into(),
                account: account::STRIPE_ACCOUNT.into(),
            },
            control: ControlEndpoint { url: format!("http://{control}") },
        }
    }
}

/// The listening sandbox. Dropping it stops it.
pub struct RunningSandbox {
    endpoints: Endpoints,
    shared: Arc<Shared>,
    servers: JoinSet<std::io::Result<()>>,
}

impl Sandbox {
    /// Listens for all of them, and delivers the webhooks that wait. When this returns, they answer.
    ///
    /// # Errors
    /// When a socket can't be had.
    pub async fn serve_loopback(&self) -> Result<RunningSandbox, SandboxError> {
        self.shared.reopen();
        let routers = self.routers();
        let mut servers = JoinSet::new();
        let last = self.shared.read(|state| state.ports.clone());
        let doors =
            [routers.smartbill, routers.oblio, routers.woocommerce, routers.control, routers.shopify, routers.stripe];
        let mut addresses = [SocketAddr::from(([127, 0, 0, 1], 0)); 6];
        for ((at, door), address) in doors.into_iter().enumerate().zip(&mut addresses) {
            let last_port = last.get(at).copied().unwrap_or_default();
            *address = listen(&mut servers, door, &self.shared, last_port).await?;
        }
        self.change(|state| state.ports = addresses.iter().map(SocketAddr::port).collect())?;
        servers.spawn(hooks::run(Arc::clone(&self.shared)));
        let endpoints = Endpoints::at(addresses);
        Ok(RunningSandbox { endpoints, shared: Arc::clone(&self.shared), servers })
    }
}

async fn listen(
    servers: &mut JoinSet<std::io::Result<()>>,
    router: Router,
    shared: &Arc<Shared>,
    last_port: u16,
) -> Result<SocketAddr, SandboxError> {
    let listener = match TcpListener::bind(("127.0.0.1", last_port)).await {
        Ok(listener) => listener,
        // Somebody else has the port of last time.
        Err(_) => TcpListener::bind(("127.0.0.1", 0)).await.map_err(SandboxError::Listen)?,
    };
    let address = listener.local_addr().map_err(SandboxError::Listen)?;
    let shared = Arc::clone(shared);
    let server = axum::serve(listener, router).with_graceful_shutdown(async move { shared.closed().await });
    servers.spawn(server.into_future());
    Ok(address)
}

impl RunningSandbox {
    pub fn endpoints(&self) -> &Endpoints {
        &self.endpoints
    }

    /// Stops listening, ends withheld answers, and lets the rest finish for a moment.
    pub async fn shutdown(mut self) {
        self.shared.close();
        let finished = async { while self.servers.join_next().await.is_some() {} };
        if tokio::time::timeout(Duration::from_secs(3), finished).await.is_err() {
            tracing::warn!("the sandbox stopped with requests still open");
        }
    }
}

impl Drop for RunningSandbox {
    fn drop(&mut self) {
        self.shared.close();
    }
}

/// Writes the port file whole or not at all. Call it only with endpoints that listen: who waits for the file starts
/// talking at once.
///
/// # Errors
/// When it can't be written.
pub fn write_port_file(path: &Path, endpoints: &Endpoints) -> Result<(), SandboxError> {
    replace_file(path, |out| serde_json::to_writer(out, endpoints).map_err(std::io::Error::from))
        .map_err(|why| SandboxError::PortFile { path: path.into(), why })
}
