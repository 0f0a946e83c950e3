"""Is a correction a new row that reaches every reader, and is what was there kept?"""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from grading import record
from patients import actions
from patients.decisions import latest_decisions, ticks_of
from patients.models import (
    Assessment,
    Correction,
    Death,
    Height,
    Infusion,
    InfusionDose,
    InfusionEvent,
    LaboratoryResult,
    Patient,
    Role,
    StoredVerdict,
    Submission,
    Treatment,
    Weight,
)
from patients.models.correction import SEEN, correction_of
from patients.record import charted, course_of
from patients.signatures import signatures_of, worklist
from tests.patients.care import CANNULA, FEVER, PRESSOR, Care
from tests.patients.cast import a_patient, a_user, a_ward, hours_ago

pytestmark = pytest.mark.django_db


@pytest.fixture
def care() -> Care:
    return Care()


def refused(act: Callable[..., Any], **given: Any) -> dict[str, str]:
    with pytest.raises(actions.Refused) as raised:
        act(**({"submission_id": uuid4()} | given))
    return raised.value.errors


def a_row_of_each_kind(care: Care) -> dict[str, Any]:
    id: dict[str, Any] = {"by": care.nurse}
    weight, height = actions.record_measurement(
        submission_id=uuid4(),
        patient=care.patient,
        weight_kg=Decimal(71),
        height_cm=Decimal(171),
        at=hours_ago(5),
        **id,
    )
    return {
        "assessment": care.assess(4, **CANNULA),
        "treatment": care.give(hours=3),
        "result": actions.enter_result(
            submission_id=uuid4(), patient=care.patient, analyte="crp", value=Decimal(50), at=hours_ago(3), **id
        ),
        "weight": weight,
        "height": height,
        "infusion_event": actions.record_infusion_event(
            submission_id=uuid4(), infusion=care.infusion, action="interrupt", at=hours_ago(2), **id
        ),
        "infusion_dose": actions.record_dose_step(
            submission_id=uuid4(), infusion=care.infusion, dose=Decimal(1), unit="mg", at=hours_ago(2), **id
        ),
        "infusion": care.infusion,
        "death": actions.record_death(by=care.physician, submission_id=uuid4(), patient=care.patient, at=hours_ago(1)),
    }


ANOTHER: dict[str, dict[str, Any]] = {
    "assessment": {"temperature_c": Decimal("37.1")},
    "treatment": {"dose": Decimal(400)},
    "result": {"value": Decimal(60)},
    "weight": {"weight_kg": Decimal(72)},
    "height": {"height_cm": Decimal(172)},
    "infusion_event": {"action": "discontinue"},
    "infusion_dose": {"dose": Decimal(2)},
    "infusion": {"lot": "A1"},
    "death": {"due_to_crs": True},
}


@pytest.mark.parametrize("kind", SEEN)
def test_a_row_of_every_kind_is_corrected_by_another_that_stands(care: Care, kind: str) -> None:
    row = a_row_of_each_kind(care)[kind]
    new = care.correct(row, by=care.physician, **ANOTHER[kind])
    model = SEEN[kind]
    assert row not in model.objects.standing()
    assert new in model.objects.standing()
    assert row in model.objects.all()
    for name, value in ANOTHER[kind].items():
        assert getattr(new, name) == value
    correction: Any = correction_of(row)
    assert (correction.kind, correction.of, correction.row, correction.replacement) == ("superseded", kind, row, new)
    assert new.corrects == correction


@pytest.mark.parametrize("kind", SEEN)
def test_a_row_of_every_kind_is_withdrawn(care: Care, kind: str) -> None:
    row = a_row_of_each_kind(care)[kind]
    correction = care.withdraw(row, by=care.physician)
    assert row not in SEEN[kind].objects.standing()
    assert (correction.kind, correction.replacement, correction.reentered) == ("entered-in-error", None, None)


