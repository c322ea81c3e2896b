//! Requests from clients.

use paperclip::actix::Apiv2Schema;
use serde::Deserialize;
use ticketly_domain::{
    BookingRequest, Capacity, Invalid, PageSize, PhoneNumber, Selection, Showing, SlotDescription, SlotDetails,
    SlotDraft, SlotName, SlotQuery, Target, TicketCount, TicketId, TicketQuery, UserName,
};

use super::{Genre, SlotType, TicketStatus};
use ticketly_http::fields::{Count, Field, Optional, RequestBody, Validator};
use ticketly_http::path_id::PathId;

/// A slot to schedule.
#[derive(Debug, Default, Deserialize, Apiv2Schema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[openapi(rename = "ScheduleRequest")]
pub struct Schedule {
    /// The name of the showing.
    slot_name: Field<String>,
    /// A short description.
    slot_description: Optional<String>,
    /// The start: `YYYY-MM-DD HH:MM` in the cinema's time zone, or RFC 3339.
    start_time: Field<String>,
    /// The end, at most 24 hours after the start.
    end_time: Field<String>,
    slot_type: Field<SlotType>,
    genre: Field<Genre>,
    /// The number of seats.
    capacity: Optional<Count>,
}

impl RequestBody for Schedule {
    type Meaning = SlotDraft;

    fn read(self, check: &mut Validator<'_>) -> Option<SlotDraft> {
        let zone = *check.zone;
        let name = check.required("slotName", self.slot_name, |text| SlotName::parse(&text));
        let description =
            check.optional("slotDescription", self.slot_description, |text| SlotDescription::parse(&text));
        let start = check.required("startTime", self.start_time, |text| zone.read(&text));
        let end = check.required("endTime", self.end_time, |text| {
            let end = zone.read(&text)?;
            start.map_or(Ok(()), |start| Showing::check_times(start, end))?;
            Ok(end)
        });
        let slot_type = check.required("slotType", self.slot_type, Ok);
        let genre = check.required("genre", self.genre, Ok);
        let capacity = check.optional("capacity", self.capacity, |Count(seats)| Capacity::new(seats));
        Some(SlotDraft {
            name: name?,
            start: start?,
            end: end?,
            details: SlotDetails {
                description: description.unwrap_or_default(),
                slot_type: slot_type?.0,
                genre: genre?.0,
            },
            capacity: capacity.unwrap_or(Capacity::DEFAULT),
        })
    }
}

/// A query for slots. Every given condition must hold.
#[derive(Debug, Default, Deserialize, Apiv2Schema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ListSlots {
    /// Only slots of this genre.
    genre: Optional<Genre>,
    /// Only slots of this type.
    slot_type: Optional<SlotType>,
    /// Only slots of exactly this name.
    slot_name: Optional<String>,
    /// Only slots with at least this number of available seats.
    min_avail_tickets: Optional<Count>,
    /// Only slots that start at this time or later: `YYYY-MM-DD HH:MM` in the cinema's time zone, or RFC 3339.
    from: Optional<String>,
    /// Only slots that start before this time.
    until: Optional<String>,
    /// The `nextCursor` of the previous page.
    cursor: Optional<String>,
    /// The maximum number of items on a page.
    limit: Optional<Count>,
}

impl RequestBody for ListSlots {
    type Meaning = SlotQuery;

    fn read(self, check: &mut Validator<'_>) -> Option<SlotQuery> {
        let zone = *check.zone;
        Some(SlotQuery {
            genre: check.optional("genre", self.genre, Ok).map(|genre| genre.0),
            slot_type: check.optional("slotType", self.slot_type, Ok).map(|kind| kind.0),
            name: check.optional("slotName", self.slot_name, |text| SlotName::parse(&text)),
            min_available: check.optional("minAvailTickets", self.min_avail_tickets, |Count(least)| Ok(least)),
            from: check.optional("from", self.from, |text| zone.read(&text)),
            ends_after: None,
            until: check.optional("until", self.until, |text| zone.read(&text)),
            after: check.optional("cursor", self.cursor, |text| cursor(&text)),
            limit: page_size(check, self.limit),
        })
    }
}

