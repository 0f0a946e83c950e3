"""Whose is a patient in this shift: who may say so, until when does it hold, and does every list know the same?"""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from patients import actions
from patients.assignments import assigned, mine
from patients.models import Assignment, Patient, Role, User, Ward
from patients.permissions import READS
from patients.shifts import Shift, shift_after, shift_before, shift_of
from tests.patients.cast import a_patient, a_user, a_ward
from tests.patients.pages import words_of


@pytest.fixture
def shift(ward: Ward) -> Shift:
    return shift_of(ward, datetime.now(UTC))


@pytest.fixture
def leader(ward: Ward, charge_nurse: User) -> User:
    charge_nurse.wards.add(ward)
    return charge_nurse


def on_ward(role: Role, ward: Ward, name: str = "somebody") -> User:
    user = a_user(name, role)
    user.wards.add(ward)
    return user


def taken(by: User, patient: Patient, shift: Shift, nurse: User | None = None, **seen: int) -> Assignment:
    return actions.assign(by=by, submission_id=uuid4(), patient=patient, nurse=nurse or by, shift=shift.start, **seen)


def before(nurse: User, patient: Patient, ward: Ward, shift: Shift) -> Assignment:
    """As the shift before was: no act writes what is past."""
    of = shift_before(ward, shift)
    return Assignment.objects.create(
        patient=patient,
        ward=ward,
        nurse=nurse,
        starts_at=of.start,
        ends_at=of.end,
        submission=ward.current.submission,
        entered_by=nurse,
        entered_at=of.start,
    )


def test_an_assignment_holds_to_the_end_of_its_shift_and_the_next_begins_with_nobody(
    nurse: User, patient: Patient, shift: Shift
) -> None:
    taken(nurse, patient, shift)
    for moment in (shift.start, shift.end - timedelta(seconds=1)):
        assert mine(nurse, moment) == {patient.pk}
        assert assigned([patient], moment) == {patient.pk: str(nurse)}
    for moment in (shift.start - timedelta(seconds=1), shift.end):
        assert mine(nurse, moment) == frozenset()
        assert assigned([patient], moment) == {}


def test_a_nurse_takes_for_herself_only_and_a_charge_nurse_gives_to_any_nurse_of_the_ward(
    nurse: User, physician: User, leader: User, ward: Ward, patient: Patient, shift: Shift
) -> None:
    other = on_ward(Role.NURSE, ward)
    with pytest.raises(PermissionDenied):
        taken(nurse, patient, shift, other)
    with pytest.raises(PermissionDenied):
        taken(physician, patient, shift)
    taken(leader, patient, shift, other)
    assert assigned([patient], shift.start) == {patient.pk: str(other)}
    stranger = a_user("stranger")
    for nobody in (physician, stranger):
        with pytest.raises(actions.Refused, match="is no nurse of"):
            taken(leader, patient, shift, nobody)


def test_who_takes_over_has_the_patient_and_a_nurse_hands_back_her_own_only(
    nurse: User, leader: User, ward: Ward, patient: Patient, shift: Shift
) -> None:
    other = on_ward(Role.NURSE, ward)
    now = shift.start
    with pytest.raises(actions.Refused, match="Nobody has this patient"):
        actions.unassign(by=nurse, submission_id=uuid4(), patient=patient, shift=now)
    taken(nurse, patient, shift)
    taken(other, patient, shift)
    assert not mine(nurse, now)
    assert mine(other, now) == {patient.pk}
    with pytest.raises(actions.Refused, match="a nurse hands back her own"):
        actions.unassign(by=nurse, submission_id=uuid4(), patient=patient, shift=now)
    actions.unassign(by=leader, submission_id=uuid4(), patient=patient, shift=now)
    assert assigned([patient], now) == {}


def test_the_second_of_two_who_take_a_patient_is_told_of_the_first(
    nurse: User, ward: Ward, patient: Patient, shift: Shift
) -> None:
    other = on_ward(Role.NURSE, ward)
    taken(other, patient, shift, opened_on=0)
    with pytest.raises(actions.Refused, match=f"{other} changed this meanwhile"):
        taken(nurse, patient, shift, opened_on=0)
    assert mine(nurse, shift.start) == frozenset()


