//! The weeks of a cinema.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike as _, Days, NaiveDate, Utc, Weekday};
use ticketly_http::zone::Zone;

use crate::day::start_of;

/// A week, from Monday to Sunday. As a text it is `2020-W40`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Week(NaiveDate);

impl Week {
    /// Returns the week of a day.
    pub fn of(day: NaiveDate) -> Self {
        let since_monday = Days::new(day.weekday().num_days_from_monday().into());
        Self(day.checked_sub_days(since_monday).unwrap_or(day))
    }

    /// Returns the days.
    pub fn days(self) -> impl Iterator<Item = NaiveDate> {
        self.0.iter_days().take(7)
    }

    /// Returns the week before.
    pub fn before(self) -> Self {
        Self(self.0.checked_sub_days(Days::new(7)).unwrap_or(self.0))
    }

    /// Returns the week after.
    pub fn after(self) -> Self {
        Self(self.0.checked_add_days(Days::new(7)).unwrap_or(self.0))
    }

    /// Returns when the week begins and ends. `None` at the end of the calendar.
    pub fn times(self, zone: Zone) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        let time = |week: Self| start_of(zone, week.0);
        time(self).zip(time(self.after())).filter(|(from, until)| from < until)
    }
}

impl fmt::Display for Week {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let week = self.0.iso_week();
        write!(f, "{:04}-W{:02}", week.year(), week.week())
    }
}

/// The text is neither a week nor a day.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NotAWeek;

impl FromStr for Week {
    type Err = NotAWeek;

    /// Parses a week such as `2020-W40`, or a day of it such as `2020-10-01`, in years of four digits.
    fn from_str(text: &str) -> Result<Self, NotAWeek> {
        let day = match text.split_once("-W") {
            Some((year, week)) => {
                let (year, week) = (year.parse().map_err(|_| NotAWeek)?, week.parse().map_err(|_| NotAWeek)?);
                NaiveDate::from_isoywd_opt(year, week, Weekday::Mon)
            }
            None => text.parse().ok(),
        };
        day.filter(|day| (1000..=9998).contains(&day.year())).map(Self::of).ok_or(NotAWeek)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_is_named_by_its_number_or_by_a_day() {
        for (text, week) in [
            ("2020-W40", Some("2020-W40")),
            ("2020-10-01", Some("2020-W40")),
            ("2020-10-04", Some("2020-W40")),
            ("2020-10-05", Some("2020-W41")),
            ("2021-01-03", Some("2020-W53")),
            ("2021-W53", None),
            ("2020-W0", None),
            ("99999-W1", None),
            ("10000-01-01", None),
            ("-W", None),
            ("", None),
        ] {
            assert_eq!(text.parse::<Week>().ok().map(|week| week.to_string()).as_deref(), week, "{text}");
        }
        let week = "2020-W53".parse::<Week>().unwrap();
        assert_eq!((week.before().to_string(), week.after().to_string()), ("2020-W52".into(), "2021-W01".into()));
    }
}
