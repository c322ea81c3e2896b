//! Promotions: codes that take a discount off a booking, so many times.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, SubsecRound as _, Utc};

use super::{Currency, Discount};
use crate::Invalid;

/// The code of a promotion: letters, digits and `-`. Its letters are in upper case, however they are given.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PromotionCode(String);

impl PromotionCode {
    /// The smallest number of characters. A code of so few is guessed soon: one that is not to be known has ten or more.
    pub const MIN: usize = 3;
    /// The greatest number of characters.
    pub const MAX: usize = 40;

    /// Returns the code in upper case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for PromotionCode {
    type Err = Invalid;

    /// Parses a code in any case. A text of another length or with other characters is [`Invalid`].
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if !(Self::MIN..=Self::MAX).contains(&text.len()) || !text.bytes().all(is_allowed) {
            let reason = format!("give {} to {} letters, digits and hyphens", Self::MIN, Self::MAX);
            return Err(Invalid::new("promotionCode", reason));
        }
        Ok(Self(text.to_ascii_uppercase()))
    }
}

impl fmt::Display for PromotionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A number of uses of a promotion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Uses(u32);

impl Uses {
    /// The greatest number.
    pub const MAX: u32 = 1_000_000;

    /// Creates a number from 1 to [`Self::MAX`]. Any other is [`Invalid`].
    pub fn new(uses: u32) -> Result<Self, Invalid> {
        if (1..=Self::MAX).contains(&uses) {
            return Ok(Self(uses));
        }
        Err(Invalid::new("uses", format!("give 1 to {}", Self::MAX)))
    }

    /// Returns the number.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }
}

/// A promotion to add.
#[derive(Debug, Clone)]
pub struct PromotionDraft {
    /// The code.
    pub code: PromotionCode,
    /// What it takes off the prices of a booking.
    pub discount: Discount,
    /// How many bookings may use it. `None` for any number.
    pub uses: Option<Uses>,
    /// From when on bookings may use it. `None` for from its addition on.
    pub valid_from: Option<DateTime<Utc>>,
    /// Until when bookings may use it. `None` for no end.
    pub valid_until: Option<DateTime<Utc>>,
}

/// A promotion. A use is a booking, however many tickets it has.
///
/// A hold takes a use, and gives it back when it lapses or is released. A booking keeps its use, also when its tickets are
/// canceled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promotion {
    /// The code. It never changes.
    pub code: PromotionCode,
    /// What it takes off the prices of a booking. It never changes.
    pub discount: Discount,
    /// How many bookings may use it. `None` for any number.
    pub uses: Option<Uses>,
    /// How many bookings and holds use it.
    pub used: u32,
    /// From when on bookings may use it. `None` for from its addition on.
    pub valid_from: Option<DateTime<Utc>>,
    /// Until when bookings may use it. `None` for no end.
    pub valid_until: Option<DateTime<Utc>>,
    /// Whether bookings may use it at all.
    pub active: bool,
    /// When it was added.
    pub made_at: DateTime<Utc>,
    /// How often the administrator has changed it. Uses do not count.
    pub revision: u32,
}

/// A change of a promotion by the administrator. What is `None` stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PromotionChange {
    /// How many bookings may use it.
    pub uses: Option<Uses>,
    /// Until when bookings may use it.
    pub valid_until: Option<DateTime<Utc>>,
    /// Whether bookings may use it at all.
    pub active: Option<bool>,
}

impl Promotion {
    /// The greatest number of promotions of an installation.
    pub const MAX: usize = 1000;

    /// Creates a promotion that nothing has used. An end that is not after its beginning is [`Invalid`].
    pub fn add(draft: PromotionDraft, now: DateTime<Utc>) -> Result<Self, Invalid> {
        let PromotionDraft { code, discount, uses, valid_from, valid_until } = draft;
        let time = |at: Option<DateTime<Utc>>| at.map(|at| at.trunc_subsecs(3));
        let (valid_from, valid_until) = (time(valid_from), time(valid_until));
        let made_at = now.trunc_subsecs(3);
        Self { code, discount, uses, used: 0, valid_from, valid_until, active: true, made_at, revision: 0 }.checked()
    }

    fn checked(self) -> Result<Self, Invalid> {
        match (self.valid_from, self.valid_until) {
            (Some(from), Some(until)) if until <= from => {
                Err(Invalid::new("validUntil", "give a time after validFrom"))
            }
            _ => Ok(self),
        }
    }