def test_only_the_shift_that_runs_and_the_next_are_assigned(
    nurse: User, ward: Ward, patient: Patient, shift: Shift
) -> None:
    taken(nurse, patient, shift_after(ward, shift))
    for other in (shift_before(ward, shift), shift_after(ward, shift_after(ward, shift))):
        with pytest.raises(actions.Refused, match="The shift changed"):
            taken(nurse, patient, other)
    with pytest.raises(actions.Refused, match="The shift changed"):
        taken(nurse, patient, Shift(shift.start + timedelta(minutes=1), shift.end))


def test_who_left_the_ward_is_nobodys_there(nurse: User, ward: Ward, patient: Patient, shift: Shift) -> None:
    taken(nurse, patient, shift)
    elsewhere = a_ward(nurse, "Ward 8")
    actions.transfer(by=nurse, submission_id=uuid4(), patient=patient, ward=elsewhere)
    moved = Patient.objects.present().get(pk=patient.pk)
    now = datetime.now(UTC)
    assert (mine(nurse, now), assigned([moved], now)) == (frozenset(), {})
    actions.discharge(by=nurse, submission_id=uuid4(), patient=patient)
    with pytest.raises(actions.Refused, match="discharged"):
        taken(nurse, patient, shift)


def test_of_two_wards_each_shift_is_its_own_and_another_wards_patient_is_not_mine(
    nurse: User, ward: Ward, patient: Patient, shift: Shift
) -> None:
    taken(nurse, patient, shift)
    nurse.wards.remove(ward)
    assert mine(nurse, shift.start) == frozenset()


# --- The pages


def ward_form(client: Client, user: User, ward: Ward, page: str = "ward_assignments") -> dict[str, Any]:
    """What the page would post, as it was opened."""
    client.force_login(user)
    answer = client.get(reverse(page, args=[ward.pk]))
    form = answer.context["form"]
    return {field.html_name: "" if (value := field.value()) is None else str(value) for field in form}


@pytest.mark.parametrize("role", sorted(READS))
def test_everybody_sees_who_has_whom_and_a_charge_nurse_alone_assigns_the_ward(
    role: Role, client: Client, nurse: User, ward: Ward, patient: Patient, shift: Shift
) -> None:
    taken(nurse, patient, shift)
    user = on_ward(role, ward)
    values = ward_form(client, user, ward)
    page = client.get(reverse("ward_assignments", args=[ward.pk]))
    assert str(nurse) in words_of(page)
    assert ("<select" in page.content.decode()) is (role == Role.CHARGE_NURSE)
    answer = client.post(reverse("ward_assignments", args=[ward.pk]), values | {f"nurse_{patient.pk}": ""})
    assert answer.status_code == (302 if role == Role.CHARGE_NURSE else 403)
    assert (Assignment.objects.count() == 2) is (role == Role.CHARGE_NURSE)


@pytest.mark.parametrize("role", sorted(READS))
def test_nurses_take_and_hand_back_on_the_patients_page(
    role: Role, client: Client, ward: Ward, patient: Patient, shift: Shift
) -> None:
    user = on_ward(role, ward)
    client.force_login(user)
    may = role in {Role.NURSE, Role.CHARGE_NURSE}
    page = client.get(reverse("patient_detail", args=[patient.pk]))
    assert "nobody's" in words_of(page).replace("&#x27;", "'")
    assert ("Take " in words_of(page)) is may
    for act, has in (("take_patient", may), ("hand_back", False)):
        nurse = client.get(reverse("patient_detail", args=[patient.pk])).context["nurse"]
        values = {"submission_id": nurse.submission_id, "shift": nurse.shift, "opened_on": nurse.opened_on}
        answer = client.post(reverse(act, args=[patient.pk]), values)
        assert answer.status_code == (302 if may else 403)
        assert (mine(user, shift.start) == {patient.pk}) is has


