"""The servers and the visitors of the tests."""

import datetime
import itertools
import pathlib
import sys
import uuid

import pytest
from playwright.sync_api import sync_playwright

# What the tests in Python share.
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from cinema import Cinema
from process import ROOT
from visitor import CHROMIUM, Visitor

PICTURES = ROOT / "target/browser"


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def embedded(tmp_path_factory):
    cinema = Cinema(tmp_path_factory.mktemp("embedded") / "data")
    yield cinema
    cinema.close()


@pytest.fixture(scope="session")
def dynamodb(tmp_path_factory):
    cinema = Cinema(tmp_path_factory.mktemp("dynamodb"), dynamodb=True)
    yield cinema
    cinema.close()


@pytest.fixture
def cinema(embedded):
    return embedded


@pytest.fixture
def visit(browser, cinema):
    """Returns a function that brings a visitor, whom nothing may have surprised in the end."""
    visitors = []

    def bring(at=None, **settings):
        visitors.append(Visitor(browser, at or cinema, **settings))
        return visitors[-1]

    yield bring
    for visitor in visitors:
        visitor.close()
    for visitor in visitors:
        visitor.check()


@pytest.fixture
def showing(cinema, tomorrow, request):
    """Returns a function that schedules a film with prices in an auditorium of its own, so that only this test sells it."""
    count = itertools.count(1)

    def schedule(at=None, day=tomorrow, **properties):
        at = at or cinema
        name = f"{request.node.name[5:40]} {next(count)} {uuid.uuid4().hex[:6]}"
        seated = {"auditoriumId": at.add_hall(name), "priceListId": at.add_prices(name)}
        return at.schedule(name, day, **{**seated, **properties})

    return schedule


@pytest.fixture
def tomorrow():
    return (datetime.date.today() + datetime.timedelta(days=1)).isoformat()


@pytest.fixture(scope="session")
def pictures():
    PICTURES.mkdir(parents=True, exist_ok=True)
    return pathlib.Path(PICTURES)
