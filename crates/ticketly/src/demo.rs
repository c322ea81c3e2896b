//! Demonstration data: a week at a small repertory cinema with three auditoriums, so that new users have slots to book.

use std::sync::Arc;

use anyhow::{Context as _, anyhow};
use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;
use ticketly_api::read_auditorium;
use ticketly_domain::{
    Amount, AuditoriumId, Error, Genre, ListedPrice, PageSize, PriceList, PriceListDraft, PriceListId, PriceListName,
    Refusal, SlotDescription, SlotDetails, SlotDraft, SlotName, SlotQuery, SlotSeats, SlotType, TaxRate,
    TicketTypeName, Ticketing,
};
use ticketly_http::zone::Zone;

const DAYS: u64 = 7;

/// The plans of the auditoriums.
const PLANS: [&str; 3] =
    [include_str!("../plans/studio.json"), include_str!("../plans/hall.json"), include_str!("../plans/palace.json")];
/// The indexes of the plans.
const STUDIO: usize = 0;
const HALL: usize = 1;
const PALACE: usize = 2;

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

/// The daily programme: start, auditorium and film. The late show starts at 23:30, so that a slot of today can almost
/// always be booked.
const PROGRAMME: [(&str, usize, Film); 9] = [
    ("11:00", HALL, film("Safety Last!", 74, Genre::Comedy, "A clerk climbs a department store, clock and all.")),
    (
        "14:00",
        PALACE,
        film("The Lost World", 106, Genre::Adventure, "An expedition finds a plateau of living dinosaurs."),
    ),
    ("14:30", HALL, film("The Adventures of Prince Achmed", 66, Genre::Animation, "Silhouettes on a flying horse.")),
    ("17:00", PALACE, film("The General", 79, Genre::Comedy, "An engine driver chases his stolen locomotive.")),
    ("17:30", HALL, film("The Cabinet of Dr. Caligari", 77, Genre::Thriller, "A sleepwalker obeys his master.")),
    ("20:00", PALACE, film("Metropolis", 153, Genre::Scifi, "A city above, its workers below, and a machine between.")),
    (
        "20:15",
        HALL,
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
        STUDIO,
        Film {
            name: "Ragtime at the Piano",
            minutes: 90,
            slot_type: SlotType::Concert,
            genre: Genre::Historical,
            description: "The house pianist plays what the silent films were shown to.",
        },
    ),
    ("23:30", HALL, film("Nosferatu", 94, Genre::Horror, "A count moves house. The late show.")),
];

/// Fills a store that has no future slots. Changes no other store.
pub async fn fill(ticketing: &Ticketing, zone: Tz, now: DateTime<Utc>) -> anyhow::Result<()> {
    let any = SlotQuery { from: Some(now), limit: PageSize::new(1)?, ..SlotQuery::default() };
    if !ticketing.slots(&any, now).await?.items.is_empty() {
        return Ok(());
    }
    let auditoriums = auditoriums(ticketing, zone, now).await?;
    let concerts = concert_prices(ticketing, now).await?;
    let today = now.with_timezone(&zone).date_naive();
    for day in (0..DAYS).filter_map(|day| today.checked_add_days(Days::new(day))) {
        for (time, auditorium, film) in &PROGRAMME {
            // A clock change can skip a time of the programme.
            let (Some(start), Some(auditorium)) = (start(day, time, zone)?, auditoriums.get(*auditorium)) else {
                continue;
            };
            let prices = concerts.filter(|_| film.slot_type == SlotType::Concert);
            let draft = SlotDraft { prices, ..draft(film, *auditorium, start)? };
            match ticketing.schedule_any(&draft, now, &mut rand::rng()).await {
                // On the evening of a programme's last day, the slots of today exist already.
                Err(Error::Refused(Refusal::AuditoriumOccupied { .. })) => {}
                outcome => drop(outcome?),
            }
        }
    }
    Ok(())
}

