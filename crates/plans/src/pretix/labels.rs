//! Labels of rows that a plan accepts: each of them once, and no label of a seat twice.

use std::collections::{HashMap, HashSet};

use ticketly_domain::Plan;

use super::names::{capitals, shown};
use super::note::{LabelConflict, Note, Relabeled};
use super::numbering::Run;
use super::rows::Row;
use crate::unreadable::{Unreadable, bail};

/// The letters that are added to the parts of a divided row.
const SIDES: [&[&str]; Row::MAX_RUNS] = [&[""], &["L", "R"], &["L", "M", "R"]];

/// The row that cannot have its label, and why.
struct Refused {
    row: usize,
    why: LabelConflict,
}

/// The labels that are given.
#[derive(Default)]
struct Taken {
    /// The rows' labels.
    rows: HashSet<String>,
    /// The labels of seats, each with the row's label and the number.
    seats: HashMap<String, (String, i32)>,
}

/// Returns a label for each run of each row, and says in the notes which rows were renamed.
///
/// The zone at the screen keeps its labels if it can. All rows of a zone that cannot get the same letter, at the end,
/// where it parts the row's number from the seat's: 11B1 can be nothing but seat 1 of row 11B.
pub fn assign(zones: &[String], rows: &[Row], notes: &mut Vec<Note>) -> Result<Vec<Vec<String>>, Unreadable> {
    let mut labels: Vec<Vec<String>> = vec![Vec::new(); rows.len()];
    let mut order: Vec<usize> = Vec::new();
    for row in rows {
        if !order.contains(&row.zone) {
            order.push(row.zone);
        }
    }
    let mut taken = Taken::default();
    let mut letters: HashSet<char> = HashSet::from(['I', 'O']);
    if rows.iter().any(|row| row.runs.len() > 1) {
        letters.extend(SIDES.concat().concat().chars());
    }
    for zone in order {
        let name = zones.get(zone).map(String::as_str).unwrap_or_default();
        let own: Vec<(usize, &Row)> = rows.iter().enumerate().filter(|(_, row)| row.zone == zone).collect();
        let (found, conflict) = match attempt(&own, "", &mut taken) {
            Ok(found) => (found, None),
            Err(conflict) => {
                let free = candidates(name).find_map(|letter| {
                    let free = !letters.contains(&letter);
                    let found = free.then(|| attempt(&own, &letter.to_string(), &mut taken).ok())??;
                    letters.insert(letter);
                    Some(found)
                });
                let Some(found) = free else {
                    let place = rows.get(conflict.row).map(|row| row.place(zones)).unwrap_or_default();
                    bail!("{place}: {}; change its row_number", conflict.why);
                };
                (found, Some(conflict.why))
            }
        };
        notes.extend(note(name, &own, &found, conflict));
        for ((index, _), found) in own.iter().zip(found) {
            if let Some(labels) = labels.get_mut(*index) {
                *labels = found;
            }
        }
    }
    Ok(labels)
}

/// Returns the letters that may stand for a zone: the first ones of its words, then its others, then any.
fn candidates(zone: &str) -> impl Iterator<Item = char> {
    let name = capitals(zone);
    let first: String = name.split_whitespace().filter_map(|word| word.chars().next()).collect();
    let all = format!("{first}{name}");
    all.chars().filter(char::is_ascii_uppercase).chain('A'..='Z').collect::<Vec<_>>().into_iter()
}

/// Gives the rows of a zone labels with a letter at the end, or none of them.
fn attempt(rows: &[(usize, &Row)], letter: &str, taken: &mut Taken) -> Result<Vec<Vec<String>>, Refused> {
    let mut found = Vec::new();
    let mut new = Taken::default();
    for (index, row) in rows {
        let refused = |why| Refused { row: *index, why };
        let sides = row.runs.len().checked_sub(1).and_then(|more| SIDES.get(more)).copied().unwrap_or_default();
        let mut labels = Vec::new();
        for (run, side) in row.runs.iter().zip(sides) {
            let label = format!("{}{letter}{side}", row.label);
            if label.len() > Plan::MAX_LABEL {
                return Err(refused(LabelConflict::TooLong(label)));
            }
            if taken.rows.contains(&label) || !new.rows.insert(label.clone()) {
                return Err(refused(LabelConflict::RowTwice(label)));
            }
            for seat in 0..run.seats.len() {
                let number = number(run, seat);
                let name = format!("{label}{number}");
                if let Some(other) = taken.seats.get(&name).or_else(|| new.seats.get(&name)) {
                    let seats = [other.clone(), (label, number)];
                    return Err(refused(LabelConflict::SeatTwice { seats, label: name }));
                }
                new.seats.insert(name, (label.clone(), number));
            }
            labels.push(label);
        }
        found.push(labels);
    }
    taken.rows.extend(new.rows);
    taken.seats.extend(new.seats);
    Ok(found)
}

