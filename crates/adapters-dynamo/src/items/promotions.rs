//! The items of promotions, and the list of holds that have lapsed and still count as uses.
//!
//! A request lapses holds of others without reading or writing their promotions: it only moves them to this list, at no further
//! cost. Uses are given back from there.

use chrono::{DateTime, Utc};
use ticketly_domain::{Amount, Booking, BookingKey, Discount, Hold, Promotion, PromotionCode, StoreError, Uses};

use crate::client::attributes::{Attributes, Item, flag, item, millis, number, text};
use crate::client::write::{EXISTS, IS_NEW, Write};
use crate::items::keyspace::{self, due};

/// Writes a promotion, and increments the number of promotions.
pub(crate) fn add(promotion: &Promotion) -> [Write; 2] {
    [
        Write::put(written(promotion)).only_if(IS_NEW),
        Write::update(&keyspace::promotion_count(), "ADD active :one")
            .only_if("attribute_not_exists(active) OR active < :limit")
            .with(":one", number(1))
            .with(":limit", number(Promotion::MAX)),
    ]
}

/// Returns the item of a promotion.
pub(crate) fn written(promotion: &Promotion) -> Item {
    let mut written = item(
        &keyspace::promotion(&promotion.code),
        [
            ("used", number(promotion.used)),
            ("active", flag(promotion.active)),
            ("made", millis(promotion.made_at)),
            ("revision", number(promotion.revision)),
        ],
    );
    let mut extend = |name: &str, value| written.extend([(name.to_owned(), value)]);
    match promotion.discount {
        Discount::Percent(percent) => extend("percent", number(percent)),
        Discount::Off { amount, currency } => {
            extend("amount", number(amount.minor()));
            extend("currency", text(currency.to_string()));
        }
    }
    if let Some(uses) = promotion.uses {
        extend("uses", number(uses.get()));
    }
    if let Some(at) = promotion.valid_from {
        extend("valid_from", millis(at));
    }
    if let Some(at) = promotion.valid_until {
        extend("valid_until", millis(at));
    }
    written
}

/// Changes a promotion, unless another change came first. Its uses are counted on meanwhile.
pub(crate) fn change(old: &Promotion, new: &Promotion) -> Write {
    let mut update = "SET active = :active, revision = :new".to_owned();
    if new.uses.is_some() {
        update.push_str(", uses = :uses");
    }
    if new.valid_until.is_some() {
        update.push_str(", valid_until = :until");
    }
    let write = Write::update(&keyspace::promotion(&new.code), update).only_if("revision = :old");
    let write = new.uses.into_iter().fold(write, |write, uses| write.with(":uses", number(uses.get())));
    let write = new.valid_until.into_iter().fold(write, |write, at| write.with(":until", millis(at)));
    write.with(":active", flag(new.active)).with(":new", number(new.revision)).with(":old", number(old.revision))
}

/// Counts a use, unless the promotion is used up or was changed since it was read.
pub(crate) fn note_use(promotion: &Promotion) -> Write {
    Write::update(&keyspace::promotion(&promotion.code), "ADD used :one")
        .only_if("revision = :revision AND (attribute_not_exists(uses) OR used < uses)")
        .with(":one", number(1))
        .with(":revision", number(promotion.revision))
}

/// Gives back uses. What ends the holds has the condition that makes it happen once.
pub(crate) fn give_back(code: &PromotionCode, uses: usize) -> Write {
    Write::update(&keyspace::promotion(code), "ADD used :less")
        .only_if(EXISTS)
        .with(":less", number(format!("-{uses}")))
}

/// A hold that has lapsed and still counts as a use.
pub(crate) struct Waiting {
    pub(crate) hold: BookingKey,
    pub(crate) code: PromotionCode,
    pub(crate) lapsed_at: DateTime<Utc>,
}

impl Waiting {
    /// Returns a booking as such a hold, whether or not its use was given back. `None` for a hold without a promotion.
    pub(crate) fn of(booking: &Booking) -> Option<Self> {
        let code = booking.promotion()?.clone();
        Some(Self { hold: booking.key(), code, lapsed_at: booking.hold_ended_at()? })
    }

    /// Parses an entry of the list.
    pub(crate) fn read(entry: &Item) -> Result<Self, StoreError> {
        let attributes = Attributes(entry);
        let hold = keyspace::booking_of(&attributes.key()).ok_or_else(|| attributes.corrupt("pk, sk"))?;
        let (code, lapsed_at) = attributes.text("g2sk", |text| {
            let mut parts = text.split('#');
            Some((parts.next()?.parse().ok()?, keyspace::time_of(parts.nth(2)?)?))
        })?;
        Ok(Self { hold, code, lapsed_at })
    }

    /// Takes the hold from the list, unless its use was given back before. The engine deletes it later.
    pub(crate) fn done(&self) -> Write {
        Write::update(&keyspace::booking(self.hold), "SET expires = :expires REMOVE g2pk, g2sk")
            .only_if("g2pk = :uses")
            // In seconds, as the engine requires.
            .with(":expires", number((self.lapsed_at + Hold::KEPT).timestamp()))
            .with(":uses", text(due::USES))
    }
}

/// Parses a promotion.
pub(crate) fn read(found: &Item) -> Result<Promotion, StoreError> {
    let found = Attributes(found);
    let discount = if found.0.contains_key("percent") {
        found.number("percent", |percent| Discount::percent(percent).ok())?
    } else {
        let amount = found.number("amount", |minor| Amount::new(minor).ok())?;
        Discount::Off { amount, currency: found.text("currency", |text| text.parse().ok())? }
    };
    let uses = found.0.contains_key("uses").then(|| found.number("uses", |uses| Uses::new(uses).ok()));
    Ok(Promotion {
        code: found.text("sk", |text| text.parse().ok())?,
        discount,
        uses: uses.transpose()?,
        used: found.number("used", Some)?,
        valid_from: found.optional_time("valid_from")?,
        valid_until: found.optional_time("valid_until")?,
        active: found.flag("active")?,
        made_at: found.time("made")?,
        revision: found.number("revision", Some)?,
    })
}
