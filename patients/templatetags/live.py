"""How does a page say what it is to be told of while it is open? In attributes that `static/live.js` reads."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django import template
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString

from patients.models import Patient, Ward
from patients.views.changed import version_of

register = template.Library()


@register.simple_tag
def live_wards(what: str, wards: Iterable[Ward]) -> SafeString:
    """For an element that shows these wards; `what` it is, in the words of «This board is 20 s old»."""
    shown = list(wards)
    zones = {ward.time_zone for ward in shown}
    zone = format_html(' data-zone="{}"', zones.pop()) if len(zones) == 1 else ""
    return format_html(' data-live="{}"{}{}', what, zone, _events([("ward", ward.pk) for ward in shown]))


@register.inclusion_tag("patients/_changed.html")
def changed_since(patient: Patient, written: int) -> dict[str, Any]:
    """On a page of the patient: the place of the line that says when somebody has written since. `written` is of the
    page's `Bedside`, counted before the page was read."""
    assert patient.ward is not None  # a patient without a ward is found by nobody
    return {"patient": patient, "tag": version_of(patient.pk, written, patient.ward)}


@register.simple_tag
def live_patient(what: str, patient: Patient) -> SafeString:
    """For an element about one patient, beside what is typed: the page stays when its session is over."""
    zone = patient.ward.time_zone if patient.ward else "UTC"
    return format_html(' data-live="{}" data-keeps data-zone="{}"{}', what, zone, _events([("patient", patient.pk)]))


def _events(topics: Iterable[tuple[str, int]]) -> SafeString | str:
    """Where a stream about these topics is had; nothing where the site has no events process."""
    asked = list(topics)
    if not settings.EVENTS_URL or not asked:
        return ""
    return format_html(' data-events="{}?{}"', settings.EVENTS_URL, urlencode(asked))
