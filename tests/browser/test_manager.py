"""The manager schedules showings, corrects and cancels them."""

import re
import uuid

import pytest
from playwright.sync_api import expect


@pytest.fixture
def manager(visit):
    visitor = visit()
    visitor.sign_in("admin")
    return visitor


@pytest.fixture
def place(cinema):
    """Returns the name of an auditorium in which nothing is shown yet."""
    name = f"Hall {uuid.uuid4().hex[:6]}"
    cinema.add_hall(name)
    return name


def schedule(page, place, title, day, start="20:00", end="22:00", until=None):
    page.goto("/manage/timetable/new")
    page.get_by_label("Title").fill(title)
    page.get_by_label("Day", exact=True).fill(day)
    page.get_by_label("Start").fill(start)
    page.get_by_label("End", exact=True).fill(end)
    page.get_by_label("Auditorium").select_option(label=f"{place} (60 seats)")
    if until:
        page.get_by_label("Repeat until").fill(until)
    page.get_by_role("button", name="Schedule").click()


@pytest.mark.parametrize("size", ["desktop", "telephone"])
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
def test_a_showing_is_scheduled(visit, cinema, place, tomorrow, size, scripts):
    visitor = visit(size=size, scripts=scripts)
    page = visitor.sign_in("admin")
    schedule(page, place, f"Faust in {place}", tomorrow)
    expect(page.get_by_text("The showing is scheduled.")).to_be_visible()
    assert len(cinema.slots(tomorrow, slotName=f"Faust in {place}")) == 1


def test_an_overlap_is_refused_beside_its_field(manager, place, tomorrow):
    page = manager.page
    schedule(page, place, "Faust", tomorrow)
    expect(page.get_by_text("The showing is scheduled.")).to_be_visible()
    with manager.expecting("status of 422"):
        schedule(page, place, "Golem", tomorrow, start="21:00", end="23:00")
        expect(page.get_by_role("alert").filter(has_text="Nothing was saved yet.")).to_be_visible()
    expect(page.get_by_text("Faust").first).to_be_visible()
    expect(page.get_by_label("Title")).to_have_value("Golem")
    page.get_by_label("Start").fill("22:30")
    page.get_by_label("End", exact=True).fill("23:50")
    page.get_by_role("button", name="Schedule").click()
    expect(page.get_by_text("The showing is scheduled.")).to_be_visible()


def test_a_double_click_schedules_once(manager, cinema, place, tomorrow):
    page = manager.page
    page.goto("/manage/timetable/new")
    page.get_by_label("Title").fill("Nosferatu II")
    page.get_by_label("Day", exact=True).fill(tomorrow)
    page.get_by_label("Start").fill("20:00")
    page.get_by_label("Minutes").fill("94")
    page.get_by_label("Auditorium").select_option(label=f"{place} (60 seats)")
    page.get_by_role("button", name="Schedule").dblclick()
    expect(page.get_by_text("The showing is scheduled.")).to_be_visible()
    assert len(cinema.slots(tomorrow, slotName="Nosferatu II")) == 1


def test_the_sale_of_a_showing_is_closed_and_opened(manager, showing, visit):
    slot = showing()["slotId"]
    page = manager.open(f"/manage/showings/{slot}")
    page.get_by_role("button", name="Close the sale").click()
    expect(page.get_by_text("The sale is closed. Tickets that are sold stay valid.")).to_be_visible()
    customer = visit().open(f"/showings/{slot}")
    expect(customer.get_by_text("Not on sale").first).to_be_visible()
    page.get_by_role("button", name="Reopen the sale").click()
    expect(page.get_by_text("The showing is on sale again.")).to_be_visible()


def test_a_canceled_showing_tells_how_far_it_is(manager, cinema, showing, visit):
    slot = showing()["slotId"]
    bookings = [cinema.book(slot, seat) for seat in ("C1", "C2", "C3", "C4")]
    page = manager.open(f"/manage/showings/{slot}")
    page.get_by_role("link", name="Cancel the showing").click()
    expect(page.get_by_text("4 bookings with 4 tickets are canceled.")).to_be_visible()
    page.get_by_role("button", name="Cancel the showing").dblclick()
    expect(page.get_by_text("4 bookings with 4 tickets canceled so far.")).to_be_visible(timeout=20_000)
    expect(page.get_by_text("€50.00 paid back.")).to_be_visible()
    expect(page.get_by_text("This is done.")).to_be_visible()
    customer = visit(size="telephone").open(f"/bookings/{bookings[0]['bookingId']}")
    expect(customer.get_by_text("This showing does not take place. We are sorry.")).to_be_visible()


def test_a_showing_is_moved_to_another_auditorium(manager, cinema, showing, place):
    slot = showing()["slotId"]
    cinema.book(slot, "C1", "C2")
    page = manager.open(f"/manage/showings/{slot}/reseat")
    page.get_by_label("Auditorium").select_option(label=f"{place} (60 seats)")
    page.get_by_role("button", name="See who fits").click()
    expect(page.get_by_text("1 of 1 bookings fit.")).to_be_visible()
    page.get_by_role("button", name="Move the showing").click()
    expect(page.get_by_text("1 booking with 2 tickets moved so far.")).to_be_visible(timeout=20_000)
    page.get_by_role("link", name="To the showing in the other auditorium").click()
    expect(page.get_by_text(place).first).to_be_visible()


def test_a_key_of_the_box_office_opens_no_page_of_the_manager(visit):
    visitor = visit()
    visitor.sign_in("box_office")
    visitor.page.goto("/manage")
    expect(visitor.page).to_have_url(re.compile(r"/sign-in\?to="))
