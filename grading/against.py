"""What in the record speaks against a dose? (rules 5: harms to watch)

It stands beside the dose, with value and age, and forbids nothing: the clinician decides. What is not known is said to
be not known, never left out. By which numbers a result is low or high: its own charted limits of normal, and for the
ANC also the 0.5 × 10⁹/L of rules 4.1 [H]; the sources print none for giving these drugs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from difflib import SequenceMatcher
from types import MappingProxyType
from typing import Final

from grading.drugs import ANTICYTOKINES, BRANDS, GLUCOCORTICOIDS, generic, is_treating_glucocorticoid
from grading.numbers import dose as dose_text
from grading.numbers import measurement, shown_unit
from grading.record import Laboratory, Treatment, Weight
from grading.response import elapsed_words
from grading.result import Dose, Evidence, MissingDose
from grading.standing import ANC_LIMIT
from grading.terms import Truth
from grading.units import UnitError, reckoned
from grading.words import ANALYTES

OLD_RESULT: Final = timedelta(hours=24)  # [H]: as results fall due again (rules 6)
NEARLY: Final = 0.85  # of a drug's name: an allergy is typed by hand
_CLASSES: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    dict.fromkeys(
        ("glucocorticoid", "glucocorticoids", "corticosteroid", "corticosteroids", "steroid", "steroids"),
        GLUCOCORTICOIDS,
    )
)
_RESULTS: Final = ("anc", "platelets", "alt")


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact beside a dose. `against`: does it speak against it, not, or is it not known? `words` say which."""

    key: str  # given, weight, allergy, anc, platelets, alt, infection, ceilings
    against: Truth
    words: str
    age: str = ""  # of the result, in words: no part of what the fact is
    evidence: tuple[Evidence, ...] = ()
    since: datetime | None = None  # `given`, `weight`: later than the assessment, which does not know of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What the record holds that may speak against a dose, at `now`.

    `allergies` are the names charted; None: it is not recorded which there are. `results` may come in any order, from
    before the infusion too. `infection_open`: the points of `exclude-infection` not yet ticked; None: the list is not
    due. `ceilings` are the charted ceilings of care, empty for none charted. The dose was suggested at `assessed_at`;
    `treatments` and `weights` are those that stand, in any order; of these only the later ones count here.
    """

    now: datetime
    allergies: Sequence[str] | None
    results: Iterable[Laboratory] = ()
    infection_open: Sequence[str] | None = None
    ceilings: str = ""
    assessed_at: datetime | None = None
    treatments: Iterable[Treatment] = ()
    weights: Iterable[Weight] = ()


def beside(drug: str, recorded: Recorded, site: Mapping[str, str]) -> tuple[Fact, ...]:
    """The facts beside a dose of `drug` (any name of it; `site`: the ward's own), what speaks against it first."""
    name = generic(drug, site)
    facts = [*_given_since(name, recorded, site), _allergy(name, recorded.allergies, site)]
    if name in ANTICYTOKINES:
        results = tuple(recorded.results)
        facts += [_result(analyte, results, recorded.now) for analyte in _RESULTS]
    if name in ANTICYTOKINES or name in GLUCOCORTICOIDS:
        facts.append(_infection(recorded.infection_open))
    facts.append(_ceilings(recorded.ceilings))
    return tuple(sorted(facts, key=lambda fact: _ORDER[fact.against]))


def weighed_since(dose: Dose | MissingDose, recorded: Recorded) -> Fact | None:
    """A weight charted after the assessment that the dose does not rest on, though it rests on one or lacks one."""
    later = [w for w in recorded.weights if recorded.assessed_at is not None and w.at > recorded.assessed_at]
    if not later:
        return None
    last = max(later, key=lambda weight: weight.at)
    shown = f"Weight charted since this assessment: {measurement(last.weight_kg)} kg"
    match dose:
        case Dose(weight_kg=used) if used is not None and used != last.weight_kg:
            words = f"{shown}; the dose is reckoned with {measurement(used)} kg"
        case MissingDose(missing=missing) if "weight_kg" in missing:
            words = shown
        case _:
            return None
    return Fact("weight", Truth.YES, words, f"{elapsed_words(recorded.now - last.at)} ago", since=last.at)


def _given_since(name: str, recorded: Recorded, site: Mapping[str, str]) -> list[Fact]:
    """Each dose of the drug given after the assessment, earliest first; beside a glucocorticoid, of any that treats.

    A suggestion stays that of the last assessment (rules 3): a dose since is not counted in it.
    """
    since = recorded.assessed_at
    if since is None:
        return []
    found = [
        one
        for one in recorded.treatments
        if one.at > since
        and (generic(one.drug, site) == name or (name in GLUCOCORTICOIDS and is_treating_glucocorticoid(one, site)))
    ]
    return [
        Fact(
            "given",
            Truth.YES,
            f"Given since this assessment: {one.drug} {_amount(one)}",
            f"{elapsed_words(recorded.now - one.at)} ago",
            since=one.at,
        )
        for one in sorted(found, key=lambda one: one.at)
    ]


def _amount(given: Treatment) -> str:
    return "(dose not charted)" if given.dose is None else f"{dose_text(given.dose)} {given.unit or ''}".rstrip()


_ORDER: Final = {Truth.YES: 0, Truth.UNKNOWN: 1, Truth.NO: 2}


def allergic(drug: str, allergy: str, site: Mapping[str, str]) -> bool:
    """Does the charted `allergy` name the drug, a brand of it, its class, or nearly so?"""
    wanted = generic(drug, site)
    words = re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", allergy.lower())
    if any(wanted in _CLASSES.get(word, ()) for word in words):
        return True
    names = {wanted, *(brand for brand, of in {**BRANDS, **site}.items() if generic(of, site) == wanted)}
    text = f" {' '.join(words)} "
    return any(f" {name} " in text for name in names) or any(
        SequenceMatcher(None, word, name).ratio() >= NEARLY for word in words for name in names
    )


def _allergy(name: str, allergies: Sequence[str] | None, site: Mapping[str, str]) -> Fact:
    if allergies is None:
        return Fact("allergy", Truth.UNKNOWN, "Allergies are not recorded: ask")
    found = [allergy for allergy in allergies if allergic(name, allergy, site)]
    if found:
        return Fact("allergy", Truth.YES, f"Allergy: {', '.join(found)}")
    if allergies:
        return Fact("allergy", Truth.NO, f"None of the charted allergies names {name}: {', '.join(allergies)}")
    return Fact("allergy", Truth.NO, "No known allergies")


def _result(analyte: str, results: Sequence[Laboratory], now: datetime) -> Fact:
    name = ANALYTES[analyte]
    found = [r for r in results if r.analyte == analyte and r.at <= now]
    if not found:
        return Fact(analyte, Truth.UNKNOWN, f"{name}: no result")
    last = max(found, key=lambda r: r.at)
    value = last.value
    if value is None:  # an older one says nothing of now
        return Fact(analyte, Truth.UNKNOWN, f"{name}: the latest result cannot be read, its unit is not known")
    truth, judged = _judged(analyte, last, value)
    old = now - last.at > OLD_RESULT
    if old and truth is Truth.NO:
        truth = Truth.UNKNOWN
    shown = f"{name} {measurement(value)} {shown_unit(last.unit or '')}".rstrip()
    age = f"{elapsed_words(now - last.at)} old" + (", over 24 h" if old else "")
    return Fact(analyte, truth, f"{shown}: {judged}", age, (Evidence(shown, last.at),))


def _judged(analyte: str, result: Laboratory, value: Decimal) -> tuple[Truth, str]:
    """Is the result on the side that the drug makes worse? By the charted limits; the ANC also by its own number."""
    if analyte == "anc":
        try:
            if reckoned("anc", value, result.unit or "10^9/L") < ANC_LIMIT:
                return Truth.YES, f"below {ANC_LIMIT} × 10⁹/L [H]"
        except UnitError:
            if result.lower_limit is None:
                return Truth.UNKNOWN, "in a unit that is not known"
    if analyte == "alt":
        if result.upper_limit is None:
            return Truth.UNKNOWN, "no upper limit charted to judge it by"
        if value > result.upper_limit:
            return Truth.YES, f"above its upper limit of {measurement(result.upper_limit)}"
        return Truth.NO, "not above its upper limit"
    if result.lower_limit is None:
        return Truth.UNKNOWN, "no lower limit charted to judge it by"
    if value < result.lower_limit:
        return Truth.YES, f"below its lower limit of {measurement(result.lower_limit)}"
    return Truth.NO, "not below its lower limit"


def _infection(points: Sequence[str] | None) -> Fact:
    if points is None:
        return Fact("infection", Truth.UNKNOWN, "Whether infection is excluded: not charted")
    if points:
        return Fact("infection", Truth.YES, f"Infection is not excluded; not ticked: {', '.join(points)}")
    return Fact("infection", Truth.NO, "The checklist on infection is ticked")


def _ceilings(ceilings: str) -> Fact:
    if ceilings.strip():
        return Fact("ceilings", Truth.YES, f"Ceilings of care: {ceilings.strip()}")
    return Fact("ceilings", Truth.UNKNOWN, "Ceilings of care: not charted")
