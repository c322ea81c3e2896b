"""The metadata service of a machine on AWS, version 2: what an instance with `HttpTokens: required` can ask.

A session token must be fetched first (PUT), and shown with every question; a question without one is refused, as by a
machine that does not allow version 1.
"""

import json
import secrets
import sys
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cinema import REGION, serving

TOKEN = "X-aws-ec2-metadata-token"
TTL = "X-aws-ec2-metadata-token-ttl-seconds"
ROLE = "servers"
INSTANCE = "i-0123456789abcdef0"


class Machine:
    """A machine with a role: its credentials, and what it was asked."""

    def __init__(self):
        self.url = ""
        self.access_key = "ASIA" + secrets.token_hex(8).upper()
        self.secret_key = secrets.token_hex(20)
        self.session = secrets.token_hex(32)
        self.lifecycle = lambda: "InService"
        """Tells the state that auto scaling wants the machine in; none outside a group."""
        self.tokens = set()
        self.refused = []
        """Questions that came without a token."""
        self.answered = []

    def credentials(self):
        now = datetime.now(timezone.utc)
        times = {"LastUpdated": now, "Expiration": now + timedelta(hours=6)}
        return {
            "Code": "Success",
            "Type": "AWS-HMAC",
            "AccessKeyId": self.access_key,
            "SecretAccessKey": self.secret_key,
            "Token": self.session,
            **{key: time.strftime("%Y-%m-%dT%H:%M:%SZ") for key, time in times.items()},
        }

    def answer(self, path):
        """The text at a path, or nothing."""
        asked = path.removeprefix("/latest/").rstrip("/")
        if asked == "meta-data/autoscaling/target-lifecycle-state":
            return self.lifecycle()
        known = {
            "meta-data/iam/security-credentials": ROLE,
            f"meta-data/iam/security-credentials/{ROLE}": json.dumps(self.credentials()),
            "meta-data/placement/region": REGION,
            "meta-data/instance-id": INSTANCE,
            "dynamic/instance-identity/document": json.dumps({"region": REGION, "instanceId": INSTANCE}),
        }
        return known.get(asked)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_PUT(self):
        if self.path != "/latest/api/token" or not self.headers.get(TTL, "").isdigit():
            return self._send(400, "")
        token = secrets.token_urlsafe(32)
        self.server.machine.tokens.add(token)
        return self._send(200, token, {TTL: self.headers[TTL]})

    def do_GET(self):
        machine = self.server.machine
        if self.headers.get(TOKEN) not in machine.tokens:
            machine.refused.append(self.path)
            return self._send(401, "")
        text = machine.answer(self.path)
        if text is None:
            return self._send(404, "")
        machine.answered.append(self.path)
        return self._send(200, text)

    def _send(self, status, text, headers=None):
        body = text.encode()
        self.send_response(status)
        for key, value in {"Content-Length": len(body), "Content-Type": "text/plain", **(headers or {})}.items():
            self.send_header(key, str(value))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@contextmanager
def machine():
    """A machine's metadata service. Yields the machine, whose `url` it is at."""
    one = Machine()
    with serving(_Handler, machine=one) as one.url:
        yield one


if __name__ == "__main__":
    # In a network of its own, where nobody in another could listen: the port is the argument.
    with ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), _Handler) as alone:
        alone.machine = Machine()
        alone.serve_forever()
