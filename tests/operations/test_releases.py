"""Does a database of the first release come over whole: every row with its values, every grade, every page?"""

import json
from collections.abc import Iterator
from typing import Any, Final

import pytest
from django.test import Client
from django.urls import reverse

from patients.models import Assessment, Infusion, Patient, StoredVerdict, User
from patients.record import charted
from patients.signatures import signature_views, signatures_of
from tests.operations.conftest import RELEASES, Release, rows, within

SAID: Final[dict[str, Any]] = json.loads((RELEASES / "0.1.0.json").read_text(encoding="utf-8"))  # by 0.1.0 itself


@pytest.fixture(autouse=True)
def on_its_database(release: Release) -> Iterator[None]:
    with within(release.name):
        yield


def test_every_row_of_every_table_is_still_there_with_the_same_values(release: Release) -> None:
    assert release.migrations == tuple(f"{app}.{name}" for app, name in SAID["migrations"])
    counts = {table: of_table.total() for table, (_, of_table) in release.rows.items()}
    assert counts == SAID["rows"] and min(counts.values()) > 0  # nothing that could be lost was empty
    now = rows({table: columns for table, (columns, _) in release.rows.items()})
    lost = {table: of_table - now[table][1] for table, (_, of_table) in release.rows.items()}
    assert {table: gone for table, gone in lost.items() if gone} == {}
    more = {table for table, (_, of_table) in release.rows.items() if now[table][1] - of_table}
    assert more == {"auth_permission", "django_content_type", "django_migrations"}  # Django's own lists of models


def test_every_course_is_graded_as_that_version_graded_it() -> None:
    courses: list[dict[str, Any]] = []
    for course in charted(Infusion.objects.standing().order_by("id")):
        graded = course.graded()
        assessments = []
        for one in graded.assessments:
            row = one.assessment.ref
            assert isinstance(row, Assessment)
            grades = {
                scale: [verdict.grade, verdict.at_most, verdict.pending.grade if verdict.pending else None]
                for scale, verdict in one.verdicts.items()
            }
            assessments.append(
                {
                    "assessment": row.pk,
                    "at": one.at.isoformat(),
                    "governing": one.governing,
                    "grades": grades,
                    "suggestions": [suggestion.id for suggestion in one.suggestions],
                }
            )
            for scale, (grade, at_most, _) in grades.items():
                stored = StoredVerdict.objects.filter(assessment=row, scale=scale).latest("id")
                assert (stored.grade, stored.at_most) == (grade, at_most)
        signed = signatures_of([course.infusion]).get(course.infusion.pk, [])
        courses.append(
            {
                "infusion": course.infusion.pk,
                "patient": course.infusion.patient_id,
                "protocol": course.course.protocol,
                "maxima": {scale: maximum.grade for scale, maximum in graded.maxima.items()},
                "assessments": assessments,
                "signatures": {str(view.signature.pk): list(view.changed) for view in signature_views(signed, graded)},
            }
        )
    assert courses == SAID["courses"]
    assert {grade for one in courses for grade in one["maxima"].values()} >= {0, 1, 2, 3, 4}
    assert {bool(changed) for one in courses for changed in one["signatures"].values()} == {True, False}


def test_its_pages_open(client: Client) -> None:
    client.force_login(User.objects.get(username="ada"))
    patient = Patient.objects.get(mrn="0100 1")
    for page in ("patient_detail", "assess", "timeline", "history"):
        assert client.get(reverse(page, args=[patient.pk])).status_code == 200, page
    assert patient.family_name.upper() in client.get("/").content.decode()