@pytest.mark.parametrize("kind", SEEN)
def test_a_row_of_every_kind_goes_to_the_patient_it_belongs_to(care: Care, kind: str) -> None:
    rows = a_row_of_each_kind(care)
    if kind != "death":
        care.withdraw(rows["death"], by=care.physician)
    other = a_patient(
        care.nurse,
        care.ward,
        mrn="2002",
        infusion=actions.NewInfusion(cause="bispecific", product="teclistamab", started_at=hours_ago(50)),
    )
    row = rows[kind]
    new: Any = actions.move_to_patient(by=care.physician, submission_id=uuid4(), row=row, to=other)
    assert row not in SEEN[kind].objects.standing()
    assert new in SEEN[kind].objects.standing()
    owner = new.infusion.patient if kind.startswith("infusion_") else new.patient
    assert owner == other
    correction: Any = correction_of(row)
    assert (correction.kind, correction.reentered) == ("wrong-patient", new)
    assert new.reentered_from == correction


@pytest.mark.parametrize("kind", SEEN)
def test_ones_own_row_of_every_kind_is_undone_within_ten_minutes(care: Care, kind: str) -> None:
    row = a_row_of_each_kind(care)[kind]
    if kind == "infusion":
        row = actions.start_infusion(
            by=care.physician,
            submission_id=uuid4(),
            patient=care.patient,
            infusion=actions.NewInfusion(cause="bispecific", product="teclistamab", started_at=hours_ago(1.5)),
        )
    by = care.physician if kind in ("death", "infusion") else care.nurse
    correction = actions.undo(by=by, submission_id=uuid4(), row=row)
    assert row not in SEEN[kind].objects.standing()
    assert (correction.kind, correction.row, correction.replacement) == ("undone", row, None)


@pytest.mark.parametrize("kind", SEEN)
@pytest.mark.parametrize("act", ["correct", "withdraw", "undo", "move"])
def test_the_second_of_two_correctors_is_told_what_stands(care: Care, kind: str, act: str) -> None:
    row = a_row_of_each_kind(care)[kind]
    first = care.withdraw(row, by=care.physician)
    acts: dict[str, Callable[[], Any]] = {
        "correct": lambda: care.correct(row, by=care.physician, **ANOTHER[kind]),
        "withdraw": lambda: care.withdraw(row, by=care.physician),
        "undo": lambda: actions.undo(by=care.physician, submission_id=uuid4(), row=row),
        "move": lambda: actions.move_to_patient(
            by=care.physician, submission_id=uuid4(), row=row, to=a_patient(care.nurse, care.ward, mrn="3003")
        ),
    }
    with pytest.raises(actions.Conflict) as raised:
        acts[act]()
    assert raised.value.correction == first
    assert Correction.objects.filter(**{kind: row}).count() == 1


def test_an_infusion_that_is_corrected_keeps_its_decisions_ticks_and_signatures(care: Care) -> None:
    row = care.assess(1, **PRESSOR)
    decision, signature = care.decide(row, "tocilizumab"), care.sign(row, 3)
    tick = actions.tick(
        by=care.nurse,
        submission_id=uuid4(),
        infusion=care.infusion,
        step="differential",
        item="sepsis",
        done=True,
    )
    care.correct(care.infusion, product="tisagenlecleucel")
    care.correct(care.infusion, started_at=hours_ago(45))
    assert latest_decisions(care.infusion) == {"tocilizumab": decision}
    assert ticks_of(care.infusion, care.graded()) == {("differential", "sepsis"): tick}
    assert signatures_of([care.infusion]) == {care.infusion.pk: [signature]}
    assert worklist([(care.infusion, care.graded())]) == []
    later = care.sign(row, 2, reason="clinical-picture", text="seen again")
    assert signatures_of([care.infusion]) == {care.infusion.pk: [signature, later]}


def test_what_the_other_wrote_may_be_corrected_in_turn(care: Care) -> None:
    row = care.assess(2, **FEVER)
    theirs = care.correct(row, by=care.physician, temperature_c=Decimal("38.5"))
    mine = care.correct(theirs, temperature_c=Decimal("37.5"))
    assert list(Assessment.objects.standing()) == [mine]


