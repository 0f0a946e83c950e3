"""How is it counted that a browser refused something by the content policy? No clinical row, and of nobody."""

from dataclasses import asdict, dataclass
from typing import Final

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from patients.models.browser_report import BrowserReport

MOST_KINDS: Final = 200
MOST_OF_STRANGERS: Final = 50  # kinds there may be when somebody who is not signed in adds one
LENGTH: Final = 120  # characters of a pattern or an origin


@dataclass(frozen=True, slots=True)
class Refusal:
    """By which directive, what (a word, an origin or a pattern of addresses), and on which kind of page."""

    directive: str
    blocked: str
    page: str


def keep_refusal(refusal: Refusal, *, signed_in: bool) -> None:
    """Counts it. Beyond `MOST_KINDS` kinds the one that was longest not seen makes room. Who is not signed in may make
    anything up, and pushes nothing out: a new kind of theirs is kept while there are few."""
    kind = {name: value[:LENGTH] for name, value in asdict(refusal).items()}
    now = timezone.now()
    with transaction.atomic():
        if BrowserReport.objects.filter(**kind).update(times=F("times") + 1, last_at=now):
            return
        if not signed_in and BrowserReport.objects.count() >= MOST_OF_STRANGERS:
            return
        BrowserReport.objects.bulk_create([BrowserReport(**kind, first_at=now, last_at=now)], ignore_conflicts=True)
        kept = BrowserReport.objects.order_by("-last_at", "-pk").values("pk")[:MOST_KINDS]
        BrowserReport.objects.exclude(pk__in=list(kept.values_list("pk", flat=True))).delete()


def forget_refusals() -> int:
    """They have been looked at; how many kinds there were."""
    return BrowserReport.objects.all().delete()[0]
