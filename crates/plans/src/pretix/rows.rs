//! The rows of the hall: in order along their lines, joined over aisles, with numbers, from the screen to the back.

use std::collections::{BTreeMap, HashSet};

use super::document::{Document, DocumentRow, DocumentSeat, Point};
use super::lines::{self, Disorder};
use super::names::{row_label, shown};
use super::note::Note;
use super::numbering::{self, Run};
use crate::unreadable::{Unreadable, bail, wrong};

/// The distance between two seats of a hall in which no row has two: a usual one in pretix.
const USUAL_PITCH: f64 = 25.0;
/// An aisle is a gap of more than this many times the pitch.
const AISLE: f64 = 1.5;

/// A row of the hall.
#[derive(Debug)]
pub struct Row {
    /// The index of the zone in which the row begins.
    pub zone: usize,
    /// The label in the file.
    pub original: String,
    /// The label as a plan may have it.
    pub label: String,
    /// The seats, from left to right.
    pub seats: Vec<DocumentSeat>,
    /// For each seat but the last: whether an aisle follows.
    pub aisles: Vec<bool>,
    /// The parts with numbers in sequence: one, or up to [`Row::MAX_RUNS`].
    pub runs: Vec<Run>,
}

impl Row {
    /// The greatest number of parts into which a row is divided.
    pub const MAX_RUNS: usize = 3;

    /// Returns the places of the seats, from left to right.
    pub fn points(&self) -> impl Iterator<Item = Point> {
        self.seats.iter().map(|seat| seat.at)
    }

    /// Returns where the left end is.
    fn left(&self) -> f64 {
        self.points().next().map_or(0.0, |point| point.x)
    }

    /// Returns the name of the row for a message.
    pub fn place(&self, zones: &[String]) -> String {
        DocumentRow { zone: self.zone, label: self.original.clone(), seats: Vec::new() }.place(zones)
    }
}

/// The rows of a hall, from the screen to the back.
#[derive(Debug)]
pub struct Hall {
    pub rows: Vec<Row>,
    /// The usual distance between two seats beside each other.
    pub pitch: f64,
}

/// Arranges the rows of a document. Says in the notes which rows it joined.
pub fn arrange(document: &Document, notes: &mut Vec<Note>) -> Result<Hall, Unreadable> {
    let zones = &document.zones;
    let mut rows = Vec::new();
    for row in &document.rows {
        rows.push(in_order(row, zones)?);
    }
    let gaps = rows.iter().flat_map(|row| gaps(&row.seats)).collect();
    let pitch = median(gaps).unwrap_or(USUAL_PITCH);
    let mut rows = join(rows, pitch, zones, notes);
    for row in &mut rows {
        number(row, pitch, zones)?;
    }
    let all = || rows.iter().flat_map(Row::points).map(|point| point.x);
    let middle = f64::midpoint(all().fold(f64::MAX, f64::min), all().fold(f64::MIN, f64::max));
    // A curve bends away from where the row is in the middle of the hall. A quarter of a seat makes no difference.
    let depth = |row: &Row| {
        let nearest = row.points().min_by(|a, b| (a.x - middle).abs().total_cmp(&(b.x - middle).abs()));
        nearest.map_or(0.0, |point| (point.y / pitch * 4.0).round())
    };
    rows.sort_by(|a, b| depth(a).total_cmp(&depth(b)).then(a.left().total_cmp(&b.left())));
    Ok(Hall { rows, pitch })
}

fn in_order(row: &DocumentRow, zones: &[String]) -> Result<Row, Unreadable> {
    let place = || row.place(zones);
    let points: Vec<_> = row.seats.iter().map(|seat| seat.at).collect();
    let number = |index: usize| row.seats.get(index).map(|seat| seat.number).unwrap_or_default();
    let order = lines::along(&points).map_err(|disorder| match disorder {
        Disorder::SamePlace(one, other) => {
            let (one, other) = (number(one.min(other)), number(one.max(other)));
            wrong!("{}: seats {one} and {other} are at the same place; move one of them", place())
        }
        Disorder::NoLine => {
            wrong!("{}: its seats form no line or curve; give each line of seats a row of its own", place())
        }
    })?;
    let label = row_label(&row.label)
        .ok_or_else(|| wrong!("{}: change the row_number to 1 to 4 letters from A to Z or digits", place()))?;
    let seats = order.iter().filter_map(|index| row.seats.get(*index)).copied().collect();
    Ok(Row { zone: row.zone, original: row.label.clone(), label, seats, aisles: Vec::new(), runs: Vec::new() })
}

