"""A cinema to test on: an engine, a table on it and servers, each for as long as a `with` block.

The environment names the programs: TICKETLY_BINARY is `ticketly`, TICKETLY_ENGINE the engine of tests/engine.
"""

import json
import os
import re
import signal
import socket
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import ThreadingHTTPServer
from pathlib import Path

ROOT = Path(__file__).parents[2]
REGION = "eu-central-1"
PATIENCE = 30
"""Seconds that anything may take to start or to stop."""


def program(variable):
    """The path of a program, which the environment must name."""
    path = os.environ.get(variable)
    assert path and os.access(path, os.X_OK), f"{variable} must name a program that was built; it is {path!r}"
    return path


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def until(done, what, seconds=PATIENCE):
    """Waits for a true value and returns it."""
    end = time.monotonic() + seconds
    while not (found := done()):
        assert time.monotonic() < end, f"{what} took longer than {seconds} s"
        time.sleep(0.05)
    return found


def listens(port):
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def bare(environment=None):
    """The variables of a process that gets its AWS settings from nowhere but what is given here."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "TICKETLY_"))}
    nowhere = {"AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null"}
    return {**kept, **nowhere, **(environment or {})}


def aws(endpoint):
    """The settings by which AWS is an engine on this machine, which takes any credentials."""
    credentials = {"AWS_REGION": REGION, "AWS_ACCESS_KEY_ID": "nobody", "AWS_SECRET_ACCESS_KEY": "nobody"}
    return {**credentials, "AWS_ENDPOINT_URL": endpoint}


@contextmanager
def running(command, environment=None, stop=signal.SIGTERM):
    """A process, with what it prints in a file; a failure meanwhile shows it. Yields the process and the file."""
    with tempfile.NamedTemporaryFile("r", suffix=".log") as output:
        with open(output.name, "w") as out:
            process = subprocess.Popen(command, env=environment, stdout=out, stderr=out)
        try:
            yield process, Path(output.name)
        except BaseException:
            print(f"-- {Path(command[0]).name} printed:\n{Path(output.name).read_text()}")
            raise
        finally:
            process.send_signal(stop)
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextmanager
def engine():
    """An engine that speaks DynamoDB's protocol and keeps everything in memory. Yields its address."""
    port = free_port()
    command = [program("TICKETLY_ENGINE"), f"127.0.0.1:{port}"]
    with running(command, stop=signal.SIGINT) as (process, _):
        until(lambda: process.poll() is not None or listens(port), "the start of the engine")
        assert process.poll() is None, "the engine did not start"
        yield f"http://127.0.0.1:{port}"


@dataclass
class Server:
    """A server that is ready."""

    url: str
    process: subprocess.Popen
    log: Path
    """What it printed and logged."""


@contextmanager
def served(settings, table, *options):
    """A server on a table, on a port of its own, with no AWS settings but those given."""
    command = [program("TICKETLY_BINARY"), "serve", "--store", f"dynamodb:{table}", "--address", "127.0.0.1:0"]
    with running([*command, "--rate-limit", "0", *options], bare(settings)) as (process, log):

        def started():
            assert process.poll() is None, "the server did not start"
            return re.search(r"^  address +(\S+)$", log.read_text(), re.MULTILINE)

        yield Server(until(started, "the start of the server")[1], process, log)


@contextmanager
def server(endpoint, table, *options):
    """A server on a table of an engine; its address."""
    with served(aws(endpoint), table, *options) as one:
        yield one.url


def ticketly(settings, *arguments, given=None):
    """What a command of the program prints, with no AWS settings but those given."""
    command = [program("TICKETLY_BINARY"), *arguments]
    done = subprocess.run(
        command, env=bare(settings), input=given, capture_output=True, text=True, timeout=2 * PATIENCE
    )
    assert done.returncode == 0, f"ticketly {' '.join(arguments)}: {done.stderr}"
    return done.stdout.strip()


def make_table(endpoint, name):
    """Makes a table as an operator does."""
    ticketly(aws(endpoint), "table", "create", name)


def make_key(endpoint, table, role):
    """A new key of a role: admin, box_office or scheduler."""
    return ticketly(aws(endpoint), "key", "new", "--role", role, "--store", f"dynamodb:{table}")


@contextmanager
def serving(handler, **attributes):
    """An HTTP server on a port of its own, whose handler finds the attributes at `self.server`. Yields its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        vars(server).update(attributes)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()


class Client:
    """Speaks to a server, with a key or without. Notes each request with the status of its answer, if it has a list for that."""

    def __init__(self, url, key=None, requests=None):
        self.url = url
        self.key = key
        self.requests = [] if requests is None else requests

    def call(self, method, path, body=None, once=None):
        """The status and the answer of a request; one with `once` is to be done once."""
        headers = {"Idempotency-Key": once} if once else {}
        data = None if body is None else json.dumps(body).encode()
        with self.opened(method, path, data, headers) as answer:
            return answer.status, json.load(answer)

    def opened(self, method, path, data=None, headers=None):
        """The answer of a request, not read yet."""
        headers = {"Content-Type": "application/json", **(headers or {})}
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        try:
            answer = urllib.request.urlopen(request, timeout=PATIENCE)
        except urllib.error.HTTPError as error:
            answer = error
        self.requests.append((method, path, answer.status))
        return answer

    def get(self, path):
        return self.expected(200, "GET", path)

    def post(self, path, body=None, status=200, once=None):
        return self.expected(status, "POST", path, {} if body is None else body, once)

    def expected(self, wanted, method, path, body=None, once=None):
        """The answer of a request, which must have a status."""
        status, answer = self.call(method, path, body, once)
        assert status == wanted, f"{method} {path}: {status} {answer}"
        return answer


def ask(url, body=None, key=None):
    """What the interface answers: to a POST if there is a body, to a GET if there is none."""
    status, answer = Client(url, key).call("GET" if body is None else "POST", "", body)
    assert status in (200, 201), f"{url}: {status} {answer}"
    return answer


def pages(url, items, key=None, query=""):
    """Returns all items of a list."""
    cursor = ""
    while cursor is not None:
        page = ask(f"{url}?limit=100{query}{cursor and '&cursor=' + cursor}", key=key)
        yield from page[items]
        cursor = page.get("nextCursor")
