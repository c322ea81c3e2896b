//! A certificate with its key, and the one that new connections get.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use chrono::{DateTime, Utc};
use rustls::client::verify_server_cert_signed_by_trust_anchor;
use rustls::crypto::ring::{Ticketer, default_provider};
use rustls::pki_types::pem::{Error as PemError, PemObject as _};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, ConfigBuilder, Error, InconsistentKeys, RootCertStore, ServerConfig};

/// The protocol that is agreed upon. The server speaks no other over TLS (decision 23).
const HTTP_1_1: &[u8] = b"http/1.1";
/// The first second of the year 10,000, which no certificate can name.
const YEAR_10_000: u64 = 253_402_300_800;

/// A certificate chain with the private key of its first certificate.
#[derive(Clone)]
pub struct Certificate {
    config: Arc<ServerConfig>,
    ends: Option<DateTime<Utc>>,
}

/// Why a certificate and a key cannot be used. The text has no part of the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unusable {
    /// The chain is wrong.
    Chain(String),
    /// The key is wrong.
    Key(String),
    /// Each may be right, but the key is not that of the first certificate.
    Mismatch,
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Chain(reason) | Self::Key(reason) => f.write_str(reason),
            Self::Mismatch => f.write_str("the key does not fit the first certificate of the chain"),
        }
    }
}

impl std::error::Error for Unusable {}

impl Certificate {
    /// Reads a chain and its key as PEM: certificates from that of the server upwards, and a key in PKCS#8, PKCS#1 or SEC1
    /// without a password. Whether the chain leads to an authority that clients trust is not checked.
    pub fn from_pem(chain: &[u8], key: &[u8]) -> Result<Self, Unusable> {
        let chain: Vec<_> =
            CertificateDer::pem_slice_iter(chain).collect::<Result<_, _>>().map_err(|error| wrong_chain(&error))?;
        let first = chain.first().ok_or_else(|| wrong_chain(&PemError::NoItemsFound))?;
        let ends = ends(first);
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|error| wrong_key(&error))?;
        let provider = Arc::new(default_provider());
        let key_of_ring = provider.key_provider.load_private_key(key.clone_key());
        key_of_ring.map_err(|_| {
            Unusable::Key("the key is of a kind that is not supported; use ECDSA P-256 or RSA 2048".into())
        })?;
        let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let config = config.map(ConfigBuilder::<ServerConfig, _>::with_no_client_auth);
        let mut config = config.and_then(|config| config.with_single_cert(chain, key)).map_err(unusable)?;
        config.alpn_protocols = vec![HTTP_1_1.to_vec()];
        // A client that comes back needs no second full handshake. The sessions of an older certificate end with its
        // configuration.
        config.ticketer = Ticketer::new().map_err(unusable)?;
        Ok(Self { config: Arc::new(config), ends })
    }

    /// Returns until when the first certificate is valid. `None` if it cannot be read.
    #[must_use]
    pub fn ends(&self) -> Option<DateTime<Utc>> {
        self.ends
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate").field("ends", &self.ends).finish_non_exhaustive()
    }
}

fn wrong_chain(error: &PemError) -> Unusable {
    Unusable::Chain(match error {
        PemError::NoItemsFound => "there is no certificate in PEM form (BEGIN CERTIFICATE)".to_owned(),
        _ => "it is not PEM".to_owned(),
    })
}

fn wrong_key(error: &PemError) -> Unusable {
    Unusable::Key(match error {
        PemError::NoItemsFound => {
            "there is no private key in PEM form without a password (BEGIN PRIVATE KEY)".to_owned()
        }
        _ => "it is not PEM".to_owned(),
    })
}

fn unusable(error: Error) -> Unusable {
    match error {
        Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => Unusable::Mismatch,
        error => Unusable::Chain(format!("the certificate cannot be used: {error}")),
    }
}

/// Returns the end of a certificate: a check at a time after every end names it, before it asks who issued it.
fn ends(certificate: &CertificateDer<'_>) -> Option<DateTime<Utc>> {
    let parsed = ParsedCertificate::try_from(certificate).ok()?;
    let late = UnixTime::since_unix_epoch(Duration::from_secs(YEAR_10_000));
    match verify_server_cert_signed_by_trust_anchor(&parsed, &RootCertStore::empty(), &[], late, &[]) {
        Err(Error::InvalidCertificate(CertificateError::ExpiredContext { not_after, .. })) => {
            DateTime::from_timestamp(i64::try_from(not_after.as_secs()).ok()?, 0)
        }
        _ => None,
    }
}

/// The certificate that new connections get. It can be replaced while the server runs; open connections keep theirs.
#[derive(Debug, Clone)]
pub struct CurrentCertificate(Arc<RwLock<Certificate>>);

impl CurrentCertificate {
    /// Begins with a certificate.
    #[must_use]
    pub fn new(certificate: Certificate) -> Self {
        Self(Arc::new(RwLock::new(certificate)))
    }

    /// Replaces the certificate.
    pub fn replace(&self, certificate: Certificate) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = certificate;
    }

    /// Returns the configuration of a new connection.
    pub(super) fn config(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner).config)
    }
}

#[cfg(test)]
mod tests;
