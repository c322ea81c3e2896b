//! Auditoriums, their plans and timetables.

use std::sync::Arc;

use chrono::{DateTime, FixedOffset, Utc};
use paperclip::actix::Apiv2Schema;
use serde::{Deserialize, Serialize};
use ticketly_domain::{self as domain, AuditoriumDraft, AuditoriumId, AuditoriumName, Plan, PlanVersion, Turnaround};

use super::enumerations::enumerations;
use super::plans::{Legend, PlanRow, PlanRowRequest, plan};
use super::text;
use ticketly_http::fields::{Count, Field, Object, Optional, RequestBody, Validator};
use ticketly_http::zone::Zone;

enumerations! {
    SingleSeats: "Whether a booking may leave a single free seat between others.",
}

/// An auditorium: a room with a seating plan.
#[derive(Debug, Serialize, Apiv2Schema)]
#[serde(rename_all = "camelCase")]
pub struct Auditorium {
    /// The identifier.
    auditorium_id: String,
    /// The name.
    name: String,
    /// The minutes between two showings, such as for cleaning.
    turnaround_minutes: u16,
    single_seats: SingleSeats,
    /// The version of the plan that new slots get.
    plan_version: u32,
    /// The number of seats.
    capacity: u32,
    /// The zones of the plan.
    zones: Vec<String>,
}

impl Auditorium {
    pub(crate) fn of(auditorium: &domain::Auditorium) -> Self {
        Self {
            auditorium_id: text(auditorium.id),
            name: auditorium.name.as_str().to_owned(),
            turnaround_minutes: auditorium.turnaround.minutes(),
            single_seats: SingleSeats(auditorium.single_seats),
            plan_version: auditorium.version.0,
            capacity: auditorium.plan.seats().into(),
            zones: auditorium.plan.zones().to_vec(),
        }
    }
}

/// All auditoriums.
#[derive(Debug, Serialize, Apiv2Schema)]
pub struct AuditoriumList {
    /// The auditoriums, in order of identifier, which begins with the second of their addition.
    auditoriums: Vec<Auditorium>,
}

impl AuditoriumList {
    pub(crate) fn of(auditoriums: &[domain::Auditorium]) -> Self {
        Self { auditoriums: auditoriums.iter().map(Auditorium::of).collect() }
    }
}

/// A version of an auditorium's plan, as a picture in text.
#[derive(Debug, Serialize, Apiv2Schema)]
#[serde(rename_all = "camelCase")]
pub struct SeatingPlan {
    /// The auditorium.
    auditorium_id: String,
    /// The version.
    plan_version: u32,
    /// The number of seats.
    capacity: u32,
    /// The place from which seats are best: across the hall from 0 to 1, and from 0 at the screen to 1 at the back.
    focus: Vec<f64>,
    /// What the characters of the rows mean.
    legend: Legend,
    /// The rows, from the screen to the back.
    rows: Vec<PlanRow>,
}

impl SeatingPlan {
    pub(crate) fn of(auditorium: AuditoriumId, version: PlanVersion, plan: &Plan) -> Self {
        let picture = plan.picture();
        Self {
            auditorium_id: text(auditorium),
            plan_version: version.0,
            capacity: plan.seats().into(),
            focus: picture.focus.into_iter().flatten().collect(),
            legend: picture.legend.iter().map(|(character, word)| (text(character), word.clone())).collect(),
            rows: picture.rows.iter().map(PlanRow::of).collect(),
        }
    }
}

/// A showing in an auditorium.
#[derive(Debug, Serialize, Apiv2Schema)]
#[serde(rename_all = "camelCase")]
pub struct TimetableEntry {
    /// The slot of the showing.
    slot_id: String,
    /// The name of the showing.
    slot_name: String,
    /// The start of the showing.
    #[serde(serialize_with = "super::time")]
    start_time: DateTime<FixedOffset>,
    /// The end of the showing.
    #[serde(serialize_with = "super::time")]
    end_time: DateTime<FixedOffset>,
    /// The time from which the auditorium is ready for the next showing.
    #[serde(serialize_with = "super::time")]
    occupied_until: DateTime<FixedOffset>,
}

/// The showings that occupy an auditorium in a time.
#[derive(Debug, Serialize, Apiv2Schema)]
pub struct Timetable {
    /// The showings, in order of start.
    showings: Vec<TimetableEntry>,
}

