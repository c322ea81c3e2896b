"""The manager drags showings in the timetable, and is told what is in the way while a showing is planned."""

import re
import uuid

import pytest
from playwright.sync_api import expect

from cinema import until

REFUSED = re.compile(r"\brefused\b")


class Day:
    """A day of the timetable, with an auditorium and a showing in it that is moved."""

    def __init__(self, visitor, cinema, day):
        self.visitor, self.cinema, self.page, self.day = visitor, cinema, visitor.page, day
        self.hall = cinema.add_hall(f"Hall {uuid.uuid4().hex[:6]}")
        self.slot = cinema.schedule("Faust", day, "14:00", "16:00", auditoriumId=self.hall)["slotId"]
        self.other = cinema.schedule("Golem", day, "19:00", "21:00", auditoriumId=self.hall)["slotId"]
        cinema.schedule("Nosferatu", day, "19:00", "21:00", capacity=20)
        self.sent = []
        self.page.on("request", lambda request: self.sent.append(request) if request.url.endswith("/drag") else None)
        self.page.goto(f"/manage/timetable?week={day}")
        self.bars = self.page.locator(f'svg.bars[data-day="{day}"]')

    def lane(self, place):
        return self.bars.locator(f'.lane[data-place="{place}"]')

    def point(self, place, minute):
        """Returns the point of a lane at a minute of the day."""
        bars, ground = self.bars.bounding_box(), self.lane(place).locator(".ground").bounding_box()
        first, last = (int(self.bars.get_attribute(f"data-{name}")) for name in ("first", "last"))
        return bars["x"] + (minute - first) / (last - first) * bars["width"], ground["y"] + ground["height"] / 2

    def grab(self):
        """Takes the bar near its beginning."""
        # The lane without auditorium is the last: what is between them fits the window.
        self.bars.evaluate("bars => bars.scrollIntoView({ block: 'end' })")
        self.lane(self.hall).scroll_into_view_if_needed()
        x, y = self.point(self.hall, 14 * 60 + 5)
        self.page.mouse.move(x, y)
        self.page.mouse.down()

    def drag(self, place, hour):
        """Drags the bar, so that its showing would begin at an hour."""
        x, y = self.point(place, hour * 60 + 5)
        self.page.mouse.move(x, y, steps=4)

    def start(self):
        return self.cinema.call("GET", f"/v1/slots/{self.slot}")["startTime"][11:16]


@pytest.fixture
def day(visit, cinema, tomorrow):
    visitor = visit()
    visitor.sign_in("admin")
    return Day(visitor, cinema, tomorrow)


def test_a_bar_is_dragged_and_told_at_once_where_it_cannot_be(day):
    ghost, lane = day.page.locator(".ghost"), day.lane(day.hall)
    day.grab()
    # It would end when the other one begins, and the auditorium would not be ready again.
    day.drag(day.hall, 17)
    expect(lane).to_have_class(REFUSED)
    expect(ghost).to_have_text("Faust 17:00 ✕")
    day.drag("", 12)
    expect(day.lane("")).to_have_class(REFUSED)
    expect(lane).not_to_have_class(REFUSED)
    day.drag(day.hall, 12)
    expect(ghost).to_have_text("Faust 12:00")
    expect(lane).not_to_have_class(REFUSED)
    day.page.mouse.up()
    until(lambda: day.start() == "12:00", "the move of the showing")


def test_the_server_says_why_a_bar_is_not_dropped(day):
    for place, hour, words in ((day.hall, 18, "Golem occupies the auditorium"), ("", 12, "Its seats have numbers")):
        day.grab()
        day.drag(place, hour)
        with day.visitor.expecting("status of 409"):
            day.page.mouse.up()
            expect(day.page.locator("#dragged")).to_contain_text(words)
    assert day.start() == "14:00"


def test_escape_ends_a_drag(day):
    day.grab()
    day.drag(day.hall, 12)
    expect(day.page.locator(".ghost")).to_be_visible()
    day.page.keyboard.press("Escape")
    expect(day.page.locator(".ghost")).to_have_count(0)
    day.page.mouse.up()
    expect(day.page).to_have_url(re.compile("/manage/timetable"))
    assert (day.sent, day.start()) == ([], "14:00")


def test_an_empty_place_begins_a_showing(day):
    day.lane(day.hall).scroll_into_view_if_needed()
    day.page.mouse.click(*day.point(day.hall, 11 * 60 + 8))
    expect(day.page.get_by_label("Start")).to_have_value("11:00")
    expect(day.page.get_by_label("Day", exact=True)).to_have_value(day.day)
    expect(day.page.get_by_label("Auditorium")).to_have_value(day.hall)


def test_what_is_in_the_way_is_told_while_one_types(day):
    page = day.visitor.open(f"/manage/timetable/new?date={day.day}&place={day.hall}")
    start, end, length = (page.get_by_label(name, exact=True) for name in ("Start", "End", "Minutes"))
    told = page.locator(".in-the-way")
    start.fill("17:30")
    length.fill("120")
    expect(end).to_have_value("19:30")
    expect(told).to_contain_text("Golem occupies the auditorium")
    start.fill("16:30")
    expect(end).to_have_value("18:30")
    end.fill("18:00")
    expect(length).to_have_value("90")
    expect(told).to_be_empty()
