//! Whom a mail server must have its certificate from, for both ways of coming to TLS.

use lettre::transport::smtp::client::TlsParameters;
use rustls::ClientConfig;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls_platform_verifier::BuilderVerifierExt;
use std::sync::Arc;
use tokio_rustls::TlsConnector;

pub(super) enum Trust {
    /// Those that the system trusts, as everywhere in Punte.
    System,
    /// One authority alone, in DER.
    #[cfg(test)]
    Only(Vec<u8>),
}

impl Trust {
    /// For TLS from the first byte.
    pub(super) fn connector(&self) -> Result<TlsConnector, rustls::Error> {
        let builder =
            ClientConfig::builder_with_provider(Arc::new(default_provider())).with_safe_default_protocol_versions()?;
        let config = match self {
            Trust::System => builder.with_platform_verifier()?.with_no_client_auth(),
            #[cfg(test)]
            Trust::Only(authority) => {
                let mut roots = rustls::RootCertStore::empty();
                roots.add(authority.clone().into())?;
                builder.with_root_certificates(roots).with_no_client_auth()
            }
        };
        Ok(TlsConnector::from(Arc::new(config)))
    }

    /// For a connection that turns to TLS.
    pub(super) fn parameters(&self, host: &str) -> Result<TlsParameters, lettre::transport::smtp::Error> {
        let builder = TlsParameters::builder(host.to_owned());
        match self {
            Trust::System => builder,
            #[cfg(test)]
            Trust::Only(authority) => builder
                .certificate_store(lettre::transport::smtp::client::CertificateStore::None)
                .add_root_certificate(lettre::transport::smtp::client::Certificate::from_der(authority.clone())?),
        }
        .build()
    }
}
