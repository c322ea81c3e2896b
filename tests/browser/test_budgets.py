"""What a first visit costs: bytes, round trips, and the time until something is seen on a slow telephone."""

import collections
import math

import pytest

# A processor of a cheap telephone is about so much slower than that of a desk.
SLOWER = 4


class Loaded:
    """The resources of a first visit, by the protocol of Chromium's developer tools."""

    def __init__(self, visitor, path):
        self.page, self.initiators, self.kinds = visitor.page, {}, {}
        self.plain, self.sent = collections.Counter(), collections.Counter()
        tools = visitor.context.new_cdp_session(self.page)
        tools.on("Network.requestWillBeSent", self.begin)
        tools.on("Network.dataReceived", self.receive)
        tools.on("Network.loadingFinished", self.finish)
        tools.send("Network.enable")
        tools.send("Network.setCacheDisabled", {"cacheDisabled": True})
        tools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        self.page.goto(path, wait_until="load")
        self.page.wait_for_function("performance.getEntriesByName('first-contentful-paint').length > 0")
        self.painted = self.page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")

    def begin(self, event):
        if not event["request"]["url"].startswith("data:"):
            self.initiators[event["requestId"]] = (event["request"]["url"], event["initiator"])
            self.kinds[event["requestId"]] = event.get("type")

    def receive(self, event):
        self.plain[event["requestId"]] += event["dataLength"]

    def finish(self, event):
        self.sent[event["requestId"]] = event["encodedDataLength"]

    def resources(self):
        """Returns those that are loaded once: live streams go on."""
        return [one for one in self.initiators if self.kinds[one] != "EventSource"]

    def bytes(self):
        """Returns the bytes of all resources, as they are and as they were sent with their headers."""
        return tuple(sum(counted[one] for one in self.resources()) for counted in (self.plain, self.sent))

    def chained(self):
        """Returns what could be asked for only after something else than the page had come."""
        document = self.page.url
        return [url for one in self.resources() for url, initiator in [self.initiators[one]]
                if url != document and not (initiator["type"] == "parser" and initiator.get("url") == document)]


@pytest.fixture
def load(visit):
    return lambda path: Loaded(visit(size="telephone"), path)


@pytest.fixture
def hall(cinema, tomorrow):
    slot = cinema.slots(tomorrow, slotName="Nosferatu")[0]
    assert slot["capacity"] == 300
    return f"/showings/{slot['slotId']}"


def test_a_showing_with_300_seats_is_small(load, hall):
    plain, sent = load(hall).bytes()
    print(f"the first view of 300 seats: {plain} bytes, {sent} sent with their headers")
    assert plain < 60_000


@pytest.mark.parametrize("path", ["/", "hall"])
def test_a_page_is_painted_within_a_second(path, load, hall):
    # The machine may do something else meanwhile, so one of some is enough.
    paints = (load(hall if path == "hall" else path).painted for _ in range(5))
    painted = next((painted for painted in paints if painted < 1000), math.inf)
    print(f"first paint of {path} at a processor {SLOWER} times slower: {painted:.0f} ms")
    assert painted < 1000


@pytest.mark.parametrize("path", ["/", "hall", "/sign-in"])
def test_a_page_names_all_that_it_loads(path, load, hall):
    loaded = load(hall if path == "hall" else path)
    assert not loaded.chained()
    assert 2 <= len(loaded.resources()) <= 6
