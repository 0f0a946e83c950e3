"""Which numbers may a ward set for itself, and what are they when it does not?

Every number here is a house interpretation [H] of `docs/clinical-rules.md`; none is a published criterion. A ward's
settings are versioned rows; `manage.py grade --settings FILE` reads the same names from a JSON object.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final


def _hours(number: int) -> timedelta:
    return timedelta(hours=number)


WINDOWS: Final[Mapping[str, timedelta]] = MappingProxyType(
    {
        "temperature": _hours(4),
        "spo2": _hours(4),
        "pressure": _hours(4),
        "fluid_bolus": _hours(6),
        "hypotension": _hours(4),
        "pressure_restored": _hours(4),
        "vasopressors": _hours(4),
        "oxygen": _hours(4),
        "life_threatening": _hours(4),
        "constitutional": _hours(12),
        "symptomatic_response": _hours(12),
        "attributed_elsewhere": _hours(4),
        "neurology": _hours(12),
        "organ_toxicity": _hours(24),
        "severe_grade_2_no": _hours(6),
    }
)
ROUNDS: Final = (_hours(4), _hours(4), _hours(2), _hours(1), timedelta(minutes=15))


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """A ward's settings (rules 1.1, 1.4, 4.5, 6). `version` is stored with every grade."""

    version: str = "default"
    windows: Mapping[str, timedelta] = field(default_factory=lambda: WINDOWS)
    spo2_limit_percent: Decimal = Decimal(92)
    older_age_years: Decimal = Decimal(65)
    reassess_after: tuple[timedelta, ...] = ROUNDS  # by grade 0 to 4
    reassess_after_resolved: timedelta = _hours(12)
    brands: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))  # a site's names: name → generic


DEFAULT: Final = Settings()


class SettingsError(ValueError):
    """A settings document that cannot be read; the message names the key and what is allowed."""


def from_document(document: Mapping[str, Any]) -> Settings:
    """Settings from a JSON object: minutes for times, numbers for the rest; a missing key keeps its default.

    Raises `SettingsError` naming the key and what is allowed.
    """
    if not isinstance(document, Mapping):
        raise SettingsError("settings: a JSON object is needed")
    known = {f.name for f in fields(Settings)}
    for key in document:
        if key not in known:
            raise SettingsError(f"settings.{key}: not a setting; known are {', '.join(sorted(known))}")
    changes: dict[str, Any] = {}
    if "version" in document:
        if not isinstance(document["version"], str) or not document["version"]:
            raise SettingsError("settings.version: a text is needed")
        changes["version"] = document["version"]
    if "windows" in document:
        windows = dict(WINDOWS)
        for key, value in _object(document, "windows").items():
            if key not in WINDOWS:
                raise SettingsError(f"settings.windows.{key}: not a window; known are {', '.join(WINDOWS)}")
            windows[key] = _minutes(f"windows.{key}", value)
        changes["windows"] = MappingProxyType(windows)
    for key, low, high in (("spo2_limit_percent", 50, 100), ("older_age_years", 18, 120)):
        if key in document:
            changes[key] = _number(key, document[key], low, high)
    if "reassess_after" in document:
        rounds = document["reassess_after"]
        if not isinstance(rounds, (list, tuple)) or len(rounds) != len(ROUNDS):
            raise SettingsError(f"settings.reassess_after: a list of {len(ROUNDS)} minutes, grade 0 to 4, is needed")
        changes["reassess_after"] = tuple(_minutes(f"reassess_after[{n}]", v) for n, v in enumerate(rounds))
    if "reassess_after_resolved" in document:
        changes["reassess_after_resolved"] = _minutes("reassess_after_resolved", document["reassess_after_resolved"])
    if "brands" in document:
        brands = _object(document, "brands")
        for key, value in brands.items():
            if not isinstance(value, str) or not value.strip():
                raise SettingsError(f"settings.brands.{key}: the generic name is needed, as a text")
        changes["brands"] = MappingProxyType({k.strip().lower(): v.strip().lower() for k, v in brands.items()})
    return replace(DEFAULT, **changes)


def to_document(settings: Settings) -> dict[str, Any]:
    """The JSON object that `from_document` reads back."""
    return {
        "version": settings.version,
        "windows": {key: _as_minutes(value) for key, value in settings.windows.items()},
        "spo2_limit_percent": float(settings.spo2_limit_percent),
        "older_age_years": float(settings.older_age_years),
        "reassess_after": [_as_minutes(value) for value in settings.reassess_after],
        "reassess_after_resolved": _as_minutes(settings.reassess_after_resolved),
        "brands": dict(settings.brands),
    }


def _as_minutes(value: timedelta) -> int:
    return int(value.total_seconds() // 60)


def _object(document: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = document[key]
    if not isinstance(value, Mapping):
        raise SettingsError(f"settings.{key}: an object is needed")
    return value


def _minutes(key: str, value: Any) -> timedelta:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 7 * 24 * 60:
        raise SettingsError(f"settings.{key}: whole minutes from 1 to 10,080 are needed")
    return timedelta(minutes=value)


def _number(key: str, value: Any, low: int, high: int) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)) or not low <= value <= high:
        raise SettingsError(f"settings.{key}: a number from {low} to {high} is needed")
    return Decimal(str(value))
