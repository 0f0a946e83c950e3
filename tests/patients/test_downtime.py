"""Is there a whole, dated, private pack of each ward on disk, renewed even where another ward's fails?"""

import io
import os
import re
import stat
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from patients import actions, pdf
from patients.downtime import folder, name_of, remove_old, state_of, write_pack
from patients.formats import shown_date, shown_time
from patients.models import User, Ward
from tests.patients.care import PRESSOR
from tests.patients.cast import a_patient, a_ward, an_assessment, hours_ago
from tests.patients.pages import words_of
from tests.patients.pdfs import needs_pdf, pages_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def into(tmp_path: Path, settings: Settings) -> Path:
    settings.DOWNTIME_FOLDER = str(tmp_path / "packs")
    return tmp_path / "packs"


@pytest.fixture
def without_pango(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As on a machine that has no WeasyPrint to import, which is quicker too."""
    pdf._imported.cache_clear()
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    yield
    pdf._imported.cache_clear()


def filled(nurse: User, ward: Ward) -> None:
    """A patient with a day behind them, and one of whom nothing is known."""
    patient = a_patient(nurse, ward, mrn="999 123 4567", bed=ward.beds.get())
    an_assessment(nurse, patient, 30, temperature_c=PRESSOR["temperature_c"])
    an_assessment(nurse, patient, 3, **PRESSOR)
    actions.give_treatment(
        by=nurse, submission_id=uuid4(), patient=patient, drug="Actemra", dose=None, unit=None, at=hours_ago(2)
    )
    actions.raise_concern(
        by=nurse, submission_id=uuid4(), patient=patient, why="<script>x</script>", called="", answered=""
    )
    a_patient(nurse, ward, mrn="1002", family_name="Okafor", infusion=False)


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<style>.*?</style>|<[^>]*>", " ", html, flags=re.DOTALL))


def test_a_pack_holds_the_last_24_hours_what_is_due_and_a_blank_sheet(
    nurse: User, ward: Ward, into: Path, without_pango: None
) -> None:
    filled(nurse, ward)
    now = timezone.now()
    html = write_pack(ward, into, now).html.read_text(encoding="utf-8")
    told = words(html)
    with timezone.override(ward.zone):
        assert f"As of {shown_time(now)}, {shown_date(now)}" in told
        assert f"from {shown_time(now + timedelta(minutes=30))} on this one is old" in told
        assert f"{shown_date(hours_ago(3))} {shown_time(hours_ago(3))}" in told
        assert f"{shown_date(hours_ago(30))} {shown_time(hours_ago(30))} 39.0" not in told
    for sentence in (
        "LINDQVIST, Maja",
        "999 123 4567",
        "OKAFOR, Maja",
        "ASTCT 2019: grade 3, severe",
        "norepinephrine 0.1 mcg/kg/min",
        "Actemra dose not charted",
        "Allergies: none known.",
        "Weights 70 kg, ",
        "Overdue since ",
        "Tocilizumab: dose 1 of 4, Actemra dose not charted",
        "No infusion is charted: nothing is graded.",
        "Nothing was charted since ",
        "Seen at (24 h)",
        "Grade by hand",
    ):
        assert sentence in told, sentence


def test_a_pack_is_whole_in_itself_and_what_was_typed_is_text(
    nurse: User, ward: Ward, into: Path, without_pango: None
) -> None:
    filled(nurse, ward)
    html = write_pack(ward, into, timezone.now()).html.read_text(encoding="utf-8")
    assert not re.search(
        r"<(?:script|link|img|iframe|object|form)|\b(?:src|action|on[a-z]+)=|https?:|url\(|@import", html
    )
    assert "&lt;script&gt;x&lt;/script&gt;" in html
    assert set(re.findall(r'href="(.)', html)) == {"#"}


def test_nobody_but_its_owner_reads_a_pack(nurse: User, ward: Ward, into: Path) -> None:
    needs_pdf()
    filled(nurse, ward)
    into.mkdir(mode=0o755)
    written = write_pack(ward, into, timezone.now())
    assert written.pdf is not None
    assert stat.S_IMODE(into.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in into.iterdir()} == {0o600}
    assert sorted(path.name for path in into.iterdir()) == [f"{name_of(ward)}.html", f"{name_of(ward)}.pdf"]
    assert "Lindqvist" not in name_of(ward)
    pages = pages_of(written.pdf.read_bytes())
    about = [page for page in pages[1:] if "Seen at (24 h)" not in page and "Grade by hand" not in page]
    assert len(about) >= 2
    assert all("As of" in page and ("999 123 4567" in page or "1002" in page) for page in about)


def test_a_renewed_pack_takes_the_place_of_the_old_one_and_its_pdf_is_never_older(
    nurse: User, ward: Ward, into: Path, without_pango: None
) -> None:
    then = timezone.now() - timedelta(hours=1)
    write_pack(ward, into, then)
    stale = into / f"{name_of(ward)}.pdf"
    stale.write_bytes(b"%PDF of an earlier run")
    assert state_of(ward, timezone.now()).old
    now = timezone.now()
    written = write_pack(ward, into, now)
    assert written.pdf is None
    assert "libpango-1.0-0" in written.no_pdf
    assert not stale.exists()
    state = state_of(ward, now)
    assert state.as_of is not None
    assert abs(state.as_of - now) < timedelta(milliseconds=1)
    assert not state.old


def test_what_is_old_is_removed_and_what_is_not_ours_stays(ward: Ward, into: Path, tmp_path: Path) -> None:
    into.mkdir()
    now = timezone.now()

    def lay(name: str, hours: float) -> Path:
        path = into / name
        path.write_text("x")
        os.utime(path, (then := (now - timedelta(hours=hours)).timestamp(), then))
        return path

    kept = [
        lay(f"{name_of(ward)}.html", 23),
        lay("notes.html", 900),
        lay("downtime.txt", 900),
        lay(".downtime-new", 0.1),
    ]
    gone = [lay("downtime-a-ward-renamed-77.html", 1), lay(f"{name_of(ward)}.pdf", 25), lay(".downtime-half", 2)]
    assert sorted(remove_old([ward], into, now)) == sorted(gone)
    assert all(path.exists() for path in kept)
    assert not any(path.exists() for path in gone)


@pytest.mark.parametrize(("minutes", "old"), [(0, False), (30, False), (31, True)])
def test_a_pack_is_old_after_30_minutes(minutes: int, old: bool, ward: Ward, into: Path, without_pango: None) -> None:
    now = timezone.now()
    write_pack(ward, into, now - timedelta(minutes=minutes))
    assert state_of(ward, now).old is old


def test_a_pack_that_is_not_there_is_said_with_why(ward: Ward, into: Path, settings: Settings) -> None:
    now = timezone.now()
    assert (state_of(ward, now).problem, state_of(ward, now).old) == ("None has been written yet.", True)
    settings.DOWNTIME_FOLDER = ""
    assert (state_of(ward, now).problem, state_of(ward, now).old) == (
        "No folder is set for it (DOWNTIME_FOLDER).",
        True,
    )


def test_the_ward_s_pages_say_how_old_its_pack_is_and_aloud_when_it_is_old(
    client: Client, nurse: User, admin: User, ward: Ward, into: Path, without_pango: None
) -> None:
    def told() -> list[str]:
        said = []
        for user, page in ((nurse, reverse("ward_handover")), (admin, reverse("ward_settings", args=[ward.pk]))):
            client.force_login(user)
            said.append(words_of(client.get(page)))
        return said

    assert all("There is no downtime pack of Ward 7: None has been written yet." in page for page in told())
    write_pack(ward, into, timezone.now() - timedelta(minutes=40))
    assert all("The downtime pack of Ward 7 is old: as of" in page for page in told())
    write_pack(ward, into, timezone.now())
    assert all("Downtime pack on disk: as of" in page for page in told())


@pytest.mark.django_db(transaction=True)
def test_a_ward_that_fails_does_not_stop_the_others_and_nobody_is_named(
    nurse: User, into: Path, without_pango: None
) -> None:
    wards = [a_ward(nurse, name) for name in ("Alpha", "Beta", "Gamma")]
    a_patient(nurse, wards[1], mrn="999 123 4567")
    (into / f"{name_of(wards[1])}.html").mkdir(parents=True)  # no file can take its place
    said = io.StringIO()
    with pytest.raises(CommandError, match="Not every pack could be written"):
        call_command("downtime_pack", stdout=said, stderr=said)
    assert (into / f"{name_of(wards[0])}.html").is_file()
    assert (into / f"{name_of(wards[2])}.html").is_file()
    assert "Beta failed: IsADirectoryError at downtime.py:" in said.getvalue()
    assert "999" not in said.getvalue()
    assert not list(into.glob(".downtime-*"))


def test_the_command_says_what_it_lacks(ward: Ward, into: Path, settings: Settings) -> None:
    with pytest.raises(CommandError, match="No ward has the key 999999"):
        call_command("downtime_pack", ward=999_999)
    with pytest.raises(CommandError, match="1 to 1440"):
        call_command("downtime_pack", every=0)
    settings.DOWNTIME_FOLDER = ""
    assert folder() is None
    with pytest.raises(CommandError, match="DOWNTIME_FOLDER is not set"):
        call_command("downtime_pack")