def test_a_correction_keeps_everything_that_it_does_not_change(care: Care) -> None:
    row = actions.record_assessment(
        by=care.nurse,
        submission_id=uuid4(),
        patient=care.patient,
        assessment=record.Assessment(
            at=hours_ago(1), **(PRESSOR | {"organ_toxicity": {"renal": 2}, "attributed_elsewhere": ("skin",)})
        ),
        at=hours_ago(1),
        impression=3,
        attribution_reason="a known rash",
        typed={"temperature_c": {"text": "102.2", "unit": "°F"}, "systolic": {"text": "85", "unit": "mmHg"}},
        confirmed=[{"field": "temperature_c", "value": "39"}, {"field": "systolic", "value": "85"}],
    )
    new = care.correct(row, temperature_c=Decimal("38.2"))
    assert [one.rate for one in new.vasopressors.all()] == [Decimal("0.1")]
    assert [(one.system, one.grade) for one in new.organ_toxicities.all()] == [("renal", 2)]
    assert (new.at, new.systolic, new.impression, new.attribution_reason) == (row.at, Decimal(85), 3, "a known rash")
    assert new.typed == {"systolic": {"text": "85", "unit": "mmHg"}}
    assert new.confirmed == [{"field": "systolic", "value": "85"}]


def test_a_corrected_time_moves_the_assessment(care: Care) -> None:
    row = care.assess(2, **FEVER)
    new = care.correct(row, at=hours_ago(3))
    assert (new.at, new.temperature_c) == (hours_ago(3), Decimal("39.0"))


def test_a_withdrawn_assessment_is_out_of_every_grade_after_it(care: Care) -> None:
    wrong = care.assess(3, **FEVER)
    later = care.assess(2, ice_score=10)
    assert StoredVerdict.objects.filter(assessment=later, scale="astct-2019").latest("id").grade == 1
    care.withdraw(wrong)
    assert [one.assessment.ref for one in care.graded().assessments] == [later]
    stored = StoredVerdict.objects.filter(assessment=later, scale="astct-2019").latest("id")
    verdict = care.graded().assessments[0].verdicts["astct-2019"]
    assert (stored.grade, stored.at_most) == (verdict.grade, verdict.at_most)
    assert (stored.grade, stored.submission.act) == (0, "mark_entered_in_error")


def test_a_course_as_known_then_still_has_the_row(care: Care) -> None:
    row = care.assess(2, **FEVER)
    then = Submission.objects.latest("entered_at").entered_at
    care.correct(row, temperature_c=Decimal("37.0"))
    was = [e for e in course_of(care.infusion, known_at=then).events if isinstance(e, record.Assessment)]
    now = [e for e in course_of(care.infusion).events if isinstance(e, record.Assessment)]
    assert [one.temperature_c for one in was] == [Decimal("39.0")]
    assert [one.temperature_c for one in now] == [Decimal("37.0")]
    assert Assessment.objects.standing(then).get() == row


def test_a_banner_shows_the_weight_and_height_that_stand(care: Care) -> None:
    weight, height = actions.record_measurement(
        by=care.nurse, submission_id=uuid4(), patient=care.patient, weight_kg=Decimal(170), height_cm=Decimal(107)
    )
    care.withdraw(weight)
    care.withdraw(height)
    for patient in (Patient.objects.get(), Patient.objects.present().get()):
        assert patient.weight_kg == 70
        assert patient.height is not None and patient.height.height_cm == 170


def test_an_undone_correction_says_again_what_was_there(care: Care) -> None:
    row = care.assess(2, **FEVER)
    slip = care.correct(row, temperature_c=Decimal("41.0"))
    correction = actions.undo(by=care.nurse, submission_id=uuid4(), row=slip)
    [stands] = Assessment.objects.standing()
    assert correction.replacement == stands
    assert stands.temperature_c == Decimal("39.0")
    assert Assessment.objects.count() == 3


