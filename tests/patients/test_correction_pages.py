"""Is every kind of row corrected through its own form, withdrawn, undone, and moved to the patient it belongs to?"""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from patients import actions
from patients.models import (
    Assessment,
    Bed,
    Correction,
    Death,
    Height,
    Infusion,
    InfusionDose,
    InfusionEvent,
    LaboratoryResult,
    Patient,
    Role,
    Treatment,
    User,
    Ward,
    Weight,
)
from patients.models.correction import KINDS, MOVED, SEEN, SeenRow
from tests.patients.assess import fields_of
from tests.patients.cast import a_patient, a_user, a_ward, an_assessment, hours_ago
from tests.patients.pages import at, recorded, words_of

CHARTS = frozenset({Role.NURSE, Role.CHARGE_NURSE, Role.PHYSICIAN})
Open = Callable[[str, SeenRow], Any]


@pytest.fixture
def rows(nurse: User, physician: User, patient: Patient) -> dict[str, SeenRow]:
    """One row of each kind, as the nurse charted it; the death is the physician's."""
    entry: dict[str, Any] = {"by": nurse}
    infusion = patient.infusions.get()
    assessment = an_assessment(nurse, patient, 5, temperature_c=Decimal("39.5"))
    treatment = actions.give_treatment(
        patient=patient, drug="Actemra", dose=Decimal(560), unit="mg", at=hours_ago(4), submission_id=uuid4(), **entry
    )
    result = actions.enter_result(
        patient=patient,
        analyte="crp",
        value=Decimal("21.5"),
        unit="mg/dL",
        upper_limit=Decimal("0.5"),
        at=hours_ago(4),
        submission_id=uuid4(),
        **entry,
    )
    weight, height = actions.record_measurement(
        patient=patient, weight_kg=Decimal(72), height_cm=Decimal(171), at=hours_ago(4), submission_id=uuid4(), **entry
    )
    event = actions.record_infusion_event(
        infusion=infusion, action="interrupt", at=hours_ago(4), submission_id=uuid4(), **entry
    )
    dose = actions.record_dose_step(
        infusion=infusion, dose=Decimal(9), unit="mcg", at=hours_ago(4), submission_id=uuid4(), **entry
    )
    death = actions.record_death(
        by=physician, submission_id=uuid4(), patient=patient, at=hours_ago(0.1), due_to_crs=False
    )
    assert weight is not None and height is not None
    return {
        "assessment": assessment,
        "treatment": treatment,
        "result": result,
        "weight": weight,
        "height": height,
        "infusion_event": event,
        "infusion_dose": dose,
        "infusion": infusion,
        "death": death,
    }


def address(act: str, kind: str, row: SeenRow, patient: Patient) -> str:
    return reverse(f"{act}_{kind}", args=[patient.pk, row.pk])


def typed_in(client: Client, page: str) -> dict[str, Any]:
    """What a browser would post for a correction as it opened."""
    answer = client.get(page)
    assert answer.status_code == 200, words_of(answer)
    if "form" not in answer.context:
        return {}
    form = answer.context["form"]
    if form.is_bound:
        return fields_of(answer)
    return {name: form[name].value() or "" for name in form.fields}


def test_every_row_kind_has_its_pages() -> None:
    for act, kinds in (("correct", SEEN), ("move", MOVED), ("error", KINDS), ("undo", KINDS), ("restore", KINDS)):
        for kind in kinds:
            assert reverse(f"{act}_{kind}", args=[1, 2])


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("act", ["correct", "error", "move", "undo"])
def test_who_charts_corrects_and_nobody_else(
    role: Role, act: str, client: Client, rows: dict[str, SeenRow], patient: Patient, ward: Ward
) -> None:
    user = a_user(f"a {role}", role)
    user.wards.add(ward)
    client.force_login(user)
    for kind, row in rows.items():
        page = address(act, kind, row, patient)
        answer = client.post(page, {}) if act == "undo" else client.get(page)
        allowed = role in CHARTS if kind != "death" else role is Role.PHYSICIAN
        if not allowed:
            assert answer.status_code == 403, (kind, role)
        else:
            assert answer.status_code in (200, 302), (kind, role)
    assert not Correction.objects.exists()


