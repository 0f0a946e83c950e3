"""What did somebody else write since a form was opened that writes the whole row anew?"""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from patients.formats import shown_moment_near
from patients.models import PatientFacts, ProtocolChoice, WardSettings
from patients.models.correction import correction_of
from patients.views.said import Pairs

Row = TypeVar("Row", PatientFacts, ProtocolChoice, WardSettings)


class HoldsAnother(Exception):
    """While the form was being recorded somebody else was first: another row holds than the one it was opened on."""


def asked_once_more(page: Callable[[], HttpResponse]) -> HttpResponse:
    """The page; where somebody was first while it recorded, the page once more, which then says what they wrote."""
    try:
        return page()
    except HoldsAnother:
        return page()


def changed_since_opened(
    request: HttpRequest, rows: QuerySet[Row], holds: Row | None, now: datetime, says: Callable[[Row], Pairs]
) -> str:
    """By whom, when, and what is now another than in the row that the posted form was opened on, in words.

    `rows` are all that were ever recorded, `holds` the one that holds now. Empty on GET, where the form was opened on
    it, and where this very form wrote it: a retry.
    """
    if request.method != "POST":
        return ""
    opened_on = request.POST.get("opened_on", "")
    if opened_on == (str(holds.pk) if holds is not None else ""):
        return ""
    if holds is not None and request.POST.get("submission_id") == str(holds.submission_id):
        return ""
    opened = rows.filter(pk=opened_on).first() if opened_on.isdecimal() else None
    if holds is None and opened is None:
        return ""
    after: dict[str, str] = dict(says(holds)) if holds is not None else {}
    before: dict[str, str] = dict(says(opened)) if opened is not None else {}
    said = [
        f"{label or 'now'}: {after.get(label) or 'not charted'}, was {before.get(label) or 'not charted'}"
        for label in dict.fromkeys((*after, *before))
        if after.get(label) != before.get(label)
    ]
    what = "; ".join(said) or "the same values, recorded anew"
    return (
        f"{_who(holds, opened, now)}, after your form was opened: {what}. What you typed is kept below: "
        "take over what is right. Recorded again, it replaces theirs."
    )


def _who(holds: Row | None, opened: Row | None, now: datetime) -> str:
    """Who wrote what holds, or marked what held."""
    marked = None if opened is None or isinstance(opened, WardSettings) else correction_of(opened)
    if marked is not None and (holds is None or opened is None or holds.pk < opened.pk):
        at = shown_moment_near(marked.entered_at, now)
        return f"{marked.entered_by} marked it at {at}: {marked.get_kind_display().lower()}"
    assert holds is not None  # a row is gone only where it was marked
    return f"{holds.entered_by} changed this at {shown_moment_near(holds.entered_at, now)}"
