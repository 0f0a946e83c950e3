"""Do the chains hold, each act with exactly its entries, whatever several people do, one after another or at once?"""

import threading
from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import Error, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from patients import actions
from patients.actions import audit
from patients.actions.seeing import saw_patient, saw_wards
from patients.audit_chain import Problem, Walk, chains
from patients.models import AuditEntry, Patient, Role, Submission, User, Ward
from tests.patients.cast import a_patient, a_user, a_ward

DO = ("concern", "transfer", "discharge", "readmit", "rename", "undo", "retry", "conflict", "forbidden", "see", "list")


def wrong() -> list[Problem]:
    return [problem for chain in chains() for problem in Walk(chain).problems()]


class Doings:
    """Two wards, two patients and two people, and what they did; `expected`: the entries of each chain, by event."""

    def __init__(self) -> None:
        self.people = [a_user("ada"), a_user("bo", Role.PHYSICIAN)]
        self.wards = [a_ward(self.people[0]), a_ward(self.people[0], "Ward 8")]
        self.people[1].wards.set(self.wards)
        self.patients = [a_patient(self.people[0], self.wards[0], mrn=mrn) for mrn in ("1001", "1002")]
        self.expected = Counter({(self.wards[0].pk, "recorded"): 2})
        self.listed: set[int] = set()
        self.last: dict[str, Any] = {}
        self.number = 0

    def do(self, what: str, by: User, patient: Patient, ward: Ward) -> None:
        try:
            with transaction.atomic():
                concerned = self._done(what, by, Patient.objects.get(pk=patient.pk), ward)
        except (actions.Refused, PermissionDenied):
            return
        self.expected.update(concerned)

    def _done(self, what: str, by: User, patient: Patient, ward: Ward) -> list[tuple[int, str]]:
        at = patient.ward
        assert at is not None
        self.number += 1
        act: dict[str, Any] = {"by": by, "submission_id": uuid4(), "patient": patient}
        here = [(at.pk, "recorded")]
        match what:
            case "concern":
                self.last = act | {"why": f"grey {self.number}", "called": ""}
                actions.raise_concern(**self.last)
                return here
            case "retry" if self.last:
                actions.raise_concern(**self.last)
                return []
            case "conflict" if self.last:
                actions.raise_concern(**self.last | {"why": "blue"})
            case "transfer":
                actions.transfer(**act, ward=ward)
                return [(pk, "recorded") for pk in {at.pk, ward.pk}]
            case "discharge":
                actions.discharge(**act)
                return here
            case "readmit":
                actions.readmit(**act, ward=ward)
                return [(pk, "recorded") for pk in {at.pk, ward.pk}]
            case "rename":
                name = f"Name {self.number}"
                actions.rename_patient(**act, mrn=patient.mrn, family_name=name, given_name="Maja")
                return here
            case "undo":
                row = patient.placements.latest("id")
                before = {one.ward_id for one in [row, *patient.placements.standing().order_by("-at", "-id")[:2]]}
                actions.undo(by=by, submission_id=act["submission_id"], row=row)
                after = Patient.objects.get(pk=patient.pk).ward
                assert after is not None and after.pk in before
                return [(pk, "recorded") for pk in {at.pk, after.pk}]
            case "forbidden":
                actions.change_ward_settings(by=by, submission_id=uuid4(), ward=ward, document={}, default_protocol="x")
            case "see":
                saw_patient(by=by, patient=patient.pk, event="opened", page="patient_detail")
                return [(at.pk, "opened")]
            case "list":
                saw_wards(by=by, wards=self.wards, event="board", page="board")
                first = by.pk not in self.listed
                self.listed.add(by.pk)
                return [(one.pk, "board") for one in self.wards if first]
        return []


@pytest.mark.django_db
def test_after_any_acts_the_chains_hold_and_each_act_has_exactly_its_entries() -> None:
    begun = Doings()

    @settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
    @given(st.lists(st.tuples(st.sampled_from(DO), *[st.integers(0, 1)] * 3), min_size=4, max_size=12))
    def hold(done: list[tuple[str, int, int, int]]) -> None:
        with transaction.atomic():
            scene = deepcopy(begun)
            for what, by, patient, ward in done:
                scene.do(what, scene.people[by], scene.patients[patient], scene.wards[ward])
            assert wrong() == []
            assert Counter(AuditEntry.objects.values_list("chain", "event")) == scene.expected
            told = set(AuditEntry.objects.filter(event="recorded").values_list("details__submission", flat=True))
            acts = Submission.objects.exclude(act="test").values_list("pk", flat=True)
            assert told == {str(pk) for pk in acts}
            transaction.set_rollback(True)

    hold()


@pytest.mark.django_db(transaction=True)
def test_moves_from_each_of_two_wards_to_the_other_do_not_wait_for_each_other_in_a_circle(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each stops after its first entry until the other has written one too, or cannot."""
    nurse = a_user()
    wards = [a_ward(nurse), a_ward(nurse, "Ward 8")]
    patients = [a_patient(nurse, ward, mrn=f"100{ward.pk}") for ward in wards]
    both = threading.Barrier(2)
    written: dict[int, int] = {}
    append = audit._append

    def stopping(event: audit.Event) -> None:
        append(event)
        me = threading.get_ident()
        written[me] = written.get(me, 0) + 1
        if written[me] == 1:
            try:
                both.wait(0.3)
            except threading.BrokenBarrierError:
                return

    monkeypatch.setattr(audit, "_append", stopping)
    moved = at_once(
        [
            lambda: actions.transfer(by=nurse, submission_id=uuid4(), patient=patients[0], ward=wards[1]),
            lambda: actions.transfer(by=nurse, submission_id=uuid4(), patient=patients[1], ward=wards[0]),
        ]
    )
    assert [type(one).__name__ for one in moved] == ["Placement", "Placement"]
    assert wrong() == []


@pytest.mark.django_db(transaction=True)
def test_what_many_read_and_write_at_once_stands_in_one_unbroken_chain() -> None:
    nurse = a_user()
    ward = a_ward(nurse)
    patients = [a_patient(nurse, ward, mrn=f"100{number}") for number in range(3)]
    before = AuditEntry.objects.count()

    def reads(patient: Patient) -> Callable[[], object]:
        return lambda: saw_patient(by=nurse, patient=patient.pk, event="opened", page="patient_detail")

    def writes(patient: Patient) -> Callable[[], object]:
        return lambda: actions.raise_concern(by=nurse, submission_id=uuid4(), patient=patient, why="grey", called="")

    def sees() -> None:
        saw_wards(by=nurse, wards=[ward], event="board", page="board")

    failed = at_once([*(act(one) for one in patients for act in (reads, writes)), sees, sees])
    assert not [one for one in failed if isinstance(one, Exception)]
    assert wrong() == []
    entries = AuditEntry.objects.filter(ward=ward).order_by("number")
    assert [one.number for one in entries] == list(range(1, before + 8))
    assert Counter(one.event for one in entries) == {"recorded": 6, "opened": 3, "board": 1}


def at_once(acts: list[Callable[[], object]]) -> list[object]:
    """What each returned or raised, each in a thread with a connection of its own; a busy machine is no failure."""
    ready = threading.Barrier(len(acts))
    ended: list[object] = [None] * len(acts)

    def run(place: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '60s'")
            cursor.execute("SET statement_timeout = '60s'")
        ready.wait(30)
        try:
            ended[place] = acts[place]()
        except (Error, actions.Refused) as problem:
            ended[place] = problem
        connection.close()

    threads = [threading.Thread(target=run, args=[place]) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return ended
