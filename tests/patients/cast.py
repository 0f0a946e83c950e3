"""What do most tests of patients need to begin with? A ward, a bed, a patient with a course."""

import os
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import uuid4

from grading import record
from patients import actions
from patients.models import Assessment, Bed, Infusion, Patient, Role, Submission, User, Ward, WardSettings

NOW = datetime.now(UTC).replace(microsecond=0)  # when the tests were collected


@lru_cache(maxsize=1)
def _beginning(of_test: str) -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def hours_ago(hours: float) -> datetime:
    """Before this test began: one moment throughout a test, and never as old as a long run of them."""
    of_test = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" ")[0]  # without the phase: setup, call
    return (_beginning(of_test) if of_test else NOW) - timedelta(hours=hours)


def a_user(username: str = "ada", role: Role = Role.NURSE) -> User:
    return User.objects.create_user(username=username, password="a ward at night, quiet", role=role)


def a_submission(by: User) -> Submission:
    return Submission.objects.create(id=uuid4(), act="test", values={}, entered_by=by)


def a_ward(by: User, name: str = "Ward 7", protocol: str = "review-2024") -> Ward:
    ward = Ward.objects.create(name=name, time_zone="Europe/Berlin")
    WardSettings.objects.create(
        ward=ward,
        version=f"{name}, version 1",
        default_protocol=protocol,
        submission=a_submission(by),
        entered_by=by,
    )
    Bed.objects.create(ward=ward, label="1")
    by.wards.add(ward)
    return ward


def a_patient(
    by: User, ward: Ward, *, mrn: str = "1001", infusion: bool | actions.NewInfusion = True, **given: Any
) -> Patient:
    """An adult of 70 kg, with CAR-T cells two days ago, with another infusion, or with none."""
    values: dict[str, Any] = {
        "family_name": "Lindqvist",
        "given_name": "Maja",
        "facts": actions.Facts(birth_date=date(1980, 8, 14), sex="female", allergies="none-known"),
        "at": hours_ago(72),
        "weight_kg": Decimal(70),
        "height_cm": Decimal(170),
    }
    if isinstance(infusion, actions.NewInfusion):
        values["infusion"] = infusion
    elif infusion:
        values["infusion"] = actions.NewInfusion(
            cause="car-t", product="axicabtagene ciloleucel", started_at=hours_ago(48)
        )
    return actions.admit_patient(by=by, submission_id=uuid4(), mrn=mrn, ward=ward, **(values | given))


def charted(**values: Any) -> record.Assessment:
    return record.Assessment(at=NOW, **values)


def an_assessment(by: User, patient: Patient, hours: float | None = 1, **values: Any) -> Assessment:
    """What was seen `hours` ago (None: the moment of recording)."""
    return actions.record_assessment(
        by=by,
        submission_id=uuid4(),
        patient=patient,
        assessment=charted(**values),
        at=None if hours is None else hours_ago(hours),
    )


def the_infusion(patient: Patient) -> Infusion:
    return patient.infusions.get()
