//! Price lists that a store keeps, and what a slot has of one.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use rand::CryptoRng;

use super::PriceList;
use crate::{PriceListId, PriceListName};

/// The number of a version of a price list, from 1. Corrected prices are a new version; slots keep the version that they
/// have until they are corrected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PriceListVersion(pub u32);

impl PriceListVersion {
    /// The version of a new list.
    pub const FIRST: Self = Self(1);
    /// The greatest number of versions of a list.
    pub const MAX: Self = Self(1000);

    /// Returns the next version. `None` after [`Self::MAX`].
    #[must_use]
    pub fn next(self) -> Option<Self> {
        (self < Self::MAX).then(|| Self(self.0 + 1))
    }
}

/// A price list to add.
#[derive(Debug, Clone)]
pub struct PriceListDraft {
    /// The name.
    pub name: PriceListName,
    /// The first version of the prices.
    pub list: Arc<PriceList>,
}

/// A price list as a store keeps it, with its newest version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPriceList {
    /// The identifier.
    pub id: PriceListId,
    /// The name.
    pub name: PriceListName,
    /// The version that slots get.
    pub version: PriceListVersion,
    /// The prices of that version.
    pub list: Arc<PriceList>,
}

impl StoredPriceList {
    /// The greatest number of price lists of an installation.
    pub const MAX: usize = 100;

    /// Creates a price list with a new identifier and the first version of its prices.
    #[must_use]
    pub fn add(draft: PriceListDraft, now: DateTime<Utc>, rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        let PriceListDraft { name, list } = draft;
        Self { id: PriceListId::mint(now, rng), name, version: PriceListVersion::FIRST, list }
    }

    /// Returns the list with other prices, which are the next version. The same prices again change nothing. `None` when
    /// there are [`PriceListVersion::MAX`] versions.
    #[must_use]
    pub fn with_prices(&self, list: &Arc<PriceList>) -> Option<Self> {
        if self.list == *list {
            return Some(self.clone());
        }
        Some(Self { version: self.version.next()?, list: Arc::clone(list), ..self.clone() })
    }

    /// Returns what a slot gets of the list.
    #[must_use]
    pub fn of_slot(&self) -> SlotPrices {
        SlotPrices { id: self.id, version: self.version, list: Arc::clone(&self.list) }
    }
}

/// What a slot has of its price list: one version, which does not change when the list gets another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotPrices {
    /// The price list.
    pub id: PriceListId,
    /// The version.
    pub version: PriceListVersion,
    /// The prices of that version.
    pub list: Arc<PriceList>,
}
