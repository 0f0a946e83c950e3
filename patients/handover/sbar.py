"""How do the four parts of one patient stand together, and which number refers to which row?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import prefetch_related_objects
from django.utils import timezone

from grading.result import Verdict
from patients.formats import shown_date, shown_moment_near
from patients.handover.background import background
from patients.handover.case import Case, Sentence, cases
from patients.handover.findings import findings
from patients.handover.recommendation import recommendation
from patients.handover.situation import situation
from patients.models import Patient
from patients.models.correction import KINDS
from patients.models.submission import EnteredRow
from patients.views.banner import family_given
from patients.views.rows import moment_of, who
from patients.views.said import KIND_NAMES, MOMENTS

PARTS: Final = {
    "Situation": situation,
    "Background": background,
    "Assessment": findings,
    "Recommendation": recommendation,
}
KIND_OF: Final[dict[type[EnteredRow], str]] = {model: kind for kind, model in KINDS.items()}


@dataclass(frozen=True, slots=True)
class Reference:
    """A row under its number: where its line in the history is, and what it is in words."""

    number: int
    patient: int
    kind: str
    row: int
    words: str  # «Assessment, seen 14:02, Nadia Berg»

    @property
    def address(self) -> str:
        """The name of the address that leads to the row's line."""
        return f"row_{self.kind}"


@dataclass(frozen=True, slots=True)
class Said:
    sentence: Sentence
    references: tuple[Reference, ...]


@dataclass(frozen=True, slots=True)
class Part:
    name: str
    said: tuple[Said, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sbar:
    """The handover of one patient. Two identifiers stand on every page of its print: `name`, `number`, `born`."""

    case: Case
    name: str
    number: str
    born: str
    bed: str
    parts: tuple[Part, ...]
    references: tuple[Reference, ...]

    @property
    def patient(self) -> Patient:
        return self.case.patient

    @property
    def verdict(self) -> Verdict | None:
        """The governing one of the last assessment, for the chip."""
        return self.case.latest.verdict if self.case.latest else None


def sbars(patients: Sequence[Patient], now: datetime, *, short: bool = False) -> list[Sbar]:
    """The handovers of these patients, read as `present()`, in their order; `short`: what the ward's sheet holds."""
    spoken = []
    for case in cases(patients, now):
        with timezone.override(case.ward.zone):
            said = {name: [one for one in part(case) if _wanted(one, short)] for name, part in PARTS.items()}
        spoken.append((case, said))
    _with_their_authors(row for _, said in spoken for part in said.values() for one in part for row in one.rows)
    return [_sbar(case, said) for case, said in spoken]


def _wanted(sentence: Sentence, short: bool) -> bool:
    return sentence.short if short else sentence.whole


def _with_their_authors(rows: Iterable[EnteredRow]) -> None:
    """Reads who entered each row: one query for each kind of row."""
    by_kind: dict[type[EnteredRow], list[EnteredRow]] = {}
    for row in rows:
        by_kind.setdefault(type(row), []).append(row)
    for same in by_kind.values():
        prefetch_related_objects(same, "entered_by")


def _sbar(case: Case, said: dict[str, list[Sentence]]) -> Sbar:
    with timezone.override(case.ward.zone):
        numbered: dict[tuple[str, int], Reference] = {}
        parts = tuple(
            Part(name, tuple(Said(one, _refer(case, one, numbered)) for one in sentences))
            for name, sentences in said.items()
        )
        return Sbar(
            case=case,
            name=family_given(case.patient),
            number=case.patient.mrn,
            born=shown_date(case.patient.birth_date),
            bed=str(case.patient.bed or "none"),
            parts=parts,
            references=tuple(numbered.values()),
        )


def _refer(case: Case, sentence: Sentence, numbered: dict[tuple[str, int], Reference]) -> tuple[Reference, ...]:
    """The references of a sentence; a row keeps the number that it was first given."""
    found = []
    for row in sentence.rows:
        kind = KIND_OF.get(type(row))
        if kind is None:  # it has no line in the history to lead to
            continue
        key = (kind, row.pk)
        if key not in numbered:
            numbered[key] = Reference(len(numbered) + 1, case.patient.pk, *key, _words(case, *key, row))
        found.append(numbered[key])
    return tuple(dict.fromkeys(found))


def _words(case: Case, kind: str, pk: int, row: EnteredRow) -> str:
    at = moment_of(row)
    when = f"{MOMENTS.get(kind, 'at')} {shown_moment_near(at, case.now)}" if at else ""
    entered = f"entered {shown_moment_near(row.entered_at, case.now)}" if not at else ""
    return ", ".join(filter(None, (KIND_NAMES[kind], when or entered, who(row))))
