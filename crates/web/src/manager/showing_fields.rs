//! The fields of a showing, which is scheduled or corrected.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};
use maud::{Markup, html};
use ticketly_domain::{Auditorium, Genre, Invalid, Showing, SlotDescription, SlotName, SlotType};

use super::area::Area;
use super::field::{Draft, Input};
use crate::locale::{Text, texts};

/// The value of a place for a showing that is in no auditorium.
pub(super) const UNNUMBERED: &str = "unnumbered";

/// Reads when a showing begins and ends: a day, a time, and another time or a length in minutes. An end that is not after the start is
/// on the next day.
pub(super) fn times(draft: &mut Draft, area: &Area) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    let date = draft.read(area, "date", date);
    let start = draft.read(area, "start", time);
    let end = draft.optional(area, "end", time);
    let length = draft.optional(area, "length", minutes);
    let (date, start) = (date?, start?);
    let begins = draft.read(area, "start", |_| at(area, date, start))?;
    let by_length = length.map(|length| begins + length);
    let by_end = match end {
        Some(end) => {
            let day = if end > start { Some(date) } else { date.checked_add_days(Days::new(1)) };
            Some(draft.read(area, "end", |_| at(area, day.unwrap_or(date), end))?)
        }
        None => None,
    };
    match (by_end, by_length) {
        (Some(end), Some(other)) if end != other => draft.refuse("length", area.say(texts::MANAGE_WRONG_LENGTH)),
        (Some(end), _) | (None, Some(end)) => {
            draft.read(area, "end", |_| Showing::check_times(begins, end))?;
            return Some((begins, end));
        }
        // A field that is wrong was noted.
        (None, None) if draft.is_refused() => {}
        (None, None) => draft.refuse("end", area.say(texts::INVALID_END_TIME)),
    }
    None
}

fn invalid(field: &'static str) -> Invalid {
    Invalid { field, reason: String::new() }
}

pub(super) fn date(text: &str) -> Result<NaiveDate, Invalid> {
    text.parse().map_err(|_| invalid("startTime"))
}

fn time(text: &str) -> Result<NaiveTime, Invalid> {
    // Browsers may send seconds.
    let time = NaiveTime::parse_from_str(text, "%H:%M").or_else(|_| NaiveTime::parse_from_str(text, "%H:%M:%S"));
    time.map_err(|_| invalid("startTime"))
}

fn minutes(text: &str) -> Result<TimeDelta, Invalid> {
    let minutes = text.parse().ok().map(|minutes: u32| TimeDelta::minutes(minutes.into()));
    let found = minutes.filter(|length| (TimeDelta::minutes(1)..=Showing::MAX_LENGTH).contains(length));
    found.ok_or_else(|| invalid("endTime"))
}

fn at(area: &Area, date: NaiveDate, time: NaiveTime) -> Result<DateTime<Utc>, Invalid> {
    area.web.zone.read(&format!("{date} {}", time.format("%H:%M")))
}

/// Reads the title and the description.
pub(super) fn texts_of(draft: &mut Draft, area: &Area) -> Option<(SlotName, SlotDescription)> {
    let title = draft.read(area, "title", SlotName::parse);
    let description = draft.read(area, "description", SlotDescription::parse);
    title.zip(description)
}

/// Returns the fields of a showing's texts and kind. `with_type` is for one that is scheduled: the type does not change later.
pub(super) fn about(area: &Area, draft: &Draft, with_type: bool) -> Markup {
    let genres: Vec<_> = Genre::ALL.iter().map(|genre| (genre.to_string(), area.words.genre(*genre))).collect();
    let types: Vec<_> = SlotType::ALL.iter().map(|kind| (kind.to_string(), area.say(name_of(*kind)))).collect();
    html! {
        (draft.input(area, texts::MANAGE_FIELD_TITLE, Input { name: "title", required: true, max: Some(SlotName::MAX), ..Input::default() }))
        (draft.input(area, texts::MANAGE_FIELD_DESCRIPTION, Input {
            name: "description", kind: Some("textarea"), max: Some(SlotDescription::MAX), ..Input::default()
        }))
        div.pair {
            @if with_type { (draft.select(area, texts::MANAGE_FIELD_TYPE, "type", &types)) }
            (draft.select(area, texts::PROGRAMME_GENRE, "genre", &genres))
        }
    }
}

/// Returns the fields of a showing's times.
pub(super) fn when(area: &Area, draft: &Draft) -> Markup {
    let field = |name, kind, required| Input { name, kind: Some(kind), required, ..Input::default() };
    html! {
        (draft.input(area, texts::MANAGE_FIELD_DATE, field("date", "date", true)))
        div.pair {
            (draft.input(area, texts::MANAGE_FIELD_START, field("start", "time", true)))
            (draft.input(area, texts::MANAGE_FIELD_END, field("end", "time", false)))
            (draft.input(area, texts::MANAGE_FIELD_LENGTH, Input {
                name: "length", keyboard: Some("numeric"), max: Some(4), ..Input::default()
            }))
        }
        p.hint { (area.say(texts::MANAGE_FIELD_END_HINT)) }
    }
}

/// Returns the auditoriums as places to choose from.
pub(super) fn places(area: &Area, auditoriums: &[Auditorium]) -> Vec<(String, String)> {
    let place = |auditorium: &Auditorium| {
        let seats = ("seats", auditorium.plan.seats().into());
        let name = ("name", auditorium.name.as_str().to_owned().into());
        (auditorium.id.to_string(), area.words.tell(texts::MANAGE_PLACE_SEATS, [name, seats]))
    };
    auditoriums.iter().map(place).collect()
}

/// Returns the name of a type.
pub(super) fn name_of(kind: SlotType) -> Text {
    match kind {
        SlotType::Movie => texts::MANAGE_TYPE_MOVIE,
        SlotType::Documentary => texts::MANAGE_TYPE_DOCUMENTARY,
        SlotType::Concert => texts::MANAGE_TYPE_CONCERT,
    }
}
