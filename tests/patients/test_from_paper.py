"""Back-entry: does what comes from paper say who observed and who transcribed it, at the time on the sheet?"""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from grading import record
from patients import actions
from patients.models import Assessment, LaboratoryResult, Patient, Treatment, User, Ward, Weight
from patients.models.submission import EnteredRow, Transcribed
from patients.record import charted
from tests.patients.assess import Form
from tests.patients.cast import a_patient, hours_ago
from tests.patients.cast import charted as sheet
from tests.patients.pages import at, words_of

FEVER = sheet(temperature_c=Decimal("39.0"))
BOTH = "transcribed by Nurse One, observed by Eve Lind"
Act = Callable[..., Any]


def acts(nurse: User, patient: Patient) -> list[tuple[type[EnteredRow], Act]]:
    given: dict[str, Any] = {"by": nurse, "patient": patient}
    antipyretic = record.Treatment(at=FEVER.at, drug="acetaminophen")
    return [
        (Assessment, lambda **o: actions.record_assessment(**given, assessment=FEVER, antipyretic=antipyretic, **o)),
        (Treatment, lambda **o: actions.give_treatment(**given, drug="tocilizumab", **o)),
        (LaboratoryResult, lambda **o: actions.enter_result(**given, analyte="crp", value=Decimal(5), **o)),
        (Weight, lambda **o: actions.record_measurement(**given, weight_kg=Decimal(71), **o)),
    ]


def test_every_row_from_paper_keeps_who_observed_it_at_the_time_on_the_sheet(nurse: User, patient: Patient) -> None:
    for number, (model, act) in enumerate(acts(nurse, patient)):
        once = {"submission_id": uuid4(), "at": hours_ago(9 - number), "observed_by": "  Eve  Lind "}
        act(**once)
        act(**once)
        row: Any = model._default_manager.latest("id")
        assert (row.observed_by_text, row.observed_by, row.entered_by, row.at) == ("Eve Lind", None, nurse, once["at"])
    beside = Treatment.objects.get(drug="acetaminophen")
    assert beside.observed_by_text == "Eve Lind"
    assert Treatment.objects.count() == 2


def test_without_the_time_on_the_sheet_nothing_is_recorded(nurse: User, patient: Patient) -> None:
    for _, act in acts(nurse, patient):
        with pytest.raises(actions.Refused, match="type when it was observed") as refused:
            act(submission_id=uuid4(), at=None, observed_by="Eve Lind")
        assert set(refused.value.errors) == {"at"}
    assert not Assessment.objects.exists()


def test_a_name_that_one_of_the_wards_people_alone_has_is_that_person(
    nurse: User, physician: User, ward: Ward, patient: Patient
) -> None:
    def observed(name: str) -> Any:
        row = actions.enter_result(
            by=nurse, submission_id=uuid4(), patient=patient, analyte="crp", value=Decimal(5), at=hours_ago(5),
            observed_by=name,
        )  # fmt: skip
        return row.observed_by

    assert observed("physician one") == physician
    twin = User.objects.create_user(username="twin", role="nurse", display_name=str(physician))
    assert observed("Physician One") == physician
    twin.wards.add(ward)
    assert observed("Physician One") is None


def test_corrections_undoing_and_moving_to_another_patient_keep_who_observed_it(
    nurse: User, ward: Ward, patient: Patient
) -> None:
    other = a_patient(nurse, ward, mrn="2", family_name="Ahlgren", given_name="Eva")
    values: dict[str, dict[str, Any]] = {
        "Assessment": {"temperature_c": Decimal("39.4")},
        "Treatment": {"dose": Decimal(560), "unit": "mg"},
        "LaboratoryResult": {"value": Decimal(6)},
        "Weight": {"weight_kg": Decimal(72)},
    }
    for model, act in acts(nurse, patient):
        act(submission_id=uuid4(), at=hours_ago(5), observed_by="Physician One")
        row: Any = model._default_manager.latest("id")
        better: Any = actions.correct_row(
            by=nurse, submission_id=uuid4(), row=row, values=values[model.__name__], reason="typing"
        )
        moved: Any = actions.move_to_patient(by=nurse, submission_id=uuid4(), row=better, to=other)
        for one in (better, moved):
            assert isinstance(one, Transcribed)
            assert (one.observed_by_text, one.observed_by) == (row.observed_by_text, row.observed_by)
        assert row.observed_by is not None


def test_as_known_then_goes_by_the_entry_and_not_by_the_sheet(
    client: Client, nurse: User, ward: Ward, patient: Patient
) -> None:
    row = actions.record_assessment(
        by=nurse, submission_id=uuid4(), patient=patient, assessment=FEVER, at=hours_ago(9), observed_by="Eve Lind"
    )
    infusion = patient.infusions.get()
    assert charted([infusion], known_at=row.entered_at - timedelta(microseconds=1))[0].graded().latest is None
    assert charted([infusion], known_at=row.entered_at)[0].graded().latest is not None
    client.force_login(nurse)
    page = client.post(reverse("known", args=[patient.pk]), {"submission_id": str(uuid4()), "moment": at(3, ward)})
    assert "Not known then" in words_of(page)
    assert BOTH in words_of(page)


def test_the_forms_offer_it_ask_for_the_time_and_the_pages_say_both_names(
    client: Client, nurse: User, ward: Ward, patient: Patient
) -> None:
    client.force_login(nurse)
    forms: dict[str, dict[str, str]] = {
        "give_treatment": {"drug": "anakinra"},
        "enter_result": {"analyte": "crp", "value": "5", "unit": "mg/L"},
        "record_measurement": {"height_cm": "171"},
    }
    for name, typed in forms.items():
        address = reverse(name, args=[patient.pk])
        opened = client.get(address).content.decode()
        assert "From paper" in opened
        assert f'<option value="{nurse}">' in opened
        values = {"submission_id": str(uuid4()), "observed_by": "Eve Lind"} | typed
        refused = client.post(address, values)
        assert refused.status_code == 422, name
        assert "type when it was observed" in words_of(refused)
        assert '<details class="section" open><summary>From paper' in refused.content.decode()
        answer = client.post(address, values | {"at": at(5, ward)})
        assert answer.status_code == 302, (name, answer.context["form"].problems)
    for name in ("treatments", "results", "history"):
        assert BOTH in words_of(client.get(reverse(name, args=[patient.pk]))), name


def test_the_assessment_form_takes_it_too(client: Client, nurse: User, ward: Ward, patient: Patient) -> None:
    client.force_login(nurse)
    form = Form(nurse, patient).fill(temperature="39.0", observed_by="Eve Lind")
    refused = client.post(form.address, form.values)
    assert refused.status_code == 422
    assert "type when it was observed" in words_of(refused)
    assert client.post(form.address, form.fill(seen_at=at(5, ward)).values).status_code == 302
    assert Assessment.objects.get().observed_by_text == "Eve Lind"
    for name in ("patient_detail", "assessments", "history"):
        assert BOTH in words_of(client.get(reverse(name, args=[patient.pk]))), name
