"""How does the demo ward come into being, and into the present? Refused outside demo and tests."""

from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from crsweb import roles
from patients.demo.load import add_whoever_is_new, load
from patients.demo.shift import give_out
from patients.demo.time import MODES, NEWEST, lay, move_along
from patients.models import Patient, Submission


class Command(BaseCommand):
    help = "Loads the demo ward; when it is there, moves its times along and keeps what was recorded."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.MODE not in MODES:
            raise CommandError(f"The demo ward is for the demo; this is {settings.MODE}, where nothing was changed.")
        now = timezone.now().replace(second=0, microsecond=0)
        with roles.as_owner(), transaction.atomic():
            if Submission.objects.exists():
                step = move_along(now)
                add_whoever_is_new()
                give_out(now)
                self.stdout.write(f"The demo ward is kept; its times moved along by {step}.")
            else:
                entered = load(now)
                entered |= dict.fromkeys(give_out(now), now - NEWEST)
                lay(entered)
                self.stdout.write(f"The demo ward is loaded: {Patient.objects.count()} patients.")
