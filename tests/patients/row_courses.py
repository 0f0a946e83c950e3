"""What is shown of a row of a protocol: that it appears, is decided, stays decided, and goes?

An invented course for a row, on real rows and through the acts of the ward. Before its facts are charted the step is
not suggested; with them it is; a physician answers it; while its basis stands it stays answered, by the same decision;
and each of the facts that end it, charted then, takes it away.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import transaction

from grading.record import Course, Infusion, Patient
from grading.result import Dose, Suggestion
from grading.words import CAUSES
from tests.grading.ward import STARTED, gave, hours, on, patient
from tests.patients.cast import hours_ago
from tests.patients.replay import Act, Replay

LOW: dict[str, Any] = {"oxygen": on("nasal-cannula", 2)}  # grade 2 on every scale
MASK: dict[str, Any] = {"oxygen": on("simple-mask", 8)}  # grade 3 by ASTCT and CTCAE v5, and by Lee
VENTILATED: dict[str, Any] = {"oxygen": on("bipap", for_hypoxia=True)}  # grade 4
PRODUCTS: Mapping[str, str] = {
    "car-t": "axicabtagene ciloleucel",
    "bispecific": "teclistamab",
    "haplo-hct": "haploidentical stem cells",
    "antibody": "rituximab",
    "other-cells": "virus-specific T cells",
}
assert set(PRODUCTS) == set(CAUSES)


@dataclass(frozen=True, kw_only=True)
class RowCourse:
    """Acts in time order, in hours after the infusion's start; after each of the groups the last act is looked at."""

    step: str
    words: str  # what it shows, as the name of the test
    before: Sequence[Act]  # not suggested after these
    brings: Sequence[Act]  # suggested after these
    answer: str = "accepted"  # `declined: reason`, `watching`
    stands: Sequence[Act]  # still suggested, and still decided
    ends: Mapping[str, Sequence[Act]]  # each alone: no longer suggested
    doses: tuple[str, ...] = ()  # every computed amount that the card shows, in its order
    not_before: float | None = None
    cause: str = "car-t"
    product: str | None = None
    protocol: str = "review-2024"
    who: Patient = field(default_factory=patient)

    @property
    def course(self) -> Course:
        infusion = Infusion(cause=self.cause, started_at=STARTED, product=self.product or PRODUCTS[self.cause])
        return Course(patient=self.who, infusion=infusion, protocol=self.protocol)

    @property
    def acts(self) -> list[Act]:
        return [*self.before, *self.brings, *self.stands, *(act for acts in self.ends.values() for act in acts)]

    def __str__(self) -> str:
        return f"{self.protocol}, {self.cause}, {self.step}, {self.words}".replace(" ", "-")


def appears_is_decided_and_goes(row: RowCourse) -> None:
    replay = Replay(row.course, row.acts)
    replay.chart(*row.before)
    assert row.step not in replay.cards()
    assert row.step not in stored(replay)

    replay.chart(*row.brings)
    card = replay.cards()[row.step]
    assert (card.decision, card.decided) == (None, False)
    assert amounts(card.suggestion) == row.doses
    assert card.suggestion.not_before == (None if row.not_before is None else hours(row.not_before) + replay.shift)
    assert row.step in stored(replay)

    answer, _, reason = row.answer.partition(": ")
    given: dict[str, Any] = {"reason": reason} if reason else {}
    if reason == "other":
        given["text"] = "asked the infusion unit"
    if answer == "watching":
        given["watch_until"] = hours_ago(0) + timedelta(hours=2)
    decision = replay.decide(row.step, answer, **given)
    assert replay.cards()[row.step].decided

    replay.chart(*row.stands)
    card = replay.cards()[row.step]
    assert card.came_back == ()
    assert (card.decided, card.decision) == (True, decision)
    assert card.decision is not None
    assert (card.decision.entered_by, card.decision.answer) == (replay.physician, answer)
    assert row.step in stored(replay)

    for what, acts in row.ends.items():
        with transaction.atomic():
            replay.chart(*acts)
            assert row.step not in replay.cards(), what
            assert row.step not in stored(replay), what
            transaction.set_rollback(True)
    assert replay.cards()[row.step].decided


def amounts(suggestion: Suggestion) -> tuple[str, ...]:
    """What the card computes: the dose, the upper end of its range, the next step, the choices."""
    all_of_it = (suggestion.dose, suggestion.up_to, suggestion.then, *suggestion.choices)
    assert all(one is None or isinstance(one, Dose) for one in all_of_it)
    return tuple(f"{one.amount} {one.unit}" for one in all_of_it if isinstance(one, Dose))


def stored(replay: Replay) -> set[str]:
    """The steps that were last stored for the last assessment."""
    return {one["id"] for one in replay.stored_suggestions()}


def toci(at: float) -> Act:
    return gave(at, "tocilizumab", dose=560, unit="mg", route="iv")


def dexa(at: float) -> Act:
    return gave(at, "dexamethasone", dose=10, unit="mg", route="iv")


def pred(at: float, dose: int = 140) -> Act:
    return gave(at, "methylprednisolone", dose=dose, unit="mg", route="iv")
