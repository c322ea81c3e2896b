//! Choosing seats on the plan of an auditorium: a box for each seat, in a group for each row.
//!
//! The boxes are those of any form, so that seats are chosen without scripts and with every aid that people use; the style sheet makes them
//! look like seats. The module moves between them by the arrow keys and keeps them as they are sold.

pub(crate) mod choice;
mod names;
mod seat_box;

use maud::{Markup, html};
use ticketly_domain::{Channel, HeldSeats, Picture, PictureRow, Row, SeatNo, SeatStates, TicketCount, TicketSlot};

use self::names::Names;
use self::seat_box::SeatBox;
use crate::assets::{SEATS_CSS, SEATS_JS};
use crate::locale::{Words, texts};
use crate::page::Page;

/// The name of the fields: one for each chosen seat, with its label, such as `F7`.
pub(crate) const FIELD: &str = "seat";
/// The number of places in a row that a telephone shows side by side.
const NARROW: usize = 10;
/// The number of places in a row that no usual window shows side by side.
const WIDE: usize = 40;
/// The number of zones that look different. Further ones look like the last.
const ZONES: usize = 5;

/// What can be chosen.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Options<'a> {
    /// How many seats can be chosen.
    pub limit: u8,
    /// The labels of the seats that are chosen at first. Those that are not free are marked as lost, and not chosen.
    pub chosen: &'a [String],
    /// The seats that the person has already, such as those of tickets to be moved. They can be chosen although they are not free.
    pub own: &'a [SeatNo],
}

impl Options<'_> {
    /// Returns the options of a channel: its greatest number of seats, and none chosen.
    pub(crate) const fn of(channel: Channel) -> Self {
        let limit = match channel {
            Channel::Public => TicketCount::PUBLIC_MAX,
            Channel::BoxOffice => TicketCount::MAX,
        };
        Self { limit, chosen: &[], own: &[] }
    }
}

/// Adds the style sheet and the module of the chooser to its page.
pub(crate) fn on(page: Page) -> Page {
    page.styled(SEATS_CSS).with(SEATS_JS)
}

/// Renders the seats of a slot for a form, which gets the labels of the chosen ones as fields [`FIELD`]. `None` for a slot that is in no
/// auditorium. The page needs what [`on`] adds.
pub(crate) fn chooser(words: Words, slot: &TicketSlot, holds: &[HeldSeats], options: Options<'_>) -> Option<Markup> {
    let states = slot.seat_states(holds)?;
    let names = Names::of(words, slot);
    let picture = states.plan().picture();
    let columns = picture.rows.iter().map(|row| row.places.chars().count()).max().unwrap_or_default();
    let rows = picture.rows.iter().zip(states.plan().rows()).enumerate();
    let most = u32::from(options.limit);
    Some(html! {
        div.seats data-live=(format!("/v1/slots/{}/seats/live", slot.id())) data-limit=(most)
            data-full=(words.tell(texts::SEATS_FULL, [("seats", most.into())])) data-lost=(words.tell(texts::SEATS_LOST_NOW, [("seat", "{seat}".into())]))
            data-taken=(words.say(texts::SEATS_TAKEN)) data-held=(words.say(texts::SEATS_HELD)) {
            p.hint { (free(words, slot)) " " (words.tell(texts::SEATS_HINT, [("seats", most.into())])) }
            @if columns > NARROW { p.hint.sideways.wide[columns > WIDE] { (words.say(texts::SEATS_SIDEWAYS)) } }
            // A hall in which no seat can be chosen is scrolled by keys too.
            div.hall role="group" aria-label=(words.say(texts::SEATS_TITLE)) tabindex=[is_full(&states, options).then_some("0")] {
                div.rows {
                    div.screen {
                        svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true" { path d="M1 4Q50 -2 99 4" {} }
                        (words.say(texts::SHOWING_SCREEN))
                    }
                    @for (index, (drawn, row)) in rows { (row_of((index, drawn, row), &states, &names, options)) }
                }
            }
            (names.legend())
            p.unseen role="status" data-said {}
        }
    })
}

/// Returns whether no seat can be chosen.
fn is_full(states: &SeatStates<'_>, options: Options<'_>) -> bool {
    options.own.is_empty() && states.taken().len() == u32::from(states.plan().seats())
}

/// Says how many seats are free. The module repeats it with the numbers that it receives.
fn free(words: Words, slot: &TicketSlot) -> Markup {
    let (free, all) = (slot.seats().available(), slot.seats().capacity().get());
    let text = words.tell(texts::SEATS_FREE_OF, [("free", "\u{0}".into()), ("all", all.into())]);
    let (before, after) = text.split_once('\u{0}').unwrap_or((&text, ""));
    html! { (before) span data-free { (free) } (after) }
}

/// Renders a row. Its boxes are written into the same text, since a page has hundreds of them.
fn row_of(
    (index, drawn, row): (usize, &PictureRow, &Row),
    states: &SeatStates<'_>,
    names: &Names<'_>,
    options: Options<'_>,
) -> Markup {
    let seat_at = |(column, place): (u32, char)| {
        let no = row.seat_at(column).filter(|_| ![Picture::AISLE, Picture::NOTHING].contains(&place))?;
        SeatBox::of(no, states.at(index, column), states, names, options)
    };
    html! {
        fieldset data-row=(drawn.row) {
            legend { span.unseen { (names.row()) } (drawn.row) }
            @for place in (0..).zip(drawn.places.chars()) {
                @match seat_at(place) {
                    None => i {},
                    Some(its) => {
                        input type="checkbox" name=(FIELD) value={ (its.seat.row) (its.seat.number) } class=[its.classes()]
                            checked[its.is_free && its.is_chosen] disabled[!its.is_free]
                            aria-label={ (its.seat.row) (its.seat.number) (its.rest_of_name()) };
                    },
                }
            }
        }
    }
}
