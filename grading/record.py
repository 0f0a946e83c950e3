"""What was charted about one patient after one infusion, exactly as charted?

Frozen values, one a line of the ward's record, in the case format's names and units. `None` everywhere means «not
charted»; it is never read as normal. Numbers are `Decimal`, times are aware `datetime`s in UTC. Nothing here is
checked: readers (the case file, the forms) refuse what `grading.limits` calls impossible before they build a record.

`ref` is the reader's own handle for a row (a database key, a line's position). No rule reads it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """Who is graded. One of `age_years` (at the start of the infusion) and `birth_date` is charted."""

    age_years: Decimal | None = None
    birth_date: date | None = None
    sex: str | None = None
    weight_kg: Decimal | None = None  # counts as charted at the start of the infusion
    height_cm: Decimal | None = None
    baseline_systolic: Decimal | None = None  # mmHg, before therapy
    baseline_diastolic: Decimal | None = None
    home_oxygen_l_min: Decimal | None = None
    extensive_comorbidities: bool | None = None
    long_term_glucocorticoid: bool | None = None
    neutropenic: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Infusion:
    """What started the course. `cause` is a key of `words.CAUSES`."""

    cause: str
    started_at: datetime
    product: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Vasopressor:
    """One agent as charted. `rate` and `unit` come together or not at all."""

    agent: str
    rate: Decimal | None = None
    unit: str | None = None
    since: datetime | None = None
    for_hypotension: bool | None = None  # not charted is read as yes (rules, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Oxygen:
    """The device in use. `for_hypoxia` has a default of yes, but none for positive pressure (rules, 1)."""

    device: str
    flow_l_min: Decimal | None = None
    fio2_percent: Decimal | None = None
    for_hypoxia: bool | None = None


# The fields of an assessment that say what was seen, measured or running
OBSERVED: Final = (
    "temperature_c",
    "heart_rate",
    "respiratory_rate",
    "spo2_percent",
    "systolic",
    "diastolic",
    "mean",
    "fluid_bolus",
    "hypotension",
    "pressure_restored",
    "vasopressors",
    "oxygen",
    "constitutional",
    "organ_toxicity",
    "neurology_not_assessed",
    "ice_score",
    "capd_score",
    "consciousness",
    "seizure",
    "motor_weakness",
    "raised_icp",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """What was seen at one moment (rules, 1). An empty tuple or map is «none»; `None` is «not charted»."""

    at: datetime
    temperature_c: Decimal | None = None
    heart_rate: Decimal | None = None
    respiratory_rate: Decimal | None = None
    spo2_percent: Decimal | None = None
    systolic: Decimal | None = None
    diastolic: Decimal | None = None
    mean: Decimal | None = None
    fluid_bolus: bool | None = None
    hypotension: bool | None = None
    pressure_restored: bool | None = None
    vasopressors: tuple[Vasopressor, ...] | None = None
    oxygen: Oxygen | None = None
    constitutional: tuple[str, ...] | None = None
    organ_toxicity: Mapping[str, int] | None = None
    attributed_elsewhere: tuple[str, ...] | None = None
    life_threatening: bool | None = None
    symptomatic_response: str | None = None
    crs_confirmed: bool | None = None
    severe_grade_2: bool | None = None
    neurology_not_assessed: str | None = None
    ice_score: int | None = None
    capd_score: int | None = None
    consciousness: str | None = None
    seizure: str | None = None
    motor_weakness: bool | None = None
    raised_icp: str | None = None
    note: str = ""
    ref: object = field(default=None, compare=False)

    @property
    def observes(self) -> bool:
        """Was anything seen of the patient? A judgement, an attribution or a note alone reassesses nothing."""
        return any(getattr(self, name) is not None for name in OBSERVED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Treatment:
    """A dose given. `drug` is any name; `grading.drugs` knows which have a meaning."""

    at: datetime
    drug: str
    dose: Decimal | None = None
    unit: str | None = None
    route: str | None = None
    purpose: str | None = None
    ref: object = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Laboratory:
    """A result. Value and limits are in one unit; `anc` is in 10^9/L."""

    at: datetime
    analyte: str
    value: Decimal | None = None
    unit: str | None = None
    lower_limit: Decimal | None = None
    upper_limit: Decimal | None = None
    ref: object = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class InfusionEvent:
    """`action` is a key of `words.INFUSION_ACTIONS`."""

    at: datetime
    action: str
    ref: object = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    at: datetime
    weight_kg: Decimal
    ref: object = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Death:
    at: datetime
    due_to_crs: bool | None = None
    ref: object = field(default=None, compare=False)


Event = Assessment | Treatment | Laboratory | InfusionEvent | Weight | Death


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """One infusion and all that was charted around it. `events` may come in any order (rules, 3).

    `protocol` is a key of `words.PROTOCOLS`.
    """

    patient: Patient
    infusion: Infusion
    events: tuple[Event, ...] = ()
    protocol: str = "review-2024"
