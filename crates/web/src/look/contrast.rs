//! Contrast, as WCAG 2.2 measures it.

/// The pairs of colours that the style sheets put on each other, with the contrast that each needs: 4.5 for text (WCAG 2.2, 1.4.3), 3 for
/// what is not text, such as the frame of a field (1.4.11).
///
/// `--line` only decorates, and `--taken` is the colour of seats that cannot be chosen, so that they are in no pair.
pub(super) const PAIRS: [(&str, &str, f64); 17] = [
    ("--ink", "--paper", TEXT),
    ("--ink", "--card", TEXT),
    ("--soft", "--paper", TEXT),
    ("--soft", "--card", TEXT),
    ("--accent", "--paper", TEXT),
    ("--accent", "--card", TEXT),
    ("--on-accent", "--accent", TEXT),
    ("--free", "--paper", TEXT),
    ("--free", "--card", TEXT),
    ("--few", "--paper", TEXT),
    ("--few", "--card", TEXT),
    ("--bad", "--paper", TEXT),
    ("--bad", "--card", TEXT),
    ("--held", "--paper", SHAPE),
    ("--held", "--card", SHAPE),
    ("--card", "--free", SHAPE),
    ("--card", "--accent", SHAPE),
];
const TEXT: f64 = 4.5;
const SHAPE: f64 = 3.0;

/// A colour of the space sRGB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Colour([u8; 3]);

impl Colour {
    /// Reads `#rgb` or `#rrggbb`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#')?;
        let digits: Vec<_> = digits.chars().map(|digit| digit.to_digit(16)).collect::<Option<_>>()?;
        let doubled = match digits.len() {
            3 => digits.iter().flat_map(|digit| [*digit, *digit]).collect(),
            6 => digits,
            _ => return None,
        };
        let mut bytes = doubled.chunks_exact(2).map(|pair| pair.iter().fold(0, |byte, digit| byte * 16 + digit));
        let mut byte = || u8::try_from(bytes.next()?).ok();
        Some(Self([byte()?, byte()?, byte()?]))
    }

    /// Returns the relative luminance.
    fn luminance(self) -> f64 {
        let linear = |byte: u8| {
            let value = f64::from(byte) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        let Self([red, green, blue]) = self;
        0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
    }

    /// Returns the contrast with another colour: from 1 to 21.
    pub(super) fn contrast(self, other: Self) -> f64 {
        let [one, other] = [self, other].map(Self::luminance);
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contrast_is_that_of_wcag() {
        let contrast = |one, other| Colour::parse(one).unwrap().contrast(Colour::parse(other).unwrap());
        let rounded = |one, other| format!("{:.2}", contrast(one, other));
        assert_eq!([rounded("#000", "#ffffff"), rounded("#fff", "#FFF")], ["21.00", "1.00"]);
        // From the examples of the Web Accessibility Initiative: the lightest grey that is text on white, and one that is not.
        assert_eq!([rounded("#767676", "#fff"), rounded("#777777", "#fff")], ["4.54", "4.48"]);
        assert_eq!(rounded("#fff", "#ff0000"), rounded("#f00", "#fff"));
    }

    #[test]
    fn a_colour_has_three_or_six_digits() {
        assert_eq!(Colour::parse("#8a1c3c"), Some(Colour([0x8a, 0x1c, 0x3c])));
        for text in ["8a1c3c", "#8a1c3", "#", "red", "#xyz", "#8a1c3c80", "rgb(0 0 0)", "#ä"] {
            assert_eq!(Colour::parse(text), None, "{text}");
        }
    }
}
