"""As whom does PostgreSQL know us? As the owner while migrating and backing up, else as the application.

`crsweb_owner` owns every table and runs `migrate`, `backup` and `restore`, no more. `crsweb_app` owns nothing: what
it may do to which table is granted by the migrations, and it can neither update nor delete a clinical row nor switch
off the triggers that say so too. On a real server the two roles are made once by its administrator (README), and their
addresses are `DATABASE_URL` (the application's) and `DATABASE_OWNER_URL` (given to those commands alone).
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import urlsplit

import environ

from crsweb import mode

OWNER: Final = "crsweb_owner"
APPLICATION: Final = "crsweb_app"
DATABASE: Final = "crsweb"
PREPARING: Final = 1  # the number of an advisory lock
# A page that waits is worse than one that says so: 2 s to connect, 2 s a statement, 1 s for a lock. A server that does
# not even say that is waited for a little longer (crsweb.database.watch).
PATIENCE: Final = "-c statement_timeout=2000 -c lock_timeout=1000 -c idle_in_transaction_session_timeout=10000"
# A server that vanished without a word is noticed within a minute also by what waits without an end of ours: a command.
ALIVE: Final = {"keepalives_idle": 30, "keepalives_interval": 5, "keepalives_count": 4, "tcp_user_timeout": 50_000}
# Committed is what is on the disk, whatever the server or a role was set to.
DURABLE: Final = "-c synchronous_commit=on"


def database(address: Mapping[str, Any]) -> dict[str, Any]:
    """The entry of `DATABASES` for an address (NAME, USER, HOST, PORT …), as the application uses it."""
    given = address.get("OPTIONS", {})
    options = {"connect_timeout": 2, "application_name": "crsweb", **ALIVE, **given}
    options["options"] = f"{given.get('options', PATIENCE)} {DURABLE}"
    return {
        **address,
        "ENGINE": "crsweb.database",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


def address_of(name: str, url: str) -> dict[str, Any]:
    """The address that a URL in the environment variable `name` gives; ends the process if it is not PostgreSQL's."""
    if urlsplit(url).scheme not in ("postgres", "postgresql"):
        mode.stop(f"{name} must begin with postgresql://; PostgreSQL is the only database")
    return dict(environ.Env.db_url_config(url))


class NoOwner(Exception):
    """Nobody said how to reach the database as its owner."""


@contextmanager
def as_owner(alias: str = "default") -> Iterator[None]:
    """Within: the connection `alias` is the owner's, to the same database, without the time limits of a page."""
    from django.conf import settings  # settings import this module
    from django.db import connections

    connection = connections[alias]
    before = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict.update(owner_address(settings.DATABASE_OWNER, before))
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.clear()
        connection.settings_dict.update(before)


def owner_address(owner: Mapping[str, Any] | None, application: Mapping[str, Any]) -> dict[str, Any]:
    """What changes in the application's address to be the owner's. Raises `NoOwner` when `owner` is None."""
    if owner is None:
        raise NoOwner("DATABASE_OWNER_URL is not set; this works as the owner of the tables, not as the application")
    changes = {key: owner[key] for key in ("USER", "PASSWORD", "HOST", "PORT") if key in owner}
    options = {key: value for key, value in application.get("OPTIONS", {}).items() if key != "options"}
    return {**changes, "OPTIONS": {**options, **owner.get("OPTIONS", {})}}


def prepare(superuser_address: str) -> None:
    """Makes both roles and the database on a server that may lack them; for the embedded one, as its superuser."""
    import psycopg  # settings import this module, and `grade` needs no driver

    with psycopg.connect(superuser_address, autocommit=True) as server:
        server.execute("SELECT pg_advisory_lock(%s)", [PREPARING])  # one process at a time; let go with the connection
        for role, right in ((OWNER, "CREATEDB"), (APPLICATION, "NOCREATEDB")):
            if not server.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
                server.execute(f"CREATE ROLE {role} LOGIN {right}")
        if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            server.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER}")
