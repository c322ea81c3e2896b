//! Promotions.

use chrono::{DateTime, FixedOffset};
use paperclip::actix::Apiv2Schema;
use serde::{Deserialize, Serialize};
use ticketly_domain::{self as domain, Currency, Discount, PromotionChange, PromotionDraft, Uses};

use super::price_lists::number;
use super::text;
use ticketly_http::fields::{Field, Flag, Optional, RequestBody, Validator};
use ticketly_http::zone::Zone;

/// A promotion: a code that takes a discount off the prices of a booking.
#[derive(Debug, Serialize, Apiv2Schema)]
#[serde(rename_all = "camelCase")]
pub struct Promotion {
    /// The code, in upper case. Requests may give it in any case.
    promotion_code: String,
    /// How many percent it takes off the sum of the prices. Absent for a promotion with an `amount`.
    #[serde(skip_serializing_if = "Option::is_none")]
    percent: Option<u8>,
    /// What it takes off the sum of the prices, at most all of it, in minor units of the currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<u32>,
    /// The currency of the amount, by its code in ISO 4217.
    #[serde(skip_serializing_if = "Option::is_none")]
    currency: Option<String>,
    /// How many bookings may use it. Absent for any number.
    #[serde(skip_serializing_if = "Option::is_none")]
    uses: Option<u32>,
    /// How many bookings and holds use it. A hold that lapses or is released gives its use back, at the latest a minute later.
    used: u32,
    /// From when on bookings may use it. Absent for from its addition on.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "super::optional_time")]
    valid_from: Option<DateTime<FixedOffset>>,
    /// Until when bookings may use it. Absent for no end.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "super::optional_time")]
    valid_until: Option<DateTime<FixedOffset>>,
    /// Whether bookings may use it at all.
    active: bool,
    /// When it was added.
    #[serde(serialize_with = "super::time")]
    added_at: DateTime<FixedOffset>,
}

impl Promotion {
    pub(crate) fn of(promotion: &domain::Promotion, zone: Zone) -> Self {
        let (percent, off) = match promotion.discount {
            Discount::Percent(percent) => (Some(percent), None),
            Discount::Off { amount, currency } => (None, Some((amount.minor(), currency))),
        };
        Self {
            promotion_code: text(&promotion.code),
            percent,
            amount: off.map(|(amount, _)| amount),
            currency: off.map(|(_, currency)| text(currency)),
            uses: promotion.uses.map(Uses::get),
            used: promotion.used,
            valid_from: promotion.valid_from.map(|at| zone.show(at)),
            valid_until: promotion.valid_until.map(|at| zone.show(at)),
            active: promotion.active,
            added_at: zone.show(promotion.made_at),
        }
    }
}

/// All promotions.
#[derive(Debug, Serialize, Apiv2Schema)]
#[serde(rename_all = "camelCase")]
#[openapi(rename = "PromotionList")]
pub struct Promotions {
    /// The promotions, in order of code.
    promotions: Vec<Promotion>,
}

impl Promotions {
    pub(crate) fn of(promotions: &[domain::Promotion], zone: Zone) -> Self {
        Self { promotions: promotions.iter().map(|promotion| Promotion::of(promotion, zone)).collect() }
    }
}

/// A promotion to add.
#[derive(Debug, Default, Deserialize, Apiv2Schema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[openapi(rename = "PromotionRequest")]
pub struct AddPromotion {
    /// The code, in any case. People guess short ones: give ten characters or more to a code that is not to be public.
    promotion_code: Field<String>,
    /// How many percent it takes off the sum of the prices, instead of `amount` with `currency`.
    percent: Optional<u32>,
    /// What it takes off the sum of the prices, at most all of it, in minor units of the currency.
    amount: Optional<u32>,
    /// The currency of the amount, by its code in ISO 4217. The promotion applies to prices in that currency only.
    currency: Optional<String>,
    /// How many bookings may use it; any number unless given.
    uses: Optional<u32>,
    /// From when on bookings may use it: `YYYY-MM-DD HH:MM` in the cinema's time zone, or RFC 3339; at once unless given.
    valid_from: Optional<String>,
    /// Until when bookings may use it; without an end unless given.
    valid_until: Optional<String>,
}

impl RequestBody for AddPromotion {
    type Meaning = PromotionDraft;

    fn read(self, check: &mut Validator<'_>) -> Option<PromotionDraft> {
        let zone = *check.zone;
        let code = check.required("promotionCode", self.promotion_code, |text| text.parse());
        let discount = discount(check, self.percent, self.amount, self.currency);
        let uses = whole(check, "uses", self.uses, Uses::new);
        let valid_from = check.optional("validFrom", self.valid_from, |text| zone.read(&text));
        let valid_until = check.optional("validUntil", self.valid_until, |text| zone.read(&text));
        Some(PromotionDraft { code: code?, discount: discount?, uses, valid_from, valid_until })
    }
}

/// Reads what a promotion takes off.
fn discount(
    check: &mut Validator<'_>,
    percent: Optional<u32>,
    amount: Optional<u32>,
    currency: Optional<String>,
) -> Option<Discount> {
    if percent.is_given() == (amount.is_given() || currency.is_given()) {
        check.refuse("percent", "give either percent, or amount with currency");
        return None;
    }
    if percent.is_given() {
        return whole(check, "percent", percent, Discount::percent);
    }
    let currency = check.required("currency", currency.given(), |text| text.parse::<Currency>());
    // An amount of another currency has the same limits.
    let amount = check.required("amount", number(amount.given()), Discount::off_amount);
    Some(Discount::Off { amount: amount?, currency: currency? })
}

/// Reads a whole number that may be left out.
fn whole<T>(
    check: &mut Validator<'_>,
    name: &str,
    given: Optional<u32>,
    parse: impl FnOnce(u32) -> Result<T, domain::Invalid>,
) -> Option<T> {
    if given.is_given() { check.required(name, number(given.given()), parse) } else { None }
}

/// A change of a promotion. What is not given stays as it is.
#[derive(Debug, Default, Deserialize, Apiv2Schema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[openapi(rename = "PromotionChangeRequest")]
pub struct ChangePromotion {
    /// How many bookings may use it. When more have used it, it is used up.
    uses: Optional<u32>,
    /// Until when bookings may use it: `YYYY-MM-DD HH:MM` in the cinema's time zone, or RFC 3339.
    valid_until: Optional<String>,
    /// `false` ends the promotion, `true` starts it again.
    active: Optional<Flag>,
}

impl RequestBody for ChangePromotion {
    type Meaning = PromotionChange;

    fn read(self, check: &mut Validator<'_>) -> Option<PromotionChange> {
        let zone = *check.zone;
        Some(PromotionChange {
            uses: whole(check, "uses", self.uses, Uses::new),
            valid_until: check.optional("validUntil", self.valid_until, |text| zone.read(&text)),
            active: check.flag("active", self.active),
        })
    }
}
