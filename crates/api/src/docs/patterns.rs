//! The regular expressions of the document. Each matches exactly the texts that the parser accepts.
//!
//! Clients compile them with the engines of many languages, so they use only syntax that means the same in ECMA-262,
//! Python and Rust: no lookaround, and neither `\d` nor `\s`, which match more in one language than in another.

use ticketly_domain::{PhoneNumber, Plan, PromotionCode, TicketCode};

/// The digits of an identifier: Crockford's base 32.
pub(super) const DIGITS: &str = "[0-9A-HJKMNP-TV-Z]";
/// The white space around a text, which the parser removes.
const WHITE: &str = r"\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000";
/// The control characters; and the control characters without tabs and line ends.
const CONTROL: &str = r"\x00-\x1f\x7f-\x9f";
const CONTROL_IN_LINES: &str = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f";
/// The separators that are allowed between the digits of a telephone number.
const SEPARATORS: &str = r"[ .()/\xa0-]*";

/// Matches an identifier: a prefix and a number of digits.
pub(super) fn identifier(prefix: &str, digits: usize) -> String {
    format!("^{prefix}{DIGITS}{{{digits}}}$")
}

/// Matches the identifier of a slot, or of what is in one, with one digit more in an auditorium.
pub(super) fn identifier_in_slot(prefix: &str, digits: usize) -> String {
    format!("^{prefix}1?{DIGITS}{{{digits}}}$")
}

/// Matches an identifier of 128 random bits.
pub(super) fn random(prefix: &str) -> String {
    format!("^{prefix}[0-7]{DIGITS}{{25}}$")
}

/// Matches a cursor of any list, with one digit more in an auditorium, and more in a list of refunds.
pub(super) fn cursor() -> String {
    format!("^{DIGITS}{{25}}({DIGITS}({DIGITS}{{13}})?)?$")
}

/// Matches a ticket code.
pub(super) fn ticket_code() -> String {
    format!("^[A-Z2-7]{{{}}}$", TicketCode::LENGTH)
}

/// Matches the code of a promotion.
pub(super) fn promotion_code() -> String {
    format!("^[0-9A-Za-z-]{{{},{}}}$", PromotionCode::MIN, PromotionCode::MAX)
}

/// Matches the label of a seat: its row and its number.
pub(super) fn seat() -> String {
    format!("^[0-9A-Za-z]{{1,{}}}[0-9]{{1,{}}}$", Plan::MAX_LABEL, Plan::MAX_NUMBER.ilog10() + 1)
}

/// Matches a text of one line that is not blank.
pub(super) fn line() -> String {
    format!("^[{WHITE}]*[^{WHITE}{CONTROL}][^{CONTROL}]*[{WHITE}]*$")
}

/// Matches a text of any number of lines, which may be empty.
pub(super) fn lines() -> String {
    format!("^[{WHITE}]*[^{CONTROL_IN_LINES}]*[{WHITE}]*$")
}

/// Matches a telephone number as people write it.
pub(super) fn phone_number() -> String {
    let (least, most) = (PhoneNumber::MIN, PhoneNumber::MAX);
    format!(r"^{SEPARATORS}(\+{SEPARATORS})?([0-9]{SEPARATORS}){{{least},{most}}}$")
}

/// Matches a whole number from 1 to a power of ten, as text.
pub(super) fn count(most: u32) -> String {
    debug_assert_eq!(10_u32.pow(most.ilog10()), most, "a power of ten");
    format!("^0*([1-9][0-9]{{0,{}}}|{most})$", most.ilog10() - 1)
}

/// Matches `YYYY-MM-DD HH:MM`, or RFC 3339.
pub(super) fn time() -> String {
    let date =
        "[0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|[12][0-9]))";
    let clock = "([01][0-9]|2[0-3]):[0-5][0-9]";
    format!(r"^{date}( {clock}|[Tt]{clock}:([0-5][0-9]|60)(\.[0-9]+)?([Zz]|[+-]{clock}))$")
}

/// Matches an address of a page.
pub(super) fn url() -> &'static str {
    r"^https?://[!$-.0-9;=A-\[\]_a-z~][!$-.0-;=A-\[\]_a-z~]*([/?#][!#-;=?-\[\]_a-z~]*)?$"
}
