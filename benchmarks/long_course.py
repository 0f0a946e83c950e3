"""How long do the pages of one patient take over a course of 10,000 assessments?

`python -m pytest -s benchmarks/long_course.py` prints a table; nothing is asserted, a page that does not answer says
so in its row. The course is 83 days of an assessment each 12 minutes, longer than any; no verdict is stored with them,
so no page compares with one. The database is the embedded one, the pages are asked for in this process;
`COURSE_LENGTH` sets another length.
"""

import os
from datetime import timedelta
from time import perf_counter, process_time

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from benchmarks.board import Taken, chart, told
from patients import actions
from patients.models import Assessment, User
from tests.patients.cast import a_patient, a_ward

LENGTH = int(os.environ.get("COURSE_LENGTH", 10_000))
PAGES = ("patient_detail", "assessments", "history", "timeline")


def asked(client: Client, address: str) -> tuple[Taken, str]:
    """What it took, and what came: the status and the size."""
    began, own = perf_counter(), process_time()
    answer = client.get(address)
    took = Taken((perf_counter() - began) * 1000, (process_time() - own) * 1000)
    return took, f"{answer.status_code}, {len(answer.content) / 1000:,.0f} kB"


@pytest.mark.django_db
def test_the_pages_of_a_very_long_course(client: Client, nurse: User) -> None:
    began = timezone.now() - timedelta(minutes=12 * LENGTH + 60)
    car_t = actions.NewInfusion(cause="car-t", product="axicabtagene ciloleucel", started_at=began)
    patient = a_patient(nurse, a_ward(nurse), infusion=car_t, at=began - timedelta(hours=1))
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")  # to fill; the pages have the limit of every page
        chart(nurse, patient, LENGTH, 0)
        cursor.execute("ANALYZE patients_submission, patients_assessment, patients_assessmentvasopressor")
        cursor.execute("RESET statement_timeout")
    assert Assessment.objects.filter(patient=patient).count() == LENGTH
    print(
        f"\none patient with {LENGTH:,} assessments; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores",
        flush=True,
    )
    client.force_login(nurse)
    for name in PAGES:
        address = reverse(name, args=[patient.pk])
        cache.clear()
        took, came = asked(client, address)
        told(f"{name} ({came}), first", took)
        told(f"{name}, warm", asked(client, address)[0])
    print(f"load {os.getloadavg()[0]:.1f} at the end")
