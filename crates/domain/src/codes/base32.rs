//! Base 32 of RFC 4648: eight digits for five bytes. Each text is that of one value only.

const DIGITS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Writes bytes whose number is a multiple of five.
pub(super) fn encode(bytes: &[u8]) -> String {
    let (groups, _) = bytes.as_chunks::<5>();
    let digits = |group: &[u8; 5]| {
        let number = group.iter().fold(0, |number, byte| (number << 8) | u64::from(*byte));
        (0..8).rev().map(move |place| {
            let digit = usize::try_from((number >> (5 * place)) & 31).ok().and_then(|digit| DIGITS.get(digit));
            char::from(digit.copied().unwrap_or(b'A'))
        })
    };
    groups.iter().flat_map(digits).collect()
}

/// Reads `N` bytes. `None` for a text of another length, or with another character.
pub(super) fn decode<const N: usize>(text: &str) -> Option<[u8; N]> {
    let (groups, rest) = text.as_bytes().as_chunks::<8>();
    if !rest.is_empty() || groups.len() * 5 != N {
        return None;
    }
    let mut bytes = Vec::with_capacity(N);
    for group in groups {
        let number = group.iter().try_fold(0, |number: u64, digit| Some((number << 5) | value(*digit)?))?;
        bytes.extend(number.to_be_bytes().last_chunk::<5>()?);
    }
    bytes.try_into().ok()
}

const fn value(digit: u8) -> Option<u64> {
    Some(match digit {
        b'A'..=b'Z' => digit - b'A',
        b'2'..=b'7' => digit - b'2' + 26,
        _ => return None,
    } as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_written_as_the_rfc_says() {
        assert_eq!(encode(b"fooba"), "MZXW6YTB");
        assert_eq!(decode::<5>("MZXW6YTB"), Some(*b"fooba"));
        let all: Vec<u8> = (0..=254).collect();
        let text = encode(&all);
        assert_eq!((text.len(), decode::<255>(&text).map(Vec::from)), (408, Some(all)));
        assert!(DIGITS.iter().all(|digit| text.as_bytes().contains(digit)));
    }

    #[test]
    fn other_texts_are_refused() {
        for wrong in ["", "MZXW6YT", "MZXW6YTBA", "mzxw6ytb", "MZXW6YT1", "MZXW6Y==", " ZXW6YTB", "MZXW6Y\u{e9}"] {
            assert_eq!(decode::<5>(wrong), None, "{wrong:?}");
        }
        assert_eq!(decode::<10>("MZXW6YTB"), None);
    }
}
