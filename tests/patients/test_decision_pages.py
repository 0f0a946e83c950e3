"""Do suggestions become decisions: who decides, who sees it, how long it stands, and what brings it back?"""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from patients import actions
from patients.models import Assessment, ChecklistTick, Decision, Patient, Role, User, Ward
from patients.permissions import CHARTS
from tests.patients.cast import a_patient, a_user, hours_ago, the_infusion
from tests.patients.deciding import PRESSOR, SECOND, answer, card, hidden, page_of, seen, words

CALM: dict[str, Any] = {
    "temperature_c": Decimal("36.8"),
    "constitutional": (),
    "organ_toxicity": {},
    "ice_score": 10,
    "consciousness": "spontaneous",
    "seizure": "none",
    "motor_weakness": False,
    "raised_icp": "none",
}


@pytest.fixture
def severe(nurse: User, patient: Patient) -> Assessment:
    """Grade 3, certain: tocilizumab is suggested, 8 mg/kg × 70 kg."""
    return seen(nurse, patient, 1, PRESSOR)


def shown(client: Client, patient: Patient, user: User, step: str = "tocilizumab") -> str:
    return words(card(page_of(client, patient, user), step))


@pytest.mark.usefixtures("severe")
@pytest.mark.parametrize("role", list(Role))
def test_only_a_physician_answers_a_card(
    role: Role, client: Client, patient: Patient, ward: Ward, physician: User
) -> None:
    fields = hidden(card(page_of(client, patient, physician), "tocilizumab"))
    user = a_user(f"a {role}", role)
    user.wards.add(ward)
    page = card(page_of(client, patient, user), "tocilizumab")
    allowed = role is Role.PHYSICIAN
    assert ("Accept" in words(page) and "Decline" in words(page)) is allowed
    status = client.post(reverse("decide", args=[patient.pk]), fields | {"answer": "accepted"}).status_code
    assert status == (302 if allowed else 403)
    assert Decision.objects.exists() is allowed


@pytest.mark.usefixtures("severe")
@pytest.mark.parametrize("role", list(Role))
def test_only_those_who_chart_tick_a_checklist(role: Role, client: Client, patient: Patient, ward: Ward) -> None:
    user = a_user(f"a {role}", role)
    user.wards.add(ward)
    client.force_login(user)
    said = {
        "submission_id": str(uuid4()),
        "infusion": the_infusion(patient).pk,
        "step": "exclude-infection",
        "item": "blood-cultures",
        "done": "yes",
    }
    allowed = role in CHARTS
    assert client.post(reverse("tick", args=[patient.pk]), said).status_code == (302 if allowed else 403)
    assert ("done, " in shown(client, patient, user, "exclude-infection")) is allowed


@pytest.mark.parametrize("role", list(Role))
def test_only_a_physician_judges_severity(
    role: Role, client: Client, patient: Patient, ward: Ward, nurse: User
) -> None:
    seen(nurse, patient, 1, fluid_bolus=True)
    user = a_user(f"a {role}", role)
    user.wards.add(ward)
    client.force_login(user)
    allowed = role is Role.PHYSICIAN
    said = {"submission_id": str(uuid4()), "severe": "yes"}
    assert client.post(reverse("judge_severity", args=[patient.pk]), said).status_code == (302 if allowed else 403)
    assert (Assessment.objects.order_by("id").last().severe_grade_2 is True) is allowed  # type: ignore[union-attr]


@pytest.mark.usefixtures("severe")
@pytest.mark.parametrize("role", list(Role))
def test_those_who_chart_give_an_accepted_dose(
    role: Role, client: Client, patient: Patient, ward: Ward, physician: User
) -> None:
    answer(client, patient, physician, "tocilizumab", answer="accepted")
    user = a_user(f"a {role}", role)
    user.wards.add(ward)
    client.force_login(user)
    address = reverse("give_accepted", args=[patient.pk, Decision.objects.get().pk])
    assert client.get(address).status_code == (200 if role in CHARTS else 403)


@pytest.mark.usefixtures("severe")
@pytest.mark.parametrize("page", ["decide", "tick", "judge_severity"])
def test_a_patient_of_another_ward_cannot_be_decided_on(page: str, client: Client, patient: Patient) -> None:
    client.force_login(a_user("stranger", Role.PHYSICIAN))
    assert client.post(reverse(page, args=[patient.pk])).status_code == 404


