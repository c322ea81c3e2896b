//! The client over TLS. All else is tested with the demo provider.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::mpsc::{self, Receiver};
use std::thread;

use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::*;

const AUTHORITY: &[u8] = include_bytes!("../../tests/tls/ca.der");
const CERTIFICATE: &[u8] = include_bytes!("../../tests/tls/localhost.der");
const KEY: &[u8] = include_bytes!("../../tests/tls/localhost-key.der");
const TIMEOUT: Duration = Duration::from_secs(20);

/// Starts a server that answers one request. Returns its port, and the request if one arrives through TLS.
fn serve() -> (u16, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let key = PrivateKeyDer::try_from(KEY).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![CertificateDer::from(CERTIFICATE)], key)
        .unwrap();
    let (sender, requests) = mpsc::channel();
    thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        stream.set_read_timeout(Some(TIMEOUT)).unwrap();
        let mut stream = StreamOwned::new(ServerConnection::new(Arc::new(config)).unwrap(), stream);
        let mut buffer = [0; 4096];
        let Ok(length) = stream.read(&mut buffer) else { return };
        sender.send(String::from_utf8_lossy(&buffer[..length]).into_owned()).unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}").unwrap();
    });
    (port, requests)
}

/// Sends a change to `https://` and this host. Returns the status, or whether it was sent.
fn change(host: &str, port: u16, trusted: Option<&'static [u8]>) -> Result<u16, &'static str> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(trusted.map(CertificateDer::from));
    let config = trusting(Arc::new(ring::default_provider()), roots).unwrap();
    let connector = HttpsConnectorBuilder::new().with_tls_config(config).https_only().enable_http1().build();
    let endpoint = Endpoint::parse(&format!("https://{host}:{port}/ticketly")).unwrap();
    let token = BearerToken::parse("example-token-of-the-bridge").unwrap();
    let client = Client::with(endpoint, &token, Timeouts::default(), connector).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    match runtime.block_on(Box::pin(client.change("void", ("/payments/7/void", "7-void"), Vec::new()))) {
        Ok(answer) => Ok(answer.status.as_u16()),
        Err(NoAnswer::NotSent(_)) => Err("not sent"),
        Err(NoAnswer::MaybeSent(_)) => Err("maybe sent"),
    }
}

#[test]
fn a_request_is_encrypted_for_a_trusted_server() {
    let (port, requests) = serve();
    assert_eq!(change("localhost", port, Some(AUTHORITY)), Ok(200));
    let request = requests.recv_timeout(TIMEOUT).unwrap();
    assert!(request.starts_with("POST /ticketly/payments/7/void HTTP/1.1\r\n"), "{request}");
    assert!(request.contains(&format!("host: localhost:{port}\r\n")), "{request}");
}

#[test]
fn nothing_is_sent_to_another_server() {
    for (host, trusted, why) in [
        ("localhost", None, "nobody vouches for it"),
        ("127.0.0.1", Some(AUTHORITY), "its certificate is of another name"),
    ] {
        let (port, requests) = serve();
        assert_eq!(change(host, port, trusted), Err("not sent"), "{why}");
        assert!(requests.recv_timeout(TIMEOUT).is_err(), "{why}");
    }
}

#[test]
fn nothing_is_sent_to_a_server_without_tls() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || listener.accept().unwrap().0.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
    assert_eq!(change("localhost", port, Some(AUTHORITY)), Err("not sent"));
}
