"""What was ever recorded about a patient: every row, who entered it when, and what became of it?

The latest entry first, 100 a page. A row that no longer stands is struck through, with who said so, why, and what
holds in its place.
"""

import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.core.exceptions import ObjectDoesNotExist
from django.core.paginator import Paginator
from django.db import models
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from patients.actions.withdrawal import can_be_taken_back
from patients.models import Correction, Patient
from patients.models.correction import KINDS, MOVED, SEEN, TO_PATIENT, CorrectedRow, patient_of
from patients.permissions import may_amend, patients_for
from patients.views.banner import two_identifiers
from patients.views.bedside import Bedside, bedside
from patients.views.glass import openings_of
from patients.views.rows import RowActs, Viewer, acts_of, is_late, moment_of, own_slip, who
from patients.views.said import KIND_NAMES, line

PAGE: Final = 100
MARKS: Final = Correction.objects.select_related(
    "entered_by", "taken_back__entered_by", *(f"by_{kind}" for kind in SEEN), *(f"reentered_{kind}" for kind in MOVED)
).order_by("turn")
Key = tuple[str, int]  # the kind of a row, and its key


@dataclass(frozen=True, slots=True)
class Link:
    """Another row; `url` is empty where it stands on the record of a patient whom the user may not see."""

    words: str
    url: str


@dataclass(frozen=True, slots=True)
class Restore:
    """The press that takes a mark back."""

    url: str
    submission_id: uuid.UUID = field(default_factory=uuid.uuid4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """Why a row no longer stands: «Corrected», the coded reason, the text, and what holds in its place.

    With `back_by` it was a slip and was taken back: the row stands.
    """

    words: str
    reason: str
    text: str
    at: datetime
    by: str
    link: Link | None
    back_by: str = ""
    back_at: datetime | None = None
    restore: Restore | None = None  # one's own slip of the last 10 minutes


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
    slips: tuple[Fate, ...] = ()  # marks that were taken back
    origin: Link | None = None  # what it replaced, or the record that it was moved from
    acts: RowActs | None = None


@require_safe
@bedside()
def history(request: HttpRequest, here: Bedside) -> HttpResponse:
    places = Places(here)
    page = Paginator(places.keys(here.patient), PAGE).get_page(request.GET.get("page"))
    context = here.context() | {"lines": _lines(here, list(page.object_list), places), "page": page}
    context |= {"openings": openings_of(here.user, here.patient, here.now)}
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
                rows = model.objects.filter(**{TO_PATIENT.get(kind, "patient"): patient})
                found += [(at, pk, kind) for at, pk in rows.values_list("entered_at", "pk")]
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
        model: type[models.Model] = KINDS[kind]
        with_it = ["entered_by"]
        with_it += ["corrects"] if kind in SEEN else []
        with_it += ["reentered_from__patient"] if kind in MOVED else []
        beside: list[Any] = [Prefetch("corrections", MARKS, to_attr="marks")]
        beside += ["vasopressors", "organ_toxicities"] if kind == "assessment" else []
        rows = model._default_manager.filter(pk__in=pks).select_related(*with_it).prefetch_related(*beside)
        lines |= {(kind, row.pk): _line(kind, row, viewer, places) for row in rows}
    return [lines[key] for key in keys]


def _line(kind: str, row: Any, viewer: Viewer, places: Places) -> Line:
    """`row` has its `marks`, the corrections that name it, earliest first: of these the last can be in force."""
    fates = [_fate(kind, mark, viewer, places) for mark in row.marks]
    gone = bool(fates) and not fates[-1].back_by
    return Line(
        anchor=f"{kind}-{row.pk}",
        kind=KIND_NAMES[kind],
        at=moment_of(row),
        entered_at=row.entered_at,
        late=is_late(row),
        by=who(row),
        text=line(row),
        fate=fates[-1] if gone else None,
        slips=tuple(fates[:-1] if gone else fates),
        origin=_origin(kind, row, places),
        acts=None if gone else acts_of(row, viewer),
    )


def _fate(kind: str, correction: Correction, viewer: Viewer, places: Places) -> Fate:
    back: Correction | None = _one(correction, "taken_back")
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
        back_by=str(back.entered_by) if back is not None else "",
        back_at=back.entered_at if back is not None else None,
        restore=restore_of(correction, viewer) if back is None else None,
    )


def restore_of(correction: Correction, viewer: Viewer) -> Restore | None:
    """None where it is not the viewer's own slip of the last ten minutes, or another row holds in the place."""
    row, kind = correction.row, correction.of
    slip = can_be_taken_back(correction) and own_slip(correction, viewer) and may_amend(viewer.user, kind)
    return Restore(reverse(f"restore_{kind}", args=[correction.patient_id, row.pk])) if slip else None


def _origin(kind: str, row: CorrectedRow, places: Places) -> Link | None:
    replaced: Correction | None = _one(row, "corrects") if kind in SEEN else None
    if replaced is not None:
        return places.link(kind, replaced.row, "Holds in the place of an earlier row")
    moved: Correction | None = _one(row, "reentered_from") if kind in MOVED else None
    return None if moved is None else places.link(kind, moved.row, "Was first charted on the record")


def _one(row: CorrectedRow | Correction, name: str) -> Any:
    """The other side of a one-to-one relation, where there is one."""
    try:
        return getattr(row, name)
    except ObjectDoesNotExist:
        return None
