"""Can every clinical row be marked as wrong, does it then hold nowhere, and is a mark that was a slip taken back?"""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import models

from grading.checklists import CHECKLISTS
from patients import actions
from patients.assignments import assigned
from patients.concerns import open_concerns
from patients.decisions import latest_decisions, ticks_of
from patients.models import (
    Bed,
    Correction,
    Infusion,
    InfusionEvent,
    Patient,
    PatientFacts,
    Placement,
    Role,
    StoredVerdict,
    Submission,
    Treatment,
)
from patients.models.correction import KINDS, MOVED, SEEN, TO_PATIENT, correction_of, kind_of, patient_of
from patients.models.submission import Correctable
from patients.pauses import pauses_of
from patients.record import charted
from patients.signatures import signatures_of, worklist
from patients.waiting import how_many_wait
from tests.patients.care import FEVER, PRESSOR, Care
from tests.patients.cast import a_patient, a_user, a_ward, hours_ago
from tests.patients.marked import CHARTS, MAY_MARK, SAYS, rows_that_no_form_corrects, who_marks

pytestmark = pytest.mark.django_db


@pytest.fixture
def care() -> Care:
    care = Care()
    Bed.objects.create(ward=care.ward, label="9")
    return care


def withdraw(care: Care, row: Any) -> Correction:
    by = who_marks(care, kind_of(row))
    return actions.mark_entered_in_error(by=by, submission_id=uuid4(), row=row, reason="not-done")


def take_back(care: Care, mark: Correction) -> Correction:
    return actions.take_back(by=who_marks(care, mark.of), submission_id=uuid4(), correction=mark)


def refused(act: Any, **given: Any) -> str:
    with pytest.raises(actions.Refused) as raised:
        act(submission_id=uuid4(), **given)
    return " ".join(raised.value.errors.values())


def holds(care: Care) -> dict[str, Any]:
    """What every reader says of the patient now, by the kind of row that it rests on."""
    patient = Patient.objects.present().get(pk=care.patient.pk)
    course = charted([care.infusion])[0]
    graded = course.graded()
    open_ = open_concerns([patient], now=hours_ago(0))
    pauses = pauses_of([patient], hours_ago(0))
    return {
        "facts": (patient.facts.allergies_to, Patient.objects.get(pk=patient.pk).facts.allergies_to),
        "identity": patient.family_name,
        "placement": (str(patient.bed), [str(one.bed) for one in Patient.objects.lying_on([care.ward])]),
        "protocol": (course.course.protocol, patient.protocol_choice),
        "decision": latest_decisions(care.infusion).get("tocilizumab"),
        "tick": ticks_of(care.infusion, graded),
        "signature": signatures_of([care.infusion]),
        "concern": [one.concern.why for one in open_ if one.concern.why != "asked again"],
        "acknowledgement": [one.concern.why for one in open_ if one.concern.why == "asked again"],
        "pause": pauses.keys(),
        "pause_end": [one.back_at for one in pauses.values()],
        "assignment": assigned([patient], datetime.now(UTC)),
    }


def test_every_row_that_somebody_entered_about_a_patient_can_be_marked() -> None:
    """Not what is no patient's: a ward's settings, its displays; nor that somebody opened one by breaking glass."""
    entered = {
        model.__name__
        for model in apps.get_app_config("patients").get_models()
        if any(field.name == "submission" for field in model._meta.concrete_fields)
        and not model.__name__.startswith("Stored")
    }
    of_no_patient = {"WardSettings", "WallDisplay", "DisplayPairing", "DisplayRevocation"}
    assert (
        entered - {model.__name__ for model in KINDS.values()}
        == {"Correction", "BrokenGlass", "GlassEnd"} | of_no_patient
    )
    assert all(issubclass(model, Correctable) for model in KINDS.values())


