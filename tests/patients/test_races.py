"""What becomes of several people who act on one patient at the very same moment? Real connections, one a person."""

import threading
import time
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse

from patients import actions
from patients.models import Assessment, Decision, PatientFacts, Signature, StoredVerdict, Submission, Treatment
from patients.record import charted
from tests.patients.care import CANNULA, FEVER, PRESSOR, Care

PEOPLE = 20
OVER = "over-the-count"
pytestmark = pytest.mark.django_db(transaction=True)


def at_once(acts: Sequence[Callable[[], Any]]) -> list[Any]:
    """What each act gave or raised, all begun in the same moment, each on a connection of its own."""
    ready = threading.Barrier(len(acts))
    ended: list[Any] = [None] * len(acts)

    def run(number: int) -> None:
        try:
            ready.wait(60)
            ended[number] = _until_its_turn(acts[number])
        except actions.Refused as refused:
            ended[number] = refused
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[number]) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return ended


def _until_its_turn(act: Callable[[], Any]) -> Any:
    """Who waits too long, for the patient or for anything, is told that nothing was recorded, and sends it again."""
    until = time.monotonic() + 120
    while True:
        try:
            return act()
        except OperationalError:
            if time.monotonic() > until:
                raise


def stands_as_graded(care: Care) -> None:
    """The verdict last stored for each assessment is the one that the record gives."""
    for graded in charted([care.infusion])[0].graded().assessments:
        row = graded.assessment.ref
        assert isinstance(row, Assessment)
        for verdict in graded.verdicts.values():
            last = StoredVerdict.objects.filter(assessment=row, scale=verdict.scale).latest("id")
            assert (last.grade, last.at_most) == (verdict.grade, verdict.at_most)


def test_of_twenty_editors_of_one_row_one_wins_and_nineteen_see_both_versions() -> None:
    care = Care()
    row = care.assess(1, **FEVER)

    def edit(number: int) -> Callable[[], Any]:
        return lambda: care.correct(row, note=f"read by {number}")

    ended = at_once([edit(number) for number in range(PEOPLE)])
    won = [one for one in ended if isinstance(one, Assessment)]
    lost = [one for one in ended if isinstance(one, actions.Conflict)]
    assert (len(won), len(lost)) == (1, PEOPLE - 1)
    standing = Assessment.objects.standing().get()
    assert standing == won[0]
    [shown] = {one.correction for one in lost}  # to each of them: who was first, what stood and what stands
    assert (shown.assessment, shown.by_assessment) == (row, standing)
    assert Assessment.objects.count() == 2
    stands_as_graded(care)


def test_a_signature_and_a_new_fact_at_once_are_one_after_the_other() -> None:
    care = Care()
    seen = care.assess(1, **FEVER)
    facts = care.facts(seen)
    corrected = dict(CANNULA)
    ended = at_once([lambda: care.sign(seen, 1, basis=facts, signed=None), lambda: care.correct(seen, **corrected)])
    assert isinstance(ended[1], Assessment)
    signed = Signature.objects.filter(assessment=seen)
    if isinstance(ended[0], Signature):
        [one] = signed
        assert (one.computed_grade, one.confirmed_grade) == (1, 1)
        assert one.entered_at < ended[1].entered_at  # looked at what stood, and the correction came after it
    else:
        assert isinstance(ended[0], actions.Refused)
        assert not signed.exists()
    stands_as_graded(care)


def test_of_two_first_doses_at_once_one_is_recorded_and_the_other_is_asked_whether_it_is_another() -> None:
    care = Care()
    care.assess(1, **CANNULA)

    def give() -> Any:
        return care.give("tocilizumab", 0.1, purpose="crs", doses_seen=())

    ended = at_once([give] * 2)
    first = [one for one in ended if isinstance(one, Treatment)]
    asked = [one for one in ended if isinstance(one, actions.NewDoseSince)]
    assert (len(first), len(asked)) == (1, 1)
    assert list(asked[0].doses) == first
    assert Treatment.objects.count() == 1
    second = care.give("tocilizumab", 0.1, purpose="crs", doses_seen=(), confirmed_after=[first[0].pk])
    assert Treatment.objects.count() == 2
    assert [entry.number for entry in care.graded().tocilizumab] == [1, 2]
    assert second.pk != first[0].pk


def test_doses_over_the_ledger_s_limit_at_once_are_all_recorded_and_each_is_counted_once() -> None:
    care = Care()
    care.assess(5, **CANNULA)
    for hours in (4, 3, 2):
        care.give("tocilizumab", hours, purpose="crs")

    def give(minutes: int) -> Callable[[], Any]:
        return lambda: care.give("tocilizumab", 1 - minutes / 60, purpose="crs")

    ended = at_once([give(minutes) for minutes in range(3)])
    assert all(isinstance(one, Treatment) for one in ended)
    graded = care.graded()
    assert [entry.number for entry in graded.tocilizumab] == [1, 2, 3, 4, 5, 6]
    said = sorted(mark["words"].partition(" of ")[0] for one in ended for mark in one.marked if mark["key"] == OVER)
    assert said == ["Dose 5", "Dose 6"]
    care.assess(0.1, **CANNULA)
    assert not {one.id for one in care.graded().suggestions} & {"tocilizumab", "repeat-tocilizumab"}


def test_two_acceptances_of_one_suggestion_at_once_are_one_decision() -> None:
    care = Care()
    seen, step = care.assess(1, **PRESSOR), "tocilizumab"
    basis = care.basis(step).document()

    def accept() -> Any:
        return care.decide(seen, step, "accepted", basis=basis, decided=None)

    ended = at_once([accept] * 2)
    assert len([one for one in ended if isinstance(one, Decision)]) == 1
    assert len([one for one in ended if isinstance(one, actions.Refused)]) == 1
    assert Decision.objects.count() == 1


def test_twenty_posts_of_one_submission_at_once_are_one_row_and_one_answer() -> None:
    care = Care()
    before = Submission.objects.count()
    sent = {
        "submission_id": str(uuid4()),
        "drug": "acetaminophen",
        "purpose": "other",
        "dose": "650",
        "unit": "mg",
        "seen": "",
    }
    clients = [Client() for _ in range(PEOPLE)]
    for client in clients:
        client.force_login(care.nurse)
    page = reverse("give_treatment", args=[care.patient.pk])

    def post(client: Client) -> Callable[[], Any]:
        def posted() -> Any:
            answer = client.post(page, sent)
            return answer.status_code, answer.headers.get("Location")

        return posted

    ended = at_once([post(client) for client in clients])
    assert set(ended) == {(302, reverse("patient_detail", args=[care.patient.pk]))}
    assert Treatment.objects.count() == 1
    assert Submission.objects.count() == before + 1


def test_two_changes_of_the_facts_at_once_lose_neither() -> None:
    care = Care()
    opened = care.patient.facts

    def change(**more: Any) -> Callable[[], Any]:
        facts = actions.Facts(birth_date=opened.birth_date, sex="female", **more)
        return lambda: actions.change_facts(
            by=care.nurse, submission_id=uuid4(), patient=care.patient, facts=facts, opened_on=opened.pk
        )

    ended = at_once([change(neutropenic=True), change(home_oxygen_l_min=Decimal(2))])
    assert len([one for one in ended if isinstance(one, PatientFacts)]) == 1
    assert len([one for one in ended if isinstance(one, actions.HoldsNoMore)]) == 1
    assert PatientFacts.objects.count() == 2
