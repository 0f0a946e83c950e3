"""Does the demo's time move along without losing what was recorded in it, and nowhere else?"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import IntegrityError, ProgrammingError, connection, models, transaction
from pytest_django import Settings

from crsweb import roles
from grading import record
from patients import actions
from patients.audit_chain import Walk, chains
from patients.decisions import suggested
from patients.demo.time import NEWEST, NotADemo, lay, move_along, unguarded
from patients.models import (
    Assessment,
    AuditEntry,
    Infusion,
    Patient,
    StoredSuggestions,
    StoredVerdict,
    Submission,
    User,
)
from patients.record import charted
from patients.signatures import open_again
from tests.patients.care import PRESSOR, Care
from tests.patients.cast import a_patient, a_user, a_ward, an_assessment

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def charted_once() -> Assessment:
    """A record that is small, and as good as the demo's for what is asked here."""
    nurse = a_user()
    return an_assessment(nurse, a_patient(nurse, a_ward(nurse)), temperature_c=Decimal("38.6"))


def times() -> Iterator[tuple[type[models.Model], Any, str, datetime]]:
    """Every time of the record. The audit trail is none of it: it tells when something happened in the demo."""
    for model in apps.get_app_config("patients").get_models():
        names = [field.name for field in model._meta.concrete_fields if isinstance(field, models.DateTimeField)]
        if model not in (User, AuditEntry):
            for row in model._default_manager.order_by("pk").values("pk", *names):
                for name in names:
                    if row[name] is not None:
                        yield model, row["pk"], name, row[name]


def maxima() -> dict[int, dict[str, int | None]]:
    """By infusion, the maximum of each scale."""
    return {
        course.infusion.pk: {scale: one.grade for scale, one in course.graded().maxima.items()}
        for course in charted(Infusion.objects.all())
    }


def test_at_a_later_start_everything_moves_by_one_interval_and_nothing_is_lost() -> None:
    call_command("load_demo", verbosity=0)
    call_command("load_demo", verbosity=0)  # a second start right away: nothing to move, nobody twice
    assert Patient.objects.count() == 14
    nurse = User.objects.get(username="nurse")
    patient = Patient.objects.get(family_name="Nakamura")
    recorded = actions.record_assessment(
        by=nurse,
        submission_id=uuid4(),
        patient=patient,
        assessment=record.Assessment(at=datetime.now(UTC), temperature_c=Decimal("38.4"), note="in the demo"),
        at=None,
        typed={"temperature_c": {"text": "38.4", "unit": "°C"}},
    )
    before = {(model, key, name): at for model, key, name, at in times()}
    grades = maxima()
    later = datetime.now(UTC) + timedelta(days=2, hours=3)
    with roles.as_owner():
        step = move_along(later)
    assert timedelta(days=2, hours=2) < step < timedelta(days=2, hours=3)
    after = {(model, key, name): at for model, key, name, at in times()}
    assert {place: at - before[place] for place, at in after.items()} == dict.fromkeys(before, step)
    kept = Assessment.objects.get(pk=recorded.pk)
    assert (kept.note, kept.typed, kept.at) == ("in the demo", recorded.typed, recorded.at + step)
    newest = Submission.objects.latest("entered_at").entered_at
    assert timedelta(0) <= later - NEWEST - newest < timedelta(minutes=1)
    assert maxima() == grades
    assert [problem for chain in chains() for problem in Walk(chain).problems()] == []


def test_times_within_stored_texts_move_too(charted_once: Assessment) -> None:
    row = StoredVerdict.objects.get(scale="astct-2019")
    [text, charted_at] = row.met[0]["evidence"][0]
    ask = StoredSuggestions.objects.get()
    with roles.as_owner():
        step = move_along(datetime.now(UTC) + timedelta(hours=30))
    moved = StoredVerdict.objects.get(pk=row.pk).met
    assert moved[0]["evidence"][0] == [text, (datetime.fromisoformat(charted_at) + step).isoformat()]
    assert {**moved[0], "evidence": 0} == {**row.met[0], "evidence": 0}
    again = StoredSuggestions.objects.get(pk=ask.pk).suggestions
    assert [one["id"] for one in again] == [one["id"] for one in ask.suggestions]


def test_decisions_and_signatures_stand_after_a_move() -> None:
    care = Care()
    row = care.assess(1, **PRESSOR)
    care.decide(row, "tocilizumab", "watching", watch_until=datetime.now(UTC) + timedelta(hours=1))
    signature = care.sign(row, 3)
    with roles.as_owner():
        step = move_along(datetime.now(UTC) + timedelta(hours=30))
    signature.refresh_from_db()
    assert not open_again(signature, care.graded())
    [decided] = [
        one for one in suggested(care.course(), care.graded(), datetime.now(UTC) + step) if one.decision is not None
    ]
    assert decided.decided


def test_after_a_move_the_record_is_guarded_as_before(charted_once: Assessment) -> None:
    with roles.as_owner():
        move_along(datetime.now(UTC) + timedelta(hours=30))
        with pytest.raises(IntegrityError), transaction.atomic():
            Assessment.objects.update(note="changed")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'O'")
        assert cursor.fetchone() == (0,)


def test_a_move_that_fails_leaves_the_guards_and_the_times(charted_once: Assessment) -> None:
    before = list(times())

    class Broken(Exception):
        pass

    with roles.as_owner(), pytest.raises(Broken), unguarded():
        Assessment.objects.update(note="changed")
        raise Broken
    assert list(times()) == before
    assert not Assessment.objects.filter(note="changed").exists()


def test_outside_the_demo_it_is_refused_and_nothing_is_changed(settings: Settings) -> None:
    for mode in ("production", "development"):
        settings.MODE = mode
        with pytest.raises(CommandError, match=mode):
            call_command("load_demo")
        with roles.as_owner(), pytest.raises(NotADemo):
            lay({})
    assert not User.objects.exists()


def test_the_application_cannot_move_times(charted_once: Assessment) -> None:
    with pytest.raises(ProgrammingError, match="must be owner"):
        move_along(datetime.now(UTC) + timedelta(hours=30))
