"""Which `pg_dump` and `pg_restore` fit the server, and how do they reach it?

They must be of the server's own major version: an older `pg_dump` refuses a newer server, and what a newer one writes
no older server takes. The embedded server brings its own.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import psycopg
from django.conf import settings
from django.db import connection

from crsweb import embedded

DEBIAN: Final = "/usr/lib/postgresql/{major}/bin"
HOMEBREW: Final = ("/opt/homebrew/opt/postgresql@{major}/bin", "/usr/local/opt/postgresql@{major}/bin")
SECRET: Final = "*"  # how libpq marks what is not to be shown
UNMARKED: Final = ("scram_client_key", "scram_server_key")  # secrets too


class Failed(Exception):
    """A program is missing, of the wrong version, or ended with an error; the message says which."""


def major_version() -> int:
    """Of the server that the connection is to."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        return int(cursor.fetchone()[0]) // 10_000


def program(name: str) -> Path:
    """The program of that name (`pg_dump` …) for the server that the connection is to. Raises `Failed`."""
    wanted = major_version()
    seen = []
    for place in _places(name, wanted):
        found = _version(place)
        if found is None:
            continue
        if found == wanted:
            return place
        seen.append(f"{place} is of {found}")
    there = f"; {', '.join(seen)}" if seen else ""
    raise Failed(f"{name} of PostgreSQL {wanted}, the server's own version, is not on the PATH{there}")


def run(name: str, *arguments: str | Path) -> None:
    """Runs a program on the database that the connection is to, and waits for it. Raises `Failed`.

    The password goes by the environment, which no other user can read, and new files are readable by this user alone.
    """
    where, password = address()
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PG")} | {"LC_ALL": "C"}
    if password:
        environment["PGPASSWORD"] = password
    done = subprocess.run(
        [program(name), *arguments, f"--dbname={where}"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=environment,
        umask=0o077,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode != 0:
        raise Failed(f"{name} failed: {_said(name, done.stderr) or f'status {done.returncode}'}")


def address() -> tuple[str, str]:
    """The connection's address as libpq reads it, without the password, since every user sees a command line; and the
    password. Raises `Failed` where it has another secret, which goes by neither: libpq has no variable for it."""
    known = {one.keyword.decode(): one.dispchar.decode() for one in psycopg.pq.Conninfo.get_defaults()}
    parts: dict[str, Any] = {
        key: value for key, value in connection.get_connection_params().items() if key in known and value is not None
    }
    password = str(parts.pop("password", ""))
    secrets = sorted(key for key in parts if known[key] == SECRET or key in UNMARKED)
    if secrets:
        raise Failed(f"the database's address has {', '.join(secrets)}, which every user of this machine would see")
    return psycopg.conninfo.make_conninfo("", **parts), password


def _places(name: str, major: int) -> Iterator[Path]:
    if not settings.DATABASE_URL:
        yield embedded.programs_of(embedded.folder(Path(settings.BASE_DIR), settings.MODE)) / name
    if on_path := shutil.which(name):
        yield Path(on_path)
    for folder in (DEBIAN, *HOMEBREW):
        yield Path(folder.format(major=major)) / name


def _version(place: Path) -> int | None:
    """Its major version; None where there is no such program."""
    if not place.is_file():
        return None
    said = subprocess.run([place, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"\(PostgreSQL\) (\d+)", said)
    return int(found.group(1)) if found else None


def _said(name: str, output: str) -> str:
    """What it said of its errors, without the lines in which PostgreSQL quotes a row."""
    lines = [line for line in output.splitlines() if line.startswith(f"{name}: error:")]
    return "; ".join(line.removeprefix(f"{name}: error:").strip() for line in lines)