/// Joins rows with one label that lie side by side, such as the left and the right half of a row.
fn join(rows: Vec<Row>, pitch: f64, zones: &[String], notes: &mut Vec<Note>) -> Vec<Row> {
    let mut by_label: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    for row in rows {
        by_label.entry(row.label.clone()).or_default().push(row);
    }
    let mut joined: Vec<Row> = Vec::new();
    let mut over: BTreeMap<(usize, usize), Vec<String>> = BTreeMap::new();
    for mut same in by_label.into_values() {
        same.sort_by(|a, b| a.left().total_cmp(&b.left()));
        let mut done: Vec<Row> = Vec::new();
        for row in same {
            let numbers: HashSet<i32> = row.seats.iter().map(|seat| seat.number).collect();
            // How far the right end of a row on the left is before or behind.
            let offset = |left: &Row| {
                let (a, b) = (left.seats.last()?.at, row.seats.first()?.at);
                let is_beside = a.x < b.x && (a.y - b.y).abs() <= pitch;
                let is_free = is_beside && left.seats.iter().all(|seat| !numbers.contains(&seat.number));
                is_free.then_some((a.y - b.y).abs())
            };
            let beside = done.iter_mut().filter_map(|left| Some((offset(left)?, left)));
            let neighbour = beside.min_by(|(a, _), (b, _)| a.total_cmp(b)).map(|(_, left)| left);
            match neighbour {
                Some(left) => {
                    if left.zone != row.zone {
                        over.entry((left.zone, row.zone)).or_default().push(row.label.clone());
                    }
                    left.seats.extend(row.seats);
                }
                None => done.push(row),
            }
        }
        joined.extend(done);
    }
    let name = |zone: usize| zones.get(zone).map(|zone| shown(zone)).unwrap_or_default();
    for ((left, right), mut labels) in over {
        labels.sort_by_key(|label| (label.len(), label.clone()));
        notes.push(Note::Joined { zones: [name(left), name(right)], rows: labels });
    }
    joined
}

/// Finds the aisles of a row and the runs of its numbers.
fn number(row: &mut Row, pitch: f64, zones: &[String]) -> Result<(), Unreadable> {
    let gaps = gaps(&row.seats);
    // In a short row the median may be an aisle.
    let usual = median(gaps.clone()).unwrap_or(pitch).min(2.0 * pitch);
    row.aisles = gaps.iter().map(|gap| *gap > AISLE * usual).collect();
    let numbers: Vec<i32> = row.seats.iter().map(|seat| seat.number).collect();
    let mut seen = HashSet::new();
    if let Some(twice) = numbers.iter().find(|number| !seen.insert(**number)) {
        bail!("{}: two seats have the number {twice}; give one of them another seat_number", row.place(zones));
    }
    row.runs = numbering::runs(&numbers, &row.aisles);
    if row.runs.len() > Row::MAX_RUNS {
        let breaks: Vec<_> = row.runs.iter().skip(1).take(4).map(|run| run.from.to_string()).collect();
        bail!(
            "{}: from left to right, its numbers do not continue by 1 or 2 at the seats {}{}; a row may have {} such breaks, so \
             change the seat_number of some seats or divide the row",
            row.place(zones),
            breaks.join(", "),
            if row.runs.len() > 5 { ", ..." } else { "" },
            Row::MAX_RUNS - 1
        );
    }
    Ok(())
}

fn gaps(seats: &[DocumentSeat]) -> Vec<f64> {
    seats.iter().zip(seats.iter().skip(1)).map(|(one, next)| one.at.distance(next.at)).collect()
}

