"""Customers find a showing from the first page on: by title, genre and date."""

import datetime
import re

import pytest
from playwright.sync_api import expect

from test_seats import box
from visitor import violations


@pytest.fixture
def later():
    """Returns a day that no link of the programme leads to."""
    return (datetime.date.today() + datetime.timedelta(days=20)).isoformat()


def search(visitor, **fields):
    """Fills in the form of the programme, and sends it."""
    page = visitor.page
    form = page.get_by_role("search")
    for label, value in fields.items():
        field = form.get_by_label(label)
        field.select_option(label=value) if label == "Genre" else field.fill(value)
    visitor.click(form.get_by_role("button", name="Show"))
    return page


def card(page, name):
    return page.get_by_role("link").filter(has=page.get_by_role("heading", name=name, exact=True))


@pytest.mark.parametrize("size", ["desktop", "telephone"])
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
def test_a_showing_is_found_and_held_from_the_first_page_on(visit, showing, later, size, scripts):
    name = showing(day=later)["slotName"]
    visitor = visit(size=size, scripts=scripts)
    visitor.open("/")
    page = search(visitor, Title=name)
    expect(page.get_by_role("heading", name=f"Showings of “{name}”")).to_be_visible()
    expect(card(page, name)).to_have_count(1)
    page = search(visitor, Genre="Saga", Date=later)
    expect(page.get_by_text(re.compile("^From .* on"))).to_be_visible()
    visitor.click(card(page, name))
    expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()
    # Back to the programme of its day, and to the showing again.
    visitor.click(page.get_by_role("link", name="To the programme"))
    expect(page).to_have_url(re.compile(f"day={later}"))
    visitor.click(card(page, name))
    for seat in ("C4", "C5"):
        visitor.click(box(page, seat))
    visitor.click(page.get_by_role("button", name="Go on with these seats"))
    expect(page).to_have_url(re.compile("/holds/"))
    expect(page.get_by_role("heading", name=name)).to_be_visible()


def test_a_day_is_reached_by_its_date(visit, showing, later):
    name = showing(day=later)["slotName"]
    visitor = visit()
    page = visitor.open("/")
    expect(card(page, name)).to_have_count(0)
    search(visitor, Date=later)
    expect(card(page, name)).to_be_visible()
    search(visitor, Genre="Saga")
    expect(card(page, name)).to_be_visible()
    page.get_by_role("link", name="Clear the filters").click()
    expect(page.get_by_role("search").get_by_label("Date")).to_have_value(later)


@pytest.mark.parametrize("size", ["desktop", "telephone"])
def test_a_showing_is_found_in_german(visit, showing, later, size):
    name = showing(day=later)["slotName"]
    visitor = visit(language="de-DE", size=size)
    page = visitor.open("/")
    found = violations(page)
    page.get_by_label("Titel").fill(name)
    visitor.click(page.get_by_role("button", name="Zeigen"))
    expect(page.get_by_role("heading", name=f"Vorstellungen von „{name}“")).to_be_visible()
    found += violations(page)
    visitor.click(card(page, name))
    expect(page.get_by_role("button", name="Weiter mit diesen Plätzen")).to_be_visible()
    found += violations(page)
    for seat in ("C4", "C5"):
        visitor.click(box(page, seat))
    visitor.click(page.get_by_role("button", name="Weiter mit diesen Plätzen"))
    expect(page.get_by_role("heading", name="Für wen sind die Karten?")).to_be_visible()
    found += violations(page)
    assert not found, "\n".join(found)
