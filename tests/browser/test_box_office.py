"""A cashier sells, finds, moves, cancels and pays back, with the hands on the keyboard."""

import re
import time
import uuid

import pytest
from playwright.sync_api import expect

from test_seats import box


@pytest.fixture
def cashier(visit):
    visitor = visit()
    visitor.sign_in("box_office")
    return visitor


def counts(page, **types):
    for name, count in types.items():
        page.get_by_role("spinbutton", name=re.compile(f"^{name}")).fill(str(count))


def sell(page):
    page.get_by_role("button", name=re.compile("^Sell")).click()
    expect(page).to_have_url(re.compile("/sold"))


def test_a_sale_by_keyboard_takes_less_than_ten_seconds(cashier, cinema, showing, tomorrow):
    slot = showing()
    page = cashier.open(f"/box-office?day={tomorrow}&title={slot['slotName'].replace(' ', '+')}")
    keys = page.keyboard
    began = time.monotonic()
    # The showing has the focus, and then the number of tickets.
    cashier.press("Enter", at=page.get_by_role("link", name=slot["slotName"]))
    expect(page.get_by_role("heading", name=slot["slotName"])).to_be_visible()
    cashier.press("2", at=page.get_by_role("spinbutton", name=re.compile("^adult")))
    cashier.access("a")
    keys.type("30")
    expect(page.get_by_text("€5.00 back")).to_be_visible()
    keys.press("Enter")
    expect(page.get_by_role("heading", name="2 tickets sold")).to_be_visible()
    took = time.monotonic() - began
    expect(page.get_by_text("€5.00 back")).to_be_visible()
    assert took < 10, f"{took:.1f} s"
    assert cinema.available(slot["slotId"]) == 58
    # The next customer.
    cashier.access("n")
    expect(page).to_have_url(re.compile("/box-office$"))


def test_a_sale_works_without_scripts(visit, cinema, showing):
    slot = showing()["slotId"]
    visitor = visit(size="telephone", scripts=False)
    visitor.sign_in("box_office")
    page = visitor.open(f"/box-office/showings/{slot}")
    counts(page, adult=1, child=1)
    page.get_by_label("Card terminal").check()
    sell(page)
    expect(page.get_by_text("€20.40").first).to_be_visible()
    assert cinema.available(slot) == 58


def test_a_double_click_sells_once(cashier, cinema, showing):
    slot = showing()["slotId"]
    page = cashier.open(f"/box-office/showings/{slot}")
    counts(page, adult=2)
    page.get_by_role("button", name=re.compile("^Sell")).dblclick()
    expect(page).to_have_url(re.compile("/sold"))
    assert cinema.available(slot) == 58


def test_seats_are_chosen_on_the_plan(cashier, showing):
    page = cashier.open(f"/box-office/showings/{showing()['slotId']}")
    counts(page, adult=2)
    page.get_by_text("Seats: the best, unless you say otherwise").click()
    for seat in ("E6", "E7"):
        box(page, seat).check()
    expect(page.get_by_text("€33.80").first).to_be_visible()
    sell(page)
    expect(page.get_by_text("Row E, seat 6").or_(page.get_by_text("E6")).first).to_be_visible()


def test_a_group_of_32_is_one_booking(cashier, cinema, showing):
    slot = showing()["slotId"]
    page = cashier.open(f"/box-office/showings/{slot}")
    counts(page, adult=32)
    page.get_by_label("Name").fill("School of Film")
    page.get_by_label("Telephone").fill("5550132")
    with cashier.expecting("status of 409"):
        page.get_by_role("button", name=re.compile("^Sell")).click()
        expect(page.get_by_role("alert")).to_contain_text("not so many beside each other")
    page.get_by_role("button", name="May sit apart").click()
    expect(page.get_by_role("heading", name="32 tickets sold")).to_be_visible()
    assert cinema.available(slot) == 28


