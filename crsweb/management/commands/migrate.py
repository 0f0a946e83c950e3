"""How do the tables get their shape? Django's `migrate`, as the owner of the tables (see `crsweb.roles`)."""

from typing import Any

from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.management.commands import migrate

from crsweb import roles


class Command(migrate.Command):
    help = f"{migrate.Command.help} Works as the owner: DATABASE_OWNER_URL, or the embedded database's."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.HAS_DATABASE:
            raise CommandError("DATABASE_URL is not set")
        alias = options["database"]
        try:
            with roles.as_owner(alias):
                super().handle(*args, **options)
                if not (options["app_label"] or options["plan"] or options["check_unapplied"]):
                    # Where failed sign-ins are counted, for every process of the site.
                    call_command("createcachetable", database=alias, verbosity=0)
        except roles.NoOwner as problem:
            raise CommandError(str(problem)) from problem
