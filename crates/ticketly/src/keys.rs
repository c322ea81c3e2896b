//! The keys of the programming interface.

use std::fs::{self, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use ticketly_domain::{ApiKey, KeyRecord, KeyStore, MAX_KEYS, Refusal, Role, StoreError};
use ticketly_http::clock::Clock as _;

use crate::options::{Data, Key};
use crate::store::open;
use crate::{Misconfigured, SystemClock, say};

pub async fn run(command: Key) -> anyhow::Result<()> {
    match command {
        Key::New { role, data } => {
            let key = ApiKey::mint(role, &mut rand::rng());
            add(&data, &key).await?;
            say(key.as_str())
        }
        Key::Add { data } => {
            let key = read_key(io::stdin()).map_err(Misconfigured)?;
            let record = add(&data, &key).await?;
            say(&format!("{} is a key of {}", record.hash.name(), record.role))
        }
        Key::List { data } => {
            for key in open(&data).await?.keys.keys().await? {
                say(&format!("{}  {:<10}  {}", key.hash.name(), key.role.as_str(), key.at.to_rfc3339()))?;
            }
            Ok(())
        }
        Key::Revoke { name, data } => revoke(&*open(&data).await?.keys, &name).await,
    }
}

async fn add(data: &Data, key: &ApiKey) -> anyhow::Result<KeyRecord> {
    let record = key.record(SystemClock.now());
    match open(data).await?.keys.add_key(&record).await {
        Err(StoreError::Refused(Refusal::TooManyKeys(role))) => {
            let error = anyhow::anyhow!("{role} has {MAX_KEYS} keys already; end one with `ticketly key revoke`");
            Err(Misconfigured(error).into())
        }
        outcome => Ok(outcome.map(|()| record)?),
    }
}

/// Reads a key, and no more than could be one.
fn read_key(from: impl io::Read) -> anyhow::Result<ApiKey> {
    const AT_MOST: u64 = 256;
    let mut text = String::new();
    from.take(AT_MOST).read_to_string(&mut text).context("cannot read a key from the standard input")?;
    ApiKey::parse(text.trim()).map_err(|invalid| anyhow::anyhow!("no key on the standard input: {}", invalid.reason))
}

async fn revoke(store: &dyn KeyStore, name: &str) -> anyhow::Result<()> {
    let keys = store.keys().await?;
    let mut named = keys.iter().filter(|key| key.hash.name() == name);
    match (named.next(), named.next()) {
        (Some(key), None) => {
            store.revoke_key(&key.hash).await?;
            say(&format!("{name} is no key any more"))
        }
        _ => Err(Misconfigured(anyhow::anyhow!("there is no key {name}; `ticketly key list` prints them")).into()),
    }
}

/// Makes an admin key where there is none and puts it into a file that only its owner can read. Returns the file.
///
/// The file comes first: a key whose record is missing opens nothing, and is replaced at the next start.
pub async fn first(store: &dyn KeyStore, folder: &Path) -> anyhow::Result<Option<PathBuf>> {
    if store.keys().await?.iter().any(|key| key.role == Role::Admin) {
        return Ok(None);
    }
    let key = ApiKey::mint(Role::Admin, &mut rand::rng());
    let path = folder.join("admin.key");
    write_secret(&path, key.as_str()).with_context(|| format!("cannot write {}", path.display()))?;
    store.add_key(&key.record(SystemClock.now())).await?;
    Ok(Some(path))
}

fn write_secret(path: &Path, secret: &str) -> anyhow::Result<()> {
    if let Err(error) = fs::remove_file(path)
        && error.kind() != io::ErrorKind::NotFound
    {
        bail!(error);
    }
    let mut options = OpenOptions::new();
    // Never an existing file, whose mode somebody else chose.
    options.write(true).create_new(true).mode(0o600);
    let mut file = options.open(path)?;
    writeln!(file, "{secret}")?;
    Ok(file.sync_all()?)
}
