"""May each role open each page, and does every form page answer?"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from django.urls import get_resolver, reverse

from patients import actions
from patients.models import Patient, Role, User, Ward
from patients.models.correction import KINDS, MOVED, SEEN
from patients.urls import urlpatterns
from tests.patients.cast import a_patient, a_user, a_ward, an_assessment, hours_ago

EVERYONE: Final = frozenset(Role)
CHARTS: Final = frozenset({Role.NURSE, Role.CHARGE_NURSE, Role.PHYSICIAN})

# Every page of the ward with the roles that may open it; the others get 403.
PAGES: Final[Mapping[str, frozenset[Role]]] = {
    "board": EVERYONE,
    "board_rows": EVERYONE,
    "patient_list": EVERYONE,
    "worklist": frozenset({Role.PHYSICIAN}),
    "worklist_rows": frozenset({Role.PHYSICIAN}),
    "patient_changed": EVERYONE,
    "patient_detail": EVERYONE,
    "earlier_course": EVERYONE,
    "assessments": EVERYONE,
    "treatments": EVERYONE,
    "results": EVERYONE,
    "history": EVERYONE,
    "scales_over_time": EVERYONE,
    "earlier_scales": EVERYONE,
    "course_summary": EVERYONE,
    "timeline": EVERYONE,
    "earlier_timeline": EVERYONE,
    "handover": EVERYONE,
    "ward_handover": EVERYONE,
    "blank_sheet": EVERYONE,
    "known": EVERYONE,
    "my_patients": frozenset({Role.NURSE, Role.CHARGE_NURSE}),
    "ward_assignments": EVERYONE,
    "next_assignments": EVERYONE,
    "copy_assignments": frozenset({Role.CHARGE_NURSE}),
    "admit_patient": CHARTS,
    "assess": CHARTS,
    "raise_concern": CHARTS,
    "pause_monitoring": CHARTS,
    "sign": frozenset({Role.PHYSICIAN}),
    "give_treatment": CHARTS,
    "enter_result": CHARTS,
    "record_measurement": CHARTS,
    "change_facts": CHARTS,
    "start_infusion": CHARTS,
    "dose_step": CHARTS,
    "infusion_event": CHARTS,
    "rename_patient": CHARTS,
    "transfer": CHARTS,
    "readmit": CHARTS,
    "discharge": CHARTS,
    "choose_protocol": frozenset({Role.PHYSICIAN}),
    "record_death": frozenset({Role.PHYSICIAN}),
    "ward_settings": frozenset({Role.ADMIN}),
    "wall_displays": frozenset({Role.CHARGE_NURSE, Role.ADMIN}),
}
ONLY_POSTED: Final = frozenset(
    {"choose_theme", "assess_verdict", "keep_draft", "leave_for_concern", "drop_draft", "decide", "tick"}
    | {"judge_severity", "take_patient", "hand_back"}
)
# The address needs a further key: tested by role beside the page's other tests
ELSEWHERE: Final = frozenset(
    {"end_pause", "acknowledge_concern", "give_accepted", "chart_value", "wall", "wall_rows", "revoke_display"}
)
OF_NO_PATIENT: Final = frozenset(
    {"board", "board_rows", "patient_list", "worklist", "admit_patient", "ward_settings"}
) | {
    "ward_handover",
    "blank_sheet",
    "wall_displays",
    "worklist_rows",
}
OF_A_WARD: Final = frozenset({"ward_assignments", "next_assignments", "copy_assignments"})
# The pages of one row: tested by kind and role in test_correction_pages.py
OF_A_ROW: Final = frozenset(
    f"{act}_{kind}"
    for act, kinds in (("correct", SEEN), ("move", MOVED), ("error", KINDS), ("undo", KINDS), ("restore", KINDS))
    for kind in kinds
) | {"correct_assessment_verdict"}
# What leads to the line of one row in the history: tested in test_handover_pages.py
TO_A_ROW: Final = frozenset(f"row_{kind}" for kind in KINDS)
OF_A_PATIENT: Final = sorted(PAGES.keys() - OF_NO_PATIENT - OF_A_WARD - {"my_patients"})


@pytest.fixture
def ward(nurse: User) -> Ward:
    return a_ward(nurse)


@pytest.fixture
def patient(nurse: User, ward: Ward) -> Patient:
    patient = a_patient(nurse, ward, bed=ward.beds.get())
    an_assessment(nurse, patient, 1, temperature_c=None)
    return patient


def address(page: str, patient: Patient, ward: Ward) -> str:
    if page in OF_A_WARD:
        return reverse(page, args=[ward.pk])
    if page == "my_patients":
        return reverse(page)
    if page in ("ward_settings", "wall_displays"):
        return reverse(page, args=[ward.pk])
    if page in ("earlier_course", "earlier_scales", "earlier_timeline"):
        return reverse(page, args=[patient.pk, patient.infusions.get().pk])
    return reverse(page, args=[] if page in OF_NO_PATIENT else [patient.pk])


def test_every_page_stands_in_the_table_of_who_may_open_it() -> None:
    assert {pattern.name for pattern in urlpatterns} == PAGES.keys() | ONLY_POSTED | ELSEWHERE | OF_A_ROW | TO_A_ROW


@pytest.mark.parametrize("page", sorted(PAGES))
def test_each_role_opens_what_it_may_of_its_wards_and_no_browser_keeps_it(
    page: str, client: Client, patient: Patient, ward: Ward
) -> None:
    path = address(page, patient, ward)
    signed_out = client.get(path)
    assert signed_out.status_code == 302
    assert signed_out.headers["Location"].startswith(reverse("account_login"))
    answers = {}
    for role in Role:
        user = a_user(f"a {role}", role)
        user.wards.add(ward)
        client.force_login(user)
        answer = client.get(path)
        assert answer.headers["Cache-Control"] == "no-store"
        answers[role] = answer.status_code
    assert answers == {role: 200 if role in PAGES[page] else 403 for role in Role}
    if page in OF_A_PATIENT:
        stranger = a_user("stranger", Role.PHYSICIAN)
        a_ward(stranger, "Another ward")
        client.force_login(stranger)
        assert client.get(path).status_code == 404


def test_the_settings_of_another_ward_do_not_exist(client: Client, ward: Ward) -> None:
    client.force_login(a_user("elsewhere", Role.ADMIN))
    assert client.get(reverse("ward_settings", args=[ward.pk])).status_code == 404


def test_no_address_holds_anything_but_keys() -> None:
    kinds = {str(pattern.pattern) for pattern in get_resolver("patients.urls").url_patterns}
    assert not any("<str:" in kind or "<slug:" in kind for kind in kinds)


def test_views_and_forms_write_nothing_themselves_and_come_to_a_patient_by_permission_only() -> None:
    package = Path(settings.BASE_DIR) / "patients"
    for module in (*package.glob("views/*.py"), *package.glob("forms/*.py")):
        text = module.read_text(encoding="utf-8")
        written = re.findall(r"\.(?:save|create|bulk_create|update_or_create|get_or_create|bulk_update)\(", text)
        assert not written, module
        assert "Patient.objects" not in text, module


def test_a_discharged_patient_is_read_but_charted_no_further(client: Client, nurse: User, patient: Patient) -> None:
    actions.discharge(by=nurse, submission_id=uuid4(), patient=patient, at=hours_ago(0.5))
    client.force_login(nurse)
    page = client.get(reverse("patient_detail", args=[patient.pk])).content.decode()
    assert "Discharged" in page
    assert "Chart an assessment" not in page
    assert "Admit again" in page
