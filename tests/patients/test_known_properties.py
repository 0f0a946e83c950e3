"""Does it matter in which order facts are entered, and does what was known at a moment ever change?

On the real database, through the actions. An act is entered right away, or wrongly at first and corrected later, or
stands beside a row that was entered in error: the facts are the same in the end.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grading import record
from grading.limits import RATES
from patients import actions
from patients.actions.plain import plain
from patients.known import Known, as_known_now, as_known_then, compared
from patients.models import Assessment, Infusion, StoredVerdict, Submission
from patients.record import charted
from tests.grading.courses import assessments
from tests.patients.care import Care
from tests.patients.cast import hours_ago

pytestmark = pytest.mark.django_db

Enter = Callable[[Care], Any]
MODEST = settings(
    max_examples=12, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], print_blob=True
)


@dataclass(frozen=True)
class Fact:
    """One thing that happened, and how it comes to be in the record."""

    charted: record.Event
    how: str  # `plainly`, `corrected` or `beside-an-error`


def between(at: datetime) -> tuple[record.Event, ...]:
    """What may happen between assessments."""
    return (
        record.Treatment(at=at, drug="tocilizumab", dose=Decimal(560), unit="mg", route="iv"),
        record.Treatment(at=at, drug="dexamethasone", dose=Decimal(10), unit="mg", route="iv"),
        record.Treatment(at=at, drug="acetaminophen"),
        record.Laboratory(at=at, analyte="alt", value=Decimal(300), unit="U/L", upper_limit=Decimal(40)),
        record.Laboratory(at=at, analyte="anc", value=Decimal("0.3")),
        record.Weight(at=at, weight_kg=Decimal(64)),
        record.InfusionEvent(at=at, action="discontinue"),
    )


def possible(assessment: record.Assessment) -> bool:
    """Whether the record takes it: the grading is drawn with higher rates than any form lets through."""
    return all(
        one.rate <= RATES[one.agent][one.unit].possible.high
        for one in assessment.vasopressors or ()
        if one.rate is not None and one.unit is not None
    )


@st.composite
def facts(draw: st.DrawFn) -> list[Fact]:
    """Some assessments at times of their own, with doses, results and weights between them."""
    found: list[record.Event] = []
    for hour in draw(st.lists(st.integers(1, 46), min_size=2, max_size=4, unique=True)):
        found.append(draw(assessments(hours_ago(hour)).filter(possible)))
    for hour in draw(st.lists(st.integers(1, 46), max_size=3, unique=True)):
        found.append(draw(st.sampled_from(between(hours_ago(hour + 0.5)))))
    ways = st.sampled_from(("plainly", "plainly", "corrected", "beside-an-error"))
    once: set[str] = set()
    kept = []
    for event in found:
        if isinstance(event, record.InfusionEvent):  # nothing follows a discontinuation
            if "discontinue" in once:
                continue
            once.add("discontinue")
        kept.append(Fact(event, draw(ways)))
    return kept


def enter(care: Care, event: record.Event) -> Any:
    """The event through the act that records it."""
    who: dict[str, Any] = {"by": care.physician, "submission_id": uuid4()}
    match event:
        case record.Assessment():
            return actions.record_assessment(patient=care.patient, assessment=event, at=event.at, **who)
        case record.Treatment():
            return actions.give_treatment(
                patient=care.patient,
                drug=event.drug,
                dose=event.dose,
                unit=event.unit,
                route=event.route,
                at=event.at,
                **who,
            )
        case record.Laboratory():
            assert event.value is not None
            return actions.enter_result(
                patient=care.patient,
                analyte=event.analyte,
                value=event.value,
                unit=event.unit,
                upper_limit=event.upper_limit,
                at=event.at,
                **who,
            )
        case record.Weight():
            return actions.record_measurement(patient=care.patient, weight_kg=event.weight_kg, at=event.at, **who)[0]
        case record.InfusionEvent():
            return actions.record_infusion_event(infusion=care.infusion, action=event.action, at=event.at, **who)
    raise TypeError(event)


def _entered(event: record.Event, care: Care) -> Any:
    return enter(care, event)


def mistaken(event: record.Event) -> tuple[record.Event, dict[str, Any]]:
    """The event as it was charted wrongly at first, and the values that put it right."""
    match event:
        case record.Assessment():
            wrong = Decimal("41.2")
            return record.Assessment(at=event.at, temperature_c=wrong, systolic=Decimal(70)), {
                name: getattr(event, name) for name in record.Assessment.__dataclass_fields__ if name != "ref"
            }
        case record.Treatment():
            return record.Treatment(at=event.at, drug="anakinra"), {
                "drug": event.drug,
                "dose": event.dose,
                "unit": event.unit,
                "route": event.route,
            }
        case record.Laboratory():
            return record.Laboratory(at=event.at, analyte="crp", value=Decimal(1)), {
                name: getattr(event, name) for name in ("analyte", "value", "unit", "upper_limit")
            }
        case record.Weight():
            return record.Weight(at=event.at, weight_kg=Decimal(170)), {"weight_kg": event.weight_kg}
        case record.InfusionEvent():
            return record.InfusionEvent(at=event.at, action="interrupt"), {"action": event.action}
    raise TypeError(event)


def acts_of(fact: Fact) -> list[Enter]:
    """What is done, in this order, until the fact stands in the record by itself."""
    if fact.how == "plainly":
        return [lambda care: enter(care, fact.charted)]
    made: list[Any] = []
    if fact.how == "corrected":
        wrong, right = mistaken(fact.charted)
        return [
            lambda care: made.append(enter(care, wrong)),
            lambda care: care.correct(made.pop(), by=care.physician, **right),
        ]
    error = record.Assessment(at=fact.charted.at, temperature_c=Decimal("40.5"), fluid_bolus=True)
    return [
        lambda care: made.append(enter(care, error)),
        lambda care: enter(care, fact.charted),
        lambda care: care.withdraw(made.pop(), by=care.physician),
    ]


def shuffled(queues: Sequence[Sequence[Enter]], draw: Callable[[int], int]) -> list[Enter]:
    """One order of all acts, in which those of one fact follow each other."""
    waiting = [list(queue) for queue in queues]
    order = []
    while waiting:
        n = draw(len(waiting))
        order.append(waiting[n].pop(0))
        waiting = [queue for queue in waiting if queue]
    return order


def summary(care: Care) -> list[Any]:
    """As known now: by time, every scale and suggestion. Without the rows' keys, which the order gives."""
    return [
        (one.at, {scale: plain(verdict) for scale, verdict in one.verdicts.items()}, plain(list(one.suggestions)))
        for one in charted([care.infusion])[0].graded().assessments
    ]


