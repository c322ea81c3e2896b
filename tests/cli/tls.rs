//! HTTPS, and the renewal of its certificate.

use std::fs;
use std::io::Read as _;
use std::net::TcpStream;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use rustls::crypto::ring::default_provider;
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};

use crate::http::{Answer, Connection};
use crate::process::{Folder, Server, TIMEOUT};

/// A self-signed certificate of `localhost` with its key.
pub struct Pair {
    certificate: CertificateDer<'static>,
    key: Vec<u8>,
}

fn pem(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines = text.as_bytes().chunks(64).map(|line| str::from_utf8(line).unwrap());
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.collect::<Vec<_>>().join("\n"))
}

impl Pair {
    pub fn new() -> Self {
        Self::until(4000)
    }

    /// Makes a certificate that ends when a year begins.
    fn until(year: i32) -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        params.not_after = date_time_ymd(year, 1, 1);
        Self { certificate: params.self_signed(&key).unwrap().der().clone(), key: key.serialize_der() }
    }

    /// Writes both files into a folder.
    pub fn write(&self, folder: &Path) {
        self.write_certificate(folder);
        fs::write(folder.join("key.pem"), pem("PRIVATE KEY", &self.key)).unwrap();
    }

    fn write_certificate(&self, folder: &Path) {
        fs::write(folder.join("cert.pem"), pem("CERTIFICATE", &self.certificate)).unwrap();
    }

    /// Returns a client that trusts this certificate and no other.
    pub fn trusted(&self) -> Arc<ClientConfig> {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.clone()).unwrap();
        let config = ClientConfig::builder_with_provider(Arc::new(default_provider()));
        let config = config.with_safe_default_protocol_versions().unwrap();
        Arc::new(config.with_root_certificates(roots).with_no_client_auth())
    }

    /// Serves a folder with this certificate, whose files are beside it.
    pub fn serve(&self, folder: &Folder, options: &[&str]) -> Server {
        self.write(&folder.beside(""));
        serve_files(folder, &folder.beside(""), options).trusting(self)
    }
}

/// Serves a folder with the certificate in `files`.
fn serve_files(folder: &Folder, files: &Path, options: &[&str]) -> Server {
    let (chain, key) = (files.join("cert.pem"), files.join("key.pem"));
    let tls = ["--tls-cert", chain.to_str().unwrap(), "--tls-key", key.to_str().unwrap()];
    folder.serve(&[&tls[..], options].concat())
}

fn live(connection: &mut Connection) -> Answer {
    let answer = connection.ask("GET", "/health/live", &[], None);
    answer.expect(200);
    answer
}