@pytest.mark.usefixtures("severe")
def test_a_declined_card_folds_to_one_line_that_the_nurse_sees(
    client: Client, patient: Patient, nurse: User, physician: User
) -> None:
    said = answer(
        client, patient, physician, "tocilizumab", answer="declined", reason="contraindicated", text="hepatitis"
    )
    assert said.headers["Location"].endswith("#suggestion-tocilizumab")
    line = shown(client, patient, nurse)
    assert f"Declined by {physician}" in line
    assert "contraindicated («hepatitis»)" in line
    assert 'class="card stack-s decided"' in card(page_of(client, patient, nurse), "tocilizumab")
    assert "Accept" not in line


@pytest.mark.usefixtures("severe")
@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"answer": "declined"}, "reason"),
        ({"answer": "declined", "reason": "other"}, "text"),
        ({"answer": "accepted", "reason": "other"}, "reason"),
        ({"answer": "watching"}, "watch_until"),
        ({"answer": "watching", "watch_until": "soon"}, "watch_until"),
        ({"answer": "watching", "watch_until": "01-Jan-2020 18:00"}, "watch_until"),
        ({"answer": "watching", "watch_until": "01-Jan-2090 18:00"}, "watch_until"),
        ({"answer": "accepted", "watch_until": "18:00"}, "watch_until"),
        ({"answer": ""}, "answer"),
        ({"answer": "ordered"}, "answer"),
    ],
)
def test_an_answer_that_cannot_be_recorded_comes_again_with_what_was_typed(
    said: dict[str, str], field: str, client: Client, patient: Patient, physician: User
) -> None:
    again = answer(client, patient, physician, "tocilizumab", **said)
    assert again.status_code == 422
    assert f'href="#id_{field}"' in again.content.decode()
    for typed in said.values():
        assert not typed or typed in again.content.decode() or typed == "ordered"
    assert not Decision.objects.exists()


@pytest.mark.usefixtures("severe")
def test_two_taps_decide_once(client: Client, patient: Patient, physician: User) -> None:
    fields = hidden(card(page_of(client, patient, physician), "tocilizumab")) | {"answer": "accepted"}
    for _ in range(2):
        assert client.post(reverse("decide", args=[patient.pk]), fields).status_code == 302
    assert Decision.objects.count() == 1


@pytest.mark.usefixtures("severe")
def test_twenty_equal_readings_are_one_suggestion_and_leave_it_decided(
    client: Client, patient: Patient, nurse: User, physician: User
) -> None:
    answer(client, patient, physician, "tocilizumab", answer="declined", reason="not-indicated")
    for n in range(1, 20):
        seen(nurse, patient, 1 - n / 25, PRESSOR, temperature_c=Decimal("39.0") + Decimal(n) / 10)
    page = page_of(client, patient, nurse)
    assert page.count('id="suggestion-tocilizumab"') == 1
    assert "Came back" not in shown(client, patient, nurse)
    assert "at the last 20 assessments" in shown(client, patient, nurse)


@pytest.mark.usefixtures("severe")
def test_a_rise_of_grade_brings_a_decided_card_back_and_says_so(
    client: Client, patient: Patient, nurse: User, physician: User
) -> None:
    answer(client, patient, physician, "tocilizumab", answer="declined", reason="not-indicated")
    seen(nurse, patient, 0.5, PRESSOR, SECOND)
    back = shown(client, patient, nurse)
    assert "Came back: the grade rose from 3 to 4" in back
    assert f"Declined by {physician}" in back


@pytest.mark.usefixtures("severe")
def test_a_rise_that_went_again_still_brings_the_card_back(
    client: Client, patient: Patient, nurse: User, physician: User
) -> None:
    answer(client, patient, physician, "tocilizumab", answer="declined", reason="not-indicated")
    seen(nurse, patient, 0.6)
    seen(nurse, patient, 0.3, PRESSOR)
    assert "Came back: the grade had risen from 1 to 3 since" in shown(client, patient, nurse)


