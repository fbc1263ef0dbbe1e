//! Certificates of an authority that a test makes, right ones and wrong ones.

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use std::sync::Arc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs::default_provider;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};

pub struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub fn new() -> Authority {
        let mut made = CertificateParams::new(Vec::<String>::new()).unwrap();
        made.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Authority(CertifiedIssuer::self_signed(made, KeyPair::generate().unwrap()).unwrap())
    }

    /// What to trust, as a file.
    pub fn certificate(&self) -> String {
        self.0.pem()
    }

    /// Whoever shows a certificate of its for these names, good from the first of one year to the first of another.
    pub fn shows(&self, names: &[&str], (from, to): (i32, i32)) -> TlsAcceptor {
        let key = KeyPair::generate().unwrap();
        let made = params(names, from, to).signed_by(&key, &self.0).unwrap();
        acceptor(made.der().clone(), &key)
    }

    /// Whoever vouches for itself.
    pub fn alone(names: &[&str]) -> TlsAcceptor {
        let key = KeyPair::generate().unwrap();
        let made = params(names, 2020, 2050).self_signed(&key).unwrap();
        acceptor(made.der().clone(), &key)
    }
}

fn params(names: &[&str], from: i32, to: i32) -> CertificateParams {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut made = CertificateParams::new(names).unwrap();
    (made.not_before, made.not_after) = (date_time_ymd(from, 1, 1), date_time_ymd(to, 1, 1));
    made
}

fn acceptor(certificate: CertificateDer<'static>, key: &KeyPair) -> TlsAcceptor {
    let key = PrivatePkcs8KeyDer::from(key.serialize_der());
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key.into())
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}
