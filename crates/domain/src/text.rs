//! Texts from clients. Each is parsed once, when it arrives, and valid from then on.

use std::fmt;

use crate::Invalid;

/// Trims a text, and checks its length in characters, and its characters. The white space around it counts towards the greatest
/// length, as the API document says.
fn checked(field: &'static str, text: &str, least: usize, most: usize, lines: bool) -> Result<String, Invalid> {
    let given = text.chars().count();
    let text = text.trim();
    if given > most || text.chars().count() < least {
        return Err(Invalid::new(field, format!("give {least} to {most} characters")));
    }
    if text.chars().any(|c| c.is_control() && !(lines && matches!(c, '\n' | '\r' | '\t'))) {
        return Err(Invalid::new(field, "leave out control characters"));
    }
    Ok(text.to_owned())
}

macro_rules! text {
    ($(#[$doc:meta])* $name:ident, $field:literal, $least:literal to $most:literal, lines: $lines:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The smallest number of characters, without surrounding white space.
            pub const MIN: usize = $least;
            /// The greatest number of characters.
            pub const MAX: usize = $most;

            /// Parses a text after trimming white space. A text of another length or with control characters is
            /// [`Invalid`].
            pub fn parse(text: &str) -> Result<Self, Invalid> {
                checked($field, text, Self::MIN, Self::MAX, $lines).map(Self)
            }

            /// Returns the text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
    };
}

text! {
    /// The name of a show, such as a film's title: 1 to 200 characters on one line. The legacy names of the field are
    /// `slotName` and, in bookings, `movieName`.
    SlotName, "slotName", 1 to 200, lines: false
}

text! {
    /// The description of a show: up to 2000 characters on any number of lines.
    #[derive(Default)]
    SlotDescription, "slotDescription", 0 to 2000, lines: true
}

text! {
    /// A user's name: 1 to 100 characters on one line. Personal: its `Debug` form is redacted.
    UserName, "userName", 1 to 100, lines: false
}

text! {
    /// The name of an auditorium: 1 to 100 characters on one line.
    AuditoriumName, "auditoriumName", 1 to 100, lines: false
}

text! {
    /// The name of a zone of a seating plan: 1 to 40 characters on one line.
    #[derive(Debug)]
    ZoneName, "zone", 1 to 40, lines: false
}

text! {
    /// The label of a seat, which is its row and its number, such as `F7`: 2 to 8 characters. A plan finds it in any case.
    #[derive(Debug)]
    SeatLabel, "seats", 2 to 8, lines: false
}

text! {
    /// Why seats are blocked, such as a defect: 1 to 200 characters on one line. Only staff see it.
    #[derive(Debug)]
    BlockReason, "reason", 1 to 200, lines: false
}

text! {
    /// What the box office notes of a payment, such as the number of a receipt: 1 to 100 characters on one line.
    #[derive(Debug)]
    PaymentReference, "paymentReference", 1 to 100, lines: false
}

text! {
    /// The name of a price list, such as `Weekend`: 1 to 100 characters on one line.
    #[derive(Debug)]
    PriceListName, "priceListName", 1 to 100, lines: false
}

text! {
    /// The name of a ticket type, such as `adult`: 1 to 40 characters on one line.
    #[derive(Debug)]
    TicketTypeName, "ticketType", 1 to 40, lines: false
}

text! {
    /// The description of a payment that the buyer sees, such as the show's name and start: 1 to 250 characters on one line.
    #[derive(Debug)]
    PaymentDescription, "description", 1 to 250, lines: false
}

impl SeatLabel {
    /// Checks that no seat is named twice, in whatever case. Otherwise the labels are [`Invalid`].
    pub fn check_once(seats: &[Self]) -> Result<(), Invalid> {
        let mut labels: Vec<_> = seats.iter().map(|seat| seat.as_str().to_uppercase()).collect();
        labels.sort_unstable();
        match labels.windows(2).find(|pair| pair.first() == pair.last()).and_then(<[_]>::first) {
            Some(twice) => Err(Invalid::new("seats", format!("{twice} is named more than once"))),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for AuditoriumName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for SlotName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for SlotDescription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl UserName {
    /// Returns the name that stands where a person's was erased.
    pub(crate) fn erased() -> Self {
        Self("erased".to_owned())
    }
}

impl PhoneNumber {
    /// Returns the number that stands where a person's was erased.
    pub(crate) fn erased() -> Self {
        Self("000".to_owned())
    }
}

impl fmt::Debug for UserName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UserName")
    }
}

/// A telephone number: 3 to 15 digits (the maximum of ITU-T E.164), with or without a leading `+`.
///
/// Spaces, dots, dashes, slashes and parentheses are removed, so that two spellings of a number give the same user.
/// Personal: its `Debug` form is redacted.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PhoneNumber(String);

impl PhoneNumber {
    /// The smallest number of digits.
    pub const MIN: usize = 3;
    /// The greatest number of digits.
    pub const MAX: usize = 15;

    /// Parses a number in any usual spelling. A text with other characters or another number of digits is [`Invalid`].
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let number: String = text.chars().filter(|c| !" .-/()\u{a0}".contains(*c)).collect();
        let digits = number.strip_prefix('+').unwrap_or(&number);
        if (Self::MIN..=Self::MAX).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            Ok(Self(number))
        } else {
            Err(Invalid::new(
                "userPhoneNumber",
                format!("give {} to {} digits, with or without a leading +", Self::MIN, Self::MAX),
            ))
        }
    }

    /// Returns the number, without separators.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PhoneNumber")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_trimmed_and_measured_in_characters() {
        assert_eq!(SlotName::parse("  Amélie ").unwrap().as_str(), "Amélie");
        assert!(SlotName::parse(&"é".repeat(200)).is_ok());
        assert!(SlotName::parse(&"é".repeat(201)).is_err());
        assert!(SlotName::parse(" \t ").is_err());
        assert!(UserName::parse("Jo\u{0}hn").is_err());
        assert!(SlotName::parse("two\nlines").is_err());
        assert_eq!(SlotDescription::parse("two\nlines").unwrap().as_str(), "two\nlines");
        assert_eq!(SlotDescription::parse("").unwrap().as_str(), "");
    }

    #[test]
    fn spellings_of_a_phone_number_are_equal() {
        let plain = PhoneNumber::parse("+917906543416").unwrap();
        assert_eq!(PhoneNumber::parse("+91 (790) 654-34.16").unwrap(), plain);
        for wrong in ["", "12", "1234567890123456", "call me", "+", "79+06", "٣٤٥٦"] {
            assert_eq!(PhoneNumber::parse(wrong).unwrap_err().field, "userPhoneNumber", "{wrong}");
        }
    }

    #[test]
    fn personal_texts_are_redacted_in_debug_output() {
        let shown = format!("{:?} {:?}", UserName::parse("John").unwrap(), PhoneNumber::parse("965").unwrap());
        assert_eq!(shown, "UserName PhoneNumber");
    }
}
