"""Is whatever somebody typed text on every page, on paper and in a PDF, and is nothing on a page inline?"""

import re
from pathlib import Path
from typing import Final
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from patients import actions
from patients.models import Bed, Role, User, Ward
from tests.browser.visits import furnish, visits
from tests.browser.ward import fill
from tests.patients.pdfs import needs_pdf, pages_of

BASE: Final = Path(settings.BASE_DIR)
FAMILY: Final = "<u1 onfocus=alert(1)>\"'/><img src=x onerror=alert(2)>"
GIVEN: Final = "{{ 7|add:7 }}{% debug %}</script></title></style><u1>"
NUMBER: Final = "<u1>\"' onfocus='a(3)'"
WORDS: Final = '" onfocus="alert(4)" x=\'<u1>&lt;u1&gt;'

# What writes markup without escaping it, and why each is safe: the number of places in the module.
WRITES_MARKUP: Final = {
    "patients/templatetags/clock.py": (2, "one of two names of elements"),
    "patients/templatetags/paper.py": (1, "spans around dates, in a text that was escaped before"),
    "patients/templatetags/workstation.py": (1, "an empty text"),
    "patients/views/paper.py": (1, "the sheet of styles that lies beside the program"),
}


# What no tag of a page may be or have, its values left out: what came of what was typed, a script or a style of its own
REFUSED: Final = {
    "an element": r"<(?:u1|img|iframe|object|embed|style)\b",
    "inline": r"\s(?:on[a-z]+|style)\b",
    "a script": r"<script(?![^>]*\ssrc=)(?![^>]* type=.application/json)",
}
ELSEWHERE: Final = re.compile(r"\s(?:href|src|action|formaction)=\"(?!/(?!/)|[?#\"])")


def wrong_in(page: str) -> list[str]:
    tags = re.findall(r"<[a-z][^>]*>", page, re.IGNORECASE)
    bare = [re.sub(r"(?<!type)=(?:\"[^\"]*\"|'[^']*')", "=", tag) for tag in tags]
    found = [what for what, how in REFUSED.items() if any(re.search(how, tag, re.IGNORECASE) for tag in bare)]
    return found + (["another host"] if any(map(ELSEWHERE.search, tags)) else [])


@pytest.mark.parametrize(
    ("page", "wrong"),
    [
        (f"<p>{escape(FAMILY + GIVEN + NUMBER + WORDS)}</p>", []),
        (f'<a href="/x" title="{escape(WORDS)}">{escape(FAMILY)}</a><script src="/s.js"></script>', []),
        (f"<p>{FAMILY}</p>", ["an element", "inline"]),
        (f'<p title="{WORDS}">', ["an element", "inline"]),
        (f"<p>{GIVEN}</p>", ["an element"]),
        (f"<p title={NUMBER}>", ["an element"]),
        ("<script>alert(1)</script>", ["a script"]),
        ('<p style="color:red"><a href="//elsewhere.example/">', ["inline", "another host"]),
    ],
)
def test_what_is_looked_for_is_found(page: str, wrong: list[str]) -> None:
    assert wrong_in(page) == wrong


@pytest.mark.django_db
def test_what_somebody_typed_is_text_on_every_page_and_on_paper(
    nurse: User, physician: User, charge_nurse: User, admin: User, auditor: User
) -> None:
    people = {Role(user.role): user for user in (nurse, physician, charge_nurse, admin, auditor)}
    filled = fill(nurse, *(user for user in people.values() if user != nurse))
    furnish(nurse, physician, worrying=filled.smyth, treated=filled.smith, dead=filled.brown)
    for number, one in enumerate((filled.smith, filled.smyth, filled.brown, filled.yamada)):
        named = {"mrn": f"{NUMBER}{number}", "family_name": FAMILY, "given_name": GIVEN}
        actions.rename_patient(by=nurse, submission_id=uuid4(), patient=one, **named)
    actions.raise_concern(by=nurse, submission_id=uuid4(), patient=filled.smith, why=WORDS, called=FAMILY)
    Ward.objects.update(name=WORDS)
    for bed in Bed.objects.all():
        Bed.objects.filter(pk=bed.pk).update(label=f"{bed.pk}{WORDS}"[:20])
    User.objects.update(display_name=FAMILY)
    clients = {role: Client() for role in Role}
    for role, client in clients.items():
        client.force_login(people[role])
    wrong = []
    named_on = 0
    for visit in visits(filled.ward, filled.smith, (filled.smyth, filled.brown)):
        answer = clients[visit.role].get(visit.path)
        assert answer.status_code in (200, 204, 405), visit  # what is posted only, and what says nothing, has no page
        if answer.headers["Content-Type"].startswith("text/html"):
            page = answer.content.decode()
            wrong += [(visit.name, one) for one in wrong_in(page)]
            named_on += escape(FAMILY).upper() in page.upper()
    assert wrong == []
    assert named_on > 40
    needs_pdf()
    for name, keys in (("handover", [filled.smith.pk]), ("course_summary", [filled.smith.pk]), ("ward_handover", [])):
        answer = clients[Role.NURSE].get(reverse(name, args=keys), {"format": "pdf"})
        assert answer.headers["Content-Type"] == "application/pdf"
        assert "<U1ONFOCUS=ALERT(1)>" in "".join(pages_of(answer.content)).upper().replace(" ", ""), name
        assert b"/JavaScript" not in answer.content and b"/Launch" not in answer.content


def test_no_template_switches_escaping_off_or_holds_anything_inline() -> None:
    refused = {
        "escaping off": r"\|\s*safe(?:seq)?\b|autoescape\s+off|\{%\s*filter\s+safe",
        "a script or a sheet": r"<script(?![^>]*\bsrc=)|<style\b|javascript:",
        "an attribute": r"<[a-z][^<>]*\s(?:on[a-z]+|style)\s*=",
        "another host": r"(?:src|href|action)=[\"']?(?:https?:)?//",
    }
    found = []
    for template in [*(BASE / "templates").rglob("*"), *(BASE / "patients").rglob("*.html")]:
        if template.is_file():
            whole = template.read_text(encoding="utf-8")
            markup = re.sub(r"\{%.*?%\}", "", whole)
            for what, how in refused.items():
                if re.search(how, whole if what == "escaping off" else markup, re.IGNORECASE):
                    found.append((str(template.relative_to(BASE)), what))
    assert found == []


def test_markup_is_written_without_escaping_in_the_places_that_are_listed_and_no_other() -> None:
    found = {}
    for package in ("crsweb", "grading", "patients"):
        for module in (BASE / package).rglob("*.py"):
            text = module.read_text(encoding="utf-8")
            calls = len(re.findall(r"\b(?:mark_safe|SafeString|SafeText)\(|__html__|\bhtml_safe\b", text))
            # format_html escapes what is given to it: its first argument must be a text that stands in the program
            calls += len(re.findall(r"\bformat_html(?:_join)?\(\s*(?!\s*['\"])", text))
            if calls:
                found[str(module.relative_to(BASE))] = calls
    assert found == {module: places for module, (places, _) in WRITES_MARKUP.items()}
