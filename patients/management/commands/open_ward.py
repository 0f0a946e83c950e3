"""How does a ward get onto a site? With its beds, its time zone and its default protocol; its settings have a page."""

import uuid
from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError

from grading.words import PROTOCOLS
from patients import actions
from patients.models import User


class Command(BaseCommand):
    help = "Opens a ward. The administrator who opens it works on it from then on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--time-zone", required=True, help="like Europe/Berlin")
        parser.add_argument("--protocol", required=True, choices=list(PROTOCOLS))
        parser.add_argument("--bed", action="append", default=[], help="a bed, by its label; once for each")
        parser.add_argument("--by", required=True, help="the administrator who opens it")

    def handle(self, *args: Any, **options: Any) -> None:
        by = User.objects.filter(username=options["by"]).first()
        if by is None:
            raise CommandError(f"Nobody is called {options['by']}; `manage.py add_person` adds people.")
        try:
            ward = actions.open_ward(
                by=by,
                submission_id=uuid.uuid4(),
                name=options["name"],
                time_zone=options["time_zone"],
                default_protocol=options["protocol"],
                beds=options["bed"],
            )
        except actions.Refused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"{ward} is open, with {ward.beds.count()} beds.")
