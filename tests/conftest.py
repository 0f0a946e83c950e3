"""What stands around a test: a PostgreSQL of its own, people, and a browser?

Tests run as the application's role, on tables that the owner migrated. A test that commits (`transaction=True`,
`live_server`) leaves a database that no TRUNCATE may empty: it is dropped, and the clean one is copied in its place.
Every process has a database of its own, so that two runs, and the workers of one, stay out of each other's way.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import psycopg
import pytest
from django.conf import settings
from django.db import connections
from django.test import Client, TransactionTestCase
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright
from psycopg import sql
from pytest_django.live_server_helper import LiveServer
from pytest_django.plugin import DjangoDbBlocker

from crsweb import embedded, roles
from crsweb.database import watch
from patients.models.user import Role, User
from tests import chromium

PASSWORD = "a ward at night, quiet"  # of everyone in the cast

hypothesis.settings.register_profile("ward", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "ward")


# --- The database


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of the test server as one who may make databases: the embedded one's superuser, else the owner."""
    if settings.DATABASE_URL:
        owner = roles.owner_address(settings.DATABASE_OWNER, settings.DATABASES["default"])
        names = {"USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
        parts = {names[key]: str(value) for key, value in owner.items() if key in names and value}
        yield psycopg.conninfo.make_conninfo(dbname="postgres", **parts)
        return
    server = embedded.Server(embedded.folder(Path(settings.BASE_DIR), "test"))
    try:
        address = embedded.superuser(server.root)
        if server.alone:
            _drop_what_killed_runs_left(address)
        roles.prepare(address)
        yield address
    finally:
        connections.close_all()
        server.release()


def _drop_what_killed_runs_left(address: str) -> None:
    with psycopg.connect(address, autocommit=True) as admin:
        for (name,) in admin.execute("SELECT datname FROM pg_database WHERE datname LIKE 'test_%'").fetchall():
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _become(role: dict[str, Any]) -> None:
    connection = connections["default"]
    connection.close()
    connection.settings_dict.update(role)


def _copy(address: str, source: str, target: str) -> None:
    with psycopg.connect(address, autocommit=True) as admin:
        names = {"source": sql.Identifier(source), "target": sql.Identifier(target)}
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {target} WITH (FORCE)").format(**names))
        admin.execute(
            sql.SQL("CREATE DATABASE {target} TEMPLATE {source} OWNER {owner} STRATEGY FILE_COPY").format(
                owner=sql.Identifier(roles.OWNER), **names
            )
        )


def _address() -> dict[str, Any]:
    connection = connections["default"]
    return {part: connection.settings_dict[part] for part in ("USER", "PASSWORD", "HOST", "PORT", "OPTIONS")}


@pytest.fixture(scope="session")
def application() -> dict[str, Any]:
    """How the application reaches the database."""
    return _address()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(postgresql: str, application: dict[str, Any]) -> None:
    """The database is made, and at the end dropped, by the owner, under a name of this process."""
    connections["default"].settings_dict["TEST"]["NAME"] = f"test_{roles.DATABASE}_{os.getpid()}"
    _become(roles.owner_address(settings.DATABASE_OWNER, application))


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None, postgresql: str, application: dict[str, Any], django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    with django_db_blocker.unblock():
        name = connections["default"].settings_dict["NAME"]
        owner = _address()
        _become(application)
        _copy(postgresql, name, f"{name}_clean")

        def restore(self: TransactionTestCase) -> None:
            connections.close_all()
            _copy(postgresql, f"{name}_clean", name)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(TransactionTestCase, "_fixture_teardown", restore)
            yield
        connections.close_all()
        with psycopg.connect(postgresql, autocommit=True) as admin:
            admin.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(f"{name}_clean")))
            # A server that a test has just stopped may hold its connection a moment longer.
            admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        _become(owner)


@pytest.fixture(scope="session", autouse=True)
def patience() -> Iterator[None]:
    """A busy machine is no server that hangs: only a test of waiting waits as short as a page does."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(watch, "ANSWERS_WITHIN", 60.0)
        patch.setattr(watch, "ANSWERS_IN_ALL_WITHIN", 600.0)
        yield


@pytest.fixture(autouse=True)
def asked_again() -> Iterator[None]:
    """What one test made of the database is nothing to the next."""
    yield
    watch.breaker.close()


# --- People


def _person(role: Role) -> User:
    return User.objects.create_user(username=role.value, password=PASSWORD, role=role, display_name=f"{role.label} One")


@pytest.fixture
def nurse(db: None) -> User:
    return _person(Role.NURSE)


@pytest.fixture
def charge_nurse(db: None) -> User:
    return _person(Role.CHARGE_NURSE)


@pytest.fixture
def physician(db: None) -> User:
    return _person(Role.PHYSICIAN)


@pytest.fixture
def admin(db: None) -> User:
    return _person(Role.ADMIN)


@pytest.fixture
def auditor(db: None) -> User:
    return _person(Role.AUDITOR)


# --- A browser


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real Chromium: the system's, else Playwright's own. Where CI is set a missing one is a failure, else a skip."""
    if not chromium.found():
        missing = pytest.fail if os.environ.get("CI") else pytest.skip
        missing("no Chromium is installed: `make browser` installs one")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium.system(),
            args=["--no-sandbox"] if os.geteuid() == 0 else [],
            # The pages must be safe with the back/forward cache that people's own browsers have.
            ignore_default_args=["--disable-back-forward-cache"],
        )
        # Playwright's loop runs in this thread, and Django takes any loop for a view's that must not wait.
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
        try:
            yield browser
        finally:
            del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
            browser.close()


@pytest.fixture
def open_as(browser: Browser, live_server: LiveServer) -> Iterator[Callable[[User | None], Page]]:
    """`open_as(user)`: a page of a browser of their own, signed in; `open_as(None)`: signed out.

    Addresses are relative (`page.goto("/")`). At the end no page may have raised an error or broken the content policy.
    """
    wrong: list[str] = []
    contexts = []

    def note(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            wrong.append(message.text)

    def open_page(user: User | None) -> Page:
        context = browser.new_context(base_url=live_server.url, viewport={"width": 1366, "height": 768})
        contexts.append(context)
        if user is not None:
            client = Client()
            client.force_login(user)
            cookie = client.cookies[settings.SESSION_COOKIE_NAME]
            context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
        context.set_default_timeout(10_000)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", note)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert wrong == []


@pytest.fixture
def page(open_as: Callable[[User | None], Page]) -> Page:
    """A page of a signed-out browser."""
    return open_as(None)
