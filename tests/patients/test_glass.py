"""Is a patient of another ward opened for a reason and for a time, to one person, and do those concerned see it?"""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from patients import actions
from patients.actions.glass import NOBODY, TRIES
from patients.hearing import Answer, asker, hears
from patients.models import Assessment, AuditEntry, BrokenGlass, Draft, GlassEnd, Patient, Role, User, Ward
from patients.models.glass import OPEN_FOR
from patients.permissions import patients_for, ward_patients
from patients.topics import Topic
from tests.patients.assess import fields_of
from tests.patients.cast import a_patient, a_user, a_ward, an_assessment
from tests.patients.pages import words_of

BORN = date(1980, 8, 14)
WHY = {"reason": "consult", "text": "Dr. Ito asked me to look at her"}


@pytest.fixture
def elsewhere(db: None) -> Ward:
    return a_ward(a_user("bo"), "Ward 9")


@pytest.fixture
def hers(elsewhere: Ward) -> Patient:
    """A patient of Ward 9."""
    bo = User.objects.get(username="bo")
    patient = a_patient(bo, elsewhere, mrn="555 000 1111", family_name="Okafor", given_name="Ada")
    an_assessment(bo, patient, 1)
    return patient


def opened(by: User, patient: Patient, **given: Any) -> BrokenGlass:
    said: dict[str, Any] = {"mrn": patient.mrn, "birth_date": BORN, **WHY, **given}
    return actions.break_glass(by=by, submission_id=said.pop("submission_id", uuid4()), **said)


def typed(**changed: str) -> dict[str, str]:
    return {"submission_id": str(uuid4()), "mrn": "5550001111", "birth_date": "14-Aug-1980", **WHY, **changed}


def told(event: str) -> list[Any]:
    return list(AuditEntry.objects.filter(event=event).order_by("id"))


def test_the_exact_number_and_birth_date_and_a_reason_open_one_patient_and_the_banner_says_so(
    client: Client, physician: User, ward: Ward, patient: Patient, elsewhere: Ward, hers: Patient
) -> None:
    client.force_login(physician)
    page = reverse("patient_detail", args=[hers.pk])
    assert client.get(page).status_code == 404
    answer = client.post(reverse("break_glass"), typed())
    assert (answer.status_code, answer.headers["Location"]) == (302, page)
    seen = words_of(client.get(page))
    opening = BrokenGlass.objects.get()
    until = opening.until.astimezone(elsewhere.zone)
    assert opening.until - opening.entered_at == OPEN_FOR == timedelta(minutes=60)
    said_in_words = ("A patient of Ward 9", "Consult that the ward asked for", "The auditor sees what you open")
    for said in (f"Glass broken until {until:%H:%M}", *said_in_words):
        assert said in seen
    assert "Glass broken" not in words_of(client.get(reverse("patient_detail", args=[patient.pk])))
    assert "OKAFOR, Ada, 555 000 1111" in words_of(client.get(reverse("break_glass")))


def test_nothing_of_the_ward_opens_but_the_patient(
    client: Client, physician: User, ward: Ward, patient: Patient, elsewhere: Ward, hers: Patient
) -> None:
    bo = User.objects.get(username="bo")
    beside = a_patient(bo, elsewhere, mrn="555 000 2222", family_name="Varga", given_name="Eva")
    opened(physician, hers)
    assert set(patients_for(physician)) == {patient, hers}
    assert set(ward_patients(physician)) == {patient}
    client.force_login(physician)
    assert client.get(reverse("patient_detail", args=[beside.pk])).status_code == 404
    for page in ("board", "board_rows", "patient_list", "worklist", "ward_handover"):
        assert "Okafor" not in client.get(reverse(page)).content.decode(), page
        assert "OKAFOR" not in client.get(reverse(page)).content.decode(), page
    for page in ("board", "ward_handover"):
        assert client.get(f"{reverse(page)}?ward={elsewhere.pk}").status_code == 404
    assert client.get(reverse("ward_assignments", args=[elsewhere.pk])).status_code == 404
    assert client.get(reverse("patient_detail", args=[hers.pk])).status_code == 200
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    for topic, answer in (
        (Topic("patient", hers.pk), Answer.HEARS),
        (Topic("patient", beside.pk), Answer.NOT_THEIRS),
        (Topic("ward", elsewhere.pk), Answer.NOT_THEIRS),
    ):
        one = asker({settings.SESSION_COOKIE_NAME: session}, [topic])
        assert hears([one])[one] is answer


