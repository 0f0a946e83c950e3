"""A course with something on every strip and lane, and how a test reads a timeline's page."""

import json
import re
from datetime import timedelta
from decimal import Decimal
from html import unescape
from typing import Any
from uuid import uuid4

from django.test import Client
from django.urls import reverse

from grading import record
from patients import actions
from patients.models import Assessment, Patient, Submission
from tests.patients.care import CALM, CANNULA, FEVER, Care
from tests.patients.cast import hours_ago

NOREPINEPHRINE = (record.Vasopressor(agent="norepinephrine", rate=Decimal(22), unit="mcg/min"),)
KEYS = ("astct-2019", "lee-2014", "ctcae-5", "ctcae-4", "icans-2019")


def eventful(care: Care) -> None:
    """Something of every kind, all but the newest assessment entered late, an estimate, a gap, an uncertain grade."""
    by, patient = care.nurse, care.patient
    care.assess(30, **CALM, heart_rate=Decimal(82), spo2_percent=Decimal(97))
    care.assess(12, **FEVER, heart_rate=Decimal(110), spo2_percent=Decimal(91))
    care.assess(10, **CANNULA, diastolic=Decimal(66), attributed_elsewhere=("fever",))
    care.assess(9, attributed_elsewhere=())
    care.assess(6, temperature_c=Decimal("39.6"))  # at least grade 1
    first = care.assess(5, **CANNULA | {"vasopressors": NOREPINEPHRINE, "systolic": Decimal(84)})
    care.assess(3.5, **CANNULA | {"vasopressors": NOREPINEPHRINE})
    care.assess(1.5, **CANNULA | {"vasopressors": NOREPINEPHRINE, "ice_score": 7})
    care.sign(first, 3)
    care.correct(first, note="read again")
    care.give("Actemra", 4, purpose="crs")
    care.give("dexamethasone", 4, dose=Decimal(10))
    care.give("acetaminophen", 11, dose=Decimal(1000), route="po")
    for analyte, value, unit, taken in (
        ("crp", 215, "mg/L", 11),
        ("crp", 21, "mg/dL", 3),
        ("ferritin", 8400, "ng/mL", 3),
    ):
        actions.enter_result(
            by=by,
            submission_id=uuid4(),
            patient=patient,
            analyte=analyte,
            value=Decimal(value),
            unit=unit,
            at=hours_ago(taken),
        )
    for action, hours in (("interrupt", 5.0), ("resume", 2.0)):
        actions.record_infusion_event(
            by=by, submission_id=uuid4(), infusion=care.infusion, action=action, at=hours_ago(hours)
        )
    actions.raise_concern(by=by, submission_id=uuid4(), patient=patient, why="mottled knees")
    actions.acknowledge_concern(by=care.physician, submission_id=uuid4(), concern=patient.concerns.get())
    actions.pause_monitoring(by=by, submission_id=uuid4(), patient=patient, reason="imaging", minutes=30)


def heart_rates(care: Care, count: int) -> None:
    """So many assessments, a minute apart, written past the action: each would grade the course again."""
    acts = [Submission(id=uuid4(), act="test", values={}, entered_by=care.nurse) for _ in range(count)]
    Submission.objects.bulk_create(acts)
    Assessment.objects.bulk_create(
        Assessment(
            patient=care.patient,
            at=hours_ago(20) + timedelta(minutes=minute),
            heart_rate=Decimal(60 + minute),
            submission=act,
            entered_by=care.nurse,
        )
        for minute, act in enumerate(acts)
    )


def opened(client: Client, patient: Patient, query: str = "", **more: Any) -> str:
    answer = client.get(reverse("timeline", args=[patient.pk]) + query, **more)
    assert answer.status_code == 200
    return str(answer.content.decode())


def island(page: str) -> dict[str, Any]:
    """What the page's script reads."""
    found = re.search(r'<script id="timeline-data" type="application/json">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    read: dict[str, Any] = json.loads(found[1])
    return read


def said_by_the_drawing(page: str) -> list[tuple[str, str]]:
    """Every thing that the cursor can read: its moment and its words, the latest first."""
    data = island(page)
    return sorted((when, text) for _, when, _, _, items in data["moments"] for _, text in items)


def said_by_the_table(pages: list[str]) -> list[tuple[str, str]]:
    """Every thing of the table's pages: its moment and its words."""
    found = []
    for page in pages:
        body = page[page.index("<tbody>") : page.index("</tbody>")]
        for row in body.split("<tr>")[1:]:
            head, *cells = row.split("<td")
            when = re.search(r"\d\d-\w{3}-\d{4} \d\d:\d\d", head)
            assert when is not None
            for cell in cells:
                for words in re.findall(r'<span class="block[^"]*">(.*?)</span>', cell):
                    found.append((when[0], unescape(words)))
    return sorted(found)


def marks(page: str, strip: str, *kinds: str) -> int:
    """How many dots of these kinds a strip has."""
    part = page[page.index(f'data-strip="{strip}"') :]
    part = part[: part.index("data-labels")]
    return sum(d.count("M") for kind in kinds for d in re.findall(rf'<path class="{kind}" d="([^"]*)"', part))
