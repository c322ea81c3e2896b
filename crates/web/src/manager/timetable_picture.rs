//! The timetable as a picture: a bar for each showing, in the lane of its auditorium.
//!
//! Its positions are in percent of the width, so that it is as wide as its page and its texts keep their size.

use chrono::NaiveDate;
use maud::{Markup, html};
use ticketly_domain::{AuditoriumId, TicketSlot};

use super::area::Area;
use crate::day::{day_of, minutes};
use crate::locale::texts;

/// The height of a lane.
const LANE: usize = 48;
/// The space between a bar and the edge of its lane.
const GAP: usize = 4;
/// The space for the hours.
const TOP: usize = 20;
/// The hours that are shown at least.
const HOURS: (i64, i64) = (10, 24);
/// The greatest number of lanes for the showings of a day that are in no auditorium. Further ones are only in the list.
const MAX_ROWS: usize = 30;

/// A lane: an auditorium, or the showings that are in none.
pub(super) struct Lane {
    pub place: Option<AuditoriumId>,
    pub name: String,
    /// The minutes for which a showing occupies it after its end.
    pub turnaround: u16,
}

/// The showings of a week, and the hours that its days have.
pub(super) struct Picture<'a> {
    lanes: &'a [Lane],
    slots: Vec<Bar<'a>>,
    /// The first and the last minute of a day.
    hours: (i64, i64),
}

/// A showing by the minutes of its day.
struct Bar<'a> {
    slot: &'a TicketSlot,
    day: NaiveDate,
    start: i64,
    end: i64,
    until: i64,
}

impl<'a> Bar<'a> {
    fn of(area: &Area, slot: &'a TicketSlot) -> Self {
        let showing = slot.showing();
        let day = day_of(area.web.zone, showing.start());
        let minute = |at| minutes(area.web.zone, day, at);
        let (start, end, until) = (minute(showing.start()), minute(showing.end()), minute(showing.occupied_until()));
        Self { slot, day, start, end, until }
    }

    fn place(&self) -> Option<AuditoriumId> {
        self.slot.showing().seating().map(|seating| seating.auditorium)
    }
}

impl<'a> Picture<'a> {
    /// Creates the picture of the showings that take place.
    pub fn of(area: &Area, lanes: &'a [Lane], slots: &'a [TicketSlot]) -> Self {
        let shown = slots.iter().filter(|slot| !slot.sales().is_final());
        let slots: Vec<_> = shown.map(|slot| Bar::of(area, slot)).collect();
        let first = slots.iter().map(|bar| bar.start.div_euclid(60)).min().unwrap_or(HOURS.0).min(HOURS.0);
        let last = slots.iter().map(|bar| (bar.until + 59).div_euclid(60)).max().unwrap_or(HOURS.1).max(HOURS.1);
        Self { lanes, slots, hours: (first * 60, last * 60) }
    }

    /// Draws a day. Each bar is a link to its showing.
    pub fn draw(&self, area: &Area, day: NaiveDate) -> Markup {
        let lanes: Vec<_> = self.lanes.iter().map(|lane| (lane, self.rows_of(day, lane.place))).collect();
        let rows: usize = lanes.iter().map(|(_, rows)| rows.len()).sum();
        let height = TOP + rows * LANE;
        let tops = lanes.iter().scan(TOP, |top, (_, rows)| {
            let own = *top;
            *top += rows.len() * LANE;
            Some(own)
        });
        let tops: Vec<_> = tops.collect();
        html! {
            div.lanes {
                svg.names width="100%" height=(height) aria-hidden="true" {
                    @for ((lane, _), top) in lanes.iter().zip(&tops) { text x="0" y=(top + LANE / 2 + 5) { (lane.name) } }
                }
                // On a telephone it scrolls, also by keys.
                div.window tabindex="0" role="group" aria-label=(area.words.day(day)) {
                    svg.bars height=(height) role="group" aria-label=(area.words.day(day)) data-day=(day)
                        data-first=(self.hours.0) data-last=(self.hours.1) {
                        (self.grid(area, height))
                        @for ((lane, rows), top) in lanes.iter().zip(&tops) {
                            (self.draw_lane(area, lane, rows, *top))
                        }
                        (self.present(area, day, height))
                    }
                }
            }
        }
    }

