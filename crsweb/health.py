"""Is this process alive, and can it serve? For a load balancer: no sign-in, nothing clinical, nothing kept.

Ready is a process whose database says of itself that it takes an entry and keeps it. A standby is not ready although
it could be read: a ward would chart into a form that refuses. Nothing is written to try: a full disk is not seen here,
each form says it, and the pages that only read go on. The answer comes within the limits of every page
(`crsweb.database.watch`), also from a server that hangs.
"""

from functools import lru_cache
from typing import Final

from django.contrib.auth.decorators import login_not_required
from django.db import Error, connection
from django.db.migrations.loader import MigrationLoader
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

READY: Final = "ready"
UNREACHABLE: Final = "database not reachable"
# By setting, what it must be, and the word for when it is not.
MUST_BE: Final = {
    "transaction_read_only": ("off", "database is read only, a standby perhaps"),
    "fsync": ("on", "database may lose what it says it has recorded: fsync is off"),
}
DURABLE: Final = ("on", "remote_apply")  # of synchronous_commit
NOT_DURABLE: Final = "database may lose what it says it has recorded: synchronous_commit is {}"


@login_not_required
@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """200 while the process answers; asks no database."""
    return HttpResponse("alive\n", content_type="text/plain")


@login_not_required
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """200 when nothing that the database says of itself hinders an entry now, else 503 and what does, in few words."""
    try:
        hindrance = _hindrance()
    except Error:
        hindrance = UNREACHABLE
    return HttpResponse(f"{hindrance or READY}\n", status=503 if hindrance else 200, content_type="text/plain")


def _hindrance() -> str | None:
    """Why nothing could be recorded now; None where nothing is known against it. Two queries."""
    with connection.cursor() as cursor:
        names = (*MUST_BE, "synchronous_commit")
        asked = ", ".join(["current_setting(%s)"] * len(names))
        cursor.execute(f"SELECT {asked}, to_regclass('django_migrations') IS NOT NULL", names)
        *values, has_migrations = cursor.fetchone()
        is_set = dict(zip(names, values, strict=True))
        for name, (wanted, words) in MUST_BE.items():
            if is_set[name] != wanted:
                return words
        if is_set["synchronous_commit"] not in DURABLE:
            return NOT_DURABLE.format(is_set["synchronous_commit"])
        if has_migrations:
            cursor.execute("SELECT app, name FROM django_migrations")
        missing = len(_migrations().difference(cursor.fetchall() if has_migrations else ()))
    return f"{missing} migrations are not applied" if missing else None


@lru_cache(maxsize=1)
def _migrations() -> frozenset[tuple[str, str]]:
    """Those of the code that this process runs. A database that has more is a newer version's, and serves this one."""
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)
