"""What does grading answer? The shapes that pages, command and stored verdicts read.

Texts here are for people and may be reworded; ids, grades, times and amounts are stable.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from grading.record import Assessment
from grading.words import GRADE_WORDS, SCALES


class Evidence(NamedTuple):
    """A charted value behind a reason. `str()` gives its text; `at` is when it was charted, if it has a time."""

    text: str
    at: datetime | None = None

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Reason:
    """One criterion that is met or unknown, with the charted values behind it.

    `chart` names what to chart so that an unknown criterion becomes known; it is empty for a met one.
    """

    key: str  # stable name of the criterion within its scale
    grade: int
    words: str
    evidence: tuple[Evidence, ...]
    chart: tuple[str, ...]
    source: str
    house: bool  # rests on a house interpretation [H]

    def sentence(self) -> str:
        """One line for a person: the criterion, then its values or what to chart."""
        if self.chart:
            return f"Grade {self.grade}: {self.words}: chart {_listed(self.chart)}"
        if self.evidence:
            return f"Grade {self.grade}: {self.words} ({'; '.join(map(str, self.evidence))})"
        return f"Grade {self.grade}: {self.words}"


def _listed(words: tuple[str, ...]) -> str:
    return " and ".join((", ".join(words[:-1]), words[-1])) if len(words) > 1 else words[0]


@dataclass(frozen=True, slots=True)
class Pending:
    """The grade becomes `grade` at `at` if nothing is changed until then."""

    grade: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Verdict:
    """The grade of one scale at one assessment. `grade` and `at_most` are null where nothing was assessed (ICANS)."""

    scale: str
    grade: int | None
    at_most: int | None
    met: tuple[Reason, ...]
    unknown: tuple[Reason, ...]
    pending: Pending | None
    notices: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()  # keys of `words.ATTRIBUTABLE`: judged to have another cause, so not counted

    @property
    def name(self) -> str:
        return SCALES[self.scale]

    @property
    def certain(self) -> bool:
        return self.grade is not None and self.grade == self.at_most

    @property
    def word(self) -> str:
        """The grade's word: «severe»; «not assessed» where there is none."""
        return "not assessed" if self.grade is None else GRADE_WORDS[self.grade]

    @property
    def to_chart(self) -> tuple[str, ...]:
        """What to chart to settle the grade, each once, the highest criterion first."""
        seen: dict[str, None] = {}
        for reason in sorted(self.unknown, key=lambda r: -r.grade):
            if self.grade is None or reason.grade > self.grade:
                seen.update(dict.fromkeys(reason.chart))
        return tuple(seen)


@dataclass(frozen=True, slots=True)
class Dose:
    """A computed dose with its arithmetic («8 mg/kg × 71 kg = 568 mg; limit 800 mg»)."""

    amount: Decimal
    unit: str
    working: str
    weight_kg: Decimal | None = None
    weight_at: datetime | None = None
    weight_old: bool = False  # charted over 7 days before
    drug: str | None = None
    every_h: int | None = None


@dataclass(frozen=True, slots=True)
class MissingDose:
    """A dose that cannot be computed: the fields to chart (`weight_kg`, `height_cm`)."""

    missing: tuple[str, ...]
    drug: str | None = None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A step a protocol suggests. It informs; it orders nothing."""

    id: str
    headline: str  # under 140 characters
    steps: tuple[str, ...]
    because: tuple[str, ...]
    source: str
    house: bool  # rests on a house interpretation [H]
    dose: Dose | MissingDose | None = None
    up_to: Dose | None = None
    then: Dose | MissingDose | None = None
    choices: tuple[Dose | MissingDose, ...] = ()
    not_before: datetime | None = None
    blocked: str | None = None  # a fact that stands against it, in words


@dataclass(frozen=True, slots=True)
class InForce:
    """A value that counts now, with when it was charted. `old` when older than the patient's round."""

    field: str  # the record's field name
    label: str  # the form's label
    text: str  # value and unit as shown
    charted_at: datetime
    age: timedelta
    old: bool
    old_after: datetime  # the last moment within its round
    runs_out_at: datetime | None  # from then on it is unknown; null where it never runs out


@dataclass(frozen=True, slots=True)
class Episode:
    onset_at: datetime
    resolved_at: datetime | None  # the start of the quiet run
    completed_at: datetime | None  # the assessment that completed it: the episode is over here


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """A dose in the tocilizumab or glucocorticoid ledger (rules 4, 5)."""

    at: datetime
    drug: str
    number: int  # in the ledger, from 1
    dose_text: str
    grade_at_dose: int | None
    failed: bool | None  # as of the assessment; null before the first hour has passed
    ref: object


@dataclass(frozen=True, slots=True)
class GradedAssessment:
    """One assessment, graded. Before the infusion `verdicts` and `suggestions` are empty, `governing` null."""

    at: datetime
    assessment: Assessment
    verdicts: Mapping[str, Verdict]  # by scale id, every scale of `words.SCALES`, in that order
    governing: str | None
    suggestions: tuple[Suggestion, ...]
    in_force: tuple[InForce, ...]
    notices: tuple[str, ...]  # sentences about the course: an onset outside the expected time, and the like
    due_at: datetime | None  # when reassessment is due (rules 6)
    observed_at: datetime | None  # the last that observes, this or an earlier one; null before the infusion
    without_fever: bool = False  # known to be without fever while nothing waives it: a scale that asks for it is 0

    @property
    def verdict(self) -> Verdict | None:
        """The governing scale's verdict."""
        return self.verdicts[self.governing] if self.governing else None


@dataclass(frozen=True, slots=True)
class Maximum:
    grade: int | None  # null if never assessed
    at: datetime | None  # the first time


@dataclass(frozen=True, slots=True)
class GradedCourse:
    """A whole course, graded. Assessments stand in time order."""

    assessments: tuple[GradedAssessment, ...]
    died_at: datetime | None
    maxima: Mapping[str, Maximum]  # by scale id
    episodes: tuple[Episode, ...]
    tocilizumab: tuple[LedgerEntry, ...]
    tocilizumab_next_from: datetime | None  # earliest next dose, null when none was given
    tocilizumab_allowed: int  # doses in this course at most
    glucocorticoids: tuple[LedgerEntry, ...]

    @property
    def suggestions(self) -> tuple[Suggestion, ...]:
        """Those of the last assessment; after a charted death nothing is suggested (rules 4.1)."""
        return self.latest.suggestions if self.latest and self.died_at is None else ()

    @property
    def latest(self) -> GradedAssessment | None:
        return self.assessments[-1] if self.assessments else None