@pytest.mark.parametrize("act", ["correct", "error", "move"])
def test_a_row_of_another_patient_does_not_exist(
    act: str, client: Client, nurse: User, rows: dict[str, SeenRow], patient: Patient, ward: Ward
) -> None:
    other = a_patient(nurse, ward, mrn="2002")
    client.force_login(nurse)
    for kind in rows.keys() - {"death"}:
        assert client.get(address(act, kind, rows[kind], other)).status_code == 404
        assert client.post(reverse(f"undo_{kind}", args=[other.pk, rows[kind].pk])).status_code == 404


@pytest.mark.parametrize(
    ("kind", "name", "text", "column", "value"),
    [
        ("assessment", "temperature", "38.5", "temperature_c", Decimal("38.5")),
        ("treatment", "dose", "568", "dose", Decimal(568)),
        ("result", "value", "2.15", "value", Decimal("2.15")),
        ("weight", "weight_kg", "71", "weight_kg", Decimal(71)),
        ("height", "height_cm", "172", "height_cm", Decimal(172)),
        ("infusion_event", "note", "line changed", "note", "line changed"),
        ("infusion_dose", "dose", "10", "dose", Decimal(10)),
        ("infusion", "lot", "A1", "lot", "A1"),
        ("death", "due_to_crs", "yes", "due_to_crs", True),
    ],
)
def test_a_correction_changes_one_value_and_leaves_every_other_as_it_was(
    kind: str,
    name: str,
    text: str,
    column: str,
    value: Any,
    client: Client,
    physician: User,
    rows: dict[str, SeenRow],
    patient: Patient,
) -> None:
    client.force_login(physician)
    row, page = rows[kind], address("correct", kind, rows[kind], patient)
    typed = typed_in(client, page) | {name: text, "reason": "typing"}
    answer = client.post(page, typed)
    assert recorded(answer, patient), answer.context["form"].problems
    correction = Correction.objects.get(**{kind: row})
    new = correction.replacement
    assert new is not None
    assert getattr(new, column) == value
    kept = {"id", "submission", "entered_by", "entered_at", "typed", "confirmed", "marked", "infusion", column}
    for other in row._meta.concrete_fields:
        if other.name not in kept:
            assert getattr(new, other.name) == getattr(row, other.name), other.name
    assert (correction.kind, correction.reason, correction.entered_by) == ("superseded", "typing", physician)
    assert getattr(type(row).objects.get(pk=row.pk), column) != value


def test_a_correction_without_a_reason_is_refused_and_nothing_typed_is_lost(
    client: Client, nurse: User, rows: dict[str, SeenRow], patient: Patient
) -> None:
    client.force_login(nurse)
    for kind in ("treatment", "weight", "assessment"):
        page = address("correct", kind, rows[kind], patient)
        typed = typed_in(client, page) | {"reason": "", "text": "a wrong key"}
        answer = client.post(page, typed)
        assert answer.status_code == 422
        assert "Choose a reason" in words_of(answer)
        assert "a wrong key" in answer.content.decode()
        answer = client.post(page, typed | {"reason": "other", "text": ""})
        assert answer.status_code == 422
        assert "Say why, where the reason is another" in words_of(answer)
    assert not Correction.objects.exists()


def test_a_correction_that_changes_nothing_is_refused(
    client: Client, nurse: User, rows: dict[str, SeenRow], patient: Patient
) -> None:
    client.force_login(nurse)
    for kind in rows.keys() - {"death"}:
        page = address("correct", kind, rows[kind], patient)
        answer = client.post(page, typed_in(client, page) | {"reason": "typing"})
        assert answer.status_code == 422, kind
        assert "Nothing was changed" in words_of(answer), kind


