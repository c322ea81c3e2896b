"""Sales without seats and prices, by HTTP, with what comes of them; `journeys` has the rest of the operations."""

import time
from datetime import datetime, timedelta, timezone

from cinema import Client, until

JOHN = {"userName": "John", "userPhoneNumber": "9653864514"}
SHARDED = 1200
"""So many seats that they are kept in several items."""


def moment(seconds):
    at = datetime.now(timezone.utc).replace(microsecond=0) + timedelta(seconds=seconds)
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


class Journey:
    def __init__(self, url, keys):
        """Keys by role."""
        self.requests = []
        """Every request: its method, its path and the status of its answer."""
        self.anyone = Client(url, None, self.requests)
        self.admin = Client(url, keys["admin"], self.requests)
        self.office = Client(url, keys["box_office"], self.requests)
        self.scheduler = Client(url, keys["scheduler"], self.requests)

    def schedule(self, name, capacity, start=86400, lasts=7200, times=None):
        """A slot from so many seconds from now on, or at the times of another."""
        times = times or {"startTime": moment(start), "endTime": moment(start + lasts)}
        times = {key: times[key] for key in ("startTime", "endTime")}
        slot = {"slotName": name, **times, "slotType": "Movie", "genre": "Action", "capacity": capacity}
        made = self.admin.post("/v1/slots", slot, 201)
        assert (made["slotName"], made["availTickets"]) == (name, capacity)
        return made

    def book(self, slot, count, status=201, once=None, **target):
        target = target or {"slotId": slot["slotId"]}
        booking = self.anyone.post("/v1/bookings", {**JOHN, "numTickets": count, **target}, status, once)
        if status == 201:
            assert [ticket["ticketStatus"] for ticket in booking["tickets"]] == ["Booked"] * count
        return booking

    def left(self, slot):
        return self.anyone.get(f"/v1/slots/{slot['slotId']}")["availTickets"]

    def status(self, ticket):
        return self.anyone.get(f"/v1/tickets/{ticket['ticketId']}")["ticketStatus"]

    def play(self):
        self.answers_when_ready()
        # Booked at once and looked at again when it is over.
        brief = self.schedule("Brief", 5, start=3, lasts=1)
        expiring = self.book(brief, 1)["tickets"][0]
        self.lists_what_is_scheduled()
        small = self.sells_out()
        self.books_by_name_among_several_slots()
        booking = self.shows_bookings_and_tickets(small)
        self.moves_and_cancels(booking, small)
        self.expires_and_archives(expiring)

    def answers_when_ready(self):
        for path in ("/health/live", "/health/ready"):
            assert self.anyone.get(path)["status"] == "ok"

    def lists_what_is_scheduled(self):
        large = self.schedule("Large", SHARDED)
        other = self.schedule("Other", 7)
        wanted = {slot["slotId"]: slot["capacity"] for slot in (large, other)}
        for query in ("genre=Action", "slotType=Movie", f"from={moment(3600)}"):
            page = self.anyone.get(f"/v1/slots?{query}")["slots"]
            assert wanted.items() <= {slot["slotId"]: slot["availTickets"] for slot in page}.items()
        (found,) = self.anyone.get("/v1/slots?slotName=Large")["slots"]
        assert found["slotId"] == large["slotId"]
        assert self.anyone.get("/v1/slots?genre=Romance")["slots"] == []
        self.book(large, 10)
        assert self.left(large) == SHARDED - 10

    def sells_out(self):
        small = self.schedule("Small", 3)
        first = self.book(small, 2, once="first-of-small")
        assert self.book(small, 2, once="first-of-small") == first, "the same booking, not another"
        assert self.left(small) == 1
        assert self.book(small, 2, 409)["code"] == "sold_out"
        self.book(small, 1)
        assert self.book(small, 1, 409)["code"] == "sold_out"
        return small

    def books_by_name_among_several_slots(self):
        tight = self.schedule("Twice", 1)
        roomy = self.schedule("Twice", 4, times=tight)
        booking = self.book(None, 3, movieName="Twice", movieStartTime=tight["startTime"])
        assert booking["tickets"][0]["ticketSlotId"] == roomy["slotId"]

    def shows_bookings_and_tickets(self, small):
        tickets = self.office.get(f"/v1/slots/{small['slotId']}/tickets")["tickets"]
        assert len(tickets) == 3
        roomy = self.schedule("Roomy", 9)
        booking = self.book(roomy, 4)
        assert self.anyone.get(f"/v1/bookings/{booking['bookingId']}") == booking
        ticket = booking["tickets"][0]
        assert self.anyone.get(f"/v1/tickets/{ticket['ticketId']}") == ticket
        user = self.anyone.get(f"/v1/tickets/{ticket['ticketId']}/user")
        assert (user["userName"], user["phoneNumber"]) == (JOHN["userName"], JOHN["userPhoneNumber"])
        his = self.office.get(f"/v1/users/{user['userId']}/tickets?limit=100")["tickets"]
        assert {ticket["ticketId"] for ticket in (*tickets, *booking["tickets"])} <= {one["ticketId"] for one in his}
        code = self.anyone.get(f"/v1/tickets/{ticket['ticketId']}/code")["ticketCode"]
        verified = self.office.post("/v1/codes/verify", {"ticketCode": code})
        assert verified == {"codeState": "booked", "signatureValid": True, "ticket": ticket}
        return booking

    def moves_and_cancels(self, booking, full):
        target = self.schedule("Target", 5)
        to = {"slotId": target["slotId"]}
        paths = [f"/v1/tickets/{ticket['ticketId']}" for ticket in booking["tickets"]]
        moved = self.anyone.post(f"{paths[0]}/move", to, 201)
        replaced = {**moved["oldTicket"], "currentTicketId": moved["newTicket"]["ticketId"]}
        assert self.anyone.get(paths[0]) == replaced
        assert (self.status(moved["oldTicket"]), self.status(moved["newTicket"])) == ("Canceled", "Booked")
        keyed = self.anyone.post(f"{paths[1]}/move", to, 201, once="second-moves")
        assert self.anyone.post(f"{paths[1]}/move", to, 201, once="second-moves") == keyed
        refused = self.anyone.post(f"{paths[2]}/move", {"slotId": full["slotId"]}, 409)
        assert refused["code"] == "sold_out"
        by_name = {"newMovie": "Target", "newStartTime": target["startTime"]}
        self.anyone.post(f"{paths[2]}/move", by_name, 201)
        assert self.left(target) == 2
        canceled = self.anyone.post(f"{paths[3]}/cancel", once="fourth-cancels")
        assert canceled["ticketStatus"] == "Canceled"
        assert self.anyone.post(f"{paths[3]}/cancel", once="fourth-cancels") == canceled
        gone = self.anyone.post(f"/v1/tickets/{moved['newTicket']['ticketId']}/cancel")
        assert (gone["ticketStatus"], self.left(target)) == ("Canceled", 3)
        # Three were moved away and two canceled; the archive takes all at once where it waits for no day.
        assert self.scheduler.post("/v1/archivals") == {"changedTickets": 5, "complete": True}
        assert {self.anyone.get(path)["ticketStatus"] for path in paths} == {"Archived"}

    def expires_and_archives(self, ticket):
        end = datetime.fromisoformat(ticket["endTime"])
        until(lambda: datetime.now(timezone.utc) > end, "the end of a showing")
        time.sleep(0.1)
        assert self.admin.post("/v1/expirations") == {"changedTickets": 1, "complete": True}
        assert self.status(ticket) == "Expired"
        assert self.scheduler.post("/v1/archivals")["changedTickets"] == 1
        assert self.status(ticket) == "Archived"
        erased = self.admin.post("/v1/erasures", JOHN)
        assert erased["complete"] and erased["erasedBookings"] > 0
        assert self.anyone.get(f"/v1/tickets/{ticket['ticketId']}/user")["userName"] == "erased"