/// Returns the lower one of two medians.
fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len().checked_sub(1)? / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(zone: usize, label: &str, seats: &[(i32, f64, f64)]) -> DocumentRow {
        let seat = |(number, x, y): &(i32, f64, f64)| DocumentSeat {
            number: *number,
            category: 0,
            at: Point { x: *x, y: *y },
        };
        DocumentRow { zone, label: label.to_owned(), seats: seats.iter().map(seat).collect() }
    }

    fn hall(rows: Vec<DocumentRow>) -> Result<(Hall, Vec<String>), Unreadable> {
        let zones = ["West", "East"].map(str::to_owned).to_vec();
        let document =
            Document { name: String::new(), categories: vec!["x".to_owned()], zones, rows, screen_behind: None };
        let mut notes = Vec::new();
        let hall = arrange(&document, &mut notes)?;
        Ok((hall, notes.iter().map(Note::to_string).collect()))
    }

    fn numbers(hall: &Hall) -> Vec<(&str, Vec<i32>)> {
        let numbers = |row: &Row| row.seats.iter().map(|seat| seat.number).collect();
        hall.rows.iter().map(|row| (row.label.as_str(), numbers(row))).collect()
    }

    #[test]
    fn rows_are_in_order_from_the_screen_to_the_back() {
        // The ends of the curve B are nearer to the screen than A.
        let curve = [(1, 0.0, 0.0), (2, 9.0, 8.0), (3, 20.0, 12.0), (4, 31.0, 8.0), (5, 40.0, 0.0)];
        let (hall, notes) = hall(vec![row(0, "B", &curve), row(0, "A", &[(1, 15.0, 6.0), (2, 25.0, 6.0)])]).unwrap();
        assert_eq!(numbers(&hall), [("A", vec![1, 2]), ("B", vec![1, 2, 3, 4, 5])]);
        assert!(notes.is_empty());
    }

    #[test]
    fn a_gap_above_one_and_a_half_pitches_is_an_aisle() {
        let seats = [(8, 0.0, 0.0), (7, 10.0, 0.0), (6, 25.0, 0.0), (5, 40.1, 0.0), (4, 50.1, 0.0)];
        let (hall, _) = hall(vec![row(0, "A", &seats), row(0, "B", &[(1, 0.0, 9.0), (2, 90.0, 9.0)])]).unwrap();
        assert_eq!(hall.rows[0].aisles, [false, false, true, false]);
        assert_eq!(hall.rows[0].runs, [Run { seats: 0..5, from: 8, step: -1 }]);
        assert_eq!(hall.rows[1].aisles, [true]);
    }

    #[test]
    fn the_halves_of_a_row_are_joined() {
        let right = row(1, "1", &[(3, 40.0, 2.0), (4, 50.0, 3.0)]);
        let left = row(0, "Row 1", &[(1, 0.0, 0.0), (2, 10.0, 1.0)]);
        let between = row(0, "1", &[(5, 5.0, 8.0), (6, 25.0, 8.0)]);
        let behind = row(1, "1", &[(7, 90.0, 30.0)]);
        let (hall, notes) = hall(vec![right, left, between, behind]).unwrap();
        assert_eq!(numbers(&hall), [("1", vec![1, 2, 3, 4]), ("1", vec![5, 6]), ("1", vec![7])]);
        assert_eq!(notes, ["zones West and East: rows joined side by side: 1"]);
    }

    #[test]
    fn errors_name_the_zone_the_row_and_the_seats() {
        let at = |numbers: &[i32]| -> Vec<_> {
            (0..).zip(numbers).map(|(index, number)| (*number, f64::from(index) * 10.0, 0.0)).collect()
        };
        let cases = [
            (row(0, "Q", &at(&[1, 2, 1])), "zone West: row Q: two seats have the number 1;"),
            (
                row(1, "Q", &at(&[1, 5, 9, 4])),
                "zone East: row Q: from left to right, its numbers do not continue by 1 or 2 at the seats 5, 9, 4;",
            ),
            (row(1, "Galerie", &at(&[1])), "zone East: row Galerie: change the row_number"),
            (row(0, "Q", &[(3, 1.0, 1.0), (6, 1.0, 1.0)]), "zone West: row Q: seats 3 and 6 are at the same place"),
            (row(0, "Q", &[(1, 0.0, 0.0), (2, 9.0, 0.0), (3, 0.0, 9.0), (4, 9.0, 9.0)]), "form no line or curve"),
        ];
        for (row, reason) in cases {
            let error = hall(vec![row]).unwrap_err().to_string();
            assert!(error.contains(reason), "{error}");
        }
    }
}
