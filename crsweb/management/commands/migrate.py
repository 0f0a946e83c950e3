"""How do the tables get their shape? Django's `migrate`, as the owner of the tables (see `crsweb.roles`).

A change of a table that waits for a long transaction makes everybody wait who comes after it, readers too. So it waits
briefly, lets go, and tries again. A migration that is no transaction waits as long as it must: it has only statements
that block nobody while they wait (docs/decisions/0017).
"""

import time
from typing import Any, Final

import psycopg
from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.management.commands import migrate
from django.db import OperationalError, connections
from django.db.migrations import Migration

from crsweb import roles

WAITS_MS: Final = 500  # for a lock, and whoever comes after it as long
TRIES: Final = 60
PAUSE_S: Final = 1.0
IN_USE: Final = "A table is in use by another transaction: let go, to try again."


class Command(migrate.Command):
    help = f"{migrate.Command.help} Works as the owner: DATABASE_OWNER_URL, or the embedded database's."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.HAS_DATABASE:
            raise CommandError("DATABASE_URL is not set")
        self._alias = options["database"]
        try:
            with roles.as_owner(self._alias):
                self._migrate(*args, **options)
                if not (options["app_label"] or options["plan"] or options["check_unapplied"]):
                    # Where failed sign-ins are counted, for every process of the site.
                    call_command("createcachetable", database=self._alias, verbosity=0)
        except roles.NoOwner as problem:
            raise CommandError(str(problem)) from problem

    def _migrate(self, *args: Any, **options: Any) -> None:
        """Tries until no migration is left; each that was applied stays so."""
        for _ in range(TRIES):
            try:
                super().handle(*args, **options)
                return
            except OperationalError as problem:
                if not isinstance(problem.__cause__, psycopg.errors.LockNotAvailable):
                    raise
                self.stderr.write(IN_USE)
                time.sleep(PAUSE_S)
        raise CommandError(
            f"A table stayed in use through {TRIES} tries: pg_stat_activity says by whom. The migrations before the "
            "one that needs it are applied, that one is not."
        )

    def migration_progress_callback(self, action: str, migration: Migration | None = None, fake: bool = False) -> None:
        if migration is not None and action in ("apply_start", "unapply_start"):
            with connections[self._alias].cursor() as cursor:
                cursor.execute("SELECT set_config('lock_timeout', %s, false)", [f"{WAITS_MS * migration.atomic}ms"])
        super().migration_progress_callback(action, migration, fake)
