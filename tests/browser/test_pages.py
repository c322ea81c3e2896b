"""Every page, in both sizes and both themes: axe finds nothing, nothing is wider than the screen, and a picture of it is kept."""

import pytest

from visitor import SIZES, violations


def slot(cinema, tomorrow):
    return cinema.slots(tomorrow, slotName="Safety Last!")[0]["slotId"]


# The name of each page, who sees it, and how one gets there.
PAGES = {
    "programme": (None, lambda cinema, day: f"/?day={day}"),
    "programme-none": (None, lambda cinema, day: "/?title=zzz"),
    "showing": (None, lambda cinema, day: f"/showings/{slot(cinema, day)}"),
    "missing": (None, lambda cinema, day: "/nothing"),
    "sign-in": (None, lambda cinema, day: "/sign-in"),
    "box-office": ("box_office", lambda cinema, day: "/box-office"),
    "manage": ("admin", lambda cinema, day: "/manage"),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_for_everybody(name, visit, cinema, tomorrow, pictures):
    role, path = PAGES[name]
    visitor = visit()
    if role:
        visitor.sign_in(role)
    with visitor.expecting("status of 404" if name == "missing" else "nothing"):
        page = visitor.open(path(cinema, tomorrow))
    found = []
    for size, settings in SIZES.items():
        page.set_viewport_size(settings["viewport"])
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            page.screenshot(path=pictures / f"{name}-{size}-{theme}.png", full_page=True)
            found += [f"{size}, {theme}: {violation}" for violation in violations(page)]
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider <= 0, f"{wider} px are beside the screen of a {size}"
    assert not found, "\n".join(found)


def test_a_page_has_the_language_of_its_reader(visit, pictures):
    page = visit(language="de-DE").open("/")
    assert page.locator("html").get_attribute("lang") == "de"
    page.get_by_role("button", name="Zeigen").wait_for()
