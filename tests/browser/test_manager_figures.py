"""The manager sees how full the showings are and what they took, and takes the numbers along."""

import csv
import datetime
import zoneinfo

import pytest
from playwright.sync_api import expect


def table(download):
    with open(download.path(), encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("size", ["desktop", "telephone"])
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
def test_figures_are_seen_and_downloaded(visit, cinema, showing, tomorrow, size, scripts):
    slot = showing()
    cinema.book(slot["slotId"], "C4", "C5")
    title = slot["slotName"]
    page = visit(size=size, scripts=scripts).sign_in("admin")
    page.get_by_role("link", name="Figures").click()
    page.get_by_role("link", name="Next 7 days").click()
    titles = page.get_by_role("region", name="By film")
    row = titles.get_by_role("row").filter(has_text=title)
    expect(row.get_by_role("cell")).to_have_text(["1", "60", "2", "3.3%", "€25.00"])
    expect(page.get_by_role("img")).to_have_count(6)
    wanted = {"showings": "1", "seats": "60", "soldTickets": "2", "occupancyPercent": "3.3", "takingsEUR": "25.00"}
    with page.expect_download() as download:
        page.get_by_role("link", name="Films as a table (CSV)").click()
    assert download.value.suggested_filename.startswith("titles-")
    assert [line for line in table(download.value) if line["title"] == title] == [{"title": title, **wanted}]
    with page.expect_download() as download:
        page.get_by_role("link", name="Days as a table (CSV)").click()
    days = table(download.value)
    # A day of the cinema lasts until 5 in the morning.
    today = (datetime.datetime.now(zoneinfo.ZoneInfo("Europe/Berlin")) - datetime.timedelta(hours=5)).date()
    assert [line["day"] for line in days] == [(today + datetime.timedelta(days=later)).isoformat() for later in range(7)]


def test_a_period_that_is_too_long_is_told(visit):
    visitor = visit()
    page = visitor.sign_in("admin")
    page.goto("/manage/figures")
    page.get_by_label("First day").fill("2026-01-01")
    page.get_by_label("Last day").fill("2026-12-31")
    with visitor.expecting("status of 422"):
        page.get_by_role("button", name="Show").click()
        expect(page.get_by_role("alert").filter(has_text="There are no figures.")).to_be_visible()
    expect(page.get_by_label("First day")).to_have_value("2026-01-01")
