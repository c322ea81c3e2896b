"""Three servers share one table behind a load balancer, under load.

usage: servers.py TICKETLY ENGINE haproxy
       servers.py TICKETLY ENGINE nginx RESTARTS

Behind HAProxy one server is killed and the others are restarted: only the requests in flight at the killed server may fail, and
they succeed when they are repeated with their key. Half of the clients book seats of two auditoriums. Behind nginx, by its defaults, the servers are restarted in turn, RESTARTS
times in all: no request fails. In the end exactly the acknowledged bookings are sold.
"""

import collections
import http.client
import json
import os
import pathlib
import signal
import socket
import string
import subprocess
import sys
import tempfile
import threading
import time
import uuid

CLIENTS = 16
# The rows of an auditorium, and the seats of each.
ROWS, ROW_SEATS = 40, 125
SEATS = 100_000
# nginx does not use a server for 10 s after it was refused; this must not happen to all three at once.
BETWEEN_RESTARTS = 12
# How long after the kill the balancer may still have requests on the killed server's connections.
AFTERMATH = 3


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def call(address, method, path, body=None, headers=None, connection=None):
    connection = connection or http.client.HTTPConnection(address, timeout=30)
    headers = {"Content-Type": "application/json", **(headers or {})}
    connection.request(method, path, json.dumps(body) if body is not None else None, headers)
    answer = connection.getresponse()
    text = answer.read()
    return answer.status, json.loads(text) if text.startswith(b"{") else text


def until(done, what, seconds=30):
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, f"{what} took longer than {seconds} s"
        time.sleep(0.05)


def answers(address, path):
    try:
        return call(address, "GET", path)[0] == 200
    except OSError:
        return False


class Server:
    def __init__(self, program, folder, name, port, linger=1):
        self.program, self.log, self.address = program, folder / f"{name}.log", f"127.0.0.1:{port}"
        self.linger = linger
        self.start()

    def start(self):
        command = [self.program, "serve", "--store", "dynamodb:cinema", "--address", self.address,
                   "--rate-limit", "0", "--linger", str(self.linger)]
        with open(self.log, "a") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        until(lambda: answers(self.address, "/health/ready"), "the start of a server")

    def restart(self):
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(40) == 0, self.log.read_text()
        self.start()

    def kill(self):
        self.process.kill()
        self.process.wait()


class Client(threading.Thread):
    """Books one ticket after another, each under a key of its own, and reads it; repeats what was not answered."""

    def __init__(self, number, address, slot, stop):
        super().__init__()
        self.number, self.address, self.slot, self.stop = number, address, slot, stop
        self.tickets, self.failures, self.lost = [], [], []
        self.connection = None

    def run(self):
        count = 0
        while not self.stop.is_set():
            count += 1
            body = {"userName": f"Client {self.number}", "userPhoneNumber": f"{count:06}", "numTickets": 1, "slotId": self.slot}
            booking = self.ask(201, "POST", "/v1/bookings", body, {"Idempotency-Key": str(uuid.uuid4())})
            if booking:
                ticket = booking["tickets"][0]["ticketId"]
                self.tickets.append(ticket)
                self.ask(200, "GET", f"/v1/tickets/{ticket}")

    def ask(self, expected, *request):
        for attempt in range(20):
            try:
                self.connection = self.connection or http.client.HTTPConnection(self.address, timeout=30)
                status, answer = call(self.address, *request, connection=self.connection)
                if status == expected:
                    return answer
                self.failures.append((time.monotonic(), status, answer))
            except (OSError, http.client.HTTPException) as error:
                self.failures.append((time.monotonic(), 0, repr(error)))
                self.connection = None
            time.sleep(0.2)
        self.lost.append(request)


