//! Items: parses and writes attributes.

use std::collections::HashMap;
use std::str::FromStr;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, Utc};

use crate::client::error::Corrupt;
use crate::client::key::Key;

pub(crate) type Item = HashMap<String, AttributeValue>;

pub(crate) fn text(text: impl Into<String>) -> AttributeValue {
    AttributeValue::S(text.into())
}

#[expect(clippy::needless_pass_by_value, reason = "numbers are copied")]
pub(crate) fn number(number: impl ToString) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

pub(crate) fn millis(at: DateTime<Utc>) -> AttributeValue {
    number(at.timestamp_millis())
}

pub(crate) fn bytes(bytes: impl Into<Vec<u8>>) -> AttributeValue {
    AttributeValue::B(Blob::new(bytes.into()))
}

pub(crate) fn flag(flag: bool) -> AttributeValue {
    AttributeValue::Bool(flag)
}

/// Returns the attributes of a key.
pub(crate) fn key(key: &Key) -> Item {
    HashMap::from([("pk".to_owned(), text(&key.pk)), ("sk".to_owned(), text(&key.sk))])
}

/// Builds an item from its key and attributes.
pub(crate) fn item<const N: usize>(at: &Key, attributes: [(&str, AttributeValue); N]) -> Item {
    let mut item = key(at);
    item.extend(attributes.map(|(name, value)| (name.to_owned(), value)));
    item
}

/// Parses the attributes of an item. An item with an attribute that does not parse is corrupt.
#[derive(Clone, Copy)]
pub(crate) struct Attributes<'a>(pub(crate) &'a Item);

impl<'a> Attributes<'a> {
    fn raw(self, attribute: &str) -> Option<&'a AttributeValue> {
        self.0.get(attribute)
    }

    /// Returns the item's key.
    pub(crate) fn key(self) -> Key {
        let part = |name| self.raw(name).and_then(|value| value.as_s().ok()).cloned().unwrap_or_default();
        Key { pk: part("pk"), sk: part("sk") }
    }

    /// Returns the error for an attribute that does not parse.
    pub(crate) fn corrupt(self, attribute: &'static str) -> Corrupt {
        Corrupt { key: self.key(), attribute }
    }

    /// Parses a text.
    pub(crate) fn text<T>(
        self,
        attribute: &'static str,
        parse: impl FnOnce(&'a str) -> Option<T>,
    ) -> Result<T, Corrupt> {
        let text = self.raw(attribute).and_then(|value| value.as_s().ok());
        text.and_then(|text| parse(text)).ok_or_else(|| self.corrupt(attribute))
    }

    /// Returns a text that may be missing.
    pub(crate) fn optional(self, attribute: &'static str) -> Result<Option<&'a str>, Corrupt> {
        match self.raw(attribute) {
            None => Ok(None),
            Some(_) => self.text(attribute, Some).map(Some),
        }
    }

    /// Parses a number.
    pub(crate) fn number<N: FromStr, T>(
        self,
        attribute: &'static str,
        parse: impl FnOnce(N) -> Option<T>,
    ) -> Result<T, Corrupt> {
        let number = self.raw(attribute).and_then(|value| value.as_n().ok()).and_then(|text| text.parse().ok());
        number.and_then(parse).ok_or_else(|| self.corrupt(attribute))
    }

    /// Parses a number that is 0 if it is missing.
    pub(crate) fn optional_number<N: FromStr + Default, T>(
        self,
        attribute: &'static str,
        parse: impl FnOnce(N) -> T,
    ) -> Result<T, Corrupt> {
        match self.raw(attribute) {
            None => Ok(parse(N::default())),
            Some(_) => self.number(attribute, |number| Some(parse(number))),
        }
    }

    /// Parses a time in milliseconds.
    pub(crate) fn time(self, attribute: &'static str) -> Result<DateTime<Utc>, Corrupt> {
        self.number(attribute, DateTime::from_timestamp_millis)
    }

    /// Parses a time that may be missing.
    pub(crate) fn optional_time(self, attribute: &'static str) -> Result<Option<DateTime<Utc>>, Corrupt> {
        self.raw(attribute).map(|_| self.time(attribute)).transpose()
    }

    /// Parses bytes.
    pub(crate) fn bytes<T>(
        self,
        attribute: &'static str,
        parse: impl FnOnce(&'a [u8]) -> Option<T>,
    ) -> Result<T, Corrupt> {
        let bytes = self.raw(attribute).and_then(|value| value.as_b().ok());
        bytes.and_then(|bytes| parse(bytes.as_ref())).ok_or_else(|| self.corrupt(attribute))
    }

    /// Parses a boolean.
    pub(crate) fn flag(self, attribute: &'static str) -> Result<bool, Corrupt> {
        self.raw(attribute).and_then(|value| value.as_bool().ok()).copied().ok_or_else(|| self.corrupt(attribute))
    }
}
