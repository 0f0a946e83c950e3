"""Are the settings of a ward versions, each checked at its field?"""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from patients.forms.ward import WardSettingsForm
from patients.models import (
    Patient,
    StoredVerdict,
    User,
    Ward,
    WardSettings,
)
from tests.patients.cast import an_assessment
from tests.patients.pages import words_of


def settings_typed(**changes: str) -> dict[str, str]:
    """The defaults as the settings page posts them, with changes."""
    initial = WardSettingsForm.initial_of(WardSettings.objects.latest("id"))
    return {"submission_id": str(uuid4())} | {name: str(value) for name, value in initial.items()} | changes


def test_new_settings_are_a_new_version_and_grade_every_patient_anew(
    client: Client, nurse: User, admin: User, patient: Patient, ward: Ward
) -> None:
    an_assessment(nurse, patient, 1, temperature_c=Decimal("39.4"))
    before = StoredVerdict.objects.count()
    client.force_login(admin)
    address = reverse("ward_settings", args=[ward.pk])
    answer = client.post(
        address, settings_typed(window_oxygen="120", default_protocol="lee-2014", brands="Tocivance = tocilizumab")
    )
    assert answer.status_code == 302
    assert WardSettings.objects.count() == 2
    current = WardSettings.objects.latest("id").as_settings()
    assert current.windows["oxygen"] == timedelta(hours=2)
    assert current.brands == {"tocivance": "tocilizumab"}
    assert StoredVerdict.objects.count() > before
    assert WardSettings.objects.latest("id").version in words_of(client.get(address))


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("window_oxygen", "0"),
        ("window_oxygen", "10081"),
        ("window_oxygen", "1.5"),
        ("round_4", "0"),
        ("spo2_limit_percent", "49"),
        ("older_age_years", "17"),
        ("reassess_after_resolved", "soon"),
        ("brands", "Tocivance"),
    ],
)
def test_a_setting_that_is_not_allowed_is_refused_at_its_field(
    field: str, typed: str, client: Client, admin: User, ward: Ward
) -> None:
    client.force_login(admin)
    answer = client.post(reverse("ward_settings", args=[ward.pk]), settings_typed(**{field: typed}))
    assert answer.status_code == 422
    assert f'<a href="#id_{field}">' in answer.content.decode()
    assert WardSettings.objects.count() == 1
