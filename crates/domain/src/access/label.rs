//! The labels of API keys.

use std::fmt;
use std::str::FromStr;

use super::role::Role;
use crate::Invalid;

/// A label that a person gives a key, such as the till or the person that uses it. Labels are unique in an
/// installation.
///
/// A label is 1 to [`Self::MAX`] characters long. It has no spaces, so that a list of keys can be split into columns,
/// and does not have the form of a key's name, so that a text identifies one key only.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyLabel(String);

impl KeyLabel {
    /// The greatest number of characters.
    pub const MAX: usize = 64;
    /// The number of hexadecimal digits in a key's name.
    const NAME: usize = 8;

    /// Parses a label of letters and digits of any script and ASCII punctuation. Other texts, and texts of eight
    /// hexadecimal digits, are [`Invalid`].
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let visible = |c: char| c.is_alphanumeric() || c.is_ascii_graphic();
        if !(1..=Self::MAX).contains(&text.chars().count()) || !text.chars().all(visible) {
            let reason = format!("give 1 to {} letters, digits and signs such as - . _ without spaces", Self::MAX);
            return Err(Invalid::new("label", reason));
        }
        if text.len() == Self::NAME && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
            return Err(Invalid::new("label", "do not give eight hexadecimal digits: keys' names have that form"));
        }
        Ok(Self(text.to_owned()))
    }

    /// Returns the label of a key that was added without one: `box_office-2`.
    #[must_use]
    pub fn numbered(role: Role, number: u32) -> Self {
        Self(format!("{role}-{number}"))
    }

    /// Returns the first numbered label of the role that is not in `taken`.
    #[must_use]
    pub fn next(role: Role, taken: &[&Self]) -> Self {
        let is_free = |label: &Self| !taken.contains(&label);
        let mut labels = (1..=u32::MAX).map(|number| Self::numbered(role, number));
        labels.find(is_free).unwrap_or_else(|| Self::numbered(role, 0))
    }

    /// Returns the text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl FromStr for KeyLabel {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_visible_and_not_a_name() {
        for right in ["x", "till-3", "Anna.Müller", "कुंजी7", "deadbee", "deadbeef0", "DEADBEEF", &"é".repeat(64)]
        {
            assert_eq!(KeyLabel::parse(right).unwrap().as_str(), right);
        }
        for wrong in
            ["", " ", "till 3", " till", "till\n", "a\u{0}b", "a\u{200b}b", "a\u{202e}b", &"é".repeat(65), "deadbeef"]
        {
            assert_eq!(KeyLabel::parse(wrong).unwrap_err().field, "label", "{wrong:?}");
        }
    }

    #[test]
    fn the_next_label_is_the_first_free_number_of_its_role() {
        let taken = [(Role::Admin, 1), (Role::Admin, 3), (Role::Scheduler, 1), (Role::Scheduler, 2)];
        let taken = taken.map(|(role, number)| KeyLabel::numbered(role, number));
        let next = |role| KeyLabel::next(role, &taken.iter().collect::<Vec<_>>()).as_str().to_owned();
        assert_eq!(
            [Role::Admin, Role::Scheduler, Role::BoxOffice].map(next),
            ["admin-2", "scheduler-3", "box_office-1"]
        );
    }
}
