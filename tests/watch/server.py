"""A server of the demo, on the embedded store or on a local engine of DynamoDB, and what it did before it was looked at."""

import datetime
import json
import urllib.error
import urllib.request

from process import TICKETLY, Process, run, start_engine


class Server:
    """A running server with a listener for Prometheus."""

    def __init__(self, folder, *options, dynamodb=False):
        self.engine, self.environment, self.store = None, {}, ["--data", str(folder)]
        if dynamodb:
            self.engine, self.environment = start_engine()
            self.store = ["--store", "dynamodb:cinema"]
            self.run("table", "create", "cinema")
        command = [TICKETLY, "serve", "--demo", *self.store, "--address", "127.0.0.1:0", "--metrics-address", "127.0.0.1:0", *options]
        self.process = Process(command, self.environment)
        self.url = self.process.line_after("  address      ")
        self.metrics = self.process.line_after("  metrics      ").removeprefix("http://").removesuffix("/metrics")
        self.keys = {role: self.run("key", "new", "--role", role, *self.store) for role in ("admin", "box_office")}

    def run(self, *words):
        return run(words, self.environment)

    def stop(self):
        code = self.process.stop()
        if self.engine:
            self.engine.stop()
        return code

    def call(self, method, path, body=None, role=None, headers=None):
        """Sends a request, and returns its status and the answer."""
        request = urllib.request.Request(self.url + path, method=method, headers=dict(headers or {}))
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        if role:
            request.add_header("Authorization", f"Bearer {self.keys[role]}")
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                status, text = answer.status, answer.read()
        except urllib.error.HTTPError as error:
            status, text = error.code, error.read()
        return status, json.loads(text) if text.startswith((b"{", b"[")) else text.decode()

    def evening(self):
        """Sells, moves, cancels and refuses, so that every counter has begun."""
        day = (datetime.date.today() + datetime.timedelta(days=2)).isoformat()
        film = {"slotName": "Metropolis", "slotType": "Movie", "genre": "Scifi", "capacity": 5, "endTime": f"{day} 22:00"}
        slots = [self.call("POST", "/v1/slots", {**film, "startTime": f"{day} {at}"}, "admin") for at in ("19:00", "20:00")]
        assert [slot[0] for slot in slots] == [201, 201], slots
        slot, other = (slot[1]["slotId"] for slot in slots)
        jo = {"userName": "Jo", "userPhoneNumber": "5550123"}
        # The second time the record of the key is found, which cancels a transaction on DynamoDB.
        order, once = {**jo, "slotId": slot, "numTickets": 2}, {"Idempotency-Key": "once"}
        booking, repeated = (self.call("POST", "/v1/bookings", order, headers=once) for _ in range(2))
        assert booking[0] == 201 and repeated == booking, (booking, repeated)
        first, second = (ticket["ticketId"] for ticket in booking[1]["tickets"])
        moved = self.call("POST", f"/v1/tickets/{first}/move", {"slotId": other})
        canceled = self.call("POST", f"/v1/tickets/{second}/cancel")
        again = self.call("POST", f"/v1/tickets/{first}/move", {"slotId": other})
        unknown = self.call("GET", "/nowhere")
        sold_out = self.call("POST", "/v1/bookings", {**jo, "slotId": other, "numTickets": 10})
        closed = self.call("POST", f"/v1/slots/{slot}/close", role="admin")
        refused = self.call("POST", "/v1/bookings", {**jo, "slotId": slot, "numTickets": 1})
        statuses = [answer[0] for answer in (moved, canceled, again, unknown, sold_out, closed, refused)]
        assert statuses == [201, 200, 409, 404, 409, 200, 409], statuses

    def scraped(self):
        """Returns the text that Prometheus reads."""
        with urllib.request.urlopen(f"http://{self.metrics}/metrics", timeout=30) as answer:
            assert answer.headers["Content-Type"].startswith("application/openmetrics-text"), answer.headers
            return answer.read().decode()