fn number(run: &Run, seat: usize) -> i32 {
    run.from.saturating_add(run.step.saturating_mul(i32::try_from(seat).unwrap_or(i32::MAX)))
}

/// Returns a note on the rows of a zone that have other labels now.
fn note(zone: &str, rows: &[(usize, &Row)], found: &[Vec<String>], why: Option<LabelConflict>) -> Option<Note> {
    let changed = rows.iter().zip(found).filter(|((_, row), labels)| **labels != [row.original.as_str()]);
    let relabeled = changed.map(|((_, row), labels)| {
        let part = |(label, run): (&String, &Run)| (label.clone(), run.from, run.last());
        Relabeled { row: shown(&row.original), labels: labels.iter().zip(&row.runs).map(part).collect() }
    });
    let rows: Vec<_> = relabeled.collect();
    (!rows.is_empty()).then(|| Note::Rows { zone: shown(zone), rows, why })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pretix::names::row_label;
    use crate::pretix::numbering;

    fn row(zone: usize, original: &str, numbers: &[i32]) -> Row {
        let label = row_label(original).unwrap();
        let runs = numbering::runs(numbers, &[]);
        Row { zone, original: original.to_owned(), label, seats: Vec::new(), aisles: Vec::new(), runs }
    }

    fn assigned(zones: &[&str], rows: &[Row]) -> Result<(Vec<String>, Vec<String>), Unreadable> {
        let zones: Vec<_> = zones.iter().map(|zone| (*zone).to_owned()).collect();
        let mut notes = Vec::new();
        let labels = assign(&zones, rows, &mut notes)?.concat();
        Ok((labels, notes.iter().map(Note::to_string).collect()))
    }

    #[test]
    fn good_labels_stay() {
        let rows = [row(0, "A", &[1, 2]), row(0, "12", &[1, 2]), row(1, "B", &[1])];
        assert_eq!(
            assigned(&["Stalls", "Circle"], &rows).unwrap(),
            (["A", "12", "B"].map(str::to_owned).to_vec(), vec![])
        );
    }

    #[test]
    fn the_second_zone_with_a_label_gets_its_letter() {
        let stalls = [row(1, "1", &[1]), row(1, "2", &[1])];
        let circle = [row(0, "Reihe 2", &[1]), row(0, "3", &[1])];
        let rows: Vec<_> = stalls.into_iter().chain(circle).chain([row(2, "1", &[1])]).collect();
        let (labels, notes) = assigned(&["Oberer Balkon", "Parkett", "Box"], &rows).unwrap();
        // A letter stands for one zone.
        assert_eq!(labels, ["1", "2", "2B", "3B", "1X"]);
        let note = "zone Oberer Balkon: row Reihe 2 is now 2B, 3 is now 3B, because another row has the label 2 too";
        assert_eq!(notes[0], note);
    }

    #[test]
    fn numbers_of_rows_and_seats_are_parted() {
        let rows = [row(0, "1", &(1..=20).collect::<Vec<_>>()), row(0, "11", &[1, 2])];
        let (labels, notes) = assigned(&["Saal"], &rows).unwrap();
        assert_eq!(labels, ["1S", "11S"]);
        assert!(notes[0].ends_with("because seat 11 of row 1 and seat 1 of row 11 would both be 111"), "{notes:?}");
    }

    #[test]
    fn a_divided_row_has_a_left_and_a_right_part() {
        let mall = [row(0, "a", &[1, 2, 3, 5, 6]), row(0, "B", &[6, 4, 2, 1, 3, 4]), row(0, "C", &[7])];
        let rows: Vec<_> = mall.into_iter().chain([row(1, "C", &[8])]).collect();
        let (labels, notes) = assigned(&["Mall", "Lower Room"], &rows).unwrap();
        // L, M and R are for the parts.
        assert_eq!(labels, ["AL", "AR", "BL", "BM", "BR", "C", "CW"]);
        let note =
            "zone Mall: row a is now AL (1 to 3) and AR (5 to 6), B is now BL (6 to 2) and BM (1 to 3) and BR (4 to 4)";
        assert_eq!(notes[0], note);
    }

    #[test]
    fn labels_that_cannot_be_told_apart_are_refused() {
        let error = |rows: &[Row]| assigned(&["Saal", "Rang"], rows).unwrap_err().to_string();
        let same = error(&[row(1, "A", &[1]), row(1, "Reihe A", &[1])]);
        assert_eq!(same, "zone Rang: row Reihe A: another row has the label A too; change its row_number");
        let long = error(&[row(0, "1234", &[1, 4])]);
        assert!(long.starts_with("zone Saal: row 1234: its parts need the label 1234L"), "{long}");
        let both = error(&[row(0, "SOFA", &[1]), row(1, "SOFA", &[1])]);
        assert!(both.starts_with("zone Rang: row SOFA: another row has the label SOFA too"), "{both}");
    }
}
