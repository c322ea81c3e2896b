"""What the templates' queries make of a table that real servers wrote, compared with what the interface says."""

import json
from collections import Counter
from datetime import datetime, timedelta

import cinema
import pytest
from evening import PRICES, TABLE, play
from lake import Lake, scanned
from machine import START, night

ZONE = "Pacific/Auckland"
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def stacks():
    return night(TABLE, ZONE)


@pytest.fixture(scope="module")
def evening():
    """What was played, with the table's items. What was booked for the sold-out slot is made a day older."""
    with cinema.engine() as endpoint:
        evening = play(endpoint, ZONE)
        evening.items = scanned(endpoint, TABLE)
    (evening.sold_out,) = (slot for slot, (told, _) in evening.told.items() if told["availTickets"] == 0)
    for item in evening.items:
        if item["pk"]["S"].startswith(f"SLOT#{evening.sold_out}#B"):
            item["made"]["N"] = str(int(item["made"]["N"]) - DAY // timedelta(milliseconds=1))
    return evening


@pytest.fixture(scope="module")
def lake(stacks, evening, tmp_path_factory):
    """The lake after a night: the state machine has run, on the export of this evening."""
    lake = Lake.of(stacks, tmp_path_factory.mktemp("lake"))
    lake.database.execute("INSERT INTO items (export_id) VALUES ('of another night')")
    lake.database.execute("INSERT INTO slots (slot, capacity, available, snapshot) VALUES ('S', 9, 1, '2030-02-28-15')")
    lake.database.execute("INSERT INTO bookings (slot, tickets, snapshot) VALUES ('S', 1000, '2030-02-28-15')")
    lake.database.execute("INSERT INTO sales (slot, takings, snapshot) VALUES ('S', 1000, '2030-02-28-15')")
    lake.database.execute("INSERT INTO seats (slot, seat, sold, snapshot) VALUES ('S', 'A1', 1, '2030-02-28-15')")
    lake.pass_a_night(stacks[1].one("AWS::StepFunctions::StateMachine")["Definition"], evening.items)
    return lake


def answers(lake, stacks, name):
    queries = [made["Properties"] for made in stacks[0].of_type("AWS::Athena::NamedQuery").values()]
    (query,) = (query["QueryString"] for query in queries if query["Name"] == name)
    return lake.query(query)


def newest(lake, table):
    return lake.query(f"SELECT * FROM {table} WHERE snapshot = '{START[:10]}-{START[11:13]}'")


def percent(part, whole):
    """With one decimal place, halves rounded up as SQL does."""
    return (2000 * part // whole + 1) // 2 / 10


def local(time):
    return datetime.fromisoformat(time).replace(tzinfo=None)


def test_slots_are_as_the_interface_shows_them(lake, evening):
    found = {slot["slot"]: slot for slot in newest(lake, "slots")}
    assert found.keys() == evening.told.keys()
    for key, (told, _) in evening.told.items():
        slot = found[key]
        assert (slot["title"], slot["genre"], slot["type"]) == (told["slotName"], told["genre"], told["slotType"])
        assert (slot["capacity"], slot["available"]) == (told["capacity"], told["availTickets"])
        assert slot["blocked"] == evening.blocked[key]
        assert slot["auditorium"] == told.get("auditoriumId")
        assert (slot["starts"], slot["ends"]) == (local(told["startTime"]), local(told["endTime"]))


def test_tickets_are_counted_by_what_became_of_them(lake, evening):
    found = {}
    for row in newest(lake, "bookings"):
        for column in ("tickets", "booked", "canceled", "moved_out", "expired", "archived", "moved_in"):
            counts = found.setdefault(row["slot"], {})
            counts[column] = counts.get(column, 0) + row[column]
    met = set()
    for key, (_, tickets) in evening.told.items():
        stayed = [ticket["ticketStatus"] for ticket in tickets if "movedTo" not in ticket]
        expected = {
            "tickets": len(tickets),
            "booked": stayed.count("Booked"),
            "canceled": stayed.count("Canceled"),
            "moved_out": len(tickets) - len(stayed),
            "expired": stayed.count("Expired"),
            "archived": stayed.count("Archived"),
            "moved_in": sum("movedFrom" in ticket for ticket in tickets),
        }
        met |= {column for column, count in expected.items() if count}
        assert found.pop(key, dict.fromkeys(expected, 0)) == expected, key
    assert not found
    assert len(met) == 7, f"the evening should have met every kind, and met {met}"


def test_occupancy_is_what_the_interface_says_is_sold(lake, stacks, evening):
    rows = answers(lake, stacks, "Occupancy of each slot")
    found = {row["slot"]: (row["sold"], row["capacity"], row["percent"]) for row in rows}
    expected = {}
    for key, (told, _) in evening.told.items():
        sold = told["capacity"] - told["availTickets"] - evening.blocked[key]
        expected[key] = (sold, told["capacity"], percent(sold, told["capacity"]))
    assert found == expected
    assert found[evening.sold_out] == (10, 10, 100.0)
    assert [blocked for blocked in evening.blocked.values() if blocked] == [3], "two of five blocked seats were sold"


def test_bookings_a_day_are_those_that_were_made_moves_apart(lake, stacks, evening):
    expected = {}
    for slot, at, tickets in evening.bookings:
        day = (at - DAY if slot == evening.sold_out else at).date()
        bookings, before = expected.get(day, (0, 0))
        expected[day] = (bookings + 1, before + tickets)
    assert len(expected) >= 2
    rows = answers(lake, stacks, "Bookings a day")
    assert {row["day"]: (row["bookings"], row["tickets"]) for row in rows} == expected


def test_cancellations_by_genre_include_archived_ones(lake, stacks, evening):
    found = answers(lake, stacks, "Cancellations by genre")
    expected = {
        genre: (made, evening.canceled[genre], percent(evening.canceled[genre], made))
        for genre, made in evening.made.items()
    }
    assert {row["genre"]: (row["tickets"], row["canceled"], row["percent"]) for row in found} == expected
    assert [row["canceled"] for row in found] == sorted((row["canceled"] for row in found), reverse=True)


def test_sales_are_the_totals_of_the_interface(lake, evening):
    columns = {
        "sold": "soldTickets",
        "canceled": "canceledTickets",
        "takings": "takings",
        "refunded": "refunded",
        "kept": "kept",
    }
    found = {}
    for row in newest(lake, "sales"):
        sums = found.setdefault((row["slot"], row["ticket_type"], row["zone"], row["currency"]), Counter())
        sums.update({column: row[column] for column in columns})
    expected = {
        (slot, line["ticketType"], line["zone"], line["currency"]): {key: line[name] for key, name in columns.items()}
        for slot, lines in evening.sums.items()
        for line in lines
    }
    assert found == expected
    assert len(evening.sums) == 4 and {zone for _, _, zone, _ in expected} == {"standard", "lounge"}
    met = {column for line in expected.values() for column, count in line.items() if count}
    assert met == set(columns), "there should be something of everything"


def test_sales_tell_how_they_were_paid_and_what_a_promotion_took_off(lake, evening):
    rows = newest(lake, "sales")
    paid = Counter()
    for row in rows:
        paid[row["method"]] += row["sold"] + row["canceled"]
    assert paid == {"cash": 10, "terminal": 4}
    of_promotion = [row for row in rows if row["promotion"]]
    assert {row["promotion"] for row in of_promotion} == {"THIRD-OFF"}
    listed = {(price["ticketType"], price.get("zone")): price["amount"] for price in PRICES}
    off = 0
    for ticket in (ticket for _, tickets in evening.told.values() for ticket in tickets if "price" in ticket):
        if "movedTo" not in ticket and ticket["ticketStatus"] in ("Booked", "Expired"):
            of_zone, anywhere = ((ticket["ticketType"], zone) for zone in (ticket["zone"], None))
            off += listed.get(of_zone, listed[anywhere]) - ticket["price"]
    assert sum(row["discount"] for row in of_promotion) == sum(row["discount"] for row in rows) == off > 0


def test_seats_are_sold_as_the_tickets_of_the_interface_say(lake, evening):
    seated = {slot: tickets for slot, (told, tickets) in evening.told.items() if "auditoriumId" in told}
    found = {(row["slot"], row["seat"]): row for row in newest(lake, "seats")}
    for slot in seated:
        assert sum(key[0] == slot for key in found) == evening.told[slot][0]["capacity"]
    assert {slot for slot, _ in found} == set(seated)
    expected, zones = {}, {}
    for slot, tickets in seated.items():
        for ticket in (one for one in tickets if "movedTo" not in one):
            key = (slot, ticket["seat"])
            sold = ticket["ticketStatus"] in ("Booked", "Expired") or became_sold(evening, ticket)
            expected.setdefault(key, Counter())["sold" if sold else "canceled"] += 1
            zones[key] = ticket["zone"]
    assert {key: found[key]["zone"] for key in zones} == zones
    counts = {key: {name: row[name] for name in ("sold", "canceled")} for key, row in found.items()}
    assert {key: Counter(count) - Counter() for key, count in counts.items() if any(count.values())} == expected
    kinds = {(row["seat"], row["kind"]) for row in newest(lake, "seats") if row["kind"] != "standard"}
    assert kinds == {("C1", "wheelchair"), ("C2", "companion"), ("D1", "wheelchair"), ("D2", "companion")}
    assert not any(row["archived"] for row in found.values()), "only free tickets cannot tell what they were"


def became_sold(evening, ticket):
    """Whether an archived ticket was valid at the end: all of the first showing were, but for one."""
    return ticket["ticketStatus"] == "Archived" and ticket["seat"] != "A2"


def test_takings_occupancy_and_use_of_seats_are_answered(lake, stacks, evening):
    takings = answers(lake, stacks, "Takings by ticket type and zone")
    sums = [line for lines in evening.sums.values() for line in lines]
    for name, column in (("takings", "takings"), ("soldTickets", "sold"), ("refunded", "refunded"), ("kept", "kept")):
        assert sum(row[column] for row in takings) == sum(line[name] for line in sums), name
    assert len(takings) == len({(line["ticketType"], line["zone"]) for line in sums})
    zones = answers(lake, stacks, "Occupancy of each zone")
    for slot, (told, _) in evening.told.items():
        of_slot = [row for row in zones if row["slot"] == slot]
        if "auditoriumId" in told:
            assert sum(row["seats"] for row in of_slot) == told["capacity"]
            assert (
                sum(row["sold"] for row in of_slot) == told["capacity"] - told["availTickets"] - evening.blocked[slot]
            )
            assert all(row["percent"] == percent(row["sold"], row["seats"]) for row in of_slot)
        else:
            assert of_slot == []
    uses = {
        row["seat"]: row for row in answers(lake, stacks, "Use of each seat") if row["auditorium"] == evening.lounge
    }
    assert {row["showings"] for row in uses.values()} == {4}
    assert (uses["A1"]["sold"], uses["C3"]["sold"], uses["E1"]["sold"]) == (2, 1, 0)
    assert (uses["A1"]["percent"], uses["C3"]["percent"]) == (50.0, 25.0)


def test_facts_have_no_personal_data_and_no_tickets(lake, evening):
    personal = {value for person in evening.people for value in person.values()}
    tickets = {ticket["ticketId"] for _, tickets in evening.told.values() for ticket in tickets}
    # A ticket is its slot's and its booking's number, its place, and its secret: none of the last three may be told.
    personal |= tickets | {ticket[-16:] for ticket in tickets} | {ticket[15:27] for ticket in tickets}
    items = json.dumps(evening.items, default=bytes.hex)
    assert all(person[key] in items for person in evening.people for key in ("userName", "userPhoneNumber", "userId"))
    facts = json.dumps(
        [lake.query(f"SELECT * FROM {table}") for table in ("slots", "bookings", "sales", "seats")], default=str
    )
    assert all(key in facts for key in evening.told), "the facts are these slots'"
    assert not [value for value in personal if value in facts]