def sold(address, slot, key):
    tickets, cursor = [], ""
    while True:
        status, page = call(address, "GET", f"/v1/slots/{slot}/tickets?limit=100{cursor}", headers=key)
        assert status == 200, page
        tickets += [ticket["ticketId"] for ticket in page["tickets"]]
        if "nextCursor" not in page:
            return tickets
        cursor = "&cursor=" + page["nextCursor"]


def kill_one(servers):
    """Kills one server and restarts the others; returns when it was killed."""
    time.sleep(3)
    killed = time.monotonic()
    servers[0].kill()
    time.sleep(AFTERMATH + 1)
    servers[0].start()
    for server in servers[1:]:
        time.sleep(1)
        print(f"{time.monotonic() - killed:.1f} s after the kill, another server is restarted")
        server.restart()
    time.sleep(2)
    return killed


def restart_each(servers, restarts):
    """Restarts one server after another."""
    time.sleep(2)
    for number in range(restarts):
        due = time.monotonic() + BETWEEN_RESTARTS
        servers[number % len(servers)].restart()
        time.sleep(max(0, due - time.monotonic()))


def haproxy(folder, cinema, servers):
    one, two, three = (server.address for server in servers)
    os.environ.update(CINEMA=cinema, ONE=one, TWO=two, THREE=three)
    config = pathlib.Path(__file__).with_name("haproxy.cfg")
    return subprocess.Popen(["/usr/sbin/haproxy", "-db", "-f", config], stderr=subprocess.DEVNULL)


def nginx(folder, cinema, servers):
    one, two, three = (server.address for server in servers)
    config = string.Template(pathlib.Path(__file__).with_name("nginx.conf").read_text())
    (folder / "nginx.conf").write_text(config.substitute(folder=folder, cinema=cinema, one=one, two=two, three=three))
    return subprocess.Popen(["/usr/sbin/nginx", "-e", folder / "nginx.log", "-c", folder / "nginx.conf"])


def play(ticketly, engine, balancer, restarts, folder, started):
    ports = [free_port() for _ in range(5)]
    started.append(subprocess.Popen([engine, f"127.0.0.1:{ports[0]}"], stdout=subprocess.DEVNULL))
    os.environ.update(AWS_ENDPOINT_URL=f"http://127.0.0.1:{ports[0]}", AWS_REGION="eu-central-1",
                      AWS_ACCESS_KEY_ID="local", AWS_SECRET_ACCESS_KEY="local")
    until(lambda: socket.socket().connect_ex(("127.0.0.1", ports[0])) == 0, "the start of the engine")
    run = lambda *words: subprocess.run([ticketly, *words], check=True, capture_output=True, text=True).stdout.strip()
    run("table", "create", "cinema")
    store = ("--store", "dynamodb:cinema")
    admin = {"Authorization": "Bearer " + run("key", "new", "--role", "admin", *store)}
    office = {"Authorization": "Bearer " + run("key", "new", "--role", "box_office", *store)}

    servers = []
    for name, port in zip(("one", "two", "three"), ports[1:]):
        servers.append(Server(ticketly, folder, name, port, 1 if balancer is haproxy else 2))
        started.append(servers[-1].process)
    cinema = f"127.0.0.1:{ports[4]}"
    started.append(balancer(folder, cinema, servers))
    until(lambda: answers(cinema, "/health/live"), "the start of the load balancer")

    slot = {"slotName": "Skyfall", "startTime": "2100-11-01 12:22", "endTime": "2100-11-01 15:22", "slotType": "Movie",
            "genre": "Action", "capacity": SEATS}
    if balancer is haproxy:
        drafts, turns = [slot] + [seated(slot, cinema, admin) for _ in range(2)], [0, 1, 0, 2]
    else:
        # Room for a million bookings.
        drafts, turns = [slot] * CLIENTS, range(CLIENTS)
    slots = [call(cinema, "POST", "/v1/slots", draft, admin)[1]["slotId"] for draft in drafts]

    stop = threading.Event()
    clients = [Client(number, cinema, slots[turns[number % len(turns)]], stop) for number in range(CLIENTS)]
    for client in clients:
        client.start()
    killed = None
    try:
        if balancer is haproxy:
            killed = kill_one(servers)
        else:
            restart_each(servers, restarts)
    finally:
        stop.set()
        for client in clients:
            client.join()
        started += [server.process for server in servers]
    try:
        failures = check_failures(clients, killed)
    except AssertionError:
        print("".join(log.read_text()[-4000:] for log in folder.glob("nginx.log")), file=sys.stderr)
        raise
    count = check_tickets(clients, slots, cinema, office)
    happened = "one killed, two restarted" if killed else f"{restarts} restarts"
    print(f"{balancer.__name__}: {count} bookings over three servers, each read; {happened}; {failures} requests failed")


