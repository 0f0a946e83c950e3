"""ICANS (ASTCT 2019): the neurologic syndrome, graded beside CRS and never part of it (rules 2.5)."""

from __future__ import annotations

from collections.abc import Sequence

from grading.attribution import NEUROLOGIC, notice
from grading.result import Evidence, Verdict
from grading.situation import Situation
from grading.sources import A19
from grading.terms import Criterion, Fact, Finding, Scale, Truth, no, unknown
from grading.words import CONSCIOUSNESS, RAISED_ICP, SEIZURES, spoken


def _score(name: str, label: str, grades: range) -> Fact:
    """A score in `grades`. Unknown only when neither score is in force: whichever is charted counts."""
    words = f"{label} {grades[0]} or more" if grades[-1] == 32 else f"{label} {grades[-1]} or less"

    def look(s: Situation) -> Finding:
        charted = getattr(s.values.neurology, name)
        if charted is None:
            neither = s.values.neurology.ice_score is None and s.values.neurology.capd_score is None
            return unknown("the CAPD score" if s.age.completed_years < 12 else "the ICE score") if neither else no()
        return Finding(Truth.of(charted.value in grades), (Evidence(f"{label} {charted.value}", charted.at),))

    return Fact(words, look)


def _ice(at_most: int) -> Fact:
    return _score("ice_score", "ICE score", range(at_most + 1))


def _capd(at_least: int) -> Fact:
    return _score("capd_score", "CAPD score", range(at_least, 33))


def _one_of(name: str, label: str, answers: Sequence[str], words: dict[str, str], *, absent: bool) -> Fact:
    """A choice among `answers`. Not in force it is unknown, or with `absent` taken as not there (rules 2.5)."""
    text = f"{label}: {', or '.join(spoken(words[a]) for a in answers)}"

    def look(s: Situation) -> Finding:
        charted = getattr(s.values.neurology, name)
        if charted is None:
            return no() if absent else unknown(f"the {label}")
        evidence = Evidence(f"{label}: {spoken(words[charted.value])}", charted.at)
        return Finding(Truth.of(charted.value in answers), (evidence,))

    return Fact(text, look)


def _wakes(*answers: str) -> Fact:
    return _one_of("consciousness", "consciousness", answers, dict(CONSCIOUSNESS), absent=False)


def _seizure(*answers: str) -> Fact:
    return _one_of("seizure", "seizure", answers, dict(SEIZURES), absent=False)


def _edema(*answers: str) -> Fact:
    return _one_of("raised_icp", "raised ICP or edema", answers, dict(RAISED_ICP), absent=True)


def _weakness(s: Situation) -> Finding:
    charted = s.values.neurology.motor_weakness
    if charted is None:
        return no()
    word = "yes" if charted.value else "no"
    return Finding(Truth.of(charted.value), (Evidence(f"motor weakness: {word}", charted.at),))


def _row(key: str, grade: int, words: str, condition: Fact) -> Criterion:
    return Criterion(key, grade, words, A19.at("ICANS"), condition)


ICANS_2019 = Scale(
    id="icans-2019",
    edition="2019",
    source=A19,
    criteria=(
        _row("ice-9", 1, "ICE score 9 or less", _ice(9)),
        _row("capd-1", 1, "CAPD score 1 or more", _capd(1)),
        _row("ice-6", 2, "ICE score 6 or less", _ice(6)),
        _row("to-voice", 2, "Awakens only to voice or worse", _wakes("to-voice", "to-touch", "unarousable")),
        _row("ice-2", 3, "ICE score 2 or less", _ice(2)),
        _row("capd-9", 3, "CAPD score 9 or more", _capd(9)),
        _row("to-touch", 3, "Awakens only to touch or worse", _wakes("to-touch", "unarousable")),
        _row("seizure", 3, "Any seizure", _seizure("brief", "prolonged")),
        _row("focal-edema", 3, "Focal edema or worse", _edema("focal-edema", "diffuse-edema-or-raised-icp")),
        _row("unarousable", 4, "Unarousable", _wakes("unarousable")),
        _row("prolonged-seizure", 4, "Prolonged or repetitive seizure", _seizure("prolonged")),
        _row("motor-weakness", 4, "Motor weakness", Fact("motor weakness", _weakness)),
        _row("raised-icp", 4, "Diffuse edema or raised ICP", _edema("diffuse-edema-or-raised-icp")),
    ),
)


def icans_verdict(s: Situation) -> Verdict:
    """The verdict: null when none of the six fields is in force; 0 when neurology is attributed elsewhere."""
    if not s.values.neurology.assessed:
        reason = s.values.neurology_not_assessed
        said = (f"Neurology cannot be assessed: {reason.value}.",) if reason else ()
        return Verdict(ICANS_2019.id, None, None, (), (), None, said)
    if s.values.elsewhere("neurologic"):
        return Verdict(ICANS_2019.id, 0, 0, (), (), None, notice(ICANS_2019.id, NEUROLOGIC), NEUROLOGIC)
    return ICANS_2019.verdict(s)
