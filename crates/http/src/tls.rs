//! HTTPS: the certificate of a server, and how it accepts connections with it.

mod accept;
mod certificate;

pub(crate) use accept::{Options, listen};
pub use certificate::{Certificate, CurrentCertificate, Unusable};
