"""Does an open page of a patient tell of what was recorded since it was read, also of what came while it was drawn?"""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.test.signals import template_rendered
from django.urls import reverse

from patients.models import Patient, User
from tests.patients.care import CALM, PRESSOR
from tests.patients.cast import an_assessment
from tests.patients.pages import words_of


@pytest.mark.parametrize("name", ["patient_detail", "timeline", "handover", "course_summary"])
def test_what_is_recorded_while_a_page_is_drawn_is_told_on_it(
    client: Client, nurse: User, patient: Patient, name: str
) -> None:
    an_assessment(nurse, patient, 2, **CALM)
    client.force_login(nurse)
    changed = reverse("patient_changed", args=[patient.pk])
    quiet = _tag(client, name, patient)
    assert client.get(changed, headers={"If-None-Match": quiet}).status_code == 304

    left: list[Callable[[], object]] = [lambda: an_assessment(nurse, patient, 0.5, **PRESSOR)]

    def meanwhile(**_: Any) -> None:
        """Once the view has read the course, and nothing of the page is drawn."""
        if left:
            left.pop()()

    template_rendered.connect(meanwhile)
    try:
        drawn = _tag(client, name, patient)
    finally:
        template_rendered.disconnect(meanwhile)
    assert left == []
    answer = client.get(changed, headers={"If-None-Match": drawn})
    assert answer.status_code == 200
    assert "Changed at" in words_of(answer)
    assert f"by {nurse}" in words_of(answer)


def _tag(client: Client, name: str, patient: Patient) -> str:
    found = re.search('data-etag="([^"]*)"', client.get(reverse(name, args=[patient.pk])).content.decode())
    assert found is not None, name
    return unescape(found[1])
