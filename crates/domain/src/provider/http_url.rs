//! Addresses of pages, which a browser is sent to.

use std::fmt;

use crate::Invalid;

/// An `http` or `https` URL of at most 2,000 visible ASCII characters, without user information. Its `Debug` form is
/// redacted, because the path can hold a secret identifier.
#[derive(Clone, PartialEq, Eq)]
pub struct HttpUrl(String);

impl HttpUrl {
    /// The greatest number of characters.
    pub const MAX: usize = 2000;

    /// Parses a URL. Any other text is [`Invalid`].
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        let host = rest.and_then(|rest| rest.split(['/', '?', '#']).next()).unwrap_or_default();
        let is_allowed = |byte: u8| byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte);
        let is_host = !host.is_empty() && !host.starts_with(':') && !host.contains('@');
        if is_host && text.len() <= Self::MAX && text.bytes().all(is_allowed) {
            return Ok(Self(text.to_owned()));
        }
        let reason = "give a URL that begins with https:// or http:// and a host, of at most 2000 visible ASCII characters, \
            without a user name; escape other characters with %";
        Err(Invalid::new("url", reason))
    }

    /// Returns the text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for HttpUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HttpUrl")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_pages_are_urls() {
        for right in ["https://pay.example/p/7?a=b#c", "http://127.0.0.1:8478", "https://[::1]:80/%C3%A9", "http://x?y"]
        {
            assert_eq!(HttpUrl::parse(right).unwrap().as_str(), right);
        }
        for wrong in [
            "",
            "pay.example",
            "javascript:alert(1)",
            "HTTPS://pay.example",
            "https://",
            "https:///path",
            "https://:80/",
            "https://cinema.example@pay.example/",
            "https://pay.example/a b",
            "https://pay.example/\r\nSet-Cookie: a=b",
            "https://pay.example/\"><script>",
            "https://pay.example\\@other.example/",
            "https://pay.example/é",
        ] {
            assert_eq!(HttpUrl::parse(wrong).unwrap_err().field, "url", "{wrong}");
        }
        let longest = format!("https://pay.example/{}", "7".repeat(HttpUrl::MAX - 20));
        assert!(HttpUrl::parse(&longest).is_ok() && HttpUrl::parse(&format!("{longest}7")).is_err());
    }

    #[test]
    fn a_url_is_redacted_in_debug_output() {
        assert_eq!(format!("{:?}", HttpUrl::parse("https://pay.example/secret").unwrap()), "HttpUrl");
    }
}
