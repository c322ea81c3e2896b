"""Ticketly as a process, an engine for its table, and what both need to run on this machine alone."""

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


def program(variable, place):
    """Where a program was built: where the environment says, or where Cargo puts it."""
    path = Path(os.environ.get(variable, ROOT / place))
    if not path.exists():
        raise FileNotFoundError(f"{path} is missing; build it, or say by {variable} where it is")
    return str(path)


def binary():
    return program("TICKETLY_BINARY", "target/debug/ticketly")


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


def local(endpoint):
    """The variables by which a program finds an engine on this machine, which takes any credentials."""
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "nobody",
        "AWS_SECRET_ACCESS_KEY": "nobody",
    }


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
    command = [program("TICKETLY_ENGINE", "target/dynamo/debug/examples/engine"), f"127.0.0.1:{port}"]
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
def server(store, environment=None, arguments=()):
    """`ticketly serve` on a store, on a port of its own, with no AWS settings but those given."""
    command = [binary(), "serve", "--store", store, "--address", "127.0.0.1:0", "--rate-limit", "0", *arguments]
    with running(command, bare(environment)) as (process, log):

        def started():
            assert process.poll() is None, "the server did not start"
            return re.search(r"^  address +(\S+)$", log.read_text(), re.MULTILINE)

        yield Server(until(started, "the start of the server")[1], process, log)


def ticketly(*words, environment=None, given=None):
    """Runs one command of the program and returns what it prints."""
    done = subprocess.run(
        [binary(), *words], env=bare(environment), input=given, capture_output=True, text=True, timeout=PATIENCE
    )
    assert done.returncode == 0, f"ticketly {' '.join(words)}: {done.stderr}"
    return done.stdout.strip()


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
    """Speaks to a server, with a key or without."""

    def __init__(self, url, key=None):
        self.url = url
        self.key = key

    def call(self, method, path, body=None, once=None):
        """The status and the answer of a request; one with `once` is to be done once."""
        headers = {"Content-Type": "application/json"}
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        if once:
            headers["Idempotency-Key"] = once
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def get(self, path):
        return self._expected(200, "GET", path)

    def post(self, path, body=None, status=200, once=None):
        return self._expected(status, "POST", path, {} if body is None else body, once)

    def _expected(self, wanted, method, path, body=None, once=None):
        status, answer = self.call(method, path, body, once)
        assert status == wanted, f"{method} {path}: {status} {answer}"
        return answer
