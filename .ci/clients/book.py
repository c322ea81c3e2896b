"""Books tickets and seats, moves and cancels them with the client that openapi-python-client generates from the API document.

usage: book.py URL
"""

import datetime
import sys
from typing import TYPE_CHECKING

from ticketly_client import Client
from ticketly_client.api.bookings import book
from ticketly_client.api.legacy import book_ticket, cancel_ticket_legacy, update_movie_slot_for_ticket
from ticketly_client.api.slots import list_slots
from ticketly_client.api.tickets import cancel_ticket, move_ticket
from ticketly_client.models import (
    Booking,
    BookingByName,
    BookingBySlot,
    Moved,
    MoveBySlot,
    Problem,
    SeatBookingBySlot,
    SlotPage,
    Ticket,
    TicketRequest,
    TicketSlot,
    TicketStatus,
    UpdateByName,
)

if TYPE_CHECKING:
    # These must be errors: a client whose requests are `Any` would let them pass.
    book.sync(client=Client(base_url=""), body={})  # type: ignore[arg-type]
    BookingBySlot(user_name="Ada", user_phone_number="5550100", num_tickets=1)  # type: ignore[call-arg]


def two_slots(client: Client) -> tuple[TicketSlot, TicketSlot]:
    tomorrow = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=1)
    page = list_slots.sync(client=client, from_=tomorrow.isoformat(), min_avail_tickets=4, limit=25)
    assert isinstance(page, SlotPage) and page.slots[0].start_time.tzinfo, page
    # Tickets with prices must be paid for.
    first, second = [slot for slot in page.slots if slot.auditorium_id and not slot.price_list_id][:2]
    return first, second


def current(client: Client, first: TicketSlot, second: TicketSlot) -> None:
    by_slot = BookingBySlot(user_name="Ada", user_phone_number="5550100", num_tickets=2, slot_id=first.slot_id)
    booking = book.sync(client=client, body=by_slot)
    assert isinstance(booking, Booking) and len(booking.tickets) == 2, booking
    ticket = booking.tickets[0]
    assert ticket.start_time == first.start_time, ticket
    moved = move_ticket.sync(ticket.ticket_id, client=client, body=MoveBySlot(slot_id=second.slot_id))
    assert isinstance(moved, Moved) and moved.new_ticket.moved_from == ticket.ticket_id, moved
    canceled = cancel_ticket.sync(moved.new_ticket.ticket_id, client=client)
    assert isinstance(canceled, Ticket) and canceled.ticket_status is TicketStatus.CANCELED, canceled


def seats(client: Client, slot: TicketSlot) -> None:
    wanted = SeatBookingBySlot(user_name="Ada", user_phone_number="5550100", seats=["A1", "A2"], slot_id=slot.slot_id)
    booking = book.sync(client=client, body=wanted)
    assert isinstance(booking, Booking) and [ticket.seat for ticket in booking.tickets] == ["A1", "A2"], booking
    refused = book.sync(client=client, body=wanted)
    assert isinstance(refused, Problem) and refused.alternative, refused
    for ticket in booking.tickets:
        cancel_ticket.sync(ticket.ticket_id, client=client)


def legacy(client: Client, first: TicketSlot, second: TicketSlot) -> None:
    by_name = BookingByName(user_name="Ada", user_phone_number="5550100", num_tickets="2", movie_name=first.slot_name,
                            movie_start_time=first.start_time.isoformat())
    tickets = book_ticket.sync(client=client, body=by_name)
    assert isinstance(tickets, list) and len(tickets) == 2, tickets
    update = UpdateByName(ticket_id=tickets[0].ticket_id, new_movie=second.slot_name,
                          new_start_time=second.start_time.isoformat())
    moved = update_movie_slot_for_ticket.sync(client=client, body=update)
    assert isinstance(moved, list) and moved[0].start_time == second.start_time, moved
    canceled = cancel_ticket_legacy.sync(client=client, body=TicketRequest(ticket_id=moved[0].ticket_id))
    assert isinstance(canceled, Ticket) and canceled.ticket_status is TicketStatus.CANCELED, canceled


def main(url: str) -> None:
    client = Client(base_url=url, raise_on_unexpected_status=True)
    first, second = two_slots(client)
    current(client, first, second)
    seats(client, first)
    legacy(client, first, second)
    print("the generated Python client booked, moved and canceled tickets and seats")


main(sys.argv[1])
