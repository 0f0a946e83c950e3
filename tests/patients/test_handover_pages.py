"""Do the pages of a handover lead to the rows, keep to the ward, and print as safely as they read?"""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from patients import actions, pdf
from patients.models import Bed, Patient, Role, User, Ward
from patients.models.correction import KINDS
from patients.pdf import pdf_of
from patients.permissions import READS
from tests.patients.care import CANNULA, FEVER, PRESSOR
from tests.patients.cast import a_patient, a_user, a_ward, an_assessment, hours_ago
from tests.patients.pages import words_of
from tests.patients.pdfs import needs_pdf, pages_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(client: Client, nurse: User, ward: Ward) -> Client:
    client.force_login(nurse)
    return client


@pytest.fixture
def without_pango(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As on a machine that has no WeasyPrint to import."""
    pdf._imported.cache_clear()
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    yield
    pdf._imported.cache_clear()


# --- One patient


def test_a_number_leads_to_the_line_of_its_row(signed_in: Client, nurse: User, patient: Patient) -> None:
    row = an_assessment(nurse, patient, 1, **FEVER)
    page = signed_in.get(reverse("handover", args=[patient.pk])).content.decode()
    address = reverse("row_assessment", args=[patient.pk, row.pk])
    assert f'href="{address}"' in page
    answer = signed_in.get(address)
    assert answer.headers["Location"] == f"{reverse('history', args=[patient.pk])}#assessment-{row.pk}"
    assert f'id="assessment-{row.pk}"' in signed_in.get(answer.headers["Location"]).content.decode()


def test_every_reference_of_a_page_leads_to_a_row_of_that_patient(
    signed_in: Client, nurse: User, patient: Patient
) -> None:
    an_assessment(nurse, patient, 1, **PRESSOR)
    actions.raise_concern(by=nurse, submission_id=uuid4(), patient=patient, why="worse", called="", answered="")
    sbar = signed_in.get(reverse("handover", args=[patient.pk])).context["sbar"]
    assert {ref.kind for ref in sbar.references} >= {"facts", "infusion", "weight", "assessment", "concern"}
    for ref in sbar.references:
        assert signed_in.get(reverse(ref.address, args=[ref.patient, ref.row])).status_code == 302


def test_a_row_of_another_record_does_not_exist(signed_in: Client, nurse: User, ward: Ward, patient: Patient) -> None:
    row = an_assessment(nurse, a_patient(nurse, ward, mrn="1002"), 1, **FEVER)
    assert signed_in.get(reverse("row_assessment", args=[patient.pk, row.pk])).status_code == 404
    for kind in KINDS:
        assert signed_in.get(reverse(f"row_{kind}", args=[patient.pk, 100_000])).status_code == 404


@pytest.mark.parametrize("role", sorted(READS))
def test_each_role_follows_a_number(role: Role, client: Client, nurse: User, ward: Ward, patient: Patient) -> None:
    user = a_user(f"a {role}", role)
    client.force_login(user)
    address = reverse("row_facts", args=[patient.pk, patient.facts.pk])
    assert client.get(address).status_code == 404  # of another ward
    user.wards.add(ward)
    assert client.get(address).status_code == 302


# --- The ward


def test_the_ward_s_sheet_has_who_lies_there_and_lives_by_bed(
    signed_in: Client, nurse: User, physician: User, ward: Ward, patient: Patient
) -> None:
    beds = {number: Bed.objects.create(ward=ward, label=number) for number in ("10", "2", "3", "4")}
    names = {
        number: a_patient(nurse, ward, mrn=f"10{number}", family_name=f"Bed{number}", bed=bed)
        for number, bed in beds.items()
    }
    actions.discharge(by=nurse, submission_id=uuid4(), patient=names["3"], at=hours_ago(1))
    actions.record_death(by=physician, submission_id=uuid4(), patient=names["4"], due_to_crs=None, at=hours_ago(1))
    answer = signed_in.get(reverse("ward_handover"))
    assert [sbar.name for sbar in answer.context["sbars"]] == ["LINDQVIST, Maja", "BED2, Maja", "BED10, Maja"]
    assert "3 patients, by bed" in words_of(answer)


def test_the_ward_s_sheet_can_stand_in_the_order_of_the_board(
    signed_in: Client, nurse: User, ward: Ward, patient: Patient
) -> None:
    ill = a_patient(nurse, ward, mrn="1002", family_name="Zorn", bed=Bed.objects.create(ward=ward, label="9"))
    an_assessment(nurse, patient, 1, **FEVER)
    an_assessment(nurse, ill, 1, **PRESSOR)
    answer = signed_in.get(reverse("ward_handover"), {"ward": str(ward.pk), "order": "need"})
    assert [sbar.name for sbar in answer.context["sbars"]] == ["ZORN, Maja", "LINDQVIST, Maja"]


@pytest.mark.parametrize("asked", ["0", "999999", "x", "1;drop", "²"])
def test_a_ward_that_is_not_one_s_own_does_not_exist(asked: str, signed_in: Client) -> None:
    assert signed_in.get(reverse("ward_handover"), {"ward": asked}).status_code == 404


def test_another_ward_does_not_exist_and_who_works_on_none_is_told(client: Client, nurse: User, ward: Ward) -> None:
    stranger = a_user("stranger", Role.PHYSICIAN)
    client.force_login(stranger)
    assert "You work on no ward." in words_of(client.get(reverse("ward_handover")))
    a_ward(stranger, "Another ward")
    assert client.get(reverse("ward_handover"), {"ward": ward.pk}).status_code == 404


def test_the_ward_s_sheet_asks_no_more_of_the_database_for_a_patient_without_a_course(
    signed_in: Client, nurse: User, ward: Ward, patient: Patient, django_assert_max_num_queries: Any
) -> None:
    for number in range(6):
        a_patient(nurse, ward, mrn=f"20{number}", infusion=False)
    with django_assert_max_num_queries(70):
        signed_in.get(reverse("ward_handover"))


# --- Markup, PDFs


def test_typed_markup_is_text_on_screen_and_on_paper(signed_in: Client, nurse: User, patient: Patient) -> None:
    why = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    actions.raise_concern(by=nurse, submission_id=uuid4(), patient=patient, why=why, called="<b>", answered="")
    for address in (reverse("handover", args=[patient.pk]), reverse("ward_handover")):
        page = signed_in.get(address).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_every_page_of_a_pdf_has_two_identifiers_and_the_file_name_none(
    signed_in: Client, nurse: User, patient: Patient
) -> None:
    needs_pdf()
    an_assessment(nurse, patient, 6, **FEVER)
    actions.raise_concern(
        by=nurse, submission_id=uuid4(), patient=patient, why="<b>worse</b> " * 400, called="", answered=""
    )
    an_assessment(nurse, patient, 1, **CANNULA | {"spo2_percent": Decimal(91)})
    for address in (reverse("handover", args=[patient.pk]), reverse("ward_handover")):
        answer = signed_in.get(address, {"format": "pdf"})
        assert answer.headers["Content-Type"] == "application/pdf"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "LINDQVIST" not in answer.headers["Content-Disposition"].upper()
        assert "999" not in answer.headers["Content-Disposition"]
        pages = pages_of(answer.content)
        assert len(pages) > 1
        about = [page for page in pages if "worse" in page or "Recommendation" in page]
        assert len(about) >= len(pages) - 1 > 0  # the ward's sheet may begin with its name alone
        assert all("LINDQVIST, Maja" in page and "999 123 4567" in page for page in about), address
        assert any("<b>worse</b>" in page for page in about)  # as text


def test_a_pdf_fetches_nothing_that_a_document_names() -> None:
    needs_pdf()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        file = Path(settings.BASE_DIR, "static", "icon.svg").as_uri()
        style = f"@import url({address}/a.css); body {{ background: url({address}/b.png) }}"
        pages = pages_of(
            pdf_of(f'<style>{style}</style><p>Here<img src="{address}/c.png" alt=""><img src="{file}" alt="none"></p>')
        )
        listener.settimeout(0.2)
        with pytest.raises(TimeoutError):  # nobody called
            listener.accept()
    assert pages[0].startswith("Here")


def test_where_no_pdf_can_be_made_the_page_says_why_and_can_be_printed(
    without_pango: None, signed_in: Client, patient: Patient
) -> None:
    for address in (reverse("handover", args=[patient.pk]), reverse("ward_handover"), reverse("blank_sheet")):
        page = words_of(signed_in.get(address))
        assert "No PDF can be made on this server: " in page
        assert "libpango-1.0-0, libpangoft2-1.0-0 and libharfbuzz-subset0" in page
        assert "Print this page with the browser instead" in page
        answer = signed_in.get(address, {"format": "pdf"})
        assert answer.status_code == 406
        assert "No PDF can be made on this server: " in words_of(answer)


def test_a_missing_library_breaks_no_import_and_prints_nothing(tmp_path: Path) -> None:
    (tmp_path / "libpango-1.0.so.0").write_text("no library")
    environment = {**os.environ, "CRSWEB_MODE": "test", "LD_LIBRARY_PATH": str(tmp_path)}
    program = "import patients.pdf as pdf; print(pdf.why_not())"
    answer = subprocess.run(
        [sys.executable, "-c", program],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.startswith("No PDF can be made on this server: ")
    assert answer.stdout.count("\n") == 1
