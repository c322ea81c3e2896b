"""Customers choose seats, hold them, and pay: on the embedded store and on DynamoDB, with and without scripts."""

import re

import pytest
from playwright.sync_api import expect

from cinema import Cinema, until
from test_seats import box


@pytest.fixture(params=["embedded", "dynamodb"])
def at(request):
    return request.getfixturevalue(request.param)


def hold(visitor, slot, *seats):
    """Chooses seats and holds them."""
    page = visitor.open(f"/showings/{slot}")
    for seat in seats:
        visitor.click(box(page, seat))
    visitor.click(page.get_by_role("button", name="Go on with these seats"))
    expect(page).to_have_url(re.compile("/holds/"))
    return page


def pay(visitor, choice=re.compile("^Pay"), goes_wrong=None):
    """Says for whom the tickets are, goes to the payment provider, and pays."""
    page = visitor.page
    page.get_by_label("Name").fill("Ada Lovelace")
    page.get_by_label("Telephone number").fill("+49 30 5550100")
    visitor.click(page.get_by_role("button", name=re.compile("^Pay")))
    expect(page.get_by_text("This is a demonstration.")).to_be_visible()
    if goes_wrong:
        page.get_by_label("The cinema is notified").select_option(goes_wrong)
    visitor.click(page.get_by_role("button", name=choice))
    page.wait_for_url(f"{visitor.cinema.url}/**")


def taken(cinema, slot):
    """Returns how many seats are not free."""
    return 60 - cinema.available(slot)


@pytest.mark.parametrize("size", ["desktop", "telephone"])
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
def test_seats_are_chosen_and_paid(visit, at, showing, size, scripts):
    slot = showing(at)["slotId"]
    visitor = visit(at, size=size, scripts=scripts)
    page = hold(visitor, slot, "C4", "C5")
    expect(page.get_by_text("€25.00").first).to_be_visible()
    pay(visitor)
    expect(page).to_have_url(re.compile("/bookings/"), timeout=20_000)
    expect(page.get_by_role("img", name=re.compile("Code of the ticket"))).to_have_count(2)
    assert taken(at, slot) == 2
    # Back, as many do, leads to the page of the provider, which takes no second payment, or to the tickets again.
    page.go_back()
    tickets, paid = page.get_by_role("heading", name="Your tickets"), page.get_by_role("link", name="Back to the cinema")
    expect(tickets.or_(paid)).to_be_visible()
    if paid.is_visible():
        expect(page.get_by_text(re.compile("This payment is (authorised|captured)"))).to_be_visible()
        visitor.click(paid)
    expect(page).to_have_url(re.compile("/bookings/"), timeout=20_000)
    expect(page.get_by_role("img", name=re.compile("Code of the ticket"))).to_have_count(2)
    assert taken(at, slot) == 2
    page.goto(f"/showings/{slot}")
    expect(box(page, "C4")).to_be_disabled()


def test_the_best_seats_are_offered(visit, showing):
    visitor = visit(size="telephone")
    page = visitor.open(f"/showings/{showing()['slotId']}")
    page.get_by_label(re.compile("^adult")).fill("3")
    visitor.click(page.get_by_text("Or let us choose the best seats"))
    visitor.click(page.get_by_role("button", name="Take the best seats"))
    expect(page).to_have_url(re.compile("/holds/"))
    expect(page.get_by_role("rowheader", name=re.compile("Row"))).to_have_count(3)


def test_what_is_chosen_is_summed_up(visit, showing):
    page = visit().open(f"/showings/{showing()['slotId']}")
    box(page, "D4").check()
    box(page, "E4").check()
    expect(page.get_by_text("Chosen: D4, E4")).to_be_visible()
    expect(page.get_by_text("€29.40")).to_be_visible()


def test_a_ticket_that_is_not_sold_somewhere_has_no_sum(visit, cinema, showing):
    prices = [{"ticketType": "adult", "amount": 1250}, {"ticketType": "child", "zone": "standard", "amount": 790}]
    draft = {"name": "Children in front", "currency": "EUR", "taxRate": 700, "prices": prices}
    slot = showing(priceListId=cinema.call("POST", "/v1/price-lists", draft, "admin")["priceListId"])["slotId"]
    page = visit().open(f"/showings/{slot}")
    adult, child = page.get_by_label(re.compile("^adult")), page.get_by_label(re.compile("^child"))
    sum_of = page.locator("[data-sum]")
    box(page, "E4").check()
    child.fill("1")
    expect(sum_of).to_have_text("Not all of these tickets are sold there.")
    box(page, "E4").uncheck()
    box(page, "D4").check()
    expect(sum_of).to_have_text("€7.90")
    # The best seats: of one zone, and wherever they are.
    box(page, "D4").uncheck()
    adult.fill("0")
    child.fill("2")
    expect(sum_of).to_have_text("€15.80")
    page.get_by_text("Or let us choose the best seats").click()
    page.get_by_label("Zone").select_option("lounge")
    expect(sum_of).to_have_text("Not all of these tickets are sold there.")


