"""Does the demo show what it promises?"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth import authenticate
from django.core.management import call_command
from django.test import RequestFactory, TransactionTestCase
from django.urls import reverse
from pytest_django.plugin import DjangoDbBlocker

from grading.result import GradedCourse
from grading.words import CAUSES, PROTOCOLS, SCALES
from patients.demo.load import cases
from patients.demo.people import PASSWORD, PEOPLE
from patients.demo.time import NEWEST
from patients.demo.ward import GUESTS
from patients.models import (
    Assessment,
    Infusion,
    InfusionEvent,
    LaboratoryResult,
    Patient,
    PatientFacts,
    Placement,
    StoredVerdict,
    Submission,
    Treatment,
    User,
    Weight,
)
from patients.record import charted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]

LEE = {"LEE 2014 1": 1, "LEE 2014 2": 3, "LEE 2014 3": 3, "LEE 2014 F3": 3}  # the grades that the paper prints


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The demo ward, loaded once for all that only look at it."""
    with django_db_blocker.unblock():
        call_command("load_demo", verbosity=0)
    yield
    with django_db_blocker.unblock():
        TransactionTestCase()._fixture_teardown()  # type: ignore[attr-defined]


def graded() -> dict[str, GradedCourse]:
    """By number, each course of the demo."""
    of = {infusion.pk: infusion.patient.mrn for infusion in Infusion.objects.select_related("patient")}
    return {of[course.infusion.pk]: course.graded() for course in charted(Infusion.objects.all())}


def test_the_demo_shows_what_it_promises() -> None:
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


def test_everybody_signs_in_with_the_password_that_is_printed() -> None:
    for name, person in PEOPLE.items():
        user = authenticate(RequestFactory().post(reverse("account_login")), username=name, password=PASSWORD)
        assert isinstance(user, User)
        assert (user.role, user.wards.count()) == (person.role, 2)
    assert list(PEOPLE) == ["nurse", "charge", "physician", "admin", "auditor"]


def test_times_are_laid_before_now_as_if_charted_on_time() -> None:
    now = datetime.now(UTC)
    for model in (Assessment, Treatment, LaboratoryResult, InfusionEvent, Placement, Weight):
        assert all(at <= now for at in model._default_manager.values_list("at", flat=True))
    assert all(row.entered_at - row.at == timedelta(minutes=1) for row in Assessment.objects.all())
    newest = Submission.objects.latest("entered_at").entered_at
    assert timedelta(0) <= now - NEWEST - newest < timedelta(minutes=2)
    for verdict in StoredVerdict.objects.select_related("submission"):
        assert verdict.known_at == verdict.submission.entered_at


def test_what_is_stored_is_what_is_computed() -> None:
    for course in graded().values():
        for one in course.assessments:
            row = one.assessment.ref
            assert isinstance(row, Assessment)
            for verdict in one.verdicts.values():
                stored = StoredVerdict.objects.filter(assessment=row, scale=verdict.scale).latest("id")
                assert (stored.grade, stored.at_most) == (verdict.grade, verdict.at_most)


def test_every_course_of_the_demo_is_a_case_of_the_case_format() -> None:
    assert {case.name for case in cases()} == set(GUESTS)
