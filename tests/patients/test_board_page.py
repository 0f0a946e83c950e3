"""Does an open board learn of everything that it shows, of nothing else, and only what its user may see?"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from patients import actions
from patients.actions import Facts
from patients.board import board_version
from patients.models import Bed, Infusion, Patient, Role, User, Ward
from patients.views import board
from tests.patients.care import CALM, FEVER, PRESSOR
from tests.patients.cast import a_patient, a_user, a_ward, an_assessment, hours_ago
from tests.patients.pages import words_of

Made = dict[str, Any]
Act = Callable[[User, Patient, Made], object]


def entry(by: User) -> Made:
    return {"by": by, "submission_id": uuid4()}


def version(*wards: Ward, later: float = 0) -> str:
    """At one moment for every test, `later` by minutes: the clock alone changes nothing."""
    return board_version(wards, datetime(2026, 11, 21, 3, tzinfo=UTC) + timedelta(minutes=later))


def tag(client: Client, query: str = "") -> str:
    return str(client.get(reverse("board_rows") + query).headers["ETag"])


@pytest.fixture
def made(nurse: User, physician: User, ward: Ward, patient: Patient) -> Made:
    """What the acts of the table are on."""
    first = an_assessment(nurse, patient, 2, **FEVER)
    dose = actions.give_treatment(
        **entry(nurse), patient=patient, drug="tocilizumab", dose=Decimal(560), unit="mg", route="iv", at=hours_ago(1.5)
    )
    concern = actions.raise_concern(**entry(nurse), patient=patient, why="Restless", called="")
    pause = actions.pause_monitoring(**entry(nurse), patient=patient, reason="imaging", minutes=30, at=hours_ago(0.4))
    elsewhere = a_ward(nurse, "Elsewhere")
    neighbor = a_patient(nurse, ward, mrn="2", family_name="Ahlgren")
    stranger = a_patient(nurse, elsewhere, mrn="3", family_name="Yamada")
    on_stranger = an_assessment(nurse, stranger, 1, **PRESSOR)
    return {
        "first": first,
        "dose": dose,
        "concern": concern,
        "pause": pause,
        "physician": physician,
        "ward": ward,
        "elsewhere": elsewhere,
        "neighbor": neighbor,
        "stranger": stranger,
        "on_stranger": on_stranger,
        "bed": Bed.objects.create(ward=ward, label="7"),
    }


def _facts(patient: Patient) -> Facts:
    return Facts(birth_date=patient.birth_date, sex="male", allergies="none-known", home_oxygen_l_min=Decimal(2))


# What the board shows, and an act that changes it.
SHOWN: dict[str, Act] = {
    "an assessment": lambda by, patient, m: an_assessment(by, patient, 1, **PRESSOR),
    "a late assessment": lambda by, patient, m: an_assessment(by, patient, 20, **FEVER),
    "a correction": lambda by, patient, m: actions.correct_row(
        **entry(by), row=m["first"], values={"temperature_c": Decimal("38.2")}, reason="typing"
    ),
    "an assessment in error": lambda by, patient, m: actions.mark_entered_in_error(
        **entry(by), row=m["first"], reason="not-done"
    ),
    "a dose in error": lambda by, patient, m: actions.mark_entered_in_error(
        **entry(by), row=m["dose"], reason="not-done"
    ),
    "a dose": lambda by, patient, m: actions.give_treatment(
        **entry(by), patient=patient, drug="tocilizumab", dose=Decimal(560), unit="mg", route="iv"
    ),
    "a result": lambda by, patient, m: actions.enter_result(
        **entry(by), patient=patient, analyte="crp", value=Decimal(40), unit="mg/L"
    ),
    "a weight": lambda by, patient, m: actions.record_measurement(
        **entry(by), patient=patient, weight_kg=Decimal(72), at=hours_ago(1)
    ),
    "a concern": lambda by, patient, m: actions.raise_concern(**entry(by), patient=patient, why="Grey", called=""),
    "an acknowledgement": lambda by, patient, m: actions.acknowledge_concern(
        **entry(m["physician"]), concern=m["concern"]
    ),
    "the end of a pause": lambda by, patient, m: actions.end_pause(**entry(by), pause=m["pause"]),
    "a name": lambda by, patient, m: actions.rename_patient(
        **entry(by), patient=patient, mrn=patient.mrn, family_name="Lindquist", given_name="Maja"
    ),
    "facts": lambda by, patient, m: actions.change_facts(**entry(by), patient=patient, facts=_facts(patient)),
    "a protocol": lambda by, patient, m: actions.choose_protocol(
        **entry(m["physician"]), patient=patient, protocol="lee-2014", reason="trial"
    ),
    "another bed": lambda by, patient, m: actions.transfer(**entry(by), patient=patient, ward=m["ward"], bed=m["bed"]),
    "a transfer away": lambda by, patient, m: actions.transfer(**entry(by), patient=patient, ward=m["elsewhere"]),
    "a transfer here": lambda by, patient, m: actions.transfer(**entry(by), patient=m["stranger"], ward=m["ward"]),
    "a discharge": lambda by, patient, m: actions.discharge(**entry(by), patient=m["neighbor"]),
    "a death": lambda by, patient, m: actions.record_death(
        **entry(m["physician"]), patient=patient, at=None, due_to_crs=None
    ),
    "a row moved here from another ward": lambda by, patient, m: actions.move_to_patient(
        **entry(by), row=m["on_stranger"], to=patient
    ),
    "an interruption": lambda by, patient, m: actions.record_infusion_event(
        **entry(by), infusion=Infusion.objects.get(patient=patient), action="interrupt"
    ),
}


def test_the_version_changes_with_everything_that_is_shown(
    nurse: User, ward: Ward, patient: Patient, made: Made
) -> None:
    before = version(ward)
    missed = []
    for shown, act in SHOWN.items():
        with transaction.atomic():
            act(nurse, patient, made)
            if version(ward) == before:
                missed.append(shown)
            transaction.set_rollback(True)
        assert version(ward) == before, shown
    assert missed == []


def test_the_version_changes_with_the_wards_settings_and_with_the_minute(
    admin: User, ward: Ward, patient: Patient
) -> None:
    before = version(ward)
    assert version(ward, later=1) != before
    actions.change_ward_settings(
        **entry(admin), ward=ward, document={"spo2_limit_percent": 90}, default_protocol="review-2024"
    )
    assert version(ward) != before


def test_the_version_stays_while_nothing_that_is_shown_changes(
    nurse: User, ward: Ward, patient: Patient, made: Made
) -> None:
    before = version(ward)
    an_assessment(nurse, made["stranger"], 0.5, **FEVER)
    actions.keep_draft(by=nurse, patient=patient, form="assess", fields={"temperature": ["39"]}, submission_id=uuid4())
    assert version(ward) == before
    assert version(made["elsewhere"]) != before


def test_a_board_that_has_the_rows_gets_304_and_one_that_has_not_gets_them(
    client: Client, nurse: User, ward: Ward, patient: Patient
) -> None:
    client.force_login(nurse)
    address = reverse("board_rows")
    with time_machine.travel(datetime.now(UTC).replace(second=10), tick=False):
        first = client.get(address)
        has = {"If-None-Match": first.headers["ETag"]}
        again = client.get(address, headers=has)
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
        assert again.headers["Cache-Control"] == "no-store"
        an_assessment(nurse, patient, None, **FEVER)
        new = client.get(address, headers=has)
        assert new.status_code == 200
        assert new.headers["ETag"] != first.headers["ETag"]
        assert "39.0 °C" in words_of(new)
    with time_machine.travel(datetime.now(UTC).replace(second=10) + timedelta(minutes=1), tick=False):
        assert client.get(address, headers={"If-None-Match": new.headers["ETag"]}).status_code == 200


def test_the_page_holds_what_the_fragment_answers(client: Client, nurse: User, ward: Ward, patient: Patient) -> None:
    an_assessment(nurse, patient, 1, **PRESSOR)
    client.force_login(nurse)
    for query in ("", f"?ward={ward.pk}", "?mine=1"):
        with time_machine.travel(timezone.now(), tick=False):
            page = client.get(reverse("board") + query).content.decode()
            fragment = client.get(reverse("board_rows") + query).content.decode()
        found = re.search(r'<section id="board-rows".*?</section>', page, re.DOTALL)
        assert found is not None
        assert found[0] == fragment.strip()


def test_rows_of_one_ward_and_of_another_user_have_tags_of_their_own(
    client: Client, nurse: User, physician: User, ward: Ward, patient: Patient
) -> None:
    second = a_ward(nurse, "Elsewhere")
    a_patient(nurse, second, mrn="2", family_name="Yamada")
    with time_machine.travel(datetime.now(UTC).replace(second=10), tick=False):
        client.force_login(nurse)
        tags = {tag(client), tag(client, f"?ward={ward.pk}"), tag(client, f"?ward={second.pk}"), tag(client, "?mine=1")}
        client.force_login(physician)
        assert len(tags | {tag(client)}) == 5


def test_filters_by_ward(client: Client, nurse: User, ward: Ward, patient: Patient) -> None:
    second = a_ward(nurse, "Elsewhere")
    a_patient(nurse, second, mrn="2", family_name="Yamada")
    client.force_login(nurse)
    both = words_of(client.get(reverse("board")))
    assert "LINDQVIST" in both and "YAMADA" in both
    one = words_of(client.get(f"{reverse('board')}?ward={second.pk}"))
    assert "LINDQVIST" not in one and "YAMADA" in one


@pytest.mark.parametrize("address", ["board", "board_rows"])
@pytest.mark.parametrize("asked", ["another", "999999", "x", "-1"])
def test_another_ward_does_not_exist(address: str, asked: str, client: Client, nurse: User, patient: Patient) -> None:
    stranger = a_user("stranger", Role.PHYSICIAN)
    theirs = a_ward(stranger, "Another ward")
    client.force_login(nurse)
    ward = str(theirs.pk) if asked == "another" else asked
    assert client.get(f"{reverse(address)}?ward={ward}").status_code == 404


def test_the_rows_are_authorised_anew_at_each_fetch(client: Client, nurse: User, ward: Ward, patient: Patient) -> None:
    client.force_login(nurse)
    has = {"If-None-Match": tag(client)}
    nurse.wards.clear()
    answer = client.get(reverse("board_rows"), headers=has)
    assert answer.status_code == 200
    assert "LINDQVIST" not in words_of(answer)
    assert client.get(f"{reverse('board_rows')}?ward={ward.pk}", headers=has).status_code == 404
    client.logout()
    assert client.get(reverse("board_rows"), headers=has | {"HX-Request": "true"}).status_code == 401


def test_my_patients_are_those_of_my_shift(client: Client, nurse: User, ward: Ward, patient: Patient) -> None:
    a_patient(nurse, ward, mrn="2", family_name="Yamada")
    client.force_login(nurse)
    assert "No patient is yours in this shift" in words_of(client.get(f"{reverse('board')}?mine=1"))
    page = client.get(reverse("patient_detail", args=[patient.pk])).content.decode()
    form = re.search(r'<form[^>]*action="([^"]*)"(?:(?!</form>).)*?>Take', page, re.DOTALL)
    assert form is not None
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[0]))
    client.post(form[1], {name: value for name, value in fields.items() if name != "csrfmiddlewaretoken"})
    own = words_of(client.get(f"{reverse('board')}?mine=1"))
    assert "LINDQVIST" in own and "YAMADA" not in own


def test_who_charts_reaches_each_sign_from_its_cell_and_an_auditor_sees_no_board(
    client: Client, nurse: User, auditor: User, ward: Ward, patient: Patient
) -> None:
    auditor.wards.add(ward)
    address = reverse("chart_value", args=[patient.pk, "temperature"])
    client.force_login(nurse)
    assert f'href="{address}"' in client.get(reverse("board")).content.decode()
    client.force_login(auditor)
    assert client.get(reverse("board")).headers["Location"] == reverse("audit")


def test_like_names_are_marked_on_one_ward_and_in_the_banner(
    client: Client, nurse: User, ward: Ward, patient: Patient
) -> None:
    elsewhere = a_patient(nurse, a_ward(nurse, "Elsewhere"), mrn="2", family_name="Lindqvist", given_name="Bo")
    client.force_login(nurse)

    def marked(one: Patient) -> bool:
        said = words_of(client.get(reverse("patient_detail", args=[one.pk])))
        return "Another patient on this ward has a like name" in said

    assert "like name" not in words_of(client.get(reverse("board")))
    assert not marked(patient) and not marked(elsewhere)
    near = a_patient(
        nurse, ward, mrn="3", family_name="Lindquist", given_name="Karl", bed=Bed.objects.create(ward=ward, label="4")
    )
    assert words_of(client.get(reverse("board"))).count("like name") == 2
    banner = words_of(client.get(reverse("patient_detail", args=[patient.pk])))
    assert "Another patient on this ward has a like name: LINDQUIST, Karl, bed 4" in banner
    actions.discharge(**entry(nurse), patient=near)
    assert not marked(patient) and not marked(near)


def test_two_names_near_a_third_are_not_near_each_other(client: Client, nurse: User, ward: Ward) -> None:
    for number, name in enumerate(("Berg", "Bergs", "Aberg")):
        a_patient(nurse, ward, mrn=str(number), family_name=name)
    client.force_login(nurse)
    of_third = words_of(client.get(reverse("patient_detail", args=[Patient.objects.get(family_name="Aberg").pk])))
    assert "like name: BERG, Maja, no bed" in of_third
    assert "BERGS" not in of_third


def test_the_board_comes_in_pages_of_a_hundred(
    client: Client, nurse: User, ward: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert board.PAGE == 100
    monkeypatch.setattr(board, "PAGE", 2)  # a hundred patients take a minute to admit
    for number in range(3):
        a_patient(nurse, ward, mrn=str(number), infusion=False, family_name=f"Family {number}", given_name="X")
    client.force_login(nurse)
    first = client.get(reverse("board")).content.decode()
    second = client.get(f"{reverse('board')}?page=2").content.decode()
    assert (first.count("patient-link"), second.count("patient-link")) == (2, 1)
    assert "3 patients" in first and 'href="/?page=2"' in first


def test_the_board_asks_the_database_as_often_for_five_patients_as_for_one(
    client: Client, nurse: User, ward: Ward, patient: Patient
) -> None:
    def asked() -> int:
        client.get(reverse("board"))
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("board"))
        return len(queries)

    client.force_login(nurse)
    an_assessment(nurse, patient, 1, **CALM)
    one = asked()
    for number in range(4):
        an_assessment(nurse, a_patient(nurse, ward, mrn=str(number), family_name="Ek" * (number + 1)), 1, **PRESSOR)
    assert asked() == one
