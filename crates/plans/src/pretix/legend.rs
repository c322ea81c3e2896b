//! The legend of a picture, from the categories of the seats.

use std::collections::BTreeMap;

use ticketly_domain::Plan;

use super::names::{capitals, shown};
use super::note::Note;
use crate::unreadable::{Unreadable, bail, ensure};

/// Returns the legend, and for each category its character. Categories without seats have none. Says in the notes
/// which of them have another name now.
pub fn legend(
    categories: &[String],
    seats: &[usize],
    notes: &mut Vec<Note>,
) -> Result<(BTreeMap<char, String>, Vec<char>), Unreadable> {
    let mut words: Vec<Option<String>> = Vec::new();
    for (name, seats) in categories.iter().zip(seats) {
        if *seats == 0 {
            words.push(None);
            continue;
        }
        let word = match kind(name) {
            Some(kind) => kind.to_owned(),
            None => zone(name, &words)?,
        };
        if word != *name {
            notes.push(Note::Category { name: shown(name), word: word.clone() });
        }
        words.push(Some(word));
    }
    let standard = words.iter().zip(seats).filter(|(word, _)| word.as_ref().is_some_and(|word| kind(word).is_none()));
    let most = standard.max_by_key(|(_, seats)| **seats).and_then(|(word, _)| word.clone());
    let mut legend: BTreeMap<char, String> = BTreeMap::new();
    let mut characters = Vec::new();
    for word in words {
        let Some(word) = word else {
            characters.push(' ');
            continue;
        };
        let known = legend.iter().find(|(_, other)| **other == word).map(|(character, _)| *character);
        let character = known.or_else(|| character(&word, most.as_ref() == Some(&word), &legend));
        let Some(character) = character.filter(|_| known.is_some() || legend.len() < Plan::MAX_LEGEND) else {
            bail!("its seats are of more than {} categories; join some of them", Plan::MAX_LEGEND);
        };
        legend.insert(character, word);
        characters.push(character);
    }
    Ok((legend, characters))
}

/// Returns what a category's name says of its seats, if it is not a zone of seats for everyone.
fn kind(name: &str) -> Option<&'static str> {
    let name = name.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| name.contains(word));
    if says(&["companion", "begleit"]) {
        Some("companion")
    } else if says(&["wheelchair", "rollstuhl", "rollstühl"]) {
        Some("wheelchair")
    } else {
        None
    }
}

/// Returns a name for a zone that a legend accepts and that is not one of these.
fn zone(name: &str, words: &[Option<String>]) -> Result<String, Unreadable> {
    let kept: String = name.chars().map(|c| if c.is_alphanumeric() || c == '-' { c } else { ' ' }).collect();
    let kept = kept.split_whitespace().collect::<Vec<_>>().join(" ");
    ensure!(kept.contains(char::is_alphanumeric), "category {}: give it a name with a letter or a digit", shown(name));
    let short = |length: usize| kept.chars().take(length).collect::<String>().trim().to_owned();
    let more = (2..words.len() + 3).map(|number| format!("{} {number}", short(34)));
    let names = [short(40)].into_iter().chain(more);
    let free = names.into_iter().find(|name| words.iter().flatten().all(|word| word != name));
    Ok(free.unwrap_or(kept))
}

/// Returns a free character for a word: `.` for the most usual one, otherwise a letter that reminds of it.
fn character(word: &str, is_most: bool, legend: &BTreeMap<char, String>) -> Option<char> {
    match word {
        "wheelchair" => return Some('w'),
        "companion" => return Some('c'),
        _ if is_most => return Some('.'),
        _ => {}
    }
    let letters = capitals(word);
    let lower = letters.to_lowercase();
    let any = ('A'..='Z').chain('a'..='z').chain('1'..='9');
    let mut characters = letters.chars().chain(lower.chars()).filter(char::is_ascii_alphabetic).chain(any);
    characters.find(|character| !matches!(character, 'w' | 'c') && !legend.contains_key(character))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn categories_become_zones_and_places_for_wheelchairs() {
        let names =
            ["Loge", "Parkett", "Rollstuhlplätze", "Begleitung (Rollstuhl)", "Lounge", "Kat. 1!", "Kat 1", "Gone"];
        let names = names.map(str::to_owned);
        let mut notes = Vec::new();
        let (legend, characters) = legend(&names, &[4, 90, 2, 2, 6, 5, 3, 0], &mut notes).unwrap();
        let words = ["Loge", "Parkett", "wheelchair", "companion", "Lounge", "Kat 1", "Kat 1 2"];
        assert_eq!(characters, ['L', '.', 'w', 'c', 'O', 'K', 'A', ' ']);
        for (character, word) in characters.iter().zip(words) {
            assert_eq!(legend[character], word);
        }
        assert_eq!(legend.len(), words.len());
        let expected = [
            "category Rollstuhlplätze: its seats are now wheelchair",
            "category Begleitung (Rollstuhl): its seats are now companion",
            "category Kat. 1!: its seats are now Kat 1",
            "category Kat 1: its seats are now Kat 1 2",
        ];
        assert_eq!(notes.iter().map(Note::to_string).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_character_means_one_word() {
        let names = ["Hall", "Ww 1", "Ww 2", "Wheelchair", "Rollstuhl"].map(str::to_owned);
        let (legend, characters) = legend(&names, &[9, 1, 2, 3, 4], &mut Vec::new()).unwrap();
        assert_eq!(characters, ['.', 'W', 'A', 'w', 'w']);
        assert_eq!(legend.len(), 4);
    }

    #[test]
    fn too_many_categories_and_names_without_letters_are_refused() {
        let many: Vec<_> = (1..=33).map(|index| format!("Zone {index}")).collect();
        let error = |names: &[String]| legend(names, &vec![1; names.len()], &mut Vec::new()).unwrap_err().to_string();
        assert!(error(&many).contains("more than 32 categories"));
        assert!(legend(&many[1..], &[1; 32], &mut Vec::new()).is_ok());
        assert!(error(&["**".to_owned()]).contains("category **: give it a name"));
    }
}
