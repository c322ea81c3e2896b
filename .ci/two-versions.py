"""Two versions of the program share a table, as in a rolling update; then the table is upgraded.

usage: two-versions.py OLDER NEWER ENGINE LAYOUT-OF-OLDER LAYOUT-OF-NEWER

Checks that each reads, moves and cancels what the other booked, that a change repeated at the other is not done again, that
seats add up, that slots in auditoriums do not exist for an older one that knows none, and that after the upgrade the older one stops using the table exactly if the new layout excludes it.
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile
import uuid

from servers import Server, answers, call, free_port, until

SEATS = 60
# An excluded server notices within 10 s by itself, and at once at a readiness check.
NOTICED = 20


def layout(text):
    return {name: int(number) for name, number in re.findall(r"(\w+): (\d+)", text)}


class Cinema:
    """Two servers and the slots that each scheduled."""

    def __init__(self, servers, admin, office):
        self.servers, self.office = servers, office
        self.slots = [self.schedule(server, number, admin) for number, server in enumerate(servers)]
        # Every booked ticket, with the status that it must have.
        self.tickets = {}
        self.users = set()

    def schedule(self, server, number, admin):
        slot = {"slotName": f"Showing {number}", "startTime": f"2100-11-0{number + 1} 12:22", "genre": "Action",
                "endTime": f"2100-11-0{number + 1} 15:22", "slotType": "Movie", "capacity": SEATS}
        status, slot = call(server.address, "POST", "/v1/slots", slot, admin)
        assert status == 201, slot
        return slot["slotId"]

    def twice(self, first, second, path, body, expected):
        """Asks one server, and repeats the request at the other: both answer the same."""
        key = {"Idempotency-Key": str(uuid.uuid4())}
        made = call(first.address, "POST", path, body, key)
        assert made[0] == expected, made
        repeated = call(second.address, "POST", path, body, key)
        assert repeated[0] == expected, repeated
        assert bare(repeated[1]) == bare(made[1]), (made, repeated)
        return made[1]

    def book(self, first, second, slot, name):
        body = {"userName": name, "userPhoneNumber": "4917655501234", "numTickets": 4, "slotId": slot}
        booking = self.twice(first, second, "/v1/bookings", body, 201)
        self.users.add(booking["userId"])
        tickets = [ticket["ticketId"] for ticket in booking["tickets"]]
        self.tickets.update({ticket: "booked" for ticket in tickets})
        return tickets

    def move(self, first, second, ticket, slot):
        moved = self.twice(first, second, f"/v1/tickets/{ticket}/move", {"slotId": slot}, 201)
        self.tickets[ticket] = "canceled"
        new = moved["newTicket"]["ticketId"]
        self.tickets[new] = "booked"
        return new

    def cancel(self, first, second, ticket):
        self.twice(first, second, f"/v1/tickets/{ticket}/cancel", {}, 200)
        self.tickets[ticket] = "canceled"

    def evening(self, first, second, name):
        """One server books and the other goes on with the tickets."""
        here, there = self.slots
        tickets = self.book(first, second, here, name)
        moved = self.move(second, first, tickets[0], there)
        self.cancel(second, first, tickets[1])
        self.cancel(first, second, moved)
        self.move(first, second, tickets[2], there)
        self.book(second, first, there, name)

    def seated(self, older, newer, admin):
        """The newer server sells seats. If the older one knows no auditoriums, the slot does not exist for it."""
        if call(older.address, "GET", "/v1/auditoriums")[0] != 404:
            return False
        plan = {"name": "Hall", "legend": {".": "standard"}, "rows": [{"row": "A", "places": "." * 12}]}
        auditorium = call(newer.address, "POST", "/v1/auditoriums", plan, admin)[1]["auditoriumId"]
        slot = {"slotName": "Seated", "startTime": "2100-11-05 12:22", "endTime": "2100-11-05 15:22", "slotType": "Movie",
                "genre": "Action", "auditoriumId": auditorium}
        slot = call(newer.address, "POST", "/v1/slots", slot, admin)[1]["slotId"]
        block = {"seats": ["A11", "A12"], "reason": "House seats"}
        assert call(newer.address, "POST", f"/v1/slots/{slot}/blocks", block, self.office)[0] == 201
        person = {"userName": "Sam Seated", "userPhoneNumber": "4917655501299"}
        status, booking = call(newer.address, "POST", "/v1/bookings", {**person, "slotId": slot, "seats": ["A1", "A2"]})
        assert status == 201, booking
        ticket, there = booking["tickets"][0]["ticketId"], {"numTickets": 1, **person}
        by_name = {**there, "movieName": "Seated", "movieStartTime": "2100-11-05 12:22"}
        unknown = [
            ("GET", f"/v1/slots/{slot}"), ("POST", "/v1/bookings", {**there, "slotId": slot}), ("POST", "/v1/bookings", by_name),
            ("GET", f"/v1/bookings/{booking['bookingId']}"), ("GET", f"/v1/tickets/{ticket}"),
            ("POST", f"/v1/tickets/{ticket}/cancel", {}), ("POST", f"/v1/tickets/{ticket}/move", {"slotId": self.slots[0]}),
            ("POST", f"/v1/tickets/{next(iter(self.tickets))}/move", {"slotId": slot}),
        ]
        for request in unknown:
            status, answer = call(older.address, *request)
            assert status == 404, (request, status, answer)
        listed = call(older.address, "GET", "/v1/slots?limit=100")[1]["slots"]
        assert {one["slotId"] for one in listed} == set(self.slots), listed
        status, answer = call(older.address, "GET", f"/v1/users/{booking['userId']}/tickets", headers=self.office)
        assert status == 404, answer
        found = call(newer.address, "GET", f"/v1/slots/{slot}")[1]
        assert found["availTickets"] == 8, found
        assert len(self.listed(newer, f"/v1/users/{booking['userId']}/tickets")) == 2
        return True

    def agree(self, servers):
        """All servers tell the same of every ticket, slot and user, and seats add up."""
        for server in servers:
            for ticket, status in self.tickets.items():
                code, found = call(server.address, "GET", f"/v1/tickets/{ticket}")
                assert (code, found["ticketStatus"].lower()) == (200, status), (ticket, status, found)
            listed = set()
            for slot in self.slots:
                held = self.listed(server, f"/v1/slots/{slot}/tickets")
                booked = [ticket for ticket in held if self.tickets[ticket] == "booked"]
                available = call(server.address, "GET", f"/v1/slots/{slot}")[1]["availTickets"]
                assert available == SEATS - len(booked), (available, len(booked))
                listed |= set(held)
            assert listed == set(self.tickets), listed ^ set(self.tickets)
            of_users = [ticket for user in self.users for ticket in self.listed(server, f"/v1/users/{user}/tickets")]
            assert sorted(of_users) == sorted(self.tickets), "the lists of the users are not all tickets"

    def listed(self, server, path):
        status, page = call(server.address, "GET", f"{path}?limit=100", headers=self.office)
        assert status == 200 and "nextCursor" not in page, page
        return [ticket["ticketId"] for ticket in page["tickets"]]


def bare(answer):
    """The identifiers and statuses of an answer: a new version may tell more."""
    if isinstance(answer, dict):
        kept = {key: bare(value) for key, value in answer.items()}
        return {key: value for key, value in kept.items() if key.endswith(("Id", "Status")) or isinstance(value, (dict, list))}
    return [bare(one) for one in answer] if isinstance(answer, list) else answer


def play(programs, engine, layouts, folder, started):
    ports = [free_port() for _ in range(3)]
    started.append(subprocess.Popen([engine, f"127.0.0.1:{ports[0]}"], stdout=subprocess.DEVNULL))
    os.environ.update(AWS_ENDPOINT_URL=f"http://127.0.0.1:{ports[0]}", AWS_REGION="eu-central-1",
                      AWS_ACCESS_KEY_ID="local", AWS_SECRET_ACCESS_KEY="local")
    until(lambda: answers_at_all(ports[0]), "the start of the engine")

    def run(program, *words):
        return subprocess.run([program, *words], check=True, capture_output=True, text=True).stdout.strip()

    old_program, new_program = programs
    output = run(old_program, "table", "create", "cinema")
    assert re.search(rf"layout version +{layouts[0]['version']}\n", output), f"that is not the older program: {output}"
    assert run(old_program, "--version") != run(new_program, "--version"), "that is one program twice"
    key = lambda role: {"Authorization": "Bearer " + run(
        old_program, "key", "new", "--role", role, "--store", "dynamodb:cinema")}
    admin, office = key("admin"), key("box_office")
    servers = []
    for program, name, port in zip(programs, ("older", "newer"), ports[1:]):
        servers.append(Server(program, folder, name, port))
        started.append(servers[-1].process)
    older, newer = servers

    cinema = Cinema(servers, admin, office)
    cinema.evening(older, newer, "Olga Older")
    cinema.evening(newer, older, "Nora Newer")
    cinema.agree(servers)
    print("both versions read, moved and canceled what the other booked")
    if cinema.seated(older, newer, admin):
        cinema.agree([older])
        print("a slot in an auditorium does not exist for the older one")

    prices = {"name": "Weekday", "currency": "EUR", "taxRate": 700, "prices": [{"ticketType": "adult", "amount": 1100}]}
    # To a program of layout 1 a slot with prices is free.
    if layouts[0]["version"] < 2:
        status, refused = call(newer.address, "POST", "/v1/price-lists", prices, admin)
        assert (status, refused["code"]) == (409, "layout_too_old"), refused
        print("there are no prices before the upgrade")

    output = run(new_program, "table", "upgrade", "cinema")
    upgraded = f"upgraded from layout {layouts[0]['version']} to {layouts[1]['version']}"
    assert output.startswith(upgraded) or layouts[0]["version"] == layouts[1]["version"], output
    print(output.splitlines()[0])
    excluded = layouts[1]["oldest_reader"] > layouts[0]["version"]
    if excluded:
        until(lambda: not answers(older.address, "/health/ready"), "noticing that it is excluded", NOTICED)
        body = {"userName": "Too Late", "userPhoneNumber": "4917655501234", "numTickets": 1, "slotId": cinema.slots[0]}
        status, refused = call(older.address, "POST", "/v1/bookings", body)
        assert status == 500, refused
        assert "update this server" in older.log.read_text(), older.log.read_text()
        again = subprocess.run([old_program, "table", "describe", "cinema"], capture_output=True, text=True)
        assert again.returncode == 2 and "use a newer version" in again.stderr, again
    # Restarts the newer server, so that it has seen the upgrade.
    newer.restart()
    started.append(newer.process)
    status, added = call(newer.address, "POST", "/v1/price-lists", prices, admin)
    assert status == 201, added
    goes_on = [newer, newer] if excluded else [newer, older]
    assert answers(goes_on[1].address, "/health/ready")
    booked = [ticket for ticket, status in cinema.tickets.items() if status == "booked"]
    assert len(booked) >= 4, "some tickets of before are still to be used"
    for ticket in booked[::2]:
        cinema.cancel(*goes_on, ticket)
    cinema.evening(*goes_on, "Ulla Upgraded")
    cinema.agree(set(goes_on))
    print("after the upgrade the older one " + ("stopped using the table" if excluded else "goes on")
          + ", and the newer one goes on with all tickets")


def answers_at_all(port):
    try:
        call(f"127.0.0.1:{port}", "GET", "/")
        return True
    except OSError:
        return False


def main(older, newer, engine, *layouts):
    started = []
    with tempfile.TemporaryDirectory() as folder:
        try:
            play((older, newer), engine, [layout(text) for text in layouts], pathlib.Path(folder), started)
        except BaseException:
            for log in pathlib.Path(folder).glob("*.log"):
                print(f"--- {log.name}\n{log.read_text()}", file=sys.stderr)
            raise
        finally:
            for process in started:
                process.kill()


if __name__ == "__main__":
    main(*sys.argv[1:])
