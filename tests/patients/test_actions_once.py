"""Is an act recorded once, whole, and by somebody who may?"""

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction

from grading import record
from patients import actions
from patients.actions.act import perform
from patients.models import (
    Assessment,
    Assignment,
    Draft,
    InfusionEvent,
    LaboratoryResult,
    Patient,
    Placement,
    Role,
    StoredVerdict,
    Submission,
    Treatment,
    Weight,
)
from patients.permissions import MAY, may
from patients.record import charted as courses
from patients.shifts import shift_of
from tests.patients.cast import NOW, a_patient, a_user, a_ward, an_assessment, charted, hours_ago, the_infusion

FEVER = charted(temperature_c=Decimal("38.6"))


@pytest.mark.django_db
def test_a_double_tap_records_once() -> None:
    nurse = a_user()
    patient = a_patient(nurse, a_ward(nurse))
    act: dict[str, Any] = {"by": nurse, "submission_id": uuid4(), "patient": patient, "assessment": FEVER, "at": None}
    first = actions.record_assessment(**act)
    verdicts = StoredVerdict.objects.count()
    later = replace(FEVER, at=NOW + timedelta(seconds=3))  # the preview's time is none that a person typed
    assert actions.record_assessment(**act | {"assessment": later}) == first
    assert Assessment.objects.count() == 1
    assert StoredVerdict.objects.count() == verdicts


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        {"assessment": charted(temperature_c=Decimal("38.7"))},
        {"at": hours_ago(1)},
        {"antipyretic": record.Treatment(at=NOW, drug="acetaminophen")},
        {"typed": {"temperature_c": {"text": "101.5", "unit": "°F"}}},
    ],
)
def test_the_same_submission_with_other_values_is_an_error(change: dict[str, Any]) -> None:
    nurse = a_user()
    patient = a_patient(nurse, a_ward(nurse))
    act: dict[str, Any] = {"by": nurse, "submission_id": uuid4(), "patient": patient, "assessment": FEVER, "at": None}
    actions.record_assessment(**act)
    with pytest.raises(actions.SubmissionConflict):
        actions.record_assessment(**act | change)
    assert Assessment.objects.count() == 1
    assert Treatment.objects.count() == 0


@pytest.mark.django_db
def test_the_same_submission_for_another_patient_or_by_another_person_is_an_error() -> None:
    nurse, other = a_user(), a_user("eve")
    ward = a_ward(nurse)
    patient = a_patient(nurse, ward)
    act: dict[str, Any] = {"by": nurse, "submission_id": uuid4(), "patient": patient, "assessment": FEVER, "at": None}
    actions.record_assessment(**act)
    with pytest.raises(actions.SubmissionConflict):
        actions.record_assessment(**act | {"patient": a_patient(nurse, ward, mrn="1002")})
    with pytest.raises(actions.SubmissionConflict):
        actions.record_assessment(**act | {"by": other})
    with pytest.raises(actions.SubmissionConflict):
        actions.give_treatment(by=nurse, submission_id=act["submission_id"], patient=patient, drug="tocilizumab")


@pytest.mark.django_db
def test_who_was_told_that_nothing_is_recorded_was_told_so_for_good() -> None:
    nurse = a_user()
    patient = a_patient(nurse, a_ward(nurse))
    act: dict[str, Any] = {"by": nurse, "submission_id": uuid4(), "patient": patient, "assessment": FEVER, "at": None}
    told = actions.settle(act["submission_id"], by=nurse)
    assert told.recorded is None
    with pytest.raises(actions.SubmissionClosed, match="Nothing was recorded now") as refused:
        actions.record_assessment(**act)
    assert refused.value.goes_on_as == told.goes_on_as
    assert not Assessment.objects.exists()
    assert actions.settle(act["submission_id"], by=nurse) == told
    again = act | {"submission_id": told.goes_on_as}
    assert actions.record_assessment(**again) == actions.record_assessment(**again)
    for submission in (act["submission_id"], told.goes_on_as):
        assert actions.settle(submission, by=nurse).recorded == Submission.objects.get(pk=told.goes_on_as)


@pytest.mark.django_db
def test_a_draft_goes_with_what_is_recorded_under_the_id_that_it_goes_on_as() -> None:
    nurse = a_user()
    patient = a_patient(nurse, a_ward(nurse))
    first = uuid4()
    typed = {"temperature": ["39"], "submission_id": [str(first)]}
    left: dict[str, Any] = {"by": nurse, "patient": patient, "form": "assess", "fields": typed, "submission_id": first}
    actions.keep_draft(**left)
    told = actions.settle(first, by=nurse)
    for _ in range(2):
        draft = Draft.objects.get()
        assert (draft.submission_id, draft.fields["submission_id"]) == (told.goes_on_as, [str(told.goes_on_as)])
        actions.keep_draft(**left)  # typed on, by a page that does not know yet
    actions.record_assessment(by=nurse, submission_id=told.goes_on_as, patient=patient, assessment=FEVER, at=None)
    assert not Draft.objects.exists()
    assert actions.keep_draft(**left) is None


