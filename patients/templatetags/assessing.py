"""How is a field of the assessment form drawn, with the notes that stand at it?"""

from typing import Any

from django import template
from django.forms import BoundField
from django.utils import timezone

from grading.in_force import Charted
from grading.record import Oxygen, Vasopressor
from grading.words import ORGANS
from patients.formats import shown_moment_near
from patients.forms.assessment import AssessmentForm
from patients.forms.assessment_notes import Note, Notes
from patients.forms.assessment_sections import NEUROLOGY, organ_field
from patients.forms.fields import NumberField
from patients.forms.neurology import ITEM_FIELDS
from patients.forms.standing import oxygen_words, rate_words

register = template.Library()

_SECTIONS = {
    "symptoms": ("symptoms", "symptoms_none"),
    "organs": (*map(organ_field, ORGANS), "organs_none"),
    "neurology": (
        *(name for name in NEUROLOGY if name != "consciousness"),
        *ITEM_FIELDS["ice_score"],
        *ITEM_FIELDS["capd_score"],
        "neurology_not_assessed",
    ),
    **ITEM_FIELDS,
    "judgement": ("life_threatening", "severe_grade_2", "crs_confirmed"),
    "ctcae": ("symptomatic_response",),
    "paper": ("observed_by",),
}


def _control(field: BoundField, note: Note | None) -> str:
    attributes: dict[str, str | bool] = {"aria-describedby": f"{field.auto_id}_notes"}
    if note is not None and note.errors:
        attributes["aria-invalid"] = "true"
    return field.as_widget(attrs=attributes)


def _note(field: BoundField, notes: Notes | None) -> Note | None:
    return notes.by_field.get(field.html_name) if notes else None


@register.inclusion_tag("patients/_assess_field.html")
def charted(field: BoundField, notes: Notes | None, beside: BoundField | None = None) -> dict[str, Any]:
    """One field; `beside` is its unit's select, in the same line."""
    note = _note(field, notes)
    shown: dict[str, Any] = {"field": field, "note": note, "control": _control(field, note)}
    shown["unit"] = field.field.unit if isinstance(field.field, NumberField) else ""
    if beside is not None:
        beside_note = _note(beside, notes)
        shown |= {"beside": beside, "beside_note": beside_note, "beside_control": _control(beside, beside_note)}
    return shown


@register.inclusion_tag("patients/_assess_list.html")
def ticked(field: BoundField, none: BoundField, notes: Notes | None, suffix: str) -> dict[str, Any]:
    """A list of checkboxes; `suffix` tells a screen reader what ticking one means."""
    return {"field": field, "none": none, "note": _note(field, notes), "suffix": suffix}


@register.inclusion_tag("patients/_assess_tick.html")
def tick(field: BoundField, notes: Notes | None) -> dict[str, Any]:
    return {"field": field, "note": _note(field, notes)}


@register.inclusion_tag("patients/_assess_notes.html")
def notes_at(field: BoundField, notes: Notes | None) -> dict[str, Any]:
    return {"field": field, "note": _note(field, notes)}


@register.filter
def opened(form: AssessmentForm, section: str) -> bool:
    """Is anything typed, or wrong, in a section that opens? Then it stands open: nothing typed is hidden."""
    return form.is_bound and any(form[name].data or form[name].errors for name in _SECTIONS[section])


@register.filter
def oxygen_in_force(charted: Charted[Oxygen]) -> str:
    """«nasal cannula, 2 L/min, charted 02:00»."""
    words = oxygen_words(charted.value, charted.value.flow_l_min)
    return f"{words}, charted {shown_moment_near(charted.at, timezone.now())}"


@register.filter
def charted_at(charted: Charted[Any]) -> str:
    """«02:00»: when it was charted."""
    return shown_moment_near(charted.at, timezone.now())


@register.filter
def oxygen_worn(charted: Charted[Oxygen]) -> str:
    """«nasal cannula, 2 L/min»."""
    return oxygen_words(charted.value, charted.value.flow_l_min)


@register.filter
def agents_running(charted: Charted[tuple[Vasopressor, ...]]) -> str:
    """«Norepinephrine 0.1 mcg/kg/min, Dopamine 5 mcg/kg/min»."""
    return ", ".join(rate_words(running) for running in charted.value)
