//! What the showings of a period sold: by day, by title and by auditorium, as a fold over their totals.

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use actix_web::rt;
use chrono::{NaiveDate, TimeDelta};
use ticketly_domain::{AuditoriumId, Currency, FinalTotals, PageSize, Sales, SlotTotals, TicketSlot, TotalsQuery};
use ticketly_http::problem::Problem;
use ticketly_http::refused::refused;
use ticketly_http::running_totals::Totals;

use super::area::Area;
use super::period::Period;
use crate::auditorium_names::Places;
use crate::day::day_of;
use crate::locale::texts;

/// How many days are asked for at once.
const STEP: TimeDelta = TimeDelta::days(31);

/// What some showings sold.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Sum {
    /// The number of showings that take place.
    pub showings: u64,
    /// The number of their seats.
    pub seats: u64,
    /// The number of tickets that are sold and not canceled.
    pub tickets: u64,
    /// What these cost, in minor units.
    pub takings: BTreeMap<Currency, u64>,
}

impl Sum {
    /// Returns what a slot sold. One that does not take place has no seats, but its bookings may still be there.
    fn of(slot: &TicketSlot, totals: Option<&SlotTotals>) -> Self {
        let takes_place = !slot.sales().is_final();
        let seats = if takes_place { slot.seats().capacity().get().into() } else { 0 };
        let mut sum = Self { showings: takes_place.into(), seats, ..Self::default() };
        for (currency, line) in totals.map(SlotTotals::by_currency).unwrap_or_default() {
            sum.tickets += line.tickets;
            if let Some(currency) = currency {
                sum.takings.insert(currency, line.takings);
            }
        }
        sum
    }

    fn add(&mut self, other: &Self) {
        self.showings += other.showings;
        self.seats += other.seats;
        self.tickets += other.tickets;
        for (currency, takings) in &other.takings {
            let sum = self.takings.entry(*currency).or_default();
            *sum = sum.saturating_add(*takings);
        }
    }

    /// Returns whether nothing is shown and nothing is sold.
    pub const fn is_empty(&self) -> bool {
        self.showings == 0 && self.tickets == 0
    }

    /// Returns how much of the seats is sold, in tenths of a percent. `None` without seats.
    pub fn occupancy(&self) -> Option<u64> {
        let tenths = (self.tickets * 1000 + self.seats / 2).checked_div(self.seats)?;
        Some(tenths.min(1000))
    }

    /// Returns the takings in a currency.
    pub fn takings_in(&self, currency: Currency) -> u64 {
        self.takings.get(&currency).copied().unwrap_or_default()
    }
}

/// A row of a table, by its name.
pub(super) struct Row<N> {
    pub name: N,
    pub sum: Sum,
}

/// What was sold in a period.
pub(super) struct Report {
    /// The days, with those on which nothing is shown.
    pub days: Vec<Row<NaiveDate>>,
    /// The titles, those with the greatest takings first.
    pub titles: Vec<Row<String>>,
    /// The auditoriums in which something is shown, in the order in which they were added.
    pub auditoriums: Vec<Row<String>>,
    /// The sum of all.
    pub all: Sum,
}

/// The sums so far.
#[derive(Default)]
struct Sums {
    days: BTreeMap<NaiveDate, Sum>,
    titles: BTreeMap<String, Sum>,
    auditoriums: BTreeMap<AuditoriumId, (String, Sum)>,
    elsewhere: Sum,
    all: Sum,
}

impl Sums {
    fn add(&mut self, area: &Area, names: &Places, slot: &TicketSlot, totals: Option<&SlotTotals>) {
        let sum = Sum::of(slot, totals);
        let showing = slot.showing();
        self.days.entry(day_of(area.web.zone, showing.start())).or_default().add(&sum);
        self.titles.entry(showing.name().as_str().to_owned()).or_default().add(&sum);
        match showing.seating() {
            Some(seating) => {
                let (name, own) = self.auditoriums.entry(seating.auditorium).or_default();
                names.of(slot.showing()).unwrap_or_default().clone_into(name);
                own.add(&sum);
            }
            None => self.elsewhere.add(&sum),
        }
        self.all.add(&sum);
    }

