//! Customers at the till who leave no name.
//!
//! A booking is of a person, so the till puts its own name there, always the same: a sale needs no question, the tickets are found by
//! their codes, and whoever calls the people of a canceled showing sees that there is nobody to call.

use ticketly_domain::{Invalid, PhoneNumber, User, UserName};

/// The name of such bookings. It is not in the language of a page: name and number identify a user.
const NAME: &str = "Box office";
/// The telephone number, which nobody has.
const PHONE: &str = "000";

/// Returns the name and the number of a booking without a person.
pub(super) fn person() -> Result<(UserName, PhoneNumber), Invalid> {
    Ok((UserName::parse(NAME)?, PhoneNumber::parse(PHONE)?))
}

/// Returns whether a user stands for those who left no name.
pub(super) fn is_walk_in(user: &User) -> bool {
    (user.name.as_str(), user.phone.as_str()) == (NAME, PHONE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_booking_without_a_person_has_a_valid_one() {
        assert!(person().is_ok());
    }
}
