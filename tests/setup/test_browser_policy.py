"""Is every answer told what a page may do, and is of a browser's reports kept what names nobody, and little of it?"""

import json
import re
import time
from collections.abc import Iterator
from typing import Any, Final

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from crsweb import reports
from crsweb.presence import ACTIVE
from patients.actions import browser_report
from patients.models import BrowserReport, User

REPORTS: Final = "/reports/browser/"
POLICY: Final = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "report-uri": REPORTS,
    "report-to": "ours",
}
TOLD: Final = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "Reporting-Endpoints": f'ours="{REPORTS}"',
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
NO_FEATURES: Final = (
    "camera",
    "microphone",
    "geolocation",
    "usb",
    "serial",
    "clipboard-read",
    "payment",
    "display-capture",
)
SECRET: Final = "Lindqvist-4711"


def addresses() -> Iterator[tuple[str, str]]:
    """The route of every page of the site, with an address of that shape."""

    def within(patterns: list[Any], before: str) -> Iterator[tuple[str, str]]:
        for one in patterns:
            route = before + str(one.pattern)
            if isinstance(one, URLResolver):
                yield from within(one.url_patterns, route)
            elif isinstance(one, URLPattern):
                yield route, "/" + re.sub(r"<(?:(\w+):)?\w+>", lambda key: SHAPES.get(key[1] or "str", "1"), route)

    return within(get_resolver().url_patterns, "")


SHAPES: Final = {"sign": "temperature", "uuid": "00000000-0000-4000-8000-000000000000"}


@pytest.mark.django_db
def test_every_address_there_is_answers_with_all_that_a_browser_is_told(client: Client, nurse: User) -> None:
    client.raise_request_exception = False
    client.force_login(nurse)
    wrong = []
    seen = list(addresses())
    for route, address in [*seen, ("nowhere", "/nowhere/")]:
        answer = client.get(address)
        told = answer.headers
        policy = dict(part.strip().split(" ", 1) for part in told["Content-Security-Policy"].split(";"))
        features = dict(part.split("=", 1) for part in told["Permissions-Policy"].split(", "))
        differs = {name: told.get(name) for name, value in TOLD.items() if told.get(name) != value}
        if answer.status_code >= 500 or policy != POLICY or differs or {features[one] for one in NO_FEATURES} != {"()"}:
            wrong.append((route, answer.status_code, differs))
    assert wrong == []
    assert len(seen) > 100


# --- What browsers report


def sent(report: object, kind: str = "application/csp-report", client: Client | None = None) -> int:
    body = report if isinstance(report, bytes) else json.dumps(report).encode()
    return int((client or Client()).post(REPORTS, body, content_type=kind).status_code)


def old(**body: Any) -> dict[str, Any]:
    """As `report-uri` sends it."""
    return {"csp-report": {"document-uri": "http://testserver/patients/4711/", "effective-directive": "img-src"} | body}


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "PACE", reports.Pace(10_000))
    monkeypatch.setattr(reports, "PACE_OF_STRANGERS", reports.Pace(10_000))


@pytest.mark.django_db
def test_of_a_report_the_directive_an_origin_and_a_pattern_are_kept_and_nothing_else() -> None:
    everything = {
        "document-uri": f"http://testserver/patients/4711/row/assessment/12/?name={SECRET}#{SECRET}",
        "referrer": f"http://testserver/patients/4711/?{SECRET}",
        "violated-directive": f"script-src-elem {SECRET}",
        "effective-directive": "script-src-elem",
        "original-policy": SECRET,
        "blocked-uri": f"https://elsewhere.example/{SECRET}?{SECRET}",
        "script-sample": SECRET,
        "source-file": SECRET,
    }
    without_a_token = Client(enforce_csrf_checks=True)  # and signed out
    assert sent({"csp-report": everything}, client=without_a_token) == 204
    new = {
        "type": "csp-violation",
        "url": f"http://testserver/patients/4711/{SECRET}",
        "user_agent": SECRET,
        "body": {
            "documentURL": "http://testserver/worklist/",
            "effectiveDirective": "style-src-attr",
            "blockedURL": "inline",
            "sample": SECRET,
        },
    }
    assert sent([new, new, {"type": "crash", "body": {}}], "application/reports+json", without_a_token) == 204
    kept = [
        ("script-src-elem", "https://elsewhere.example", "/patients/<int:pk>/row/assessment/<int:row>/", 1),
        ("style-src-attr", "inline", "/worklist/", 2),
    ]
    assert list(BrowserReport.objects.order_by("id").values_list("directive", "blocked", "page", "times")) == kept
    assert SECRET not in str(BrowserReport.objects.values()) and "4711" not in str(BrowserReport.objects.values())


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "kept"),
    [
        ({"blocked-uri": f"http://testserver/patients/4711/{SECRET}"}, ("other", "/patients/<int:pk>/")),
        ({"blocked-uri": "http://testserver/static/Lindqvist.js"}, ("/static/", "/patients/<int:pk>/")),
        ({"blocked-uri": f"chrome-extension://{SECRET}/x.js"}, ("chrome-extension:", "/patients/<int:pk>/")),
        ({"blocked-uri": f"<script>{SECRET}</script>"}, ("other", "/patients/<int:pk>/")),
        ({"blocked-uri": [SECRET]}, ("other", "/patients/<int:pk>/")),
        ({"blocked-uri": "http://[", "document-uri": f"http://testserver/{SECRET}"}, ("other", "other")),
        ({"document-uri": f"http://another.example/patients/{SECRET}"}, None),
        ({"effective-directive": SECRET}, None),
        ({"effective-directive": 7}, None),
    ],
)
def test_what_is_of_no_known_shape_is_cut_to_a_word_or_not_kept(
    body: dict[str, Any], kept: tuple[str, str] | None
) -> None:
    assert sent(old(**body)) == 204
    assert BrowserReport.objects.values_list("blocked", "page").first() == kept


