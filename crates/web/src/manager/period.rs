//! The days of a report.

use chrono::{DateTime, Datelike as _, Days, NaiveDate, Utc};
use serde::Deserialize;
use ticketly_http::zone::Zone;

use super::area::Area;
use super::field::Draft;
use crate::day::start_of;
use crate::locale::texts;

/// The days that a person asks for.
#[derive(Debug, Deserialize)]
pub(crate) struct Asked {
    from: Option<String>,
    until: Option<String>,
}

/// A time from one day to another, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Period {
    pub first: NaiveDate,
    pub last: NaiveDate,
}

impl Period {
    /// The greatest number of days: a quarter of a year.
    pub const MAX_DAYS: u64 = 93;

    /// Returns the days up to one, so many.
    pub fn up_to(last: NaiveDate, days: u64) -> Self {
        let first = last.checked_sub_days(Days::new(days.saturating_sub(1)));
        Self { first: first.unwrap_or(last), last }
    }

    /// Returns the days from one on, so many.
    pub fn after(first: NaiveDate, days: u64) -> Self {
        let last = first.checked_add_days(Days::new(days.saturating_sub(1)));
        Self { first, last: last.unwrap_or(first) }
    }

    /// Reads what a person asks for: a week up to today unless they say. What is wrong is noted in the form.
    pub fn asked(area: &Area, asked: Asked) -> (Draft, Option<Self>) {
        let usual = Self::up_to(area.today(), 7);
        let given = |day: Option<String>, usual: NaiveDate| day.unwrap_or_else(|| usual.to_string());
        let (from, until) = (given(asked.from, usual.first), given(asked.until, usual.last));
        let days = [&from, &until].map(|day| read(day));
        let mut draft = Draft::of([("from", from.clone()), ("until", until.clone())]);
        let [first, last] = days;
        for (name, day) in [("from", first), ("until", last)] {
            if day.is_none() {
                draft.refuse(name, area.say(texts::MANAGE_FIGURES_WRONG_DAY));
            }
        }
        let period = first.zip(last).map(|(first, last)| Self { first, last });
        let found = period.filter(|period| period.is_right() && period.times(area.web.zone).is_some());
        if found.is_none() && !draft.is_refused() {
            let text = area.words.tell(texts::MANAGE_FIGURES_WRONG_PERIOD, [("days", Self::MAX_DAYS.into())]);
            draft.refuse("until", text);
        }
        (draft, found)
    }

    /// Returns whether the first day is not after the last, and whether there are not too many.
    fn is_right(self) -> bool {
        let length = self.last.signed_duration_since(self.first).num_days();
        u64::try_from(length).is_ok_and(|length| length < Self::MAX_DAYS)
    }

    /// Returns the days.
    pub fn days(self) -> impl Iterator<Item = NaiveDate> {
        self.first.iter_days().take_while(move |day| *day <= self.last)
    }

    /// Returns when the first day begins and the last one ends. `None` at the end of the calendar.
    pub fn times(self, zone: Zone) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        let time = |day| start_of(zone, day);
        time(self.first).zip(time(self.last.checked_add_days(Days::new(1))?))
    }
}

/// Reads a day of a year with four digits.
fn read(day: &str) -> Option<NaiveDate> {
    day.parse().ok().filter(|day: &NaiveDate| (1000..=9998).contains(&day.year()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(first: &str, last: &str) -> Period {
        Period { first: first.parse().unwrap(), last: last.parse().unwrap() }
    }

    #[test]
    fn a_period_has_its_first_and_its_last_day() {
        let days = |period: Period| period.days().count();
        assert_eq!(days(period("2020-10-01", "2020-10-01")), 1);
        let last = "2020-10-07".parse().unwrap();
        assert_eq!(Period::up_to(last, 7), period("2020-10-01", "2020-10-07"));
        assert_eq!(Period::after(last, 2), period("2020-10-07", "2020-10-08"));
        assert_eq!(days(Period::up_to(last, 93)), 93);
    }

    #[test]
    fn a_period_is_at_most_a_quarter_of_a_year() {
        for (last, is_right) in
            [("2020-10-01", true), ("2021-01-01", true), ("2021-01-02", false), ("2020-09-30", false)]
        {
            assert_eq!(period("2020-10-01", last).is_right(), is_right, "{last}");
        }
    }
}
