"""DynamoDB behind the policy of a role: a proxy before an engine, which asks of every request what IAM would ask.

What a request needs: one action for each table or index that it names, for each item of a transaction its own. The
engine does not check permissions; so here a request goes through only if statements of the role allow all it needs.
"""

import fnmatch
import json
import re
import threading
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler

from cinema import REGION, serving

ITEM_ACTIONS = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
    "Get": "GetItem",
}
"""What each part of a transaction needs; transactions have no permission of their own."""


def needs(operation, request):
    """The (action, table or table/index) pairs that a request needs."""
    if operation.startswith("Transact"):
        parts = [part for item in request["TransactItems"] for part in item.items()]
        return {(ITEM_ACTIONS[kind], body["TableName"]) for kind, body in parts}
    if operation.startswith("Batch"):
        return {(operation, table) for table in request["RequestItems"]}
    index = request.get("IndexName")
    return {(operation, request["TableName"] + (f"/index/{index}" if index else ""))}


@dataclass(frozen=True)
class Grant:
    """One action on one resource that a policy allows; both may be patterns."""

    action: str
    resource: str

    def covers(self, action, resource):
        return _matches(self.action.lower(), action.lower()) and _matches(self.resource, resource)


def _matches(pattern, text):
    # `*` and `?` alone are special to IAM.
    return fnmatch.fnmatchcase(text, pattern.replace("[", "[[]"))


def statements(policies):
    return [one for policy in policies for one in _list(policy["PolicyDocument"]["Statement"])]


def _list(value):
    return value if isinstance(value, list) else [value]


def grants(policies, service):
    """What policies allow of a service. What is not understood here is refused: a test must not guess."""
    found = []
    for one in statements(policies):
        actions = _list(one["Action"])
        if not any(action == "*" or action.startswith(f"{service}:") for action in actions):
            continue
        if one["Effect"] != "Allow" or set(one) - {"Sid", "Effect", "Action", "Resource"}:
            raise NotImplementedError(f"a statement with {sorted(one)}")
        found += [Grant(action, resource) for action in actions for resource in _list(one["Resource"])]
    return found


class Guard:
    """What a role may do, and what was done with it."""

    def __init__(self, policies, account, credentials):
        self.grants = grants(policies, "dynamodb")
        self.prefix = f"arn:aws:dynamodb:{REGION}:{account}:table/"
        self.credentials = credentials
        self.used = set()
        """(action, resource) pairs that were allowed."""
        self.refused = []
        self._lock = threading.Lock()

    def refusal(self, operation, request, headers):
        """Why a request is refused, or nothing."""
        if not self._signed(headers):
            return "UnrecognizedClientException", "The security token included in the request is invalid."
        # So does DynamoDB, unlike the engine.
        if operation == "Query" and {"S": ""} in request["ExpressionAttributeValues"].values():
            return "ValidationException", "a key is empty"
        wanted = {(f"dynamodb:{action}", self.prefix + place) for action, place in needs(operation, request)}
        denied = [pair for pair in sorted(wanted) if not any(grant.covers(*pair) for grant in self.grants)]
        with self._lock:
            if denied:
                self.refused += denied
            else:
                self.used |= wanted
        if denied:
            action, resource = denied[0]
            return "AccessDeniedException", f"not authorized to perform: {action} on resource: {resource}"
        return None

    def _signed(self, headers):
        access_key, session = self.credentials
        scope = re.search(r"Credential=([^/]+)/\d{8}/([^/]+)/dynamodb/aws4_request", headers.get("Authorization", ""))
        return bool(scope) and scope.groups() == (access_key, REGION) and headers.get("X-Amz-Security-Token") == session

    def unused(self):
        """Grants that nothing needed."""
        return [grant for grant in self.grants if not any(grant.covers(*pair) for pair in self.used)]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        operation = self.headers["X-Amz-Target"].rsplit(".", 1)[1]
        refusal = self.server.guard.refusal(operation, json.loads(body), self.headers)
        if refusal:
            kind, message = refusal
            text = json.dumps({"__type": f"com.amazon.coral.service#{kind}", "message": message}).encode()
            return self._send(400, {}, text)
        return self._send(*self._forwarded(body))

    def _forwarded(self, body):
        kept = {key: value for key, value in self.headers.items() if key.lower() not in ("host", "connection")}
        request = urllib.request.Request(self.server.engine, body, kept, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read()

    def _send(self, status, headers, body):
        self.send_response(status)
        for key, value in headers.items():
            if key.lower().startswith("x-amz"):
                self.send_header(key, value)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@contextmanager
def guarded(engine, policies, account, machine):
    """Yields the guard and the address at which the engine is reached through it."""
    guard = Guard(policies, account, (machine.access_key, machine.session))
    with serving(_Handler, guard=guard, engine=engine) as url:
        yield guard, url
