"""What did the nurse chart at the bedside? The whole assessment form: read, checked, and turned into a draft.

One form serves the live grade and the recording. Its draft is a `grading.record.Assessment`; the names of its fields
are the form's own, their labels those of the ward.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Final

from django import forms
from django.http import QueryDict

from grading.bedside_scores import MOST
from grading.record import Assessment, Treatment
from grading.words import GRADE_WORDS
from patients.formats import shown_elapsed, shown_moment
from patients.forms.acts import CONFIRMED, ActForm
from patients.forms.assessment_oxygen import OxygenPart
from patients.forms.assessment_sections import SectionsPart
from patients.forms.assessment_vasopressors import VasopressorRows
from patients.forms.assessment_vitals import RECORD_NAMES, VitalsPart, pressure_split
from patients.forms.fields import MomentField, Refused, WordField
from patients.forms.paper import observed_by
from patients.forms.questions import Question, Questions, questions
from patients.forms.standing import CourseSoFar, rate_words

DRAFT: Final = "draft"  # the `ref` of what is in the form
ANTIPYRETICS: Final = {
    name: name.capitalize()
    for name in ("acetaminophen", "ibuprofen", "metamizole", "naproxen", "diclofenac", "ketorolac", "aspirin")
}
IMPRESSIONS: Final = {str(grade): f"Grade {grade}, {GRADE_WORDS[grade]}" for grade in range(5)}
STORED_AS: Final = {  # the form's field: the name in the record, for what is kept beside a value
    "temperature": "temperature_c",
    **RECORD_NAMES,
    "oxygen_flow": "oxygen_flow_l_min",
    "fio2": "oxygen_fio2_percent",
}
_NOT_A_SIGN: Final = frozenset({"at", "note", "ref"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What the form says: an assessment, and the antipyretic given with it. Nothing of it is stored yet."""

    assessment: Assessment
    antipyretic: Treatment | None
    impression: int | None
    attribution_reason: str
    typed: Mapping[str, Mapping[str, str]]
    confirmed: tuple[Mapping[str, str], ...]

    @property
    def empty(self) -> bool:
        """Is nothing charted at all?"""
        names = (name for name in Assessment.__dataclass_fields__ if name not in _NOT_A_SIGN)
        charted = any(getattr(self.assessment, name) is not None for name in names)
        return not (charted or self.assessment.note or self.antipyretic or self.impression is not None)

    @property
    def unexplained(self) -> bool:
        """Is something attributed elsewhere without a reason? It is graded, and not recorded."""
        return bool(self.assessment.attributed_elsewhere) and not self.attribution_reason


