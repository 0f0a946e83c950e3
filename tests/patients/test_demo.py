"""Does the demo show what it promises, and does its time move along without losing what was recorded in it?"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, models, transaction
from pytest_django import Settings

from crsweb import roles
from grading import record
from grading.result import GradedCourse
from grading.words import CAUSES, PROTOCOLS, SCALES
from patients import actions
from patients.demo.load import cases
from patients.demo.people import PASSWORD, PEOPLE
from patients.demo.time import NEWEST, NotADemo, lay, move_along, unguarded
from patients.demo.ward import GUESTS
from patients.models import (
    Assessment,
    Infusion,
    Patient,
    PatientFacts,
    StoredSuggestions,
    StoredVerdict,
    Submission,
    User,
)
from patients.record import charted

pytestmark = pytest.mark.django_db(transaction=True)

LEE = {"LEE 2014 1": 1, "LEE 2014 2": 3, "LEE 2014 3": 3, "LEE 2014 F3": 3}  # the grades that the paper prints


@pytest.fixture
def demo() -> None:
    call_command("load_demo", verbosity=0)


def graded() -> dict[str, GradedCourse]:
    """By number, each course of the demo."""
    of = {infusion.pk: infusion.patient.mrn for infusion in Infusion.objects.select_related("patient")}
    return {of[course.infusion.pk]: course.graded() for course in charted(Infusion.objects.all())}


def times() -> Iterator[tuple[type[models.Model], Any, str, datetime]]:
    """Every time of the record."""
    for model in apps.get_app_config("patients").get_models():
        names = [field.name for field in model._meta.concrete_fields if isinstance(field, models.DateTimeField)]
        if model is not User:
            for row in model._default_manager.order_by("pk").values("pk", *names):
                for name in names:
                    if row[name] is not None:
                        yield model, row["pk"], name, row[name]


def test_the_demo_shows_what_it_promises(demo: None) -> None:
    assert Patient.objects.count() == len(GUESTS) == 14
    courses = graded()

    # The published grades of Lee 2014, as the maximum so far.
    assert {mrn: courses[mrn].maxima["lee-2014"].grade for mrn in LEE} == LEE

    # Every scale with a grade, every cause, both protocols, four states of allergies.
    for scale in SCALES:
        assert any((course.maxima[scale].grade or 0) >= 2 for course in courses.values()), scale
    assert set(Infusion.objects.values_list("cause", flat=True)) == set(CAUSES)
    protocols = [course.course.protocol for course in charted(Infusion.objects.all())]
    assert set(protocols) == set(PROTOCOLS)
    assert set(PatientFacts.objects.values_list("allergies", flat=True)) == set(PatientFacts.Allergies.values)

    invented = {mrn: course for mrn, course in courses.items() if mrn not in LEE}
    assert len(invented) == 10
    now = {mrn: course.latest for mrn, course in invented.items()}
    # A tocilizumab series; an episode resolved; one recurring; a range; ICANS beside CRS; a pending grade.
    assert any(len(course.tocilizumab) >= 3 for course in invented.values())
    resolved = [course for course in invented.values() if course.episodes and course.episodes[-1].resolved_at]
    assert resolved
    assert any(len(course.episodes) == 2 for course in invented.values())
    assert any(latest and latest.verdict and not latest.verdict.certain for latest in now.values())
    assert any(
        latest and latest.verdict and latest.verdict.grade and (latest.verdicts["icans-2019"].grade or 0) >= 2
        for latest in now.values()
    )
    assert any(verdict.pending for latest in now.values() if latest for verdict in latest.verdicts.values())
    suggested = {suggestion.id for latest in now.values() if latest for suggestion in latest.suggestions}
    assert {"resume-infusion", "repeat-tocilizumab", "high-dose-steroid", "judge-severity", "chart-first"} <= suggested
    assert {"no-immunosuppression", "neurologic-steroid", "tocilizumab", "interrupt-infusion"} & suggested
    # An attribution in force, a protocol chosen for one patient, names that are alike.
    assert Assessment.objects.filter(attributed_elsewhere__contains=["fever", "hypotension"]).exists()
    assert Patient.objects.filter(protocol_choices__protocol="lee-2014").count() == 1
    assert {"Lindqvist", "Lindquist"} <= set(Patient.objects.values_list("family_name", flat=True))


def test_everybody_signs_in_with_the_password_that_is_printed(demo: None) -> None:
    for name, person in PEOPLE.items():
        user = authenticate(username=name, password=PASSWORD)
        assert isinstance(user, User)
        assert (user.role, user.wards.count()) == (person.role, 2)
    assert list(PEOPLE) == ["nurse", "physician", "admin"]


def test_times_are_laid_before_now_as_if_charted_on_time(demo: None) -> None:
    now = datetime.now(UTC)
    assert all(at <= now for _, _, name, at in times() if name not in ("pending_at",))
    assert all(row.entered_at - row.at == timedelta(minutes=1) for row in Assessment.objects.all())
    newest = Submission.objects.latest("entered_at").entered_at
    assert timedelta(0) <= now - NEWEST - newest < timedelta(minutes=2)
    for verdict in StoredVerdict.objects.select_related("submission"):
        assert verdict.known_at == verdict.submission.entered_at


def test_what_is_stored_is_what_is_computed(demo: None) -> None:
    for course in graded().values():
        for one in course.assessments:
            row = one.assessment.ref
            assert isinstance(row, Assessment)
            for verdict in one.verdicts.values():
                stored = StoredVerdict.objects.filter(assessment=row, scale=verdict.scale).latest("id")
                assert (stored.grade, stored.at_most) == (verdict.grade, verdict.at_most)


def test_every_course_of_the_demo_is_read_by_the_command_too() -> None:
    assert {case.name for case in cases()} == set(GUESTS)


def test_at_a_later_start_everything_moves_by_one_interval_and_nothing_is_lost(demo: None) -> None:
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
    maxima = {mrn: {scale: one.grade for scale, one in course.maxima.items()} for mrn, course in graded().items()}
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
    assert {
        mrn: {scale: one.grade for scale, one in course.maxima.items()} for mrn, course in graded().items()
    } == maxima


def test_times_within_stored_texts_move_too(demo: None) -> None:
    row = StoredVerdict.objects.filter(scale="astct-2019", grade__gte=1).earliest("id")
    [text, charted_at] = row.met[0]["evidence"][0]
    ask = StoredSuggestions.objects.exclude(suggestions=[]).earliest("id")
    with roles.as_owner():
        step = move_along(datetime.now(UTC) + timedelta(hours=30))
    moved = StoredVerdict.objects.get(pk=row.pk).met
    assert moved[0]["evidence"][0] == [text, (datetime.fromisoformat(charted_at) + step).isoformat()]
    assert {**moved[0], "evidence": 0} == {**row.met[0], "evidence": 0}
    again = StoredSuggestions.objects.get(pk=ask.pk).suggestions
    assert [one["id"] for one in again] == [one["id"] for one in ask.suggestions]


def test_a_second_start_right_away_moves_nothing(demo: None) -> None:
    before = list(times())
    call_command("load_demo", verbosity=0)
    assert list(times()) == before
    assert Patient.objects.count() == 14


def test_after_a_move_the_record_is_guarded_as_before(demo: None) -> None:
    with roles.as_owner():
        move_along(datetime.now(UTC) + timedelta(hours=30))
        with pytest.raises(IntegrityError), transaction.atomic():
            Assessment.objects.update(note="changed")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'O'")
        assert cursor.fetchone() == (0,)


def test_a_move_that_fails_leaves_the_guards_and_the_times(demo: None) -> None:
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


def test_the_application_cannot_move_times(demo: None) -> None:
    with pytest.raises(Exception, match="must be owner"):
        move_along(datetime.now(UTC) + timedelta(hours=30))