@pytest.mark.usefixtures("severe")
def test_another_weight_brings_the_dose_back_at_the_next_assessment(
    client: Client, patient: Patient, nurse: User, physician: User
) -> None:
    answer(client, patient, physician, "tocilizumab", answer="accepted")
    actions.record_measurement(
        by=nurse, submission_id=uuid4(), patient=patient, weight_kg=Decimal(74), height_cm=None, at=hours_ago(0.5)
    )
    seen(nurse, patient, 0.3, PRESSOR)
    assert "Came back: the weight used is 74 kg, was 70 kg" in shown(client, patient, nurse)


def test_a_new_episode_brings_a_card_back(client: Client, patient: Patient, nurse: User, physician: User) -> None:
    seen(nurse, patient, 44, PRESSOR)
    answer(client, patient, physician, "tocilizumab", answer="declined", reason="another-cause")
    for hours in range(43, 1, -3):
        seen(nurse, patient, hours, **CALM)
    assert not card(page_of(client, patient, nurse), "tocilizumab")
    seen(nurse, patient, 0.5, PRESSOR)
    assert "a new episode began" in shown(client, patient, nurse)


@pytest.mark.usefixtures("severe")
def test_watch_until_holds_the_card_and_then_reminds(
    client: Client, patient: Patient, nurse: User, physician: User, ward: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    with timezone.override(ward.zone):
        until = timezone.localtime(timezone.now() + timedelta(hours=2))
    answer(client, patient, physician, "tocilizumab", answer="watching", watch_until=f"{until:%H:%M}")
    assert Decision.objects.get().watch_until == until.replace(second=0, microsecond=0)
    held = shown(client, patient, nurse)
    assert "Watching until" in held and f"{until:%H:%M}" in held
    assert "Came back" not in held
    later = timezone.now() + timedelta(hours=2, minutes=1)
    monkeypatch.setattr("patients.views.bedside.timezone.now", lambda: later)
    assert "Came back: the time it was watched until has come" in shown(client, patient, nurse)


@pytest.mark.usefixtures("severe")
def test_a_card_that_changed_under_the_physician_is_not_decided_blindly(
    client: Client, patient: Patient, nurse: User, physician: User
) -> None:
    fields = hidden(card(page_of(client, patient, physician), "tocilizumab")) | {"answer": "accepted"}
    seen(nurse, patient, 0.2, PRESSOR, SECOND)
    told = client.post(reverse("decide", args=[patient.pk]), fields)
    assert told.status_code == 422
    assert "changed while you looked at it: the grade rose from 3 to 4" in words(told.content.decode())
    assert not Decision.objects.exists()
    again = hidden(told.content.decode()) | {"submission_id": fields["submission_id"], "answer": "accepted"}
    assert client.post(reverse("decide", args=[patient.pk]), again).status_code == 302
    assert Decision.objects.get().basis["grade"] == 4


@pytest.mark.usefixtures("severe")
def test_a_step_that_is_no_longer_suggested_is_not_decided(
    client: Client, patient: Patient, nurse: User, physician: User
) -> None:
    fields = hidden(card(page_of(client, patient, physician), "tocilizumab")) | {"answer": "accepted"}
    seen(nurse, patient, 0.2)
    client.post(reverse("decide", args=[patient.pk]), fields)
    assert "no longer suggested" in words(page_of(client, patient, physician))
    assert not Decision.objects.exists()


@pytest.mark.usefixtures("severe")
def test_the_page_says_that_nothing_is_ordered_and_gives_a_line_to_copy(
    client: Client, patient: Patient, nurse: User, physician: User
) -> None:
    assert "It orders nothing" in words(page_of(client, patient, nurse))
    answer(client, patient, physician, "tocilizumab", answer="accepted")
    line = "tocilizumab 560 mg intravenously over 1 hour (8 mg/kg × 70 kg = 560 mg; limit 800 mg)"
    assert line in shown(client, patient, nurse)


@pytest.mark.usefixtures("severe")
def test_one_of_several_doses_is_chosen_to_be_accepted(client: Client, patient: Patient, physician: User) -> None:
    assert answer(client, patient, physician, "glucocorticoid", answer="accepted").status_code == 422
    assert answer(client, patient, physician, "glucocorticoid", answer="accepted", dose="1").status_code == 302
    decision = Decision.objects.get()
    assert (decision.shown["drug"], decision.shown["amount"]) == ("dexamethasone", "10 mg every 6 h")
    assert "dexamethasone 10 mg every 6 h (10 mg, fixed dose)" in shown(client, patient, physician, "glucocorticoid")


@pytest.mark.usefixtures("severe")
def test_what_speaks_against_a_dose_stands_beside_it(client: Client, patient: Patient, nurse: User) -> None:
    actions.change_facts(
        by=nurse,
        submission_id=uuid4(),
        patient=patient,
        facts=actions.Facts(
            birth_date=patient.facts.birth_date,
            sex="female",
            allergies="known",
            allergies_to=["Actemra"],
            ceilings_of_care="no intensive care",
        ),
    )
    actions.enter_result(
        by=nurse,
        submission_id=uuid4(),
        patient=patient,
        analyte="anc",
        value=Decimal("0.3"),
        unit="10^9/L",
        at=hours_ago(3),
    )
    said = shown(client, patient, nurse)
    against = said[said.index("Speaks against it") : said.index("Not known")]
    for words_ in (
        "Allergy: Actemra",
        "ANC 0.3 × 10⁹/L: below 0.5 × 10⁹/L",
        "Infection is not excluded",
        "no intensive care",
    ):
        assert words_ in against
    assert "Platelets: no result" in said[said.index("Not known") :]


def test_without_a_weight_the_card_says_what_to_chart(client: Client, nurse: User, ward: Ward) -> None:
    patient = a_patient(nurse, ward, mrn="5", weight_kg=None, height_cm=None)
    seen(nurse, patient, 1, PRESSOR)
    said = shown(client, patient, nurse)
    assert "no dose without the weight: chart it" in said
    assert " mg" not in said.split("Steps and reason")[0]
    assert reverse("record_measurement", args=[patient.pk]) in card(page_of(client, patient, nurse), "tocilizumab")


@pytest.mark.parametrize(
    ("weights", "asked"),
    [
        ([(9 * 24, "70")], "over 7 days old"),
        ([(60, "60"), (50, "70")], "more than 10% off"),
        ([(50, "70"), (0.5, "71")], "was charted since"),
    ],
)
def test_a_doubtful_weight_is_asked_about_before_a_dose_rests_on_it(
    weights: list[tuple[float, str]], asked: str, client: Client, nurse: User, physician: User, ward: Ward
) -> None:
    patient = a_patient(nurse, ward, mrn="5", weight_kg=None)
    for hours, kg in weights:
        actions.record_measurement(
            by=nurse, submission_id=uuid4(), patient=patient, weight_kg=Decimal(kg), height_cm=None, at=hours_ago(hours)
        )
    seen(nurse, patient, 1, PRESSOR)
    question = answer(client, patient, physician, "tocilizumab", answer="accepted")
    assert question.status_code == 422
    page = question.content.decode()
    assert asked in words(page)
    token = page.split('name="confirmed" value="')[1].split('"')[0]
    assert answer(client, patient, physician, "tocilizumab", answer="accepted", confirmed=token).status_code == 302
    assert asked in Decision.objects.get().shown["confirmed"][0]["question"]


def test_a_fresh_weight_asks_nothing(client: Client, patient: Patient, physician: User, severe: Assessment) -> None:
    assert answer(client, patient, physician, "tocilizumab", answer="accepted").status_code == 302


@pytest.mark.usefixtures("severe")
def test_ticks_say_who_and_when_are_taken_back_and_follow_the_patient(
    client: Client, patient: Patient, nurse: User
) -> None:
    def press(done: str) -> None:
        said = {
            "submission_id": str(uuid4()),
            "infusion": the_infusion(patient).pk,
            "step": "exclude-infection",
            "item": "blood-cultures",
            "done": done,
        }
        assert client.post(reverse("tick", args=[patient.pk]), said).status_code == 302

    client.force_login(nurse)
    press("yes")
    seen(nurse, patient, 0.4, PRESSOR)
    assert f"Blood cultures done, {nurse}" in shown(client, patient, nurse, "exclude-infection")
    press("no")
    assert "done, " not in shown(client, patient, nurse, "exclude-infection")


@pytest.mark.usefixtures("severe")
def test_a_result_takes_its_point_off_the_evaluation(client: Client, patient: Patient, nurse: User) -> None:
    assert "Ferritin" in card(page_of(client, patient, nurse), "evaluate").split("Checklist")[1]
    actions.enter_result(
        by=nurse, submission_id=uuid4(), patient=patient, analyte="ferritin", value=Decimal(900), unit="ng/mL", at=None
    )
    assert "Ferritin" not in card(page_of(client, patient, nurse), "evaluate").split("Checklist")[1]


def test_the_physicians_word_on_grade_2_is_an_assessment_that_charts_nothing_else(
    client: Client, patient: Patient, nurse: User, physician: User
) -> None:
    seen(nurse, patient, 1, fluid_bolus=True)
    assert "Asked of the physician" in shown(client, patient, nurse, "judge-severity")
    client.force_login(physician)
    said = {"submission_id": str(uuid4()), "severe": "yes"}
    client.post(reverse("judge_severity", args=[patient.pk]), said)
    row = Assessment.objects.order_by("id").last()
    assert row is not None
    assert (row.severe_grade_2, row.temperature_c, row.entered_by) == (True, None, physician)
    page = page_of(client, patient, nurse)
    assert not card(page, "judge-severity")
    assert card(page, "tocilizumab")


def test_the_physicians_word_on_grade_2_is_no_reassessment_and_leaves_overdue_standing(
    client: Client, patient: Patient, nurse: User, physician: User
) -> None:
    seen(nurse, patient, 3, fluid_bolus=True)
    assert "Overdue" in words(page_of(client, patient, nurse))
    client.force_login(physician)
    said = {"submission_id": str(uuid4()), "severe": "no"}
    client.post(reverse("judge_severity", args=[patient.pk]), said)
    page = words(page_of(client, patient, nurse))
    assert "Overdue" in page
    assert re.search(r"Seen [^;]*3 h ago ?; judged \d\d:\d\d", page)
    listed = words(client.get(reverse("patient_list")).content.decode())
    assert "Overdue" in listed and "3 h ago" in listed


def test_a_page_without_suggestions_says_why_there_are_none(
    client: Client, patient: Patient, nurse: User, physician: User
) -> None:
    page = words(page_of(client, patient, nurse))
    assert "Nothing is suggested before the first assessment" in page
    seen(nurse, patient, 60)
    assert "Not graded: nothing can be suggested" in words(page_of(client, patient, nurse))
    seen(nurse, patient, 1, PRESSOR)
    actions.record_death(by=physician, submission_id=uuid4(), patient=patient, at=hours_ago(0.5))
    page = words(page_of(client, patient, nurse))
    assert "After a charted death nothing is suggested" in page
    assert "at this grade" not in page


def test_an_infusion_is_interrupted_from_its_card_and_blinatumomab_resumes_in_two_steps(
    client: Client, nurse: User, physician: User, ward: Ward
) -> None:
    infusion = actions.NewInfusion(cause="bispecific", product="blinatumomab", started_at=hours_ago(60))
    patient = a_patient(nurse, ward, mrn="6", infusion=infusion)
    seen(nurse, patient, 50, PRESSOR)
    assert reverse("infusion_event", args=[patient.pk]) in card(page_of(client, patient, nurse), "interrupt-infusion")
    actions.record_infusion_event(
        by=nurse, submission_id=uuid4(), infusion=patient.infusions.get(), action="interrupt", at=hours_ago(49)
    )
    for hours in range(40, 0, -4):
        seen(nurse, patient, hours, **CALM)
    resume = shown(client, patient, nurse, "resume-infusion")
    for step in ("9 mcg/day", "28 mcg/day", "the second step falls on"):
        assert step in resume
    actions.record_infusion_event(
        by=nurse, submission_id=uuid4(), infusion=patient.infusions.get(), action="resume", at=None
    )
    page = words(page_of(client, patient, nurse))
    assert "Second step from" in page
    assert "28 mcg/day" in page


@pytest.mark.usefixtures("severe")
def test_the_panel_beside_the_form_shows_what_was_decided_and_what_would_bring_it_back(
    client: Client, patient: Patient, nurse: User, physician: User
) -> None:
    answer(client, patient, physician, "tocilizumab", answer="declined", reason="unavailable")
    client.force_login(nurse)
    address = reverse("assess", args=[patient.pk])
    beside = words(card(client.get(address).content.decode(), "tocilizumab"))
    assert f"Declined by {physician}" in beside
    assert "560 mg" not in beside
    seen(nurse, patient, 0.1, PRESSOR, SECOND)
    beside = words(card(client.get(address).content.decode(), "tocilizumab"))
    assert "Comes back: the grade rose from 3 to 4" in beside
    assert "560 mg" in beside


@pytest.mark.usefixtures("severe")
def test_a_dose_and_a_weight_charted_since_the_assessment_stand_first_beside_the_dose(
    client: Client, patient: Patient, nurse: User
) -> None:
    for act, said in (
        (actions.give_treatment, {"drug": "Actemra", "dose": Decimal(560), "unit": "mg", "route": "iv"}),
        (actions.record_measurement, {"weight_kg": Decimal(76)}),
    ):
        act(by=nurse, submission_id=uuid4(), patient=patient, at=hours_ago(0.5), **said)
    said_ = shown(client, patient, nurse)
    against = said_[said_.index("Speaks against it") :]
    assert re.match(
        r"Speaks against it, from the record Given since this assessment: Actemra 560 mg at .*\d\d:\d\d , 3\d min ago: "
        r"chart an assessment Weight charted since this assessment: 76 kg; the dose is reckoned with 70 kg at",
        against,
    ), against
    seen(nurse, patient, 0.25, PRESSOR)
    assert "Given since" not in words(page_of(client, patient, nurse))


@pytest.mark.usefixtures("severe")
def test_a_decline_is_not_overridden_by_an_accept_of_a_page_opened_before_it(
    client: Client, patient: Patient, ward: Ward, physician: User
) -> None:
    other = a_user("other", Role.PHYSICIAN)
    other.wards.add(ward)
    opened_before = hidden(card(page_of(client, patient, physician), "tocilizumab"))
    answer(client, patient, other, "tocilizumab", answer="declined", reason="contraindicated")
    client.force_login(physician)
    address = reverse("decide", args=[patient.pk])
    said = client.post(address, opened_before | {"answer": "watching", "watch_until": "tomorrow"})
    assert said.status_code == 422
    page = said.content.decode()
    assert f"{other} declined it at " in words(page)
    assert "contraindicated" in words(page)
    assert 'value="tomorrow"' in page  # what was typed is kept
    assert [row.answer for row in Decision.objects.all()] == ["declined"]
    knowing = opened_before | {"decided": str(Decision.objects.get().pk), "answer": "accepted"}
    assert f'name="decided" value="{knowing["decided"]}"' in page
    for _ in range(2):  # a double tap is one, and not somebody else's decision
        assert client.post(address, knowing).status_code == 302
    assert [row.answer for row in Decision.objects.order_by("id")] == ["declined", "accepted"]


@pytest.mark.usefixtures("severe")
def test_a_point_is_not_ticked_in_a_course_that_was_not_shown(client: Client, patient: Patient, nurse: User) -> None:
    points = re.search(r"<ul class=\"plain checklist\">.*?</ul>", page_of(client, patient, nurse), re.DOTALL)
    assert points is not None
    shown_point = hidden(points[0]) | {"done": "yes"}
    new = actions.NewInfusion(cause="bispecific", product="teclistamab", started_at=hours_ago(0.5))
    row = actions.start_infusion(by=nurse, submission_id=uuid4(), patient=patient, infusion=new)
    said = client.post(reverse("tick", args=[patient.pk]), shown_point, follow=True)
    assert "Another infusion was started since" in words(said.content.decode())
    assert not ChecklistTick.objects.exists()
    actions.correct_row(by=nurse, submission_id=uuid4(), row=row, values={"lot": "A1"}, reason="typing")
    assert client.post(reverse("tick", args=[patient.pk]), shown_point | {"infusion": row.pk}).status_code == 302
    assert ChecklistTick.objects.get().infusion.lot == "A1"