    /// Returns the showings of a lane on a day, divided so that none is over another. An auditorium has one row.
    fn rows_of(&self, day: NaiveDate, place: Option<AuditoriumId>) -> Vec<Vec<&Bar<'a>>> {
        let mut rows: Vec<Vec<&Bar<'_>>> = vec![Vec::new()];
        for bar in self.slots.iter().filter(|bar| bar.day == day && bar.place() == place) {
            let fits = |row: &Vec<&Bar<'_>>| row.last().is_none_or(|last| last.until <= bar.start);
            let found = rows.iter().position(fits).unwrap_or(rows.len());
            if found == rows.len() && found < MAX_ROWS {
                rows.push(Vec::new());
            }
            if let Some(row) = rows.get_mut(found) {
                row.push(bar);
            }
        }
        rows
    }

    fn grid(&self, area: &Area, height: usize) -> Markup {
        let hours = (self.hours.0 / 60)..=(self.hours.1 / 60);
        html! {
            g.grid aria-hidden="true" {
                @for hour in hours {
                    @let x = self.x(hour * 60);
                    line x1=(x) x2=(x) y1=(TOP - 4) y2=(height) {}
                    @if hour * 60 < self.hours.1 { text x=(x) dx="3" y="13" { (label(area, hour)) } }
                }
            }
        }
    }

    fn draw_lane(&self, area: &Area, lane: &Lane, rows: &[Vec<&Bar<'_>>], top: usize) -> Markup {
        let place = lane.place.map_or_else(String::new, |id| id.to_string());
        html! {
            g.lane data-place=(place) data-turnaround=(lane.turnaround) {
                rect.ground y=(top) width="100%" height=(rows.len() * LANE) {}
                @for (index, row) in rows.iter().enumerate() {
                    @for bar in row { (self.draw_bar(area, &lane.name, bar, top + index * LANE)) }
                }
            }
        }
    }

    fn draw_bar(&self, area: &Area, lane: &str, bar: &Bar<'_>, top: usize) -> Markup {
        let (slot, showing) = (bar.slot, bar.slot.showing());
        let (y, height) = (top + GAP, LANE - 2 * GAP);
        let all = slot.seats().capacity().get();
        let taken = all.saturating_sub(slot.seats().available());
        let times = format!("{}–{}", area.time(showing.start()), area.time(showing.end()));
        let name = showing.name().as_str();
        let is_over = showing.end() <= area.now();
        let is_closed = slot.sales() == ticketly_domain::Sales::Closed;
        let movable = (taken == 0 && !is_over).then(|| slot.id().to_string());
        let said = area.words.tell(texts::MANAGE_TAKEN, [("taken", taken.into()), ("all", all.into())]);
        let label = format!("{name}, {times}, {lane}, {said}");
        html! {
            a.bar.over[is_over].closed[is_closed] href=(format!("/manage/showings/{}", slot.id())) aria-label=(label)
                data-movable=[movable] data-start=(bar.start) data-end=(bar.end) data-until=(bar.until) {
                @if bar.until > bar.end {
                    rect.cleaning x=(self.x(bar.end)) width=(self.width(bar.end, bar.until)) y=(y) height=(height) rx="4" {}
                }
                svg x=(self.x(bar.start)) width=(self.width(bar.start, bar.end)) y=(y) height=(height) {
                    rect.body width="100%" height="100%" rx="5" {}
                    rect.sold y=(height - 4) width=(format!("{}%", taken.saturating_mul(100) / all.max(1))) height="4" {}
                    text.name x="7" y="16" { (name) }
                    text.times x="7" y="31" { (times) " · " (taken) "/" (all) }
                }
            }
        }
    }

    /// Draws a line at the present time.
    fn present(&self, area: &Area, day: NaiveDate, height: usize) -> Markup {
        let now = minutes(area.web.zone, day, area.now());
        let is_shown = day_of(area.web.zone, area.now()) == day && (self.hours.0..=self.hours.1).contains(&now);
        html! { @if is_shown { line.present x1=(self.x(now)) x2=(self.x(now)) y1=(TOP - 4) y2=(height) aria-hidden="true" {} } }
    }

    fn x(&self, minute: i64) -> String {
        self.width(self.hours.0, minute)
    }

    fn width(&self, from: i64, to: i64) -> String {
        let thousandths = (to - from) * 100_000 / (self.hours.1 - self.hours.0).max(1);
        format!("{}.{:03}%", thousandths / 1000, thousandths.rem_euclid(1000))
    }
}

fn label(area: &Area, hour: i64) -> String {
    let hour = u32::try_from(hour.rem_euclid(24)).unwrap_or_default();
    chrono::NaiveTime::from_hms_opt(hour, 0, 0).map(|time| area.words.time(time)).unwrap_or_default()
}
