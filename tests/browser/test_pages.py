"""Every page, in both sizes and both themes: axe finds nothing, nothing is wider than the screen, and a picture of it is kept."""

import datetime
import re
import uuid

import pytest
from playwright.sync_api import expect

from test_buying import hold, pay
from test_seats import box
from visitor import SIZES, violations

OFFICE, MANAGER = "box_office", "admin"


class Stock:
    """Showings, holds and bookings to look at, each made when it is first needed."""

    def __init__(self, cinema, showing, tomorrow):
        self.cinema, self.showing, self.tomorrow, self.made = cinema, showing, tomorrow, {}

    def once(self, name, make):
        if name not in self.made:
            self.made[name] = make()
        return self.made[name]

    def demo(self, name):
        return self.cinema.slots(self.tomorrow, slotName=name)[0]["slotId"]

    def slot(self):
        return self.once("slot", lambda: self.showing()["slotId"])

    def unnumbered(self):
        """Schedules a showing with prices in no auditorium."""
        name = f"Reading {uuid.uuid4().hex[:6]}"
        return self.cinema.schedule(name, self.tomorrow, capacity=40, priceListId=self.list_for_all())["slotId"]

    def list_for_all(self):
        prices = [{"ticketType": "adult", "amount": 1250}, {"ticketType": "child", "amount": 790}]
        draft = {"name": "Readings", "currency": "EUR", "taxRate": 700, "prices": prices}
        return self.cinema.call("POST", "/v1/price-lists", draft, "admin")["priceListId"]

    def booking(self):
        return self.once("booking", lambda: self.cinema.book(self.slot(), "C4", "C5")["bookingId"])

    def canceled(self):
        booking = self.cinema.book(self.slot(), "D4", "D5")["bookingId"]
        self.cinema.call("POST", f"/v1/bookings/{booking}/cancel", expect=200)
        return booking

    def hold(self):
        return self.once("hold", lambda: self.cinema.hold(self.slot(), "B4", "B5"))

    def released(self):
        hold = self.cinema.hold(self.slot(), "A4", "A5")
        self.cinema.call("DELETE", f"/v1/holds/{hold}", expect=(200, 204))
        return hold

    def payment(self):
        order = {"userName": "Ada", "userPhoneNumber": "5550100", "returnUrl": f"{self.cinema.url}/"}
        return self.cinema.call("POST", f"/v1/holds/{self.hold()}/payment", order)["paymentId"]

    def off(self):
        def cancel():
            slot = self.showing()["slotId"]
            booking = self.cinema.book(slot, "C4", "C5")["bookingId"]
            self.cinema.call("POST", f"/v1/slots/{slot}/cancel", role="admin", expect=(200, 202))
            return slot, booking
        return self.once("off", cancel)

    def moved(self):
        """Moves a showing to another auditorium, whose state has the longest name."""
        def move():
            slot = self.showing()["slotId"]
            hall = self.cinema.add_hall(f"Where {slot} is shown")
            self.cinema.call("POST", f"/v1/slots/{slot}/reseat", {"auditoriumId": hall}, role="admin", expect=(200, 201, 202))
            return slot
        return self.once("moved", move)

    def prices(self):
        return self.cinema.add_prices("Weekend of all the members and friends of the cinema")

    def promotion(self):
        def add():
            draft = {"promotionCode": f"SPRING-{uuid.uuid4().hex[:8]}", "percent": 20, "uses": 500}
            return self.cinema.call("POST", "/v1/promotions", draft, "admin")["promotionCode"]
        return self.once("promotion", add)

    def hall(self):
        return self.once("hall", lambda: self.cinema.add_hall("Studio of the friends of the silent film"))

    def key(self):
        label = f"till-{uuid.uuid4().hex[:6]}"
        self.cinema.run("key", "new", "--role", "box_office", "--label", label, *self.cinema.store)
        return label

    def verified(self, visitor):
        """Looks up a ticket code."""
        page = visitor.page
        ticket = self.cinema.call("GET", f"/v1/bookings/{self.booking()}")["tickets"][0]["ticketId"]
        page.get_by_label("Ticket code or booking number").fill(self.cinema.call("GET", f"/v1/tickets/{ticket}/code")["ticketCode"])
        page.get_by_role("button", name="Look up").click()
        expect(page.get_by_text("This ticket is valid.")).to_be_visible()

    def found(self, visitor):
        """Looks for the bookings of a person."""
        page = visitor.page
        for seat in ("D1", "D2"):
            self.cinema.book(self.slot(), seat, name="Grace Hopper")
        page.get_by_label("Name").fill("Grace Hopper")
        page.get_by_label("Telephone").fill("5550100")
        page.get_by_role("button", name="Find", exact=True).click()
        expect(page.get_by_role("heading", name=re.compile("bookings"))).to_be_visible()

    def moved_tickets(self):
        """Moves one ticket of a booking, so that both are on its page."""
        booking = self.cinema.book(self.slot(), "B1", "B2")
        move = {"ticketIds": [booking["tickets"][1]["ticketId"]], "slotId": self.slot(), "seats": ["B5"]}
        self.cinema.call("POST", f"/v1/bookings/{booking['bookingId']}/move", move)
        return booking["bookingId"]

    def repeated(self, visitor):
        """Schedules on several days, on one of which the auditorium is occupied."""
        page = visitor.page
        name = f"Hall {uuid.uuid4().hex[:6]}"
        self.cinema.schedule("Faust", self.days_later(1), auditoriumId=self.cinema.add_hall(name))
        page.reload()
        page.get_by_label("Title").fill("Metropolis")
        page.get_by_label("Day", exact=True).fill(self.tomorrow)
        page.get_by_label("Start").fill("20:30")
        page.get_by_label("Minutes").fill("90")
        page.get_by_label("Auditorium").select_option(label=f"{name} (60 seats)")
        page.get_by_label("Repeat until").fill(self.days_later(2))
        page.get_by_role("button", name="Schedule").click()
        expect(page.get_by_role("heading", name=re.compile("2 of 3"))).to_be_visible()

    def revoked(self, visitor):
        """Asks whether a key is to be revoked."""
        page = visitor.page
        label = self.key()
        page.reload()
        page.get_by_role("button", name=f"Revoke {label}").click()
        expect(page.get_by_text("This cannot be undone.")).to_be_visible()

    def days_later(self, days):
        return (datetime.date.fromisoformat(self.tomorrow) + datetime.timedelta(days=days)).isoformat()

    def blocked(self):
        draft = {"seats": ["F6", "F7"], "reason": "Guests of the director"}
        self.cinema.call("POST", f"/v1/slots/{self.slot()}/blocks", draft, "box_office")
        return self.slot()

    def refused(self, visitor):
        """Chooses a seat that would leave a single one beside it."""
        box(visitor.page, "A2").check()
        visitor.page.get_by_role("button", name="Go on with these seats").click()
        expect(visitor.page.get_by_role("alert")).to_be_visible()

    def held(self, visitor):
        """Holds seats, and comes back."""
        hold(visitor, self.slot(), "A1", "A2")
        visitor.open(f"/showings/{self.slot()}")

    def declined(self, visitor):
        """Holds seats, and declines to pay."""
        hold(visitor, self.slot(), "A1", "A2")
        pay(visitor, choice="Decline")
        expect(visitor.page.get_by_role("heading", name="The payment did not succeed")).to_be_visible(timeout=20_000)


