"""Auditoriums and their seats, by HTTP: what comes of every operation on them."""

import json

from cinema import until
from journey import JOHN, moment

LEGEND = {".": "standard", "L": "lounge", "w": "wheelchair", "c": "companion"}
ROWS = [
    {"row": "A", "places": "....._....."},
    {"row": "B", "places": "....._LLLLL"},
    {"row": "C", "from": 2, "step": 2, "places": "wc..._....."},
]


def hall(journey, name, rows=ROWS):
    plan = {"name": name, "legend": LEGEND, "rows": rows}
    return journey.admin.post("/v1/auditoriums", plan, 201)


def schedule(journey, name, auditorium, **more):
    times = {"startTime": moment(2 * 86400), "endTime": moment(2 * 86400 + 7200)}
    slot = {"slotName": name, "slotType": "Concert", "genre": "Drama", "auditoriumId": auditorium["auditoriumId"]}
    return journey.admin.post("/v1/slots", {**slot, **times, **more}, 201)


def of(slot, rest=""):
    return f"/v1/slots/{slot['slotId']}{rest}"


def book(client, slot, **wish):
    return client.post("/v1/bookings", {**JOHN, "slotId": slot["slotId"], **wish}, 201)


def seats(booking):
    return [ticket["seat"] for ticket in booking["tickets"]]


def play(journey):
    keeps_auditoriums(journey)
    hall_1, hall_2 = hall(journey, "Hall 1"), hall(journey, "Hall 2", ROWS[:1])
    slot = schedule(journey, "Metropolis", hall_1)
    shows_and_watches_seats(journey, slot)
    blocks_seats(journey, slot)
    corrects_closes_and_reopens(journey, slot)
    moves_and_cancels_bookings(journey, slot)
    moves_to_another_auditorium(journey, slot, hall_2)


def keeps_auditoriums(journey):
    studio = hall(journey, "Studio", ROWS[1:2])
    path = f"/v1/auditoriums/{studio['auditoriumId']}"
    assert (studio["capacity"], set(studio["zones"]), studio["planVersion"]) == (10, {"lounge", "standard"}, 1)
    wider = {"legend": LEGEND, "rows": ROWS[1:2] + [{"row": "D", "places": "...."}]}
    replaced = journey.admin.expected(200, "PUT", f"{path}/plan", wider)
    assert (replaced["capacity"], replaced["planVersion"]) == (14, 2)
    assert journey.anyone.get(path) == replaced
    assert replaced in journey.anyone.get("/v1/auditoriums")["auditoriums"]
    assert [row["row"] for row in journey.anyone.get(f"{path}/plan?version=1")["rows"]] == ["B"]
    assert journey.anyone.get(f"{path}/plan")["capacity"] == 14
    quartet = schedule(journey, "Quartet", studio)
    (showing,) = journey.anyone.get(f"{path}/timetable")["showings"]
    assert (showing["slotId"], showing["startTime"]) == (quartet["slotId"], quartet["startTime"])


def shows_and_watches_seats(journey, slot):
    booking = book(journey.anyone, slot, seats=["C14", "C12"])
    assert seats(booking) == ["C14", "C12"]
    shown = journey.anyone.get(of(slot, "/seats"))
    assert {row["row"]: row["availability"].count("x") for row in shown["rows"]} == {"A": 0, "B": 0, "C": 2}
    with journey.anyone.opened("GET", of(slot, "/seats/live")) as stream:
        first = next(line for line in stream if line.startswith(b"data:"))
    assert json.loads(first.removeprefix(b"data:")) == shown
    assert journey.anyone.get(of(slot))["availTickets"] == 28


def blocks_seats(journey, slot):
    wish = {"seats": ["B9", "B8"], "reason": "House seats"}
    block = journey.office.post(of(slot, "/blocks"), wish, 201)
    assert block["seats"] == ["B8", "B9"]
    timed = {"seats": ["A1"], "reason": "Camera", "releasedMinutesBeforeStart": 30}
    other = journey.office.post(of(slot, "/blocks"), timed, 201)
    assert "releasedAt" in other
    assert {one["blockId"] for one in journey.office.get(of(slot, "/blocks"))["blocks"]} == {
        block["blockId"],
        other["blockId"],
    }
    refused = journey.anyone.post("/v1/bookings", {**JOHN, "slotId": slot["slotId"], "seats": ["B9"]}, 409)
    assert refused["code"] == "seats_taken"
    assert seats(book(journey.office, slot, numTickets=1, blockId=block["blockId"]))[0] in ("B8", "B9")
    left = journey.office.expected(200, "DELETE", of(slot, f"/blocks/{other['blockId']}"))
    assert left["seats"] == ["A1"]


def corrects_closes_and_reopens(journey, slot):
    corrected = journey.admin.expected(
        200, "PATCH", of(slot), {"slotDescription": "Restored in 2010", "genre": "Scifi"}
    )
    assert (corrected["slotDescription"], corrected["genre"]) == ("Restored in 2010", "Scifi")
    assert journey.admin.post(of(slot, "/close"))["sales"] == "closed"
    refused = journey.anyone.post("/v1/bookings", {**JOHN, "slotId": slot["slotId"], "numTickets": 1}, 409)
    assert refused["code"] == "sales_closed"
    assert journey.admin.post(of(slot, "/reopen")).get("sales", "open") == "open"


def moves_and_cancels_bookings(journey, slot):
    booking = book(journey.anyone, slot, numTickets=3)
    path = f"/v1/bookings/{booking['bookingId']}"
    first = booking["tickets"][0]["ticketId"]
    canceled = journey.anyone.post(f"{path}/cancel", {"ticketIds": [first]}, once="one-of-three")
    assert [ticket["ticketStatus"] for ticket in canceled["tickets"]] == ["Canceled", "Booked", "Booked"]
    moved = journey.anyone.post(
        f"{path}/move", {"slotId": slot["slotId"], "seats": ["A9", "A10"]}, 201, once="two-of-three"
    )
    assert seats(moved["newBooking"]) == ["A9", "A10"] and len(moved["oldTickets"]) == 2
    assert journey.anyone.get(path)["currentBookingIds"] == [moved["newBooking"]["bookingId"]]


def moves_to_another_auditorium(journey, slot, smaller):
    to = {"auditoriumId": smaller["auditoriumId"]}
    plan = journey.admin.post(of(slot, "/reseat?dryRun=true"), to)
    assert (plan["reseatingState"], plan["movedTickets"]) == ("planned", 5)
    begun = journey.admin.post(of(slot, "/reseat"), to)

    def done():
        now = journey.office.get(of(slot, "/reseating"))
        return now if now["reseatingState"] == "done" else None

    assert until(done, "the move of a showing")["movedTickets"] == 5
    new = {"slotId": begun["newSlotId"]}
    assert journey.anyone.get(of(slot))["sales"] == "moved"
    assert journey.anyone.get(of(new))["availTickets"] == smaller["capacity"] - 5
