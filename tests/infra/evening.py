"""An evening at a cinema, played on real servers; what was done is kept, to compare it with what the facts tell."""

from collections import Counter
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from time import sleep

import cinema

TABLE = "evening"
LEGEND = {".": "standard", "L": "lounge", "w": "wheelchair", "c": "companion"}
# Those at the left end of C are nearest to the standard seats of their row, those of D to the lounge before them.
ROWS = [
    {"row": "A", "places": "...._...."},
    {"row": "B", "from": 8, "step": -1, "places": "....  ...."},
    {"row": "C", "places": "wc.._LLLL"},
    {"row": "D", "places": "    _  wc"},
    {"row": "E", "places": "LLLL_LLLL"},
]
PRICES = [
    {"ticketType": "adult", "amount": 1250},
    {"ticketType": "child under 12", "amount": 790},
    {"ticketType": "adult", "zone": "lounge", "amount": 1690},
]


class Evening:
    """Sells, moves and cancels, and keeps count. Everybody who books has a name and a number of their own."""

    def __init__(self, endpoint, zone):
        self.endpoint = endpoint
        self.zone = zone
        cinema.make_table(endpoint, TABLE)
        self.admin = cinema.make_key(endpoint, TABLE, "admin")
        self.box_office = cinema.make_key(endpoint, TABLE, "box_office")
        self.url = None
        self.genres = {}
        self.bookings = []
        self.people = []
        self.made = Counter()
        self.canceled = Counter()
        self.blocked = Counter()
        self.lounge = self.prices = None

    @contextmanager
    def served(self, *options):
        """While a server with these options is there; what is sold expires as soon as its slot ends."""
        options = ("--time-zone", self.zone, "--expire-after", "0", *options)
        with cinema.server(self.endpoint, TABLE, *options) as self.url:
            yield

    def schedule(self, title, genre, capacity, start=timedelta(days=2), length=timedelta(hours=2), **seats):
        start += datetime.now(timezone.utc)
        slot = {"slotName": title, "genre": genre, "slotType": "Movie", **(seats or {"capacity": capacity})}
        times = {"startTime": start.isoformat(), "endTime": (start + length).isoformat()}
        made = cinema.ask(f"{self.url}/v1/slots", slot | times, self.admin)["slotId"]
        self.genres[made] = genre
        return made

    def seated(self, title, genre, blocked):
        """Schedules a slot in a new auditorium of 12 seats, some of them blocked. Returns the slot and the block."""
        plan = {"name": "Studio", "legend": {".": "standard"}, "rows": [{"row": "A", "places": "." * 12}]}
        auditorium = cinema.ask(f"{self.url}/v1/auditoriums", plan, self.admin)["auditoriumId"]
        slot = self.schedule(title, genre, None, auditoriumId=auditorium)
        block = {"seats": blocked, "reason": "House seats"}
        self.blocked[slot] = len(blocked)
        return slot, cinema.ask(f"{self.url}/v1/slots/{slot}/blocks", block, self.box_office)["blockId"]

    def priced(self, title, genre, **when):
        """Schedules a slot with prices in an auditorium of two zones, in which some places are for wheelchairs. Both are made the
        first time."""
        if not self.lounge:
            plan = {"name": "Lounge", "legend": LEGEND, "rows": ROWS}
            self.lounge = cinema.ask(f"{self.url}/v1/auditoriums", plan, self.admin)["auditoriumId"]
            listed = {"name": "Evening", "currency": "EUR", "taxRate": 700, "prices": PRICES}
            self.prices = cinema.ask(f"{self.url}/v1/price-lists", listed, self.admin)["priceListId"]
            promotion = {"promotionCode": "THIRD-OFF", "percent": 33}
            cinema.ask(f"{self.url}/v1/promotions", promotion, self.admin)
        return self.schedule(title, genre, None, auditoriumId=self.lounge, priceListId=self.prices, **when)

    def book(self, slot, count, block=None):
        wish = {"slotId": slot, "numTickets": count} | ({"blockId": block} if block else {})
        self.blocked[slot] -= count if block else 0
        return self._booked(wish, self.box_office if block else None)

    def sell(self, slot, seats, types, **more):
        """Sells seats at the till."""
        return self._booked({"slotId": slot, "seats": seats, "ticketTypes": types, **more}, self.box_office)

    def _booked(self, wish, key):
        number = len(self.people) + 1
        person = {"userName": f"Ottokar Vandermeulen-{number}", "userPhoneNumber": f"0170555{number:04}"}
        booking = cinema.ask(f"{self.url}/v1/bookings", wish | person, key)
        slot, count = wish["slotId"], len(booking["tickets"])
        self.people.append({**person, "userId": booking["userId"], "bookingId": booking["bookingId"]})
        self.bookings.append((slot, datetime.fromisoformat(booking["bookedAt"]), count))
        self.made[self.genres[slot]] += count
        return [ticket["ticketId"] for ticket in booking["tickets"]]

    def cancel(self, *tickets):
        for ticket in tickets:
            canceled = cinema.ask(f"{self.url}/v1/tickets/{ticket}/cancel", {})
            self.canceled[self.genres[canceled["ticketSlotId"]]] += 1

    def move(self, ticket, slot, **seats):
        moved = cinema.ask(f"{self.url}/v1/tickets/{ticket}/move", {"slotId": slot, **seats})
        self.made[self.genres[slot]] += 1
        return moved["newTicket"]["ticketId"]

    def sweep(self, what):
        """Expires or archives all that is due; how many tickets."""
        changed, complete = 0, False
        while not complete:
            swept = cinema.ask(f"{self.url}/v1/{what}", {}, self.admin)
            changed, complete = changed + swept["changedTickets"], swept["complete"]
        return changed

    def slots(self):
        """Returns all slots, also those that have ended."""
        return list(cinema.pages(f"{self.url}/v1/slots", "slots", query="&from=2000-01-01T00:00:00Z"))

    def totals(self, slot):
        """What a slot was sold for, by ticket type and zone."""
        return cinema.ask(f"{self.url}/v1/slots/{slot}/totals", key=self.admin)["byTypeAndZone"]

    def tickets(self, slot):
        return list(cinema.pages(f"{self.url}/v1/slots/{slot}/tickets", "tickets", self.box_office))


