//! What a person asks for: the fields of a form, which are read, and shown again when they are refused.

use maud::{Markup, html};
use ticketly_domain::{
    Booking, Invalid, SeatKind, SeatLabel, Selection, Ticket, TicketCount, TicketSlot, TicketTypeName, TicketTypes,
    Wanted, ZoneName,
};
use ticketly_http::form::Form;

use super::FIELD;

/// The field with the number of tickets, where there is one type only.
pub(crate) const COUNT: &str = "count";
/// What the names of the fields with the numbers of tickets of each type begin with.
pub(crate) const TYPE: &str = "type-";
/// The field with the zone of the best seats.
pub(crate) const ZONE: &str = "zone";
/// The box for best seats that need not be beside each other.
pub(crate) const APART: &str = "apart";
/// The field with the number of people in wheelchairs.
pub(crate) const WHEELCHAIRS: &str = "wheelchairs";
/// The field with the code of a promotion.
pub(crate) const CODE: &str = "code";
/// The button that asks for the best seats, whichever are chosen on the plan.
pub(crate) const BEST: &str = "best";
/// The greatest number of seats or types that are read. More are refused as too many.
const MAX: usize = 50;

/// What a person asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Choice {
    /// The labels of the chosen seats.
    pub seats: Vec<String>,
    /// Whether the best seats are wanted instead.
    pub best: bool,
    /// The number of tickets, where there is one type only.
    pub count: u32,
    /// The number of tickets of each type, in the order of the price list.
    pub types: Vec<(String, u32)>,
    /// The zone of the best seats.
    pub zone: Option<String>,
    /// Whether the best seats need not be beside each other.
    pub apart: bool,
    /// The number of people in wheelchairs.
    pub wheelchairs: u32,
    /// The code of a promotion.
    pub code: Option<String>,
}

/// Why a choice asks for nothing that could be held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Mistake {
    /// Neither seats nor a number are chosen.
    Nothing,
    /// More tickets than seats are chosen.
    MoreTickets {
        /// The number of seats.
        seats: usize,
        /// The number of tickets.
        tickets: u32,
    },
    /// A value is invalid.
    Invalid(Invalid),
}

impl From<Invalid> for Mistake {
    fn from(invalid: Invalid) -> Self {
        Self::Invalid(invalid)
    }
}

impl Choice {
    /// Reads the fields of a form for a slot. What is no number is none.
    pub(crate) fn read(form: &Form, slot: &TicketSlot) -> Self {
        let number = |text: &str| text.parse::<u32>().unwrap_or_default().min(999);
        let text = |name| form.one(name).map(str::to_owned);
        let given = form.starting(TYPE).map(|(name, count)| (name.to_owned(), number(count)));
        let mut types: Vec<_> = given.filter(|(_, count)| *count > 0).take(MAX).collect();
        let known = types_of(slot);
        types.sort_by_key(|(name, _)| known.iter().position(|its| its == name).unwrap_or(usize::MAX));
        Self {
            seats: form.all(FIELD).take(MAX).map(str::to_owned).collect(),
            best: form.has(BEST),
            count: form.one(COUNT).map(number).unwrap_or_default(),
            types,
            zone: text(ZONE),
            apart: form.has(APART),
            wheelchairs: form.one(WHEELCHAIRS).map(number).unwrap_or_default(),
            code: text(CODE),
        }
    }

    /// Returns the choice that a hold was made by.
    pub(crate) fn of_hold(hold: &Booking) -> Self {
        let seats: Vec<_> = hold.tickets().iter().filter_map(label).collect();
        let kind = |ticket: &Ticket| ticket.seat().map(|seat| seat.kind);
        let wheelchairs = hold.tickets().iter().filter(|ticket| kind(ticket) == Some(SeatKind::Wheelchair)).count();
        let mut types: Vec<(String, u32)> = Vec::new();
        for price in hold.sale().into_iter().flat_map(|sale| &sale.tickets) {
            let name = price.ticket_type.as_str();
            match types.iter_mut().find(|(its, _)| its == name) {
                Some((_, count)) => *count += 1,
                None => types.push((name.to_owned(), 1)),
            }
        }
        Self {
            best: false,
            count: u32::try_from(hold.tickets().len()).unwrap_or(u32::MAX),
            types,
            wheelchairs: u32::try_from(wheelchairs).unwrap_or(u32::MAX),
            code: hold.promotion().map(ToString::to_string),
            seats,
            ..Self::default()
        }
    }

