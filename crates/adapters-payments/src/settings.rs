//! Where the other end of the bridge is, and how both ends recognise each other.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hyper::Uri;
use rand::CryptoRng;
use sha2::{Digest as _, Sha256};
use ticketly_domain::{HttpUrl, Invalid};

use crate::webhook::WebhookSecrets;

/// The settings of a bridge.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The URL below which the contract's paths are.
    pub endpoint: Endpoint,
    /// The token that the bridge shows with each request.
    pub token: BearerToken,
    /// The secrets that sign notifications.
    pub secrets: WebhookSecrets,
    /// How long requests may take.
    pub timeouts: Timeouts,
}

/// How long a request may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// The longest time until a connection is open, with the wait for one of the [`PaymentBridge`](crate::PaymentBridge)'s
    /// connections, the look-up of the name and the handshake of TLS. After it nothing has happened.
    pub connect: Duration,
    /// The longest time from then until the whole answer is there. After it the outcome is unknown.
    pub request: Duration,
}

impl Default for Timeouts {
    /// 3 seconds to connect, 10 for the answer.
    fn default() -> Self {
        Self { connect: Duration::from_secs(3), request: Duration::from_secs(10) }
    }
}

/// The URL below which the contract's paths are, such as `https://bridge.example/ticketly`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    scheme: &'static str,
    authority: String,
    path: String,
}

impl Endpoint {
    /// Parses a URL. It begins with `https://`, or with `http://` if the host is this machine itself (`localhost`,
    /// `127.0.0.1`, `[::1]`), and has neither a query nor a fragment. A `/` at the end makes no difference. Any other text is
    /// [`Invalid`].
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let invalid = |reason: &str| Invalid { field: "endpoint", reason: reason.to_owned() };
        let url = HttpUrl::parse(text).map_err(|error| Invalid { field: "endpoint", ..error })?;
        if url.as_str().contains(['?', '#']) {
            return Err(invalid("leave out the query and the fragment; the paths of requests are added at the end"));
        }
        let uri = url.as_str().parse::<Uri>().ok().filter(|uri| {
            let authority = uri.authority();
            authority.is_some_and(|authority| authority.host() == authority.as_str() || authority.port_u16().is_some())
        });
        let uri = uri.ok_or_else(|| invalid("give a URL with a host, and if it has a port, one below 65536"))?;
        if !is_secure(&url) {
            let reason = "give a URL that begins with https://; only this machine itself (localhost, 127.0.0.1, [::1]) is \
                reached by http://";
            return Err(invalid(reason));
        }
        let scheme = if uri.scheme_str() == Some("https") { "https" } else { "http" };
        let authority = uri.authority().map(ToString::to_string).unwrap_or_default();
        Ok(Self { scheme, authority, path: uri.path().trim_end_matches('/').to_owned() })
    }

    /// Returns whether the connection is encrypted.
    pub(crate) fn is_encrypted(&self) -> bool {
        self.scheme == "https"
    }

    /// Returns the host, with a port if the URL has one.
    pub(crate) fn authority(&self) -> &str {
        &self.authority
    }

    /// Returns the path and what is added to it.
    pub(crate) fn path(&self, below: &str) -> String {
        format!("{}{below}", self.path)
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}{}", self.scheme, self.authority, self.path)
    }
}

