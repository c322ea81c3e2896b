"""What customers do, from the choice of seats to the money back, where the store is DynamoDB. Seats are paid on both in test_buying.py."""

import re

import pytest
from playwright.sync_api import expect

from cinema import until
from test_buying import box, hold, pay, taken


@pytest.fixture
def cinema(dynamodb):
    return dynamodb


@pytest.fixture
def booked(visit, showing):
    """Returns a visitor who has bought two tickets of a showing, and the showing."""

    def buy(**settings):
        slot = showing()["slotId"]
        visitor = visit(**settings)
        page = hold(visitor, slot, "C4", "C5")
        pay(visitor)
        expect(page).to_have_url(re.compile("/bookings/"), timeout=20_000)
        return visitor, slot

    return buy


def paid_back(cinema, slot):
    """Returns the amounts that were paid back for a showing."""
    refunds = cinema.call("GET", "/v1/refunds?state=paid&limit=100", role="box_office")["refunds"]
    return [refund["amount"] for refund in refunds if refund["slotId"] == slot]


WAYS = [{"size": "desktop", "scripts": True}, {"size": "telephone", "scripts": False}]


@pytest.mark.parametrize("settings", WAYS, ids=["desktop", "telephone"])
def test_a_hold_is_extended_given_up_and_refused_to_others(visit, cinema, showing, settings):
    slot = showing()["slotId"]
    visitor, other = visit(**settings), visit(**settings)
    theirs = other.open(f"/showings/{slot}")
    if settings["scripts"]:
        # They choose a seat that somebody else takes, and see it.
        box(theirs, "A1").check()
    page = hold(visitor, slot, "A1", "A2")
    if settings["scripts"]:
        expect(box(theirs, "A1")).to_be_disabled()
    else:
        with other.expecting("status of 409"):
            other.click(box(theirs, "A1"))
            other.click(theirs.get_by_role("button", name="Go on with these seats"))
            expect(theirs.get_by_role("alert").filter(has_text="A1")).to_be_visible()
    held = f"/v1/holds/{page.url.rsplit('/', 1)[1]}"
    before = cinema.call("GET", held)["heldUntil"]
    visitor.click(page.get_by_role("button", name="I need more time"))
    until(lambda: cinema.call("GET", held)["heldUntil"] > before, "more time")
    expect(page.get_by_role("heading", name="Check, and finish")).to_be_visible()
    assert taken(cinema, slot) == 2
    page = visitor.open(f"/showings/{slot}")
    visitor.click(page.get_by_role("button", name="Give them up"))
    expect(page.get_by_text("Held for you")).to_have_count(0)
    assert taken(cinema, slot) == 0


@pytest.mark.parametrize("settings", WAYS, ids=["desktop", "telephone"])
def test_tickets_are_moved_and_then_canceled_for_money(cinema, booked, settings):
    visitor, slot = booked(**settings)
    page = visitor.page
    visitor.click(page.get_by_role("link", name="Move tickets"))
    visitor.click(page.get_by_role("link", name="Other seats in the same showing"))
    for seat in ("D1", "D2"):
        visitor.click(page.get_by_role("checkbox", name=re.compile(rf"^{seat}\b")))
    visitor.click(page.get_by_role("button", name="Move to the chosen seats"))
    expect(page.get_by_text("These tickets replace earlier ones")).to_be_visible()
    assert taken(cinema, slot) == 2
    visitor.click(page.get_by_role("link", name="Cancel tickets"))
    visitor.click(page.get_by_role("checkbox").first)
    visitor.click(page.get_by_role("button", name="Go on"))
    visitor.click(page.get_by_role("button", name="Cancel this ticket"))
    expect(page.get_by_text("One ticket is canceled.")).to_be_visible()
    until(lambda: paid_back(cinema, slot) == [1250], "the money")
    assert taken(cinema, slot) == 1
    expect(page.get_by_role("img", name=re.compile("Code of the ticket"))).to_have_count(1)
    with page.expect_download() as download:
        page.get_by_role("link", name="Add to your calendar").click()
    assert download.value.path().read_text().startswith("BEGIN:VCALENDAR")