def computed_then(infusion: Infusion, moment: datetime) -> dict[int, Known]:
    """The course computed from the rows that stood at the moment."""
    course = charted([infusion], known_at=moment)[0]
    graded = course.graded()
    return {
        row.pk: Known(
            protocol=course.course.protocol,
            governing=one.governing,
            grades={scale: (verdict.grade, verdict.at_most) for scale, verdict in one.verdicts.items()},
            suggestions=tuple(plain(list(one.suggestions))),
            left_out=one.verdict.left_out if one.verdict else (),
        )
        for one in graded.assessments
        if one.verdicts and isinstance(row := one.assessment.ref, Assessment)
    }


class Ward:
    """One example: a patient of its own in a transaction that is taken back."""

    def __enter__(self) -> Care:
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        return Care()

    def __exit__(self, *raised: object) -> None:
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)


@MODEST
@given(st.data(), facts())
def test_the_same_facts_in_any_order_end_in_the_same_as_known_now(data: st.DataObject, facts: list[Fact]) -> None:
    """With every slip that was put right meanwhile, and as if there had been none."""
    ends = []
    right_away = [partial(_entered, fact.charted) for fact in facts]
    for order in (right_away, shuffled([acts_of(fact) for fact in facts], lambda n: data.draw(st.integers(0, n - 1)))):
        with Ward() as care:
            for act in order:
                act(care)
            connection.check_constraints()
            ends.append(summary(care))
            for one in charted([care.infusion])[0].graded().assessments:
                for verdict in one.verdicts.values():
                    row = one.assessment.ref
                    assert isinstance(row, Assessment)
                    last = StoredVerdict.objects.filter(assessment=row, scale=verdict.scale).latest("id")
                    assert (last.grade, last.at_most) == (verdict.grade, verdict.at_most)
    assert ends[0] == ends[1]


@MODEST
@given(st.data(), facts())
def test_as_known_then_never_changes(data: st.DataObject, facts: list[Fact]) -> None:
    order = shuffled([acts_of(fact) for fact in facts], lambda n: data.draw(st.integers(0, n - 1)))
    with Ward() as care:
        shown: dict[datetime, dict[int, Known]] = {}
        for act in order:
            act(care)
            moment = Submission.objects.latest("entered_at").entered_at
            shown[moment] = as_known_then(care.infusion, moment)
        for moment, known in shown.items():
            assert as_known_then(care.infusion, moment) == known
            assert computed_then(care.infusion, moment) == known
        assert as_known_now(care.infusion, moment) == shown[moment]
        assert not any(one.differs for one in compared(care.infusion, moment))
