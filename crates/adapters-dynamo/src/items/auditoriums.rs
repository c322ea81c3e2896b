//! The items of auditoriums: one for each, one for each version of a plan, and one for each UTC day of a timetable.

use std::fmt::Write as _;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate};
use ticketly_domain::{
    Auditorium, AuditoriumId, AuditoriumName, Occupancy, Picture, Plan, PlanVersion, StoreError, Turnaround,
};

use crate::client::attributes::{Attributes, Item, item, number, text};
use crate::client::error::Corrupt;
use crate::client::write::{IS_NEW, Write};
use crate::items::keyspace::{self, Key};

/// Writes an auditorium with its plan, and increments the number of auditoriums.
pub(crate) fn add(auditorium: &Auditorium) -> [Write; 3] {
    [
        Write::put(written(auditorium)).only_if(IS_NEW),
        add_plan(auditorium),
        Write::update(&keyspace::auditorium_count(), "ADD active :one")
            .only_if("attribute_not_exists(active) OR active < :limit")
            .with(":one", number(1))
            .with(":limit", number(Auditorium::MAX)),
    ]
}

/// Returns the item of an auditorium.
pub(crate) fn written(auditorium: &Auditorium) -> Item {
    let attributes = [
        ("name", text(auditorium.name.as_str())),
        ("turnaround", number(auditorium.turnaround.minutes())),
        ("single_seats", text(auditorium.single_seats.as_str())),
        ("version", number(auditorium.version.0)),
    ];
    item(&keyspace::auditorium(auditorium.id), attributes)
}

fn add_plan(auditorium: &Auditorium) -> Write {
    Write::put(plan_item(auditorium.id, auditorium.version, &auditorium.plan)).only_if(IS_NEW)
}

/// Returns the item of a version of a plan.
pub(crate) fn plan_item(id: AuditoriumId, version: PlanVersion, plan: &Plan) -> Item {
    item(&keyspace::plan(id, version), [("picture", text(plan.picture().to_string()))])
}

/// Writes another version of an auditorium's plan, unless it has another by then.
pub(crate) fn replace(old: &Auditorium, new: &Auditorium) -> [Write; 2] {
    let update = Write::update(&keyspace::auditorium(new.id), "SET version = :new").only_if("version = :old");
    [update.with(":new", number(new.version.0)).with(":old", number(old.version.0)), add_plan(new)]
}

/// Parses the identifier of an auditorium and the present version of its plan.
pub(crate) fn version(found: &Item) -> Result<(AuditoriumId, PlanVersion), StoreError> {
    let found = Attributes(found);
    let id = found.text("sk", |text| text.parse().ok())?;
    Ok((id, found.number("version", |version| Some(PlanVersion(version)))?))
}

/// Parses an auditorium. `plan` is that of [`version`].
pub(crate) fn read(found: &Item, plan: Arc<Plan>) -> Result<Auditorium, StoreError> {
    let (id, version) = version(found)?;
    let found = Attributes(found);
    Ok(Auditorium {
        id,
        name: found.text("name", |text| AuditoriumName::parse(text).ok())?,
        turnaround: found.number("turnaround", |minutes| Turnaround::new(minutes).ok())?,
        single_seats: found.text("single_seats", |text| text.parse().ok())?,
        version,
        plan,
    })
}

/// Parses a plan.
pub(crate) fn plan(found: &Item) -> Result<Plan, StoreError> {
    let picture = |text: &str| Plan::new(text.parse::<Picture>().ok()?).ok();
    Ok(Attributes(found).text("picture", picture)?)
}

/// A UTC day of an auditorium.
#[derive(Debug, Default)]
pub(crate) struct Day {
    /// The number of changes, 0 for a day without an item.
    revision: u64,
    pub(crate) occupancies: Vec<Occupancy>,
}

/// Parses a day, which has no item before its first showing.
pub(crate) fn day(found: Option<&Item>) -> Result<Day, Corrupt> {
    let Some(found) = found.map(Attributes) else { return Ok(Day::default()) };
    let occupancies = found.text("showings", |text| text.split_whitespace().map(occupancy).collect())?;
    Ok(Day { revision: found.number("changes", Some)?, occupancies })
}

fn occupancy(text: &str) -> Option<Occupancy> {
    let mut parts = text.split(',');
    let slot = parts.next()?.parse().ok()?;
    let mut time = || DateTime::from_timestamp_millis(parts.next()?.parse().ok()?);
    Some(Occupancy { slot, start: time()?, until: time()? })
}

impl Day {
    /// Returns a day with these showings, for a copy that nobody else writes.
    pub(crate) fn item(&self, id: AuditoriumId, date: NaiveDate, occupancies: &[Occupancy]) -> Item {
        let attributes = [("showings", text(showings(occupancies))), ("changes", number(self.revision + 1))];
        item(&day_key(id, date), attributes)
    }

    /// Writes a day with these showings, unless it has changed since it was read.
    pub(crate) fn write(&self, id: AuditoriumId, date: NaiveDate, occupancies: &[Occupancy]) -> Write {
        let write = Write::update(&day_key(id, date), "SET showings = :showings, changes = :next");
        let write = write.with(":showings", text(showings(occupancies))).with(":next", number(self.revision + 1));
        match self.revision {
            0 => write.only_if(IS_NEW),
            revision => write.only_if("changes = :read").with(":read", number(revision)),
        }
    }
}

/// Returns the text of the showings of a day.
fn showings(occupancies: &[Occupancy]) -> String {
    let mut showings = String::new();
    for Occupancy { slot, start, until } in occupancies {
        // Writing to a String does not fail.
        let _ = write!(showings, "{slot},{},{} ", start.timestamp_millis(), until.timestamp_millis());
    }
    showings.truncate(showings.trim_end().len());
    showings
}

/// Returns the key of a day.
pub(crate) fn day_key(id: AuditoriumId, date: NaiveDate) -> Key {
    Key::new(keyspace::timetable(id), keyspace::day(date))
}
