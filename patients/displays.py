"""Which screens show a ward on its wall, and how does one prove that it is such a screen?

A display is opened by somebody of the ward, who reads a code from their own page and types it on the screen. The screen
then holds a token in a cookie that no script reads; here its hash alone is kept. Neither code nor token stands in an
address, a log or a message.
"""

import hashlib
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.utils.crypto import constant_time_compare, salted_hmac

from patients.models import DisplayPairing, WallDisplay

COOKIE: Final = f"{settings.COOKIE_PREFIX}wall"
CODE_HOLDS_FOR: Final = timedelta(minutes=15)
LETTERS: Final = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # none that is taken for another
CODE_LENGTH: Final = 8


def code_of(display: WallDisplay) -> str:
    """«KTRW-8362»: drawn from the site's secret key, so that it is written down nowhere."""
    number = int.from_bytes(salted_hmac("crsweb.wall.code", str(display.submission_id), algorithm="sha256").digest())
    letters = []
    for _ in range(CODE_LENGTH):
        number, one = divmod(number, len(LETTERS))
        letters.append(LETTERS[one])
    return f"{''.join(letters[:4])}-{''.join(letters[4:])}"


def code_ends_at(display: WallDisplay) -> datetime:
    return display.entered_at + CODE_HOLDS_FOR


def opened_with(code: str, now: datetime) -> WallDisplay | None:
    """The display whose code this is, while it holds: 15 minutes, and until the display is revoked.

    Case, spaces and the dash do not matter. A code that a screen was let in with is found too: whoever pairs sees that
    it is used up.
    """
    typed = "".join(letter for letter in code.upper() if letter in LETTERS)
    recent = WallDisplay.objects.filter(entered_at__gt=now - CODE_HOLDS_FOR, revocation__isnull=True)
    found = [
        one for one in recent.select_related("entered_by", "ward") if constant_time_compare(_plain(code_of(one)), typed)
    ]
    return found[0] if found else None


def token_for(display: WallDisplay, submission_id: UUID) -> str:
    """The token of the screen that was let in by this submission: the same for a double tap or a retry of it."""
    return salted_hmac("crsweb.wall.token", f"{display.pk} {submission_id}", algorithm="sha256").hexdigest()


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def standing_with(hashes: Collection[str]) -> QuerySet[DisplayPairing]:
    """The pairings with these token hashes whose display was not revoked."""
    found = DisplayPairing.objects.filter(token_hash__in=hashes, display__revocation__isnull=True)
    return found.select_related("display__ward")


def display_with(token: str) -> WallDisplay | None:
    """The display that holds this token, unless it was revoked."""
    pairing = standing_with([token_hash(token)]).first() if token else None
    return pairing.display if pairing else None


def displays_of(ward_id: int) -> QuerySet[WallDisplay]:
    """Those that were not revoked, the latest first."""
    standing = WallDisplay.objects.filter(ward=ward_id, revocation__isnull=True)
    return standing.select_related("entered_by", "pairing").order_by("-id")


def _plain(code: str) -> str:
    return code.replace("-", "")
