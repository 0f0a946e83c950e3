"""How is an assessment corrected: through the assessment form, filled in with what was typed?

The form is filled in as if it had been posted, so that its grade, its notes and its questions are those of the row.
"""

import uuid
from collections.abc import Iterator
from dataclasses import fields
from typing import Any, Final

from django.http import QueryDict

from grading.record import Vasopressor
from patients.forms.acts import CONFIRMED
from patients.forms.assessment import STORED_AS, AssessmentForm, Draft
from patients.forms.assessment_sections import organ_field
from patients.forms.assessment_vasopressors import NONE_RUNNING
from patients.forms.correction import ReasonFields, typed_number
from patients.forms.fields import MomentField, NumberField, active_zone
from patients.forms.moments import typed as typed_moment
from patients.forms.neurology import items_initial
from patients.forms.standing import CourseSoFar
from patients.forms.vasopressor_row import NEW, PREFIX, SAME, STOPPED
from patients.models import Assessment
from patients.record import assessment_record

_LISTS: Final = {"constitutional": ("symptoms", "symptoms_none"), "attributed_elsewhere": (None, "attributed_none")}
_COLUMNS: Final = {**STORED_AS, "for_hypoxia": "oxygen_for_hypoxia"}  # the form's field: the row's column


class AssessmentCorrection(ReasonFields, AssessmentForm):
    """The assessment form, for a row that stands. The antipyretic given beside it is a treatment of its own.

    A reason that is missing holds back recording, not the grade.
    """

    seen_at = MomentField(label="Seen at", required=True)

    def __init__(self, data: QueryDict | None = None, *, row: Assessment, so_far: CourseSoFar, **options: Any) -> None:
        self.row = row
        super().__init__(data, so_far=so_far, **options)
        del self.fields["antipyretic_now"], self.fields["observed_by"]
        self.fields["reason"].label = "Reason for correcting"

    def clean_seen_at(self) -> Any:
        """A time that is not touched stays what it was, to the second."""
        untouched = self.data.get("seen_at", "").strip() == typed_moment(self.row.at, active_zone())
        return self.row.at if untouched else self.cleaned_data["seen_at"]


def opened(row: Assessment, so_far: CourseSoFar) -> AssessmentCorrection:
    """The form as it opens. `so_far` is the course without the row."""
    data = as_typed(row, so_far)
    form = AssessmentCorrection(data, row=row, so_far=so_far)
    answered = {(kept["question"], kept["value"]) for kept in row.confirmed}
    data.setlist(CONFIRMED, [q.token for q in form.questions.asked if (q.text, q.value) in answered])
    return AssessmentCorrection(data, row=row, so_far=so_far)


def said(form: AssessmentCorrection, draft: Draft) -> dict[str, Any]:
    """What a valid form says, by the names that a correction of an assessment takes."""
    before = assessment_record(form.row)
    names = [one.name for one in fields(draft.assessment) if one.name != "ref"]
    found = {name: getattr(draft.assessment, name) for name in names} | {"at": form.seen}
    changed = any(getattr(before, name) != value for name, value in found.items())
    for name in ("impression", "attribution_reason"):
        found[name] = getattr(draft, name)
        changed = changed or found[name] != getattr(form.row, name)
    return found | ({"typed": dict(draft.typed), "confirmed": list(draft.confirmed)} if changed else {})


def as_typed(row: Assessment, so_far: CourseSoFar) -> QueryDict:
    """The fields that a browser would post for the row."""
    data = QueryDict(mutable=True)
    standing = so_far.standing(row.at)
    for name, field in AssessmentForm.base_fields.items():
        column = _COLUMNS.get(name, name)
        value = getattr(row, column, None)
        if isinstance(field, NumberField):
            data[name] = typed_number(row.typed, column, value)
        elif isinstance(value, bool):
            data[name] = "yes" if value else "no"
        elif isinstance(value, str | int):
            data[name] = str(value)
    for column, (field_name, none) in _LISTS.items():
        listed = getattr(row, column)
        if listed is not None:
            data.setlist(field_name or column, listed)
            if not listed:
                data[none] = "on"
    if row.organs_charted:
        grades = {organ_field(one.system): str(one.grade) for one in row.organ_toxicities.all()}
        data.update(grades or {"organs_none": "on"})
    for name, text in items_initial(row.typed).items():
        data[name] = text
    data["seen_at"] = typed_moment(row.at, active_zone())
    data["oxygen_standing"] = standing.oxygen_token
    data["submission_id"] = str(uuid.uuid4())
    for name, text in _vasopressors(row, so_far):
        data[name] = text
    return data


def _vasopressors(row: Assessment, so_far: CourseSoFar) -> Iterator[tuple[str, str]]:
    """The rows: each agent in force before with what became of it, then the agents that were new."""
    in_force = so_far.standing(row.at).agents()
    charted = {one.agent: one for one in assessment_record(row).vasopressors or ()}
    if row.vasopressors_charted and not charted and not in_force:
        yield NONE_RUNNING, "on"
    for index, (token, before, _) in enumerate(in_force):
        prefix = f"{PREFIX}-{index}"
        yield f"{prefix}-standing", token
        yield f"{prefix}-agent", before.agent
        now = charted.pop(before.agent, None)
        if now is not None and now != before:
            yield f"{prefix}-answer", NEW
            yield from _details(prefix, now, row)
            continue
        yield f"{prefix}-unit", before.unit or ""
        if row.vasopressors_charted:
            yield f"{prefix}-answer", SAME if now is not None else STOPPED
    for index, new in enumerate(charted.values(), start=len(in_force)):
        yield f"{PREFIX}-{index}-agent", new.agent
        yield from _details(f"{PREFIX}-{index}", new, row)


def _details(prefix: str, running: Vasopressor, row: Assessment) -> Iterator[tuple[str, str]]:
    yield f"{prefix}-rate", typed_number(row.typed, f"vasopressors.{running.agent}.rate", running.rate)
    yield f"{prefix}-unit", running.unit or ""
    if running.since is not None:
        yield f"{prefix}-since", typed_moment(running.since, active_zone())
    if running.for_hypotension is not None:
        yield f"{prefix}-for_hypotension", "yes" if running.for_hypotension else "no"