def test_what_was_entered_in_error_is_shown_nowhere_but_in_the_history(
    client: Client, nurse: User, rows: dict[str, SeenRow], patient: Patient
) -> None:
    client.force_login(nurse)
    page = address("error", "treatment", rows["treatment"], patient)
    answer = client.post(page, {"submission_id": str(uuid4()), "reason": "twice", "text": "given by the day shift"})
    assert recorded(answer, patient)
    shown = client.get(reverse("patient_detail", args=[patient.pk]))
    assert not shown.context["treatments"]
    assert "0 of 4" in words_of(shown)
    history = words_of(client.get(reverse("history", args=[patient.pk])))
    assert "Entered in error : charted twice, «given by the day shift»" in history


def test_one_s_own_slip_is_undone_in_one_press_and_stays_in_the_history(
    client: Client, nurse: User, patient: Patient
) -> None:
    row = an_assessment(nurse, patient, None, temperature_c=Decimal("39.5"))
    client.force_login(nurse)
    page = client.get(reverse("patient_detail", args=[patient.pk]))
    acts = page.context["assessments"][0].acts
    assert acts.undo
    answer = client.post(reverse("undo_assessment", args=[patient.pk, row.pk]), {"submission_id": acts.submission_id})
    assert recorded(answer, patient)
    again = client.get(reverse("patient_detail", args=[patient.pk]))
    assert not again.context["assessments"]
    assert "Undone: assessment" in words_of(again)
    assert "Undone : own slip" in words_of(client.get(reverse("history", args=[patient.pk])))


def test_a_double_tap_on_undo_undoes_once(client: Client, nurse: User, patient: Patient) -> None:
    row = an_assessment(nurse, patient, None, temperature_c=Decimal("39.5"))
    client.force_login(nurse)
    page, once = reverse("undo_assessment", args=[patient.pk, row.pk]), {"submission_id": str(uuid4())}
    assert recorded(client.post(page, once), patient)
    assert recorded(client.post(page, once), patient)
    assert Correction.objects.count() == 1


def test_undo_is_neither_offered_nor_done_after_ten_minutes_nor_to_another(
    client: Client, nurse: User, physician: User, patient: Patient
) -> None:
    row = an_assessment(nurse, patient, None, temperature_c=Decimal("39.5"))
    client.force_login(physician)
    page = client.get(reverse("patient_detail", args=[patient.pk]))
    assert not page.context["assessments"][0].acts.undo
    answer = client.post(
        reverse("undo_assessment", args=[patient.pk, row.pk]), {"submission_id": str(uuid4())}, follow=True
    )
    assert "Only what you recorded yourself is undone" in words_of(answer)
    with time_machine.travel(timezone.now() + timedelta(minutes=11), tick=True):
        client.force_login(nurse)
        later = client.get(reverse("patient_detail", args=[patient.pk]))
        assert not later.context["assessments"][0].acts.undo
    assert not Correction.objects.exists()


def test_undo_is_posted_never_opened(client: Client, nurse: User, patient: Patient) -> None:
    row = an_assessment(nurse, patient, None, temperature_c=Decimal("39.5"))
    client.force_login(nurse)
    assert client.get(reverse("undo_assessment", args=[patient.pk, row.pk])).status_code == 405


@pytest.fixture
def other(nurse: User, ward: Ward) -> Patient:
    bed = Bed.objects.create(ward=ward, label="2")
    return a_patient(nurse, ward, mrn="100 200 3003", family_name="Brown", given_name="Tom", bed=bed)


