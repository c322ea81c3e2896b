"""What is paid, online and at the till, and paid back, by HTTP: what comes of every operation on it."""

from cinema import until
from journey import JOHN, moment

PRICES = [
    {"ticketType": "adult", "amount": 1250},
    {"ticketType": "child", "amount": 790},
]
RETURN = "https://cinema.example/paid"


def of(slot, rest=""):
    return f"/v1/slots/{slot['slotId']}{rest}"


class Money:
    def __init__(self, journey, bridge):
        self.journey, self.bridge = journey, bridge
        self.anyone, self.admin, self.office = journey.anyone, journey.admin, journey.office
        wanted = {"name": "Weekday", "currency": "EUR", "taxRate": 700, "prices": PRICES}
        self.list = self.admin.post("/v1/price-lists", wanted, 201)

    def schedule(self, name, start, lasts=7200):
        times = {"startTime": moment(start), "endTime": moment(start + lasts)}
        slot = {"slotName": name, "slotType": "Movie", "genre": "Crime", "capacity": 40, **times}
        return self.admin.post("/v1/slots", {**slot, "priceListId": self.list["priceListId"]}, 201)

    def hold(self, slot, *types, **more):
        wish = {"slotId": slot["slotId"], "numTickets": len(types), "ticketTypes": list(types), **more}
        return self.anyone.post("/v1/holds", wish, 201, once="-".join(["hold", slot["slotName"], *types]))

    def start(self, held, lapses=False):
        """Starts an online payment, and lets the buyer pay, maybe with what will have lapsed. Returns the payment."""
        path = f"/v1/holds/{held['holdId']}/payment"
        started = self.anyone.post(path, {**JOHN, "returnUrl": RETURN}, 201)
        if lapses:
            self.bridge.lapsed.add(started["paymentId"])
        body, headers = self.bridge.pay(started["paymentId"])
        with self.anyone.opened("POST", "/v1/payments/notifications", body, headers) as answer:
            assert answer.status == 200, answer.read()
        return started

    def payment(self, started):
        return self.anyone.get(f"/v1/payments/{started['paymentId']}")

    def reaches(self, started, state):
        return until(lambda: self.payment(started)["paymentState"] == state, f"{state}", 60)

    def sell(self, slot, *types, **more):
        """Sells tickets at the till."""
        order = {**JOHN, "slotId": slot["slotId"], "numTickets": len(types), "ticketTypes": list(types)}
        return self.office.post("/v1/bookings", {**order, "paymentMethod": "cash", **more}, 201)

    def refunds(self, state):
        return self.office.get(f"/v1/refunds?state={state}")["refunds"]

    def begin_unpaid(self):
        """Sells a ticket for a showing that starts at once, whose money the provider does not give."""
        self.late = self.start(self.hold(self.schedule("Late", 5), "adult"), lapses=True)

    def play(self):
        self.keeps_price_lists()
        self.keeps_promotions()
        slot = self.schedule("Vertigo", 3 * 86400)
        self.holds_and_releases(slot)
        booking = self.pays_online(slot)
        self.confirms_at_the_till(slot)
        self.refunds_online(booking)
        self.refunds_at_the_till(slot)
        self.adds_up(slot)
        self.cancels_a_showing()

    def keeps_price_lists(self):
        path = f"/v1/price-lists/{self.list['priceListId']}"
        dearer = {"currency": "EUR", "taxRate": 700, "prices": [{"ticketType": "adult", "amount": 1300}, PRICES[1]]}
        replaced = self.admin.expected(200, "PUT", f"{path}/prices", dearer)
        assert replaced["priceListVersion"] == 2 and self.anyone.get(path) == replaced
        listed = {one["priceListId"]: one for one in self.anyone.get("/v1/price-lists")["priceLists"]}
        assert listed[self.list["priceListId"]]["priceListVersion"] == 2

    def keeps_promotions(self):
        spring = {"promotionCode": "Spring-20", "percent": 20, "uses": 9}
        added = self.admin.post("/v1/promotions", spring, 201)
        path = f"/v1/promotions/{added['promotionCode']}"
        assert self.office.get(path) == added
        changed = self.admin.expected(200, "PATCH", path, {"uses": 5})
        assert changed["uses"] == 5 and self.office.get("/v1/promotions")["promotions"] == [changed]

    def holds_and_releases(self, slot):
        prices = self.anyone.get(of(slot, "/prices"))
        assert {one["ticketType"]: one["amount"] for one in prices["prices"]} == {"adult": 1300, "child": 790}
        held = self.hold(slot, "child", promotionCode="spring-20")
        path = f"/v1/holds/{held['holdId']}"
        assert (held["total"], held["discount"]) == (632, 158)
        assert self.anyone.get(path) == held
        assert self.anyone.post(f"{path}/extend", once="extends")["heldUntil"] >= held["heldUntil"]
        assert self.anyone.expected(200, "DELETE", path)["holdState"] == "released"
        assert self.office.get("/v1/promotions/SPRING-20")["used"] == 0

    def pays_online(self, slot):
        held = self.hold(slot, "adult", "adult")
        started = self.start(held)
        assert started["paymentUrl"].endswith(started["paymentId"]) and started["amount"] == 2600
        self.reaches(started, "captured")
        booking = self.anyone.get(f"/v1/bookings/{self.payment(started)['bookingId']}")
        assert (booking["bookingId"], booking["total"]) == (held["holdId"], 2600)
        assert self.bridge.payments[started["paymentId"]]["paymentStatus"] == "captured"
        return booking

    def confirms_at_the_till(self, slot):
        held = self.hold(slot, "child", "child")
        paid = {**JOHN, "paymentMethod": "terminal", "paymentReference": "Receipt 7"}
        booking = self.office.post(f"/v1/holds/{held['holdId']}/confirm", paid, 201)
        assert (booking["total"], len(booking["tickets"])) == (1580, 2)
        (key,) = {one["keyNumber"] for one in self.codes(booking)}
        keys = {one["keyNumber"]: one for one in self.anyone.get("/v1/codes/keys")["codeKeys"]}
        assert keys[key]["signsFrom"] < keys[key]["signsUntil"] < keys[key]["acceptedUntil"]

    def codes(self, booking):
        return [self.anyone.get(f"/v1/tickets/{ticket['ticketId']}/code") for ticket in booking["tickets"]]

    def refunds_online(self, booking):
        self.anyone.post(f"/v1/tickets/{booking['tickets'][0]['ticketId']}/cancel")
        until(lambda: self.bridge.refunded(booking["paymentId"]) == 1300, "a refund online")
        until(lambda: booking["paymentId"] in {one["paymentId"] for one in self.refunds("paid")}, "the note of it")

    def refunds_at_the_till(self, slot):
        sold = self.sell(slot, "adult", promotionCode="SPRING-20")
        assert sold["total"] == 1040
        self.anyone.post(f"/v1/bookings/{sold['bookingId']}/cancel")
        (due,) = self.refunds("due")
        assert (due["amount"], due["paymentId"]) == (1040, sold["paymentId"])
        paid = self.office.post(f"/v1/refunds/{due['refundId']}/complete")
        assert paid["refundState"] == "paid" and self.refunds("due") == []

    def adds_up(self, slot):
        (sums,) = self.admin.get(of(slot, "/totals"))["sums"]
        assert (sums["soldTickets"], sums["canceledTickets"]) == (3, 2)
        assert (sums["takings"], sums["refunded"]) == (1300 + 1580, 1300 + 1040)
        within = f"from={moment(2.5 * 86400)}&until={moment(3.5 * 86400)}"
        (listed,) = self.admin.get(f"/v1/totals?{within}")["totals"]
        assert listed["slotId"] == slot["slotId"] and listed["sums"] == [sums]
        with self.admin.opened("GET", f"/v1/totals?{within}&format=csv") as answer:
            table = answer.read().decode()
        assert [row.split(",")[0] for row in table.splitlines()] == ["slotId", slot["slotId"], slot["slotId"]]

    def cancels_a_showing(self):
        slot = self.schedule("Rope", 4 * 86400)
        sold = self.sell(slot, "adult", "child")
        held = self.hold(slot, "adult")
        begun = self.admin.post(of(slot, "/cancel"))
        assert begun["slotId"] == slot["slotId"]

        def done():
            now = self.office.get(of(slot, "/cancellation"))
            return now if now["cancellationState"] == "done" else None

        counts = until(done, "the cancellation of a showing")
        assert (counts["canceledTickets"], counts["releasedHolds"]) == (2, 1)
        (call,) = self.office.get(of(slot, "/call-list"))["calls"]
        assert (call["userName"], call["refund"]["amount"]) == (JOHN["userName"], sold["total"])
        assert self.anyone.get(f"/v1/holds/{held['holdId']}")["holdState"] == "released"

    def completes_unpaid(self):
        """The box office takes what the provider did not give until the start."""
        self.reaches(self.late, "unpaid")
        listed = {one["paymentId"]: one for one in self.office.get("/v1/payments/unpaid")["payments"]}
        assert listed[self.late["paymentId"]]["amount"] == 1250
        path = f"/v1/payments/{self.late['paymentId']}/complete"
        paid = self.office.post(path, {"paymentMethod": "cash", "paymentReference": "Receipt 12"})
        assert (paid["paymentState"], paid["paymentMethod"]) == ("captured", "cash")
