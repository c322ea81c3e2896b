//! The rule against single seats: a seat that is left alone between others is hard to sell.

use super::bits::{bits_of, ones, run_around};
use super::{Plan, SeatNo, SeatSet};
use crate::named_enum::named_enum;

named_enum! {
    /// Whether a booking may leave a single free seat.
    SingleSeats, "singleSeats" {
        Allowed = "allowed",
        AllowedAtAisles = "allowedAtAisles",
        Refused = "refused",
    }
}

/// Returns the seats that are left alone when `chosen` are taken of `free`, the standard seats that the buyer may take.
///
/// A run is a longest stretch of free seats beside each other. A seat is left alone when it is a run by itself after the
/// choice and was not before. It is excused when the run that it was cut from has exactly one seat more than were taken
/// from it: then every choice of that size from the run leaves one. With [`SingleSeats::AllowedAtAisles`], a seat beside
/// an aisle or a wall is excused too.
#[must_use]
pub fn single_seats_left(plan: &Plan, free: &SeatSet, chosen: &SeatSet, rule: SingleSeats) -> Vec<SeatNo> {
    let rows = plan.rows().iter().zip(free.rows().iter().zip(chosen.rows()));
    let left = rows.flat_map(|(row, (free, chosen))| {
        let excused = match rule {
            SingleSeats::Allowed => u128::MAX,
            SingleSeats::AllowedAtAisles => !(row.seats() << 1) | !(row.seats() >> 1),
            SingleSeats::Refused => 0,
        };
        let alone = left_alone(*free, *chosen) & !excused;
        bits_of(alone).filter_map(|column| row.seat_at(column))
    });
    left.collect()
}

/// Returns the places that have no free place beside them.
const fn single(free: u128) -> u128 {
    free & !(free << 1) & !(free >> 1)
}

/// Returns the places of a row that are left alone and not excused when `chosen` are taken.
pub(super) fn left_alone(free: u128, chosen: u128) -> u128 {
    let rest = free & !chosen;
    let new = single(rest) & !single(free);
    bits_of(new)
        .filter(|column| {
            let (first, length) = run_around(free, *column);
            (ones(length) << first & rest).count_ones() > 1
        })
        .fold(0, |bits, column| bits | 1 << column)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads a row: `.` is free, `x` is chosen of the free ones, `#` is taken, `_` is an aisle.
    fn alone(row: &str, rule: SingleSeats) -> String {
        let places: String = row.chars().map(|place| if place == '_' { '_' } else { '.' }).collect();
        let text = format!("legend . standard\nrow A 1 1 {places}");
        let plan = Plan::new(text.parse().unwrap()).unwrap();
        let bits = |wanted: &[char]| {
            let bits = row.chars().enumerate().filter(|(_, place)| wanted.contains(place));
            SeatSet::restore(&plan, &[bits.fold(0, |bits, (column, _)| bits | 1 << column)]).unwrap()
        };
        let left = single_seats_left(&plan, &bits(&['.', 'x']), &bits(&['x']), rule);
        left.into_iter().map(|seat| seat.0.to_string()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_choice_leaves_no_seat_alone() {
        let refused = |row| alone(row, SingleSeats::Refused);
        assert_eq!(refused("xx..."), "");
        assert_eq!(refused(".xx.."), "0");
        assert_eq!(refused(".xx.xx..."), "0 3");
        assert_eq!(refused("#.xx.#"), "1 4");
        assert_eq!(refused("..xx_x..."), "");
        assert_eq!(refused("..xx_..x."), "7", "the aisle has no seat");
    }

    #[test]
    fn a_seat_that_cannot_be_avoided_is_excused() {
        let refused = |row| alone(row, SingleSeats::Refused);
        assert_eq!(refused("xx.#"), "");
        assert_eq!(refused("x.x#"), "", "one of three is left by any two");
        assert_eq!(refused("#.##.xx."), "4 7", "four could have been taken from an end");
        assert_eq!(refused("#.#xx."), "", "one was alone before");
    }

    #[test]
    fn a_seat_at_an_aisle_may_be_allowed() {
        let at_aisles = |row| alone(row, SingleSeats::AllowedAtAisles);
        assert_eq!(at_aisles(".xx..."), "");
        assert_eq!(at_aisles("#.xx.."), "1");
        assert_eq!(at_aisles("..xx._..."), "");
        assert_eq!(alone("#.xx.#", SingleSeats::Allowed), "");
    }
}