def with_an_antipyretic(care: Care) -> Assessment:
    return actions.record_assessment(
        by=care.nurse,
        submission_id=uuid4(),
        patient=care.patient,
        assessment=record.Assessment(at=hours_ago(1), **FEVER),
        at=hours_ago(1),
        antipyretic=record.Treatment(at=hours_ago(1), drug="acetaminophen"),
    )


def test_the_antipyretic_charted_beside_an_assessment_goes_with_it(care: Care) -> None:
    actions.undo(by=care.nurse, submission_id=uuid4(), row=with_an_antipyretic(care))
    assert not Treatment.objects.standing().exists()
    care.withdraw(with_an_antipyretic(care))
    assert not Treatment.objects.standing().exists()
    other = a_patient(care.nurse, care.ward, mrn="2002")
    actions.move_to_patient(by=care.nurse, submission_id=uuid4(), row=with_an_antipyretic(care), to=other)
    assert [one.patient for one in Treatment.objects.standing()] == [other]
    assert [one.patient for one in Assessment.objects.standing()] == [other]


def test_the_antipyretic_goes_with_the_assessment_when_both_were_corrected_and_there_and_back(care: Care) -> None:
    other = a_patient(care.nurse, care.ward, mrn="2002")
    row = care.correct(with_an_antipyretic(care), temperature_c=Decimal("39.6"))
    care.correct(Treatment.objects.standing().get(), note="rectal")
    there = actions.move_to_patient(by=care.nurse, submission_id=uuid4(), row=row, to=other)
    assert [(one.patient, one.note) for one in Treatment.objects.standing()] == [(other, "rectal")]
    row = care.correct(there, temperature_c=Decimal("39.7"))
    actions.move_to_patient(by=care.nurse, submission_id=uuid4(), row=row, to=care.patient)
    assert [one.patient for one in Treatment.objects.standing()] == [care.patient]


def test_undoing_a_correction_leaves_the_antipyretic_where_it_was(care: Care) -> None:
    actions.undo(
        by=care.nurse,
        submission_id=uuid4(),
        row=care.correct(with_an_antipyretic(care), temperature_c=Decimal("39.6")),
    )
    assert Treatment.objects.standing().get().drug == "acetaminophen"


def test_only_ones_own_row_is_undone(care: Care) -> None:
    row = care.assess(2, **FEVER)
    assert "yourself" in refused(actions.undo, by=care.physician, row=row)[""]
    assert row in Assessment.objects.standing()


def test_after_ten_minutes_it_is_a_correction_with_a_reason(care: Care, monkeypatch: pytest.MonkeyPatch) -> None:
    row = care.assess(2, **FEVER)
    monkeypatch.setattr("patients.actions.amending.UNDO_WITHIN", timedelta(0))
    assert "10 minutes" in refused(actions.undo, by=care.nurse, row=row)[""]


def test_an_infusion_on_which_something_was_charted_is_not_undone(care: Care) -> None:
    new = actions.start_infusion(
        by=care.nurse,
        submission_id=uuid4(),
        patient=care.patient,
        infusion=actions.NewInfusion(cause="bispecific", product="teclistamab", started_at=hours_ago(2)),
    )
    actions.record_infusion_event(by=care.nurse, submission_id=uuid4(), infusion=new, action="interrupt")
    assert "charted on this infusion" in refused(actions.undo, by=care.nurse, row=new)[""]


def test_what_came_from_another_patient_is_moved_back_not_undone(care: Care) -> None:
    other = a_patient(care.nurse, care.ward, mrn="2002")
    row = care.assess(2, **FEVER)
    moved = actions.move_to_patient(by=care.nurse, submission_id=uuid4(), row=row, to=other)
    assert "another patient" in refused(actions.undo, by=care.nurse, row=moved)[""]
    back: Any = actions.move_to_patient(by=care.nurse, submission_id=uuid4(), row=moved, to=care.patient)
    assert list(Assessment.objects.standing()) == [back]
    assert back.patient == care.patient