fn cursor<C: std::str::FromStr>(text: &str) -> Result<C, Invalid> {
    text.parse().map_err(|_| Invalid { field: "cursor", reason: "give the nextCursor of the previous page".to_owned() })
}

fn page_size(check: &mut Validator<'_>, limit: Optional<Count>) -> PageSize {
    check.optional("limit", limit, |Count(items)| PageSize::new(items)).unwrap_or_default()
}

/// A query for tickets.
#[derive(Debug, Default, Deserialize, Apiv2Schema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ListTickets {
    /// Only tickets with this status.
    ticket_status: Optional<TicketStatus>,
    /// The `nextCursor` of the previous page.
    cursor: Optional<String>,
    /// The maximum number of items on a page.
    limit: Optional<Count>,
}

impl RequestBody for ListTickets {
    type Meaning = TicketQuery;

    fn read(self, check: &mut Validator<'_>) -> Option<TicketQuery> {
        Some(TicketQuery {
            status: check.optional("ticketStatus", self.ticket_status, Ok).map(|status| status.0),
            after: check.optional("cursor", self.cursor, |text| cursor(&text)),
            limit: page_size(check, self.limit),
        })
    }
}

/// Reads a slot, given by identifier or by name and start. The names of the fields depend on the operation.
fn target(
    check: &mut Validator<'_>,
    id: Optional<String>,
    (name_field, name): (&str, Optional<String>),
    (start_field, start): (&str, Optional<String>),
) -> Option<Target> {
    if id.is_given() == (name.is_given() || start.is_given()) {
        check.refuse("slotId", format!("give either slotId, or {name_field} with {start_field}"));
        return None;
    }
    if id.is_given() {
        return identifier(check, "slotId", id.given()).map(Target::Slot);
    }
    showing(check, (name_field, name.given()), (start_field, start.given()))
}

/// Reads a slot, given by name and start.
fn showing(
    check: &mut Validator<'_>,
    (name_field, name): (&str, Field<String>),
    (start_field, start): (&str, Field<String>),
) -> Option<Target> {
    let zone = *check.zone;
    let name = check.required(name_field, name, |text| SlotName::parse(&text));
    let start = check.required(start_field, start, |text| zone.read(&text));
    Some(Target::Showing { name: name?, start: start? })
}

/// Tickets to book: all or none.
#[derive(Debug, Default, Deserialize, Apiv2Schema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[openapi(rename = "BookingRequest")]
pub struct Book {
    /// The name of the user.
    user_name: Field<String>,
    /// The telephone number of the user. Name and number together identify the user.
    user_phone_number: Field<String>,
    /// The number of tickets, as a number or as text.
    num_tickets: Field<Count>,
    /// The slot's identifier, instead of `movieName` with `movieStartTime`.
    slot_id: Optional<String>,
    /// The name of the showing. The first slot of this name and start with enough seats is used.
    movie_name: Optional<String>,
    /// The start: `YYYY-MM-DD HH:MM` in the cinema's time zone, or RFC 3339.
    movie_start_time: Optional<String>,
}

impl RequestBody for Book {
    type Meaning = BookingRequest;

    fn read(self, check: &mut Validator<'_>) -> Option<BookingRequest> {
        let user_name = check.required("userName", self.user_name, |text| UserName::parse(&text));
        let phone = check.required("userPhoneNumber", self.user_phone_number, |text| PhoneNumber::parse(&text));
        let count = check.required("numTickets", self.num_tickets, |Count(tickets)| TicketCount::new(tickets));
        let start = ("movieStartTime", self.movie_start_time);
        let target = target(check, self.slot_id, ("movieName", self.movie_name), start);
        Some(BookingRequest {
            user_name: user_name?,
            phone: phone?,
            selection: Selection::Any(count?),
            target: target?,
            key: None,
        })
    }
}

