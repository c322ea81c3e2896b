//! Numbers in Crockford base 32: five bits a digit, without I, L, O and U, parsed in any case.

use std::fmt;

/// A text that is not an identifier of the expected kind. No entity has it, so a transport's adapter may treat it as
/// the identifier of an unknown entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not an identifier of this system")]
pub struct NotAnId;

/// The digits of the longest number, of 128 bits.
const MOST_DIGITS: usize = 26;
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Writes the lowest `5 * digits` bits of `value`, most significant digit first.
pub(crate) fn write(f: &mut impl fmt::Write, value: u128, digits: u32) -> fmt::Result {
    let mut text = [b'0'; MOST_DIGITS];
    let mut rest = value;
    for place in text.iter_mut().rev() {
        let digit = usize::try_from(rest & 31).ok().and_then(|digit| DIGITS.get(digit));
        *place = digit.copied().unwrap_or(b'0');
        rest >>= 5;
    }
    let from = MOST_DIGITS - MOST_DIGITS.min(digits as usize);
    // One write: a formatter is slow for single characters.
    f.write_str(text.get(from..).and_then(|digits| str::from_utf8(digits).ok()).unwrap_or_default())
}

/// Returns the value of a digit, in any case and of any look-alike.
const fn value(digit: u8) -> Option<u8> {
    Some(match digit.to_ascii_uppercase() {
        digit @ b'0'..=b'9' => digit - b'0',
        b'O' => 0,
        b'I' | b'L' => 1,
        digit @ b'A'..=b'H' => digit - b'A' + 10,
        digit @ (b'J' | b'K') => digit - b'J' + 18,
        digit @ (b'M' | b'N') => digit - b'M' + 20,
        digit @ b'P'..=b'T' => digit - b'P' + 22,
        digit @ b'V'..=b'Z' => digit - b'V' + 27,
        _ => return None,
    })
}

/// Reads a text's digits from its start.
pub(crate) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self(text.as_bytes())
    }

    /// Reads the next `digits` digits as a number. `None` when there are fewer, or when a character is not a digit.
    pub(crate) fn take(&mut self, digits: usize) -> Option<u128> {
        let (head, rest) = self.0.split_at_checked(digits)?;
        self.0 = rest;
        head.iter().try_fold(0, |number, &byte| Some((number << 5) | u128::from(value(byte)?)))
    }

    /// Returns the number of characters that have not been read.
    pub(crate) const fn remaining(&self) -> usize {
        self.0.len()
    }

    /// Returns `Some` when the whole text has been read.
    pub(crate) fn end(self) -> Option<()> {
        self.0.is_empty().then_some(())
    }
}

/// Parses a whole text: a prefix, then the digits that `read` takes.
pub(crate) fn parse<T>(
    text: &str,
    prefix: &str,
    read: impl FnOnce(&mut Reader<'_>) -> Option<T>,
) -> Result<T, NotAnId> {
    let whole = || {
        let mut reader = Reader::new(text.strip_prefix(prefix)?);
        let value = read(&mut reader)?;
        reader.end().map(|()| value)
    };
    whole().ok_or(NotAnId)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_digit_has_its_place_as_its_value() {
        for (place, &digit) in (0..).zip(DIGITS) {
            assert_eq!((value(digit), value(digit.to_ascii_lowercase())), (Some(place), Some(place)));
        }
        assert_eq!((0..=u8::MAX).filter(|&byte| value(byte).is_some()).count(), 10 + 2 * 25);
    }

    #[test]
    fn numbers_parse_in_any_case_and_with_look_alikes() {
        let mut text = String::new();
        write(&mut text, 0x00FF_1234_5678_9ABC_DEF0, 16).unwrap();
        for spelling in [text.clone(), text.to_lowercase(), text.replace('0', "O").replace('1', "l")] {
            let mut reader = Reader::new(&spelling);
            assert_eq!(reader.take(16), Some(0x00FF_1234_5678_9ABC_DEF0));
            assert_eq!(reader.end(), Some(()));
        }
        assert_eq!(Reader::new("U").take(1), None);
        assert_eq!(Reader::new("00").take(3), None);
        assert_eq!(Reader::new("é0").take(2), None);
    }
}
