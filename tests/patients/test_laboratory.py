"""Are results entered in the unit they were printed in, shown converted, and asked about where units clash?"""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from patients import actions
from patients.formats import shown_moment
from patients.models import LaboratoryResult, Patient, Role, User, Ward
from patients.record import charted
from tests.patients.cast import a_patient, a_user, a_ward, an_assessment, hours_ago, the_infusion

Answer = Any
Post = Callable[..., Answer]


@pytest.fixture
def ward(nurse: User) -> Ward:
    return a_ward(nurse)


@pytest.fixture
def patient(nurse: User, ward: Ward) -> Patient:
    return a_patient(nurse, ward, bed=ward.beds.get())


@pytest.fixture
def post(client: Client, nurse: User, patient: Patient) -> Post:
    client.force_login(nurse)

    def sent(**typed: Any) -> Any:
        address = reverse("enter_result", args=[patient.pk])
        return client.post(address, {"submission_id": str(uuid4())} | typed)

    return sent


def words_of(answer: Answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.content.decode()))


def a_result(by: User, patient: Patient, analyte: str, value: str, unit: str, hours: float = 2, **given: Any) -> None:
    actions.enter_result(
        by=by,
        submission_id=uuid4(),
        patient=patient,
        analyte=analyte,
        value=Decimal(value),
        unit=unit,
        at=hours_ago(hours),
        **given,
    )


def page_of(client: Client, user: User, patient: Patient, name: str = "patient_detail") -> str:
    client.force_login(user)
    return words_of(client.get(reverse(name, args=[patient.pk])))


# --- Units


@pytest.mark.parametrize(
    ("typed", "unit", "shown"),
    [
        ("Creatinine", "µmol/L", "about 1.504 mg/dL"),
        ("Bilirubin", "umol/L", "about 7.776 mg/dL"),
        ("CRP", "mg/dL", "= 1,330 mg/L"),
        ("Fibrinogen", "g/L", "= 13,300 mg/dL"),
        ("Uric acid", "umol/L", "about 2.236 mg/dL"),
        ("Phosphate", "mmol/L", "about 411.9 mg/dL"),
        ("Calcium", "mmol/L", "about 533.1 mg/dL"),
        ("Triglycerides", "mmol/L", "about 11,780 mg/dL"),
        ("Ferritin", "µg/L", "133 µg/L"),
        ("ANC", "/uL", "= 0.133 10^9/L"),
    ],
)
def test_a_result_is_kept_as_typed_and_shown_in_the_unit_that_is_reckoned_with(
    post: Post, client: Client, nurse: User, patient: Patient, typed: str, unit: str, shown: str
) -> None:
    assert post(analyte=typed, value="133", unit=unit).status_code == 302
    row = LaboratoryResult.objects.get()
    assert (row.value, row.unit) == (Decimal(133), unit)
    assert row.typed["value"]["text"] == "133"
    page = page_of(client, nurse, patient)
    assert f"133 {unit}".replace(" /", "/") in page
    assert shown in page


def test_a_unit_is_needed_where_an_analyte_has_some_and_they_are_offered(post: Post) -> None:
    answer = post(analyte="CRP", value="21.5")
    assert answer.status_code == 422
    assert "CRP is not read without one" in words_of(answer)
    for unit in ("mg/L", "mg/dL"):
        assert f'name="fill" value="unit={unit}"' in answer.content.decode()
    filled = post(analyte="CRP", value="21.5", fill="unit=mg/dL")
    assert filled.status_code == 200
    assert 'value="mg/dL"' in filled.content.decode()
    assert not LaboratoryResult.objects.exists()


def test_an_inr_needs_no_unit_and_an_analyte_of_no_table_any_or_none(post: Post) -> None:
    assert post(analyte="INR", value="1.4", upper_limit="1.2").status_code == 302
    assert post(analyte="Presepsin", value="812").status_code == 302
    assert set(LaboratoryResult.objects.values_list("unit", flat=True)) == {None}


def test_a_free_unit_is_asked_about_then_kept_and_said_to_be_unknown_to_the_rules(
    post: Post, client: Client, nurse: User, patient: Patient
) -> None:
    answer = post(analyte="ANC", value="450", unit="per field")
    assert answer.status_code == 422
    assert "«per field» is not a unit known here for ANC" in words_of(answer)
    assert post(analyte="ANC", value="450", unit="per field", confirmed="unit=per field").status_code == 302
    assert "unit not known: unknown to every rule that needs it" in page_of(client, nurse, patient)


