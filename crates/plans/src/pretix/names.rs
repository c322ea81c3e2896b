//! Names and labels of other systems, and what remains of them here.

use ticketly_domain::Plan;

/// Returns a name for a message: on one line, and not longer than 40 characters.
pub fn shown(name: &str) -> String {
    let mut text: String = name.chars().take(41).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if name.chars().count() > 40 {
        text = text.chars().take(40).chain(['…']).collect();
    }
    text
}

/// Returns the capital letters A to Z and the digits of a text. Other characters become spaces, umlauts two letters.
pub fn capitals(text: &str) -> String {
    let mut result = String::new();
    for c in text.to_uppercase().chars() {
        match c {
            'Ä' => result.push_str("AE"),
            'Ö' => result.push_str("OE"),
            'Ü' => result.push_str("UE"),
            c if c.is_ascii_alphanumeric() => result.push(c),
            _ => result.push(' '),
        }
    }
    result
}

/// Returns the label of a row that a plan accepts and that people recognise: `a` becomes `A`, and `Reihe 12` becomes
/// `12`. `None` when nothing short enough remains.
pub fn row_label(text: &str) -> Option<String> {
    let text = capitals(text);
    let is_word = |word: &&str| word.len() >= 3 && word.bytes().all(|c| c.is_ascii_alphabetic());
    let words: Vec<_> = text.split_whitespace().collect();
    let whole = (words.len() == 1).then(|| words.concat());
    let without_words: String = words.iter().copied().filter(|word| !is_word(word)).collect();
    let digits = without_words.trim_start_matches(|c: char| c.is_ascii_alphabetic()).to_owned();
    let labels = whole.into_iter().chain([without_words, digits]);
    labels.into_iter().find(|label| (1..=Plan::MAX_LABEL).contains(&label.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_rows_become_short_capitals() {
        let cases = [
            ("A", Some("A")),
            ("aa", Some("AA")),
            (" 12 ", Some("12")),
            ("Reihe 13", Some("13")),
            ("Row B", Some("B")),
            ("Reihe14", Some("14")),
            ("C-2", Some("C2")),
            ("Ö", Some("OE")),
            ("VIP", Some("VIP")),
            ("Galerie", None),
            ("123456", None),
            ("…", None),
        ];
        for (text, label) in cases {
            assert_eq!(row_label(text).as_deref(), label, "{text}");
        }
    }
}