def test_marked_every_kind_holds_nowhere_and_taken_back_it_holds_as_before(care: Care) -> None:
    rows = rows_that_no_form_corrects(care)
    assert rows.keys() == KINDS.keys() - SEEN.keys()
    for kind, row in rows.items():
        before = holds(care)
        mark = withdraw(care, row)
        after = holds(care)
        assert row not in KINDS[kind].objects.standing(), kind
        assert row in KINDS[kind].objects.standing(row.entered_at), kind
        assert after[kind] != before[kind], kind
        assert (mark.of, mark.row, mark.kind, patient_of(mark.row)) == (kind, row, "entered-in-error", care.patient)
        back = take_back(care, mark)
        assert holds(care) == before, kind
        assert row in KINDS[kind].objects.standing(), kind
        assert row not in KINDS[kind].objects.standing(mark.entered_at), kind  # as known then it stays gone
        assert (back.row, back.kind) == (row, "undone")
        again = withdraw(care, row)
        assert (correction_of(row), again.turn) == (again, 1), kind
        assert holds(care)[kind] == after[kind], kind
        take_back(care, again)


def test_ones_own_slip_of_every_kind_is_undone_in_one_step(care: Care) -> None:
    for kind, row in reversed(rows_that_no_form_corrects(care).items()):
        by = care.physician if MAY_MARK.get(kind) == frozenset({Role.PHYSICIAN}) else care.nurse
        before = holds(care)[kind]
        mark = actions.undo(by=by, submission_id=uuid4(), row=row)
        assert (mark.kind, mark.row, mark.replacement) == ("undone", row, None), kind
        assert holds(care)[kind] != before, kind


def test_a_row_before_it_holds_again(care: Care) -> None:
    rows = rows_that_no_form_corrects(care)
    for row in reversed(rows.values()):
        withdraw(care, row)
    now = holds(care)
    assert now["facts"] == ([], [])
    assert now["identity"] == "Lindqvist"
    assert now["placement"] == ("None", ["None"])
    assert now["protocol"] == ("review-2024", None)
    assert (now["decision"], now["tick"], now["signature"]) == (None, {}, {})
    assert (now["concern"], now["acknowledgement"]) == ([], ["asked again"])
    assert (list(now["pause"]), now["pause_end"], now["assignment"]) == ([], [], {})
    [asked] = worklist([(care.infusion, care.graded())])
    assert asked.signed is None


@pytest.mark.parametrize("role", list(Role))
def test_who_may_write_such_a_row_may_mark_it_and_nobody_else(care: Care, role: Role) -> None:
    user = a_user(f"a {role}", role)
    user.wards.add(care.ward)
    rows = rows_that_no_form_corrects(care)
    actions.acknowledge_concern(by=care.physician, submission_id=uuid4(), concern=rows["concern"])
    for kind, row in rows.items():
        allowed = role in MAY_MARK.get(kind, CHARTS)
        mark: dict[str, Any] = {"by": user, "submission_id": uuid4(), "row": row, "reason": "twice"}
        if allowed:
            made = actions.mark_entered_in_error(**mark)
            assert made.entered_by == user
            actions.take_back(by=user, submission_id=uuid4(), correction=made)
        else:
            with pytest.raises(PermissionDenied):
                actions.mark_entered_in_error(**mark)
            with pytest.raises(PermissionDenied):
                actions.undo(by=user, submission_id=uuid4(), row=row)
            assert correction_of(row) is None


def test_what_the_record_cannot_do_without_stays_and_the_sentence_says_what_to_do(care: Care) -> None:
    patient = care.patient
    mark: dict[str, Any] = {"by": care.nurse, "reason": "twice"}
    facts, place, name = patient.facts, patient.placement, patient.identities.get()
    assert "no other facts" in refused(actions.mark_entered_in_error, row=facts, **mark)
    assert "no other name and number" in refused(actions.mark_entered_in_error, row=name, **mark)
    assert "only place" in refused(actions.mark_entered_in_error, row=place, **mark)
    gone = actions.discharge(by=care.nurse, submission_id=uuid4(), patient=patient, at=hours_ago(3))
    assert "rests on this admission" in refused(actions.mark_entered_in_error, row=place, **mark)
    actions.readmit(by=care.nurse, submission_id=uuid4(), patient=patient, ward=care.ward, at=hours_ago(2))
    assert "mark the later one first" in refused(actions.mark_entered_in_error, row=gone, **mark)
    assert not Correction.objects.exists()