def test_seats_are_blocked_and_sold_from_their_block(cashier, cinema, showing):
    slot = showing()["slotId"]
    page = cashier.open(f"/box-office/showings/{slot}/blocks")
    page.get_by_label("Reason").fill("Guests of the director")
    page.get_by_label("Seats, such as F7 F8").fill("c4 c5")
    page.get_by_role("button", name="Block", exact=True).click()
    expect(page.get_by_text("C4, C5")).to_be_visible()
    assert cinema.available(slot) == 58
    page.goto(f"/box-office/showings/{slot}")
    counts(page, adult=1)
    page.get_by_text("Seats: the best, unless you say otherwise").click()
    page.get_by_label("From a block").select_option(label="Guests of the director (2)")
    sell(page)
    page.goto(f"/box-office/showings/{slot}/blocks")
    page.get_by_role("button", name="Delete the block").click()
    expect(page.get_by_text("No seats are blocked.")).to_be_visible()
    assert cinema.available(slot) == 59


def test_a_booking_is_found_by_person_and_by_number(cashier, cinema, showing):
    booking = cinema.book(showing()["slotId"], "C4", "C5", name="Grace Hopper")
    page = cashier.open("/box-office/find")
    page.get_by_label("Name").fill("Grace Hopper")
    page.get_by_label("Telephone").fill("5550100")
    page.get_by_role("button", name="Find", exact=True).click()
    page.get_by_role("link").filter(has_text=booking["tickets"][0]["slotName"]).click()
    expect(page).to_have_url(re.compile(booking["bookingId"]))
    number = page.locator(".number").first.inner_text()
    for text, found in ((number, page.get_by_role("heading", name=booking["tickets"][0]["slotName"])),
                        ("nonsense", page.get_by_role("alert").filter(has_text="This is no ticket code"))):
        page.goto("/box-office")
        cashier.access("c")
        scan = page.get_by_label("Ticket code or booking number")
        expect(scan).to_be_focused()
        page.keyboard.type(text)
        cashier.press("Enter", at=scan)
        expect(found).to_be_visible()


def test_tickets_are_moved_to_another_showing(cashier, cinema, showing, tomorrow):
    early, late = showing(), showing(start="22:30", end="23:50")
    booking = cinema.book(early["slotId"], "C4", "C5")
    page = cashier.open(f"/box-office/bookings/{booking['bookingId']}")
    page.get_by_role("button", name=re.compile("^Move")).click()
    page.get_by_label("Day").fill(tomorrow)
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name=late["slotName"]).click()
    page.get_by_role("button", name="Move 2 tickets").click()
    expect(page.get_by_text("Moved. The old tickets are no longer valid: print the new ones.")).to_be_visible()
    assert (cinema.available(early["slotId"]), cinema.available(late["slotId"])) == (60, 58)


def test_tickets_are_canceled_and_paid_back(cashier, cinema, showing):
    slot = showing()["slotId"]
    booking = cinema.book(slot, "C4", "C5")
    page = cashier.open(f"/box-office/bookings/{booking['bookingId']}")
    page.get_by_role("button", name=re.compile("^Cancel")).click()
    expect(page.get_by_text("€25.00 is paid back at the till.")).to_be_visible()
    page.get_by_role("button", name="Cancel 2 tickets").click()
    expect(page.get_by_text("Canceled. The seats are free again.")).to_be_visible()
    page.get_by_role("button", name="I have paid back €25.00").dblclick()
    expect(page.get_by_text("Paid back").first).to_be_visible()
    assert cinema.available(slot) == 60
    due = cinema.call("GET", "/v1/refunds?state=due", role="box_office")["refunds"]
    assert booking["bookingId"] not in {refund["bookingId"] for refund in due}


def test_tickets_are_printed(cashier, cinema, showing):
    booking = cinema.book(showing()["slotId"], "C4", "C5")
    page = cashier.open(f"/box-office/bookings/{booking['bookingId']}/tickets")
    page.evaluate("window.print = () => { window.printed = true }")
    page.get_by_role("button", name=re.compile("^Print")).click()
    assert page.evaluate("window.printed === true")
    page.emulate_media(media="print")
    expect(page.get_by_role("img", name=re.compile("Code of the ticket"))).to_have_count(2)
    expect(page.get_by_role("navigation")).to_have_count(0)


def test_a_session_ends_when_the_cashier_signs_out(cashier):
    cashier.page.get_by_role("button", name="Sign out").click()
    expect(cashier.page).to_have_url(re.compile("/sign-in"))
    cashier.page.go_back()
    expect(cashier.page).to_have_url(re.compile("/sign-in"))


