"""What stands on the blank sheet: the rows to fill in by hand for eight hours, and the tables to grade by?

The rows are the fields of the assessment form in its Tab order, under its labels; the tables are those that grade
(`grading.scales`), so that paper and screen cannot say different things.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from grading import RULES_VERSION
from grading.bedside_scores import CAPD_UNDER_YEARS, ICE, Item, capd_in_words
from grading.given import TOCILIZUMAB_DOSES, TOCILIZUMAB_INTERVAL
from grading.oxygen import LOW_FLOW_L_MIN, fio2_estimate_in_words
from grading.pressure import hypotension_in_words
from grading.scales import ALL
from grading.settings import DEFAULT, WINDOWS, Settings
from grading.so_far import waivers_in_words
from grading.sources import A19, C4, C5, HOUSE, L14, R24
from grading.terms import NeverMet, Scale
from grading.vasopressors import HELD_FOR, LONE_HIGH, SEVERAL_HIGH, WITH_VASOPRESSIN_HIGH, equivalent_in_words
from grading.words import (
    CONSCIOUSNESS,
    DEVICES,
    GRADE_WORDS,
    NOT_ASSESSED,
    ORGANS,
    RAISED_ICP,
    SCALES,
    SEIZURES,
    SYMPTOMATIC_RESPONSES,
    SYMPTOMS,
    spoken,
)
from patients.formats import shown_span
from patients.forms.assessment import AssessmentForm
from patients.forms.fields import NumberField

HOURS: Final = 8
VASOPRESSOR_ROWS: Final = 3
# The form's fields in its Tab order; the rows of vasopressors, which no single field holds, come after `for_hypoxia`.
SIGNS: Final = ("temperature", "systolic", "diastolic", "mean", "heart_rate", "respiratory_rate", "spo2")
OXYGEN: Final = ("oxygen_device", "oxygen_flow", "fio2", "for_hypoxia")
CIRCULATION: Final = ("fluid_bolus", "hypotension", "pressure_restored")
REST: Final = ("antipyretic_now", "impression", "symptoms")
NEUROLOGY: Final = (
    "ice_score",
    "capd_score",
    "consciousness",
    "seizure",
    "motor_weakness",
    "raised_icp",
    "neurology_not_assessed",
)
JUDGEMENT: Final = ("life_threatening", "crs_confirmed", "symptomatic_response")
ORDER: Final = (*SIGNS, *OXYGEN, *CIRCULATION, *REST, *NEUROLOGY, *JUDGEMENT)


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the sheet. `hint`: its unit, or how it is answered."""

    label: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """The criteria of one grade, each with whether it only leaves the grade open, and never gives it by itself."""

    grade: int
    word: str
    criteria: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Table:
    name: str
    source: str
    rows: tuple[Row, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Sheet:
    hours: range
    blocks: tuple[Block, ...]
    last: tuple[str, ...]  # the lines under the signs: what was graded, and who
    words: tuple[tuple[str, str], ...]  # what a word field may say
    tables: tuple[Table, ...]
    ice: tuple[Item, ...]
    capd: tuple[str, ...]
    high: tuple[str, ...]  # Lee 2014 Table 3
    equivalent: tuple[str, ...]
    hypotension: tuple[str, ...]
    fio2: str
    rounds: tuple[tuple[int, str], ...]  # how long after each grade the next assessment is due
    windows: tuple[tuple[str, str], ...]
    tocilizumab: str
    sources: tuple[tuple[str, str], ...]
    rules_version: str


def blank_sheet(settings: Settings = DEFAULT) -> Sheet:
    """The sheet, with the rounds and windows of a ward's settings."""
    return Sheet(
        hours=range(1, HOURS + 1),
        blocks=(
            Block("Signs", tuple(map(_line, SIGNS))),
            Block("Oxygen", tuple(map(_line, OXYGEN))),
            Block(
                "Vasopressors", tuple(Line(f"Agent {n}", "name, rate, unit") for n in range(1, VASOPRESSOR_ROWS + 1))
            ),
            Block("Circulation", tuple(map(_line, CIRCULATION))),
            Block("Also", (*map(_line, REST), Line("Organ toxicity", "system, CTCAE v4 grade"))),
            Block("Neurology", tuple(map(_line, NEUROLOGY))),
            Block("Judgement", tuple(map(_line, JUDGEMENT))),
        ),
        last=("Grade, scale", "At least: what is missing", "Observed by", "Transcribed by"),
        words=tuple(_words()),
        tables=tuple(map(_table, ALL)),
        ice=ICE,
        capd=capd_in_words(),
        high=tuple(_high()),
        equivalent=equivalent_in_words(),
        hypotension=hypotension_in_words(),
        fio2=fio2_estimate_in_words(),
        rounds=tuple((grade, shown_span(span)) for grade, span in enumerate(settings.reassess_after)),
        windows=tuple(_windows(settings)),
        tocilizumab=(
            f"at most {TOCILIZUMAB_DOSES} doses in a course (blinatumomab: 1), "
            f"{shown_span(TOCILIZUMAB_INTERVAL)} apart at least [R24]"
        ),
        sources=tuple((source.key, source.citation) for source in (A19, L14, C5, C4, R24, HOUSE)),
        rules_version=RULES_VERSION,
    )


_ANSWERED: Final[Mapping[str, str]] = {
    "antipyretic_now": "drug, dose",
    "impression": "own grade, 0 to 4",
    "symptoms": "which, or none",
    "ice_score": "0 to 10",
    "capd_score": f"under {CAPD_UNDER_YEARS} years, 0 to 32",
    "symptomatic_response": "word below",
    "consciousness": "word below",
    "seizure": "word below",
    "raised_icp": "word below",
    "neurology_not_assessed": "why",
    "oxygen_device": "word below",
}


def _line(name: str) -> Line:
    field: Any = AssessmentForm.base_fields[name]
    hint = _ANSWERED.get(name) or (field.unit if isinstance(field, NumberField) else "yes, no")
    return Line(str(field.label), hint)


def _words() -> Iterator[tuple[str, str]]:
    for label, table in (
        ("Oxygen device", DEVICES),
        ("Symptoms", SYMPTOMS),
        ("Consciousness", CONSCIOUSNESS),
        ("Seizure", SEIZURES),
        ("Raised ICP", RAISED_ICP),
        ("Cannot be assessed", NOT_ASSESSED),
        ("Response", SYMPTOMATIC_RESPONSES),
        ("Organ systems", ORGANS),
    ):
        yield label, "; ".join(map(spoken, table.values()))


_NOTES: Final[Mapping[str, str]] = {
    "astct-2019": (
        f"Grades 2 to 4 need fever too, unless it is not required: {waivers_in_words()}. "
        f"A nasal cannula of {LOW_FLOW_L_MIN} L/min or less is low flow."
    ),
    "lee-2014": "Organ toxicity by its CTCAE v4 grade.",
    "icans-2019": f"Beside the CRS grade, never in it. Under {CAPD_UNDER_YEARS} years CAPD, else ICE.",
}


def _table(scale: Scale) -> Table:
    grades = sorted({criterion.grade for criterion in scale.criteria})
    rows = (
        Row(
            grade,
            GRADE_WORDS[grade],
            tuple((one.words, isinstance(one.condition, NeverMet)) for one in scale.criteria if one.grade == grade),
        )
        for grade in grades
    )
    return Table(SCALES[scale.id], str(scale.source), tuple(rows), _NOTES.get(scale.id, ""))


def _high() -> Iterator[str]:
    for agent, rate in LONE_HIGH.items():
        yield f"{agent} alone from {rate} {'mcg/kg/min' if agent == 'dopamine' else 'mcg/min'}"
    yield f"vasopressin with another: norepinephrine equivalent from {WITH_VASOPRESSIN_HIGH} mcg/min"
    yield f"several, no vasopressin: norepinephrine equivalent from {SEVERAL_HIGH} mcg/min"
    yield f"each for {shown_span(HELD_FOR)} or more"


_WINDOWS: Final[Mapping[str, str]] = {
    "temperature": "temperature",
    "pressure": "pressure",
    "spo2": "SpO2",
    "oxygen": "oxygen",
    "vasopressors": "vasopressors",
    "neurology": "neurology",
    "constitutional": "symptoms",
    "organ_toxicity": "organ toxicity",
}


def _windows(settings: Settings) -> Iterator[tuple[str, str]]:
    """«temperature, pressure, SpO2»: «4 h»; those of one window together."""
    same: dict[timedelta, list[str]] = {}
    for key in WINDOWS:
        if key in _WINDOWS:
            same.setdefault(settings.windows[key], []).append(_WINDOWS[key])
    for span, names in same.items():
        yield ", ".join(names), shown_span(span)
