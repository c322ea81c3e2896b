"""Choosing seats on the plan of an auditorium: by mouse, by touch, by keys, and without scripts; and seeing what others choose."""

import pytest
from playwright.sync_api import expect


@pytest.fixture
def slot(showing):
    return showing()["slotId"]


def box(page, seat):
    return page.get_by_role("checkbox", name=f"{seat}, ")


@pytest.mark.parametrize("size", ["desktop", "telephone"])
@pytest.mark.parametrize("scripts", [True, False])
def test_a_seat_is_chosen_by_hand(visit, slot, size, scripts):
    visitor = visit(size=size, scripts=scripts)
    page = visitor.open(f"/showings/{slot}")
    for seat in ("C4", "C5"):
        visitor.click(box(page, seat))
        expect(box(page, seat)).to_be_checked()
    visitor.click(box(page, "C4"))
    expect(box(page, "C4")).not_to_be_checked()


def test_seats_are_chosen_by_keys(visit, slot):
    page = visit().open(f"/showings/{slot}")
    box(page, "A1").focus()
    for key in ("ArrowDown", "ArrowRight", "ArrowRight", "Space", "ArrowRight", "Space"):
        page.keyboard.press(key)
    assert [seat.get_attribute("value") for seat in page.get_by_role("checkbox", checked=True).all()] == ["B3", "B4"]
    # All seats are one stop of the tabulator key.
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") != "seat"


def test_a_person_chooses_no_more_than_may_be_bought(visit, slot):
    page = visit().open(f"/showings/{slot}")
    for number in range(1, 11):
        box(page, f"A{number}").check()
    box(page, "B1").click()
    expect(box(page, "B1")).not_to_be_checked()
    expect(page.get_by_role("status").filter(has_text="10")).to_be_visible()


def test_a_seat_that_others_take_is_given_up(visit, slot, cinema):
    page = visit().open(f"/showings/{slot}")
    for seat in ("D2", "D3"):
        box(page, seat).check()
    hold = cinema.hold(slot, "D3")
    expect(box(page, "D3")).to_be_disabled()
    expect(page.get_by_role("status").filter(has_text="D3")).to_be_visible()
    assert [seat.get_attribute("value") for seat in page.get_by_role("checkbox", checked=True).all()] == ["D2"]
    cinema.call("DELETE", f"/v1/holds/{hold}", expect=(200, 204))
    expect(box(page, "D3")).to_be_enabled()


def test_a_hidden_page_takes_no_connection_and_is_live_again_when_it_is_seen(visit, slot, cinema):
    page = visit().open(f"/showings/{slot}")
    cinema.hold(slot, "E5")
    expect(box(page, "E5")).to_be_disabled()
    see = """hidden => {
        Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
    }"""
    page.evaluate(see, True)
    cinema.hold(slot, "E6")
    page.wait_for_timeout(2500)
    expect(box(page, "E6")).to_be_enabled(timeout=1)
    page.evaluate(see, False)
    expect(box(page, "E6")).to_be_disabled()


def test_seats_are_live_again_after_a_lost_connection(visit, slot, cinema):
    visitor = visit()
    page = visitor.open(f"/showings/{slot}")
    expect(box(page, "E5")).to_be_enabled()
    with visitor.expecting("ERR_INTERNET_DISCONNECTED|ERR_NETWORK_CHANGED"):
        visitor.context.set_offline(True)
        cinema.hold(slot, "E5")
        page.wait_for_timeout(1500)
        visitor.context.set_offline(False)
        expect(box(page, "E5")).to_be_disabled(timeout=15_000)
    cinema.hold(slot, "E6")
    expect(box(page, "E6")).to_be_disabled()


def test_seats_are_live_again_after_a_refused_stream(visit, slot, cinema):
    """A browser does not ask again by itself when a proxy answers that the server is restarted."""
    visitor, refusals = visit(), iter([503, 429])

    def answer(route):
        status = next(refusals, None)
        route.fulfill(status=status) if status else route.continue_()

    visitor.page.route("**/seats/live", answer)
    with visitor.expecting("status of (503|429)"):
        page = visitor.open(f"/showings/{slot}")
        expect(box(page, "E5")).to_be_enabled()
        cinema.hold(slot, "E5")
        expect(box(page, "E5")).to_be_disabled(timeout=15_000)