/// Finds the auditoriums of the plans by name, and adds those that do not exist.
async fn auditoriums(ticketing: &Ticketing, zone: Tz, now: DateTime<Utc>) -> anyhow::Result<Vec<AuditoriumId>> {
    let existing = ticketing.auditoriums().await?;
    let mut found = Vec::new();
    for plan in PLANS {
        let draft = read_auditorium(plan, Zone(zone)).map_err(|problem| anyhow!("a plan is wrong: {problem}"))?;
        let same = existing.iter().find(|auditorium| auditorium.name == draft.name && auditorium.plan == draft.plan);
        found.push(match same {
            Some(auditorium) => auditorium.id,
            None => ticketing.add_auditorium(&draft, now, &mut rand::rng()).await?.id,
        });
    }
    Ok(found)
}

/// Finds the price list of concerts by name, or adds it. Films are free, as everything is in a store that has no prices yet.
async fn concert_prices(ticketing: &Ticketing, now: DateTime<Utc>) -> anyhow::Result<Option<PriceListId>> {
    let name = PriceListName::parse("Concerts")?;
    if let Some(list) = ticketing.price_lists().await?.into_iter().find(|list| list.name == name) {
        return Ok(Some(list.id));
    }
    let price = |name, minor| {
        let (ticket_type, amount) = (TicketTypeName::parse(name)?, Amount::new(minor)?);
        anyhow::Ok(ListedPrice { ticket_type, zone: None, amount })
    };
    let prices = vec![price("adult", 1800)?, price("child", 900)?];
    let list = PriceList::new("EUR".parse()?, TaxRate::new(700)?, prices)?;
    let draft = PriceListDraft { name, list: Arc::new(list) };
    match ticketing.add_price_list(&draft, now, &mut rand::rng()).await {
        Err(Error::Refused(Refusal::LayoutTooOld)) => Ok(None),
        list => Ok(Some(list?.id)),
    }
}

fn start(day: NaiveDate, time: &str, zone: Tz) -> anyhow::Result<Option<DateTime<Utc>>> {
    let time = NaiveTime::parse_from_str(time, "%H:%M").context("a time of the programme is malformed")?;
    Ok(zone.from_local_datetime(&day.and_time(time)).earliest().map(|start| start.to_utc()))
}

fn draft(film: &Film, auditorium: AuditoriumId, start: DateTime<Utc>) -> anyhow::Result<SlotDraft> {
    Ok(SlotDraft {
        name: SlotName::parse(film.name)?,
        start,
        end: start + TimeDelta::minutes(film.minutes),
        details: SlotDetails {
            description: SlotDescription::parse(film.description)?,
            slot_type: film.slot_type,
            genre: film.genre,
        },
        seats: SlotSeats::Auditorium(auditorium),
        prices: None,
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use ticketly_adapters_sqlite::SqliteStore;
    use ticketly_domain::Rules;

    use super::*;

    async fn slots(ticketing: &Ticketing, now: DateTime<Utc>) -> usize {
        let mut query =
            SlotQuery { from: Some(DateTime::UNIX_EPOCH), limit: PageSize::LARGEST, ..SlotQuery::default() };
        let mut count = 0;
        loop {
            let page = ticketing.slots(&query, now).await.unwrap();
            count += page.items.len();
            query.after = page.next;
            if page.next.is_none() {
                return count;
            }
        }
    }

    #[test]
    fn a_programme_goes_on_in_the_same_auditoriums() {
        actix_web::rt::System::new().block_on(async {
            let store = Arc::new(SqliteStore::in_memory().unwrap());
            let ticketing = Ticketing::open(store, Rules::default(), &mut rand::rng()).await.unwrap();
            let first: DateTime<Utc> = "2030-11-01T10:00:00Z".parse().unwrap();
            fill(&ticketing, Tz::UTC, first).await.unwrap();
            assert_eq!((slots(&ticketing, first).await, ticketing.auditoriums().await.unwrap().len()), (63, 3));
            let last = first + TimeDelta::days(6) + TimeDelta::hours(13) + TimeDelta::minutes(45);
            for _ in 0..2 {
                fill(&ticketing, Tz::UTC, last).await.unwrap();
                let auditoriums = ticketing.auditoriums().await.unwrap().len();
                assert_eq!((slots(&ticketing, last).await, auditoriums), (63 + 6 * 9, 3));
            }
        });
    }
}
