//! The port to the signatures of ticket codes.

use crate::error::Source;

/// A failure of a signer.
#[derive(Debug, thiserror::Error)]
#[error("the signer failed")]
pub struct SigningError(#[source] pub Source);

/// Signs ticket codes with Ed25519 (RFC 8032).
///
/// # Contract
///
/// It does no I/O and keeps nothing: the domain derives the keys, and gives the seed of a key pair with each call. A key pair
/// signs a message in one way only. An implementation of another algorithm would make codes that no device accepts.
pub trait CodeSigner: Send + Sync {
    /// Returns the public key of the key pair with this seed.
    fn public_key(&self, seed: &[u8; 32]) -> Result<[u8; 32], SigningError>;

    /// Signs a message with the private key of the key pair with this seed.
    fn sign(&self, seed: &[u8; 32], message: &[u8]) -> Result<[u8; 64], SigningError>;

    /// Returns whether the private key of this public key signed the message.
    fn verify(&self, public_key: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> bool;
}
