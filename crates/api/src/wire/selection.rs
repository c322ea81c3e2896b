//! Requested seats.

use ticketly_domain::{Invalid, SeatLabel, Selection, TicketCount, TicketTypeName, TicketTypes, Wanted, ZoneName};

use super::fields::identifier;
use ticketly_http::fields::{Count, Flag, Optional, Texts, TextsOrCounts, Validator};

/// The fields of a request that say which seats it asks for.
#[derive(Default)]
pub(super) struct Wish {
    pub(super) count: Optional<Count>,
    pub(super) seats: Optional<Texts>,
    pub(super) zone: Optional<String>,
    pub(super) together: Optional<Flag>,
    pub(super) accessible: Optional<Count>,
    pub(super) allow_single_seats: Optional<Flag>,
    pub(super) block_id: Optional<String>,
    pub(super) ticket_types: Optional<TextsOrCounts>,
    pub(super) promotion_code: Optional<String>,
}

impl Wish {
    /// Reads the fields. There are either seats or their number, and a zone and `together` only with the number.
    pub(super) fn read(self, check: &mut Validator<'_>) -> Option<Selection> {
        let by_name = self.seats.is_given();
        let wanted = if by_name == self.count.is_given() {
            check.refuse("numTickets", "give either numTickets or seats");
            None
        } else if by_name {
            for (field, given) in [("zone", self.zone.is_given()), ("together", self.together.is_given())] {
                if given {
                    check.refuse(field, "give it only with numTickets");
                }
            }
            let seats = check.texts("seats", self.seats.given(), SeatLabel::parse);
            seats.and_then(|seats| match Selection::named(seats) {
                Ok(selection) => Some(selection.wanted),
                Err(invalid) => {
                    check.refuse("seats", invalid.reason);
                    None
                }
            })
        } else {
            let count = check.optional("numTickets", self.count, |Count(tickets)| TicketCount::new(tickets));
            let zone = check.optional("zone", self.zone, |text| ZoneName::parse(&text));
            let together = check.flag("together", self.together).unwrap_or(true);
            count.map(|count| Wanted::Best { count, zone, together })
        };
        let accessible = check.optional("accessible", self.accessible, |Count(places)| accessible(places));
        let allow_single_seats = check.flag("allowSingleSeats", self.allow_single_seats).unwrap_or_default();
        let in_block = self.block_id.is_given();
        let block = if in_block { identifier(check, "blockId", self.block_id.given()) } else { None };
        let has_types = self.ticket_types.is_given();
        let ticket_types = ticket_types(check, self.ticket_types);
        let has_code = self.promotion_code.is_given();
        let promotion = check.optional("promotionCode", self.promotion_code, |text| text.parse());
        let accessible = accessible.unwrap_or_default();
        let is_complete =
            block.is_some() == in_block && ticket_types.is_some() == has_types && promotion.is_some() == has_code;
        let selection = Selection { wanted: wanted?, accessible, allow_single_seats, block, ticket_types, promotion };
        is_complete.then_some(selection)
    }

    /// Returns the wish of a move, which has only these fields.
    pub(super) fn of_move(
        seats: Optional<Texts>,
        accessible: Optional<Count>,
        allow_single_seats: Optional<Flag>,
        block_id: Optional<String>,
    ) -> Self {
        Self { seats, accessible, allow_single_seats, block_id, ..Self::default() }
    }

    /// Reads the seats of a move, which takes the best that are available unless it names some: then there is no selection.
    pub(super) fn read_named(self, check: &mut Validator<'_>) -> Option<Selection> {
        if self.seats.is_given() {
            return self.read(check);
        }
        let fields = [
            ("accessible", self.accessible.is_given()),
            ("allowSingleSeats", self.allow_single_seats.is_given()),
            ("blockId", self.block_id.is_given()),
        ];
        for (field, _) in fields.into_iter().filter(|(_, given)| *given) {
            check.refuse(field, "give it only with seats");
        }
        None
    }
}

/// Reads the ticket types of a request, if any are given.
fn ticket_types(check: &mut Validator<'_>, given: Optional<TextsOrCounts>) -> Option<TicketTypes> {
    const FIELD: &str = "ticketTypes";
    let most = usize::from(TicketCount::MAX);
    check.optional(FIELD, given, |given| match given {
        TextsOrCounts::Texts(texts) => {
            let types = texts.iter().take(most + 1).map(|text| TicketTypeName::parse(text));
            types.collect::<Result<_, _>>().map(TicketTypes::Each)
        }
        TextsOrCounts::Counts(counts) => {
            let count = |(name, count): &(String, u32)| {
                let count = u8::try_from(*count).ok().filter(|count| *count <= TicketCount::MAX);
                let count =
                    count.ok_or_else(|| Invalid { field: FIELD, reason: format!("give 0 to {most} of each type") })?;
                Ok((TicketTypeName::parse(name)?, count))
            };
            counts.iter().take(most + 1).map(count).collect::<Result<_, _>>().map(TicketTypes::Counts)
        }
    })
}

/// Reads a number of places for wheelchairs.
fn accessible(places: u32) -> Result<u8, Invalid> {
    let most = TicketCount::MAX;
    let count = u8::try_from(places).ok().filter(|places| *places <= most);
    count.ok_or_else(|| Invalid { field: "accessible", reason: format!("give 0 to {most}") })
}
