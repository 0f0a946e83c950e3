"""Is anything lost, doubled, or half there when the machine fails? Twenty people record while it does.

`make test-faults`. 2,000 recordings in all; 2,000 in each run where FULL is set. PostgreSQL, gunicorn and HTTP are
real, and so is each fault; nothing here asserts how long anything takes, and everything has an end.
"""

import json
import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest
from django.conf import settings

from crsweb import embedded
from tests.faults.clients import Browser, NoAnswer, Shift
from tests.faults.losing import Losing
from tests.faults.room import Room
from tests.faults.server import WITHIN, Database, Web, run
from tests.faults.truth import halves, untrue

RECORDINGS: Final = 2000 if os.environ.get("FULL") else 334  # of each of the six runs
RUN_WITHIN: Final = 1800.0 if os.environ.get("FULL") else 900.0  # seconds
FELT_BY: Final = 10  # answers that say so, before a full disk has room again
pytestmark = pytest.mark.faults


@pytest.fixture(scope="module")
def database() -> Iterator[Database]:
    with site(embedded.folder(Path(settings.BASE_DIR), "faults")) as database:
        yield database


@contextmanager
def site(root: Path) -> Iterator[Database]:
    """An empty record with a ward, and nobody else's."""
    database = Database(root)
    try:
        run(database, "manage.py", "migrate", "--verbosity=0", as_owner=True)
        database.people = json.loads(run(database, "-m", "tests.faults.seed"))
        yield database
    finally:
        database.remove()


class Ward:
    """The people at work on one database, through web processes of their own."""

    def __init__(self, database: Database, url: str = "") -> None:
        self.database = database
        self.web = Web(url or database.url())
        try:
            self._browsers = [self._signed_in(name) for name in database.people["nurses"]]
        except BaseException:
            self.web.stop()
            raise

    def _signed_in(self, name: str) -> Browser:
        given_up = time.monotonic() + WITHIN
        while True:
            try:
                return Browser(self.web.port, name)
            except NoAnswer:
                assert time.monotonic() < given_up, "the web server does not answer"
                time.sleep(0.1)

    def work(self, number: int, fault: Callable[[Shift], None], *felt: str) -> None:
        """Everybody records while the fault happens; then nothing may be lost, half there or told wrongly.

        `felt`: what somebody must have read, or there was no fault.
        """
        began = time.monotonic()
        shift = Shift(self._browsers, self.database.people["patients"], RECORDINGS, number)
        try:
            fault(shift)
        finally:
            shift.join(RUN_WITHIN)
        read = [state for entry in shift.entries for state, _ in entry.read]
        counts = {state: read.count(state) for state in sorted(set(read))}
        again = sum(entry.sent > 1 for entry in shift.entries)
        slowest = max(browser.slowest for browser in self._browsers)
        print(
            f"\n{len(shift.entries)} entries in {time.monotonic() - began:.0f} s, {again} sent again; read: {counts}; "
            f"the slowest page without a database took {slowest:.1f} s"
        )
        assert len(shift.entries) >= RECORDINGS
        assert not felt or shift.times_read(*felt)
        assert untrue(self.database, shift.entries) == []
        assert halves(self.database) == {}
        run(self.database, "manage.py", "verify_audit")  # fails on any gap in the chains


def each(shift: Shift, parts: int, fault: Callable[[int], None]) -> None:
    """The fault happens several times, spread over what is to be recorded."""
    for number in range(parts):
        while shift.runs() and shift.done() < RECORDINGS * (number + 1) // (parts + 2):
            time.sleep(0.02)
        assert shift.runs(), "all was recorded before the fault"
        fault(number)


@pytest.fixture
def ward(database: Database) -> Iterator[Ward]:
    ward = Ward(database)
    try:
        yield ward
    finally:
        ward.web.stop()


def test_nothing_is_lost_while_web_workers_are_killed(ward: Ward) -> None:
    chosen = random.Random(1)
    ward.work(1, lambda shift: each(shift, 12, lambda _: ward.web.kill_one(chosen)))


def test_nothing_is_lost_while_postgresql_is_killed_and_recovers(ward: Ward) -> None:
    def killed(_: int) -> None:
        ward.database.kill()
        time.sleep(0.5)
        ward.database.start_again()

    ward.work(2, lambda shift: each(shift, 3, killed), "not-recorded", "checking")


def test_nothing_is_lost_while_postgresql_hangs(ward: Ward) -> None:
    def hangs(_: int) -> None:
        ward.database.stop()
        try:
            time.sleep(5)
        finally:
            ward.database.go_on()

    ward.work(3, lambda shift: each(shift, 2, hangs), "not-recorded", "checking")


def test_nothing_is_lost_while_the_answer_to_a_commit_is(database: Database) -> None:
    proxy = Losing(str(database.root / "pg"))
    ward = Ward(database, database.url(host="127.0.0.1", port=proxy.port))
    try:
        proxy.loses = True
        ward.work(4, lambda shift: None, "checking")
        assert proxy.lost > RECORDINGS // 50
    finally:
        ward.web.stop()
        proxy.close()


def test_nothing_is_lost_while_connections_run_out(ward: Ward) -> None:
    def none_left(_: int) -> None:
        with ward.database.exhausted():
            time.sleep(2)

    ward.work(5, lambda shift: each(shift, 3, none_left), "not-recorded")


def test_nothing_is_lost_while_the_disk_is_full() -> None:
    with Room.made() as room, site(room.folder) as database:
        ward = Ward(database)

        def is_full(shift: Shift) -> None:
            """Until several have felt it."""
            enough = shift.times_read("not-recorded", "checking") + FELT_BY
            given_up = time.monotonic() + WITHIN
            with room.full(database):
                while shift.times_read("not-recorded", "checking") < enough and time.monotonic() < given_up:
                    time.sleep(0.1)

        try:
            ward.work(6, lambda shift: each(shift, 2, lambda _: is_full(shift)), "not-recorded", "checking")
        finally:
            ward.web.stop()