WITHIN = frozenset({"judge_severity"})  # part of another act: of recording and correcting an assessment
CORRECTIONS = {"correct_row", "mark_entered_in_error", "undo", "move_to_patient", "take_back"}
DISPLAYS = ("open_display", "pair_display", "revoke_display")


@pytest.mark.django_db
def test_a_retry_of_every_act_returns_what_it_recorded() -> None:
    nurse, physician, admin = a_user(), a_user("bo", Role.PHYSICIAN), a_user("cy", Role.ADMIN)
    leader = a_user("di", Role.CHARGE_NURSE)
    ward = a_ward(nurse)
    shift = shift_of(ward, datetime.now(UTC)).start
    patient = a_patient(nurse, ward)
    infusion = the_infusion(patient)
    facts = actions.Facts(birth_date=patient.birth_date, sex="female")
    new = actions.NewInfusion(cause="bispecific", product="teclistamab", started_at=hours_ago(3))
    acts: list[Callable[..., Any]] = [
        lambda **id: actions.admit_patient(
            by=nurse, mrn="2002", family_name="Berg", given_name="Ada", facts=facts, ward=ward, at=hours_ago(2), **id
        ),
        lambda **id: actions.rename_patient(
            by=nurse, patient=patient, mrn="1001", family_name="Lindgren", given_name="Maja", **id
        ),
        lambda **id: actions.change_facts(by=nurse, patient=patient, facts=facts, **id),
        lambda **id: actions.record_measurement(by=nurse, patient=patient, weight_kg=Decimal(71), **id),
        lambda **id: actions.choose_protocol(
            by=physician, patient=patient, protocol="lee-2014", reason="a study", **id
        ),
        lambda **id: actions.record_dose_step(
            by=nurse, infusion=infusion, dose=Decimal(1), unit="mL", at=hours_ago(40), **id
        ),
        lambda **id: actions.record_infusion_event(
            by=nurse, infusion=infusion, action="interrupt", at=hours_ago(40), **id
        ),
        lambda **id: actions.start_infusion(by=nurse, patient=patient, infusion=new, **id),
        lambda **id: actions.give_treatment(by=nurse, patient=patient, drug="tocilizumab", **id),
        lambda **id: actions.enter_result(by=nurse, patient=patient, analyte="crp", value=Decimal(5), **id),
        lambda **id: actions.tick(by=nurse, infusion=infusion, step="differential", item="sepsis", done=True, **id),
        lambda **id: actions.raise_concern(by=nurse, patient=patient, why="drowsy", **id),
        lambda **id: actions.acknowledge_concern(by=physician, concern=patient.concerns.get(), **id),
        lambda **id: actions.assign(by=nurse, patient=patient, nurse=nurse, shift=shift, **id),
        lambda **id: actions.unassign(by=nurse, patient=patient, shift=shift, **id),
        lambda **id: actions.assign_ward(
            by=leader,
            ward=ward,
            shift=shift,
            to={patient: nurse},
            opened_on={patient: Assignment.objects.order_by("id")[1].pk},
            **id,
        ),
        lambda **id: actions.pause_monitoring(
            by=nurse, patient=patient, reason="imaging", until=NOW + timedelta(hours=1), **id
        ),
        lambda **id: actions.end_pause(by=nurse, pause=patient.pauses.get(), **id),
        lambda **id: actions.transfer(by=nurse, patient=patient, ward=ward, bed=ward.beds.get(), **id),
        lambda **id: actions.discharge(by=nurse, patient=patient, **id),
        lambda **id: actions.readmit(by=nurse, patient=patient, ward=ward, **id),
        lambda **id: actions.record_death(by=physician, patient=patient, due_to_crs=False, **id),
        lambda **id: actions.change_ward_settings(
            by=admin, ward=ward, document={"older_age_years": 60}, default_protocol="lee-2014", **id
        ),
        lambda **id: actions.open_ward(by=admin, name="Ward 8", time_zone="UTC", default_protocol="lee-2014", **id),
    ]
    for act in acts:
        submission = uuid4()
        assert act(submission_id=submission) == act(submission_id=submission)
    done = set(Submission.objects.values_list("act", flat=True)) - {"test"}
    of_their_own = {
        "record_assessment",
        "add_person",
        "decide",
        "sign",
        "keep_draft",
        "drop_draft",
        "break_glass",
        "mend_glass",
        "unlock",
        "regrade",
        *WITHIN,
        *DISPLAYS,
    } | CORRECTIONS
    assert done == set(MAY) - of_their_own  # which have tests of their own


