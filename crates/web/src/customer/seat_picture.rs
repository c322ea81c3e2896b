//! The seats of an auditorium as a picture.

use maud::{Markup, html};
use ticketly_domain::{HeldSeats, Picture, PictureRow, SeatSet, TicketSlot};

use crate::locale::{Words, texts};

/// The width and height of a seat with its gap.
const PITCH: usize = 20;
/// The width and height of a seat.
const SEAT: usize = 16;
/// The space for the labels of the rows, at both sides.
const MARGIN: usize = 40;
/// The space for the screen.
const TOP: usize = 40;

/// Draws the seats of a slot, some of which are held. `None` for a slot that is in no auditorium.
///
/// It is a picture: what it shows is also said in words beside it.
pub(crate) fn draw(words: Words, slot: &TicketSlot, holds: &[HeldSeats]) -> Option<Markup> {
    let seating = slot.showing().seating()?;
    let taken = slot.seats().taken()?;
    let held: Vec<_> = holds.iter().flat_map(|hold| hold.seats.iter().copied()).collect();
    let held = SeatSet::of(&seating.plan, &held);
    let picture = seating.plan.picture();
    let columns = picture.rows.iter().map(|row| row.places.chars().count()).max().unwrap_or_default();
    let (width, height) = (columns * PITCH + 2 * MARGIN, picture.rows.len() * PITCH + TOP);
    let rows = picture.rows.iter().zip(taken.rows().iter().zip(held.rows())).enumerate();
    Some(html! {
        svg.hall viewBox=(format!("0 0 {width} {height}")) role="img" aria-label=(words.say(texts::SHOWING_PICTURE)) {
            path.screen d=(format!("M{MARGIN} 14 Q{} 2 {} 14", width / 2, width - MARGIN)) {}
            text.label x=(width / 2) y="28" { (words.say(texts::SHOWING_SCREEN)) }
            @for (index, (row, (taken, held))) in rows {
                (draw_row(picture, row, (*taken, *held), (index * PITCH + TOP, width)))
            }
        }
        ul.legend {
            li.is-free { (words.say(texts::LEGEND_FREE)) }
            li.is-held { (words.say(texts::LEGEND_HELD)) }
            li.is-taken { (words.say(texts::LEGEND_TAKEN)) }
            @if picture.legend.values().any(|kind| kind == WHEELCHAIR) {
                li.is-wheelchair { (words.say(texts::LEGEND_WHEELCHAIR)) }
            }
        }
    })
}

/// What a legend calls a place for a wheelchair.
const WHEELCHAIR: &str = "wheelchair";

fn draw_row(picture: &Picture, row: &PictureRow, (taken, held): (u128, u128), (y, width): (usize, usize)) -> Markup {
    let is_in = |set: u128, column: usize| {
        set.checked_shr(u32::try_from(column).unwrap_or(u32::MAX)).unwrap_or_default() & 1 == 1
    };
    let places = row.places.chars().enumerate();
    let seats = places.filter(|(_, place)| ![Picture::AISLE, Picture::NOTHING].contains(place));
    let state = |column| match (is_in(taken, column), is_in(held, column)) {
        (true, true) => "is-held",
        (true, false) => "is-taken",
        (false, _) => "is-free",
    };
    html! {
        g data-row=(row.row) {
            text.label x=(MARGIN / 2) y=(y + SEAT - 3) { (row.row) }
            @for (column, place) in seats {
                @let is_wheelchair = picture.legend.get(&place).is_some_and(|kind| kind == WHEELCHAIR);
                rect.(state(column)).wheelchair[is_wheelchair] x=(MARGIN + column * PITCH) y=(y) width=(SEAT) height=(SEAT) rx="4" data-column=(column) {}
            }
            text.label x=(width - MARGIN / 2) y=(y + SEAT - 3) { (row.row) }
        }
    }
}