def test_a_double_click_holds_and_pays_once(visit, cinema, showing):
    slot = showing()["slotId"]
    visitor = visit()
    page = visitor.open(f"/showings/{slot}")
    box(page, "A1").check()
    page.get_by_role("button", name="Go on with these seats").dblclick()
    expect(page).to_have_url(re.compile("/holds/"))
    assert taken(cinema, slot) == 1
    page.get_by_label("Name").fill("Ada")
    page.get_by_label("Telephone number").fill("5550100")
    page.get_by_role("button", name=re.compile("^Pay")).dblclick()
    expect(page.get_by_text("This is a demonstration.")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Pay")).dblclick()
    expect(page).to_have_url(re.compile("/bookings/"), timeout=20_000)
    assert taken(cinema, slot) == 1
    sold = cinema.call("GET", f"/v1/slots/{slot}/tickets?limit=100", role="box_office")["tickets"]
    assert len(sold) == 1, sold


def test_a_hold_is_extended_and_keeps_what_was_typed(visit, showing):
    visitor = visit()
    page = hold(visitor, showing()["slotId"], "A1", "A2")
    page.get_by_label("Name").fill("Ada")
    left = until(lambda: 0 < seconds_left(page) < 590 and seconds_left(page), "ten seconds")
    page.get_by_role("button", name="I need more time").click()
    until(lambda: seconds_left(page) > left, "the new time")
    expect(page.get_by_label("Name")).to_have_value("Ada")


def seconds_left(page):
    """Returns what the clock of a hold says, and 0 until a script has written it."""
    clock = re.search(r"(\d+):(\d\d)", page.locator("[data-clock]").inner_text())
    return int(clock[1]) * 60 + int(clock[2]) if clock else 0


def test_a_hold_is_found_again_and_given_up(visit, cinema, showing):
    slot = showing()["slotId"]
    visitor = visit(scripts=False)
    hold(visitor, slot, "A1", "A2")
    page = visitor.open(f"/showings/{slot}")
    expect(page.get_by_text(re.compile("Held for you until .*: A1, A2"))).to_be_visible()
    expect(box(page, "A1")).to_be_checked()
    page.get_by_role("button", name="Give them up").click()
    expect(page.get_by_text("Held for you")).to_have_count(0)
    assert taken(cinema, slot) == 0


def test_a_declined_payment_can_be_made_again(visit, cinema, showing):
    visitor = visit(size="telephone")
    page = hold(visitor, showing()["slotId"], "A1")
    pay(visitor, choice="Decline")
    expect(page.get_by_role("heading", name="The payment did not succeed")).to_be_visible(timeout=20_000)
    visitor.click(page.get_by_role("link", name="Back to the tickets, to pay"))
    # The name is there until the money is released, and the field is empty then.
    expect(page.get_by_label("Name")).to_have_value(re.compile("^(Ada Lovelace)?$"))
    pay(visitor)
    expect(page).to_have_url(re.compile("/bookings/"), timeout=20_000)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
def test_a_late_notice_of_a_payment_is_waited_for(visit, showing, scripts):
    visitor = visit(scripts=scripts)
    page = hold(visitor, showing()["slotId"], "A1")
    page.get_by_label("Name").fill("Ada")
    page.get_by_label("Telephone number").fill("5550100")
    page.get_by_role("button", name=re.compile("^Pay")).click()
    page.get_by_label("The cinema is notified").select_option("late")
    page.get_by_label("Late by seconds").fill("3")
    page.get_by_role("button", name=re.compile("^Pay")).click()
    expect(page.get_by_role("heading", name="We are waiting for the payment")).to_be_visible()
    expect(page).to_have_url(re.compile("/bookings/"), timeout=30_000)


def test_two_browsers_race_for_a_seat(visit, cinema, showing):
    slot = showing()["slotId"]
    visitors = [visit(), visit()]
    pages = [visitor.page for visitor in visitors]
    for page in pages:
        # Neither sees the other's choice.
        page.route("**/seats/live", lambda route: route.fulfill(status=204))
        page.goto(f"/showings/{slot}")
        box(page, "C3").check()
    with visitors[0].expecting("status of 409"), visitors[1].expecting("status of 409"):
        for page in pages:
            page.evaluate("setTimeout(() => document.querySelector('form.choose').requestSubmit(), 200)")
        for page in pages:
            expect(page.get_by_role("heading", name="Check, and finish").or_(page.get_by_role("alert"))).to_be_visible()
    won = [page for page in pages if "/holds/" in page.url]
    assert len(won) == 1 and taken(cinema, slot) == 1
    lost = next(page for page in pages if page not in won)
    # The other is offered another seat at once.
    lost.get_by_role("button", name=re.compile("^Take .* instead")).first.click()
    expect(lost).to_have_url(re.compile("/holds/"))
    assert taken(cinema, slot) == 2


def test_a_hold_lapses_and_its_seats_are_held_again(visit, tmp_path, tomorrow):
    cinema = Cinema(tmp_path / "data", "--hold-minutes", "1")
    try:
        hall, prices = cinema.add_hall("Lapse"), cinema.add_prices("Lapse")
        slot = cinema.schedule("Lapse", tomorrow, auditoriumId=hall, priceListId=prices)["slotId"]
        visitor = visit(cinema)
        page = hold(visitor, slot, "A1", "A2")
        expect(page.get_by_role("heading", name="These seats are no longer held")).to_be_visible(timeout=75_000)
        page.get_by_role("button", name="Take the same seats again").click()
        expect(page.get_by_role("heading", name="Check, and finish")).to_be_visible()
        page.goto("about:blank")
    finally:
        cinema.close()


def test_seats_are_live_again_after_a_restart(visit, tmp_path, tomorrow):
    cinema = Cinema(tmp_path / "data")
    try:
        hall, prices = cinema.add_hall("Restart"), cinema.add_prices("Restart")
        slot = cinema.schedule("Restart", tomorrow, auditoriumId=hall, priceListId=prices)["slotId"]
        visitor = visit(cinema)
        page = visitor.open(f"/showings/{slot}")
        expect(box(page, "D3")).to_be_enabled()
        with visitor.expecting("ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_CONNECTION_RESET"):
            cinema.stop()
            cinema.start()
            cinema.hold(slot, "D3")
            expect(box(page, "D3")).to_be_disabled(timeout=20_000)
        page.goto("about:blank")
    finally:
        cinema.close()
