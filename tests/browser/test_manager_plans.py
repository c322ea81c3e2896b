"""The manager draws an auditorium, or imports one, and schedules in it."""

import re
import uuid

import pytest
from playwright.sync_api import expect

from process import ROOT
from visitor import violations

REX = ROOT / "crates/ticketly/plans/pretix/rex.json"
SIZES = pytest.mark.parametrize("size", ["desktop", "telephone"])


def a_name(words):
    return f"{words} {uuid.uuid4().hex[:6]}"


def auditorium(cinema, name):
    found = [one for one in cinema.call("GET", "/v1/auditoriums")["auditoriums"] if one["name"] == name]
    return found[0]["auditoriumId"] if found else None


def schedule(page, title, day, place, prices=None):
    page.goto("/manage/timetable/new")
    page.get_by_label("Title").fill(title)
    page.get_by_label("Day", exact=True).fill(day)
    page.get_by_label("Start").fill("20:00")
    page.get_by_label("Minutes").fill("120")
    page.get_by_label("Auditorium").select_option(label=place)
    if prices:
        page.get_by_label("Price list").select_option(label=prices)
    page.get_by_role("button", name="Schedule").click()
    expect(page.get_by_text("The showing is scheduled.")).to_be_visible()


@SIZES
def test_an_auditorium_is_painted(visit, cinema, tomorrow, size):
    name, visitor = a_name("Studio"), visit(size=size)
    page = visitor.sign_in("admin")
    page.goto("/manage/auditoriums/new")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("New zone").fill("lounge")
    visitor.click(page.get_by_role("button", name="Add the zone"))
    row = page.locator(".paint tr").nth(1).locator("td")
    for column in (0, 1, 2):
        visitor.click(row.nth(column))
    expect(page.get_by_text("lounge: 3")).to_be_visible()
    # A row behind it, with the same places.
    visitor.click(page.get_by_role("button", name="Row behind it"))
    expect(page.get_by_text("lounge: 6")).to_be_visible()
    visitor.click(page.get_by_role("button", name="Undo"))
    expect(page.get_by_text("lounge: 3")).to_be_visible()
    visitor.click(page.get_by_role("button", name="Add the auditorium"))
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    rows = cinema.call("GET", f"/v1/auditoriums/{auditorium(cinema, name)}/plan")["rows"]
    assert [line["places"] for line in rows] == ["....._.....", "LLL.._.....", "....._.....", "wc..._....."]
    schedule(page, f"Faust in {name}", tomorrow, f"{name} (40 seats)")
    assert cinema.slots(tomorrow, slotName=f"Faust in {name}")[0]["capacity"] == 40


def test_an_auditorium_is_painted_by_keys(visit, cinema):
    name, visitor = a_name("Studio"), visit()
    page = visitor.sign_in("admin")
    page.goto("/manage/auditoriums/new")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_role("grid", name="The seats").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Delete")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("w")
    page.keyboard.press("c")
    page.keyboard.press("c")
    page.keyboard.press("Control+z")
    expect(page.get_by_text("wheelchair: 2")).to_be_visible()
    page.get_by_role("button", name="Add the auditorium").click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    rows = cinema.call("GET", f"/v1/auditoriums/{auditorium(cinema, name)}/plan")["rows"]
    assert rows[1]["places"] == " .wc._....."


def test_what_is_wrong_with_a_plan_is_marked_at_once(visit):
    page = visit().sign_in("admin")
    page.goto("/manage/auditoriums/new")
    page.locator(".plan-text").evaluate("details => details.open = true")
    rows = page.get_by_label("Rows, from the screen to the back")
    text = rows.input_value()
    rows.fill(text.replace("B ", "A ", 1))
    expect(page.locator(".preview .alert")).to_contain_text("Another row has that label")
    expect(page.locator(".paint tr").nth(1)).to_have_class(re.compile(r"\bwrong\b"))
    expect(page.locator(".paint tr.wrong")).to_have_count(1)
    rows.fill(text.replace(".", "?", 1))
    expect(page.locator(".paint td.wrong")).to_have_count(1)
    rows.fill(text)
    expect(page.locator(".paint .wrong")).to_have_count(0)
    expect(page.get_by_text("40 seats in 4 rows")).to_be_visible()


@pytest.mark.parametrize(("size", "scripts"), [("desktop", True), ("desktop", False), ("telephone", True)])
def test_a_plan_of_pretix_is_imported_and_scheduled_in(visit, cinema, tomorrow, size, scripts, pictures):
    name, visitor = a_name("Rex"), visit(size=size, scripts=scripts)
    page = visitor.sign_in("admin")
    page.goto("/manage/auditoriums/import")
    if scripts:
        page.get_by_label("Choose a file").set_input_files(REX)
        expect(page.get_by_label("Its text")).not_to_have_value("")
    else:
        page.get_by_label("Its text").fill(REX.read_text())
    page.get_by_role("button", name="Read the plan").click()
    expect(page.get_by_text("147 seats in 11 rows")).to_be_visible()
    expect(page.get_by_text("Some of it is not as it was.")).to_be_visible()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Rex-Lichtspiele")
    page.screenshot(path=pictures / f"manage-imported-{size}{'' if scripts else '-plain'}.png", full_page=True)
    if scripts:
        assert not violations(page)
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_role("button", name="Add the auditorium").click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    schedule(page, f"Golem in {name}", tomorrow, f"{name} (147 seats)")
    assert cinema.slots(tomorrow, slotName=f"Golem in {name}")[0]["capacity"] == 147