def play(endpoint, zone):
    """The evening: tickets come to every state that there is, some by way of two others."""
    evening = Evening(endpoint, zone)
    soon = {"start": timedelta(seconds=2), "length": timedelta(seconds=1)}
    with evening.served("--archive-after", "0"):
        drama = evening.schedule("The \"Ash\" # 7, or O'Hara's Größe", "Drama", 600)
        horror = evening.schedule("Nosferatu", "Horror", 30)
        trailer = evening.schedule("Trailers", "Action", 15, **soon)
        evening.book(trailer, 4)
        old = evening.book(drama, 3)
        evening.cancel(old[0])
        evening.move(old[1], horror)
        early = evening.priced("Early Bird", "Crime", **soon)
        gone = evening.sell(early, ["A1", "A2", "C5"], ["adult", "child under 12", "adult"], paymentMethod="cash")
        evening.cancel(gone[1])
        sleep(3.5)
        assert evening.sweep("expirations") == 6
        assert evening.sweep("archivals") == 9
    with evening.served():
        quiet = evening.schedule("Second Night", "Drama", 20)
        comedy = evening.schedule("Late Laugh", "Comedy", 10)
        trailer = evening.schedule("More Trailers", "Action", 15, **soon)
        evening.schedule("For Nobody", "Animation", 50)
        evening.cancel(evening.book(trailer, 3)[1])
        evening.book(comedy, 10)
        evening.book(quiet, 1)
        evening.cancel(*evening.book(horror, 2))
        many = evening.book(drama, 10)
        evening.cancel(many[0], many[8], many[9])
        evening.move(evening.move(many[3], horror), quiet)
        evening.cancel(evening.move(many[4], quiet))
        studio, house = evening.seated("Behind the Rope", "Drama", ["A1", "A2", "A3", "A4", "A5"])
        evening.book(studio, 2, house)
        evening.cancel(evening.book(studio, 3)[0])
        sells_for_prices(evening)
        sleep(3.5)
        assert evening.sweep("expirations") == 2
        evening.told = {slot["slotId"]: (slot, evening.tickets(slot["slotId"])) for slot in evening.slots()}
        evening.sums = {slot: evening.totals(slot) for slot, (told, _) in evening.told.items() if "priceListId" in told}
    return evening


def sells_for_prices(evening):
    """By every kind of seat, with a discount and without, canceled early and too late, and moved."""
    first, second = evening.priced("Diva", "Crime"), evening.priced("Subway", "Thriller", start=timedelta(days=3))
    party = ["C1", "C2", "C3", "A4"]
    evening.sell(first, party, ["adult", "adult", "child under 12", "adult"], paymentMethod="terminal", accessible=1)
    half = evening.sell(first, ["E5", "E6"], ["adult", "adult"], paymentMethod="cash", promotionCode="THIRD-OFF")
    evening.cancel(half[0])
    evening.sell(first, ["D1", "D2"], ["adult", "adult"], paymentMethod="cash", accessible=1)
    moved = evening.sell(first, ["B8", "B7"], ["adult", "child under 12"], paymentMethod="cash")
    evening.move(moved[0], second, seats=["A1"])
    late = evening.priced("The Big Blue", "Drama", start=timedelta(minutes=30))
    evening.cancel(evening.sell(late, ["E1"], ["adult"], paymentMethod="cash")[0])
