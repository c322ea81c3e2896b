//! Places for wheelchairs and companions: the zones that they belong to, and when anyone may take them.

use chrono::TimeDelta;

use super::bits::bits_of;
use super::{Plan, Row, SeatSet};
use crate::Deadline;
use crate::named_enum::named_enum;

named_enum! {
    /// The part of a slot whose other seats are sold before anyone may take its places for wheelchairs and companions.
    AccessibleScope, "accessibleWhenSoldOut" { Slot = "slot", Zone = "zone" }
}

/// When anyone may take places for wheelchairs and companions: when no other seat of the scope is free, and from a time on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccessibleRelease {
    /// Where no other seat may be free.
    pub scope: AccessibleScope,
    /// From when on anyone may take all of them.
    pub from: Deadline,
}

impl AccessibleRelease {
    /// When no other seat of the slot is free, and from its start on.
    pub const DEFAULT: Self = Self { scope: AccessibleScope::Slot, from: Deadline::Start(TimeDelta::zero()) };
}

impl AccessibleScope {
    /// Returns the free places for wheelchairs and companions that anyone may take because no other seat is free.
    // Source: 28 CFR 36.302(f)(5), released when all others are sold, of the house or of a seating area.
    pub(super) fn released(self, plan: &Plan, free: &SeatSet) -> SeatSet {
        let is_sold_out =
            |places: &dyn Fn(&Row) -> u128| free.of_rows(plan, |row| places(row) & row.standard()).is_empty();
        match self {
            Self::Slot if is_sold_out(&Row::seats) => free.clone(),
            Self::Slot => SeatSet::none(plan),
            Self::Zone => {
                let zones: Vec<_> =
                    (0..plan.zones().len()).filter(|zone| is_sold_out(&|row| row.zone(*zone))).collect();
                free.of_rows(plan, |row| zones.iter().fold(0, |places, zone| places | row.zone(*zone)))
            }
        }
    }
}

/// Adds each place for a wheelchair or a companion to the zone of the nearest other seat: of its row, or of the nearest row
/// that has others.
pub(super) fn join_zones(rows: &mut [Row]) {
    let standard: Vec<_> = rows.iter().map(Row::standard).collect();
    let with_standard: Vec<_> =
        (0..rows.len()).filter(|row| standard.get(*row).is_some_and(|seats| *seats != 0)).collect();
    for index in 0..rows.len() {
        let nearest = with_standard.iter().min_by_key(|row| row.abs_diff(index)).copied();
        let Some((model, seats)) = nearest.and_then(|row| Some((rows.get(row)?.clone(), standard.get(row)?))) else {
            return;
        };
        let Some(row) = rows.get_mut(index) else { return };
        for column in bits_of(row.wheelchair | row.companion) {
            let seat = bits_of(*seats).min_by_key(|seat| seat.abs_diff(column)).unwrap_or_default();
            let zone = model.zones.iter().position(|places| places & (1 << seat) != 0);
            if let Some(places) = zone.and_then(|zone| row.zones.get_mut(zone)) {
                *places |= 1 << column;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SeatNo;

    fn plan(rows: &str) -> Plan {
        let legend = "legend . standard\nlegend L lounge\nlegend c companion\nlegend w wheelchair\n";
        Plan::new(format!("{legend}{rows}").parse().unwrap()).unwrap()
    }

    fn zones(plan: &Plan, labels: &str) -> Vec<Option<String>> {
        let zone = |label| plan.seat(plan.find(label).unwrap()).unwrap().zone.map(str::to_owned);
        labels.split(' ').map(zone).collect()
    }

    #[test]
    fn a_place_is_in_the_zone_of_the_nearest_seat() {
        let plan = plan("row A 1 1 wc..LLcw\nrow B 1 1 ww\nrow C 1 1 wc\nrow D 1 1 LLLL");
        let expected = ["standard", "standard", "standard", "lounge", "lounge", "lounge"];
        assert_eq!(zones(&plan, "A1 A2 A3 A5 A7 A8"), expected.map(|zone| Some(zone.to_owned())));
        assert_eq!(zones(&plan, "B1 C1"), ["standard", "lounge"].map(|zone| Some(zone.to_owned())));
    }

    #[test]
    fn without_other_seats_there_is_no_zone() {
        let plan = Plan::new("legend w wheelchair\nrow A 1 1 www".parse().unwrap()).unwrap();
        assert_eq!(plan.seat(SeatNo(1)).unwrap().zone, None);
    }
}
