"""What did somebody else write since a form was opened that writes the whole row anew?"""

from typing import TypeVar

from django.http import HttpRequest

from patients.formats import shown_moment_near
from patients.models import PatientFacts, ProtocolChoice
from patients.views.bedside import Bedside
from patients.views.said import pairs

Row = TypeVar("Row", PatientFacts, ProtocolChoice)


def changed_since_opened(request: HttpRequest, here: Bedside, holds: Row | None) -> str:
    """By whom, when, and what is now another than in the row that the posted form was opened on, in words.

    Empty on GET, where the form was opened on the row that `holds`, and where this very form wrote it: a retry.
    """
    if request.method != "POST" or holds is None:
        return ""
    opened_on = request.POST.get("opened_on", "")
    if opened_on == str(holds.pk) or request.POST.get("submission_id") == str(holds.submission_id):
        return ""
    rows = type(holds).objects.filter(patient=here.patient)
    opened = rows.filter(pk=opened_on).first() if opened_on.isdecimal() and int(opened_on) < holds.pk else None
    now: dict[str, str] = dict(pairs(holds))
    before: dict[str, str] = dict(pairs(opened)) if opened is not None else {}
    said = [
        f"{label or 'now'}: {now.get(label) or 'not charted'}, was {before.get(label) or 'not charted'}"
        for label in dict.fromkeys((*now, *before))
        if now.get(label) != before.get(label)
    ]
    what = "; ".join(said) or "the same values, recorded anew"
    at = shown_moment_near(holds.entered_at, here.now)
    return (
        f"{holds.entered_by} changed this at {at}, after your form was opened: {what}. What you typed is kept below: "
        "take over what is right. Recorded again, it replaces theirs."
    )