    /// Returns whether seats of the plan are wanted.
    pub(crate) fn is_named(&self) -> bool {
        !self.best && !self.seats.is_empty()
    }

    /// Returns the same choice with the best seats instead of those that are chosen.
    pub(crate) fn as_best(&self) -> Self {
        let seats = u32::try_from(self.seats.len()).unwrap_or(u32::MAX);
        let count = if self.is_named() { seats } else { self.count };
        Self { seats: Vec::new(), best: true, count, ..self.clone() }
    }

    /// Returns what the choice asks for. Seats without a ticket get one of the first type, which a price list begins with.
    pub(crate) fn selection(&self, slot: &TicketSlot) -> Result<Selection, Mistake> {
        let known = types_of(slot);
        let has_types = known.len() > 1;
        let by_type: u32 = self.types.iter().map(|(_, count)| count).sum();
        let (wanted, count) = if self.is_named() {
            let labels = self.seats.iter().map(|seat| SeatLabel::parse(seat)).collect::<Result<_, _>>()?;
            let seats = self.seats.len();
            if has_types && usize::try_from(by_type).is_ok_and(|tickets| tickets > seats) {
                return Err(Mistake::MoreTickets { seats, tickets: by_type });
            }
            (Selection::named(labels)?.wanted, u32::try_from(seats).unwrap_or(u32::MAX))
        } else {
            let count = if has_types { by_type.max(self.count) } else { self.count };
            if count == 0 {
                return Err(Mistake::Nothing);
            }
            let zone = self.zone.as_deref().map(ZoneName::parse).transpose()?;
            (Wanted::Best { count: TicketCount::new(count)?, zone, together: !self.apart }, count)
        };
        let ticket_types = if has_types { Some(self.types_for(count, &known)?) } else { None };
        let accessible = u8::try_from(self.wheelchairs).unwrap_or(u8::MAX);
        let promotion = self.code.as_deref().map(str::parse).transpose()?;
        Ok(Selection { wanted, accessible, allow_single_seats: false, block: None, ticket_types, promotion })
    }

    fn types_for(&self, count: u32, known: &[&str]) -> Result<TicketTypes, Invalid> {
        let mut types = self.types.clone();
        let rest = count.saturating_sub(types.iter().map(|(_, count)| count).sum());
        match (rest, known.first(), types.first_mut()) {
            (0, ..) | (_, None, _) => {}
            (_, Some(first), Some((name, count))) if name == first => *count += rest,
            (_, Some(first), _) => types.insert(0, ((*first).to_owned(), rest)),
        }
        let counted =
            |(name, count): &(String, u32)| Ok((TicketTypeName::parse(name)?, u8::try_from(*count).unwrap_or(u8::MAX)));
        types.iter().map(counted).collect::<Result<_, _>>().map(TicketTypes::Counts)
    }

    /// Renders the choice as fields that are not seen, for a button that asks for it.
    pub(crate) fn as_hidden(&self) -> Markup {
        let number = |count: u32| (count > 0).then_some(count);
        let hidden = |name: &str, value: &str| html! { input type="hidden" name=(name) value=(value); };
        html! {
            @for seat in &self.seats { (hidden(FIELD, seat)) }
            @if self.best { (hidden(BEST, "")) }
            @if let Some(count) = number(self.count) { (hidden(COUNT, &count.to_string())) }
            @for (name, count) in &self.types { (hidden(&format!("{TYPE}{name}"), &count.to_string())) }
            @if let Some(zone) = &self.zone { (hidden(ZONE, zone)) }
            @if self.apart { (hidden(APART, "on")) }
            @if let Some(count) = number(self.wheelchairs) { (hidden(WHEELCHAIRS, &count.to_string())) }
            @if let Some(code) = &self.code { (hidden(CODE, code)) }
        }
    }
}

/// Returns the ticket types of a slot. None of a free one.
pub(crate) fn types_of(slot: &TicketSlot) -> Vec<&str> {
    let types = slot.prices().map(|prices| prices.list.ticket_types());
    types.unwrap_or_default().into_iter().map(TicketTypeName::as_str).collect()
}

/// Returns the label of a ticket's seat.
pub(crate) fn label(ticket: &Ticket) -> Option<String> {
    ticket.seat().map(|seat| format!("{}{}", seat.row, seat.number))
}
