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
    assert found == told


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
