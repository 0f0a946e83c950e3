"""Does a handover deny nothing that was charted, offer no dose without what speaks against it, and date all aright?"""

import re
from dataclasses import replace
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
from patients.displays import code_of
from patients.handover.case import Case, cases
from patients.handover.sbar import PARTS
from patients.models import Patient, Treatment, User
from patients.pack import pack_of
from tests.patients.care import CALM, FEVER, PRESSOR, Care
from tests.patients.cast import a_patient, a_ward, hours_ago
from tests.patients.pages import seen_in, seen_on, words_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def care() -> Care:
    return Care()


def told(patient: Patient, part: str, short: bool = False) -> list[str]:
    """The sentences of a part, of the patient's sheet or of the ward's."""
    found = Patient.objects.present().get(pk=patient.pk)
    case: Case = cases([found], timezone.now())[0]
    with timezone.override(case.ward.zone):
        return [one.text for one in PARTS[part](case) if (one.short if short else one.whole)]


def started_anew(care: Care, hours: float = 0.5) -> None:
    infusion = actions.NewInfusion(cause="bispecific", product="blinatumomab", started_at=hours_ago(hours))
    actions.start_infusion(by=care.nurse, submission_id=uuid4(), patient=care.patient, infusion=infusion)


# --- What was charted


def test_what_was_charted_before_a_second_infusion_is_not_denied(care: Care) -> None:
    care.assess(0.6, **PRESSOR | {"heart_rate": Decimal(114)})
    started_anew(care)
    left = " ".join(one for one in told(care.patient, "Assessment", short=True) if one.startswith("Not recorded"))
    assert not any(f"{sign}, never" in left for sign in ("temperature", "pressure", "vasopressors", "heart rate"))
    assert "Not assessed since the infusion." in " ".join(told(care.patient, "Situation"))
    pack = seen_in(pack_of(care.ward, timezone.now()))
    assert "Nothing was charted since" not in pack
    assert "39.0 °C" in pack
    assert "norepinephrine 0.1 mcg/kg/min" in pack


def test_a_dose_given_to_a_patient_without_an_infusion_is_not_denied(care: Care) -> None:
    other = a_patient(care.nurse, care.ward, mrn="1002", infusion=False)
    care.give("acetaminophen", hours=0.1, patient=other, dose=Decimal(1000), purpose="other")
    given = told(other, "Assessment")
    assert any(one.startswith("Given ") and one.endswith(": acetaminophen 1,000 mg intravenous.") for one in given), (
        given
    )
    assert not any(one.startswith("No dose is charted") for one in given)


def test_each_of_two_assessments_of_one_time_has_its_own_grade_in_the_pack(care: Care) -> None:
    care.assess(1, **CALM)
    care.assess(1, **PRESSOR)
    pack = pack_of(care.ward, timezone.now())
    last, first = (seen_in(row) for row in re.findall(r'<tr class="seen-row">.*?</tr>', pack, flags=re.DOTALL))
    assert "39.0 °C" in last and "ASTCT 2019: grade 3, severe" in last
    assert "37.0 °C" in first and "ASTCT 2019: grade 0, none" in first


def test_a_rate_is_told_as_on_the_timeline(care: Care) -> None:
    care.assess(0.1, heart_rate=Decimal(114), respiratory_rate=Decimal(24))
    assert any(
        one.endswith(": heart rate 114/min; respiratory rate 24/min.") for one in told(care.patient, "Assessment")
    )


# --- What may be given


@pytest.mark.parametrize(("short", "beginning"), [(False, "Open: Tocilizumab"), (True, "Open, for the clinician")])
def test_a_dose_given_since_the_assessment_stands_beside_the_one_offered(
    care: Care, short: bool, beginning: str
) -> None:
    care.assess(2, **PRESSOR)
    given: Treatment = care.give(hours=1)
    [offered] = [one for one in told(care.patient, "Recommendation", short=short) if one.startswith(beginning)]
    assert "Given since this assessment: tocilizumab 560 mg, 1 h ago" in offered
    found = Patient.objects.present().get(pk=care.patient.pk)
    sentences = PARTS["Recommendation"](cases([found], timezone.now())[0])
    [sentence] = [one for one in sentences if one.text.startswith(beginning)]
    assert given in sentence.rows


@pytest.mark.parametrize("short", [False, True])
def test_an_allergy_a_bar_and_the_earliest_time_stand_beside_a_dose_on_both_sheets(short: bool) -> None:
    born = hours_ago(24 * 365 * 40).date()
    care = Care(facts=actions.Facts(birth_date=born, allergies="known", allergies_to=["tocilizumab"]))
    care.assess(2, **PRESSOR)
    case = cases([Patient.objects.present().get(pk=care.patient.pk)], timezone.now())[0]
    step = next(one for one in case.steps if one.suggestion.id == "tocilizumab")
    held = replace(step.suggestion, not_before=case.now + timedelta(hours=2), blocked="Two doses failed.")
    sentences = list(PARTS["Recommendation"](replace(case, steps=(replace(step, suggestion=held),))))
    [offered] = [one for one in sentences if one.text.startswith("Open") and (one.short if short else one.whole)]
    assert "tocilizumab 560 mg" in offered.text
    assert "(in 2 h). Against it: Two doses failed; Allergy: tocilizumab" in offered.text
    assert " Not before " in offered.text
    assert care.patient.facts in offered.rows


