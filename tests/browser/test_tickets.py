"""The tickets of a booking: shown, kept, canceled."""

import re

import pytest
from playwright.sync_api import expect


@pytest.fixture
def booking(cinema, showing):
    return cinema.book(showing()["slotId"], "B4", "B5", "B6")


def test_tickets_have_codes_and_an_address_to_keep(visit, booking):
    page = visit(size="telephone").open(f"/bookings/{booking['bookingId']}")
    codes = page.get_by_role("img", name=re.compile("Code of the ticket"))
    expect(codes).to_have_count(3)
    assert codes.first.bounding_box()["width"] >= 160, "a reader at the entrance needs it large"
    expect(page.get_by_text("Keep the address of this page")).to_be_visible()


def test_a_showing_goes_into_a_calendar(visit, booking):
    page = visit().open(f"/bookings/{booking['bookingId']}")
    with page.expect_download() as download:
        page.get_by_role("link", name="Add to your calendar").click()
    text = download.value.path().read_text()
    assert text.startswith("BEGIN:VCALENDAR") and text.count("BEGIN:VEVENT") == 1, text


@pytest.mark.parametrize("size", ["desktop", "telephone"])
@pytest.mark.parametrize("scripts", [True, False])
def test_tickets_are_canceled_after_a_look_at_what_comes_back(visit, cinema, booking, size, scripts):
    visitor = visit(size=size, scripts=scripts)
    page = visitor.open(f"/bookings/{booking['bookingId']}")
    visitor.click(page.get_by_role("link", name="Cancel tickets"))
    visitor.click(page.get_by_role("checkbox").first)
    visitor.click(page.get_by_role("button", name="Go on"))
    expect(page.get_by_text("You get €12.50 back at the box office.")).to_be_visible()
    page.get_by_role("button", name="Cancel this ticket").dblclick()
    expect(page.get_by_text("One ticket is canceled.")).to_be_visible()
    # The form that was sent is not offered again.
    page.go_back()
    expect(page.get_by_role("checkbox")).to_have_count(2)
    left = cinema.call("GET", f"/v1/bookings/{booking['bookingId']}")["tickets"]
    assert sorted(ticket["ticketStatus"] for ticket in left) == ["Booked", "Booked", "Canceled"]
