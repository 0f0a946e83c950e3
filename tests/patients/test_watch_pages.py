"""Do the watch panels stand on the patient's page, each naming its criteria and what is missing, and grade nothing?"""

import re
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from grading import record
from grading.words import SCALES
from patients import actions
from patients.models import Patient, Role, User, Ward
from patients.permissions import READS
from patients.record import charted
from tests.patients.cast import a_patient, a_user, a_ward, an_assessment, hours_ago, the_infusion

CALM: dict[str, Any] = {"vasopressors": (), "constitutional": (), "organ_toxicity": {}}


@pytest.fixture
def ward(nurse: User) -> Ward:
    return a_ward(nurse)


@pytest.fixture
def patient(nurse: User, ward: Ward) -> Patient:
    return a_patient(nurse, ward, bed=ward.beds.get())


def a_result(by: User, patient: Patient, analyte: str, value: str, unit: str, hours: float = 2, **given: Any) -> None:
    limits: dict[str, Any] = {name: Decimal(limit) for name, limit in given.items()}
    actions.enter_result(
        by=by,
        submission_id=uuid4(),
        patient=patient,
        analyte=analyte,
        value=Decimal(value),
        unit=unit,
        at=hours_ago(hours),
        **limits,
    )


def page_of(client: Client, user: User, patient: Patient) -> str:
    client.force_login(user)
    return client.get(reverse("patient_detail", args=[patient.pk])).content.decode()


def panel(page: str, name: str) -> str:
    """The words of one panel."""
    found = re.search(rf'<section[^>]*aria-labelledby="watch-{name}">(.*?)</section>', page, re.DOTALL)
    assert found is not None
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", found[1]))


def test_without_results_each_criterion_is_unknown_and_says_what_is_missing(
    client: Client, nurse: User, patient: Patient
) -> None:
    page = page_of(client, nurse, patient)
    lysis = panel(page, "tumor-lysis")
    assert "Cannot be told yet (0 of 2 needed met)" in lysis
    for words in ("Missing: Uric acid in mg/dL", "Potassium in mmol/L", "Calcium in mg/dL; Albumin in g/dL"):
        assert words in lysis
    assert lysis.count("Unknown") == 4
    assert "they grade nothing and order nothing" in page


def test_uric_acid_and_potassium_at_their_limits_are_met_in_si_units_too(
    client: Client, nurse: User, patient: Patient
) -> None:
    a_result(nurse, patient, "uric-acid", "475.84", "umol/L")
    a_result(nurse, patient, "potassium", "6.0", "mmol/L")
    lysis = panel(page_of(client, nurse, patient), "tumor-lysis")
    assert "Criteria met (2 of 2 needed): look" in lysis
    assert "Uric acid 475.84 umol/L" in lysis
    assert "Cairo-Bishop laboratory criteria: two of four" in lysis


def test_a_childs_phosphate_limit_is_named(client: Client, nurse: User, ward: Ward) -> None:
    born = actions.Facts(birth_date=hours_ago(24 * 365 * 5).date())
    child = a_patient(nurse, ward, mrn="7", facts=born, weight_kg=None, height_cm=None)
    assert "Phosphate 6.5 mg/dL or more" in panel(page_of(client, nurse, child), "tumor-lysis")


def test_an_hlh_like_picture_is_looked_for_as_crs_resolves(client: Client, nurse: User, patient: Patient) -> None:
    a_result(nurse, patient, "ferritin", "12000", "ng/mL", upper_limit="300")
    a_result(nurse, patient, "fibrinogen", "1.4", "g/L")
    assert "Not met" in panel(page_of(client, nurse, patient), "hlh-like")
    low = {"systolic": Decimal(80), "diastolic": Decimal(45)}
    normal = {"systolic": Decimal(120), "diastolic": Decimal(70)}
    an_assessment(nurse, patient, 5, temperature_c=Decimal("39.5"), **low, **CALM)
    assert "Not met (2 of 3 needed met)" in panel(page_of(client, nurse, patient), "hlh-like")
    air = record.Oxygen(device="room-air")
    quiet: dict[str, Any] = {"temperature_c": Decimal("37.0"), "oxygen": air, "fluid_bolus": False}
    an_assessment(nurse, patient, 0.5, **quiet, **normal, **CALM)
    found = panel(page_of(client, nurse, patient), "hlh-like")
    assert "Criteria met (3 of 3 needed): look" in found
    assert "[H for the numbers]" in found