@pytest.mark.parametrize("short", [False, True])
def test_an_accepted_dose_that_nobody_gave_stands_first_of_the_steps_on_both_sheets(care: Care, short: bool) -> None:
    row = care.assess(0.5, **PRESSOR)
    decision = care.decide(row, "tocilizumab")
    steps = [one for one in told(care.patient, "Recommendation", short=short) if not one.startswith("Next reass")]
    assert "Accepted by bo " in steps[0]
    assert " No dose is charted on it." in steps[0]
    care.give(hours=0, accepted_decision=decision)
    assert not any("No dose is charted on it" in one for one in told(care.patient, "Recommendation", short=short))


def test_an_accepted_dose_given_past_its_decision_says_so(care: Care) -> None:
    care.decide(care.assess(2, **PRESSOR), "tocilizumab")
    care.give(hours=1)
    [accepted] = [one for one in told(care.patient, "Recommendation", short=True) if "Accepted by bo " in one]
    assert "Given since this assessment: tocilizumab 560 mg, 1 h ago" in accepted


# --- What comes, and since when something waits


def test_a_moment_that_has_passed_is_not_told_as_one_to_come(care: Care, client: Client) -> None:
    lee = a_ward(care.nurse, "Ward 8", protocol="lee-2014")
    actions.transfer(by=care.nurse, submission_id=uuid4(), patient=care.patient, ward=lee, at=hours_ago(2))
    high = replace(PRESSOR["vasopressors"][0], rate=Decimal("0.5"))
    care.assess(1, **PRESSOR | {"vasopressors": (high,)})
    latest = care.graded().latest
    assert latest is not None and latest.verdict is not None and latest.verdict.pending is not None
    at = latest.verdict.pending.at
    with time_machine.travel(at - timedelta(minutes=1), tick=False):
        assert any(one.startswith("Becomes grade 3 at ") for one in told(care.patient, "Situation"))
        client.force_login(care.nurse)
        page = seen_on(client.get(reverse("patient_detail", args=[care.patient.pk])))
        assert "Becomes grade 3 at " in page and " grade 3 at " in page.replace("Becomes grade 3 at ", "")
    with time_machine.travel(at + timedelta(minutes=1), tick=False):
        assert not any(one.startswith("Becomes grade ") for one in told(care.patient, "Situation"))
        page = seen_on(client.get(reverse("patient_detail", args=[care.patient.pk])))
        assert " grade 3 at " not in page


def test_who_is_not_back_by_the_expected_end_is_overdue(care: Care) -> None:
    care.assess(0.5, **FEVER)
    actions.pause_monitoring(
        by=care.nurse,
        submission_id=uuid4(),
        patient=care.patient,
        reason="imaging",
        text="",
        at=hours_ago(0.4),
        until=timezone.now() + timedelta(minutes=30),
    )
    assert told(care.patient, "Recommendation")[0].startswith("Reassessment once back on the ward, expected ")
    with time_machine.travel(timezone.now() + timedelta(minutes=90)):
        due = told(care.patient, "Recommendation", short=True)[0]
    assert due.startswith("Reassessment overdue: back since ")
    assert due.endswith(" (1 h ago)? Chart an assessment.")


def test_a_moved_concern_waits_since_it_was_raised_on_every_page(care: Care, client: Client, admin: User) -> None:
    raised = actions.raise_concern(by=care.nurse, submission_id=uuid4(), patient=care.patient, why="drowsy")
    other = a_patient(care.nurse, care.ward, mrn="2002")
    screen = actions.open_display(by=admin, submission_id=uuid4(), ward=care.ward, label="Corridor")
    client.post(reverse("wall"), {"submission_id": str(uuid4()), "code": code_of(screen)})
    with time_machine.travel(raised.entered_at + timedelta(minutes=40)):
        moved: Any = actions.move_to_patient(by=care.nurse, submission_id=uuid4(), row=raised, to=other)
        assert any("Concern, not acknowledged for 40 min: " in one for one in told(other, "Situation"))
        assert "Concern, 40 min ago" in words_of(client.get(reverse("wall")))
        client.force_login(care.physician)
        page = client.get(reverse("acknowledge_concern", args=[other.pk, moved.pk]))
        assert "40 min ago , by ada" in words_of(page).replace("ago,", "ago ,")