def test_both_patients_are_graded_anew_after_a_move(care: Care) -> None:
    other = a_patient(care.nurse, care.ward, mrn="2002")
    wrong = care.assess(3, **PRESSOR)
    here = care.assess(2, temperature_c=Decimal("37.0"))
    there = actions.record_assessment(
        by=care.nurse,
        submission_id=uuid4(),
        patient=other,
        assessment=record.Assessment(at=hours_ago(2), temperature_c=Decimal("37.0")),
        at=hours_ago(2),
    )
    before = {row: StoredVerdict.objects.filter(assessment=row).count() for row in (here, there)}
    actions.move_to_patient(by=care.nurse, submission_id=uuid4(), row=wrong, to=other)
    for row in (here, there):
        assert StoredVerdict.objects.filter(assessment=row).count() > before[row]
    for course in charted(Infusion.objects.all()):
        for graded in course.graded().assessments:
            for verdict in graded.verdicts.values():
                last = StoredVerdict.objects.filter(assessment=graded.assessment.ref, scale=verdict.scale).latest("id")  # type: ignore[misc]
                assert (last.grade, last.at_most) == (verdict.grade, verdict.at_most)


def test_a_row_is_moved_only_between_patients_of_ones_wards(care: Care) -> None:
    row = care.assess(2, **FEVER)
    stranger = a_user("eve")
    elsewhere = a_patient(stranger, a_ward(stranger, "Ward 9"), mrn="9009")
    with pytest.raises(PermissionDenied):
        actions.move_to_patient(by=care.nurse, submission_id=uuid4(), row=row, to=elsewhere)
    assert row in Assessment.objects.standing()


def test_a_row_is_not_moved_to_where_it_is_or_where_it_cannot_be(care: Care) -> None:
    row = care.assess(2, **FEVER)
    assert "already" in refused(actions.move_to_patient, by=care.nurse, row=row, to=care.patient)["to"]
    event = actions.record_infusion_event(
        by=care.nurse, submission_id=uuid4(), infusion=care.infusion, action="interrupt"
    )
    without = a_patient(care.nurse, care.ward, mrn="2002", infusion=False)
    assert "no infusion" in refused(actions.move_to_patient, by=care.nurse, row=event, to=without)["to"]
    assert event in InfusionEvent.objects.standing()


def test_a_death_is_corrected_by_those_who_may_chart_one(care: Care) -> None:
    death = actions.record_death(by=care.physician, submission_id=uuid4(), patient=care.patient, at=hours_ago(1))
    with pytest.raises(PermissionDenied):
        care.withdraw(death)
    care.withdraw(death, by=care.physician)
    care.assess(0.5, **FEVER)
    assert care.graded().died_at is None


def test_a_correction_that_changes_nothing_is_refused(care: Care) -> None:
    row = care.assess(2, **FEVER)
    result = actions.enter_result(
        by=care.nurse, submission_id=uuid4(), patient=care.patient, analyte="crp", value=Decimal(5)
    )
    for one, values in ((row, {"temperature_c": Decimal("39.0")}), (result, {"analyte": "crp"})):
        given = {"by": care.nurse, "row": one, "values": values, "reason": "typing"}
        assert "Nothing was changed" in refused(actions.correct_row, **given)[""]


def test_a_correction_is_checked_as_the_row_was(care: Care) -> None:
    row = care.assess(2, **FEVER)
    given: dict[str, Any] = {"by": care.nurse, "row": row, "reason": "typing"}
    assert refused(actions.correct_row, values={"temperature_c": Decimal(50)}, **given).keys() == {"temperature_c"}
    assert refused(actions.correct_row, values={"at": hours_ago(-1)}, **given).keys() == {"at"}
    assert refused(actions.correct_row, values={"at": None, "systolic": Decimal(10)}, **given).keys() == {"systolic"}
    assert refused(actions.correct_row, values={"ice_score": 3}, **(given | {"reason": "other"})).keys() == {"text"}
    with pytest.raises(TypeError):
        actions.correct_row(submission_id=uuid4(), values={"temperature": Decimal(38)}, **given)
    assert list(Assessment.objects.standing()) == [row]


