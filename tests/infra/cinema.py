"""A cinema to test on: an engine, a table on it and servers, each for as long as a `with` block.

The environment names the programs: TICKETLY_BINARY is `ticketly`, TICKETLY_ENGINE the example `engine` of tests/dynamo.
"""

import json
import os
import re
import subprocess
from contextlib import contextmanager
from urllib.error import HTTPError
from urllib.request import Request, urlopen


def program(variable):
    """The path of a program, which the environment must name."""
    path = os.environ.get(variable)
    assert path and os.access(path, os.X_OK), f"{variable} must name a program that was built; it is {path!r}"
    return path


def aws(endpoint):
    """An environment in which AWS is the engine."""
    credentials = {"AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local"}
    return {**os.environ, **credentials, "AWS_ENDPOINT_URL": endpoint}


@contextmanager
def _running(command, **options):
    """A process, with the address that it says it listens on."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, **options) as process:
        try:
            said = []
            for line in process.stdout:
                said.append(line)
                if address := re.search(r"http://127\.0\.0\.1:\d+", line):
                    yield address[0]
                    break
            else:
                raise RuntimeError(f"{command[0]} ended: {''.join(said)}")
        finally:
            process.terminate()
            process.communicate(timeout=60)


@contextmanager
def engine():
    """A DynamoDB engine that keeps everything in memory; its endpoint."""
    with _running([program("TICKETLY_ENGINE"), "127.0.0.1:0"]) as endpoint:
        yield endpoint


def ticketly(endpoint, *arguments):
    """What a command of the program prints."""
    command = [program("TICKETLY_BINARY"), *arguments]
    return subprocess.run(command, env=aws(endpoint), check=True, capture_output=True, text=True, timeout=60).stdout


def make_table(endpoint, name):
    """Makes a table as an operator does."""
    ticketly(endpoint, "table", "create", name)


def make_key(endpoint, table, role):
    """A new key of a role: admin, box_office or scheduler."""
    return ticketly(endpoint, "key", "new", "--role", role, "--store", f"dynamodb:{table}").strip()


@contextmanager
def server(endpoint, table, *options):
    """A server on a table; its address."""
    command = [program("TICKETLY_BINARY"), "serve", "--store", f"dynamodb:{table}", "--address", "127.0.0.1:0"]
    with _running([*command, "--rate-limit", "0", *options], env=aws(endpoint)) as address:
        yield address


def ask(url, body=None, key=None):
    """What the interface answers: to a POST if there is a body, to a GET if there is none."""
    headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {key}"} if key else {})}
    data = None if body is None else json.dumps(body).encode()
    try:
        with urlopen(Request(url, data, headers), timeout=30) as answer:
            return json.load(answer)
    except HTTPError as error:
        raise AssertionError(f"{url}: {error.code} {error.read().decode()}") from None


def pages(url, items, key=None):
    """All items of a listing."""
    cursor = ""
    while cursor is not None:
        page = ask(f"{url}?limit=100{cursor and '&cursor=' + cursor}", key=key)
        yield from page[items]
        cursor = page.get("nextCursor")
