"""Does any past moment open as known then and as known now, with what differs?"""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from grading.words import PROTOCOLS
from patients import actions
from patients.formats import shown_moment
from patients.models import Patient, Role, User, Ward
from patients.permissions import READS
from tests.patients.cast import a_user, an_assessment, hours_ago
from tests.patients.deciding import PRESSOR, SECOND, seen
from tests.patients.pages import words_of


def shown(client: Client, patient: Patient, moment: str) -> Any:
    page = reverse("known", args=[patient.pk])
    return client.post(page, {"moment": moment, "submission_id": str(uuid4())})


def typed(moment: datetime, ward: Ward) -> str:
    """To the second: a test corrects within the minute."""
    with timezone.override(ward.zone):
        return f"{shown_moment(moment)}:{timezone.localtime(moment):%S}"


def test_a_moment_opens_the_same_on_both_sides_while_nothing_was_corrected(
    client: Client, nurse: User, patient: Patient, ward: Ward
) -> None:
    an_assessment(nurse, patient, 2, temperature_c=Decimal("39.5"))
    client.force_login(nurse)
    answer = shown(client, patient, typed(timezone.now() + timedelta(minutes=1), ward))
    assert answer.status_code == 200
    assert "The assessment up to then reads the same as known then and now" in words_of(answer)
    assert not answer.context["ends"].differs


def test_what_was_learned_later_differs_and_what_was_known_then_does_not_change(
    client: Client, nurse: User, patient: Patient, ward: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = an_assessment(nurse, patient, 2, temperature_c=Decimal("36.9"))
    then = typed(row.entered_at, ward)
    moment = row.entered_at
    new = actions.correct_row(
        by=nurse, submission_id=uuid4(), row=row, values={"temperature_c": Decimal("39.6")}, reason="misread"
    )
    from patients.forms import known as form

    client.force_login(nurse)
    monkeypatch.setattr(form.KnownForm.base_fields["moment"], "clean", lambda text: moment)
    answer = shown(client, patient, then)
    rows = answer.context["different"]
    assert [(one.then is None, one.now is None) for one in rows] == [(True, False), (False, True)]
    ends = answer.context["ends"]
    assert ends.then.verdict.grade == 0
    assert ends.now.verdict.grade == 1
    assert ends.grade_differs
    said = words_of(answer)
    assert "2 of 2 assessments differ" in said
    assert "Not known then" in said
    assert "No longer stands" in said
    assert new.entered_at > moment


def test_a_late_entry_is_seen_to_have_changed_the_grades_after_it(
    client: Client, nurse: User, patient: Patient, ward: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = an_assessment(nurse, patient, 2, spo2_percent=Decimal(97))
    moment = row.entered_at
    an_assessment(nurse, patient, 3, temperature_c=Decimal("39.6"))
    from patients.forms import known as form

    client.force_login(nurse)
    monkeypatch.setattr(form.KnownForm.base_fields["moment"], "clean", lambda text: moment)
    answer = shown(client, patient, typed(moment, ward))
    (changed, late) = answer.context["different"]
    assert (changed.then.verdict.grade, changed.now.verdict.grade) == (0, 1)
    assert (late.then, late.now.verdict.grade) == (None, 1)
    assert changed.only_now or changed.only_then


def test_after_a_change_of_protocol_both_are_named_and_only_the_doses_of_one_are_shown(
    client: Client, nurse: User, physician: User, patient: Patient, ward: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = seen(nurse, patient, 2, PRESSOR, SECOND)
    moment = row.entered_at
    actions.choose_protocol(
        by=physician, submission_id=uuid4(), patient=patient, protocol="lee-2014", reason="a study", at=hours_ago(3)
    )
    from patients.forms import known as form

    client.force_login(nurse)
    monkeypatch.setattr(form.KnownForm.base_fields["moment"], "clean", lambda text: moment)
    answer = shown(client, patient, typed(moment, ward))
    said = words_of(answer)
    then, now = said.split("As known then")[-1].split("As known now")
    for name, side in ((PROTOCOLS["review-2024"], then), (PROTOCOLS["lee-2014"], now)):
        assert f"Suggested by {name}" in side
    ends = answer.context["ends"]
    then_doses = {one.dose for one in ends.then.suggestions if one.dose}
    assert then_doses and any(one.dose for one in ends.now.suggestions)
    assert not [dose for dose in then_doses if dose in then]
    assert [one.dose for one in ends.now.suggestions if one.dose and one.dose not in now] == []
    assert not [dose for dose in then_doses - {one.dose for one in ends.now.suggestions} if dose in said]


def test_under_one_protocol_the_doses_of_both_sides_are_shown_and_no_protocol_is_named(
    client: Client, nurse: User, patient: Patient, ward: Ward
) -> None:
    seen(nurse, patient, 2, PRESSOR)
    client.force_login(nurse)
    answer = shown(client, patient, typed(timezone.now() + timedelta(minutes=1), ward))
    assert words_of(answer).count("560 mg") == 2
    assert "Suggested by" not in words_of(answer)


def test_a_moment_before_anything_was_seen_says_so(client: Client, nurse: User, patient: Patient, ward: Ward) -> None:
    client.force_login(nurse)
    answer = shown(client, patient, typed(hours_ago(60), ward))
    assert "No assessment had been seen by then" in words_of(answer)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Moment is needed"),
        ("yesterday", "is no date and time"),
        ("25-Oct-2026 02:30", "add «first» or «second»"),
        ("05-Jan-2090 04:28", "is in the future"),
    ],
)
def test_a_moment_that_cannot_be_read_is_refused_with_what_is_allowed(
    text: str, words: str, client: Client, nurse: User, patient: Patient
) -> None:
    client.force_login(nurse)
    answer = shown(client, patient, text)
    assert answer.status_code == 422
    assert words in words_of(answer)
    if text:
        assert text in answer.content.decode()


def test_the_hour_that_the_autumn_night_repeats_is_asked_for_and_filled_in_at_one_press(
    client: Client, nurse: User, patient: Patient
) -> None:
    client.force_login(nurse)
    page = reverse("known", args=[patient.pk])
    asked = client.post(page, {"moment": "25-Oct-2026 02:30", "submission_id": str(uuid4())}).content.decode()
    assert "moment=25-Oct-2026 02:30 first" in asked
    pressed = {"moment": "25-Oct-2026 02:30", "fill": "moment=25-Oct-2026 02:30 second", "submission_id": str(uuid4())}
    filled = client.post(page, pressed)
    assert filled.status_code == 200
    assert "25-Oct-2026 02:30 second" in filled.content.decode()


@pytest.mark.parametrize("role", sorted(READS))
def test_everybody_on_the_ward_may_look_back(
    role: Role, client: Client, nurse: User, patient: Patient, ward: Ward
) -> None:
    user = a_user(f"a {role}", role)
    client.force_login(user)
    assert client.get(reverse("known", args=[patient.pk])).status_code == 404
    user.wards.add(ward)
    assert client.get(reverse("known", args=[patient.pk])).status_code == 200
    assert shown(client, patient, typed(timezone.now(), ward)).status_code == 200