# What is done at a page whose address does not tell all of it.
STEPS = {
    "showing-refused": Stock.refused,
    "showing-own": Stock.held,
    "payment-failed": Stock.declined,
    "office-verified": Stock.verified,
    "office-found": Stock.found,
    "manage-scheduled": Stock.repeated,
    "manage-key-revoke": Stock.revoked,
}

# The name of each page, who sees it, and where it is.
PAGES = {
    "programme": (None, lambda stock: f"/?day={stock.tomorrow}"),
    "programme-none": (None, lambda stock: f"/?day={stock.days_later(3000)}"),
    "programme-found": (None, lambda stock: "/?title=the"),
    "programme-found-none": (None, lambda stock: "/?title=zzz"),
    "showing": (None, lambda stock: f"/showings/{stock.demo('Safety Last!')}"),
    "showing-large": (None, lambda stock: f"/showings/{stock.demo('Metropolis')}"),
    "showing-prices": (None, lambda stock: f"/showings/{stock.slot()}"),
    "showing-unnumbered": (None, lambda stock: f"/showings/{stock.unnumbered()}"),
    "showing-refused": (None, lambda stock: f"/showings/{stock.slot()}"),
    "showing-own": (None, lambda stock: f"/showings/{stock.slot()}"),
    "showing-canceled": (None, lambda stock: f"/showings/{stock.off()[0]}"),
    "hold": (None, lambda stock: f"/holds/{stock.hold()}"),
    "hold-over": (None, lambda stock: f"/holds/{stock.released()}"),
    "payment": (None, lambda stock: f"/payments/{stock.payment()}"),
    "payment-failed": (None, lambda stock: f"/showings/{stock.slot()}"),
    "tickets": (None, lambda stock: f"/bookings/{stock.booking()}"),
    "tickets-canceled": (None, lambda stock: f"/bookings/{stock.canceled()}"),
    "tickets-off": (None, lambda stock: f"/bookings/{stock.off()[1]}"),
    "cancel": (None, lambda stock: f"/bookings/{stock.booking()}/cancel"),
    "cancel-confirm": (None, lambda stock: f"/bookings/{stock.booking()}/cancel?ticket=0&chosen=yes"),
    "move": (None, lambda stock: f"/bookings/{stock.booking()}/move"),
    "move-seats": (None, lambda stock: f"/bookings/{stock.booking()}/move/{stock.slot()}?ticket=0&ticket=1"),
    "missing": (None, lambda stock: "/nothing"),
    "sign-in": (None, lambda stock: "/sign-in"),
    "office": (OFFICE, lambda stock: stock.moved() and f"/box-office?day={stock.tomorrow}"),
    "office-sell": (OFFICE, lambda stock: f"/box-office/showings/{stock.slot()}"),
    "office-blocks": (OFFICE, lambda stock: f"/box-office/showings/{stock.blocked()}/blocks"),
    "office-call-list": (OFFICE, lambda stock: f"/box-office/showings/{stock.off()[0]}/call-list"),
    "office-find": (OFFICE, lambda stock: "/box-office/find"),
    "office-verified": (OFFICE, lambda stock: "/box-office/find"),
    "office-found": (OFFICE, lambda stock: "/box-office/find"),
    "office-booking-moved": (OFFICE, lambda stock: f"/box-office/bookings/{stock.moved_tickets()}"),
    "office-booking": (OFFICE, lambda stock: f"/box-office/bookings/{stock.booking()}"),
    "office-sold": (OFFICE, lambda stock: f"/box-office/bookings/{stock.booking()}/sold?given=3000"),
    "office-tickets": (OFFICE, lambda stock: f"/box-office/bookings/{stock.booking()}/tickets"),
    "office-move": (OFFICE, lambda stock: stock.moved() and f"/box-office/bookings/{stock.booking()}/move?some=1&ticket=0"),
    "office-move-seats": (
        OFFICE, lambda stock: f"/box-office/bookings/{stock.booking()}/move?some=1&ticket=0&slot={stock.slot()}"),
    "office-cancel": (OFFICE, lambda stock: f"/box-office/bookings/{stock.booking()}/cancel?some=1&ticket=0"),
    "office-refunds": (OFFICE, lambda stock: "/box-office/refunds"),
    "office-unpaid": (OFFICE, lambda stock: "/box-office/unpaid"),
    "manage": (MANAGER, lambda stock: "/manage"),
    "manage-timetable": (MANAGER, lambda stock: "/manage/timetable"),
    "manage-new": (MANAGER, lambda stock: "/manage/timetable/new"),
    "manage-scheduled": (MANAGER, lambda stock: "/manage/timetable/new"),
    "manage-moved": (MANAGER, lambda stock: f"/manage/showings/{stock.moved()}"),
    "manage-showing": (MANAGER, lambda stock: f"/manage/showings/{stock.slot()}"),
    "manage-canceled": (MANAGER, lambda stock: f"/manage/showings/{stock.off()[0]}"),
    "manage-cancel": (MANAGER, lambda stock: f"/manage/showings/{stock.slot()}/cancel"),
    "manage-prices": (MANAGER, lambda stock: "/manage/prices"),
    "manage-prices-new": (MANAGER, lambda stock: "/manage/prices/new"),
    "manage-price-list": (MANAGER, lambda stock: f"/manage/prices/{stock.prices()}"),
    "manage-promotions": (MANAGER, lambda stock: stock.promotion() and "/manage/promotions"),
    "manage-promotion-new": (MANAGER, lambda stock: "/manage/promotions/new"),
    "manage-promotion": (MANAGER, lambda stock: f"/manage/promotions/{stock.promotion()}"),
    "manage-figures": (MANAGER, lambda stock: stock.booking() and f"/manage/figures?from={stock.tomorrow}&until={stock.days_later(6)}"),
    "manage-figures-day": (MANAGER, lambda stock: stock.booking() and f"/manage/figures?from={stock.tomorrow}&until={stock.tomorrow}"),
    "manage-figures-none": (MANAGER, lambda stock: "/manage/figures?from=2020-01-01&until=2020-03-31"),
    "manage-keys": (MANAGER, lambda stock: "/manage/keys"),
    "manage-key-new": (MANAGER, lambda stock: "/manage/keys/new"),
    "manage-key-revoke": (MANAGER, lambda stock: "/manage/keys"),
    "manage-auditoriums": (MANAGER, lambda stock: "/manage/auditoriums"),
    "manage-auditorium": (MANAGER, lambda stock: f"/manage/auditoriums/{stock.hall()}"),
    "manage-auditorium-new": (MANAGER, lambda stock: "/manage/auditoriums/new"),
    "manage-import": (MANAGER, lambda stock: "/manage/auditoriums/import"),
    "manage-reseat": (MANAGER, lambda stock: f"/manage/showings/{stock.slot()}/reseat"),
}


