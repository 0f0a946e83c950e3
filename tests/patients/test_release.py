"""Is nothing that another release kept shown as this one's?"""

from pathlib import Path

from django.core.cache import cache

from patients.glance import glances, keys_of
from patients.models import Patient, User
from patients.release import digest_of, release
from tests.patients.care import FEVER
from tests.patients.cast import an_assessment


def test_the_release_changes_with_the_text_and_the_name_of_any_module(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    module = tmp_path / "rules" / "fever.py"
    seen = []
    for text in ("LIMIT = 38.0\n", "LIMIT = 38.5\n"):
        module.write_text(text)
        seen.append(digest_of([tmp_path]))
    module.rename(module.with_name("heat.py"))
    seen.append(digest_of([tmp_path]))
    assert len(set(seen)) == 3
    assert digest_of([tmp_path]) == seen[-1]


def test_what_is_kept_of_a_course_is_kept_under_the_release(nurse: User, patient: Patient) -> None:
    an_assessment(nurse, patient, 1, **FEVER)
    infusion = patient.infusions.get()
    here = list(Patient.objects.filter(pk=patient.pk).present())
    assert keys_of([infusion], {patient.pk: here[0]})[infusion.pk].startswith(release())
    shown = glances([infusion], here)[infusion.pk]
    kept = cache.get(f"glance_{release()}_{infusion.pk}")
    assert kept[0] == keys_of([infusion], {patient.pk: here[0]})[infusion.pk]
    assert kept[1].temperature == shown.temperature
