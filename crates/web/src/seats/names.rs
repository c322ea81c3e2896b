//! What seats are called, and the legend of their looks.

use maud::{Markup, html};
use ticketly_domain::{Plan, PriceList, Seat, SeatKind, SeatState, TicketSlot};

use super::ZONES;
use crate::locale::{Words, texts};

/// The parts of the seats' names, each written once.
pub(super) struct Names<'a> {
    zones: Vec<Zone<'a>>,
    row: String,
    wheelchair: String,
    companion: String,
    held: String,
    taken: String,
    own: String,
    lost: String,
    kinds: [bool; 2],
    words: Words,
}

struct Zone<'a> {
    /// `None` for the seats that are in no zone.
    name: Option<&'a str>,
    price: Option<String>,
    /// The classes of its seats: its own, by which modules know its prices, and that of its look.
    look: Option<String>,
}

impl<'a> Zone<'a> {
    fn new(index: usize, name: Option<&'a str>, words: Words, list: Option<&PriceList>) -> Self {
        let look = match index {
            0 => None,
            1..=ZONES => Some(format!("z{index}")),
            _ => Some(format!("z{index} z{ZONES}")),
        };
        Self { name, price: list.and_then(|list| price(words, list, name)), look }
    }
}

impl<'a> Names<'a> {
    /// Returns the names of a slot's seats.
    pub(super) fn of(words: Words, slot: &'a TicketSlot) -> Self {
        let plan = slot.showing().seating().map(|seating| &*seating.plan);
        let names = plan.map(Plan::zones).unwrap_or_default();
        let list = slot.prices().map(|prices| &*prices.list);
        // Seats that are in no zone have the prices of all.
        let zones = if names.is_empty() { vec![None] } else { names.iter().map(|name| Some(name.as_str())).collect() };
        let zones = zones.into_iter().enumerate().map(|(index, name)| Zone::new(index, name, words, list)).collect();
        let has = |kind: &str| plan.is_some_and(|plan| plan.picture().legend.values().any(|word| word == kind));
        Self {
            zones,
            row: format!("{} ", words.say(texts::SEATS_ROW)),
            wheelchair: words.say(texts::SEATS_WHEELCHAIR),
            companion: words.say(texts::SEATS_COMPANION),
            held: words.say(texts::SEATS_HELD),
            taken: words.say(texts::SEATS_TAKEN),
            own: words.say(texts::SEATS_OWN),
            lost: words.say(texts::SEATS_LOST),
            kinds: [has("wheelchair"), has("companion")],
            words,
        }
    }

    /// Returns what comes before the label of a row.
    pub(super) fn row(&self) -> &str {
        &self.row
    }

    fn zone(&self, name: Option<&str>) -> Option<&Zone<'a>> {
        self.zones.iter().find(|zone| zone.name == name)
    }

    /// Returns the look of a zone, if it has another one than the first.
    pub(super) fn look(&self, zone: Option<&str>) -> Option<&str> {
        self.zone(zone)?.look.as_deref()
    }

    /// Returns the parts of a seat's name after its label: what it is, what it costs, and, last, why it cannot be chosen.
    pub(super) fn of_seat(
        &self,
        seat: Seat<'a>,
        gone: Option<SeatState>,
        (is_own, is_chosen): (bool, bool),
    ) -> [Option<&str>; 4] {
        let kind = match seat.kind {
            SeatKind::Standard => None,
            SeatKind::Wheelchair => Some(self.wheelchair.as_str()),
            SeatKind::Companion => Some(self.companion.as_str()),
        };
        let zone = seat.zone.filter(|_| self.zones.len() > 1);
        let price = self.zone(seat.zone).and_then(|zone| zone.price.as_deref());
        // The module replaces what is last, so there is one such part.
        let state = match gone {
            _ if is_own => Some(&self.own),
            Some(_) if is_chosen => Some(&self.lost),
            Some(SeatState::Held) => Some(&self.held),
            Some(SeatState::Free | SeatState::Taken) => Some(&self.taken),
            None => None,
        };
        [kind, zone, price, state.map(String::as_str)]
    }

    /// Renders what the looks of seats mean.
    pub(super) fn legend(&self) -> Markup {
        let words = self.words;
        let has_zones = self.zones.len() > 1;
        let [has_wheelchairs, has_companions] = self.kinds;
        html! {
            ul.legend {
                @for zone in &self.zones {
                    li {
                        i class=[&zone.look] {}
                        @match zone.name.filter(|_| has_zones) { Some(name) => (name), None => (words.say(texts::LEGEND_FREE)) }
                        @if let Some(price) = &zone.price { ", " (price) }
                    }
                }
                li { i.chosen {} (words.say(texts::LEGEND_CHOSEN)) }
                li { i.h {} (words.say(texts::LEGEND_HELD)) }
                li { i.x {} (words.say(texts::LEGEND_TAKEN)) }
                @if has_wheelchairs { li { i.w {} (self.wheelchair) } }
                @if has_companions { li { i.c {} (self.companion) } }
            }
        }
    }
}

/// Returns the price of a ticket in a zone: the lowest, where there are several.
fn price(words: Words, list: &PriceList, zone: Option<&str>) -> Option<String> {
    let mut prices: Vec<_> =
        list.ticket_types().into_iter().filter_map(|ticket_type| list.price_of(ticket_type, zone)).collect();
    prices.sort_unstable();
    prices.dedup();
    let price = words.money(prices.first()?.minor().into(), list.currency());
    Some(if prices.len() == 1 { price } else { words.tell(texts::FROM_PRICE, [("price", price.into())]) })
}
