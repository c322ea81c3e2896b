//! Seating plans.

use std::collections::HashMap;
use std::fmt;

use super::accessible::join_zones;
use super::{Picture, PictureRow, PlanError, PlanFault, Row, Seat, SeatKind, SeatNo, SeatSet};
use crate::Invalid;

/// A seating plan. It never changes: a corrected plan is another version.
#[derive(Clone)]
pub struct Plan {
    picture: Picture,
    zones: Vec<String>,
    rows: Vec<Row>,
    seats: u16,
    labels: HashMap<String, SeatNo>,
    /// The indexes of the rows, in order of the distance of their nearest places to the focus.
    nearest_rows: Vec<usize>,
}

impl fmt::Debug for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Plan of {} seats in {} rows", self.seats, self.rows.len())
    }
}

/// Two plans are equal when their pictures are.
impl PartialEq for Plan {
    fn eq(&self, other: &Self) -> bool {
        self.picture == other.picture
    }
}

impl Plan {
    /// The greatest number of seats.
    pub const MAX_SEATS: u16 = 5000;
    /// The greatest number of rows.
    pub const MAX_ROWS: usize = 500;
    /// The greatest number of places in a row.
    pub const MAX_PLACES: usize = 126;
    /// The greatest number of characters in a legend.
    pub const MAX_LEGEND: usize = 32;
    /// The greatest number on a seat. The smallest is 1.
    pub const MAX_NUMBER: i32 = 9999;
    /// The greatest length of a row's label.
    pub const MAX_LABEL: usize = 4;
    /// The distance between two rows, in seats.
    const ROW_PITCH: f64 = 2.0;

    /// Reads a picture. Whatever is wrong with it is [`Invalid`], with the member of the picture or
    /// of the row; its reason begins with `row` and the number of the row, and names the column.
    pub fn new(picture: Picture) -> Result<Self, Invalid> {
        Ok(Self::read(picture)?)
    }

    /// Reads a picture as [`Self::new`] does, and says what is wrong with it so that a program can tell.
    pub fn read(mut picture: Picture) -> Result<Self, PlanError> {
        check_legend(&picture).map_err(PlanFault::of_picture)?;
        let [x, y] = *picture.focus.get_or_insert(Picture::FOCUS);
        if ![x, y].iter().all(|part| (0.0..=1.0).contains(part)) {
            return Err(PlanFault::Focus.of_picture());
        }
        if picture.rows.is_empty() || picture.rows.len() > Self::MAX_ROWS {
            return Err(PlanFault::RowCount.of_picture());
        }
        let zones: Vec<String> =
            picture.legend.values().filter(|word| kind_of(word) == SeatKind::Standard).cloned().collect();
        let width = picture.rows.iter().map(|row| row.places.chars().count()).max().unwrap_or_default();
        let focus = [x * float(width), y * float(picture.rows.len())];
        let mut plan = Self {
            zones,
            rows: Vec::new(),
            seats: 0,
            labels: HashMap::new(),
            nearest_rows: Vec::new(),
            picture: Picture::default(),
        };
        for (index, drawn) in picture.rows.iter().enumerate() {
            let mut row = read_row(index, drawn, &picture, &plan.zones).map_err(|fault| {
                let label = Some(drawn.row.clone()).filter(|_| fault != PlanFault::RowLabel);
                PlanError { fault, row: Some(index), label }
            })?;
            row.before = plan.seats;
            row.distances = distances(index, drawn.places.chars().count(), focus);
            let places = row.distances.windows(2).filter_map(|sums| sums.last()?.checked_sub(*sums.first()?));
            row.nearest = places.min().map_or(i64::MAX, i64::from);
            plan.add(row).map_err(PlanFault::of_picture)?;
        }
        if plan.seats == 0 {
            return Err(PlanFault::NoSeat.of_picture());
        }
        join_zones(&mut plan.rows);
        plan.nearest_rows = (0..plan.rows.len()).collect();
        plan.nearest_rows.sort_by_key(|index| plan.rows.get(*index).map(|row| row.nearest));
        plan.picture = picture;
        Ok(plan)
    }