def test_events_that_no_longer_fit_after_a_withdrawal_hold_up_no_new_one(care: Care) -> None:
    def event(action: str, hours: float) -> InfusionEvent:
        return actions.record_infusion_event(
            by=care.nurse, submission_id=uuid4(), infusion=care.infusion, action=action, at=hours_ago(hours)
        )

    first = event("interrupt", 10)
    event("resume", 8)
    care.withdraw(first)
    event("interrupt", 4)
    event("resume", 2)
    assert InfusionEvent.objects.standing().count() == 3


def test_what_hangs_on_an_infusion_goes_with_its_correction(care: Care) -> None:
    event = actions.record_infusion_event(
        by=care.nurse, submission_id=uuid4(), infusion=care.infusion, action="interrupt", at=hours_ago(2)
    )
    actions.record_dose_step(by=care.nurse, submission_id=uuid4(), infusion=care.infusion, at=hours_ago(3))
    row = care.assess(1, **FEVER)
    new = care.correct(care.infusion, started_at=hours_ago(50))
    assert list(Infusion.objects.standing()) == [new]
    assert [one.infusion for one in InfusionEvent.objects.standing()] == [new]
    assert [one.infusion for one in InfusionDose.objects.standing()] == [new]
    correction: Any = correction_of(event)
    replacement = correction.replacement
    assert isinstance(replacement, InfusionEvent) and replacement.infusion == new
    assert StoredVerdict.objects.filter(infusion=new, assessment=row).exists()


def test_a_retry_of_a_correction_is_answered_with_what_was_recorded(care: Care) -> None:
    other = a_patient(care.nurse, care.ward, mrn="2002")
    acts: list[Callable[..., Any]] = []
    rows = [care.assess(hours, **FEVER) for hours in (5, 4, 3, 2)]
    common: dict[str, Any] = {"by": care.nurse}
    acts.append(lambda **id: actions.correct_row(row=rows[0], values={"ice_score": 9}, reason="typing", **common, **id))
    acts.append(lambda **id: actions.mark_entered_in_error(row=rows[1], reason="twice", **common, **id))
    acts.append(lambda **id: actions.undo(row=rows[2], **common, **id))
    acts.append(lambda **id: actions.move_to_patient(row=rows[3], to=other, **common, **id))
    for act in acts:
        id = uuid4()
        assert act(submission_id=id) == act(submission_id=id)
    assert Correction.objects.count() == 4


def test_a_course_is_read_in_as_many_queries_whatever_was_corrected(care: Care) -> None:
    care.assess(5, **FEVER)
    with CaptureQueriesContext(connection) as few:
        charted([care.infusion])
    for hours in (4, 3, 2):
        care.correct(care.assess(hours, **FEVER), temperature_c=Decimal("38.1"))
    with CaptureQueriesContext(connection) as many:
        charted([care.infusion])
    assert len(many) == len(few)


def test_a_measured_height_in_error_regrades_the_whole_course(care: Care) -> None:
    height = Height.objects.get()
    care.assess(5, **FEVER)
    care.withdraw(height)
    assert care.course().course.patient.height_cm is None


def test_every_kind_of_row_that_was_seen_can_be_corrected() -> None:
    assert set(SEEN.values()) == {
        Assessment, Treatment, LaboratoryResult, Weight, Height, InfusionEvent, InfusionDose, Infusion, Death,
    }  # fmt: skip


def test_a_role_that_may_not_chart_may_not_correct(care: Care) -> None:
    row = care.assess(2, **FEVER)
    for role in (Role.ADMIN, Role.AUDITOR):
        user = a_user(role.value, role)
        user.wards.add(care.ward)
        with pytest.raises(PermissionDenied):
            care.withdraw(row, by=user)
