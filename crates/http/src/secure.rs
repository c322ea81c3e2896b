//! Whether a client's connection is encrypted.

use actix_web::HttpRequest;
use actix_web::dev::ServiceRequest;
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue, STRICT_TRANSPORT_SECURITY};
use actix_web::web::Data;

/// Marks the connections that this server itself encrypts.
pub(crate) struct OwnTls;

/// The number of trusted proxies in front of the server.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Proxies(pub(crate) usize);

/// How long browsers that were here use HTTPS only, for the whole host name (decision 23): a week.
const HTTPS_ONLY: HeaderValue = HeaderValue::from_static("max-age=604800");

/// Returns whether the connection of the client is encrypted, so that a cookie may be `Secure`: as the outermost trusted
/// proxy says in `X-Forwarded-Proto`, or by the server's own TLS. Without trusted proxies the header is ignored, since any
/// client can send it.
#[must_use]
pub fn is_secure(request: &HttpRequest) -> bool {
    let own = request.conn_data::<OwnTls>().is_some();
    let proxies = request.app_data::<Data<Proxies>>().map_or(0, |proxies| proxies.0);
    forwarded(request.headers(), proxies).unwrap_or(own)
}

/// Returns the header that keeps browsers from plain HTTP. Only a server whose clients meet its own TLS sends it; a proxy
/// decides for its own name.
pub(crate) fn https_only(request: &ServiceRequest) -> Option<(HeaderName, HeaderValue)> {
    let has_proxies = request.app_data::<Data<Proxies>>().is_some_and(|proxies| proxies.0 > 0);
    let own = request.conn_data::<OwnTls>().is_some() && !has_proxies;
    own.then_some((STRICT_TRANSPORT_SECURITY, HTTPS_ONLY))
}

/// Returns what the outermost trusted proxy said. Each of them adds to the list or, as most do, replaces it: then the
/// first entry is the farthest that is known. Entries to the left of the trusted ones are the client's.
fn forwarded(headers: &HeaderMap, proxies: usize) -> Option<bool> {
    let lines = headers.get_all("x-forwarded-proto").map(HeaderValue::as_bytes);
    let hops: Vec<_> = lines.flat_map(|line| line.split(|&byte| byte == b',')).collect();
    let hop = hops.get(hops.len().saturating_sub(proxies))?;
    Some(hop.trim_ascii().eq_ignore_ascii_case(b"https"))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn secure(lines: &[&str], proxies: usize) -> bool {
        let request = TestRequest::default().app_data(Data::new(Proxies(proxies)));
        let add = |request: TestRequest, line: &&str| request.append_header(("X-Forwarded-Proto", *line));
        is_secure(&lines.iter().fold(request, add).to_http_request())
    }

    #[test]
    fn only_a_trusted_proxy_says_that_it_is() {
        assert!(!secure(&["https"], 0));
        assert!(secure(&["https"], 1));
        assert!(secure(&["HTTPS "], 1));
        assert!(!secure(&["http"], 1));
        assert!(!secure(&[], 1));
        for wrong in ["", "httpss", "wss", "ä"] {
            assert!(!secure(&[wrong], 1), "{wrong}");
        }
    }

    #[test]
    fn the_outermost_trusted_proxy_counts() {
        // The client lies, and the proxy adds to the list.
        assert!(!secure(&["https, http"], 1));
        assert!(!secure(&["https", "http"], 1));
        // The outer of two proxies has the client's connection.
        assert!(secure(&["https, http"], 2));
        assert!(!secure(&["https, http, https"], 2));
        // Two proxies of which the outer or the inner replaces what is there.
        assert!(secure(&["https"], 2));
    }

    #[test]
    fn without_settings_no_connection_is_secure() {
        let request = TestRequest::default().insert_header(("X-Forwarded-Proto", "https"));
        assert!(!is_secure(&request.to_http_request()));
    }
}
