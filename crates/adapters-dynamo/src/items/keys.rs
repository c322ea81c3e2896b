//! The items of the keys of the programming interface: the key by its hash, its label, and how many there are.
//!
//! Versions before named keys kept up to two a role in one partition. Those items stay as they are, so that servers of both
//! kinds can run side by side while one replaces the other.

use chrono::{DateTime, Utc};
use ticketly_domain::{KeyHash, KeyLabel, KeyRecord, StoreError};

use crate::client::attributes::{Attributes, Item, bytes, item, millis, number, text};
use crate::client::write::{EXISTS, IS_NEW, Write};
use crate::items::keyspace::{self, Key};

/// Writes a key, its label, and that there is one more. In this order: a key that is there already is told before
/// anything else.
pub(crate) fn add(key: &KeyRecord, limit: u32) -> [Write; 3] {
    let digest = || bytes(key.hash.0);
    let attributes = [
        ("role", text(key.role.as_str())),
        ("digest", digest()),
        ("label", text(key.label.as_str())),
        ("made", millis(key.made)),
    ];
    let mut written = item(&keyspace::api_key(&key.hash), attributes);
    let times = [("ends", key.ends), ("used", key.used)];
    written.extend(times.into_iter().filter_map(|(name, time)| Some((name.to_owned(), millis(time?)))));
    [
        Write::put(written).only_if(IS_NEW),
        Write::put(item(&keyspace::label(&key.label), [("digest", digest())])).only_if(IS_NEW),
        Write::update(&keyspace::key_count(), "ADD active :one")
            .only_if("attribute_not_exists(active) OR active < :limit")
            .with(":one", number(1))
            .with(":limit", number(limit)),
    ]
}

/// Deletes a key with its label, and counts one less.
pub(crate) fn remove(key: &KeyRecord) -> [Write; 3] {
    [
        Write::delete(&keyspace::api_key(&key.hash)).only_if(EXISTS),
        Write::delete(&keyspace::label(&key.label)).only_if("digest = :digest").with(":digest", bytes(key.hash.0)),
        Write::update(&keyspace::key_count(), "ADD active :less").with(":less", number(-1)),
    ]
}

/// Deletes a key that an older version made.
pub(crate) fn remove_old(at: &Key, key: &KeyRecord) -> Write {
    Write::delete(at).only_if("digest = :digest").with(":digest", bytes(key.hash.0))
}

/// Notes the hour of a use on the key's item, unless a later one is noted or the key is another.
pub(crate) fn note_use(at: &Key, hash: &KeyHash, hour: DateTime<Utc>) -> Write {
    Write::update(at, "SET used = :hour")
        .only_if("digest = :digest AND (attribute_not_exists(used) OR used < :hour)")
        .with(":digest", bytes(hash.0))
        .with(":hour", millis(hour))
}

/// Reads a key.
pub(crate) fn read(found: &Item) -> Result<KeyRecord, StoreError> {
    let label = Attributes(found).text("label", |text| KeyLabel::parse(text).ok())?;
    labelled(found, label)
}

/// Reads a key that an older version made: its number in its role makes its label.
pub(crate) fn read_old(found: &Item) -> Result<(Key, KeyRecord), StoreError> {
    let attributes = Attributes(found);
    let key = attributes.key();
    let number = keyspace::old_key_number(&key).ok_or_else(|| attributes.corrupt("sk"))?;
    let role = attributes.text("role", |text| text.parse().ok())?;
    let record = labelled(found, KeyLabel::numbered(role, number.saturating_add(1)))?;
    Ok((key, record))
}

fn labelled(found: &Item, label: KeyLabel) -> Result<KeyRecord, StoreError> {
    let attributes = Attributes(found);
    Ok(KeyRecord {
        role: attributes.text("role", |text| text.parse().ok())?,
        hash: digest(found)?,
        label,
        made: attributes.time("made")?,
        ends: attributes.optional_time("ends")?,
        used: attributes.optional_time("used")?,
    })
}

/// The hash that an item names.
pub(crate) fn digest(found: &Item) -> Result<KeyHash, StoreError> {
    Ok(KeyHash(Attributes(found).bytes("digest", |bytes| bytes.try_into().ok())?))
}
