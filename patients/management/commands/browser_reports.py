"""What have browsers refused by the content policy? For who runs the site: a refusal is a fault or an attack."""

from typing import Any

from django.core.management import BaseCommand, CommandParser

from patients.actions.browser_report import forget_refusals
from patients.models.browser_report import BrowserReport


class Command(BaseCommand):
    help = "Lists what browsers refused by the content policy, the latest first. --forget removes what was listed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--forget", action="store_true", help="remove them: they have been looked at")

    def handle(self, *args: Any, **options: Any) -> None:
        for one in BrowserReport.objects.order_by("-last_at", "-pk"):
            self.stdout.write(
                f"{one.last_at:%Y-%m-%dT%H:%M:%SZ}  {one.times} times since {one.first_at:%Y-%m-%dT%H:%M:%SZ}  {one}"
            )
        if options["forget"]:
            self.stdout.write(f"Forgotten: {forget_refusals()}.")