def test_a_discharge_in_error_lets_the_patient_lie_there_again_unless_somebody_lies_in_the_bed(care: Care) -> None:
    bed = care.ward.beds.get(label="9")
    actions.transfer(
        by=care.nurse, submission_id=uuid4(), patient=care.patient, ward=care.ward, bed=bed, at=hours_ago(5)
    )
    gone = actions.discharge(by=care.nurse, submission_id=uuid4(), patient=care.patient, at=hours_ago(1))
    other = a_patient(care.nurse, care.ward, mrn="2002", bed=bed)
    mark: dict[str, Any] = {"by": care.nurse, "row": gone, "reason": "twice"}
    assert "Somebody lies in bed 9" in refused(actions.mark_entered_in_error, **mark)
    actions.discharge(by=care.nurse, submission_id=uuid4(), patient=other, at=hours_ago(0.5))
    actions.mark_entered_in_error(submission_id=uuid4(), **mark)
    patient = Patient.objects.get(pk=care.patient.pk)
    assert (patient.discharged, patient.bed) == (False, bed)
    assert patient in Patient.objects.lying_on([care.ward])


def test_a_transfer_to_another_ward_in_error_brings_the_settings_of_the_first_back(care: Care) -> None:
    lee = a_ward(care.nurse, "Ward 8", protocol="lee-2014")
    moved = actions.transfer(by=care.nurse, submission_id=uuid4(), patient=care.patient, ward=lee, at=hours_ago(2))
    row = care.assess(1, **PRESSOR)
    assert care.course().course.protocol == "lee-2014"
    mark = actions.undo(by=care.nurse, submission_id=uuid4(), row=moved)
    assert care.course().course.protocol == "review-2024"
    governing = StoredVerdict.objects.filter(assessment=row, submission=mark.submission, governing=True)
    assert [one.scale for one in governing] == ["astct-2019"]


def test_facts_in_error_grade_the_course_anew_and_an_impossible_birth_does_not_come_back(care: Care) -> None:
    row = care.assess(1, **FEVER)
    born = care.patient.facts.birth_date

    def change(**given: Any) -> PatientFacts:
        said: dict[str, Any] = {"birth_date": born, "sex": "female"} | given
        facts = actions.Facts(**said)
        return actions.change_facts(by=care.nurse, submission_id=uuid4(), patient=care.patient, facts=facts)

    wrong = change(home_oxygen_l_min=2, birth_date=date(2015, 1, 1))
    assert care.course().course.patient.birth_date == date(2015, 1, 1)
    mark = actions.mark_entered_in_error(by=care.nurse, submission_id=uuid4(), row=wrong, reason="typing")
    assert care.course().course.patient.birth_date == born
    last = StoredVerdict.objects.filter(assessment=row, scale="lee-2014").latest("id")
    graded = care.graded().assessments[-1].verdicts["lee-2014"]
    assert (last.grade, last.at_most) == (graded.grade, graded.at_most)
    later = change(neutropenic=True)
    actions.take_back(by=care.nurse, submission_id=uuid4(), correction=mark)
    assert Patient.objects.get(pk=care.patient.pk).facts == later  # the later row holds still