    /// Adds a row, whose seats must have labels of their own.
    fn add(&mut self, row: Row) -> Result<(), PlanFault> {
        let seats = row.seats.count_ones();
        let total = u32::from(self.seats) + seats;
        if total > u32::from(Self::MAX_SEATS) {
            return Err(PlanFault::TooManySeats { row: row.label });
        }
        for index in 0..seats {
            let number = row.number(index);
            let seat = SeatNo(self.seats + u16::try_from(index).unwrap_or_default());
            if let Some(other) = self.labels.insert(format!("{}{number}", row.label), seat) {
                let other = self.rows.iter().rfind(|row| row.before <= other.0).unwrap_or(&row).label.clone();
                return Err(PlanFault::SeatTwice { row: row.label, number, other });
            }
        }
        self.seats = u16::try_from(total).unwrap_or(Self::MAX_SEATS);
        self.rows.push(row);
        Ok(())
    }

    /// Returns the rows, from the screen to the back.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Returns the indexes of the rows, those with the nearest place to the focus first.
    pub(super) fn nearest_rows(&self) -> &[usize] {
        &self.nearest_rows
    }

    /// Returns the number of seats of all kinds.
    #[must_use]
    pub const fn seats(&self) -> u16 {
        self.seats
    }

    /// Returns the names of the zones.
    #[must_use]
    pub fn zones(&self) -> &[String] {
        &self.zones
    }

    /// Returns the picture, with its focus.
    #[must_use]
    pub const fn picture(&self) -> &Picture {
        &self.picture
    }

    /// Returns the seat with a label such as `F7`, in any case. `None` when there is none.
    #[must_use]
    pub fn find(&self, label: &str) -> Option<SeatNo> {
        self.labels.get(label).or_else(|| self.labels.get(&label.to_uppercase())).copied()
    }

    /// Returns the row and the column of a seat. `None` for a number that the plan does not have.
    #[must_use]
    pub fn place(&self, seat: SeatNo) -> Option<(usize, u32)> {
        let row = self.rows.partition_point(|row| row.before <= seat.0).checked_sub(1)?;
        let found = self.rows.get(row)?;
        Some((row, found.column(u32::from(seat.0 - found.before))?))
    }

    /// Returns what is known of a seat. `None` for a number that the plan does not have.
    #[must_use]
    pub fn seat(&self, seat: SeatNo) -> Option<Seat<'_>> {
        let (row, column) = self.place(seat)?;
        let row = self.rows.get(row)?;
        let bit = 1_u128 << column;
        let zone = (0..self.zones.len()).find(|zone| row.zone(*zone) & bit != 0);
        let kind = if row.wheelchair & bit != 0 {
            SeatKind::Wheelchair
        } else if row.companion & bit != 0 {
            SeatKind::Companion
        } else {
            SeatKind::Standard
        };
        let zone = zone.and_then(|zone| self.zones.get(zone)).map(String::as_str);
        Some(Seat { row: row.label(), number: row.number(row.index(column)), zone, kind })
    }

    /// Returns whether these seats are all beside each other in one row, in any order.
    #[must_use]
    pub fn are_together(&self, seats: &[SeatNo]) -> bool {
        let set = SeatSet::of(self, seats);
        let rows: Vec<_> = set.rows().iter().copied().filter(|row| *row != 0).collect();
        matches!(rows.as_slice(), [row] if (row >> row.trailing_zeros()).trailing_ones() == row.count_ones())
    }

    /// Returns the label of a seat, such as `F7`. Empty for a number that the plan does not have.
    #[must_use]
    pub fn label(&self, seat: SeatNo) -> String {
        self.seat(seat).map(|seat| format!("{}{}", seat.row, seat.number)).unwrap_or_default()
    }
}