class AssessmentForm(VitalsPart, OxygenPart, SectionsPart, ActForm):
    """The assessment form at one bedside. Bound to the patient and to who opened it (checked by the view)."""

    vasopressors_same = forms.BooleanField(required=False, label="Vasopressors unchanged")
    antipyretic_now = WordField(ANTIPYRETICS, label="Antipyretic given now")
    impression = WordField(
        IMPRESSIONS, label="Impression", help_text="Your own grade, if you like. It is shown beside the computed one."
    )
    seen_at = MomentField(label="Seen at", help_text="Blank: the moment of recording.")
    observed_by = observed_by()
    note = forms.CharField(label="Note", required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, data: QueryDict | None = None, *, so_far: CourseSoFar, **options: Any) -> None:
        self.so_far = so_far
        standing = so_far.standing(so_far.now)
        options["initial"] = {"oxygen_standing": standing.oxygen_token, **options.get("initial", {})}
        split = None if data is None else pressure_split(data)
        super().__init__(split, **options)
        self.oxygen_in_force = standing.oxygen
        self.rows = VasopressorRows(None if data is None else self.posted, standing)
        self.understood: dict[str, str] = {}
        if data is not None and split is not data:
            self.understood["systolic"] = f"Systolic {self.posted['systolic']}, diastolic {self.posted['diastolic']}."

    @property
    def posted(self) -> QueryDict:
        """What was posted, with the offer that was pressed filled in."""
        assert isinstance(self.data, QueryDict)
        return self.data

    @cached_property
    def seen(self) -> datetime:
        """The moment of the assessment: as typed, else now. After cleaning."""
        return self.cleaned_data.get("seen_at") or self.so_far.now

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self._refuse_times()
        standing = self.so_far.standing(self.seen)
        self.rows = VasopressorRows(self.posted, standing)
        self.rows.clean(self.seen)
        if self.rows.refused_same:
            self.add_error("vasopressors_same", Refused(self.rows.refused_same))
        self.oxygen, words = self.read_oxygen(standing)
        if words:
            self.understood["oxygen_flow"] = words
        if cleaned.get("seen_at") is not None:
            self.understood["seen_at"] = f"{shown_moment(self.seen)}, {shown_elapsed(self.seen, self.so_far.now)}"
        if self.read_temperature is not None and self.read_temperature.understood:
            self.understood["temperature"] = self.read_temperature.understood
        self.understood |= {
            score: f"The items add up to {total} of {MOST[score]}." for score, total in self.sums.items()
        }
        if cleaned.get("hypotension") is False and not self.rows.errors and self.rows.for_hypotension():
            running = rate_words(self.rows.for_hypotension())  # type: ignore[arg-type]
            message = f"«No» stands beside {running} for hypotension: choose one of the two."
            self.add_error("hypotension", Refused(message))
        return cleaned

    def _refuse_times(self) -> None:
        typed = self.cleaned_data.get("seen_at")
        course = self.so_far.course
        if typed is None or course is None:
            return
        born = course.patient.birth_date
        if born is not None and typed.date() < born:
            self.add_error("seen_at", Refused("This is before the birth."))
        elif self.so_far.died_at is not None and typed > self.so_far.died_at:
            self.add_error("seen_at", Refused("This is after the charted death."))

    def is_valid(self) -> bool:
        return super().is_valid() and not self.rows.errors

    def draft(self) -> Draft:
        """What is in the form, as the grading reads it. Of a form that `is_valid`, else raises `ValueError`."""
        if not self.is_valid():
            raise ValueError("the form has errors: it has no draft")
        antipyretic = self.cleaned_data.get("antipyretic_now")
        impression = self.cleaned_data.get("impression")
        assessment = Assessment(
            at=self.seen,
            **self.vitals_in_record(),
            **self.sections_in_record(),
            vasopressors=self.rows.vasopressors(),
            oxygen=self.oxygen,
            note=self.cleaned_data.get("note") or "",
            ref=DRAFT,
        )
        return Draft(
            assessment=assessment,
            antipyretic=Treatment(at=self.seen, drug=antipyretic, ref=DRAFT) if antipyretic else None,
            impression=None if impression is None else int(impression),
            attribution_reason=self.cleaned_data.get("attribution_reason") or "",
            typed={STORED_AS.get(name, name): text for name, text in self.typed.items()},
            confirmed=tuple({**kept, "field": self._stored_as(kept["field"])} for kept in self.confirmed),
        )

    def _stored_as(self, field: str) -> str:
        for row in self.rows.rows:
            if field == row.add_prefix("rate") and (running := row.vasopressor()) is not None:
                return f"vasopressors.{running.agent}.rate"
        return STORED_AS.get(field, field)

    @property
    def typed(self) -> dict[str, dict[str, str]]:
        texts = {name: text for name, text in super().typed.items() if text["text"]} | self.items_typed
        read = self.read_temperature
        if read is not None:
            texts["temperature"]["unit"] = read.unit
        for row in self.rows.rows:
            running = row.vasopressor()
            if running is not None and running.rate is not None and row.cleaned_data.get("rate") is not None:
                text = {"text": row.data[row.add_prefix("rate")].strip(), "unit": running.unit or ""}
                texts[f"vasopressors.{running.agent}.rate"] = text
        return texts

    @property
    def questions(self) -> Questions:
        """Also beside an error: a question about one value does not wait until another is corrected."""
        if not self.is_bound:
            return questions((), ())
        self.is_valid()
        return questions((*self.asked_of_draft(), *self.asked()), self.posted.getlist(CONFIRMED))

    def asked(self) -> Iterator[Question]:
        yield from self.asked_of_vitals()
        if self.cleaned_data.get("hypotension") is False and self.so_far.pressure_is_low(self.pressure, self.seen):
            low = f"Hypotension is «no» beside a low pressure: {self.pressure}."
            yield Question("hypotension", low, f"no hypotension at {self.pressure}")
        yield from self.asked_of_oxygen(self.oxygen)
        yield from self.rows.asked()

    def without_value(self) -> tuple[str, ...]:
        """The labels of what has an error, each once: what keeps the draft from being graded."""
        labels = [self.fields[name].label if name in self.fields else "the form" for name in self.errors]
        of_rows = ["vasopressors"] if self.rows.errors else []
        return tuple(dict.fromkeys(str(label) for label in labels + of_rows))
