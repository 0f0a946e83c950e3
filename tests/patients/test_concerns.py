"""Is a concern raised at any grade, does it wait until a physician has seen it, and are drafts their author's?"""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from patients import actions
from patients.concerns import OpenConcern, open_concerns
from patients.drafts import drafts_of
from patients.models import Concern, Draft, Patient, Role, WardSettings
from tests.patients.care import CALM, Care
from tests.patients.cast import a_patient, a_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def care() -> Care:
    return Care()


def raise_one(care: Care, why: str = "He is not himself.") -> Concern:
    return actions.raise_concern(
        by=care.nurse, submission_id=uuid4(), patient=care.patient, why=why, called="Dr. Berg", answered="Dr. Holm"
    )


def waiting(minutes: float = 0) -> list[OpenConcern]:
    return open_concerns(list(Patient.objects.present()), now=timezone.now() + timedelta(minutes=minutes))


def test_a_concern_is_raised_at_grade_0_and_without_any_assessment(care: Care) -> None:
    raise_one(care)
    care.assess(None, **CALM)
    made = raise_one(care, "Still worried.")
    assert (made.why, made.called, made.answered, made.entered_by) == (
        "Still worried.", "Dr. Berg", "Dr. Holm", care.nurse,
    )  # fmt: skip
    assert [one.concern.why for one in waiting()] == ["He is not himself.", "Still worried."]


def test_a_concern_says_why(care: Care) -> None:
    with pytest.raises(actions.Refused) as raised:
        raise_one(care, " ")
    assert raised.value.errors.keys() == {"why"}


def test_it_waits_until_a_physician_acknowledges_it(care: Care) -> None:
    concern = raise_one(care)
    with pytest.raises(PermissionDenied):
        actions.acknowledge_concern(by=care.nurse, submission_id=uuid4(), concern=concern)
    assert [one.concern for one in waiting()] == [concern]
    actions.acknowledge_concern(by=care.physician, submission_id=uuid4(), concern=concern, text="On my way.")
    assert waiting() == []


def test_the_second_to_acknowledge_is_told_of_the_first(care: Care) -> None:
    concern = raise_one(care)
    actions.acknowledge_concern(by=care.physician, submission_id=uuid4(), concern=concern)
    with pytest.raises(actions.Refused, match="bo has acknowledged this concern already"):
        actions.acknowledge_concern(by=a_user("eve", Role.PHYSICIAN), submission_id=uuid4(), concern=concern)


def test_after_the_wards_minutes_it_is_overdue_and_names_whom_else_to_call(care: Care) -> None:
    raise_one(care)
    assert [(one.minutes, one.overdue, one.overdue_after) for one in waiting(9.9)] == [(9, False, 10)]
    assert [one.overdue for one in waiting(10.1)] == [True]
    admin = a_user("cy", Role.ADMIN)
    change: dict[str, Any] = {"by": admin, "ward": care.ward, "document": {}, "default_protocol": "review-2024"}
    row = actions.change_ward_settings(submission_id=uuid4(), concern_minutes=5, concern_contacts="ICU 4711", **change)
    assert (row.concern_minutes, row.concern_contacts) == (5, "ICU 4711")
    assert [(one.overdue, one.contacts) for one in waiting(5.1)] == [(True, "ICU 4711")]
    kept = actions.change_ward_settings(submission_id=uuid4(), **change)
    assert (kept.concern_minutes, kept.concern_contacts) == (5, "ICU 4711")
    assert WardSettings.objects.count() == 3
    with pytest.raises(actions.Refused) as raised:
        actions.change_ward_settings(submission_id=uuid4(), concern_minutes=0, **change)
    assert raised.value.errors.keys() == {"concern_minutes"}


def test_the_concerns_of_any_number_of_patients_are_read_in_two_queries(care: Care) -> None:
    for n in range(5):
        patient = a_patient(care.nurse, care.ward, mrn=f"M{n}")
        actions.raise_concern(by=care.nurse, submission_id=uuid4(), patient=patient, why="pale")
    patients = list(Patient.objects.present())
    with CaptureQueriesContext(connection) as queries:
        assert len(open_concerns(patients, now=timezone.now())) == 5
    assert len(queries) == 2


def test_a_draft_is_kept_replaced_and_dropped_and_only_its_authors(care: Care) -> None:
    actions.keep_draft(
        by=care.nurse, patient=care.patient, form="assess", fields={"temperature": ["38"]}, submission_id=uuid4()
    )
    actions.keep_draft(
        by=care.nurse, patient=care.patient, form="assess", fields={"temperature": ["38.5"]}, submission_id=uuid4()
    )
    assert [draft.fields for draft in drafts_of(care.nurse, care.patient)] == [{"temperature": ["38.5"]}]
    assert Draft.objects.count() == 1
    assert drafts_of(care.physician, care.patient) == []
    actions.drop_draft(by=care.physician, patient=care.patient, form="assess")
    assert Draft.objects.count() == 1
    actions.drop_draft(by=care.nurse, patient=care.patient, form="assess")
    assert not Draft.objects.exists()


def test_a_draft_is_offered_for_twelve_hours(care: Care) -> None:
    actions.keep_draft(by=care.nurse, patient=care.patient, form="assess", fields={}, submission_id=uuid4())
    assert len(drafts_of(care.nurse, care.patient)) == 1
    Draft.objects.update(updated_at=timezone.now() - timedelta(hours=12, minutes=1))
    assert drafts_of(care.nurse, care.patient) == []


def test_a_draft_is_graded_into_nothing(care: Care) -> None:
    care.assess(1, **CALM)
    before = care.graded()
    actions.keep_draft(
        by=care.nurse, patient=care.patient, form="assess", fields={"temperature": ["41"]}, submission_id=uuid4()
    )
    assert care.graded() == before


@pytest.mark.parametrize("role", [Role.ADMIN, Role.AUDITOR])
def test_who_does_not_chart_keeps_no_draft(care: Care, role: Role) -> None:
    user = a_user(role.value, role)
    with pytest.raises(PermissionDenied):
        actions.keep_draft(by=user, patient=care.patient, form="assess", fields={}, submission_id=uuid4())
    with pytest.raises(PermissionDenied):
        actions.drop_draft(by=user, patient=care.patient, form="assess")
