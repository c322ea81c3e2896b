"""The routes of the legacy interface, whose names and shapes stay as they are, by HTTP."""

from journey import JOHN, moment


def schedule(journey, name, start):
    slot = {"slotName": name, "slotType": "Movie", "genre": "Adventure", "startTime": start, "capacity": 6}
    return journey.admin.post("/scheduleMovie", {**slot, "endTime": moment(5 * 86400 + 7200)})


def play(journey):
    start = moment(5 * 86400)
    slots = [schedule(journey, name, start) for name in ("Jumanji", "Zathura")]
    everything = journey.anyone.post("/getAllMovieSlots")
    assert {slot["slotId"] for slot in slots} <= {slot["slotId"] for slot in everything}
    of_genre = journey.anyone.post("/getAllMovieSlotsByGenre", {"genre": "Adventure"})
    assert {slot["slotName"] for slot in of_genre} == {"Jumanji", "Zathura"}
    order = {**JOHN, "movieName": "Jumanji", "movieStartTime": start, "numTickets": "2"}
    first, second = journey.anyone.post("/bookTicket", order)
    moved = {"ticketId": second["ticketId"], "newMovie": "Zathura", "newStartTime": start}
    old, new = journey.anyone.post("/updateMovieSlotForTicket", moved)
    assert {old["ticketSlotId"], new["ticketSlotId"]} == {slot["slotId"] for slot in slots}
    canceled = journey.anyone.post("/cancelTicket", {"ticketId": first["ticketId"]})
    assert canceled["ticketStatus"] == "Canceled"
    booked = journey.office.post("/getAllTicketsForMovieSlot", {"movieName": "Zathura", "movieStartTime": start})
    assert [ticket["ticketStatus"] for ticket in booked] == ["Booked"]
    user = journey.anyone.post("/getUserDetailsByTicketId", {"ticketId": booked[0]["ticketId"]})
    assert user["userName"] == JOHN["userName"]
    assert journey.scheduler.post("/expireTickets")["complete"] is True
