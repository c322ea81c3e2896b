//! Where traces are sent, and how many.

use hyper::Uri;
use ticketly_domain::{HttpUrl, Invalid};

/// The path at which a receiver takes traces.
const PATH: &str = "/v1/traces";

/// The settings of traces.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where the receiver takes traces.
    pub endpoint: Endpoint,
    /// How many percent of the requests are traced.
    pub percent: u8,
    /// The version of the program.
    pub version: &'static str,
}

/// The URL at which a receiver takes traces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint(String);

impl Endpoint {
    /// Parses the URL of a receiver, such as `http://127.0.0.1:4318`, with or without `/v1/traces` at the end. Any other text is [`Invalid`].
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let invalid = |reason: &str| Invalid { field: "endpoint", reason: reason.to_owned() };
        let url = HttpUrl::parse(text).map_err(|error| Invalid { field: "endpoint", ..error })?;
        if url.as_str().contains(['?', '#']) {
            return Err(invalid("leave out the query and the fragment; /v1/traces is added at the end"));
        }
        let base = url.as_str().trim_end_matches('/');
        let base = base.strip_suffix(PATH).unwrap_or(base);
        let url = format!("{base}{PATH}");
        let is_url = url
            .parse::<Uri>()
            .ok()
            .and_then(|uri| uri.into_parts().authority)
            .is_some_and(|authority| authority.host() == authority.as_str() || authority.port_u16().is_some());
        if is_url {
            Ok(Self(url))
        } else {
            Err(invalid("give a URL with a host, and if it has a port, one below 65536"))
        }
    }

    /// Returns the URL.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns whether the connection is encrypted.
    pub(crate) fn is_encrypted(&self) -> bool {
        self.0.starts_with("https:")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_of_traces_is_added_once() {
        for (given, used) in [
            ("http://127.0.0.1:4318", "http://127.0.0.1:4318/v1/traces"),
            ("https://otel.example/", "https://otel.example/v1/traces"),
            ("https://otel.example/tenant/7", "https://otel.example/tenant/7/v1/traces"),
            ("http://[::1]:4318/v1/traces", "http://[::1]:4318/v1/traces"),
            ("http://collector/v1/traces/", "http://collector/v1/traces"),
        ] {
            assert_eq!(Endpoint::parse(given).unwrap().as_str(), used);
        }
    }

    #[test]
    fn what_is_no_url_of_a_receiver_is_refused() {
        for wrong in [
            "",
            "127.0.0.1:4318",
            "grpc://collector:4317",
            "http://",
            "http://collector:99999",
            "http://collector:",
            "http://user@collector",
            "http://collector/?token=7",
            "http://collector/#7",
            "http://[::1",
        ] {
            assert_eq!(Endpoint::parse(wrong).unwrap_err().field, "endpoint", "{wrong}");
        }
    }
}
