"""Does who signs or accepts a treatment show again who they are, in the form itself, with nothing typed lost?"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from crsweb import mode
from patients.models import AuditEntry, Correction, Decision, Draft, Patient, Signature, User
from tests.conftest import PASSWORD
from tests.patients.cast import an_assessment
from tests.patients.deciding import PRESSOR, answer, card, hidden, page_of, seen
from tests.patients.pages import Answer, recorded, words_of
from tests.patients.test_signing import GRADE_2, OVERRIDE, open_form, sign


@pytest.fixture
def later() -> Iterator[time_machine.Traveller]:
    """A clock that stands still until it is moved."""
    with time_machine.travel(timezone.now(), tick=False) as clock:
        yield clock


def after(clock: time_machine.Traveller, minutes: float) -> None:
    clock.move_to(timezone.now() + timedelta(minutes=minutes))


def events() -> list[tuple[str, dict[str, Any]]]:
    found = AuditEntry.objects.filter(event__startswith="reauthenti").order_by("id")
    return [(one.event, one.details) for one in found]


def test_a_signature_within_five_minutes_of_the_sign_in_asks_nothing(
    client: Client, nurse: User, physician: User, patient: Patient, later: time_machine.Traveller
) -> None:
    an_assessment(nurse, patient, **GRADE_2)
    values = open_form(client, physician, patient) | {"answer": "confirm"}
    after(later, 4.9)
    assert "Asked again" not in words_of(client.get(reverse("sign", args=[patient.pk])))
    assert recorded(client.post(reverse("sign", args=[patient.pk]), values), patient)


def test_later_the_form_asks_and_what_was_typed_stays_until_the_password_is_right(
    client: Client, nurse: User, physician: User, patient: Patient, later: time_machine.Traveller
) -> None:
    an_assessment(nurse, patient, **GRADE_2)
    values = open_form(client, physician, patient) | OVERRIDE
    address = reverse("sign", args=[patient.pk])
    after(later, 6)
    assert "Asked again, since you last showed who you are" in words_of(client.get(address))
    for typed, sentence in (("", "Your password is needed to record this."), ("no", "Your password is not right.")):
        again = client.post(address, values | {"step_up": typed})
        assert again.status_code == 422
        assert sentence in words_of(again)
        assert OVERRIDE["text"] in again.content.decode()
        assert 'value="no"' not in again.content.decode()
    assert not Signature.objects.exists()
    done = client.post(address, values | {"step_up": PASSWORD})
    assert recorded(done, patient)
    assert Signature.objects.get().text == OVERRIDE["text"]
    assert events() == [
        ("reauthentication-failed", {"method": "password"}),
        ("reauthenticated", {"method": "password"}),
    ]
    assert recorded(client.post(address, values), patient)  # a retry is the same record, and asks nothing


def test_the_fifth_wrong_password_is_the_last_and_what_was_typed_is_a_draft_without_it(
    client: Client, nurse: User, physician: User, patient: Patient, later: time_machine.Traveller
) -> None:
    an_assessment(nurse, patient, **GRADE_2)
    values = open_form(client, physician, patient) | OVERRIDE
    address = reverse("sign", args=[patient.pk])
    after(later, 6)
    values["draft_ticket"] = client.get(address).context["ticket"]
    answers: list[Answer] = [client.post(address, values | {"step_up": "not it"}) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [422] * 5 + [302]
    assert "What you typed is kept as your draft" in words_of(client.get(answers[-1].headers["Location"]))
    assert client.get(address).status_code == 302
    draft = Draft.objects.get()
    assert draft.fields["text"] == [OVERRIDE["text"]]
    assert "step_up" not in draft.fields


def test_accepting_a_treatment_asks_and_declining_does_not(
    client: Client, nurse: User, physician: User, patient: Patient, later: time_machine.Traveller
) -> None:
    seen(nurse, patient, 1, PRESSOR)
    fields = hidden(card(page_of(client, patient, physician), "tocilizumab"))
    address = reverse("decide", args=[patient.pk])
    after(later, 6)
    asked = client.post(address, fields | {"answer": "accepted"})
    assert asked.status_code == 422
    assert "Your password is needed to record this." in words_of(asked)
    assert not Decision.objects.exists()
    assert client.post(address, fields | {"answer": "accepted", "step_up": PASSWORD}).status_code == 302
    assert Decision.objects.get().answer == "accepted"
    after(later, 6)
    fields = hidden(card(client.get(reverse("patient_detail", args=[patient.pk])).content.decode(), "glucocorticoid"))
    declined = fields | {"answer": "declined", "reason": "other", "text": "given elsewhere"}
    assert client.post(address, declined).status_code == 302


def test_with_no_minutes_each_signature_asks_and_the_right_password_is_right(
    client: Client, nurse: User, physician: User, patient: Patient, settings: Settings
) -> None:
    settings.REAUTHENTICATION_MINUTES = 0
    an_assessment(nurse, patient, **GRADE_2)
    values = open_form(client, physician, patient) | {"answer": "confirm"}
    address = reverse("sign", args=[patient.pk])
    assert "Asked each time." in words_of(client.get(address))
    assert client.post(address, values).status_code == 422
    for _ in range(6):  # a right one is no try
        assert recorded(client.post(address, values | {"step_up": PASSWORD}), patient)
    assert Signature.objects.count() == 1
    assert {event for event, _ in events()} == {"reauthenticated"}
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert client.get(reverse("mfa_activate_totp")).status_code == 200  # the account's own time is another


def test_minutes_below_none_are_refused(settings: Settings) -> None:
    settings.MODE, settings.REAUTHENTICATION_MINUTES = "production", -1
    assert "REAUTHENTICATION_MINUTES is below 0" in mode.hindrances()


def test_a_signature_that_nothing_waits_for_asks_too(
    client: Client, nurse: User, physician: User, patient: Patient, later: time_machine.Traveller
) -> None:
    an_assessment(nurse, patient, **GRADE_2)
    values = open_form(client, physician, patient)
    address = reverse("sign", args=[patient.pk])
    assert recorded(client.post(address, values | {"answer": "confirm"}), patient)
    first = Signature.objects.get()
    after(later, 6)
    another = values | OVERRIDE | {"submission_id": str(uuid4()), "signed": str(first.pk)}
    for typed in ("", "not it"):
        refused = client.post(address, another | {"step_up": typed})
        assert refused.status_code == 422
        assert "Nothing was recorded now" in words_of(refused)
    assert Signature.objects.get() == first
    assert recorded(client.post(address, another | {"step_up": PASSWORD}), patient)


def test_who_has_a_key_alone_is_asked_for_the_password_or_the_key_and_for_no_code_of_the_list(
    client: Client, nurse: User, physician: User, patient: Patient, later: time_machine.Traveller
) -> None:
    Authenticator.objects.create(user=physician, type=Authenticator.Type.WEBAUTHN, data={"name": "Mine"})
    RecoveryCodes.activate(physician)
    an_assessment(nurse, patient, **GRADE_2)
    values = open_form(client, physician, patient) | {"answer": "confirm"}
    address = reverse("sign", args=[patient.pk])
    after(later, 6)
    page = client.get(address)
    assert "Your password" in words_of(page)
    assert "Your code" not in words_of(page)
    assert f'href="{reverse("mfa_reauthenticate_webauthn")}?next={quote(address, "")}"' in page.content.decode()
    assert recorded(client.post(address, values | {"step_up": PASSWORD}), patient)
    codes = Authenticator.objects.get(user=physician, type=Authenticator.Type.RECOVERY_CODES).wrap()
    assert len(codes.get_unused_codes()) == 10


def test_a_signature_or_a_decision_is_taken_away_and_brought_back_by_who_shows_again_who_they_are(
    client: Client, nurse: User, physician: User, patient: Patient, later: time_machine.Traveller
) -> None:
    row = seen(nurse, patient, 1, PRESSOR)

    def decided() -> Decision:
        assert answer(client, patient, physician, "tocilizumab", answer="accepted").status_code == 302
        return Decision.objects.get()

    def signed() -> Signature:
        assert recorded(sign(client, physician, patient), patient)
        return Signature.objects.get()

    for kind, act in (("decision", decided), ("signature", signed)):
        one = act()
        undo, error, back = (
            reverse(f"{name}_{kind}", args=[patient.pk, one.pk]) for name in ("undo", "error", "restore")
        )
        marks = Correction.objects.count()
        for page, said in ((undo, {}), (back, {}), (error, {"reason": "not-done"}), (back, {})):
            after(later, 6)
            typed = said | {"submission_id": str(uuid4())}
            asked = client.post(page, typed)
            assert asked.status_code == 422, page
            assert "Your password is needed to record this." in words_of(asked)
            assert typed["submission_id"] in asked.content.decode()
            assert "Your password is not right." in words_of(client.post(page, typed | {"step_up": "not it"}))
            assert Correction.objects.count() == marks
            assert client.post(page, typed | {"step_up": PASSWORD}).status_code == 302
            marks += 1
            assert Correction.objects.count() == marks, page
    client.force_login(nurse)
    after(later, 6)
    slip = reverse("error_assessment", args=[patient.pk, row.pk])
    assert client.post(slip, {"submission_id": str(uuid4()), "reason": "not-done"}).status_code == 302  # asks nothing