/// Returns whether new connections get this certificate.
fn shows(server: &Server, pair: &Pair) -> bool {
    let mut connection = Connection::over_tls(server.address, pair.trusted()).unwrap();
    connection.send(b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n").is_ok() && connection.answer().is_ok()
}

#[track_caller]
fn until_it_shows(server: &Server, pair: &Pair) {
    let begun = Instant::now();
    while !shows(server, pair) {
        assert!(begun.elapsed() < TIMEOUT, "the certificate was not taken up");
        thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn a_server_with_a_certificate_speaks_https() {
    let folder = Folder::new();
    let pair = Pair::new();
    let server = pair.serve(&folder, &[]);
    assert!(server.greeting.contains("\n  pages        https://"), "{}", server.greeting);
    assert!(!shows(&server, &Pair::new()), "another certificate would do as well");

    let mut connection = server.connect();
    assert_eq!(live(&mut connection).header("Strict-Transport-Security"), Some("max-age=604800"));
    let missing = connection.ask("GET", "/v1/tickets/none", &[], None);
    missing.refused(404, "unknown_ticket");
    assert_eq!(missing.header("Strict-Transport-Security"), Some("max-age=604800"));
    connection.send(b"HEAD /v1/slots HTTP/1.1\r\nHost: x\r\n\r\nGET /health/live HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        head.push(connection.byte().unwrap().into());
    }
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n") && head.contains("content-length: "), "{head}");
    connection.answer().unwrap().expect(200);

    let slot = server.schedule(&folder.admin_key(), 5);
    assert_eq!(server.book(&slot, 2)["tickets"].as_array().unwrap().len(), 2);
    drop(server);
    let plain = folder.serve(&[]);
    assert_eq!(live(&mut plain.connect()).header("Strict-Transport-Security"), None);
}

#[test]
fn a_proxy_decides_itself_whether_its_name_is_https_only() {
    let folder = Folder::new();
    let server = Pair::new().serve(&folder, &["--proxies", "1"]);
    assert_eq!(live(&mut server.connect()).header("Strict-Transport-Security"), None);
}

#[test]
fn a_client_of_plain_http_is_told_to_use_https() {
    let folder = Folder::new();
    let server = Pair::new().serve(&folder, &[]);
    for body in ["", &"x".repeat(40_000)] {
        let mut plain = Connection::to(server.address);
        let request = format!("POST /v1/bookings HTTP/1.1\r\nContent-Length: {}\r\n\r\n{body}", body.len());
        plain.send(request.as_bytes()).unwrap();
        let refused = plain.answer().unwrap();
        assert_eq!((refused.status, refused.text()), (400, "This server speaks HTTPS: begin the URL with https.\n"));
        assert_eq!(plain.drain(), None);
    }
    // What is neither gets an alert of TLS.
    let mut nonsense = Connection::to(server.address);
    nonsense.send(b"\x80\x00nonsense").unwrap();
    while nonsense.drain().is_some() {}
    let ended = server.stop();
    assert_eq!(ended.stderr.lines().filter(|line| !line.contains("stopping")).count(), 0, "{}", ended.stderr);
}

#[test]
fn a_handshake_has_a_time_limit() {
    let folder = Folder::new();
    let server = Pair::new().serve(&folder, &["--workers", "1"]);
    let begun = Instant::now();
    let open = |bytes: &[u8]| {
        let mut slow = Connection::to(server.address);
        slow.send(bytes).unwrap();
        slow
    };
    let slow = [open(b""), open(b"\x16"), open(b"\x16\x03\x01\x02\x00\x01")];
    live(&mut server.connect());
    assert!(begun.elapsed() < Duration::from_secs(4), "others wait for slow handshakes: {:?}", begun.elapsed());
    for mut slow in slow {
        assert_eq!(slow.drain(), None);
    }
    assert!(begun.elapsed() > Duration::from_secs(4), "{:?}", begun.elapsed());
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
}

#[test]
fn renewed_files_are_taken_up_through_links() {
    let folder = Folder::new();
    let (first, second) = (Pair::new(), Pair::new());
    for (name, pair) in [("first", &first), ("second", &second)] {
        fs::create_dir(folder.beside(name)).unwrap();
        pair.write(&folder.beside(name));
    }
    // As in a volume of Kubernetes, whose link to all files is replaced at once.
    symlink("first", folder.beside("data")).unwrap();
    fs::create_dir(folder.beside("tls")).unwrap();
    for name in ["cert.pem", "key.pem"] {
        symlink(format!("../data/{name}"), folder.beside("tls").join(name)).unwrap();
    }
    let server = serve_files(&folder, &folder.beside("tls"), &[]).trusting(&first);
    let mut old = server.connect();
    live(&mut old);
    assert!(!shows(&server, &second));

    symlink("second", folder.beside("new")).unwrap();
    fs::rename(folder.beside("new"), folder.beside("data")).unwrap();
    until_it_shows(&server, &second);
    assert!(!shows(&server, &first));
    live(&mut old);
    let stderr = server.stop().stderr;
    assert_eq!(stderr.matches("a renewed certificate is in use").count(), 1, "{stderr}");
    assert!(!stderr.contains("ERROR"), "{stderr}");
}

#[test]
fn a_wrong_pair_keeps_the_certificate_and_is_logged_once() {
    let folder = Folder::new();
    let (first, second) = (Pair::new(), Pair::new());
    let server = first.serve(&folder, &[]);
    second.write_certificate(&folder.beside(""));
    for _ in 0..3 {
        server.signal("HUP");
        thread::sleep(Duration::from_millis(300));
    }
    assert!(shows(&server, &first) && !shows(&server, &second));
    fs::remove_file(folder.beside("key.pem")).unwrap();
    server.signal("HUP");
    thread::sleep(Duration::from_millis(300));
    assert!(shows(&server, &first));
    second.write(&folder.beside(""));
    server.signal("HUP");
    until_it_shows(&server, &second);
    let stderr = server.stop().stderr;
    assert_eq!(stderr.matches("does not fit").count(), 1, "{stderr}");
    assert_eq!(stderr.matches("No such file").count(), 1, "{stderr}");
    assert_eq!(stderr.matches("ERROR").count(), 2, "{stderr}");
    assert_eq!(stderr.matches("a renewed certificate is in use").count(), 1, "{stderr}");
}

#[test]
fn a_certificate_that_ends_is_reported() {
    let folder = Folder::new();
    let stderr = Pair::until(2001).serve(&folder, &[]).stop().stderr;
    let told = stderr.lines().filter(|line| line.contains("WARN") && line.contains("2001-01-01T00:00:00Z"));
    assert_eq!(told.count(), 1, "{stderr}");
    let stderr = Pair::new().serve(&folder, &[]).stop().stderr;
    assert!(!stderr.contains("WARN"), "{stderr}");
}

#[test]
fn wrong_files_are_named_in_one_line() {
    let folder = Folder::new();
    let (pair, other) = (folder.beside("pair"), folder.beside("other"));
    for files in [&pair, &other] {
        fs::create_dir(files).unwrap();
        Pair::new().write(files);
    }
    let (chain, key, other) = (pair.join("cert.pem"), pair.join("key.pem"), other.join("key.pem"));
    fs::write(folder.beside("large"), vec![b'x'; 1024 * 1024 + 1]).unwrap();
    let (missing, large) = (folder.beside("missing"), folder.beside("large"));
    let cases = [
        (&missing, &key, "--tls-cert", &missing, "No such file"),
        (&chain, &missing, "--tls-key", &missing, "No such file"),
        (&chain, &pair, "--tls-key", &pair, "not a regular file"),
        (&large, &key, "--tls-cert", &large, "more than 1048576 bytes"),
        (&key, &key, "--tls-cert", &key, "no certificate"),
        (&chain, &chain, "--tls-key", &chain, "no private key"),
        (&chain, &other, "--tls-key", &other, "does not fit"),
    ];
    for (chain, key, option, file, reason) in cases {
        let ended = folder.run(&[
            "serve".as_ref(),
            "--tls-cert".as_ref(),
            chain.as_os_str(),
            "--tls-key".as_ref(),
            key.as_os_str(),
        ]);
        assert_eq!((ended.code, ended.stdout.as_str(), ended.stderr.lines().count()), (Some(2), "", 1), "{ended:?}");
        assert!(ended.stderr.starts_with(&format!("ticketly: {option} {}: ", file.display())), "{ended:?}");
        assert!(ended.stderr.contains(reason), "{ended:?}");
    }
    for alone in ["--tls-cert", "--tls-key"] {
        let ended = folder.run(&["serve", alone, "file"]);
        assert_eq!(ended.code, Some(2), "{ended:?}");
    }
    assert!(!folder.path().exists(), "a refused start creates no data folder");
}

#[test]
fn idle_connections_over_tls_do_not_delay_the_end() {
    let folder = Folder::new();
    let server = Pair::new().serve(&folder, &["--drain", "20"]);
    let mut used = server.connect();
    live(&mut used);
    let mut silent = TcpStream::connect(server.address).unwrap();
    let mut half = Connection::to(server.address);
    half.send(b"\x16\x03\x01").unwrap();
    thread::sleep(Duration::from_millis(200));
    let begun = Instant::now();
    server.stop();
    assert!(begun.elapsed() < Duration::from_secs(3), "it took {:?}", begun.elapsed());
    assert!(used.answer().is_err() && half.drain().is_none());
    assert!(silent.read(&mut [0]).map_or(true, |bytes| bytes == 0));
}

#[test]
fn a_server_that_lingers_answers_once_more_over_tls() {
    let folder = Folder::new();
    let server = Pair::new().serve(&folder, &["--linger", "2", "--drain", "20"]);
    let mut waiting = server.connect();
    live(&mut waiting);
    // The first use of this one shakes hands.
    let mut late = server.connect();
    server.signal("TERM");
    thread::sleep(Duration::from_millis(500));
    let last = waiting.ask("GET", "/health/ready", &[], None);
    assert_eq!((last.status, last.header("Connection")), (503, Some("close")));
    // The listener has closed, and no other connection is open.
    thread::sleep(Duration::from_secs(2));
    assert_eq!(live(&mut late).header("Connection"), Some("close"));
    let ended = server.ended();
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
}