@pytest.mark.parametrize(
    ("unit", "said"),
    [
        ("/uL", "ANC below 0.5"),
        ("10^9/L", "ANC at or above 0.5"),
        ("per field", "ANC unknown"),
    ],
)
def test_450_per_microliter_is_never_read_as_450_10_9_per_liter(
    nurse: User, patient: Patient, unit: str, said: str
) -> None:
    a_result(nurse, patient, "anc", "450", unit)
    an_assessment(nurse, patient, 1, temperature_c=Decimal("38.5"))
    steps = {step.id: step for step in charted([the_infusion(patient)])[0].graded().suggestions}
    assert said in " ".join(steps["exclude-infection"].because)


# --- What is offered


def test_the_units_of_the_analyte_are_offered_without_a_script_too(post: Post) -> None:
    answer = post(analyte="Creatinine", fill="")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "is needed" not in words_of(answer)
    shown = re.search(r'data-offer-of="creatinine"[^>]*>', page)
    assert shown is not None
    assert "hidden" not in shown[0]
    assert 'data-offer-of="crp" data-named="CRP" hidden' in page


def test_unit_and_limits_of_the_last_result_are_offered_and_never_carried_over_silently(
    post: Post, client: Client, nurse: User, patient: Patient
) -> None:
    a_result(nurse, patient, "creatinine", "133", "umol/L", lower_limit=Decimal(60), upper_limit=Decimal(110))
    page = client.get(reverse("enter_result", args=[patient.pk])).content.decode()
    assert 'value="umol/L"' not in page.replace('value="unit=umol/L"', "")
    assert "Use its unit and limits: umol/L, 60 to 110" in page
    used = post(analyte="Creatinine", value="150", use="creatinine")
    assert used.status_code == 200
    for value in ("150", "umol/L", "60", "110"):
        assert f'value="{value}"' in used.content.decode()
    assert LaboratoryResult.objects.count() == 1


def test_a_withdrawn_result_offers_nothing(post: Post, client: Client, nurse: User, patient: Patient) -> None:
    assert "Use its unit" not in client.get(reverse("enter_result", args=[patient.pk])).content.decode()


# --- What does not fit together


def test_a_crp_of_21_5_mg_per_l_beside_a_ferritin_of_130_000_is_asked_about(
    post: Post, client: Client, nurse: User, patient: Patient
) -> None:
    a_result(nurse, patient, "ferritin", "130000", "ng/mL")
    answer = post(analyte="CRP", value="21.5", unit="mg/L")
    assert answer.status_code == 422
    assert "CRP 21.5 mg/L beside a ferritin of 130,000 ng/mL: mg/dL is likely" in words_of(answer)
    assert 'name="fill" value="unit=mg/dL"' in answer.content.decode()
    assert post(analyte="CRP", value="21.5", unit="mg/dL").status_code == 302
    assert post(analyte="CRP", value="21.5", unit="mg/L", confirmed="value=21.5 mg/L").status_code == 302
    assert [one["field"] for one in LaboratoryResult.objects.latest("id").confirmed] == ["value"]
    assert "beside a ferritin of 130,000 ng/mL: mg/dL is likely" in page_of(client, nurse, patient)


def test_the_ferritin_entered_after_such_a_crp_asks_too(post: Post, nurse: User, patient: Patient) -> None:
    a_result(nurse, patient, "crp", "21.5", "mg/L")
    answer = post(analyte="Ferritin", value="130000", unit="ng/mL")
    assert answer.status_code == 422
    assert "If it was, correct that CRP" in words_of(answer)
    again = post(analyte="Ferritin", value="130000", unit="ng/mL", confirmed="value=130,000 ng/mL")
    assert again.status_code == 302


# --- D-dimer


def test_d_dimer_in_feu_and_in_ddu_are_two_analytes(post: Post, client: Client, nurse: User, patient: Patient) -> None:
    assert post(analyte="D-dimer", value="4.2", unit="mg/L FEU").status_code == 302
    assert post(analyte="D-dimer", value="2.1", unit="mg/L DDU").status_code == 302
    assert set(LaboratoryResult.objects.values_list("analyte", flat=True)) == {"d-dimer", "d-dimer-ddu"}
    assert "D-dimer (DDU)" in page_of(client, nurse, patient)