@pytest.mark.django_db(transaction=True)
def test_twenty_parallel_posts_of_one_submission_record_once() -> None:
    nurse = a_user()
    patient = a_patient(nurse, a_ward(nurse))
    submission, keys = uuid4(), []

    def post() -> None:
        row = actions.record_assessment(
            by=nurse, submission_id=submission, patient=patient, assessment=FEVER, at=hours_ago(1)
        )
        keys.append(row.pk)
        connection.close()

    _at_once([post] * 20)
    assert len(keys) == 20
    assert len(set(keys)) == Assessment.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_what_several_people_chart_at_once_is_graded_as_if_one_after_the_other() -> None:
    nurse = a_user()
    patient = a_patient(nurse, a_ward(nurse))

    def chart(hours: int, temperature: str) -> Callable[[], None]:
        def act() -> None:
            an_assessment(nurse, patient, hours, temperature_c=Decimal(temperature))
            connection.close()

        return act

    _at_once([chart(hours, f"38.{hours}") for hours in range(1, 9)])
    assert Assessment.objects.count() == 8
    infusion = the_infusion(patient)
    [course] = courses([infusion])
    for graded in course.graded().assessments:
        for verdict in graded.verdicts.values():
            row = graded.assessment.ref
            assert isinstance(row, Assessment)
            last = StoredVerdict.objects.filter(assessment=row, scale=verdict.scale).latest("id")
            assert (last.grade, last.at_most) == (verdict.grade, verdict.at_most)


@pytest.mark.django_db(transaction=True)
def test_an_act_rests_on_what_another_wrote_while_it_waited() -> None:
    nurse = a_user()
    patient = a_patient(nurse, a_ward(nurse))
    there = a_ward(nurse, "Ward 9")
    given = record.Treatment(at=NOW, drug="acetaminophen", dose=Decimal(650), unit="mg", route="po")
    row = actions.record_assessment(
        by=nurse, submission_id=uuid4(), patient=patient, assessment=FEVER, at=hours_ago(1), antipyretic=given
    )
    dose = Treatment.objects.get()
    ended: list[object] = []

    def later(act: Callable[[], object]) -> Callable[[], None]:
        def run() -> None:
            try:
                ended.append(act())
            except actions.Refused as refused:
                ended.append(refused)
            connection.close()

        return run

    acts = [
        later(lambda: actions.discharge(by=nurse, submission_id=uuid4(), patient=patient)),
        later(lambda: actions.undo(by=nurse, submission_id=uuid4(), row=row)),
    ]
    threads = [threading.Thread(target=act) for act in acts]
    with transaction.atomic():  # holds the patient to its end
        actions.transfer(by=nurse, submission_id=uuid4(), patient=patient, ward=there)
        actions.mark_entered_in_error(by=nurse, submission_id=uuid4(), row=dose, reason="typing")
        for thread in threads:
            thread.start()
        _until_they_wait(len(threads))
    for thread in threads:
        thread.join(60)
    assert not [one for one in ended if isinstance(one, actions.Refused)]
    assert patient.placements.latest("id").ward == there
    assert patient.placements.latest("id").kind == "discharge"
    assert not Assessment.objects.standing().exists()


def _until_they_wait(acts: int) -> None:
    """Until so many others wait for a lock that this transaction holds."""
    until = time.monotonic() + 60
    with connection.cursor() as cursor:
        while time.monotonic() < until:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
            if cursor.fetchone()[0] >= acts:
                return
            time.sleep(0.05)
    raise AssertionError("nobody waits")


def _at_once(acts: list[Callable[[], None]]) -> None:
    ready = threading.Barrier(len(acts))

    def run(act: Callable[[], None]) -> None:
        ready.wait(10)
        act()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)  # a machine that is busy is no failure


@pytest.mark.django_db
def test_an_act_after_the_clock_was_set_back_is_entered_after_the_one_before() -> None:
    nurse = a_user()
    patient = a_patient(nurse, a_ward(nurse))
    ahead = datetime.now(UTC) + timedelta(seconds=2)
    Submission.objects.create(id=uuid4(), act="test", patient=patient, values={}, entered_by=nurse, entered_at=ahead)
    row = an_assessment(nurse, patient, None, temperature_c=Decimal(38))
    assert row.entered_at == row.submission.entered_at > ahead
    assert row.at < ahead  # when it was seen is what the clock says


