//! Times in requests and answers, in the cinema's time zone.

use chrono::{DateTime, Datelike, FixedOffset, MappedLocalTime, NaiveDateTime, TimeZone, Utc};
use chrono_tz::Tz;
use ticketly_domain::Invalid;

const LOCAL: &str = "%Y-%m-%d %H:%M";

/// The cinema's time zone. Times without an offset are local to it.
#[derive(Debug, Clone, Copy)]
pub struct Zone(pub Tz);

impl Zone {
    /// Parses `YYYY-MM-DD HH:MM`, which is local, or RFC 3339, which has an offset.
    ///
    /// A local time that a clock change skips is refused, because it does not exist. One that a clock change repeats is
    /// the first of the two; RFC 3339 can express the second.
    pub fn read(self, text: &str) -> Result<DateTime<Utc>, Invalid> {
        let time = if text.len() == "YYYY-MM-DD HH:MM".len() {
            let local = NaiveDateTime::parse_from_str(text, LOCAL).map_err(|_| unreadable())?;
            // chrono also accepts signs, spaces and missing zeros.
            if local.format(LOCAL).to_string() != text {
                return Err(unreadable());
            }
            match self.0.from_local_datetime(&local) {
                MappedLocalTime::Single(time) | MappedLocalTime::Ambiguous(time, _) => time.to_utc(),
                MappedLocalTime::None => {
                    return Err(invalid(format!("the clocks in {} skip this time; give another", self.0)));
                }
            }
        } else if text.as_bytes().get("YYYY-MM-DD".len()) == Some(&b' ') {
            return Err(unreadable());
        } else {
            DateTime::parse_from_rfc3339(text).map_err(|_| unreadable())?.to_utc()
        };
        // This also turns a leap second into an ordinary one.
        let time = DateTime::from_timestamp_millis(time.timestamp_millis()).ok_or_else(unreadable)?;
        // A time must be presentable in answers, where a year has four digits.
        if (0..=9999).contains(&self.show(time).year()) { Ok(time) } else { Err(unreadable()) }
    }

    /// Converts a time to the cinema's offset.
    #[must_use]
    pub fn show(self, time: DateTime<Utc>) -> DateTime<FixedOffset> {
        time.with_timezone(&self.0).fixed_offset()
    }
}

fn unreadable() -> Invalid {
    invalid("give a time as YYYY-MM-DD HH:MM or as RFC 3339, such as 2030-11-01T12:22:00Z".to_owned())
}

fn invalid(reason: String) -> Invalid {
    Invalid { field: "startTime", reason }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn berlin(text: &str) -> Result<String, Invalid> {
        Zone(Tz::Europe__Berlin).read(text).map(|time| time.to_rfc3339())
    }

    #[test]
    fn a_time_without_an_offset_is_local() {
        assert_eq!(berlin("2020-11-01 12:22").unwrap(), "2020-11-01T11:22:00+00:00");
        assert_eq!(berlin("2020-07-01 12:22").unwrap(), "2020-07-01T10:22:00+00:00");
        let shown = Zone(Tz::Europe__Berlin).show(DateTime::from_timestamp(0, 0).unwrap());
        assert_eq!(shown.to_rfc3339(), "1970-01-01T01:00:00+01:00");
    }

    #[test]
    fn a_given_offset_is_used() {
        assert_eq!(berlin("2020-11-01T12:22:00+05:30").unwrap(), "2020-11-01T06:52:00+00:00");
        assert_eq!(berlin("2016-12-31T23:59:60Z").unwrap(), "2017-01-01T00:00:00+00:00");
    }

    #[test]
    fn a_skipped_time_is_refused_and_a_repeated_one_is_the_first() {
        assert!(berlin("2020-03-29 02:30").unwrap_err().reason.contains("skip"));
        assert_eq!(berlin("2020-10-25 02:30").unwrap(), "2020-10-25T00:30:00+00:00");
    }

    #[test]
    fn other_formats_are_refused() {
        let wrong = [
            "",
            "tomorrow",
            "2020-13-01 12:22",
            "2020-11-01",
            "2020-11-01T12:22",
            "2020-11-01 1:22pm",
            "2020-11-01  1:22",
            "+2020-1-01 12:22",
            "-001-01-01 12:22",
            "2020-11-01 12:22:00Z",
            "9999-12-31T23:59:00-23:59",
            "0000-01-01T00:00:00+23:59",
        ];
        for wrong in wrong {
            assert!(berlin(wrong).unwrap_err().reason.contains("RFC 3339"), "{wrong}");
        }
    }
}
