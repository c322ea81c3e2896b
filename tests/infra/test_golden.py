"""The facts that the export's queries make of the golden items, which are what the store writes (tests/golden)."""

import json
from datetime import datetime, timezone
from zoneinfo import ZoneInfo

import pytest
from cinema import ROOT
from lake import Lake
from machine import night

ZONE = "Pacific/Auckland"


def golden(name):
    return json.loads((ROOT / "tests/golden" / f"{name}.json").read_text())


@pytest.fixture(scope="module")
def lake(tmp_path_factory):
    """The lake after a night on the golden items."""
    stacks = night("golden", ZONE)
    lake = Lake.of(stacks, tmp_path_factory.mktemp("lake"))
    lake.pass_a_night(stacks[1].one("AWS::StepFunctions::StateMachine")["Definition"], golden("items"))
    return lake


def local(millis):
    return datetime.fromtimestamp(millis / 1000, timezone.utc).astimezone(ZoneInfo(ZONE)).replace(tzinfo=None)


def counts(booking):
    """The facts of a booking, counted on its tickets."""
    tickets = booking["tickets"]
    stayed = [ticket["status"] for ticket in tickets if "movedTo" not in ticket]
    moved_in = sum("movedFrom" in ticket for ticket in tickets)
    return {
        "bookings": int(not moved_in),
        "tickets": len(tickets),
        "booked": stayed.count("Booked"),
        "canceled": stayed.count("Canceled"),
        "moved_out": len(tickets) - len(stayed),
        "expired": stayed.count("Expired"),
        "archived": stayed.count("Archived"),
        "moved_in": moved_in,
    }


def test_golden_slots_become_their_facts(lake):
    found = {row.pop("slot"): row for row in lake.query("SELECT * EXCLUDE (snapshot) FROM slots")}
    times = ("starts", "ends")
    told = {slot.pop("slot"): slot | {time: local(slot[time]) for time in times} for slot in golden("slots")}
    for item in golden("items"):
        if item["sk"]["S"] == "META":
            told[item["slot"]["S"]]["auditorium"] = item.get("auditorium", {}).get("S")
    assert found == told
    assert {slot["auditorium"] is None for slot in told.values()} == {True, False}


def test_golden_seats_have_the_zones_of_their_plan_and_what_became_of_their_tickets(lake):
    rows = lake.query("SELECT * EXCLUDE (snapshot) FROM seats")
    found = {(row["slot"], row["seat"]): row for row in rows}
    assert len(found) == len(rows)
    # The hall of the story: an aisle in each row, a lounge at the end of the last, in which places are by twos.
    lounge, accessible = {"C8", "C10", "C12", "C14"}, {"C2": "wheelchair", "C4": "companion"}
    labels = {f"{row}{number}" for row in "AB" for number in range(1, 9)} - {"B1"} | {"B9", "C6", *lounge, *accessible}
    slots = {slot for slot, _ in found}
    assert len(slots) == 2 and found.keys() == {(slot, seat) for slot in slots for seat in labels}
    counted = dict.fromkeys(found, (0, 0, 0))
    for booking in golden("bookings"):
        for ticket in booking["tickets"]:
            if "seat" in ticket and "movedTo" not in ticket:
                became = {"Booked": (1, 0, 0), "Canceled": (0, 1, 0)}[ticket["status"]]
                key = booking["slot"], ticket["seat"]
                counted[key] = tuple(map(sum, zip(counted[key], became)))
    assert {(1, 0, 0), (0, 1, 0)} <= set(counted.values())
    for (slot, seat), row in found.items():
        assert row["zone"] == ("lounge" if seat in lounge else "standard"), seat
        assert row["kind"] == accessible.get(seat, "standard"), seat
        assert (row["sold"], row["canceled"], row["archived"]) == counted[slot, seat], seat


def test_nothing_was_sold_for_a_price_in_the_golden_story(lake):
    assert lake.query("SELECT * FROM sales") == []


def test_golden_bookings_are_counted_by_their_tickets(lake):
    expected = {}
    for booking in golden("bookings"):
        of_day = expected.setdefault((booking["slot"], local(booking["made"]).date()), {})
        for name, count in counts(booking).items():
            of_day[name] = of_day.get(name, 0) + count
    rows = lake.query("SELECT * EXCLUDE (snapshot) FROM bookings")
    assert {(row.pop("slot"), row.pop("day")): row for row in rows} == expected
    met = {name for day in expected.values() for name, count in day.items() if count}
    assert len(met) == 8, f"the golden bookings should have every kind of ticket, and have {met}"
