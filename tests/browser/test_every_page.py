"""Does every page hold in every theme at every size, weigh little, and take nothing from another host?

A theme changes colors and nothing else: so contrast is measured in each theme, and all else at each size. Where FULL is
set, contrast is measured at each size too.
"""

import os
from collections.abc import Callable
from typing import Final

import pytest
from django.urls import reverse
from playwright.sync_api import Page, Response
from pytest_django.live_server_helper import LiveServer

from patients.models import Role, User
from tests.browser.axe import all_else, contrast, load_axe
from tests.browser.visits import Visit, furnish, let_in, visits
from tests.browser.ward import fill

Open = Callable[[User | None], Page]
SIZES: Final = ((1366, 768), (1920, 1080), (820, 1180), (320, 640))
MOST_BYTES: Final = 250_000  # of scripts, styles and fonts
OPENED: Final = "for (const one of document.querySelectorAll('main details:not(.menu)')) one.open = true"
WIDER: Final = """() => {
    const wide = document.documentElement.scrollWidth, room = document.documentElement.clientWidth;
    return wide > room ? `${wide} px wide in ${room}` : '';
}"""
WEIGHT: Final = """() => performance.getEntriesByType('resource').filter(
    one => /\\.(js|css|woff2?)(\\?|$)/.test(one.name)).reduce((sum, one) => sum + one.decodedBodySize, 0)"""


@pytest.fixture
def people(
    nurse: User, physician: User, charge_nurse: User, admin: User, auditor: User, transactional_db: None
) -> dict[Role, User]:
    everybody = (nurse, physician, charge_nurse, admin, auditor)
    return {Role(user.role): user for user in everybody}


@pytest.fixture
def looked_at(people: dict[Role, User]) -> list[Visit]:
    nurse, physician = people[Role.NURSE], people[Role.PHYSICIAN]
    filled = fill(nurse, *(user for user in people.values() if user != nurse))
    furnish(nurse, physician, worrying=filled.smyth, treated=filled.smith, dead=filled.brown)
    return visits(filled.ward, filled.smith, (filled.smyth, filled.brown))


def test_every_page_holds_in_every_theme_at_every_size_and_is_light(
    looked_at: list[Visit], people: dict[Role, User], open_as: Open, live_server: LiveServer
) -> None:
    looks: dict[Role | None, Look] = {None: Look(open_as(None))}
    wrong: list[str] = []
    for visit in looked_at:
        look = looks.setdefault(visit.role, Look(open_as(people[visit.role])))
        wrong += [f"{visit.name} {one}" for one in look.at(visit.path)]
    for address, status in ((reverse("account_login"), 200), ("/nowhere/", 404)):
        wrong += [f"{address} {one}" for one in looks[None].at(address, status)]
    let_in(looks[None].page, live_server.url, people[Role.CHARGE_NURSE], people[Role.CHARGE_NURSE].wards.get())
    wrong += [f"display {one}" for one in looks[None].at(reverse("wall"))]
    assert wrong == []


class Look:
    """One browser that looks at page after page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.came: list[Response] = []
        page.on("response", lambda answer: self.came.append(answer))

    def at(self, address: str, status: int = 200) -> list[str]:
        """What is wrong with the page, a line each."""
        self.came.clear()
        self.page.set_viewport_size({"width": SIZES[0][0], "height": SIZES[0][1]})
        answer = self.page.goto(address, wait_until="load")
        assert answer is not None
        found = [] if answer.status == status else [f"answered {answer.status}"]
        home = "/".join(self.page.url.split("/")[:3])
        found += [f"asked {one.url}" for one in self.came if not one.url.startswith((home, "data:"))]
        if (weight := self.page.evaluate(WEIGHT)) > MOST_BYTES:
            found.append(f"weighs {weight} bytes")
        load_axe(self.page)
        self.page.evaluate(OPENED)
        for width, height in SIZES:
            self.page.set_viewport_size({"width": width, "height": height})
            if wide := self.page.evaluate(WIDER):
                found.append(wide)
            found += [f"{width} px: {one}" for one in all_else(self.page)]
            if "FULL" in os.environ or width == SIZES[0][0]:
                found += [f"{width} px, {one}" for one in contrast(self.page)]
        return found
