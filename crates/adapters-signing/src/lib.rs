//! The signatures of ticket codes: Ed25519 by ring, which the connections by TLS use too.

use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use ticketly_domain::{CodeSigner, SigningError};

/// Signs ticket codes with Ed25519.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ed25519;

impl CodeSigner for Ed25519 {
    fn public_key(&self, seed: &[u8; 32]) -> Result<[u8; 32], SigningError> {
        let pair = key_pair(seed)?;
        pair.public_key().as_ref().try_into().map_err(|_| SigningError("a public key has another length".into()))
    }

    fn sign(&self, seed: &[u8; 32], message: &[u8]) -> Result<[u8; 64], SigningError> {
        let signature = key_pair(seed)?.sign(message);
        signature.as_ref().try_into().map_err(|_| SigningError("a signature has another length".into()))
    }

    fn verify(&self, public_key: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> bool {
        UnparsedPublicKey::new(&ED25519, public_key).verify(message, signature).is_ok()
    }
}

fn key_pair(seed: &[u8; 32]) -> Result<Ed25519KeyPair, SigningError> {
    Ed25519KeyPair::from_seed_unchecked(seed).map_err(|rejected| SigningError(rejected.to_string().into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes<const N: usize>(hex: &str) -> [u8; N] {
        std::array::from_fn(|index| u8::from_str_radix(&hex[2 * index..2 * index + 2], 16).unwrap())
    }

    #[test]
    fn the_second_test_of_rfc_8032_is_signed_as_it_says() {
        let seed = bytes("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
        let public_key = bytes("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
        let signature = bytes(
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da\
             085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        );
        assert_eq!(Ed25519.public_key(&seed).unwrap(), public_key);
        assert_eq!(Ed25519.sign(&seed, &[0x72]).unwrap(), signature);
        assert!(Ed25519.verify(&public_key, &[0x72], &signature));
        assert!(!Ed25519.verify(&public_key, &[0x73], &signature));
        assert!(!Ed25519.verify(&seed, &[0x72], &signature));
    }
}