def test_it_is_charted_as_on_one_s_own_ward(client: Client, nurse: User, ward: Ward, hers: Patient) -> None:
    opened(nurse, hers)
    client.force_login(nurse)
    before = Assessment.objects.count()
    form = client.get(reverse("assess", args=[hers.pk]))
    answer = client.post(reverse("assess", args=[hers.pk]), fields_of(form) | {"temperature": "38.6"})
    assert (answer.status_code, Assessment.objects.count()) == (302, before + 1), words_of(answer)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"text": " "}, "In words is needed."),
        ({"reason": ""}, "Why is needed."),
        ({"birth_date": ""}, "Birth date is needed."),
        ({"mrn": ""}, "Hospital number is needed."),
        ({"mrn": "555"}, NOBODY),
        ({"mrn": "555000111"}, NOBODY),
        ({"birth_date": "15-Aug-1980"}, NOBODY),
        ({"mrn": "123 456 789"}, NOBODY),
    ],
)
def test_what_is_missing_or_matches_nobody_opens_nothing_and_says_no_more_than_that(
    changed: dict[str, str], field: str, client: Client, nurse: User, ward: Ward, hers: Patient
) -> None:
    client.force_login(nurse)
    answer = client.post(reverse("break_glass"), typed(**changed))
    assert answer.status_code == 422
    assert field in words_of(answer)
    assert (NOBODY in words_of(answer)) is (field == NOBODY)
    assert "Okafor" not in answer.content.decode()
    assert not BrokenGlass.objects.exists()
    refused = [(one.by_id, one.patient_id, one.details) for one in told("refused")]
    assert refused == ([(nurse.pk, None, {"page": "break_glass"})] if field == NOBODY else [])


def test_an_incomplete_form_reads_the_same_for_a_number_that_exists_and_one_that_does_not(
    client: Client, nurse: User, ward: Ward, hers: Patient
) -> None:
    client.force_login(nurse)
    answers = [client.post(reverse("break_glass"), typed(text="", mrn=mrn)) for mrn in ("555 000 1111", "123 456 789")]
    first, second = (words_of(one) for one in answers)
    assert first == second


def test_numbers_are_not_found_by_trying(client: Client, nurse: User, ward: Ward, hers: Patient) -> None:
    for number in range(TRIES):
        with pytest.raises(actions.Refused, match="No patient"):
            opened(nurse, hers, mrn=str(number))
    with pytest.raises(actions.Refused, match="10 times in 15 min"):
        opened(nurse, hers)
    assert not BrokenGlass.objects.exists()
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        assert opened(a_user("di"), hers).patient == hers


def test_who_may_not_chart_breaks_no_glass_and_nobody_breaks_it_for_their_own_ward(
    nurse: User, ward: Ward, patient: Patient, hers: Patient
) -> None:
    for role in (Role.ADMIN, Role.AUDITOR):
        with pytest.raises(PermissionDenied):
            opened(a_user(f"a {role}", role), hers)
    with pytest.raises(actions.Refused, match="of your wards"):
        opened(nurse, patient)
    assert not BrokenGlass.objects.exists()


def test_a_press_that_comes_twice_is_one_opening(nurse: User, ward: Ward, hers: Patient) -> None:
    once = uuid4()
    assert opened(nurse, hers, submission_id=once) == opened(nurse, hers, submission_id=once)
    with pytest.raises(actions.SubmissionConflict):
        opened(nurse, hers, submission_id=once, text="another")
    assert (BrokenGlass.objects.count(), len(told("break-glass"))) == (1, 1)


def test_it_ends_with_its_time_to_the_second(nurse: User, ward: Ward, hers: Patient) -> None:
    opening = opened(nurse, hers)
    with time_machine.travel(opening.until - timedelta(seconds=1), tick=False):
        assert hers in patients_for(nurse)
    with time_machine.travel(opening.until, tick=False):
        assert hers not in patients_for(nurse)


def test_it_ends_with_a_press_and_what_else_held_the_patient_open_ends_with_it(
    client: Client, nurse: User, ward: Ward, elsewhere: Ward, hers: Patient
) -> None:
    opened(nurse, hers)
    opened(nurse, hers, text="she is worse")
    client.force_login(nurse)
    page = client.get(reverse("patient_detail", args=[hers.pk]))
    answer = client.post(reverse("mend_glass", args=[hers.pk]), fields_of(page, "glass"))
    assert (answer.status_code, answer.headers["Location"]) == (302, reverse("break_glass"))
    assert hers not in patients_for(nurse)
    assert GlassEnd.objects.count() == 2
    assert [(one.ward, one.patient) for one in told("glass-mended")] == [(elsewhere, hers)]


