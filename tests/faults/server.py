"""What is broken in a fault run? A PostgreSQL of its own, and several web processes, killed or stopped at will."""

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlencode

import psutil
import psycopg

from crsweb import embedded, roles
from tests.site import free_port

PROJECT: Final = Path(__file__).resolve().parents[2]
WORKERS: Final = 4
WITHIN: Final = 90.0  # seconds: the longest that anything here may take


class Database:
    """A server that nobody else uses, under `root`; emptied before and after."""

    def __init__(self, root: Path) -> None:
        assert embedded.remove(root), f"{root} is used by another run"
        self.root = root
        self.people: dict[str, list[Any]] = {}  # nurses by name, patients by key: what tests.faults.seed prints
        self._held = [embedded.Server(root)]
        roles.prepare(embedded.superuser(root))

    def remove(self) -> None:
        self.go_on()
        for server in self._held:
            server.release()
        assert embedded.remove(self.root)

    def url(self, user: str = roles.APPLICATION, *, host: str = "", port: int = 5432) -> str:
        where = urlencode({"host": host or str(self.root / "pg"), "port": port, "sslmode": "disable"})
        return f"postgresql://{quote(user)}@/{roles.DATABASE}?{where}"

    def processes(self) -> list[psutil.Process]:
        """The postmaster and all it started; empty where it is down."""
        try:
            number = int((self.root / "pg" / "postmaster.pid").read_text().split("\n", 1)[0])
            postmaster = psutil.Process(number)
            return [postmaster, *postmaster.children(recursive=True)] if postmaster.name() == "postgres" else []
        except (FileNotFoundError, ValueError, psutil.NoSuchProcess):
            return []

    def signal(self, number: signal.Signals) -> None:
        for process in self.processes():
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(number)

    def kill(self) -> None:
        """As when the machine loses its power: all of it, at once."""
        killed = self.processes()
        for process in killed:  # none of them tidies up
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(killed, timeout=WITHIN)

    def stop(self) -> None:
        self.signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self.signal(signal.SIGCONT)

    def start_again(self) -> None:
        """Returns once it has recovered."""
        self._held.append(embedded.Server(self.root))

    def ask(self, query: str) -> list[tuple[object, ...]]:
        """As the superuser, of the record."""
        address = f"{embedded.superuser(self.root)} options='-c statement_timeout=60000'"
        with psycopg.connect(address, dbname=roles.DATABASE, autocommit=True) as connection:
            return connection.execute(query).fetchall()

    @contextlib.contextmanager
    def exhausted(self) -> Iterator[None]:
        """Within: no connection is left for the application, and those it had are gone."""
        taken: list[psycopg.Connection] = []
        given_up = time.monotonic() + WITHIN
        try:
            with contextlib.suppress(psycopg.OperationalError):
                while time.monotonic() < given_up:
                    taken.append(psycopg.connect(self.url()))
            mine = [connection.info.backend_pid for connection in taken]
            self.ask(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                f" WHERE usename = '{roles.APPLICATION}' AND pid <> ALL(ARRAY{mine}::int[])"
            )
            with contextlib.suppress(psycopg.OperationalError):
                while time.monotonic() < given_up:
                    taken.append(psycopg.connect(self.url()))
            yield
        finally:
            for connection in taken:
                connection.close()


class Web:
    """gunicorn with several processes, a request at a time each."""

    def __init__(self, database_url: str) -> None:
        self.port = free_port()
        self._environment = {**os.environ, "CRSWEB_MODE": "test", "DATABASE_URL": database_url}
        self._environment.pop("DJANGO_SETTINGS_MODULE", None)
        self._master = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "crsweb.wsgi", "--no-control-socket", "--log-level", "critical"]
            + ["--bind", f"127.0.0.1:{self.port}", "--workers", str(WORKERS), "--preload", "--timeout", "60"],
            cwd=PROJECT,
            env=self._environment,
            stderr=subprocess.DEVNULL,  # each failure that is meant would be told there
        )

    def kill_one(self, chosen: random.Random) -> None:
        workers = psutil.Process(self._master.pid).children()
        if workers:
            with contextlib.suppress(psutil.NoSuchProcess):
                chosen.choice(workers).kill()

    def stop(self) -> None:
        self._master.terminate()
        try:
            self._master.wait(10)
        except subprocess.TimeoutExpired:
            self._master.kill()
            self._master.wait()


def run(database: Database, *arguments: str, as_owner: bool = False) -> str:
    """Runs a program of the site on the database, and returns what it printed."""
    environment = {**os.environ, "CRSWEB_MODE": "test", "DATABASE_URL": database.url()}
    environment["DJANGO_SETTINGS_MODULE"] = "crsweb.settings_for_tests"
    if as_owner:
        environment["DATABASE_OWNER_URL"] = database.url(roles.OWNER)
    done = subprocess.run(
        [sys.executable, *arguments], cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=2 * WITHIN
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
