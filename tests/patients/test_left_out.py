"""Does every grade, wherever it is shown, say what it left out because it was judged to have another cause?"""

from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from grading import record
from patients import actions
from patients.formats import shown_moment
from patients.models import Patient, Signature, User
from patients.signatures import facts_changed
from tests.patients.cast import an_assessment, charted, hours_ago
from tests.patients.pages import words_of

MARK = "without hypotension: other cause"
CANNULA = record.Oxygen(device="nasal-cannula", flow_l_min=Decimal(4))
LOW = {"temperature_c": Decimal("38.9"), "systolic": Decimal(80), "diastolic": Decimal(50)}


def attribute(by: User, patient: Patient) -> None:
    actions.record_assessment(
        by=by,
        submission_id=uuid4(),
        patient=patient,
        assessment=charted(**LOW, oxygen=CANNULA, attributed_elsewhere=("hypotension",)),
        at=hours_ago(1),
        attribution_reason="bleeding into the thigh",
    )


def test_every_page_with_a_grade_says_what_it_left_out(
    client: Client, nurse: User, physician: User, patient: Patient
) -> None:
    assert patient.ward is not None
    physician.wards.add(patient.ward)
    an_assessment(nurse, patient, 2, temperature_c=Decimal("38.9"))
    attribute(nurse, patient)
    client.force_login(physician)
    key = [patient.pk]
    for page in ("patient_list", "board", "worklist"):
        assert MARK in words_of(client.get(reverse(page))), page
    for page in (
        "patient_detail",
        "assessments",
        "assess",
        "scales_over_time",
        "course_summary",
        "handover",
        "timeline",
    ):
        assert MARK in words_of(client.get(reverse(page, args=key))), page
    with timezone.override(patient.ward.zone):
        now = timezone.now()
        clock = f"{shown_moment(now)}:{timezone.localtime(now):%S}"
    known = client.post(reverse("known", args=key), {"moment": clock, "submission_id": str(uuid4())})
    assert words_of(known).count(MARK) >= 2, "then and now"


def test_the_maximum_says_what_was_left_out_on_the_way_to_it(client: Client, nurse: User, patient: Patient) -> None:
    attribute(nurse, patient)
    an_assessment(nurse, patient, 0.5, **LOW, attributed_elsewhere=())
    client.force_login(nurse)
    page = client.get(reverse("patient_detail", args=[patient.pk]))
    assert {row.name: row.maximum.left_out for row in page.context["scales"]} == {
        "ASTCT 2019": ("hypotension",),
        "Lee 2014": ("hypotension",),
        "CTCAE v5.0": ("hypotension",),
        "CTCAE v4.03": ("hypotension",),
        "ICANS (ASTCT 2019)": (),
    }
    assert page.context["graded"].verdict.left_out == ()


def test_a_signature_keeps_what_the_grade_left_out_and_the_pages_say_it(
    client: Client, nurse: User, physician: User, patient: Patient
) -> None:
    assert patient.ward is not None
    physician.wards.add(patient.ward)
    an_assessment(nurse, patient, 2, temperature_c=Decimal("38.9"))
    attribute(nurse, patient)
    client.force_login(physician)
    page = client.get(reverse("sign", args=[patient.pk]))
    asked = page.context["asked"]
    answer = client.post(
        reverse("sign", args=[patient.pk]),
        {
            "submission_id": str(uuid4()),
            "assessment": asked.assessment.pk,
            "basis": page.context["basis"],
            "signed": "",
            "answer": "confirm",
        },
    )
    assert answer.status_code == 302
    signature = Signature.objects.get()
    assert signature.basis["left_out"] == list(asked.verdict.left_out)


def test_an_older_signature_that_does_not_name_what_was_left_out_is_not_opened_by_it() -> None:
    now = {"scale": "astct-2019", "grade": 1, "at_most": 1, "met": [], "unknown": [], "left_out": ["hypotension"]}
    before = {name: value for name, value in now.items() if name != "left_out"}
    assert facts_changed(before, now) == ()
    assert facts_changed(now | {"left_out": []}, now) == (f"it is {MARK}",)
    assert facts_changed(now, now | {"left_out": []}) == ("it is no longer without what had another cause",)


def test_the_grades_beside_a_dose_say_what_they_left_out(client: Client, nurse: User, patient: Patient) -> None:
    attribute(nurse, patient)
    dose: dict[str, Any] = {"drug": "tocilizumab", "dose": Decimal(560), "unit": "mg", "route": "iv", "purpose": "crs"}
    actions.give_treatment(by=nurse, submission_id=uuid4(), patient=patient, at=hours_ago(0.5), **dose)
    an_assessment(nurse, patient, 0.25, **LOW, oxygen=CANNULA)
    client.force_login(nurse)
    said = words_of(client.get(reverse("patient_detail", args=[patient.pk])))
    ledger = said[said.index("Dose 1 of 4") :]
    ledger = ledger[: ledger.index("Next possible")]
    assert ledger.count(MARK) == 2, ledger
