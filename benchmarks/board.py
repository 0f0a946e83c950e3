"""How long do the board, its version, the patient list and the worklist take over long courses?

`python -m pytest -s benchmarks/board.py` prints a table; nothing is asserted but that the pages answer. Each
course has 200 assessments of 12 minutes; the database is the embedded one, the pages are asked for in this process.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from statistics import median
from time import perf_counter, process_time
from uuid import uuid4

from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from patients.board import board_version
from patients.models import Assessment, AssessmentVasopressor, Bed, Patient, Submission, User, Ward
from tests.patients.cast import a_patient, a_ward, an_assessment

LENGTH = 200


def fill(nurse: User, ward: Ward, number: int) -> Patient:
    """One patient with a long course."""
    bed = Bed.objects.create(ward=ward, label=str(100 + number))
    patient = a_patient(nurse, ward, mrn=f"9{number}", family_name=f"Family {number}", bed=bed)
    chart(nurse, patient, LENGTH, number)
    return patient


def chart(nurse: User, patient: Patient, length: int, number: int) -> None:
    """Assessments every 12 minutes until now, written past the actions: through them it would take a minute for 200."""
    acts = [
        Submission(id=uuid4(), act="record_assessment", patient=patient, values={}, entered_by=nurse)
        for _ in range(length)
    ]
    Submission.objects.bulk_create(acts)
    rows = Assessment.objects.bulk_create(
        Assessment(
            patient=patient,
            submission=act,
            entered_by=nurse,
            at=timezone.now() - timedelta(minutes=12 * (length - place)),
            temperature_c=Decimal("38.5") if place % 40 < 20 else Decimal("37.1"),
            systolic=Decimal(85 + (place + number) % 30),
            diastolic=Decimal(50),
            spo2_percent=Decimal(96),
            vasopressors_charted=True,
            oxygen_device="nasal-cannula" if place % 3 else "room-air",
            oxygen_flow_l_min=Decimal(2) if place % 3 else None,
        )
        for place, act in enumerate(acts)
    )
    AssessmentVasopressor.objects.bulk_create(
        AssessmentVasopressor(assessment=row, agent="norepinephrine", rate=Decimal(8), unit="mcg/min")
        for place, row in enumerate(rows)
        if place % 50 > 40
    )


@dataclass(frozen=True)
class Taken:
    """Milliseconds by the wall clock, and of this process alone: the database and whoever else computes left out."""

    wall: float
    own: float


def taken(what: Callable[[], object]) -> Taken:
    began, own = perf_counter(), process_time()
    what()
    return Taken((perf_counter() - began) * 1000, (process_time() - own) * 1000)


def told(name: str, *times: Taken) -> None:
    wall, own = median(one.wall for one in times), median(one.own for one in times)
    print(f"{name:<50}{wall:>10.1f} ms{own:>10.1f} ms own", flush=True)


def filled(nurse: User, physician: User, patients: int) -> tuple[Ward, list[Patient]]:
    ward = a_ward(nurse)
    physician.wards.add(ward)
    made = [fill(nurse, ward, number) for number in range(patients)]
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE patients_submission")
        cursor.execute("ANALYZE patients_assessment")
        cursor.execute("ANALYZE patients_placement")
    print(f"\n{patients} patients with {LENGTH} assessments each")
    return ward, made


def measure(client: Client, user: User, patient: Patient, name: str, address: str) -> None:
    """Cold only where nothing is kept yet; `patient` gets the one write."""
    client.force_login(user)

    def asked() -> None:
        assert client.get(address).status_code == 200

    told(f"{name}, first", taken(asked))
    told(f"{name}, warm", *(taken(asked) for _ in range(10)))
    an_assessment(patient.assessments.earliest("id").entered_by, patient, None, temperature_c=Decimal("38.8"))
    told(f"{name}, after one write", taken(asked))


def test_the_board_of_thirty(client: Client, nurse: User, physician: User) -> None:
    ward, patients = filled(nurse, physician, 30)
    cache.clear()
    measure(client, nurse, patients[0], "board", reverse("board"))
    told("board version", *(taken(lambda: board_version([ward], timezone.now())) for _ in range(30)))
    rows = reverse("board_rows")
    has = {"If-None-Match": client.get(rows).headers["ETag"]}
    told(
        "board, nothing new (304 but at the minute)", *(taken(lambda: client.get(rows, headers=has)) for _ in range(30))
    )


def test_the_lists_of_a_hundred(client: Client, nurse: User, physician: User) -> None:
    _, patients = filled(nurse, physician, 100)
    cache.clear()
    measure(client, nurse, patients[0], "patient list", reverse("patient_list"))
    measure(client, physician, patients[1], "worklist", reverse("worklist"))
    measure(client, physician, patients[2], "a page with the worklist's count", reverse("account_change_password"))
    measure(client, nurse, patients[3], "board", reverse("board"))
