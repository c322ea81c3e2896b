//! Requests that only the legacy interface has. Its answers, and its other requests, are those of the resources.

use paperclip::actix::Apiv2Schema;
use serde::Deserialize;
use ticketly_domain::{MoveRequest, PageSize, SlotQuery, Target, TicketId, Tickets};

use super::fields::{identifier, showing, target};
use super::selection::Wish;
use super::slots::Genre;
use ticketly_http::fields::{Count, Field, Flag, Optional, RequestBody, Texts, Validator};

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
    /// The seat as it is printed, in a list; the best available unless given. In a query, the text alone.
    seats: Optional<Texts>,
    /// The number of places for wheelchairs among the seats; none unless given.
    accessible: Optional<Count>,
    /// Whether the move may leave a single seat alone between others. Only the box office may ask for that.
    allow_single_seats: Optional<Flag>,
    /// A block of the slot whose seats the move may take. Only the box office may name one.
    block_id: Optional<String>,
}

impl RequestBody for Update {
    type Meaning = MoveRequest;

    fn read(self, check: &mut Validator<'_>) -> Option<MoveRequest> {
        let ticket = identifier(check, "ticketId", self.ticket_id);
        let start = ("newStartTime", self.new_start_time);
        let target = target(check, self.slot_id, ("newMovie", self.new_movie), start);
        let wish = Wish::of_move(self.seats, self.accessible, self.allow_single_seats, self.block_id);
        let selection = wish.read_named(check);
        Some(MoveRequest { tickets: Tickets::One(ticket?), target: target?, selection, key: None })
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
