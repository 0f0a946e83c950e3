"""How does each screen look? `make screens` writes a picture of each in each theme into `screens/`, at a fixed clock.

The demo ward, laid before that clock: the pictures of two runs differ where the pages do. Run by hand, and looked at.
"""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.urls import reverse
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from crsweb import roles
from patients.models import Patient, Role, User
from tests.browser.axe import in_theme
from tests.browser.visits import furnish, let_in, visits

Open = Callable[[User | None], Page]
FIXED: Final = datetime(2026, 1, 5, 4, 28, tzinfo=UTC)
FOLDER: Final = Path(__file__).parents[2] / "screens"
THEMES: Final = ("light", "dark", "night")


@pytest.fixture
def clock(transactional_db: None) -> Iterator[None]:
    """The clock stands still, the database's too: where its functions are looked for first, they say this time."""
    with roles.as_owner(), connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA fixed")
        for function in ("clock_timestamp", "statement_timestamp", "now"):
            cursor.execute(
                f"CREATE FUNCTION fixed.{function}() RETURNS timestamptz LANGUAGE sql STABLE"
                f" AS $$ SELECT '{FIXED.isoformat()}'::timestamptz $$"
            )
        cursor.execute(f"GRANT USAGE ON SCHEMA fixed TO {roles.APPLICATION}")
        name = connection.ops.quote_name(connection.settings_dict["NAME"])
        cursor.execute(f"ALTER DATABASE {name} SET search_path = fixed, public, pg_catalog")
    connection.close()
    with time_machine.travel(FIXED, tick=False):
        yield


@pytest.fixture
def people(clock: None) -> dict[Role, User]:
    call_command("load_demo", verbosity=0)
    people = {Role(user.role): user for user in User.objects.all()}
    for role in Role:
        if role not in people:
            people[role] = User.objects.create_user(username=role.value, role=role, display_name=f"{role.label} One")
            people[role].wards.set(people[Role.NURSE].wards.all())
    return people


def test_every_screen(people: dict[Role, User], open_as: Open, live_server: LiveServer) -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)
    named = {one.family_name: one for one in Patient.objects.all()}
    patient, others = named["Okafor"], [one for one in named.values() if one.family_name != "Okafor"]
    assert patient.ward is not None
    furnish(
        people[Role.NURSE],
        people[Role.PHYSICIAN],
        worrying=named["Lindqvist"],
        treated=patient,
        dead=named["Petrov"],
    )
    pages: dict[Role, Page] = {}
    for visit in visits(patient.ward, patient, others):
        if visit.role not in pages:
            pages[visit.role] = open_as(people[visit.role])
            pages[visit.role].clock.install(time=FIXED)
        pictured(pages[visit.role], visit.path, visit.name)
    signed_out = open_as(None)
    signed_out.clock.install(time=FIXED)
    pictured(signed_out, reverse("account_login"), "account_login")
    let_in(signed_out, live_server.url, people[Role.CHARGE_NURSE], patient.ward)
    signed_out.set_viewport_size({"width": 1920, "height": 1080})
    pictured(signed_out, reverse("wall"), "wall_display")


def pictured(page: Page, path: str, name: str) -> None:
    """The page from top to bottom in each theme, and as far as a workstation shows it."""
    page.goto(path)
    for theme in THEMES:
        in_theme(page, theme)
        page.goto(path)
        (FOLDER / theme).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=FOLDER / theme / f"{name}.png", full_page=True)
