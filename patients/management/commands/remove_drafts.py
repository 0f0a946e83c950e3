"""How are drafts past their twelve hours removed on a ward where nobody types? By this command, once an hour."""

from typing import Any

from django.core.management import BaseCommand

from patients.actions.draft import remove_old_drafts


class Command(BaseCommand):
    help = "Removes drafts older than twelve hours. Every draft that is kept does so too."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Removed: {remove_old_drafts()}.")
