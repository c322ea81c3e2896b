//! The certificate of the server.

use std::path::PathBuf;

use clap::Args;

use crate::certificate::Files;

/// The certificate of the server. Without one it speaks plain HTTP.
#[derive(Debug, Args)]
pub struct Tls {
    /// The certificate chain of the server in PEM, its own certificate first; with it the server speaks HTTPS. Renewed
    /// files are taken up within 10 seconds, and at once on SIGHUP
    #[arg(long, env = "TICKETLY_TLS_CERT", value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The private key of the certificate in PEM (PKCS#8, PKCS#1 or SEC1), without a password
    #[arg(long, env = "TICKETLY_TLS_KEY", value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
}

impl Tls {
    /// Returns the files, if the server speaks HTTPS.
    pub fn files(&self) -> Option<Files> {
        Some(Files { chain: self.tls_cert.clone()?, key: self.tls_key.clone()? })
    }
}