def test_one_form_assigns_the_whole_ward_in_one_write_and_a_second_tap_writes_nothing(
    client: Client, nurse: User, leader: User, ward: Ward, patient: Patient, shift: Shift
) -> None:
    second = a_patient(nurse, ward, mrn="2", family_name="Ahlgren", given_name="Eva")
    third = a_patient(nurse, ward, mrn="3", family_name="Berg", given_name="Ida")
    taken(nurse, third, shift)
    values = ward_form(client, leader, ward)
    values |= {f"nurse_{patient.pk}": str(nurse.pk), f"nurse_{second.pk}": str(leader.pk)}
    for _ in range(2):
        assert client.post(reverse("ward_assignments", args=[ward.pk]), values).status_code == 302
    assert assigned([patient, second, third], shift.start) == {
        patient.pk: str(nurse),
        second.pk: str(leader),
        third.pk: str(nurse),
    }
    assert Assignment.objects.count() == 3
    assert len({row.submission_id for row in Assignment.objects.filter(entered_by=leader)}) == 1


def test_what_a_nurse_took_meanwhile_is_said_before_it_is_overridden(
    client: Client, nurse: User, leader: User, ward: Ward, patient: Patient, shift: Shift
) -> None:
    values = ward_form(client, leader, ward) | {f"nurse_{patient.pk}": str(leader.pk)}
    taken(nurse, patient, shift)
    address = reverse("ward_assignments", args=[ward.pk])
    answer = client.post(address, values)
    assert answer.status_code == 422
    assert f"Assigned meanwhile: {patient} to {nurse}, by {nurse}" in words_of(answer)
    assert mine(nurse, shift.start) == {patient.pk}
    form = answer.context["form"]
    assert form[f"nurse_{patient.pk}"].value() == str(leader.pk)
    assert (
        client.post(address, values | {f"opened_on_{patient.pk}": form[f"opened_on_{patient.pk}"].value()}).status_code
        == 302
    )
    assert mine(leader, shift.start) == {patient.pk}


def test_copying_from_the_shift_before_shows_its_nurses_where_nobody_is_yet_and_writes_nothing_until_recorded(
    client: Client, nurse: User, leader: User, ward: Ward, patient: Patient, shift: Shift
) -> None:
    second = a_patient(nurse, ward, mrn="2", family_name="Ahlgren", given_name="Eva")
    gone = on_ward(Role.NURSE, ward, "gone")
    third = a_patient(nurse, ward, mrn="3", family_name="Berg", given_name="Ida")
    for who, whom in ((nurse, patient), (nurse, second), (gone, third)):
        before(who, whom, ward, shift)
    gone.wards.clear()
    taken(leader, second, shift)
    values = ward_form(client, leader, ward, "copy_assignments")
    assert [values[f"nurse_{one.pk}"] for one in (patient, second, third)] == [str(nurse.pk), str(leader.pk), ""]
    assert assigned([patient, second, third], shift.start) == {second.pk: str(leader)}
    assert client.post(reverse("ward_assignments", args=[ward.pk]), values).status_code == 302
    assert assigned([patient, second, third], shift.start) == {patient.pk: str(nurse), second.pk: str(leader)}


def test_the_next_shift_is_assigned_ahead_and_changes_nothing_in_this_one(
    client: Client, nurse: User, leader: User, ward: Ward, patient: Patient, shift: Shift
) -> None:
    values = ward_form(client, leader, ward, "next_assignments") | {f"nurse_{patient.pk}": str(nurse.pk)}
    assert client.post(reverse("next_assignments", args=[ward.pk]), values).status_code == 302
    assert mine(nurse, shift.start) == frozenset()
    assert mine(nurse, shift.end) == {patient.pk}


def test_the_assignments_of_another_ward_do_not_exist(client: Client, leader: User, admin: User) -> None:
    other = a_ward(admin, "Ward 9")
    client.force_login(leader)
    for page in ("ward_assignments", "next_assignments", "copy_assignments"):
        assert client.get(reverse(page, args=[other.pk])).status_code == 404


def test_a_press_on_a_page_of_the_shift_before_records_nothing_and_says_why(
    client: Client, nurse: User, ward: Ward, patient: Patient, shift: Shift
) -> None:
    client.force_login(nurse)
    past = shift_before(ward, shift).start.isoformat()
    values = {"submission_id": str(uuid4()), "shift": past, "opened_on": "0"}
    answer = client.post(reverse("take_patient", args=[patient.pk]), values, follow=True)
    assert "The shift changed since this page was opened." in words_of(answer)
    assert not Assignment.objects.exists()
    answer = client.post(reverse("take_patient", args=[patient.pk]), {"shift": "soon"}, follow=True)
    assert "could not be recorded" in words_of(answer)
