"""What would another version of the rules, or of a ward's settings, change? Listed first; then stored, with its reason.

Ends with 0 where nothing differs, 1 where something does, 2 where it could not be found out.
"""

import getpass
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import astuple, fields
from typing import Any, Final
from uuid import uuid4

from django.core.exceptions import PermissionDenied
from django.core.management import BaseCommand, CommandError
from django.db import Error, transaction

from crsweb.spreadsheet import writer
from grading import RULES_VERSION
from patients import actions
from patients.actions.audit import note
from patients.models import User
from patients.regrading import Difference, differences, patients_with_differences

DIFFERS: Final = 1
TROUBLE: Final = 2
COLUMNS: Final = tuple(field.name for field in fields(Difference))


class Command(BaseCommand):
    help = (
        "Grades every stored course anew and lists what differs from the grades that were stored (--dry-run), or "
        "stores the difference under an administrator's name and reason. Signed grades are listed, never changed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="list the differences, and change nothing")
        parser.add_argument("--format", choices=("text", "csv"), default="text", help="of the list (%(default)s)")
        parser.add_argument("--by", help="the administrator in whose name the difference is stored")
        parser.add_argument("--reason", default="", help="what was changed, and who decided it")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["dry_run"] == bool(options["by"]):
            raise CommandError("Either --dry-run, or --by and --reason: look first.", returncode=TROUBLE)
        try:
            if options["dry_run"]:
                self._list(options["format"])
            else:
                self._store(options["by"], options["reason"])
        except Error as problem:
            raise CommandError(f"The database failed: {type(problem).__name__}", returncode=TROUBLE) from problem

    def _list(self, form: str) -> None:
        with transaction.atomic():
            note("regrade", by=None, details={"rules": RULES_VERSION, "account": getpass.getuser()})
        tell = self._table() if form == "csv" else self._line
        count, assessments, signatures = 0, set(), set()
        for one in differences():
            tell(one)
            count += 1
            assessments.add(one.assessment)
            signatures |= {one.signature} - {None}
        self.stderr.write(
            f"{count:,} differences at {len(assessments):,} assessments, by rules {RULES_VERSION}; signatures that are "
            f"open by them: {len(signatures):,}. Nothing was changed."
        )
        if count:
            sys.exit(DIFFERS)

    def _table(self) -> Callable[[Difference], None]:
        row = writer(self.stdout)
        row(COLUMNS)

        def tell(one: Difference) -> None:
            row((*astuple(one)[:4], f"{one.at:%Y-%m-%dT%H:%M:%SZ}", one.scale, one.was, one.now, "; ".join(one.parts),
                 one.rules_was, one.rules_now, one.settings_was, one.settings_now, one.signature))  # fmt: skip

        return tell

    def _line(self, one: Difference) -> None:
        signed = f"; signature {one.signature} is open by it" if one.signature is not None else ""
        self.stdout.write(
            f"{one.ward}, patient {one.patient}, assessment {one.assessment} at {one.at:%Y-%m-%d %H:%M} UTC: "
            f"{one.scale}: {one.was} → {one.now} ({', '.join(one.parts)}; rules {one.rules_was or 'none'} → "
            f"{one.rules_now}, settings {one.settings_was or 'none'} → {one.settings_now}){signed}"
        )

    def _store(self, name: str, reason: str) -> None:
        by = User.objects.filter(username=name).first()
        if by is None:
            raise CommandError(f"Nobody is called {name}.", returncode=TROUBLE)
        count = 0
        try:
            for patient in patients_with_differences():
                actions.regrade(by=by, submission_id=uuid4(), patient=patient, reason=reason)
                count += 1
        except (actions.Refused, PermissionDenied) as refused:
            raise CommandError(f"{refused} Stored so far: of {count:,} patients.", returncode=TROUBLE) from refused
        self.stdout.write(f"Stored anew: the grades of {count:,} patients, by rules {RULES_VERSION}.")
