"""The manager creates a key, with which a person signs in, and revokes it."""

import re
import uuid

import pytest
from playwright.sync_api import expect

from cinema import until
from visitor import violations


@pytest.mark.parametrize("size", ["desktop", "telephone"])
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
def test_a_key_is_created_and_revoked(visit, size, scripts, pictures):
    label = f"till-{uuid.uuid4().hex[:6]}"
    page = visit(size=size, scripts=scripts).sign_in("admin")
    page.goto("/manage/keys")
    page.get_by_role("link", name="Create a key").click()
    page.get_by_label("Label").fill(label)
    page.get_by_label("Role").select_option(label="Box office: sales, bookings, refunds")
    page.get_by_role("button", name="Create the key").click()
    expect(page.get_by_text("It is shown this once.")).to_be_visible()
    key = page.locator(".secret code").inner_text()
    assert key.startswith("tkl_box_office_") and key not in page.url
    page.screenshot(path=pictures / f"manage-key-created-{size}.png", full_page=True)
    if scripts:
        assert not violations(page)
    page.get_by_role("link", name="I have copied it").click()
    expect(page.get_by_text(label, exact=True)).to_be_visible()
    assert key not in page.content()

    cashier = visit(size=size, scripts=scripts).open("/sign-in")
    cashier.get_by_label("Key").fill(key)
    cashier.get_by_role("button", name="Sign in").click()
    cashier.wait_for_url(re.compile("/box-office"))

    page.get_by_role("button", name=f"Revoke {label}").click()
    expect(page.get_by_text("This cannot be undone.")).to_be_visible()
    assert label not in page.url
    page.get_by_role("button", name="Revoke").click()
    expect(page.get_by_text("The key is revoked.")).to_be_visible()
    expect(page.get_by_text(label, exact=True)).to_have_count(0)
    until(lambda: "/sign-in" in (cashier.goto("/box-office"), cashier.url)[1], "the end of the cashier's session")


def test_who_revokes_their_own_key_is_signed_out(visit, cinema):
    label = f"anna-{uuid.uuid4().hex[:6]}"
    key = cinema.run("key", "new", "--role", "admin", "--label", label, *cinema.store)
    page = visit().open("/sign-in")
    page.get_by_label("Key").fill(key)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(re.compile("/manage"))
    page.goto("/manage/keys")
    page.get_by_role("button", name=f"Revoke {label}").click()
    expect(page.get_by_text("You will be signed out, and need another one.")).to_be_visible()
    page.get_by_role("button", name="Revoke").click()
    expect(page).to_have_url(re.compile("/sign-in"))
