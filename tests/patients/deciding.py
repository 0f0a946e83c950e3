"""How does a test read the cards of a patient's page and answer them, as the page's own forms do?"""

import re
from decimal import Decimal
from html import unescape
from typing import Any
from uuid import uuid4

from django.test import Client
from django.urls import reverse

from grading import record
from patients.models import Assessment, Patient, User
from tests.patients.cast import an_assessment
from tests.patients.pages import Answer

PRESSOR = record.Vasopressor(agent="norepinephrine")
SECOND = record.Vasopressor(agent="epinephrine")
ROOM_AIR = record.Oxygen(device="room-air")


def seen(by: User, patient: Patient, hours: float, *agents: record.Vasopressor, **more: Any) -> Assessment:
    """Fever on room air with these vasopressors: none is grade 1, one grade 3, two grade 4, all certain."""
    values: dict[str, Any] = {
        "temperature_c": Decimal("39.1"),
        "systolic": Decimal(118),
        "diastolic": Decimal(70),
        "spo2_percent": Decimal(97),
        "oxygen": ROOM_AIR,
        "fluid_bolus": False,
        "vasopressors": agents,
    }
    return an_assessment(by, patient, hours, **(values | more))


def page_of(client: Client, patient: Patient, user: User) -> str:
    client.force_login(user)
    return client.get(reverse("patient_detail", args=[patient.pk])).content.decode()


def card(page: str, step: str) -> str:
    """The markup of one card; empty where the page has none."""
    found = re.search(rf'<article [^>]*id="suggestion-{step}".*?</article>', page, re.DOTALL)
    return found[0] if found else ""


def words(markup: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", markup))).strip()


def hidden(markup: str) -> dict[str, str]:
    """The hidden fields of the first form in a card, as they are posted; a new submission id."""
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', markup)
    fields = {name: unescape(value) for name, value in found if name != "csrfmiddlewaretoken"}
    return fields | {"submission_id": str(uuid4())}


def answer(client: Client, patient: Patient, by: User, step: str, **said: Any) -> Answer:
    """The answer that `by` gives to a card of the page as it is now."""
    fields = hidden(card(page_of(client, patient, by), step))
    return client.post(reverse("decide", args=[patient.pk]), fields | said)