def test_the_audit_trail_says_who_broke_it_why_and_what_they_opened_meanwhile(
    client: Client, nurse: User, ward: Ward, patient: Patient, elsewhere: Ward, hers: Patient
) -> None:
    client.force_login(nurse)
    client.post(reverse("break_glass"), typed())
    opening = BrokenGlass.objects.get()
    client.get(reverse("history", args=[hers.pk]))
    client.get(reverse("patient_detail", args=[patient.pk]))
    (broken,) = told("break-glass")
    assert (broken.by, broken.ward, broken.patient) == (nurse, elsewhere, hers)
    assert (broken.details["reason"], broken.details["glass"]) == ("consult", opening.pk)
    assert [one.details.get("glass") for one in told("opened-history")] == [opening.pk]
    assert [one.details.get("glass") for one in told("opened") if one.patient == patient] == [None]


def test_the_ward_s_own_physician_and_charge_nurse_read_it_on_the_history(
    client: Client, nurse: User, ward: Ward, elsewhere: Ward, hers: Patient
) -> None:
    opened(nurse, hers)
    for role, reads in ((Role.PHYSICIAN, True), (Role.CHARGE_NURSE, True), (Role.NURSE, False)):
        own = a_user(f"own {role}", role)
        own.wards.add(elsewhere)
        client.force_login(own)
        seen = words_of(client.get(reverse("history", args=[hers.pk])))
        assert (f"{nurse} , nurse. Consult that the ward asked for: «{WHY['text']}»" in seen) is reads, seen


def test_after_its_time_the_page_says_so_to_who_had_it_open_and_to_nobody_else(
    client: Client, nurse: User, ward: Ward, elsewhere: Ward, hers: Patient
) -> None:
    opening = opened(nurse, hers)
    with time_machine.travel(opening.until + timedelta(minutes=1)):
        client.force_login(nurse)
        answer = client.get(reverse("patient_detail", args=[hers.pk]), follow=True)
        assert answer.redirect_chain == [(reverse("break_glass"), 302)]
        until = f"{opening.until.astimezone(elsewhere.zone):%H:%M}"
        assert f"The patient of Ward 9 was open to you until {until}" in words_of(answer)
        part = client.get(reverse("patient_changed", args=[hers.pk]), headers={"HX-Request": "true"})
        assert part.status_code == 404
        client.force_login(a_user("di", Role.NURSE))
        assert client.get(reverse("patient_detail", args=[hers.pk])).status_code == 404


def test_what_was_typed_when_it_ended_is_not_recorded_and_is_in_the_form_once_it_is_open_again(
    client: Client, nurse: User, ward: Ward, hers: Patient
) -> None:
    opening = opened(nurse, hers)
    client.force_login(nurse)
    page = reverse("enter_result", args=[hers.pk])
    sent = fields_of(client.get(page), "act") | {"analyte": "ferritin", "value": "901"}
    actions.mend_glass(by=nurse, submission_id=uuid4(), opening=opening)
    answer = client.post(page, sent, follow=True)
    assert answer.redirect_chain == [(reverse("break_glass"), 302)]
    assert "Nothing was recorded now. What you typed is kept as your draft" in words_of(answer)
    assert not hers.results.exists()
    kept = client.post(reverse("keep_draft", args=[hers.pk]), sent | {"value": "902"}, headers={"HX-Request": "true"})
    assert (kept.status_code, kept.headers["X-Draft"]) == (204, "kept")
    assert Draft.objects.get().fields["value"] == ["902"]
    opened(nurse, hers)
    assert 'value="902"' in client.get(page).content.decode()


def test_the_database_keeps_to_the_hour_and_to_words(nurse: User, ward: Ward, hers: Patient) -> None:
    opening = opened(nurse, hers)
    columns = {
        name: getattr(opening, name) for name in ("patient", "ward", "reason", "text", "submission", "entered_by")
    }
    now = timezone.now()
    for changed in ({"until": now + timedelta(hours=2)}, {"until": now - timedelta(hours=2)}, {"text": " "}):
        values: dict[str, Any] = {**columns, "until": now + timedelta(minutes=30), "entered_at": now, **changed}
        with pytest.raises(IntegrityError, match="glass_"), transaction.atomic():
            BrokenGlass.objects.create(**values)


def test_a_transfer_by_broken_glass_says_that_it_lasts_and_what_it_takes_from_the_other_ward(
    client: Client, nurse: User, ward: Ward, patient: Patient, hers: Patient
) -> None:
    opened(nurse, hers)
    client.force_login(nurse)
    said = "takes the patient off the board of Ward 9, and your ward sees them from then on"
    assert said in words_of(client.get(reverse("transfer", args=[hers.pk])))
    assert "takes the patient off" not in words_of(client.get(reverse("transfer", args=[patient.pk])))