fn float(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::MAX, f64::from)
}

fn kind_of(word: &str) -> SeatKind {
    match word {
        "wheelchair" => SeatKind::Wheelchair,
        "companion" => SeatKind::Companion,
        _ => SeatKind::Standard,
    }
}

fn check_legend(picture: &Picture) -> Result<(), PlanFault> {
    if picture.legend.is_empty() || picture.legend.len() > Plan::MAX_LEGEND {
        return Err(PlanFault::LegendSize);
    }
    let mut words = Vec::new();
    for (character, word) in &picture.legend {
        if !character.is_ascii_graphic() || *character == Picture::AISLE {
            return Err(PlanFault::LegendCharacter);
        }
        let is_name = |c: char| c.is_alphanumeric() || matches!(c, '-' | ' ');
        if word.trim() != word || !(1..=40).contains(&word.chars().count()) || !word.chars().all(is_name) {
            return Err(PlanFault::LegendWord { character: *character });
        }
        if words.contains(&word) {
            return Err(PlanFault::LegendTwice { word: word.clone() });
        }
        words.push(word);
    }
    Ok(())
}

/// Reads a row, without the seats before it and its distances.
fn read_row(index: usize, drawn: &PictureRow, picture: &Picture, zones: &[String]) -> Result<Row, PlanFault> {
    let label = &drawn.row;
    if label.is_empty()
        || label.len() > Plan::MAX_LABEL
        || !label.chars().all(|c| c.is_ascii_digit() || c.is_ascii_uppercase())
    {
        return Err(PlanFault::RowLabel);
    }
    if picture.rows.iter().take(index).any(|row| row.row == *label) {
        return Err(PlanFault::RowTwice);
    }
    if ![1, -1, 2, -2].contains(&drawn.step) {
        return Err(PlanFault::Step);
    }
    if drawn.places.chars().count() > Plan::MAX_PLACES {
        return Err(PlanFault::TooManyPlaces);
    }
    let mut row = Row {
        label: label.clone(),
        from: drawn.from,
        step: drawn.step,
        seats: 0,
        wheelchair: 0,
        companion: 0,
        zones: vec![0; zones.len()],
        before: 0,
        distances: Vec::new(),
        nearest: 0,
    };
    for (column, character) in drawn.places.chars().enumerate() {
        if matches!(character, Picture::AISLE | Picture::NOTHING) {
            continue;
        }
        let Some(word) = picture.legend.get(&character) else {
            return Err(PlanFault::Character { column: column + 1, known: picture.legend.keys().collect() });
        };
        let bit = 1 << column;
        row.seats |= bit;
        match kind_of(word) {
            SeatKind::Wheelchair => row.wheelchair |= bit,
            SeatKind::Companion => row.companion |= bit,
            SeatKind::Standard => {
                let zone = zones.iter().position(|zone| zone == word).and_then(|zone| row.zones.get_mut(zone));
                if let Some(places) = zone {
                    *places |= bit;
                }
            }
        }
    }
    let range = 1..=Plan::MAX_NUMBER;
    // The first comes first: a greater one could overflow.
    if !range.contains(&row.from) || !range.contains(&row.number(row.seats.count_ones().saturating_sub(1))) {
        return Err(PlanFault::Numbers);
    }
    Ok(row)
}