impl Timetable {
    pub(crate) fn of(showings: &[Arc<domain::Showing>], zone: Zone) -> Self {
        let entry = |showing: &Arc<domain::Showing>| TimetableEntry {
            slot_id: text(showing.id()),
            slot_name: showing.name().as_str().to_owned(),
            start_time: zone.show(showing.start()),
            end_time: zone.show(showing.end()),
            occupied_until: zone.show(showing.occupied_until()),
        };
        Self { showings: showings.iter().map(entry).collect() }
    }
}

/// An auditorium to add. The file of a plan can be sent as it is.
#[derive(Debug, Default, Deserialize, Apiv2Schema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[openapi(rename = "AuditoriumRequest")]
pub struct AddAuditorium {
    /// The name.
    name: Field<String>,
    /// The minutes between two showings, such as for cleaning; 15 unless given.
    turnaround_minutes: Optional<Count>,
    single_seats: Optional<SingleSeats>,
    /// The place from which seats are best: across the hall from 0 to 1, and from 0 at the screen to 1 at the back.
    focus: Optional<Vec<f64>>,
    /// What the characters of the rows mean: `wheelchair`, `companion`, or the name of a zone of seats for anyone.
    legend: Field<Legend>,
    /// The rows, from the screen to the back.
    rows: Vec<Object<PlanRowRequest>>,
}

impl RequestBody for AddAuditorium {
    type Meaning = AuditoriumDraft;

    const LIMIT: usize = super::plans::LIMIT;

    fn read(self, check: &mut Validator<'_>) -> Option<AuditoriumDraft> {
        let name = check.required("name", self.name, |text| AuditoriumName::parse(&text));
        let turnaround =
            check.optional("turnaroundMinutes", self.turnaround_minutes, |Count(minutes)| Turnaround::new(minutes));
        let single_seats = check.optional("singleSeats", self.single_seats, Ok);
        let plan = plan(check, self.focus, self.legend, self.rows);
        Some(AuditoriumDraft {
            name: name?,
            turnaround: turnaround.unwrap_or(Turnaround::DEFAULT),
            single_seats: single_seats.map_or(domain::SingleSeats::Refused, |SingleSeats(rule)| rule),
            plan: plan?,
        })
    }
}

/// Another plan of an auditorium. The file of a plan can be sent as it is.
#[derive(Debug, Default, Deserialize, Apiv2Schema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[openapi(rename = "PlanRequest")]
pub struct ReplacePlan {
    /// The name in the file, without effect.
    name: Optional<String>,
    /// The place from which seats are best: across the hall from 0 to 1, and from 0 at the screen to 1 at the back.
    focus: Optional<Vec<f64>>,
    /// What the characters of the rows mean: `wheelchair`, `companion`, or the name of a zone of seats for anyone.
    legend: Field<Legend>,
    /// The rows, from the screen to the back.
    rows: Vec<Object<PlanRowRequest>>,
}

impl RequestBody for ReplacePlan {
    type Meaning = Arc<Plan>;

    const LIMIT: usize = super::plans::LIMIT;

    fn read(self, check: &mut Validator<'_>) -> Option<Arc<Plan>> {
        check.optional("name", self.name, |text| AuditoriumName::parse(&text));
        plan(check, self.focus, self.legend, self.rows)
    }
}

/// A query for a plan.
#[derive(Debug, Default, Deserialize, Apiv2Schema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ShowPlan {
    /// The version; the present one unless given. The answer with a version never changes.
    version: Optional<Count>,
}

impl RequestBody for ShowPlan {
    type Meaning = Option<PlanVersion>;

    fn read(self, check: &mut Validator<'_>) -> Option<Option<PlanVersion>> {
        Some(check.optional("version", self.version, |Count(version)| Ok(PlanVersion(version))))
    }
}

/// A query for a timetable.
#[derive(Debug, Default, Deserialize, Apiv2Schema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ShowTimetable {
    /// The beginning; now unless given: `YYYY-MM-DD HH:MM` in the cinema's time zone, or RFC 3339.
    from: Optional<String>,
    /// The end, at most 8 days after the beginning; 7 days unless given.
    until: Optional<String>,
}

impl RequestBody for ShowTimetable {
    type Meaning = (Option<DateTime<Utc>>, Option<DateTime<Utc>>);

    fn read(self, check: &mut Validator<'_>) -> Option<Self::Meaning> {
        let zone = *check.zone;
        let from = check.optional("from", self.from, |text| zone.read(&text));
        Some((from, check.optional("until", self.until, |text| zone.read(&text))))
    }
}
