//! The days of a cinema: what starts after midnight belongs to the evening before. All lists, the timetable and the figures share them.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};
use ticketly_http::zone::Zone;

use crate::locale::Words;

/// The hour at which a day of the cinema begins.
const FIRST_HOUR: u32 = 5;

/// Returns the day of the cinema of a moment.
pub(crate) fn day_of(zone: Zone, at: DateTime<Utc>) -> NaiveDate {
    (zone.show(at).naive_local() - TimeDelta::hours(FIRST_HOUR.into())).date()
}

/// Returns the moment at which a day of the cinema begins. `None` at the end of the calendar.
pub(crate) fn start_of(zone: Zone, day: NaiveDate) -> Option<DateTime<Utc>> {
    at_hour(zone, day, FIRST_HOUR)
}

/// Returns when a day of the cinema begins and ends. `None` at the end of the calendar.
pub(crate) fn times_of(zone: Zone, day: NaiveDate) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    start_of(zone, day).zip(start_of(zone, day.checked_add_days(Days::new(1))?))
}

/// Returns the moment of a date at which an hour begins. `None` at the end of the calendar.
pub(crate) fn at_hour(zone: Zone, date: NaiveDate, hour: u32) -> Option<DateTime<Utc>> {
    // Where the clocks skip that hour, it is an hour later.
    let times = [hour, hour + 1].into_iter().filter_map(|hour| NaiveTime::from_hms_opt(hour, 0, 0));
    let mut moments = times.filter_map(|time| date.and_time(time).and_local_timezone(zone.0).earliest());
    moments.next().map(|time| time.to_utc())
}

/// Returns the minutes from midnight of a day until a moment, by the clocks on the wall.
pub(crate) fn minutes(zone: Zone, day: NaiveDate, at: DateTime<Utc>) -> i64 {
    (zone.show(at).naive_local() - day.and_time(NaiveTime::MIN)).num_minutes()
}

/// Returns the date of a moment that is listed under another day, such as after midnight. `None` when the day says it.
pub(crate) fn other_date(words: Words, zone: Zone, day: NaiveDate, at: DateTime<Utc>) -> Option<String> {
    let date = zone.show(at).date_naive();
    (date != day).then(|| words.day(date))
}

#[cfg(test)]
mod tests {
    use chrono_tz::Tz;

    use super::*;

    #[test]
    fn a_late_show_belongs_to_the_evening_before() {
        let zone = Zone(Tz::Europe__Berlin);
        for (at, day, minute) in [
            ("2020-10-01T18:00:00Z", "2020-10-01", 20 * 60),
            ("2020-10-01T22:30:00Z", "2020-10-01", 24 * 60 + 30),
            ("2020-10-02T02:59:00Z", "2020-10-01", 28 * 60 + 59),
            ("2020-10-02T03:00:00Z", "2020-10-02", 5 * 60),
        ] {
            let (at, day) = (at.parse().unwrap(), day.parse().unwrap());
            assert_eq!((day_of(zone, at), minutes(zone, day, at)), (day, minute), "{at}");
        }
    }

    #[test]
    fn a_day_lasts_as_long_as_its_clocks_say() {
        let zone = Zone(Tz::Europe__Berlin);
        for (day, start, hours) in [
            // The night in which the clocks go forward is that of the evening before, and so is the one in which they go back.
            ("2020-03-28", "2020-03-28T04:00:00+00:00", 23),
            ("2020-03-29", "2020-03-29T03:00:00+00:00", 24),
            ("2020-10-24", "2020-10-24T03:00:00+00:00", 25),
            ("2020-10-25", "2020-10-25T04:00:00+00:00", 24),
        ] {
            let (from, until) = times_of(zone, day.parse().unwrap()).unwrap();
            assert_eq!((from.to_rfc3339().as_str(), (until - from).num_hours()), (start, hours), "{day}");
            let edges = [from, until - TimeDelta::seconds(1), until].map(|at| day_of(zone, at).to_string());
            let next = day.parse::<NaiveDate>().unwrap().succ_opt().unwrap().to_string();
            assert_eq!(edges, [day, day, &next], "{day}");
        }
        assert!(times_of(zone, NaiveDate::MAX).is_none());
    }

    #[test]
    fn an_hour_begins_where_the_clocks_have_it() {
        let midnight = |zone, date: &str| at_hour(Zone(zone), date.parse().unwrap(), 0).unwrap().to_rfc3339();
        assert_eq!(midnight(Tz::Europe__Berlin, "2027-03-28"), "2027-03-27T23:00:00+00:00");
        // The clocks of Beirut skip midnight.
        assert_eq!(midnight(Tz::Asia__Beirut, "2024-03-31"), "2024-03-30T22:00:00+00:00");
    }
}
