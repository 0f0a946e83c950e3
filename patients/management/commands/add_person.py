"""How does somebody get an account on a site? The first is an administrator's; administrators add the others."""

import getpass
from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError

from patients import actions
from patients.models import Role, User, Ward


class Command(BaseCommand):
    help = "Adds a person, asking for the password (or reading it, one line, with --password-from-input)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--role", required=True, choices=Role.values)
        parser.add_argument("--display-name", default="")
        parser.add_argument("--ward", action="append", default=[], help="a ward they work on, by name; once for each")
        parser.add_argument("--by", help="the administrator who adds them; nobody for the first person")
        parser.add_argument("--password-from-input", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        wards = list(Ward.objects.filter(name__in=options["ward"]))
        if missing := set(options["ward"]) - {ward.name for ward in wards}:
            raise CommandError(f"No ward {', '.join(sorted(missing))}; `manage.py open_ward` opens one.")
        by = None
        if options["by"]:
            by = User.objects.filter(username=options["by"]).first()
            if by is None:
                raise CommandError(f"Nobody is called {options['by']}.")
        try:
            person = actions.add_person(
                by=by,
                username=options["username"],
                password=input() if options["password_from_input"] else getpass.getpass(),
                role=options["role"],
                display_name=options["display_name"],
                wards=wards,
            )
        except actions.Refused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"{person} can sign in as {person.username}.")
