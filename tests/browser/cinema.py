"""Servers with the data of the demo: on the embedded store, or on a local engine of DynamoDB."""

import http.client
import json
import time
import urllib.parse

from process import TICKETLY, Process, run, start_engine

# What a server may say: that something was done, and that the machine was slow, which does other things too.
USUAL = (" INFO ", " WARN slow ")


class Cinema:
    """A running server, its keys, and its JSON interface, by which tests prepare what they look at."""

    def __init__(self, folder, *options, dynamodb=False):
        self.folder, self.options, self.engine, self.environment = folder, options, None, {}
        self.store = ("--data", str(folder))
        if dynamodb:
            self.start_engine()
        self.port = "0"
        self.start()
        self.keys = {role: self.run("key", "new", "--role", role, *self.store) for role in ("admin", "box_office")}

    def start_engine(self):
        self.engine, self.environment = start_engine()
        self.run("table", "create", "cinema")
        self.store = ("--store", "dynamodb:cinema")

    def start(self):
        command = [TICKETLY, "serve", "--demo", *self.store, "--address", f"127.0.0.1:{self.port}", "--rate-limit", "0",
                   "--cinema-name", "Roxy", "--time-zone", "Europe/Berlin", *self.options]
        self.server = Process(command, self.environment)
        self.url = self.server.line_after("  address      ")
        self.port = self.url.rsplit(":", 1)[1]

    def run(self, *words):
        return run(words, self.environment)

    def stop(self):
        """Stops the server, which has logged nothing unusual."""
        self.server.stop()
        logged = [line for line in self.server.logged if not any(words in line for words in USUAL)]
        assert not logged, "the server logged:\n" + "".join(logged)

    def close(self):
        try:
            self.stop()
        finally:
            if self.engine:
                self.engine.stop()

    def call(self, method, path, body=None, role=None, expect=None):
        connection = http.client.HTTPConnection(self.url.removeprefix("http://"), timeout=30)
        headers = {"Content-Type": "application/json"} if body is not None else {}
        if role:
            headers["Authorization"] = f"Bearer {self.keys[role]}"
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        wanted = expect or ((201,) if method == "POST" else (200,))
        assert answer.status in (wanted if isinstance(wanted, tuple) else (wanted,)), (method, path, answer.status, text)
        return json.loads(text) if text.startswith((b"{", b"[")) else text

    def slots(self, day, **wanted):
        """Returns the slots from a day on that have these properties, in the order of their starts."""
        name = f"&slotName={urllib.parse.quote(wanted['slotName'])}" if "slotName" in wanted else ""
        listed = self.call("GET", f"/v1/slots?from={day}T00:00:00%2B01:00&limit=50{name}")["slots"]
        return [slot for slot in listed if all(slot.get(name) == value for name, value in wanted.items())]

    def schedule(self, name, day, start="20:00", end="22:00", **properties):
        draft = {"slotName": name, "startTime": f"{day} {start}", "endTime": f"{day} {end}", "slotType": "Movie",
                 "genre": "Saga", **properties}
        return self.call("POST", "/v1/slots", draft, "admin")

    def add_hall(self, name):
        """Adds an auditorium of six rows of ten seats, with an aisle, a lounge, and a place for a wheelchair and a companion."""
        rows = [{"row": row, "places": "....._....."} for row in "ABCD"]
        rows += [{"row": "E", "places": "LLLLL_LLLLL"}, {"row": "F", "places": "wc..._....."}]
        legend = {".": "standard", "L": "lounge", "w": "wheelchair", "c": "companion"}
        return self.call("POST", "/v1/auditoriums", {"name": name, "legend": legend, "rows": rows}, "admin")["auditoriumId"]

    def add_prices(self, name):
        prices = [{"ticketType": "adult", "amount": 1250}, {"ticketType": "child", "amount": 790},
                  {"ticketType": "adult", "zone": "lounge", "amount": 1690}]
        draft = {"name": name, "currency": "EUR", "taxRate": 700, "prices": prices}
        return self.call("POST", "/v1/price-lists", draft, "admin")["priceListId"]

    def hold(self, slot, *seats):
        order = {"slotId": slot, "seats": list(seats), "ticketTypes": ["adult"] * len(seats)}
        return self.call("POST", "/v1/holds", order)["holdId"]

    def book(self, slot, *seats, name="Ada Lovelace", paid="cash"):
        """Sells seats at the box office, and returns the booking."""
        order = {"userName": name, "userPhoneNumber": "5550100", "slotId": slot, "seats": list(seats),
                 "ticketTypes": ["adult"] * len(seats), "paymentMethod": paid}
        return self.call("POST", "/v1/bookings", order, "box_office")

    def available(self, slot):
        return self.call("GET", f"/v1/slots/{slot}")["availTickets"]


def until(is_done, what, seconds=20):
    """Waits until something is so, and returns it."""
    end = time.monotonic() + seconds
    while not (found := is_done()):
        assert time.monotonic() < end, f"{what} took longer than {seconds} s"
        time.sleep(0.05)
    return found