def test_a_concern_goes_to_the_patient_it_is_about_and_waits_since_it_was_raised(care: Care) -> None:
    raised = actions.raise_concern(by=care.nurse, submission_id=uuid4(), patient=care.patient, why="drowsy")
    other = a_patient(care.nurse, care.ward, mrn="2002")
    actions.acknowledge_concern(by=care.physician, submission_id=uuid4(), concern=raised)
    moved: Any = actions.move_to_patient(by=care.nurse, submission_id=uuid4(), row=raised, to=other)
    now = moved.entered_at + timedelta(minutes=12)
    [waits] = open_concerns(list(Patient.objects.present()), now=now)
    assert (waits.concern, waits.patient, waits.raised_at) == (moved, other, raised.entered_at)
    assert (waits.overdue, how_many_wait([other], now)) == (True, 1)
    assert moved.entered_at > raised.entered_at


def test_a_judgement_about_a_patient_is_no_row_of_another(care: Care) -> None:
    rows = rows_that_no_form_corrects(care)
    other = a_patient(care.nurse, care.ward, mrn="2002")
    for kind in KINDS.keys() - set(MOVED):
        with pytest.raises(TypeError):
            actions.move_to_patient(by=care.physician, submission_id=uuid4(), row=rows[kind], to=other)
        assert correction_of(rows[kind]) is None


def test_a_concern_that_no_physician_has_seen_is_not_taken_away_by_a_third(care: Care) -> None:
    raised = actions.raise_concern(by=care.nurse, submission_id=uuid4(), patient=care.patient, why="drowsy")
    third = a_user("eve")
    third.wards.add(care.ward)
    assert "No physician has seen" in refused(actions.mark_entered_in_error, by=third, row=raised, reason="twice")
    actions.mark_entered_in_error(by=care.nurse, submission_id=uuid4(), row=raised, reason="twice")
    assert "has marked this concern" in refused(actions.acknowledge_concern, by=care.physician, concern=raised)


def test_a_dose_is_not_given_on_a_decision_that_was_marked(care: Care) -> None:
    decision = care.decide(care.assess(1, **PRESSOR), "tocilizumab")
    withdraw(care, decision)
    with pytest.raises(actions.Refused, match="No accepted decision"):
        care.give(hours=0.5, accepted_decision=decision)


def test_a_mark_takes_what_went_with_it_back_too(care: Care) -> None:
    event = actions.record_infusion_event(
        by=care.nurse, submission_id=uuid4(), infusion=care.infusion, action="interrupt", at=hours_ago(2)
    )
    infusion = care.infusion
    row = care.assess(1, **PRESSOR)
    signature, decision = care.sign(row, 3), care.decide(row, "tocilizumab")
    mark = withdraw(care, infusion)
    assert not Infusion.objects.standing().exists() and not InfusionEvent.objects.standing().exists()
    take_back(care, mark)
    assert list(InfusionEvent.objects.standing()) == [event]
    assert care.infusion == infusion
    assert latest_decisions(infusion) == {"tocilizumab": decision}
    assert signatures_of([infusion]) == {infusion.pk: [signature]}
    assert worklist([(infusion, care.graded())]) == []


def test_only_ones_own_mark_of_the_last_ten_minutes_is_taken_back(care: Care, monkeypatch: pytest.MonkeyPatch) -> None:
    row = care.assess(1, **FEVER)
    mark = withdraw(care, row)
    assert "yourself" in refused(actions.take_back, by=care.nurse, correction=mark)
    id = uuid4()
    first = actions.take_back(by=care.physician, submission_id=id, correction=mark)
    assert actions.take_back(by=care.physician, submission_id=id, correction=mark) == first  # a double tap
    assert "already" in refused(actions.take_back, by=care.physician, correction=mark)
    replaced = care.correct(row, by=care.physician, temperature_c=38)
    superseded: Any = correction_of(row)
    assert "Another row holds" in refused(actions.take_back, by=care.physician, correction=superseded)
    again = withdraw(care, replaced)
    monkeypatch.setattr("patients.actions.amending.UNDO_WITHIN", timedelta(0))
    assert "10 minutes" in refused(actions.take_back, by=care.physician, correction=again)


