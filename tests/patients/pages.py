"""How do the page tests post a form, read a page and type a moment?"""

import re
from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils import timezone

from patients.formats import shown_moment
from patients.models import Patient, Ward
from tests.patients.cast import hours_ago

Answer = Any  # the test client has its own class of answers
Post = Callable[..., Answer]


def words_of(answer: Answer) -> str:
    """The page as a person reads it: without markup."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.content.decode()))


def seen_on(answer: Answer) -> str:
    return seen_in(answer.content.decode())


def seen_in(page: str) -> str:
    """The page as a person sees it now: without markup, and without what shows itself only when its time comes."""
    shown = re.sub(r"<(span|div|p)\b[^>]* hidden>.*?</\1>", " ", page, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", shown))


def at(hours: float, ward: Ward) -> str:
    """A moment as a person types it on that ward."""
    with timezone.override(ward.zone):
        return shown_moment(hours_ago(hours))


def recorded(answer: Answer, patient: Patient) -> bool:
    return bool(
        answer.status_code == 302 and answer.headers["Location"] == reverse("patient_detail", args=[patient.pk])
    )
