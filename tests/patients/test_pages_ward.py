"""Are the settings of a ward versions, each checked at its field?"""

from datetime import time, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from patients import actions
from patients.forms.ward import WardSettingsForm
from patients.models import (
    Patient,
    Role,
    StoredVerdict,
    User,
    Ward,
    WardSettings,
)
from tests.patients.cast import a_user, an_assessment
from tests.patients.pages import words_of


def settings_typed(**changes: str) -> dict[str, str]:
    """The defaults as the settings page posts them, with changes."""
    current = WardSettings.objects.latest("id")
    initial = WardSettingsForm.initial_of(current)
    return (
        {"submission_id": str(uuid4()), "opened_on": str(current.pk)}
        | {name: str(value) for name, value in initial.items()}
        | changes
    )


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
        ("shift_starts", ""),
        ("shift_starts", "7"),
        ("shift_starts", "07:00, 24:00"),
        ("shift_starts", "07:00, 07:00"),
        ("shift_starts", "01:00 02:00 03:00 04:00 05:00 06:00 07:00"),
        ("pause_minutes", "0"),
        ("pause_minutes", "1441"),
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


def test_shifts_and_the_limit_of_a_pause_are_settings_and_stay_when_others_change(
    client: Client, admin: User, ward: Ward
) -> None:
    client.force_login(admin)
    address = reverse("ward_settings", args=[ward.pk])
    assert 'value="07:00, 19:00"' in client.get(address).content.decode()
    three = settings_typed(shift_starts="23:00, 07:00 15:00", pause_minutes="90")
    assert client.post(address, three).status_code == 302
    actions.change_ward_settings(
        by=admin, submission_id=uuid4(), ward=ward, document={}, default_protocol="lee-2014", concern_minutes=5
    )
    current = WardSettings.objects.latest("id")
    assert WardSettings.objects.count() == 3
    assert (current.shift_starts, current.pause_minutes) == ([time(7), time(15), time(23)], 90)


def test_the_second_of_two_administrators_sees_what_the_first_set_and_chooses(
    client: Client, admin: User, physician: User, ward: Ward
) -> None:
    other = a_user("second", Role.ADMIN)
    other.wards.add(ward)
    address = reverse("ward_settings", args=[ward.pk])
    mine = settings_typed(window_oxygen="120", brands="Tocivance = tocilizumab")
    client.force_login(other)
    assert client.post(address, settings_typed(window_oxygen="90", concern_contacts="Fellow 4711")).status_code == 302
    client.force_login(admin)
    answer = client.post(address, mine)
    assert answer.status_code == 422
    said = words_of(answer)
    assert f"{other} changed this at " in said
    assert "Oxygen: 90, was 240" in said and "Whom else to call: Fellow 4711, was not charted" in said
    assert "Tocivance = tocilizumab" in said and 'value="120"' in answer.content.decode()  # what was typed is kept
    assert WardSettings.objects.latest("id").as_settings().windows["oxygen"] == timedelta(minutes=90)
    again = mine | {"opened_on": answer.context["form"]["opened_on"].value(), "submission_id": str(uuid4())}
    for _ in range(2):  # a double tap is one
        assert client.post(address, again).status_code == 302
    assert WardSettings.objects.count() == 3
    with pytest.raises(actions.HoldsNoMore):
        actions.change_ward_settings(
            by=admin, submission_id=uuid4(), ward=ward, document={}, default_protocol="lee-2014", opened_on=1
        )
