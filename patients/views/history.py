"""What was ever recorded about a patient: every row, who entered it when, and what became of it?

The latest entry first, 100 a page. A row that no longer stands is struck through, with who said so, why, and what
holds in its place.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.core.exceptions import ObjectDoesNotExist
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from patients.models import Correction, Patient
from patients.models.correction import KINDS, CorrectedRow, patient_of
from patients.models.submission import EnteredRow
from patients.permissions import patients_for
from patients.views.banner import two_identifiers
from patients.views.bedside import Bedside, bedside
from patients.views.rows import RowActs, Viewer, acts_of, is_late, moment_of
from patients.views.said import KIND_NAMES, OTHERS, line

PAGE: Final = 100
Key = tuple[str, int]  # the kind of a row, and its key


@dataclass(frozen=True, slots=True)
class Link:
    """Another row; `url` is empty where it stands on the record of a patient whom the user may not see."""

    words: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """Why a row no longer stands: «Corrected», the coded reason, the text, and what holds in its place."""

    words: str
    reason: str
    text: str
    at: datetime
    by: str
    link: Link | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    anchor: str
    kind: str
    at: datetime | None  # when it was seen; None for what has no moment of its own
    entered_at: datetime
    late: bool
    by: str
    text: str
    fate: Fate | None = None
    origin: Link | None = None  # what it replaced, or the record that it was moved from
    acts: RowActs | None = None


@require_safe
@bedside()
def history(request: HttpRequest, here: Bedside) -> HttpResponse:
    places = Places(here)
    page = Paginator(places.keys(here.patient), PAGE).get_page(request.GET.get("page"))
    context = here.context() | {"lines": _lines(here, list(page.object_list), places), "page": page}
    return render(request, "patients/history.html", context)


class Places:
    """Where rows stand in the histories of the patients whom the user may see."""

    def __init__(self, here: Bedside) -> None:
        self.here = here
        self._keys: dict[int, list[Key]] = {}

    def keys(self, patient: Patient) -> list[Key]:
        """Every row of the patient, the one entered last first: keys only, so that a page reads no more than itself."""
        if patient.pk not in self._keys:
            found: list[tuple[datetime, int, str]] = []
            for kind, model in KINDS.items():
                to_patient = "infusion__patient" if kind in ("infusion_event", "infusion_dose") else "patient"
                rows = model.objects.filter(**{to_patient: patient})
                found += [(at, pk, kind) for at, pk in rows.values_list("entered_at", "pk")]
            for kind, (other, to_patient) in OTHERS.items():
                others = other.objects.filter(**{to_patient: patient})
                found += [(at, pk, kind) for at, pk in others.values_list("entered_at", "pk")]
            self._keys[patient.pk] = [(kind, pk) for _, pk, kind in sorted(found, reverse=True)]
        return self._keys[patient.pk]

    def link(self, kind: str, row: CorrectedRow, words: str) -> Link:
        patient = patient_of(row)
        if patient != self.here.patient:
            if not patients_for(self.here.user).filter(pk=patient.pk).exists():
                return Link(f"{words} of a patient of another ward", "")
            words = f"{words} of {two_identifiers(patient)}"
        number = self.keys(patient).index((kind, row.pk)) // PAGE + 1
        page = f"?page={number}" if number > 1 else ""
        return Link(words, f"{reverse('history', args=[patient.pk])}{page}#{kind}-{row.pk}")


def _lines(here: Bedside, keys: list[Key], places: Places) -> list[Line]:
    by_kind: dict[str, list[int]] = defaultdict(list)
    for kind, pk in keys:
        by_kind[kind].append(pk)
    viewer = Viewer(here.user, here.now)
    lines: dict[Key, Line] = {}
    for kind, pks in by_kind.items():
        if kind in OTHERS:
            others = OTHERS[kind][0].objects.filter(pk__in=pks).select_related("entered_by")
            lines |= {(kind, row.pk): _plain_line(kind, row) for row in others}
            continue
        rows = (
            KINDS[kind]
            .objects.filter(pk__in=pks)
            .select_related("entered_by", "correction__entered_by", "corrects", "reentered_from__patient")
        )
        for row in rows.prefetch_related(*(("vasopressors", "organ_toxicities") if kind == "assessment" else ())):
            lines[kind, row.pk] = _correctable_line(kind, row, viewer, places)
    return [lines[key] for key in keys]


def _plain_line(kind: str, row: EnteredRow) -> Line:
    return Line(
        anchor=f"{kind}-{row.pk}",
        kind=KIND_NAMES[kind],
        at=moment_of(row),
        entered_at=row.entered_at,
        late=is_late(row),
        by=str(row.entered_by),
        text=line(row),
    )


def _correctable_line(kind: str, row: CorrectedRow, viewer: Viewer, places: Places) -> Line:
    correction: Correction | None = _one(row, "correction")
    return Line(
        anchor=f"{kind}-{row.pk}",
        kind=KIND_NAMES[kind],
        at=moment_of(row),
        entered_at=row.entered_at,
        late=is_late(row),
        by=str(row.entered_by),
        text=line(row),
        fate=_fate(kind, correction, places) if correction else None,
        origin=_origin(kind, row, places),
        acts=acts_of(row, viewer) if correction is None else None,
    )


def _fate(kind: str, correction: Correction, places: Places) -> Fate:
    link = None
    if correction.replacement is not None:
        link = places.link(kind, correction.replacement, "What holds in its place")
    elif correction.reentered is not None:
        link = places.link(kind, correction.reentered, "Re-entered on the record")
    return Fate(
        words=correction.get_kind_display(),
        reason=correction.get_reason_display(),
        text=correction.text,
        at=correction.entered_at,
        by=str(correction.entered_by),
        link=link,
    )


def _origin(kind: str, row: CorrectedRow, places: Places) -> Link | None:
    replaced: Correction | None = _one(row, "corrects")
    if replaced is not None:
        return places.link(kind, replaced.row, "Holds in the place of an earlier row")
    moved: Correction | None = _one(row, "reentered_from")
    return None if moved is None else places.link(kind, moved.row, "Was first charted on the record")


def _one(row: CorrectedRow, name: str) -> Any:
    """The other side of a one-to-one relation, where there is one."""
    try:
        return getattr(row, name)
    except ObjectDoesNotExist:
        return None