def test_the_list_is_walked_by_arrows_and_a_scanner_reaches_its_field(cashier, tomorrow):
    page = cashier.open(f"/box-office?day={tomorrow}")
    items = page.locator("[data-item]")
    third = items.nth(2).inner_text()
    for key, at in (("ArrowDown", 0), ("ArrowDown", 1), ("ArrowUp", 2)):
        cashier.press(key, at=items.nth(at))
    expect(items.nth(1)).to_be_focused()
    page.keyboard.type("AEBRL52")
    scan = page.get_by_label("Ticket code or booking number")
    expect(scan).to_have_value("AEBRL52")
    cashier.press("Enter", at=scan)
    expect(page.get_by_role("alert")).to_contain_text("This is no ticket code")
    page.goto(f"/box-office?day={tomorrow}")
    cashier.press("3", at=items.first)
    expect(page.get_by_role("heading", level=1)).to_have_text(third)


def test_other_seats_are_taken_by_enter(cashier, showing):
    page = cashier.open(f"/box-office/showings/{showing()['slotId']}")
    cashier.press("2", at=page.get_by_role("spinbutton", name=re.compile("^adult")))
    cashier.access("s")
    seats = page.get_by_label("Seats, such as F7 F8")
    seats.fill("A2 A3")
    with cashier.expecting("status of 409"):
        cashier.press("Enter", at=seats)
        expect(page.get_by_role("alert")).to_contain_text("left alone")
    cashier.press("Enter", at=page.get_by_role("button", name=re.compile("^Take ")).first)
    expect(page.get_by_role("heading", name="2 tickets sold")).to_be_visible()


@pytest.mark.parametrize(("size", "scripts"), [("telephone", True), ("desktop", False)], ids=["telephone", "plain"])
def test_a_booking_is_found_moved_canceled_and_paid_back(visit, cinema, showing, tomorrow, size, scripts):
    early, late = showing(), showing(start="22:30", end="23:50")
    person = f"Grace {uuid.uuid4().hex[:6]}"
    cinema.book(early["slotId"], "C4", "C5", name=person)
    visitor = visit(size=size, scripts=scripts)
    page = visitor.sign_in("box_office")
    page.goto("/box-office/find")
    page.get_by_label("Name").fill(person)
    page.get_by_label("Telephone").fill("5550100")
    visitor.click(page.get_by_role("button", name="Find", exact=True))
    visitor.click(page.get_by_role("link").filter(has_text=early["slotName"]))
    visitor.click(page.get_by_role("button", name=re.compile("^Move")))
    page.get_by_label("Day").fill(tomorrow)
    visitor.click(page.get_by_role("button", name="Show"))
    visitor.click(page.get_by_role("link", name=late["slotName"]))
    visitor.click(page.get_by_role("button", name="Move 2 tickets"))
    expect(page.get_by_text("Moved. The old tickets are no longer valid: print the new ones.")).to_be_visible()
    assert (cinema.available(early["slotId"]), cinema.available(late["slotId"])) == (60, 58)
    visitor.click(page.get_by_role("button", name=re.compile("^Cancel")))
    visitor.click(page.get_by_role("button", name="Cancel 2 tickets"))
    expect(page.get_by_text("Canceled. The seats are free again.")).to_be_visible()
    visitor.click(page.get_by_role("button", name="I have paid back €25.00"))
    expect(page.get_by_text("Paid back").first).to_be_visible()
    assert cinema.available(late["slotId"]) == 60


@pytest.mark.parametrize(("size", "scripts"), [("telephone", True), ("desktop", False)], ids=["telephone", "plain"])
def test_seats_are_blocked_and_released(visit, cinema, showing, size, scripts):
    slot = showing()["slotId"]
    visitor = visit(size=size, scripts=scripts)
    page = visitor.sign_in("box_office")
    page.goto(f"/box-office/showings/{slot}/blocks")
    page.get_by_label("Reason").fill("Press")
    page.get_by_label("How many, the best that are free").fill("4")
    page.get_by_role("button", name="Block", exact=True).dblclick()
    expect(page.get_by_role("button", name=re.compile("^Delete the block"))).to_be_visible()
    assert cinema.available(slot) == 56
    visitor.click(page.get_by_role("button", name=re.compile("^Delete the block")))
    expect(page.get_by_text("No seats are blocked.")).to_be_visible()
    assert cinema.available(slot) == 60