def test_a_row_charted_on_the_wrong_patient_is_moved_and_both_histories_name_the_other(
    client: Client, nurse: User, patient: Patient, other: Patient
) -> None:
    row = an_assessment(nurse, patient, 1, temperature_c=Decimal("39.5"))
    client.force_login(nurse)
    page = reverse("move_assessment", args=[patient.pk, row.pk])
    assert "Move it to" not in words_of(client.get(page))
    found = client.post(page, {"sought": "brown"})
    assert "Move it to BROWN, Tom, 100 200 3003" in words_of(found)
    assert recorded(client.post(page, {"submission_id": str(uuid4()), "to": other.pk}), patient)
    moved = other.assessments.get()
    assert (moved.temperature_c, moved.at) == (row.temperature_c, row.at)
    assert not patient.assessments.standing().exists()
    here = client.get(reverse("history", args=[patient.pk]))
    assert "Charted on the wrong patient : another patient&#x27;s" in words_of(here)
    assert f"{reverse('history', args=[other.pk])}#assessment-{moved.pk}" in here.content.decode()
    there = client.get(reverse("history", args=[other.pk])).content.decode()
    assert f"{reverse('history', args=[patient.pk])}#assessment-{row.pk}" in there


def test_nothing_is_moved_to_a_patient_of_another_ward(
    client: Client, nurse: User, patient: Patient, admin: User
) -> None:
    elsewhere = a_user("elsewhere", Role.NURSE)
    stranger = a_patient(elsewhere, a_ward(elsewhere, "Ward 9"), mrn="3003", family_name="Brown")
    row = an_assessment(nurse, patient, 1, temperature_c=Decimal("39.5"))
    client.force_login(nurse)
    page = reverse("move_assessment", args=[patient.pk, row.pk])
    assert "No other patient on your wards is found" in words_of(client.post(page, {"sought": "brown"}))
    assert client.post(page, {"submission_id": str(uuid4()), "to": stranger.pk}).status_code == 404
    assert not Correction.objects.exists()


def test_the_second_of_two_correctors_sees_both_versions_and_records_the_own_one(
    client: Client, nurse: User, physician: User, rows: dict[str, SeenRow], patient: Patient
) -> None:
    page = address("correct", "treatment", rows["treatment"], patient)
    client.force_login(nurse)
    mine = typed_in(client, page) | {"dose": "500", "reason": "misread"}
    theirs = actions.correct_row(
        by=physician, submission_id=uuid4(), row=rows["treatment"], values={"dose": Decimal(568)}, reason="typing"
    )
    answer = client.post(page, mine)
    assert answer.status_code == 409
    said = words_of(answer)
    assert "Not recorded: Physician One was first" in said
    for dose in ("560 mg", "568 mg", "500 mg"):
        assert dose in said
    assert answer.context["again"] == address("correct", "treatment", theirs, patient)
    again = dict(answer.context["fields"]) | {"submission_id": str(answer.context["submission_id"])}
    assert recorded(client.post(answer.context["again"], again), patient)
    assert [row.dose for row in patient.treatments.standing()] == [Decimal(500)]


def test_the_second_of_two_correctors_of_an_assessment_sees_both_versions_too(
    client: Client, nurse: User, physician: User, patient: Patient
) -> None:
    row = an_assessment(nurse, patient, 1, temperature_c=Decimal("39.5"))
    page = address("correct", "assessment", row, patient)
    client.force_login(nurse)
    mine = typed_in(client, page) | {"temperature": "38.1", "reason": "misread"}
    theirs = actions.correct_row(
        by=physician, submission_id=uuid4(), row=row, values={"temperature_c": Decimal("38.9")}, reason="typing"
    )
    by_script = client.post(page, mine, headers={"HX-Request": "true"})
    assert (by_script.status_code, by_script.headers["X-Refused"]) == (409, "row")
    answer = client.post(page, mine)
    said = words_of(answer)
    for temperature in ("39.5 °C", "38.9 °C", "38.1 °C"):
        assert temperature in said
    again = dict(answer.context["fields"]) | {"submission_id": str(answer.context["submission_id"])}
    assert answer.context["again"] == address("correct", "assessment", theirs, patient)
    assert recorded(client.post(answer.context["again"], again), patient)
    assert [one.temperature_c for one in patient.assessments.standing()] == [Decimal("38.1")]


