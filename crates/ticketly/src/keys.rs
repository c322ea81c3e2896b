//! The command `key`: API keys.

use std::fs::{self, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::iter;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, bail};
use chrono::{DateTime, SecondsFormat, Utc};
use ticketly_domain::{ApiKey, KeyLabel, KeyRecord, KeyStore, MAX_KEYS, Refusal, Role, StoreError};
use ticketly_http::clock::Clock as _;

use crate::options::{About, Data, Key};
use crate::store::open;
use crate::{Misconfigured, SystemClock, print_line};

pub async fn run(command: Key) -> anyhow::Result<()> {
    match command {
        Key::New { role, about, data } => {
            let key = ApiKey::mint(role, &mut rand::rng());
            add(&*open_keys(&data).await?, &key, &about).await?;
            print_line(key.as_str())
        }
        Key::Add { about, data } => {
            let key = read_key(io::stdin()).map_err(Misconfigured)?;
            let KeyRecord { hash, role, label, .. } = add(&*open_keys(&data).await?, &key, &about).await?;
            print_line(&format!("{} {label} is a key of {role}", hash.name()))
        }
        Key::List { data } => {
            let keys = open_keys(&data).await?.keys().await?;
            table(&keys, SystemClock.now()).iter().try_for_each(|line| print_line(line))
        }
        Key::Revoke { key, data } => revoke(&*open_keys(&data).await?, &key).await,
    }
}

async fn open_keys(data: &Data) -> anyhow::Result<Arc<dyn KeyStore>> {
    Ok(open(data).await?.keys)
}

/// Adds a key and returns its record. If the key was added before, returns the existing record.
async fn add(store: &dyn KeyStore, key: &ApiKey, about: &About) -> anyhow::Result<KeyRecord> {
    /// How often a default label is chosen again because another process took it first.
    const ATTEMPTS: usize = 16;
    let now = SystemClock.now();
    for _ in 0..ATTEMPTS {
        let keys = store.keys().await?;
        if let Some(known) = keys.iter().find(|known| known.hash == key.hash()) {
            return Ok(known.clone());
        }
        let taken: Vec<_> = keys.iter().map(|known| &known.label).collect();
        let label = about.label.clone().unwrap_or_else(|| KeyLabel::next(key.role(), &taken));
        let mut record = key.record(label.clone(), now);
        if let Some(ends) = about.ends(now) {
            let ending = record.until(ends);
            record = ending.map_err(|invalid| anyhow::anyhow!("--until: {}", invalid.reason)).map_err(Misconfigured)?;
        }
        match store.add_key(&record, MAX_KEYS).await {
            Err(StoreError::Refused(Refusal::LabelTaken)) if about.label.is_none() => {}
            Err(StoreError::Refused(Refusal::LabelTaken)) => {
                let hint = "give another --label, or revoke that key with `ticketly key revoke`";
                return Err(Misconfigured(anyhow::anyhow!("another key has the label {label}; {hint}")).into());
            }
            Err(StoreError::Refused(refusal @ Refusal::TooManyKeys { .. })) => {
                let error = anyhow::anyhow!("{refusal}; revoke some with `ticketly key revoke`");
                return Err(Misconfigured(error).into());
            }
            outcome => return Ok(outcome.map(|()| record)?),
        }
    }
    bail!("other processes took every default label; give a --label")
}

/// Returns a table of keys: one line each, in aligned columns.
fn table(keys: &[KeyRecord], now: DateTime<Utc>) -> Vec<String> {
    let second = |time: DateTime<Utc>| time.to_rfc3339_opts(SecondsFormat::Secs, true);
    let row = |key: &KeyRecord| {
        let end = match key.ends {
            Some(ends) if key.has_ended(now) => format!("ended {}", second(ends)),
            Some(ends) => second(ends),
            None => "never".to_owned(),
        };
        let used = key.used.map_or_else(|| "never".to_owned(), |hour| hour.format("%Y-%m-%dT%H:00Z").to_string());
        [key.hash.name(), key.label.to_string(), key.role.to_string(), second(key.created), end, used]
    };
    let head = ["NAME", "LABEL", "ROLE", "CREATED", "ENDS", "LAST USED"].map(str::to_owned);
    let rows: Vec<_> = iter::once(head).chain(keys.iter().map(row)).collect();
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
    let line = |row: &[String; 6]| {
        let cells = row.iter().enumerate();
        let cells = cells.map(|(column, cell)| format!("{cell:<width$}", width = width(column).unwrap_or(0)));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

/// Reads a key, and no more bytes than a key can have.
fn read_key(from: impl io::Read) -> anyhow::Result<ApiKey> {
    const MAX_BYTES: u64 = 256;
    let mut text = String::new();
    from.take(MAX_BYTES).read_to_string(&mut text).context("cannot read a key from the standard input")?;
    ApiKey::parse(text.trim())
        .map_err(|invalid| anyhow::anyhow!("the standard input has no valid key: {}", invalid.reason))
}

async fn revoke(store: &dyn KeyStore, name_or_label: &str) -> anyhow::Result<()> {
    let keys = store.keys().await?;
    let mut found = keys.iter().filter(|key| key.is_called(name_or_label));
    let reason = match (found.next(), found.next()) {
        (Some(key), None) => {
            store.revoke_key(&key.hash).await?;
            let (name, label) = (key.hash.name(), &key.label);
            return print_line(&format!("{name} {label} is revoked; running servers refuse it within 5 seconds"));
        }
        (None, _) => "there is no key",
        (Some(_), Some(_)) => "there are several keys",
    };
    Err(Misconfigured(anyhow::anyhow!("{reason} {name_or_label}; `ticketly key list` prints names and labels")).into())
}

/// Creates an admin key if there is no valid one, and writes it to a file that only its owner can read. Returns the
/// path of the file.
///
/// The file is written before the record: a key without a record is not valid, and is replaced at the next start.
pub async fn create_first(store: &dyn KeyStore, folder: &Path) -> anyhow::Result<Option<PathBuf>> {
    let (keys, now) = (store.keys().await?, SystemClock.now());
    if keys.iter().any(|key| key.role_at(now) == Some(Role::Admin)) {
        return Ok(None);
    }
    let key = ApiKey::mint(Role::Admin, &mut rand::rng());
    let path = folder.join("admin.key");
    write_secret(&path, key.as_str()).with_context(|| format!("cannot write {}", path.display()))?;
    let taken: Vec<_> = keys.iter().map(|known| &known.label).collect();
    store.add_key(&key.record(KeyLabel::next(Role::Admin, &taken), now), MAX_KEYS).await?;
    Ok(Some(path))
}

fn write_secret(path: &Path, secret: &str) -> anyhow::Result<()> {
    if let Err(error) = fs::remove_file(path)
        && error.kind() != io::ErrorKind::NotFound
    {
        bail!(error);
    }
    let mut options = OpenOptions::new();
    // Never an existing file, because its mode could let others read it.
    options.write(true).create_new(true).mode(0o600);
    let mut file = options.open(path)?;
    writeln!(file, "{secret}")?;
    Ok(file.sync_all()?)
}
