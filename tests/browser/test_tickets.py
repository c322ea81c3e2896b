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


@pytest.fixture
def booked(cinema, tomorrow):
    """Returns a function that books tickets of a showing of tomorrow, and returns the path of their page."""

    def book(name, count, **more):
        slot = cinema.slots(tomorrow, slotName=name)[0]["slotId"]
        person = {"userName": "Ada Lovelace", "userPhoneNumber": "+44 20 7946 0123"}
        body = {**person, "slotId": slot, "numTickets": count, **more}
        booking = cinema.call("POST", "/v1/bookings", body, "box_office")
        return f"/bookings/{booking['bookingId']}"

    return book


def test_tickets_are_printed_black_on_white_and_without_what_is_not_paper(visit, booked):
    visitor = visit(theme="dark")
    page = visitor.open(booked("Metropolis", 2))
    assert page.get_by_role("button", name="Print").is_visible()
    page.emulate_media(media="print", color_scheme="dark")
    for gone in (page.get_by_role("button", name="Print"), page.get_by_role("link", name="Cancel tickets"),
                 page.locator("header.top"), page.locator("footer"), page.locator("h1")):
        assert not gone.is_visible(), gone
    colours = "[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.querySelector('.ticket h2')).color]"
    assert page.evaluate(colours) == ["rgb(255, 255, 255)", "rgb(0, 0, 0)"]
    assert page.get_by_role("img", name="Code of the ticket").count() == 2
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4"))) == 1, "one sheet"


def test_a_code_is_dark_on_light_in_the_dark_too(visit, booked):
    page = visit(theme="dark", size="telephone").open(booked("Metropolis", 1))
    code = page.get_by_role("img", name="Code of the ticket")
    box = code.bounding_box()
    assert min(box["width"], box["height"]) >= 200, "a reader at arm's length reads it"
    fills = code.evaluate("svg => [...svg.children].map(shape => getComputedStyle(shape).fill)")
    assert fills == ["rgb(255, 255, 255)", "rgb(0, 0, 0)"]


@pytest.mark.parametrize("scripts", [True, False])
def test_tickets_are_moved_to_the_best_seats_and_then_to_others(visit, booked, scripts):
    visitor = visit(scripts=scripts)
    row = "A" if scripts else "B"
    first = booked("Safety Last!", 2)
    page = visitor.open(first)
    visitor.click(page.get_by_role("link", name="Move tickets"))
    visitor.click(page.locator(".programme a.card").last)
    visitor.click(page.get_by_role("button", name="Move 2 tickets there"))
    page.get_by_text("These tickets replace earlier ones").wait_for()
    visitor.click(page.get_by_role("link", name="Move tickets"))
    visitor.click(page.get_by_role("link", name="Other seats in the same showing"))
    for seat in (f"{row}1", f"{row}2"):
        page.get_by_role("checkbox", name=re.compile(rf"^{seat}\b")).check()
    visitor.click(page.get_by_role("button", name="Move to the chosen seats"))
    page.get_by_role("img", name=f"Code of the ticket: Row {row}, seat 2").wait_for()
    page = visitor.open(first)
    page.get_by_text("Tickets were moved to:").wait_for()
    visitor.click(page.get_by_role("link", name="To these tickets"))
    expect(page.get_by_role("img", name=f"Code of the ticket: Row {row}, seat 1")).to_be_visible()
