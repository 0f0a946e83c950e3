"""Does every form page record once, refuse what cannot be recorded, ask what is improbable, and lose nothing typed?"""

import re
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from patients.models import (
    Height,
    Patient,
    Submission,
    Treatment,
    User,
    Ward,
    Weight,
)
from tests.patients.pages import Post, at, recorded, words_of

BORN = {"birth_date": "1980-08-14"}


def test_a_double_tap_records_once(post: Post, patient: Patient) -> None:
    same = {"drug": "tocilizumab", "dose": "560", "unit": "mg", "submission_id": str(uuid4())}
    for _ in range(3):
        assert recorded(post("give_treatment", **same), patient)
    assert Treatment.objects.count() == 1


def test_one_submission_id_with_other_values_is_refused_and_nothing_typed_is_lost(post: Post) -> None:
    submission_id = str(uuid4())
    post("give_treatment", drug="tocilizumab", submission_id=submission_id)
    answer = post("give_treatment", drug="anakinra", submission_id=submission_id)
    assert answer.status_code == 422
    assert "already recorded with other values" in words_of(answer)
    assert 'value="anakinra"' in answer.content.decode()
    assert Treatment.objects.count() == 1


def test_what_is_wrong_stands_in_a_summary_with_links_and_at_the_field(post: Post) -> None:
    answer = post("give_treatment", drug="", dose="3.85e1", unit="mg")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert '<a href="#id_drug">Drug is needed.</a>' in page
    assert '<a href="#id_dose">Dose: «3.85e1» is not read as a number' in page
    assert page.count("«3.85e1» is not read as a number") == 2
    assert 'value="3.85e1"' in page
    assert not Submission.objects.filter(act="give_treatment").exists()


@pytest.mark.parametrize(
    ("page", "typed"),
    [
        ("record_measurement", {"weight_kg": "1 000"}),
        ("record_measurement", {"weight_kg": "-70"}),
        ("record_measurement", {"weight_kg": "٧٠"}),
        ("record_measurement", {"weight_kg": "401"}),
        ("record_measurement", {"weight_kg": "70", "at": "yesterday"}),
        ("record_measurement", {}),
        ("enter_result", {"analyte": "crp", "value": ""}),
        ("enter_result", {"analyte": "crp", "value": "5", "lower_limit": "9", "upper_limit": "3"}),
        ("enter_result", {"analyte": "ANC", "value": "500", "unit": ""}),
        ("give_treatment", {"drug": "tocilizumab", "dose": "560"}),
        ("give_treatment", {"drug": "tocilizumab", "unit": "mg"}),
        ("give_treatment", {"drug": "x\x00y"}),
        ("give_treatment", {"drug": "x" * 121}),
        ("give_treatment", {"drug": "tocilizumab", "route": "by pigeon"}),
        ("choose_protocol", {"protocol": "lee-2014", "reason": "  "}),
        ("infusion_event", {"action": "explode"}),
        ("infusion_event", {"action": "resume"}),
        ("transfer", {"place": "9999:"}),
        ("change_facts", BORN | {"allergies": "known", "allergies_to": " , "}),
        ("change_facts", BORN | {"allergies": "none-known", "allergies_to": "penicillin"}),
        (
            "change_facts",
            BORN | {"allergies": "none-known", "baseline_diastolic": "120", "baseline_systolic": "90"},
        ),
        ("change_facts", {"birth_date": "31-Feb-1980", "allergies": "none-known"}),
        ("start_infusion", {"cause": "", "product": "blinatumomab", "started_at": "04:00"}),
        ("record_death", {"submission_id": "not an id"}),
        ("record_death", {"at": "01-Jan-1970 00:00"}),
    ],
)
def test_what_cannot_be_recorded_is_refused_and_nothing_is_written(
    page: str, typed: dict[str, str], post: Post
) -> None:
    before = Submission.objects.count()
    answer = post(page, **typed)
    assert answer.status_code == 422
    assert "Not recorded" in words_of(answer)
    assert Submission.objects.count() == before


def test_a_time_in_the_future_is_refused(post: Post, ward: Ward) -> None:
    answer = post("give_treatment", drug="anakinra", at=at(-1, ward))
    assert answer.status_code == 422
    assert "in the future" in words_of(answer)


def test_the_button_that_records_carries_two_identifiers(client: Client, nurse: User, patient: Patient) -> None:
    client.force_login(nurse)
    for page in ("give_treatment", "enter_result", "record_measurement", "transfer", "discharge"):
        answer = client.get(reverse(page, args=[patient.pk]))
        assert "Record for LINDQVIST, Maja, 999 123 4567" in words_of(answer)


def test_a_weight_off_by_more_than_a_tenth_is_asked_about_and_the_answer_is_kept(post: Post, patient: Patient) -> None:
    answer = post("record_measurement", weight_kg="82")
    assert answer.status_code == 422
    assert "82 kg is 17.1% more than the 70 kg charted before" in words_of(answer)
    assert "Yes, 82 kg" in words_of(answer)
    assert Weight.objects.count() == 1
    token = re.search(r'name="confirmed" value="([^"]*)"', answer.content.decode())
    assert token is not None
    assert recorded(post("record_measurement", weight_kg="82", confirmed=token[1]), patient)
    weight = Weight.objects.latest("id")
    assert weight.weight_kg == 82
    assert [one["field"] for one in weight.confirmed] == ["weight_kg"]
    assert weight.typed == {"weight_kg": {"text": "82", "unit": "kg"}}


def test_a_height_off_by_more_than_a_tenth_is_asked_about_too(post: Post) -> None:
    answer = post("record_measurement", weight_kg="71", height_cm="107")
    assert answer.status_code == 422
    assert "107 cm is 37.1% less than the 170 cm charted before" in words_of(answer)


def test_the_answer_for_one_weight_is_none_for_another(post: Post) -> None:
    answer = post("record_measurement", weight_kg="83", confirmed="weight_kg=82 kg")
    assert answer.status_code == 422
    assert "Yes, 83 kg" in words_of(answer)


def test_a_weight_within_a_tenth_is_not_asked_about(post: Post, patient: Patient) -> None:
    assert recorded(post("record_measurement", weight_kg="77,0", height_cm="171"), patient)
    assert str(Weight.objects.latest("id").weight_kg) == "77.0"
    assert Height.objects.latest("id").height_cm == 171


def test_a_height_in_meters_offers_what_was_plainly_meant(post: Post, patient: Patient) -> None:
    answer = post("record_measurement", height_cm="1.7")
    assert 'name="fill" value="height_cm=170"' in answer.content.decode()
    filled = post("record_measurement", height_cm="1.7", fill="height_cm=170")
    assert filled.status_code == 200
    assert 'value="170"' in filled.content.decode()
    assert Height.objects.count() == 1  # filling in records nothing
