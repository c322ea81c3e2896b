//! The certificate of the server: reads its files, and takes up renewed ones.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest as _, Sha256};
use ticketly_http::clock::Clock as _;
use ticketly_http::tls::{Certificate, CurrentCertificate, Unusable};
use tokio::select;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::{Misconfigured, SystemClock};

/// How often the files are read.
const EVERY: Duration = Duration::from_secs(10);
/// The greatest size of a file, in bytes.
const MAX: u64 = 1024 * 1024;
/// How long before its end a certificate is reported, and how often.
const SOON: TimeDelta = TimeDelta::days(14);
const REPORT_EVERY: TimeDelta = TimeDelta::days(1);

/// The files of a certificate.
#[derive(Debug, Clone)]
pub struct Files {
    /// The chain.
    pub chain: PathBuf,
    /// The private key.
    pub key: PathBuf,
}

/// What the files contain, by hash: a renewal may come with any time and length, and through other links. `None` if they
/// cannot be read.
type Contents = Option<[u8; 32]>;

/// A certificate that cannot be used, by its files' contents and the reason.
#[derive(PartialEq, Eq)]
struct Failure(Contents, String);

impl Files {
    /// Reads a certificate and its key. The error is one line with the file and the reason.
    fn read(&self) -> (Contents, anyhow::Result<Certificate>) {
        match self.bytes() {
            Ok((chain, key)) => {
                let hash = Sha256::new().chain_update(Sha256::digest(&chain)).chain_update(Sha256::digest(&key));
                (Some(hash.finalize().into()), self.parse(&chain, &key))
            }
            Err(error) => (None, Err(error)),
        }
    }

    fn bytes(&self) -> anyhow::Result<(Vec<u8>, Vec<u8>)> {
        let chain = bytes(&self.chain).with_context(|| self.named_chain())?;
        let key = bytes(&self.key).with_context(|| self.named_key())?;
        Ok((chain, key))
    }

    fn parse(&self, chain: &[u8], key: &[u8]) -> anyhow::Result<Certificate> {
        Certificate::from_pem(chain, key).map_err(|unusable| {
            let file = if let Unusable::Chain(_) = unusable { self.named_chain() } else { self.named_key() };
            anyhow::Error::new(unusable).context(file)
        })
    }

    fn named_chain(&self) -> String {
        format!("--tls-cert {}", self.chain.display())
    }

    fn named_key(&self) -> String {
        format!("--tls-key {}", self.key.display())
    }
}

fn bytes(path: &Path) -> anyhow::Result<Vec<u8>> {
    // Opening a pipe could wait for its other end.
    ensure!(fs::metadata(path)?.is_file(), "it is not a regular file");
    let mut bytes = Vec::new();
    File::open(path)?.take(MAX + 1).read_to_end(&mut bytes)?;
    ensure!(bytes.len() as u64 <= MAX, "it has more than {MAX} bytes");
    Ok(bytes)
}

/// A certificate in use, and what is known of its files.
pub struct Renewal {
    files: Arc<Files>,
    current: CurrentCertificate,
    hangup: Signal,
    used: Contents,
    ends: Option<DateTime<Utc>>,
    /// When the end was reported last.
    reported_end: Option<DateTime<Utc>>,
    /// The failure that was found last, and the one that was reported last.
    found: Option<Failure>,
    reported: Option<Failure>,
}

impl Renewal {
    /// Reads the certificate that the server starts with.
    pub fn start(files: Files) -> anyhow::Result<Self> {
        let (used, certificate) = files.read();
        let certificate = certificate.map_err(Misconfigured)?;
        let ends = certificate.ends();
        let current = CurrentCertificate::new(certificate);
        let hangup = signal(SignalKind::hangup())?;
        let files = Arc::new(files);
        let mut started = Self { files, current, hangup, used, ends, reported_end: None, found: None, reported: None };
        started.report_end(SystemClock.now());
        Ok(started)
    }

    /// Returns the certificate in use.
    pub fn current(&self) -> CurrentCertificate {
        self.current.clone()
    }

    /// Takes up renewed files until it is dropped. While they cannot be used, the certificate in use stays.
    pub async fn renew_forever(mut self) {
        let mut interval = actix_web::rt::time::interval(EVERY);
        loop {
            let asked = select! {
                _ = interval.tick() => false,
                _ = self.hangup.recv() => true,
            };
            let files = Arc::clone(&self.files);
            // A file on a network may keep its reader waiting.
            let Ok(read) = actix_web::rt::task::spawn_blocking(move || files.read()).await else { continue };
            let now = SystemClock.now();
            match read {
                (contents, _) if contents.is_some() && contents == self.used => {
                    (self.found, self.reported) = (None, None);
                }
                (contents, Ok(certificate)) => self.take_up(contents, certificate),
                (contents, Err(error)) => self.keep(Failure(contents, format!("{error:#}")), asked),
            }
            self.report_end(now);
        }
    }

    fn take_up(&mut self, contents: Contents, certificate: Certificate) {
        (self.used, self.ends) = (contents, certificate.ends());
        (self.found, self.reported, self.reported_end) = (None, None, None);
        self.current.replace(certificate);
        tracing::info!(ends = shown(self.ends), "a renewed certificate is in use");
    }

    /// Reports why new files are not used, once. Whoever renews them may not have written both yet, so it is reported only
    /// when it was found twice, unless somebody asks.
    fn keep(&mut self, failure: Failure, asked: bool) {
        let is_news = self.reported.as_ref() != Some(&failure);
        if is_news && (asked || self.found.as_ref() == Some(&failure)) {
            tracing::error!(cause = failure.1, "the renewed certificate cannot be used; the one before stays in use");
            self.reported = Some(failure);
        } else {
            self.found = Some(failure);
        }
    }

    /// Reports that the certificate has ended or ends soon: when it is taken up, and every day.
    fn report_end(&mut self, now: DateTime<Utc>) {
        let Some(ends) = self.ends.filter(|ends| *ends - now < SOON) else { return };
        if self.reported_end.is_some_and(|reported| now - reported < REPORT_EVERY) {
            return;
        }
        self.reported_end = Some(now);
        let ends_at = shown(Some(ends));
        if ends <= now {
            tracing::warn!(ends = ends_at, "the certificate has ended, so clients refuse it");
        } else {
            tracing::warn!(ends = ends_at, "the certificate ends soon");
        }
    }
}

fn shown(time: Option<DateTime<Utc>>) -> String {
    time.map(|time| time.format("%FT%TZ").to_string()).unwrap_or_default()
}
