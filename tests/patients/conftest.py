"""Who and what do the page tests begin with? A ward on which everybody works, a patient, and a way to post forms."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from patients.models import Patient, User, Ward
from tests.patients.cast import a_patient, a_ward
from tests.patients.pages import Post


@pytest.fixture
def ward(nurse: User, physician: User, admin: User) -> Ward:
    ward = a_ward(nurse)
    physician.wards.add(ward)
    admin.wards.add(ward)
    return ward


@pytest.fixture
def patient(nurse: User, ward: Ward) -> Patient:
    return a_patient(nurse, ward, mrn="999 123 4567", bed=ward.beds.get())


@pytest.fixture
def post(client: Client, physician: User, patient: Patient) -> Post:
    """Posts a form of the patient as a physician, with a new submission id unless one is given."""
    client.force_login(physician)

    def sent(page: str, **typed: Any) -> Any:
        return client.post(reverse(page, args=[patient.pk]), {"submission_id": str(uuid4())} | typed)

    return sent
