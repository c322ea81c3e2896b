"""A small bridge to a payment provider, by the contract of docs/payments.md: it keeps its books in memory and moves no money."""

import base64
import hashlib
import hmac
import json
import secrets
import time
from contextlib import contextmanager
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler

from cinema import serving

PAGE = "https://pay.example/"


class Bridge:
    """Payments by identifier, what was refunded of each, and which captures are refused."""

    def __init__(self):
        self.url = ""
        self.token = secrets.token_urlsafe(24)
        self.key = secrets.token_bytes(32)
        self.payments = {}
        self.refunds = {}
        self.lapsed = set()
        self.unsigned = []
        """Requests without the token."""

    @property
    def settings(self):
        """The environment of a server that takes payments by this bridge."""
        secret = "whsec_" + base64.b64encode(self.key).decode()
        return {
            "TICKETLY_PAYMENT_PROVIDER": self.url,
            "TICKETLY_PAYMENT_TOKEN": self.token,
            "TICKETLY_PAYMENT_SECRET": secret,
        }

    def pay(self, payment):
        """Lets the buyer pay. Returns the body of the notification and its headers."""
        found = self.payments[payment]
        assert found["paymentStatus"] == "pending", found
        found["paymentStatus"] = "authorised"
        data = {key: found[key] for key in ("paymentId", "amount", "currency")}
        now = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        body = json.dumps({"type": "payment.authorised", "timestamp": now, "data": data}).encode()
        known, at = f"{payment}-authorised", str(int(time.time()))
        signature = hmac.digest(self.key, f"{known}.{at}.".encode() + body, hashlib.sha256)
        signed = "v1," + base64.b64encode(signature).decode()
        return body, {"webhook-id": known, "webhook-timestamp": at, "webhook-signature": signed}

    def refunded(self, payment):
        return sum(refund["amount"] for refund in self.refunds.values() if refund["paymentId"] == payment)

    def answer(self, method, path, body):
        """The status and the answer to a request."""
        match (method, path.strip("/").split("/")):
            case "POST", ["payments"]:
                return self._ordered(body)
            case _, ["payments", payment, *rest]:
                if payment not in self.payments:
                    return 404, {"code": "unknown_payment"}
                return self._changed(self.payments[payment], method, rest, body)
        return 404, {"code": "unknown_path"}

    def _ordered(self, body):
        new = body["paymentId"] not in self.payments
        kept = {key: body[key] for key in ("paymentId", "amount", "currency")}
        found = self.payments.setdefault(body["paymentId"], {**kept, "paymentStatus": "pending"})
        return (201 if new else 200), {**found, "refunded": 0, "paymentUrl": PAGE + body["paymentId"]}

    def _changed(self, found, method, what, body):
        status, new = found["paymentStatus"], False
        match (method, what, status):
            case "GET", [], _:
                pass
            case "POST", ["capture"], "authorised" if found["paymentId"] in self.lapsed:
                return 409, {"code": "payment_voided"}
            case "POST", ["capture"], "authorised" | "captured":
                found["paymentStatus"] = "captured"
            case "POST", ["void"], "pending" | "authorised" | "voided":
                found["paymentStatus"] = "voided"
            case "POST", ["refunds"], "captured":
                new = body["refundId"] not in self.refunds
                self.refunds.setdefault(body["refundId"], {**body, "paymentId": found["paymentId"]})
            case _:
                return 409, {"code": f"payment_{status}"}
        return (201 if new else 200), {**found, "refunded": self.refunded(found["paymentId"])}


class _Handler(BaseHTTPRequestHandler):
    def _do(self):
        bridge, length = self.server.bridge, int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length)) if length else {}
        if self.headers.get("Authorization") != f"Bearer {bridge.token}":
            bridge.unsigned.append(self.path)
            return self._send(401, {"code": "unauthenticated"})
        return self._send(*bridge.answer(self.command, self.path, body))

    do_GET = do_POST = _do

    def _send(self, status, answer):
        text = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


@contextmanager
def bridged():
    """A bridge on a port of its own."""
    one = Bridge()
    with serving(_Handler, bridge=one) as one.url:
        yield one