@pytest.mark.django_db
def test_an_antipyretic_given_now_is_a_treatment_at_the_same_time() -> None:
    nurse = a_user()
    patient = a_patient(nurse, a_ward(nurse))
    given = record.Treatment(at=NOW, drug="acetaminophen", dose=Decimal(650), unit="mg", route="po")
    row = actions.record_assessment(
        by=nurse, submission_id=uuid4(), patient=patient, assessment=FEVER, at=hours_ago(1), antipyretic=given
    )
    treatment = Treatment.objects.get()
    assert (treatment.at, treatment.submission_id) == (row.at, row.submission_id)
    assert (treatment.drug, treatment.dose, treatment.unit, treatment.route) == (
        "acetaminophen",
        Decimal(650),
        "mg",
        "po",
    )


@pytest.mark.django_db
def test_an_act_that_is_refused_leaves_nothing_behind() -> None:
    nurse = a_user()
    patient = a_patient(nurse, a_ward(nurse))
    before = Submission.objects.count()
    with pytest.raises(actions.Refused) as refused:
        actions.record_assessment(
            by=nurse,
            submission_id=uuid4(),
            patient=patient,
            assessment=FEVER,
            at=hours_ago(1),
            antipyretic=record.Treatment(at=NOW, drug="acetaminophen", dose=Decimal(650)),
        )
    assert refused.value.errors.keys() == {"dose"}
    assert (Assessment.objects.count(), Treatment.objects.count(), Submission.objects.count()) == (0, 0, before)


@pytest.mark.django_db
def test_every_row_says_by_whom_and_when_it_was_entered() -> None:
    nurse = a_user()
    patient = a_patient(nurse, a_ward(nurse))
    row = an_assessment(nurse, patient, None, temperature_c=Decimal(38))
    assert row.entered_by == nurse
    assert row.at == row.entered_at == row.submission.entered_at
    assert abs(row.entered_at - datetime.now(UTC)) < timedelta(minutes=1)


@pytest.mark.django_db
@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("act", MAY)
def test_a_role_may_what_the_table_says(role: Role, act: str) -> None:
    charts = {Role.NURSE, Role.CHARGE_NURSE, Role.PHYSICIAN}
    expected = {
        "choose_protocol": {Role.PHYSICIAN},
        "decide": {Role.PHYSICIAN},
        "judge_severity": {Role.PHYSICIAN},
        "sign": {Role.PHYSICIAN},
        "acknowledge_concern": {Role.PHYSICIAN},
        "record_death": {Role.PHYSICIAN},
        "change_ward_settings": {Role.ADMIN},
        "open_ward": {Role.ADMIN},
        "add_person": {Role.ADMIN},
        "regrade": {Role.ADMIN},
        "assign": {Role.NURSE, Role.CHARGE_NURSE},
        "unassign": {Role.NURSE, Role.CHARGE_NURSE},
        "assign_ward": {Role.CHARGE_NURSE},
        **dict.fromkeys((*DISPLAYS, "unlock"), {Role.CHARGE_NURSE, Role.ADMIN}),
    }.get(act, charts)
    user = a_user(role=role)
    assert may(user, act) == (role in expected)

    def write(entry: object) -> None:
        """Nothing to write."""

    def attempt() -> None:
        perform(act, by=user, submission_id=uuid4(), values={}, write=write, again=lambda submission: None)

    if role in expected:
        attempt()
    else:
        with pytest.raises(PermissionDenied):
            attempt()


@pytest.mark.django_db
def test_somebody_who_left_may_nothing() -> None:
    nurse = a_user()
    patient = a_patient(nurse, a_ward(nurse))
    nurse.is_active = False
    with pytest.raises(PermissionDenied):
        an_assessment(nurse, patient, temperature_c=Decimal(38))


def test_every_action_has_its_row_in_the_table_of_permissions() -> None:
    acts = {name for name in actions.__all__ if name[0].islower()}
    assert acts - {"settle"} == set(MAY) - WITHIN  # which says what became of an act


@pytest.mark.django_db
def test_nothing_else_is_written_by_an_act() -> None:
    nurse = a_user()
    patient = a_patient(nurse, a_ward(nurse))
    an_assessment(nurse, patient, temperature_c=Decimal(38))
    counts = [
        model.objects.count() for model in (Patient, Placement, Weight, Treatment, LaboratoryResult, InfusionEvent)
    ]
    assert counts == [1, 1, 1, 0, 0, 0]