    /// Returns the promotion after a change. Fewer uses than it has are allowed: then it is used up. A change to what it is gives
    /// the same revision. An end that is not after its beginning is [`Invalid`].
    pub fn changed(&self, change: &PromotionChange) -> Result<Self, Invalid> {
        let changed = Self {
            uses: change.uses.or(self.uses),
            valid_until: change.valid_until.map(|at| at.trunc_subsecs(3)).or(self.valid_until),
            active: change.active.unwrap_or(self.active),
            ..self.clone()
        };
        if changed == *self {
            return Ok(changed);
        }
        Self { revision: self.revision.saturating_add(1), ..changed }.checked()
    }

    /// Returns whether a booking at a time may use it for prices in a currency, as long as it is not used up.
    #[must_use]
    pub fn applies(&self, currency: Currency, at: DateTime<Utc>) -> bool {
        self.active
            && self.discount.currency().is_none_or(|its| its == currency)
            && self.valid_from.is_none_or(|from| from <= at)
            && self.valid_until.is_none_or(|until| at < until)
    }

    /// Returns whether no further booking may use it.
    #[must_use]
    pub fn is_used_up(&self) -> bool {
        self.uses.is_some_and(|uses| self.used >= uses.get())
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::Amount;

    fn draft(discount: Discount) -> PromotionDraft {
        let code = "Spring-26".parse().unwrap();
        PromotionDraft { code, discount, uses: Uses::new(2).ok(), valid_from: None, valid_until: None }
    }

    #[test]
    fn codes_are_equal_in_any_case() {
        let code = |text: &str| text.parse::<PromotionCode>();
        assert_eq!(code("spring-26"), code("SPRING-26"));
        assert_eq!(code("spring-26").unwrap().to_string(), "SPRING-26");
        assert!(code(&"x".repeat(40)).is_ok());
        for wrong in ["", "ab", "spring 26", "é11", "A#B", "A=B", &"x".repeat(41)] {
            assert_eq!(code(wrong).unwrap_err().field, "promotionCode", "{wrong}");
        }
    }

    #[test]
    fn a_promotion_has_times_and_a_currency() {
        let now = DateTime::UNIX_EPOCH;
        let at = |minutes| now + TimeDelta::minutes(minutes);
        let [eur, usd]: [Currency; 2] = ["EUR", "USD"].map(|code| code.parse().unwrap());
        let ten = Discount::percent(10).unwrap();
        let valid = PromotionDraft { valid_from: Some(at(5)), valid_until: Some(at(7)), ..draft(ten) };
        let promotion = Promotion::add(valid.clone(), now).unwrap();
        assert_eq!([4, 5, 6, 7].map(|minutes| promotion.applies(usd, at(minutes))), [false, true, true, false]);
        let off = Discount::Off { amount: Amount::new(100).unwrap(), currency: eur };
        let off = Promotion::add(draft(off), now).unwrap();
        assert!(off.applies(eur, now) && !off.applies(usd, now));
        let wrong = PromotionDraft { valid_until: Some(at(5)), ..valid };
        assert_eq!(Promotion::add(wrong, now).unwrap_err().field, "validUntil");
    }

    #[test]
    fn an_administrator_changes_the_limits() {
        let now = DateTime::UNIX_EPOCH;
        let promotion = Promotion { used: 2, ..Promotion::add(draft(Discount::percent(10).unwrap()), now).unwrap() };
        assert!(promotion.is_used_up());
        let more = PromotionChange { uses: Uses::new(3).ok(), ..PromotionChange::default() };
        let changed = promotion.changed(&more).unwrap();
        assert_eq!((changed.is_used_up(), changed.used, changed.revision), (false, 2, 1));
        assert_eq!(changed.changed(&more).unwrap(), changed, "the same again changes nothing");
        let ended = changed.changed(&PromotionChange { active: Some(false), ..PromotionChange::default() }).unwrap();
        assert!(!ended.applies("EUR".parse().unwrap(), now));
        let fewer = PromotionChange { uses: Uses::new(1).ok(), ..PromotionChange::default() };
        assert!(changed.changed(&fewer).unwrap().is_used_up());
        assert!(Uses::new(0).is_err() && Uses::new(Uses::MAX + 1).is_err());
    }
}