/// Returns the sums of the distances of a row's places to the focus, in 1/64 of a seat.
fn distances(row: usize, places: usize, [x, y]: [f64; 2]) -> Vec<u32> {
    let across = |column: usize| float(column) + 0.5 - x;
    let along = (float(row) + 0.5 - y) * Plan::ROW_PITCH;
    let mut sums = vec![0];
    for column in 0..places {
        // Not `hypot`, which needs a newer C library than Amazon Linux 2023 has.
        let distance = (across(column).powi(2) + along.powi(2)).sqrt() * 64.0;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "at most 126 * 500 seats of 64 parts"
        )]
        sums.push(sums.last().copied().unwrap_or_default() + distance.round() as u32);
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEGEND: &str = "legend . standard\nlegend L lounge\nlegend c companion\nlegend w wheelchair\n";

    fn plan(rows: &str) -> Result<Plan, Invalid> {
        Plan::new(format!("{LEGEND}{rows}").parse()?)
    }

    #[test]
    fn seats_have_numbers_labels_and_zones() {
        let plan = plan("row A 1 1 .._..\nrow P 13 -2 wc_LL").unwrap();
        assert_eq!(plan.seats(), 8);
        let seat = |label: &str| plan.seat(plan.find(label).unwrap()).unwrap();
        assert_eq!(seat("A3"), Seat { row: "A", number: 3, zone: Some("standard"), kind: SeatKind::Standard });
        assert_eq!(seat("P13"), Seat { row: "P", number: 13, zone: Some("lounge"), kind: SeatKind::Wheelchair });
        assert_eq!(seat("p11").kind, SeatKind::Companion);
        assert_eq!(seat("P7"), Seat { row: "P", number: 7, zone: Some("lounge"), kind: SeatKind::Standard });
        assert_eq!((plan.find("P8"), plan.find("A0"), plan.find("")), (None, None, None));
        for number in 0..8 {
            let place = plan.place(SeatNo(number)).map(|(row, column)| plan.rows()[row].seat_at(column));
            assert_eq!(place, Some(Some(SeatNo(number))));
            assert_eq!(plan.find(&plan.label(SeatNo(number))), Some(SeatNo(number)));
        }
        assert_eq!(plan.place(SeatNo(8)), None);
    }

    #[test]
    fn a_plan_reads_back_as_its_picture() {
        let plan = plan("focus 0.25 0.5\nrow A 1 1  .. _..").unwrap();
        let again = Plan::new(plan.picture().to_string().parse().unwrap()).unwrap();
        assert_eq!(again.picture(), plan.picture());
        assert_eq!(SeatSet::all(&again).rows(), [0b110_0110]);
    }

    #[test]
    fn errors_name_the_row_and_the_column() {
        let long = format!("row A 1 1 {}", ".".repeat(127));
        let many: Vec<_> = (100..140).map(|row| format!("row {row}R 1 1 {}", ".".repeat(126))).collect();
        let many = many.join("\n");
        let cases = [
            ("row A 1 1 ..?.", "row 1 (A): column 3 is a character that the legend does not have; use one of .Lcw"),
            ("row A 1 1 ..\nrow A 1 1 ..", "row 2 (A): another row has that label"),
            ("row a 1 1 ..", "row 1: give a label of 1 to 4 capital letters or digits"),
            ("row A 1 3 ..", "row 1 (A): step is not 1, -1, 2 or -2"),
            ("row A 2 -1 ...", "row 1 (A): its seats have numbers below 1 or above 9999"),
            ("row A 2147483647 1 ..", "row 1 (A): its seats have numbers below 1"),
            (&long, "row 1 (A): it has more than 126 places"),
            (&many, "there are more than 5000 seats up to row 139R"),
            ("row 1 11 1 .\nrow 11 1 1 .", "seat 1 of row 11 has the same label, 111, as a seat of row 1"),
            ("row A 1 1 _ _", "there is no seat in it"),
            ("", "give 1 to 500 rows"),
            ("focus 2 0\nrow A 1 1 .", "the focus has a number below 0 or above 1"),
            ("focus NaN 0\nrow A 1 1 .", "the focus has a number below 0 or above 1"),
            ("legend x lounge\nrow A 1 1 .", "the legend says lounge for two characters"),
            ("legend _ aisle\nrow A 1 1 .", "`_` is an aisle"),
            ("rows", "line 5 is not a line of a plan"),
        ];
        for (rows, reason) in cases {
            let error = plan(rows).unwrap_err();
            assert!(error.reason.contains(reason), "{rows}: {error}");
        }
    }
}
