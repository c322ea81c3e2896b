"""A server of the demo, on the embedded store or on a local engine of DynamoDB, and what it did before it was looked at."""

import datetime
import json
import os
import pathlib
import subprocess
import threading
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
TICKETLY = os.environ.get("TICKETLY_BINARY", ROOT / "target/debug/ticketly")
ENGINE = os.environ.get("TICKETLY_ENGINE", ROOT / "target/engine/debug/engine")


class Process:
    """A program, and the lines that it printed. It ends with the test."""

    def __init__(self, command, environment=None):
        self.process = subprocess.Popen(command, env={**os.environ, **(environment or {})}, text=True, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.logged = []
        self.reader = threading.Thread(target=self.logged.extend, args=(self.process.stderr,), daemon=True)
        self.reader.start()

    def line_after(self, words):
        """Returns the rest of the first line of the output that contains these words."""
        for line in self.process.stdout:
            if words in line:
                return line.split(words, 1)[1].strip()
        raise AssertionError(f"it did not start: {''.join(self.logged)}")

    def stop(self):
        self.process.terminate()
        try:
            return self.process.wait(40)
        finally:
            self.process.kill()
            self.reader.join(5)


class Server:
    """A running server with a listener for Prometheus."""

    def __init__(self, folder, *options, dynamodb=False):
        self.engine, environment, self.store = None, {}, ["--data", str(folder)]
        if dynamodb:
            self.engine = Process([ENGINE, "--attached", "127.0.0.1:0"])
            settings = self.engine.line_after("export ")
            environment = dict(setting.split("=", 1) for setting in settings.split())
            self.store = ["--store", "dynamodb:cinema"]
        self.environment = environment
        if dynamodb:
            self.run("table", "create", "cinema")
        command = [TICKETLY, "serve", "--demo", *self.store, "--address", "127.0.0.1:0", "--metrics-address", "127.0.0.1:0", *options]
        self.process = Process(command, environment)
        self.url = self.process.line_after("  address      ")
        self.metrics = self.process.line_after("  metrics      ").removeprefix("http://").removesuffix("/metrics")
        self.keys = {role: self.run("key", "new", "--role", role, *self.store) for role in ("admin", "box_office")}

    def run(self, *words):
        done = subprocess.run([TICKETLY, *words], env={**os.environ, **self.environment}, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

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
