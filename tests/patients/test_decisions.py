"""Is a suggestion decided by a physician, on the card as it is, and does the decision stand while its basis does?"""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from grading.checklists import CHECKLISTS
from patients import actions
from patients.decisions import suggested, ticks_of
from patients.formats import shown_time
from patients.models import ChecklistTick, Decision
from patients.models.words import DECLINE_REASONS
from tests.patients.care import CALM, CANNULA, FEVER, PRESSOR, Care

pytestmark = pytest.mark.django_db


@pytest.fixture
def care() -> Care:
    return Care()


def open_steps(care: Care, hours: float = 0) -> set[str]:
    now = timezone.now() + timedelta(hours=hours)
    return {one.suggestion.id for one in suggested(care.course(), care.graded(), now) if not one.decided}


def said(care: Care, step: str) -> tuple[str, ...]:
    return next(
        one.came_back for one in suggested(care.course(), care.graded(), timezone.now()) if one.suggestion.id == step
    )


def test_a_decision_keeps_what_the_card_said(care: Care) -> None:
    row = care.assess(1, **PRESSOR)
    made = care.decide(row, "tocilizumab")
    assert (made.infusion, made.assessment, made.answer) == (care.infusion, row, "accepted")
    assert made.shown["dose"]["amount"] == "560"
    assert made.shown["working"].startswith("8 mg/kg × 70 kg = 560 mg")
    assert made.basis == care.basis("tocilizumab").document()
    assert made.shown["headline"] and made.shown["source"]


def test_a_nurse_decides_nothing(care: Care) -> None:
    row = care.assess(1, **PRESSOR)
    with pytest.raises(PermissionDenied):
        actions.decide(
            by=care.nurse,
            submission_id=uuid4(),
            infusion=care.infusion,
            assessment=row,
            step="tocilizumab",
            answer="accepted",
            basis=care.basis("tocilizumab").document(),
        )


def test_a_card_that_changed_under_the_physician_is_not_decided(care: Care) -> None:
    row = care.assess(2, **CANNULA)
    seen = care.basis("judge-severity").document()
    care.assess(1, **PRESSOR)
    with pytest.raises(actions.CardChanged) as raised:
        care.decide(row, "differential", basis=seen)
    assert raised.value.changed[0] == "the grade rose from 2 to 3"
    assert "the grade rose from 2 to 3" in raised.value.errors[""]
    with pytest.raises(actions.CardChanged) as raised:
        care.decide(row, "judge-severity", basis=seen)
    assert raised.value.changed == ("it is no longer suggested",)
    assert not Decision.objects.exists()


def test_a_card_of_another_edition_or_of_a_withdrawn_assessment_is_not_decided(care: Care) -> None:
    first, row = care.assess(2, **PRESSOR), care.assess(1, **PRESSOR)
    with pytest.raises(actions.CardChanged):
        care.decide(row, "tocilizumab", basis={"edition": 0})
    basis = care.basis("tocilizumab").document()
    care.withdraw(first)
    with pytest.raises(actions.CardChanged):
        care.decide(first, "tocilizumab", basis=basis)


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("reason", {"answer": "declined"}),
        ("reason", {"answer": "accepted", "reason": "not-indicated"}),
        ("text", {"answer": "declined", "reason": "other", "text": " "}),
        ("watch_until", {"answer": "watching"}),
        ("watch_until", {"answer": "watching", "watch_until": timezone.now() - timedelta(minutes=1)}),
        ("reason", {"answer": "declined", "reason": "because"}),
        ("answer", {"answer": "perhaps"}),
    ],
)
def test_a_decision_that_cannot_be_is_refused_at_its_field(care: Care, field: str, given: dict[str, Any]) -> None:
    row = care.assess(1, **PRESSOR)
    with pytest.raises(actions.Refused) as raised:
        care.decide(row, "tocilizumab", **given)
    assert raised.value.errors.keys() == {field}


@pytest.mark.parametrize("reason", DECLINE_REASONS)
def test_a_decline_takes_each_coded_reason(care: Care, reason: str) -> None:
    row = care.assess(1, **PRESSOR)
    text = "seen with the family" if reason == "other" else ""
    assert care.decide(row, "tocilizumab", "declined", reason=reason, text=text).reason == reason