/// Returns whether nobody on the way can read or change what is sent: by TLS, or because it does not leave the machine.
pub(crate) fn is_secure(url: &HttpUrl) -> bool {
    let Ok(uri) = url.as_str().parse::<Uri>() else { return false };
    let host = uri.host().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    uri.scheme_str() == Some("https") || host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

/// The token by which the other end recognises the bridge. Its `Debug` form is redacted.
#[derive(Clone)]
pub struct BearerToken(String);

impl BearerToken {
    /// The smallest number of characters.
    pub const MIN: usize = 16;
    /// The greatest number of characters.
    pub const MAX: usize = 1000;

    /// Parses a token: 16 to 1,000 letters, digits and `-._~+/`, with `=` at the end if need be. Any other text is
    /// [`Invalid`].
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte);
        let is_token = text.trim_end_matches('=').bytes().all(is_allowed);
        if is_token && (Self::MIN..=Self::MAX).contains(&text.len()) {
            return Ok(Self(text.to_owned()));
        }
        let reason = format!(
            "give the token without `Bearer` and without spaces or line ends: {} to {} letters, digits and -._~+/=",
            Self::MIN,
            Self::MAX
        );
        Err(Invalid { field: "token", reason })
    }

    /// Mints a token of 256 random bits.
    #[must_use]
    pub fn mint(rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        let mut bytes = [0; 32];
        rng.fill_bytes(&mut bytes);
        Self(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Returns the header `Authorization` that shows the token.
    pub(crate) fn authorization(&self) -> String {
        format!("Bearer {}", self.0)
    }

    /// Returns whether a header `Authorization` shows the token. The time that takes says nothing about the token, since only
    /// digests are compared.
    #[must_use]
    pub fn is_shown_by(&self, authorization: &str) -> bool {
        Sha256::digest(self.authorization()) == Sha256::digest(authorization)
    }
}

impl fmt::Debug for BearerToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BearerToken")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_are_encrypted_or_on_this_machine() {
        for (text, shown) in [
            ("https://bridge.example", "https://bridge.example"),
            ("https://bridge.example:8443/ticketly/", "https://bridge.example:8443/ticketly"),
            ("http://localhost:8080", "http://localhost:8080"),
            ("http://127.0.0.1:9", "http://127.0.0.1:9"),
            ("http://[::1]:9/a", "http://[::1]:9/a"),
        ] {
            let endpoint = Endpoint::parse(text).unwrap();
            assert_eq!(endpoint.to_string(), shown);
            assert_eq!(endpoint.is_encrypted(), text.starts_with("https"));
        }
        for (text, hint) in [
            ("http://bridge.example", "https://"),
            ("http://10.0.0.7:80/", "https://"),
            ("http://localhost.example/", "https://"),
            ("http://127.0.0.1.example/", "https://"),
            ("https://bridge.example/a?b=c", "query"),
            ("https://bridge.example/#a", "fragment"),
            ("https://bridge.example:99999", "port"),
            ("bridge.example", "https://"),
            ("https://user:pass@bridge.example", "user name"),
            ("", "https://"),
        ] {
            let invalid = Endpoint::parse(text).unwrap_err();
            assert!(invalid.field == "endpoint" && invalid.reason.contains(hint), "{text}: {invalid}");
        }
    }

    #[test]
    fn a_token_is_one_word_and_is_never_shown() {
        let token = BearerToken::parse("abcDEF0123-._~+/==").unwrap();
        assert!(token.is_shown_by("Bearer abcDEF0123-._~+/=="));
        for wrong in ["Bearer abcDEF0123-._~+/=", "abcDEF0123-._~+/==", "Basic abcDEF0123-._~+/==", ""] {
            assert!(!token.is_shown_by(wrong), "{wrong}");
        }
        assert_eq!(format!("{token:?}"), "BearerToken");
        for wrong in
            ["short", "Bearer abcDEF0123456789", "abcDEF0123456789\n", "abc=DEF0123456789", "äbcdefghijklmnopq"]
        {
            let invalid = BearerToken::parse(wrong).unwrap_err();
            assert!(invalid.field == "token" && invalid.reason.contains("without `Bearer`"), "{wrong}");
        }
        assert!(BearerToken::parse(&"7".repeat(BearerToken::MAX + 1)).is_err());
        let minted = BearerToken::mint(&mut <rand::rngs::StdRng as rand::SeedableRng>::seed_from_u64(7));
        assert!(BearerToken::parse(&minted.0).is_ok());
    }
}
