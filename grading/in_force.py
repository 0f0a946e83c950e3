"""Which charted values still count at this moment, and how old is each? (rules 1.1)

Nurses chart single values between full sets. What an assessment leaves out is taken from the latest earlier one that
charted it, if no older than its window; past the window it is unknown, never the last known value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Generic, NamedTuple, TypeVar

from grading.pressure import Pressure
from grading.record import Assessment, Oxygen, Vasopressor
from grading.settings import Settings
from grading.terms import Truth

T = TypeVar("T", covariant=True)

NEUROLOGY = ("ice_score", "capd_score", "consciousness", "seizure", "motor_weakness", "raised_icp")
_NO_LIMIT = timedelta.max


@dataclass(frozen=True, slots=True)
class Charted(Generic[T]):
    """A value and when it was charted."""

    value: T
    at: datetime


class Neurology(NamedTuple):
    """The six neurology fields in force (rules 2.5), each by itself."""

    ice_score: Charted[int] | None = None
    capd_score: Charted[int] | None = None
    consciousness: Charted[str] | None = None
    seizure: Charted[str] | None = None
    motor_weakness: Charted[bool] | None = None
    raised_icp: Charted[str] | None = None

    @property
    def assessed(self) -> bool:
        return any(value is not None for value in self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """What is in force at one moment. `None` is unknown."""

    temperature: Charted[Decimal] | None
    spo2: Charted[Decimal] | None
    pressure: Charted[Pressure] | None
    fluid_bolus: Charted[bool] | None
    hypotension: Charted[bool] | None  # the clinician's word
    pressure_restored: Charted[bool] | None  # the clinician's word
    vasopressors: Charted[tuple[Vasopressor, ...]] | None
    oxygen: Charted[Oxygen] | None
    constitutional: Charted[tuple[str, ...]] | None
    organ_map_at: datetime | None  # when any organ map was last charted
    organs: Mapping[str, Charted[int]]
    attributed: Charted[tuple[str, ...]] | None
    life_threatening: Charted[bool] | None
    symptomatic_response: Charted[str] | None
    neurology: Neurology
    neurology_not_assessed: Charted[str] | None
    crs_confirmed: Charted[bool] | None

    def elsewhere(self, what: str) -> bool:
        """Is `what` judged to have another cause, and the judgement still in force?"""
        return self.attributed is not None and what in self.attributed.value


@dataclass(slots=True)
class Chart:
    """The latest of each charted value while the assessments of a course are folded in, in time order."""

    settings: Settings
    _latest: dict[str, Charted[Any]] = field(default_factory=dict)
    _organs: dict[str, Charted[int]] = field(default_factory=dict)

    def copy(self) -> Chart:
        """What goes on by itself: what either takes, the other does not see."""
        return Chart(self.settings, dict(self._latest), dict(self._organs))

    def take(self, seen: Assessment, low: Truth | None) -> None:
        """Fold one assessment in. `low`: is the pressure that it charted low? `None` when it charted none."""
        if low is not None or seen.fluid_bolus is not None or seen.vasopressors is not None:
            self._latest.pop("hypotension", None)
        word = self._latest.get("pressure_restored")
        if word is not None and low is (Truth.YES if word.value else Truth.NO):
            del self._latest["pressure_restored"]  # the pressure says otherwise: ended for good
        if seen.neurology_not_assessed is not None:
            for name in NEUROLOGY:
                self._latest.pop(name, None)
        for name in _CARRIED:
            value = getattr(seen, name)
            if value is not None:
                self._latest[name] = Charted(value, seen.at)
                if name in NEUROLOGY:
                    self._latest.pop("neurology_not_assessed", None)
        if low is not None:
            self._latest["pressure"] = Charted(Pressure(seen.systolic, seen.diastolic, seen.mean), seen.at)
        if seen.organ_toxicity is not None:
            self._latest["organ_map"] = Charted(True, seen.at)
            for organ, grade in seen.organ_toxicity.items():
                self._organs[organ] = Charted(grade, seen.at)

    def at(self, moment: datetime) -> Values:
        """What is in force at `moment`, which is not before the last assessment folded in."""
        windows = self.settings.windows

        def live(name: str, window: timedelta) -> Charted[Any] | None:
            charted = self._latest.get(name)
            return charted if charted is not None and moment - charted.at <= window else None

        organ_map = live("organ_map", windows["organ_toxicity"])
        return Values(
            temperature=live("temperature_c", windows["temperature"]),
            spo2=live("spo2_percent", windows["spo2"]),
            pressure=live("pressure", windows["pressure"]),
            fluid_bolus=live("fluid_bolus", windows["fluid_bolus"]),
            hypotension=live("hypotension", windows["hypotension"]),
            pressure_restored=live("pressure_restored", windows["pressure_restored"]),
            vasopressors=live("vasopressors", windows["vasopressors"]),
            oxygen=live("oxygen", windows["oxygen"]),
            constitutional=live("constitutional", windows["constitutional"]),
            organ_map_at=organ_map.at if organ_map else None,
            organs={k: c for k, c in self._organs.items() if moment - c.at <= windows["organ_toxicity"]},
            attributed=live("attributed_elsewhere", windows["attributed_elsewhere"]),
            life_threatening=live("life_threatening", windows["life_threatening"]),
            symptomatic_response=live("symptomatic_response", windows["symptomatic_response"]),
            neurology=Neurology(*(live(name, windows["neurology"]) for name in NEUROLOGY)),
            neurology_not_assessed=live("neurology_not_assessed", windows["neurology"]),
            crs_confirmed=live("crs_confirmed", _NO_LIMIT),
        )


_CARRIED = (
    "temperature_c",
    "spo2_percent",
    "fluid_bolus",
    "hypotension",
    "pressure_restored",
    "vasopressors",
    "oxygen",
    "constitutional",
    "attributed_elsewhere",
    "life_threatening",
    "symptomatic_response",
    *NEUROLOGY,
    "neurology_not_assessed",
    "crs_confirmed",
)
