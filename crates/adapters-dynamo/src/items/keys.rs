//! The items of API keys: the key by its hash, its label, and the number of keys.
//!
//! Versions before named keys stored up to two keys per role in one partition. Those items stay as they are, so that
//! servers of both versions can run at the same time during an update.

use chrono::{DateTime, Utc};
use ticketly_domain::{KeyHash, KeyLabel, KeyRecord, StoreError};

use crate::client::attributes::{Attributes, Item, bytes, item, millis, number, text};
use crate::client::write::{EXISTS, IS_NEW, Write};
use crate::items::keyspace::{self, Key};

/// Writes a key and its label, and increments the number of keys. The key comes first, so that a refusal reports an
/// existing key before anything else.
pub(crate) fn add(key: &KeyRecord, limit: u32) -> [Write; 3] {
    [
        Write::put(written(key)).only_if(IS_NEW),
        Write::put(label_item(key)).only_if(IS_NEW),
        Write::update(&keyspace::key_count(), "ADD active :one")
            .only_if("attribute_not_exists(active) OR active < :limit")
            .with(":one", number(1))
            .with(":limit", number(limit)),
    ]
}

/// Returns the item of a key.
pub(crate) fn written(key: &KeyRecord) -> Item {
    let attributes = [
        ("role", text(key.role.as_str())),
        ("digest", bytes(key.hash.0)),
        ("label", text(key.label.as_str())),
        ("made", millis(key.created)),
    ];
    let mut written = item(&keyspace::api_key(&key.hash), attributes);
    let times = [("ends", key.ends), ("used", key.used)];
    written.extend(times.into_iter().filter_map(|(name, time)| Some((name.to_owned(), millis(time?)))));
    written
}

/// Returns the item of a key's label.
pub(crate) fn label_item(key: &KeyRecord) -> Item {
    item(&keyspace::label(&key.label), [("digest", bytes(key.hash.0))])
}

/// Deletes a key with its label, and decrements the number of keys.
pub(crate) fn remove(key: &KeyRecord) -> [Write; 3] {
    [
        Write::delete(&keyspace::api_key(&key.hash)).only_if(EXISTS),
        Write::delete(&keyspace::label(&key.label)).only_if("digest = :digest").with(":digest", bytes(key.hash.0)),
        Write::update(&keyspace::key_count(), "ADD active :less").with(":less", number(-1)),
    ]
}

/// Deletes a key that an older version created.
pub(crate) fn remove_old(at: &Key, key: &KeyRecord) -> Write {
    Write::delete(at).only_if("digest = :digest").with(":digest", bytes(key.hash.0))
}

/// Stores the hour of a use in the key's item, unless it has a later one or belongs to another key.
pub(crate) fn note_use(at: &Key, hash: &KeyHash, hour: DateTime<Utc>) -> Write {
    Write::update(at, "SET used = :hour")
        .only_if("digest = :digest AND (attribute_not_exists(used) OR used < :hour)")
        .with(":digest", bytes(hash.0))
        .with(":hour", millis(hour))
}

/// Parses a key.
pub(crate) fn read(found: &Item) -> Result<KeyRecord, StoreError> {
    let label = Attributes(found).text("label", |text| KeyLabel::parse(text).ok())?;
    labelled(found, label)
}

/// Parses a key that an older version created. Its label is its role with its number.
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
        created: attributes.time("made")?,
        ends: attributes.optional_time("ends")?,
        used: attributes.optional_time("used")?,
    })
}

/// Parses the hash of a key from its item or its label's.
pub(crate) fn digest(found: &Item) -> Result<KeyHash, StoreError> {
    Ok(KeyHash(Attributes(found).bytes("digest", |bytes| bytes.try_into().ok())?))
}
