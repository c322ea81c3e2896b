//! Demonstration data: a week at a small repertory cinema, so that new users have slots to book.

use anyhow::Context as _;
use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;
use ticketly_domain::{
    Capacity, Genre, PageSize, SlotDescription, SlotDetails, SlotDraft, SlotName, SlotQuery, SlotSeats, SlotType,
    Ticketing,
};

const DAYS: u64 = 7;

struct Film {
    name: &'static str,
    minutes: i64,
    slot_type: SlotType,
    genre: Genre,
    description: &'static str,
}

const fn film(name: &'static str, minutes: i64, genre: Genre, description: &'static str) -> Film {
    Film { name, minutes, slot_type: SlotType::Movie, genre, description }
}

/// The daily programme: start, capacity and film. The late show starts at 23:30, so that a slot of today can almost
/// always be booked.
const PROGRAMME: [(&str, u32, Film); 9] = [
    ("11:00", 60, film("Safety Last!", 74, Genre::Comedy, "A clerk climbs a department store, clock and all.")),
    ("14:00", 120, film("The Lost World", 106, Genre::Adventure, "An expedition finds a plateau of living dinosaurs.")),
    ("14:30", 60, film("The Adventures of Prince Achmed", 66, Genre::Animation, "Silhouettes on a flying horse.")),
    ("17:00", 120, film("The General", 79, Genre::Comedy, "An engine driver chases his stolen locomotive.")),
    ("17:30", 60, film("The Cabinet of Dr. Caligari", 77, Genre::Thriller, "A sleepwalker obeys his master.")),
    ("20:00", 120, film("Metropolis", 153, Genre::Scifi, "A city above, its workers below, and a machine between.")),
    (
        "20:15",
        60,
        Film {
            name: "Man with a Movie Camera",
            minutes: 68,
            slot_type: SlotType::Documentary,
            genre: Genre::Urban,
            description: "A day in a city, as only a camera sees it.",
        },
    ),
    (
        "20:30",
        40,
        Film {
            name: "Ragtime at the Piano",
            minutes: 90,
            slot_type: SlotType::Concert,
            genre: Genre::Historical,
            description: "The house pianist plays what the silent films were shown to.",
        },
    ),
    ("23:30", 60, film("Nosferatu", 94, Genre::Horror, "A count moves house. The late show.")),
];

/// Fills a store that has no future slots. Changes no other store.
pub async fn fill(ticketing: &Ticketing, zone: Tz, now: DateTime<Utc>) -> anyhow::Result<()> {
    let any = SlotQuery { from: Some(now), limit: PageSize::new(1)?, ..SlotQuery::default() };
    if !ticketing.slots(&any, now).await?.items.is_empty() {
        return Ok(());
    }
    let today = now.with_timezone(&zone).date_naive();
    for day in (0..DAYS).filter_map(|day| today.checked_add_days(Days::new(day))) {
        for (time, capacity, film) in &PROGRAMME {
            // A clock change can skip a time of the programme.
            if let Some(start) = start(day, time, zone)? {
                ticketing.schedule_any(&draft(film, *capacity, start)?, now, &mut rand::rng()).await?;
            }
        }
    }
    Ok(())
}

fn start(day: NaiveDate, time: &str, zone: Tz) -> anyhow::Result<Option<DateTime<Utc>>> {
    let time = NaiveTime::parse_from_str(time, "%H:%M").context("a time of the programme is malformed")?;
    Ok(zone.from_local_datetime(&day.and_time(time)).earliest().map(|start| start.to_utc()))
}

fn draft(film: &Film, capacity: u32, start: DateTime<Utc>) -> anyhow::Result<SlotDraft> {
    Ok(SlotDraft {
        name: SlotName::parse(film.name)?,
        start,
        end: start + TimeDelta::minutes(film.minutes),
        details: SlotDetails {
            description: SlotDescription::parse(film.description)?,
            slot_type: film.slot_type,
            genre: film.genre,
        },
        seats: SlotSeats::Unnumbered(Capacity::new(capacity)?),
    })
}