def seated(slot, cinema, admin):
    """Returns the draft of a slot in a new auditorium."""
    rows = [{"row": f"{row}R", "from": 1, "step": 1, "places": "." * ROW_SEATS} for row in range(1, ROWS + 1)]
    plan = {"name": "Hall", "legend": {".": "standard"}, "rows": rows}
    status, auditorium = call(cinema, "POST", "/v1/auditoriums", plan, admin)
    assert status == 201, auditorium
    return {**{name: value for name, value in slot.items() if name != "capacity"}, "auditoriumId": auditorium["auditoriumId"]}


def check_failures(clients, killed):
    """Only a killed server's requests may fail, and they succeed when they are repeated."""
    failures = sorted((failure for client in clients for failure in client.failures), key=lambda failure: failure[0])
    outside = [failure for failure in failures if not (killed and killed <= failure[0] <= killed + AFTERMATH)]
    assert not outside, (len(outside), outside[:5])
    assert len(failures) <= CLIENTS, f"more failures than requests in flight: {failures[:3]}"
    assert not [key for client in clients for key in client.lost], "a repeated request never succeeded"
    return len(failures)


def check_tickets(clients, slots, cinema, office):
    """Exactly the acknowledged tickets are sold, each of them once."""
    acknowledged = [ticket for client in clients for ticket in client.tickets]
    doubled = [ticket for ticket, count in collections.Counter(acknowledged).items() if count > 1]
    assert not doubled, f"acknowledged twice: {doubled[:3]}"
    tickets = [sold(cinema, slot, office) for slot in slots]
    assert set(acknowledged) == {ticket for some in tickets for ticket in some}, "what was acknowledged is not what is sold"
    for slot, some in zip(slots, tickets):
        found = call(cinema, "GET", f"/v1/slots/{slot}")[1]
        assert found["availTickets"] == found["capacity"] - len(some), (found, len(some))
        if "auditoriumId" in found:
            check_seats(slot, some, cinema, office)
    assert len(acknowledged) > 10 * CLIENTS, "that was no load"
    return len(acknowledged)


def check_seats(slot, tickets, cinema, office):
    """Each seat that is not free has one ticket."""
    seats = [call(cinema, "GET", f"/v1/tickets/{ticket}", headers=office)[1]["seat"] for ticket in tickets]
    rows = call(cinema, "GET", f"/v1/slots/{slot}/seats")[1]["rows"]
    taken = [f"{row['row']}{number}" for row in rows for number, place in enumerate(row["availability"], 1) if place == "x"]
    assert len(set(seats)) == len(seats), "a seat has two tickets"
    assert sorted(seats) == sorted(taken), (slot, len(seats), len(taken))


def main(ticketly, engine, balancer, restarts=0):
    started = []
    with tempfile.TemporaryDirectory() as folder:
        try:
            os.chmod(folder, 0o755)
            play(ticketly, engine, {"haproxy": haproxy, "nginx": nginx}[balancer], int(restarts), pathlib.Path(folder), started)
        finally:
            for process in reversed(started):
                process.terminate()
                process.wait(60)


if __name__ == "__main__":
    main(*sys.argv[1:])