@pytest.fixture
def stock(cinema, showing, tomorrow):
    return Stock(cinema, showing, tomorrow)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_for_everybody(name, visit, stock, pictures):
    role, path = PAGES[name]
    visitor = visit()
    if role:
        visitor.sign_in(role)
    expected = {"missing": "status of 404", "showing-refused": "status of 409"}
    with visitor.expecting(expected.get(name, "nothing")):
        page = visitor.open(path(stock))
        if name in STEPS:
            STEPS[name](stock, visitor)
    if name != "missing":
        assert page.get_by_text("This did not work").count() == 0, "an error page"
    found = []
    for size, settings in SIZES.items():
        page.set_viewport_size(settings["viewport"])
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            page.screenshot(path=pictures / f"{name}-{size}-{theme}.png", full_page=True)
            found += [f"{size}, {theme}: {violation}" for violation in violations(page)]
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider <= 0, f"{wider} px are beside the screen of a {size}"
    page.set_viewport_size({"width": 320, "height": 568})
    narrow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert narrow <= 0, f"{narrow} px are beside the narrowest telephone"
    assert not found, "\n".join(found)


def test_a_page_has_the_language_of_its_reader(visit):
    page = visit(language="de-DE").open("/")
    assert page.locator("html").get_attribute("lang") == "de"
    expect(page.get_by_role("button", name="Zeigen")).to_be_visible()
