"""A person at a browser, whom nothing may surprise: no error in the console, no violation of a policy, no request elsewhere."""

import contextlib
import re

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

CHROMIUM = {
    "executable_path": "/usr/bin/chromium",
    "args": ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
             "--disable-sync"],
}
SIZES = {
    "desktop": {"viewport": {"width": 1280, "height": 900}},
    "telephone": {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True},
}
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
         "resultTypes": ["violations"]}


class Visitor:
    """A browser context with one page, at a cinema."""

    def __init__(self, browser, cinema, size="desktop", scripts=True, theme="light", language="en-GB"):
        self.cinema, self.size, self.scripts = cinema, size, scripts
        self.context = browser.new_context(
            **SIZES[size], java_script_enabled=scripts, color_scheme=theme, locale=language, base_url=cinema.url,
            reduced_motion="reduce", timezone_id="Europe/Berlin")
        self.context.set_default_timeout(10_000)
        self.surprises, self.expected, self.elsewhere = [], [], []
        self.context.on("console", self.hear)
        self.context.on("weberror", lambda error: self.surprises.append(f"an exception: {error.error}"))
        self.context.on("request", self.look)
        self.page = self.context.new_page()

    def hear(self, message):
        if message.type in ("error", "warning"):
            self.surprises.append(f"{message.type}: {message.text} ({message.location.get('url')})")

    def look(self, request):
        """Notes requests to elsewhere: only the page of the payment provider is at another address."""
        is_ours = request.url.startswith((self.cinema.url + "/", "data:", "blob:"))
        if not is_ours and not request.is_navigation_request():
            self.elsewhere.append(request.url)

    @contextlib.contextmanager
    def expecting(self, words):
        """Expects an error in the console, such as the status of an answer, and nothing else."""
        before = len(self.surprises)
        yield
        new = self.surprises[before:]
        self.surprises[before:] = [surprise for surprise in new if not re.search(words, surprise)]

    def open(self, path):
        self.page.goto(path)
        return self.page

    def click(self, target):
        """Clicks, or touches, and waits for the page that it leads to without scripts."""
        target.tap() if self.size == "telephone" else target.click()

    def press(self, key, at):
        """Presses a key when the focus has come where a page puts it, a moment after it is loaded."""
        expect(at).to_be_focused()
        self.page.keyboard.press(key)

    def access(self, letter):
        """Presses an access key. Chromium knows them only as keys of the system, which Playwright cannot send."""
        tools = self.context.new_cdp_session(self.page)
        key = {"key": letter, "code": f"Key{letter.upper()}", "windowsVirtualKeyCode": ord(letter.upper()), "modifiers": 1}
        tools.send("Input.dispatchKeyEvent", {"type": "keyDown", "isSystemKey": True, "text": letter, "unmodifiedText": letter, **key})
        tools.send("Input.dispatchKeyEvent", {"type": "keyUp", **key})
        tools.detach()

    def sign_in(self, role):
        page = self.open("/sign-in")
        page.get_by_label("Key").fill(self.cinema.keys[role])
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(re.compile("/box-office|/manage"))
        return page

    def check(self):
        assert not self.surprises, self.surprises
        assert not self.elsewhere, self.elsewhere

    def close(self):
        self.context.close()


def violations(page):
    """Returns what axe finds on a page, as text."""
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{one['id']} ({one['impact']}): {one['help']}: {node['html'][:200]} {node.get('failureSummary', '')}"
            for one in found for node in one["nodes"][:3]]