def test_panels_change_no_grade_and_no_suggestion(nurse: User, patient: Patient) -> None:
    an_assessment(nurse, patient, 1, temperature_c=Decimal("38.5"), **CALM)
    before = charted([the_infusion(patient)])[0].graded()
    a_result(nurse, patient, "uric-acid", "12", "mg/dL")
    a_result(nurse, patient, "potassium", "7", "mmol/L")
    after = charted([the_infusion(patient)])[0].graded()
    assert before.latest is not None
    assert after.latest is not None
    assert [after.latest.verdicts[scale].grade for scale in SCALES] == [
        before.latest.verdicts[scale].grade for scale in SCALES
    ]
    assert [step.id for step in after.suggestions] == [step.id for step in before.suggestions]


def test_organ_toxicity_follows_from_a_result_with_its_evidence_and_counts_for_lee(
    client: Client, nurse: User, patient: Patient
) -> None:
    a_result(nurse, patient, "creatinine", "310", "umol/L", upper_limit="100")
    an_assessment(nurse, patient, 1, temperature_c=Decimal("38.5"))
    organs = panel(page_of(client, nurse, patient), "organs")
    assert "Renal: grade 3" in organs
    assert "Creatinine 310 umol/L, upper limit 100" in organs
    graded = charted([the_infusion(patient)])[0].graded().latest
    assert graded is not None
    assert graded.verdicts["lee-2014"].grade == 3
    assert graded.verdicts["astct-2019"].grade == 1


def test_icans_stands_beside_the_crs_grade_and_never_in_it(client: Client, nurse: User, patient: Patient) -> None:
    an_assessment(nurse, patient, 1, temperature_c=Decimal("38.5"), ice_score=1, consciousness="to-touch")
    page = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page_of(client, nurse, patient)))
    assert "ICANS (ASTCT 2019), beside it and never in it: At least grade 3, severe" in page
    graded = charted([the_infusion(patient)])[0].graded().latest
    assert graded is not None
    assert graded.verdict is not None
    assert graded.verdict.grade == 1


def test_neurology_that_cannot_be_assessed_says_why_on_the_page(client: Client, nurse: User, patient: Patient) -> None:
    an_assessment(nurse, patient, 1, temperature_c=Decimal("38.5"), neurology_not_assessed="sedated")
    assert "cannot be assessed: sedated" in page_of(client, nurse, patient)


def test_an_onset_outside_its_window_leads_to_the_differential(client: Client, nurse: User, ward: Ward) -> None:
    early = actions.NewInfusion(cause="car-t", product="axicabtagene ciloleucel", started_at=hours_ago(6))
    patient = a_patient(nurse, ward, mrn="8", infusion=early)
    an_assessment(nurse, patient, 1, temperature_c=Decimal("38.5"))
    page = page_of(client, nurse, patient)
    assert "The onset lies outside the expected 1 to 14 days after the infusion: weigh other causes" in page
    assert '<a href="#suggestion-differential">' in page
    assert 'id="suggestion-differential"' in page


@pytest.mark.parametrize("role", sorted(READS))
def test_every_role_sees_the_panels(client: Client, patient: Patient, ward: Ward, role: Role) -> None:
    user = a_user(f"a {role}", role)
    user.wards.add(ward)
    page = page_of(client, user, patient)
    assert panel(page, "tumor-lysis")
    assert panel(page, "hlh-like")


def test_an_earlier_course_shows_no_panel_of_now(client: Client, nurse: User, patient: Patient) -> None:
    earlier = the_infusion(patient)
    second = actions.NewInfusion(cause="bispecific", product="blinatumomab", started_at=hours_ago(3))
    actions.start_infusion(by=nurse, submission_id=uuid4(), patient=patient, infusion=second)
    client.force_login(nurse)
    page = client.get(reverse("earlier_course", args=[patient.pk, earlier.pk])).content.decode()
    assert "watch-tumor-lysis" not in page