@pytest.mark.django_db
def test_a_message_has_a_size_a_type_and_a_shape() -> None:
    assert sent(b"[" * 16_000) == 400
    assert sent(b"\xff") == 400
    assert sent(b"x" * 17_000) == 413
    assert sent(old(), "text/plain") == 415
    assert Client().get(REPORTS).status_code == 405
    for nothing in (None, 7, [], [7, {"type": "csp-violation"}], {"csp-report": [SECRET]}):
        assert sent(nothing) == 204
    assert not BrowserReport.objects.exists()


@pytest.mark.django_db
def test_so_many_are_read_a_minute_and_so_many_kinds_are_kept(
    client: Client, nurse: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(nurse)
    monkeypatch.setattr(browser_report, "MOST_KINDS", 5)
    for number in range(8):
        assert sent(old(**{"blocked-uri": f"https://host-{number}.example/"}), client=client) == 204
    assert BrowserReport.objects.count() == 5
    assert not BrowserReport.objects.filter(blocked="https://host-2.example").exists()  # the longest not seen
    monkeypatch.setattr(reports, "PACE", reports.Pace(2))
    assert [sent(old(), client=client) for _ in range(3)] == [204, 204, 429]
    assert BrowserReport.objects.get(blocked="other").times == 2


@pytest.mark.django_db
def test_what_somebody_makes_up_who_is_not_signed_in_pushes_nothing_out_and_holds_nobody_up(
    client: Client, nurse: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(nurse)
    monkeypatch.setattr(browser_report, "MOST_KINDS", 5)
    monkeypatch.setattr(browser_report, "MOST_OF_STRANGERS", 3)
    monkeypatch.setattr(reports, "PACE_OF_STRANGERS", reports.Pace(8))
    assert sent(old(**{"blocked-uri": "https://true.example/"}), client=client) == 204
    made_up = [sent(old(**{"blocked-uri": f"https://host-{number}.example/"})) for number in range(9)]
    assert made_up == [204] * 8 + [429]
    assert sent(old(**{"blocked-uri": "https://true-too.example/"}), client=client) == 204
    kept = set(BrowserReport.objects.values_list("blocked", flat=True))
    assert kept == {
        "https://host-0.example",
        "https://host-1.example",
        "https://true.example",
        "https://true-too.example",
    }


@pytest.mark.django_db
def test_what_a_browser_reports_by_itself_prolongs_nobodys_session(client: Client, nurse: User) -> None:
    client.force_login(nurse)
    session = client.session
    session[ACTIVE] = opened = time.time() - 300
    session.save()
    assert sent(old(), client=client) == 204
    assert client.get("/health/live").status_code == 200
    assert client.session[ACTIVE] == opened


@pytest.mark.django_db
def test_who_runs_the_site_reads_them_and_lets_them_go(capsys: pytest.CaptureFixture[str]) -> None:
    sent(old(**{"blocked-uri": "inline"}))
    call_command("browser_reports")
    assert "1 times since" in (said := capsys.readouterr().out)
    assert "img-src refused inline on /patients/<int:pk>/" in said
    call_command("browser_reports", "--forget")
    assert "Forgotten: 1." in capsys.readouterr().out
    assert not BrowserReport.objects.exists()