    fn report(mut self, area: &Area, period: Period) -> Report {
        let days = period.days().map(|name| Row { name, sum: self.days.remove(&name).unwrap_or_default() }).collect();
        let mut titles: Vec<_> = self.titles.into_iter().map(|(name, sum)| Row { name, sum }).collect();
        titles.retain(|row| !row.sum.is_empty());
        let rank = |row: &Row<String>| (row.sum.takings.values().copied().max().unwrap_or_default(), row.sum.tickets);
        titles.sort_by_key(|row| std::cmp::Reverse(rank(row)));
        let mut auditoriums: Vec<_> = self.auditoriums.into_values().map(|(name, sum)| Row { name, sum }).collect();
        auditoriums.push(Row { name: area.say(texts::MANAGE_PLACE_UNNUMBERED), sum: self.elsewhere });
        auditoriums.retain(|row| !row.sum.is_empty());
        Report { days, titles, auditoriums, all: self.all }
    }
}

impl Report {
    /// Adds up what the showings of a period sold. `None` when there are too many of them, or too many bookings, for one report:
    /// half of the numbers would be worse than none.
    pub async fn read(area: &Area, kept: &Totals, period: Period) -> Result<Option<Self>, Problem> {
        let names = area.places().await.map_err(refused)?;
        let Some((start, end)) = period.times(area.web.zone) else { return Ok(None) };
        let (limits, mut sums, mut showings, mut bookings) = (area.web.report_limits, Sums::default(), 0, 0);
        let mut from = start;
        while from < end {
            let until = end.min(from + STEP);
            let mut query = TotalsQuery { from, until, after: None, limit: PageSize::LARGEST };
            loop {
                let page = area.web.ticketing.list_final_totals(&query).await.map_err(refused)?;
                area.count_rows(page.rows_read);
                showings += page.items.len();
                bookings += add_page(area, kept, &names, page.items, &mut sums).await?;
                if showings > limits.showings || bookings > limits.bookings {
                    return Ok(None);
                }
                query.after = page.next;
                if query.after.is_none() {
                    break;
                }
            }
            from = until;
        }
        Ok(Some(sums.report(area, period)))
    }

    /// Returns the currencies of the takings.
    pub fn currencies(&self) -> Vec<Currency> {
        self.all.takings.keys().copied().collect()
    }
}

/// Adds the totals of slots, and returns the number of bookings that were read for them.
async fn add_page(
    area: &Area,
    kept: &Totals,
    names: &Places,
    slots: Vec<(TicketSlot, Option<FinalTotals>)>,
    sums: &mut Sums,
) -> Result<usize, Problem> {
    let reads = slots.into_iter().map(|(slot, totals)| {
        let read = (totals.is_none() && may_have_tickets(area, &slot)).then(|| {
            let (kept, ticketing, showing) = (kept.clone(), area.web.ticketing.clone(), slot.showing().clone());
            let now = area.now();
            rt::spawn(async move { kept.running(&ticketing, &showing, now).await })
        });
        (slot, totals, read)
    });
    // All are begun before the first is awaited. Few are read at a time.
    let reads: Vec<_> = reads.collect();
    let mut bookings = 0;
    for (slot, totals, read) in reads {
        match read {
            Some(read) => {
                let found = read.await.map_err(|_| Problem::bare(StatusCode::SERVICE_UNAVAILABLE))??;
                if found.is_new {
                    area.count_rows(found.totals.rows_read);
                    bookings += found.totals.rows_read;
                }
                sums.add(area, names, &slot, Some(&found.totals.totals));
            }
            None => sums.add(area, names, &slot, totals.as_ref().map(|totals| &totals.totals)),
        }
    }
    Ok(bookings)
}

/// Returns whether the bookings of a slot without final totals are to be read. Of one that is to come and has all its seats available
/// nothing is sold, and of a canceled one everything is paid back.
fn may_have_tickets(area: &Area, slot: &TicketSlot) -> bool {
    let is_untouched =
        || slot.showing().end() > area.now() && slot.seats().available() == slot.seats().capacity().get();
    match slot.sales() {
        Sales::Canceled => false,
        Sales::Moved => true,
        Sales::Open | Sales::Closed => !is_untouched(),
    }
}