def test_a_d_dimer_that_says_neither_is_asked_about_and_joined_with_none(
    post: Post, client: Client, nurse: User, patient: Patient
) -> None:
    answer = post(analyte="D-dimer", value="4.2", unit="mg/L")
    assert answer.status_code == 422
    assert "does not say FEU or DDU" in words_of(answer)
    assert 'value="unit=mg/L DDU"' in answer.content.decode()
    assert post(analyte="D-dimer", value="4.2", unit="mg/L", confirmed="unit=mg/L").status_code == 302
    assert "FEU or DDU not said: compared with no other" in page_of(client, nurse, patient)


def test_a_d_dimer_of_either_kind_answers_the_evaluation(nurse: User, patient: Patient) -> None:
    a_result(nurse, patient, "d-dimer-ddu", "2.1", "mg/L DDU")
    an_assessment(nurse, patient, 1, temperature_c=Decimal("38.5"))
    steps = {step.id: step for step in charted([the_infusion(patient)])[0].graded().suggestions}
    assert "D-dimer" not in " ".join((*steps["evaluate"].because, *steps["evaluate"].steps[-1:]))


# --- The table


@pytest.mark.parametrize("name", ["patient_detail", "results"])
def test_the_rise_over_the_patients_own_baseline_is_shown_across_units(
    client: Client, nurse: User, patient: Patient, name: str
) -> None:
    a_result(nurse, patient, "crp", "5", "mg/L", hours=60)
    a_result(nurse, patient, "crp", "21.5", "mg/dL")
    a_result(nurse, patient, "il-6", "3", "pg/mL", hours=60)
    a_result(nurse, patient, "il-6", "1200", "ng/L")
    page = page_of(client, nurse, patient, name)
    assert "43 × own baseline (5 mg/L" in page
    assert "400 × own baseline (3 pg/mL" in page


def test_a_crp_after_tocilizumab_under_any_of_its_names_is_labelled(
    client: Client, nurse: User, patient: Patient
) -> None:
    a_result(nurse, patient, "crp", "215", "mg/L", hours=5)
    actions.give_treatment(
        by=nurse,
        submission_id=uuid4(),
        patient=patient,
        drug="Tyenne",
        dose=Decimal(560),
        unit="mg",
        route="iv",
        purpose="crs",
        at=hours_ago(4),
    )
    a_result(nurse, patient, "crp", "40", "mg/L", hours=2)
    page = page_of(client, nurse, patient)
    assert page.count("after tocilizumab: no longer tracks severity") == 1


def test_a_result_shows_the_organ_grade_that_follows_and_why_it_gives_none(
    client: Client, nurse: User, patient: Patient
) -> None:
    a_result(nurse, patient, "alt", "241", "U/L", upper_limit=Decimal(40))
    a_result(nurse, patient, "ast", "241", "U/L")
    page = page_of(client, nurse, patient)
    assert "transaminitis grade 3 [C4]" in page
    assert "no upper limit: gives no organ grade" in page


def test_a_late_result_is_drawn_as_late(post: Post, client: Client, nurse: User, patient: Patient, ward: Ward) -> None:
    with timezone.override(ward.zone):
        at = shown_moment(timezone.now() - timedelta(hours=3))
    assert post(analyte="CRP", value="12", unit="mg/L", at=at).status_code == 302
    assert 'class="late"' in client.get(reverse("patient_detail", args=[patient.pk])).content.decode()


# --- Who


@pytest.mark.parametrize("role", list(Role))
def test_who_charts_enters_results_and_nobody_else(client: Client, patient: Patient, ward: Ward, role: Role) -> None:
    user = a_user(f"a {role}", role)
    user.wards.add(ward)
    client.force_login(user)
    typed = {"submission_id": str(uuid4()), "analyte": "CRP", "value": "12", "unit": "mg/L"}
    answer = client.post(reverse("enter_result", args=[patient.pk]), typed)
    charts = role in (Role.NURSE, Role.CHARGE_NURSE, Role.PHYSICIAN)
    assert answer.status_code == (302 if charts else 403)
    assert LaboratoryResult.objects.exists() is charts
