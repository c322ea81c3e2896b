//! Sums of money in forms.

use ticketly_domain::Currency;

/// Reads a sum of money as people write it, in minor units. `None` for another text.
pub(crate) fn sum(text: &str, currency: Currency) -> Option<u64> {
    let text = text.trim_matches(|c: char| c.is_whitespace() || "€$£".contains(c));
    let (whole, fraction) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let digits = usize::from(currency.digits());
    let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 9 || fraction.len() > digits || !is_number(whole) || !is_number(fraction) {
        return None;
    }
    format!("{whole}{fraction:0<digits$}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_read_as_people_write_them() {
        let sum = |text| sum(text, "EUR".parse().unwrap());
        assert_eq!(["50", "50.5", "50,50", " 0,05 € ", "7."].map(sum), [5000, 5050, 5050, 5, 700].map(Some));
        assert_eq!(["", "x", "1.234", "-5", "1,5,0", "1234567890"].map(sum), [None; 6]);
        assert_eq!(super::sum("900", "JPY".parse().unwrap()), Some(900));
    }
}