def test_what_no_longer_fits_is_not_taken_back(care: Care) -> None:
    death = actions.record_death(by=care.physician, submission_id=uuid4(), patient=care.patient, at=hours_ago(2))
    mark = withdraw(care, death)
    actions.record_death(by=care.physician, submission_id=uuid4(), patient=care.patient, at=hours_ago(1))
    assert "charted for this patient already" in refused(actions.take_back, by=care.physician, correction=mark)
    raised = actions.raise_concern(by=care.nurse, submission_id=uuid4(), patient=care.patient, why="drowsy")
    seen = actions.acknowledge_concern(by=care.physician, submission_id=uuid4(), concern=raised)
    unseen = withdraw(care, seen)
    actions.acknowledge_concern(by=care.physician, submission_id=uuid4(), concern=raised)
    assert "acknowledged this concern since" in refused(actions.take_back, by=care.physician, correction=unseen)


def test_a_mark_changes_nothing_as_known_then(care: Care) -> None:
    rows = rows_that_no_form_corrects(care)
    then = Submission.objects.latest("entered_at").entered_at
    before = charted([care.infusion], known_at=then)
    for row in rows.values():
        withdraw(care, row)
    assert charted([care.infusion], known_at=then) == before
    assert charted([care.infusion]) != before


# --- Nobody forgets it

PACKAGE = Path(settings.BASE_DIR) / "patients"
# A row is found by its own act, by its key, or to be written: that is no list of what holds
FOUND = r"standing\(|create\(|bulk_create\(|get\(submission=|filter\(submission=|filter\(pk"
# Whoever shows what ever was, and looks for what a mark says
SHOWS_ALL = {
    "views/history.py": "the history",
    "views/correction.py": "the row that a page is about, marked or not",
    "views/replaced.py": "what a form was opened on",
    "views/charting.py": "`rows` of what a form was opened on; what holds is `rows.standing()`",
    "actions/amending.py": "the antipyretic of an act, followed to what holds",
    "views/giving.py": "the keys of what was there when a form opened",
}
# `all()` of a relation that was read before with `Prefetch(…, standing())`
PREFETCHED = {
    ("handover/background.py", ".doses.all("),
    ("handover/background.py", ".events.all("),
    ("handover/recommendation.py", ".treatments.all("),
    ("tasks.py", ".treatments.all("),
    ("views/cards.py", ".treatments.all("),
    ("views/infusions.py", ".doses.all("),
    ("views/infusions.py", ".events.all("),
}


def readers_of_all_rows() -> set[tuple[str, str]]:
    """Places that read rows of a kind by another way than `standing()`."""
    names = "|".join(sorted({model.__name__ for model in KINDS.values()}, key=len, reverse=True))
    related = sorted(
        {
            str(field.remote_field.related_name)
            for model in KINDS.values()
            for field in model._meta.concrete_fields
            if isinstance(field, models.ForeignKey) and not str(field.remote_field.related_name).endswith("+")
        }
    )
    reads = re.compile(rf"(?:\b(?:{names})\.objects|\.(?:{'|'.join(related)}))\.(?!{FOUND})\w+\(")
    return {
        (str(module.relative_to(PACKAGE)), found[0])
        for module in sorted(PACKAGE.rglob("*.py"))
        if "migrations" not in module.parts and str(module.relative_to(PACKAGE)) not in SHOWS_ALL
        for found in reads.finditer(module.read_text(encoding="utf-8"))
    }


def test_whoever_reads_rows_reads_those_that_stand() -> None:
    assert readers_of_all_rows() - PREFETCHED == set()


def test_the_way_to_its_patient_is_known_of_every_kind(care: Care) -> None:
    for kind, model in KINDS.items():
        many: type[models.Model] = model
        assert many._default_manager.filter(**{TO_PATIENT.get(kind, "patient"): care.patient}).count() >= 0
    assert Treatment.objects.standing().count() == Placement.objects.standing().count() - 1
    assert CHECKLISTS["exclude-infection"] and SAYS.keys() == KINDS.keys() - SEEN.keys()