/// The slot to which a ticket is moved.
#[derive(Debug, Default, Deserialize, Apiv2Schema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[openapi(rename = "MoveRequest")]
pub struct Move {
    /// The slot's identifier, instead of `newMovie` with `newStartTime`.
    slot_id: Optional<String>,
    /// The name of the showing. The first slot of this name and start with a seat is used.
    new_movie: Optional<String>,
    /// The start: `YYYY-MM-DD HH:MM` in the cinema's time zone, or RFC 3339.
    new_start_time: Optional<String>,
}

impl RequestBody for Move {
    type Meaning = Target;

    fn read(self, check: &mut Validator<'_>) -> Option<Target> {
        target(check, self.slot_id, ("newMovie", self.new_movie), ("newStartTime", self.new_start_time))
    }
}

/// A ticket and its new slot, in the legacy format.
#[derive(Debug, Default, Deserialize, Apiv2Schema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[openapi(rename = "UpdateRequest")]
pub struct Update {
    /// The ticket's identifier.
    ticket_id: Field<String>,
    /// The name of the showing. The first slot of this name and start with a seat is used.
    new_movie: Optional<String>,
    /// The start: `YYYY-MM-DD HH:MM` in the cinema's time zone, or RFC 3339.
    new_start_time: Optional<String>,
    /// The slot's identifier, instead of `newMovie` with `newStartTime`.
    slot_id: Optional<String>,
}

impl RequestBody for Update {
    type Meaning = (TicketId, Target);

    fn read(self, check: &mut Validator<'_>) -> Option<(TicketId, Target)> {
        let ticket = identifier(check, "ticketId", self.ticket_id);
        let start = ("newStartTime", self.new_start_time);
        let target = target(check, self.slot_id, ("newMovie", self.new_movie), start);
        Some((ticket?, target?))
    }
}

/// A ticket, in the legacy format.
#[derive(Debug, Default, Deserialize, Apiv2Schema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[openapi(rename = "TicketRequest")]
pub struct TheTicket {
    /// The ticket's identifier.
    ticket_id: Field<String>,
}

impl RequestBody for TheTicket {
    type Meaning = TicketId;

    fn read(self, check: &mut Validator<'_>) -> Option<TicketId> {
        identifier(check, "ticketId", self.ticket_id)
    }
}

/// Reads an identifier. A malformed identifier is refused like an unknown one.
fn identifier<T: PathId>(check: &mut Validator<'_>, name: &str, given: Field<String>) -> Option<T> {
    let text: String = check.required(name, given, Ok)?;
    let id = text.parse().ok();
    if id.is_none() {
        check.unknown(T::ENTITY);
    }
    id
}

/// A slot, in the legacy format.
#[derive(Debug, Default, Deserialize, Apiv2Schema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[openapi(rename = "MovieSlotRequest")]
pub struct TheSlot {
    /// The name of the showing.
    movie_name: Field<String>,
    /// The start: `YYYY-MM-DD HH:MM` in the cinema's time zone, or RFC 3339.
    movie_start_time: Field<String>,
}

impl RequestBody for TheSlot {
    type Meaning = Target;

    fn read(self, check: &mut Validator<'_>) -> Option<Target> {
        showing(check, ("movieName", self.movie_name), ("movieStartTime", self.movie_start_time))
    }
}

/// A genre, in the legacy format.
#[derive(Debug, Default, Deserialize, Apiv2Schema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[openapi(rename = "GenreRequest")]
pub struct TheGenre {
    genre: Field<Genre>,
}

impl RequestBody for TheGenre {
    type Meaning = SlotQuery;

    fn read(self, check: &mut Validator<'_>) -> Option<SlotQuery> {
        let genre = check.required("genre", self.genre, Ok)?;
        Some(SlotQuery { genre: Some(genre.0), limit: PageSize::LARGEST, ..SlotQuery::default() })
    }
}