def test_a_row_that_no_longer_stands_says_so_and_leads_to_what_holds(
    client: Client, nurse: User, physician: User, rows: dict[str, SeenRow], patient: Patient
) -> None:
    theirs = actions.correct_row(
        by=physician, submission_id=uuid4(), row=rows["weight"], values={"weight_kg": Decimal(70)}, reason="typing"
    )
    client.force_login(nurse)
    for act in ("correct", "error", "move"):
        answer = client.get(address(act, "weight", rows["weight"], patient))
        assert answer.status_code == 200
        assert "This row no longer stands" in words_of(answer)
        assert address("correct", "weight", theirs, patient) in answer.content.decode()


def test_an_improbable_value_is_asked_about_in_a_correction_too(
    client: Client, nurse: User, rows: dict[str, SeenRow], patient: Patient
) -> None:
    client.force_login(nurse)
    page = address("correct", "weight", rows["weight"], patient)
    typed = typed_in(client, page) | {"weight_kg": "27", "reason": "typing"}
    asked = client.post(page, typed)
    assert asked.status_code == 422
    assert "Not recorded yet: is this right?" in words_of(asked)
    token = asked.context["form"].questions.open[0].token
    assert recorded(client.post(page, typed | {"confirmed": token}), patient)


def test_a_corrected_result_is_asked_about_beside_the_patient_s_other_results(
    client: Client, nurse: User, rows: dict[str, SeenRow], patient: Patient
) -> None:
    actions.enter_result(
        by=nurse,
        submission_id=uuid4(),
        patient=patient,
        analyte="ferritin",
        value=Decimal(130000),
        unit="ng/mL",
        at=hours_ago(4),
    )
    client.force_login(nurse)
    page = address("correct", "result", rows["result"], patient)
    typed = typed_in(client, page) | {"unit": "mg/L", "upper_limit": "5", "reason": "wrong-unit"}
    asked = client.post(page, typed)
    assert asked.status_code == 422
    (question,) = asked.context["form"].questions.open
    assert recorded(client.post(page, typed | {"confirmed": question.token}), patient)


def test_a_late_entry_says_which_later_grades_it_changed(
    client: Client, nurse: User, patient: Patient, ward: Ward
) -> None:
    for hours in (3.0, 2.0, 1.0):
        an_assessment(nurse, patient, hours, spo2_percent=Decimal(97))
    client.force_login(nurse)
    page = reverse("assess", args=[patient.pk])
    typed = fields_of(client.get(page)) | {"temperature": "39.0", "seen_at": at(4, ward)}
    answer = client.post(page, typed, follow=True)
    said = words_of(answer)
    assert "3 later grades changed:" in said
    assert "grade 1" in said
    shown = client.get(reverse("assessments", args=[patient.pk]))
    assert shown.context["rows"][-1].late
    assert "entered" in words_of(shown)


def test_a_correction_says_which_later_grades_it_changed(client: Client, nurse: User, patient: Patient) -> None:
    row = an_assessment(nurse, patient, 3, temperature_c=Decimal("39.0"))
    an_assessment(nurse, patient, 2, spo2_percent=Decimal(97))
    client.force_login(nurse)
    page = address("error", "assessment", row, patient)
    answer = client.post(page, {"submission_id": str(uuid4()), "reason": "not-done"}, follow=True)
    assert "1 later grade changed:" in words_of(answer)


@pytest.mark.parametrize(
    "model", [Treatment, Weight, Height, LaboratoryResult, InfusionEvent, InfusionDose, Infusion, Death, Assessment]
)
def test_no_kind_is_forgotten(model: type[SeenRow]) -> None:
    assert model in KINDS.values()
