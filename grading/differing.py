"""Why do the scales give one assessment different grades? Said from the criteria that each met, and their tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from grading.attribution import without_words
from grading.fever import fever, fever_or_waiver
from grading.needs import facts_of
from grading.result import GradedAssessment, Verdict
from grading.scales import ALL
from grading.terms import Criterion, Scale
from grading.words import CRS_SCALES, SCALES, spoken

_BY_ID = {scale.id: scale for scale in ALL}


def differing(one: GradedAssessment) -> tuple[str, ...]:
    """A sentence for each group of CRS scales that grade alike, the highest first; empty where all agree.

    «Lee 2014 grades 3 for oxygen at or above 40%», «ASTCT 2019 grades 2 for oxygen for hypoxia; it has no criterion
    «FiO2 at or above 40%»». ICANS grades another syndrome and is none of them.
    """
    found = [one.verdicts[scale] for scale in CRS_SCALES if scale in one.verdicts]
    if len({(verdict.grade, verdict.at_most) for verdict in found}) < 2:
        return ()
    found.sort(key=lambda verdict: (-(verdict.grade or 0), -(verdict.at_most or 0)))
    groups: dict[str, list[str]] = {}
    for verdict in found:
        groups.setdefault(_why(verdict, found[0], one.without_fever), []).append(SCALES[verdict.scale])
    return tuple(f"{_listed(names)} {'grade' if len(names) > 1 else 'grades'} {why}" for why, names in groups.items())


def _why(verdict: Verdict, highest: Verdict, without_fever: bool) -> str:
    """«3 for oxygen at or above 40%»: the grade, what met it, and what the highest rests on that this table lacks."""
    sure = verdict.grade == verdict.at_most
    grade = str(verdict.grade) if sure else f"at least {verdict.grade}, at most {verdict.at_most},"
    deciding = [spoken(reason.words.split(":")[0]) for reason in verdict.met if reason.grade == verdict.grade]
    said = f"{grade} for {_listed(deciding)}" if deciding else f"{grade.removesuffix(',')}: no criterion is met"
    added = [without_words(verdict.left_out)] if verdict.left_out else []
    if verdict.grade != highest.grade:
        added += _lacking(verdict, highest, without_fever)
    if not sure and verdict.to_chart:
        added.append(f"chart {_listed(verdict.to_chart)} to settle it")
    return "; ".join((said, *added))


def _lacking(verdict: Verdict, highest: Verdict, without_fever: bool) -> Iterator[str]:
    """What of the highest grade's criteria stands nowhere in this scale's table; or that the table asks for fever,
    where it is known that there is none and that nothing waives it."""
    scale = _BY_ID[verdict.scale]
    if without_fever and all(_asks_for_fever(criterion) for criterion in scale.criteria):
        yield "it grades only with fever" if "fever" in verdict.left_out else "without fever it grades nothing"
        return
    own = {fact.text.split(":")[0] for criterion in scale.criteria for fact in facts_of(criterion.condition)}
    met = {reason.key for reason in highest.met if reason.grade == highest.grade}
    lacks = dict.fromkeys(text for text in _texts(_BY_ID[highest.scale], met) if text not in own)
    if lacks:
        yield f"it has no criterion {_listed([f'«{text}»' for text in lacks], 'or')}"


def _texts(scale: Scale, met: set[str]) -> Iterator[str]:
    for criterion in scale.criteria:
        if criterion.key in met:
            facts = facts_of(criterion.condition, asking=False)
            yield from (fact.text.split(":")[0] for fact in facts if fact is not fever_or_waiver)


def _asks_for_fever(criterion: Criterion) -> bool:
    return any(fact in (fever, fever_or_waiver) for fact in facts_of(criterion.condition))


def _listed(words: Sequence[str], last: str = "and") -> str:
    return f" {last} ".join((", ".join(words[:-1]), words[-1])) if len(words) > 1 else words[0]
