"""The manager sets prices and promotions, by which customers then buy."""

import uuid

import pytest
from playwright.sync_api import expect

from test_manager_plans import schedule

PLAIN = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
SIZES = pytest.mark.parametrize("size", ["desktop", "telephone"])


def fill(page, name):
    """Fills in a list of two tickets, one of them also in the lounge."""
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Currency").fill("EUR")
    page.get_by_label("Tax in percent").fill("7")
    adult, child = (page.get_by_role("group", name=f"Ticket {number}") for number in (1, 2))
    adult.get_by_label("Ticket").fill("adult")
    adult.get_by_label("All other seats").fill("12,50")
    adult.get_by_label("lounge").fill("16.90")
    child.get_by_label("Ticket").fill("child")
    child.get_by_label("All other seats").fill("7.90")


@SIZES
@PLAIN
def test_a_price_list_is_added_and_sold_by(visit, cinema, tomorrow, size, scripts):
    name = f"Weekend {uuid.uuid4().hex[:6]}"
    cinema.add_hall(name)
    page = visit(size=size, scripts=scripts).sign_in("admin")
    page.goto("/manage/prices")
    page.get_by_role("link", name="Add a price list").click()
    fill(page, name)
    page.get_by_role("button", name="Add the price list").click()
    expect(page.get_by_text("It is added.")).to_be_visible()
    schedule(page, f"Faust in {name}", tomorrow, f"{name} (60 seats)", prices=name)
    slot = cinema.slots(tomorrow, slotName=f"Faust in {name}")[0]["slotId"]
    customer = visit(size=size, scripts=scripts).open(f"/showings/{slot}")
    for price in ("€12.50", "€16.90", "€7.90"):
        expect(customer.get_by_text(price).first).to_be_visible()


@SIZES
def test_a_wrong_price_is_told_and_mended(visit, cinema, size):
    name = f"Monday {uuid.uuid4().hex[:6]}"
    cinema.add_hall(name)
    visitor = visit(size=size)
    page = visitor.sign_in("admin")
    page.goto("/manage/prices/new")
    fill(page, name)
    ticket = page.get_by_role("group", name="Ticket 2")
    ticket.get_by_label("All other seats").fill("cheap")
    with visitor.expecting("status of 422"):
        page.get_by_role("button", name="Add the price list").click()
        alert = page.get_by_role("alert").filter(has_text="Nothing was saved yet.")
        expect(alert).to_be_visible()
    visitor.click(alert.get_by_role("link"))
    expect(ticket.get_by_label("All other seats")).to_be_focused()
    expect(ticket.get_by_label("All other seats")).to_have_value("cheap")
    ticket.get_by_label("All other seats").fill("7")
    # Enter saves, and does not ask for more fields.
    page.keyboard.press("Enter")
    expect(page.get_by_text("It is added.")).to_be_visible()
    page.get_by_role("button", name="More tickets").click()
    expect(page.get_by_role("group", name="Ticket 8")).to_be_visible()
    expect(ticket.get_by_label("Ticket")).to_have_value("child")


@SIZES
@PLAIN
def test_a_promotion_is_used_and_switched_off(visit, cinema, showing, size, scripts):
    slot, code = showing()["slotId"], f"SPRING-{uuid.uuid4().hex[:8]}".upper()
    page = visit(size=size, scripts=scripts).sign_in("admin")
    page.goto("/manage/promotions")
    page.get_by_role("link", name="Add a promotion").click()
    page.get_by_label("Promotion code").fill(code.lower())
    page.get_by_label("Discount").fill("20")
    page.get_by_label("Bookings that may use it").fill("2")
    page.get_by_role("button", name="Add the promotion").click()
    expect(page.get_by_role("heading", name=code)).to_be_visible()
    order = {"slotId": slot, "seats": ["A1"], "ticketTypes": ["adult"], "promotionCode": code}
    assert cinema.call("POST", "/v1/holds", order)["total"] == 1000
    page.reload()
    expect(page.get_by_text("used 1 of 2 times")).to_be_visible()
    page.get_by_role("button", name="Switch it off").click()
    expect(page.get_by_text("The code is switched off.")).to_be_visible()
    cinema.call("POST", "/v1/holds", {**order, "seats": ["A2"]}, expect=404)