def test_what_another_physician_decided_meanwhile_is_not_decided_over_unseen(care: Care) -> None:
    row = care.assess(1, **PRESSOR)
    first = care.decide(row, "tocilizumab", "declined", reason="contraindicated", text="hepatitis", decided=None)
    with pytest.raises(actions.CardChanged) as raised:
        care.decide(row, "tocilizumab", decided=None)
    at = shown_time(first.entered_at)
    assert raised.value.changed == (f"{care.physician} declined it at {at}: contraindicated, hepatitis",)
    assert list(Decision.objects.all()) == [first]
    care.decide(row, "tocilizumab", decided=first.pk)
    with pytest.raises(actions.CardChanged):
        care.decide(row, "tocilizumab", "watching", watch_until=timezone.now() + timedelta(hours=1), decided=first.pk)


def test_a_retry_of_a_decision_is_one(care: Care) -> None:
    row = care.assess(1, **PRESSOR)
    given: dict[str, Any] = {
        "by": care.physician,
        "submission_id": uuid4(),
        "infusion": care.infusion,
        "assessment": row,
        "step": "tocilizumab",
        "answer": "accepted",
        "basis": care.basis("tocilizumab").document(),
    }
    first = actions.decide(**given)
    care.assess(0.5, **FEVER)  # the card is gone meanwhile: the retry is answered all the same
    assert actions.decide(**given) == first
    assert Decision.objects.count() == 1


def test_twenty_equal_readings_leave_a_decision_standing(care: Care) -> None:
    care.decide(care.assess(3, **PRESSOR), "tocilizumab", "declined", reason="not-indicated")
    for n in range(20):
        care.assess(2 - n / 20, **PRESSOR | {"temperature_c": Decimal("39.0")})
    assert "tocilizumab" not in open_steps(care)


def test_a_rise_of_grade_brings_it_back_even_where_it_has_fallen_again(care: Care) -> None:
    care.decide(care.assess(4, **CANNULA), "differential", "declined", reason="already-done")
    care.assess(3, **CANNULA)
    assert "differential" not in open_steps(care)
    care.assess(2, **PRESSOR)
    assert "the grade rose from 2 to 3" in said(care, "differential")
    care.assess(1, **CANNULA)
    assert "differential" in open_steps(care)


def test_a_watched_card_reminds_when_its_time_has_come(care: Care) -> None:
    row = care.assess(1, **PRESSOR)
    care.decide(row, "tocilizumab", "watching", watch_until=timezone.now() + timedelta(hours=2))
    assert "tocilizumab" not in open_steps(care, hours=1.9)
    assert "tocilizumab" in open_steps(care, hours=2.1)


def test_the_weight_used_is_part_of_what_a_dose_rests_on(care: Care) -> None:
    care.decide(care.assess(1, **PRESSOR), "tocilizumab")
    actions.record_measurement(
        by=care.nurse, submission_id=uuid4(), patient=care.patient, weight_kg=Decimal(64), at=None
    )
    care.assess(None, **PRESSOR)
    assert "the weight used is 64 kg, was 70 kg" in said(care, "tocilizumab")


# --- Checklists


def tick(care: Care, step: str, item: str, done: bool = True) -> ChecklistTick:
    return actions.tick(by=care.nurse, submission_id=uuid4(), infusion=care.infusion, step=step, item=item, done=done)


def test_a_point_is_ticked_by_whom_and_when_and_taken_back(care: Care) -> None:
    care.assess(1, **FEVER)
    made = tick(care, "differential", "sepsis")
    assert ticks_of(care.infusion, care.graded()) == {("differential", "sepsis"): made}
    assert made.entered_by == care.nurse
    tick(care, "differential", "sepsis", done=False)
    assert ticks_of(care.infusion, care.graded()) == {}
    assert ChecklistTick.objects.count() == 2


@pytest.mark.parametrize(
    ("step", "item"), [("differential", "gout"), ("monitor", "sepsis"), ("evaluate", "crp"), ("evaluate", "pt")]
)
def test_only_a_point_of_a_checklist_that_no_result_does_is_ticked(care: Care, step: str, item: str) -> None:
    with pytest.raises(actions.Refused) as raised:
        tick(care, step, item)
    assert raised.value.errors.keys() == {"item"}


@pytest.mark.parametrize(
    ("step", "item"), [(step, one.key) for step, of in CHECKLISTS.items() for one in of if one.analyte is None]
)
def test_every_other_point_is_ticked(care: Care, step: str, item: str) -> None:
    assert tick(care, step, item).done


def test_calm_patients_have_nothing_to_decide_on_a_drug(care: Care) -> None:
    care.assess(1, **CALM)
    assert not open_steps(care) & {"tocilizumab", "glucocorticoid"}
