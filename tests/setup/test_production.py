"""What does a site answer and write to its log? gunicorn with production settings, its access log and its static files,
and people who type what must not come to light."""

import http.client
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from django.urls import reverse

from crsweb import roles
from patients.models import LaboratoryResult, Patient, User
from tests import site
from tests.conftest import PASSWORD
from tests.patients.cast import a_patient, a_user, a_ward

NAME: Final = "Canaryquist"
NUMBER: Final = "31415926"
VALUE: Final = "2718.28"
BEHIND_TLS: Final = {"X-Forwarded-Proto": "https"}
FORM: Final = "application/x-www-form-urlencoded"
SECURE: Final = {"secure": True, "httponly": True, "samesite": "Lax", "path": "/", "domain": ""}


class Site(site.Process):
    """A site's web process; what it writes goes to a file."""

    def __init__(self, folder: Path) -> None:
        self.log = folder / "log"
        more = {
            "CRSWEB_MODE": "production",
            "DJANGO_SETTINGS_MODULE": "tests.production",
            "SECRET_KEY": settings.SECRET_KEY,
            "ALLOWED_HOSTS": "127.0.0.1",
            "STATIC_ROOT": str(folder / "static"),
        }
        collect = [sys.executable, "-m", "django", "collectstatic", "--noinput", "--verbosity", "0"]
        subprocess.run(collect, cwd=site.PROJECT, env=site.environment(**more), check=True)
        serve = ["-m", "gunicorn", "-c", "python:crsweb.serving", "crsweb.wsgi", "--bind", "127.0.0.1:PORT"]
        super().__init__(serve, "/health/ready", **more)

    def start(self) -> None:
        with self.log.open("wb") as log:
            self._running = subprocess.Popen(
                self._command, cwd=site.PROJECT, env=self._environment, stdout=log, stderr=subprocess.STDOUT
            )

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Mapping[str, str], str]:
        """Status, headers and page. The headers' names in small letters with «_» for «-»."""
        joined = {name.replace("_", "-"): value for name, value in headers.items()}
        talk = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        if isinstance(body, dict):
            body, joined = urlencode(body), {"Content-Type": FORM, **joined}
        talk.request(method, path, body, {**BEHIND_TLS, "Origin": f"https://127.0.0.1:{self.port}", **joined})
        answer = talk.getresponse()
        page = answer.read().decode()
        talk.close()
        told = {name.lower(): value for name, value in answer.getheaders() if name.lower() != "set-cookie"}
        cookies = [value for name, value in answer.getheaders() if name.lower() == "set-cookie"]
        return answer.status, {**told, "set-cookie": "\n".join(cookies)}, page


@pytest.fixture
def served(transactional_db: None, tmp_path: Path) -> Iterator[Site]:
    process = Site(tmp_path)
    try:
        process.serves()
        yield process
    finally:
        process.stop()


def cookies_of(told: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """By name, the properties of the cookies that an answer sets."""
    found: SimpleCookie = SimpleCookie()
    for line in told["set-cookie"].splitlines():
        found.load(line)
    return {name: {key: one[key] for key in SECURE} for name, one in found.items()}


def test_a_site_s_headers_cookies_errors_and_log(served: Site, nurse: User) -> None:
    ward = a_ward(nurse)
    patient = a_patient(nurse, ward, mrn=NUMBER, family_name=NAME)
    elsewhere = a_patient(stranger := a_user("stranger"), a_ward(stranger, "Another ward"), mrn="77")
    cookie = _signed_in(served, nurse, _headers_and_cookies(served))
    _errors(served, patient, elsewhere, cookie)
    log = served.log.read_text(encoding="utf-8")
    for canary in (NAME, NAME.lower(), NUMBER, VALUE):
        assert canary not in log, [line for line in log.splitlines() if canary in line]
    assert f"/patients/{patient.pk}" not in log
    assert re.search(r"POST /patients/<int:pk>/result/ 500 \d+ bytes \d+ ms", log)
    assert "GET other 404" in log
    assert "canary_refused" in log and "Traceback" in log  # the error is there, without what it quotes


def _headers_and_cookies(served: Site) -> str:
    """The token that a signed-out browser is given."""
    status, told, _ = served.ask("GET", "/", X_Forwarded_Proto="http")
    assert (status, told["location"]) == (301, f"https://127.0.0.1:{served.port}/")
    status, told, page = served.ask("GET", reverse("account_login"))
    assert status == 200
    assert told["strict-transport-security"] == "max-age=31536000; includeSubDomains; preload"
    assert told["cache-control"] == "no-store"
    assert told["x-frame-options"] == "DENY"
    assert told["x-content-type-options"] == "nosniff"
    assert told["referrer-policy"] == "same-origin"
    assert told["cross-origin-opener-policy"] == told["cross-origin-resource-policy"] == "same-origin"
    assert "default-src 'none'" in told["content-security-policy"]
    assert "report-uri /reports/browser/" in told["content-security-policy"]
    assert "unsafe" not in told["content-security-policy"]
    assert "camera=()" in told["permissions-policy"]
    assert cookies_of(told) == {"__Host-csrftoken": SECURE}
    sheet = re.search(r'href="(/static/crsweb\.[0-9a-f]{12}\.css)"', page)
    assert sheet is not None
    status, told, _ = served.ask("GET", sheet[1])
    assert (status, told["x-content-type-options"], told["cross-origin-resource-policy"]) == (
        200,
        "nosniff",
        "same-origin",
    )
    assert "immutable" in told["cache-control"] and "access-control-allow-origin" not in told
    _, told, _ = served.ask("GET", reverse("account_login"))
    token = SimpleCookie(told["set-cookie"])["__Host-csrftoken"].value
    typed = {"theme": "night", "csrfmiddlewaretoken": token}
    _, told, _ = served.ask("POST", reverse("choose_theme"), typed, Cookie=f"__Host-csrftoken={token}")
    assert cookies_of(told) == {"__Host-theme": SECURE | {"httponly": ""}}  # the page's script writes it too
    return token


def _signed_in(served: Site, user: User, token: str) -> str:
    """What their browser holds after signing in: the session, and another token."""
    typed = {"login": user.username, "password": PASSWORD, "csrfmiddlewaretoken": token}
    status, told, _ = served.ask("POST", reverse("account_login"), typed, Cookie=f"__Host-csrftoken={token}")
    assert status == 302
    assert cookies_of(told) == {"__Host-csrftoken": SECURE, "__Host-sessionid": SECURE}
    held = SimpleCookie(told["set-cookie"])
    return "; ".join(f"{name}={held[name].value}" for name in ("__Host-sessionid", "__Host-csrftoken"))


def _errors(served: Site, patient: Patient, elsewhere: Patient, cookie: str) -> None:
    """Real errors, with what somebody typed in each; no error page and no address holds it."""
    token = cookie.rpartition("=")[2]
    typed = {
        "csrfmiddlewaretoken": token,
        "submission_id": str(uuid4()),
        "analyte": "Ferritin",
        "value": VALUE,
        "unit": "ng/mL",
        "note": NAME,
    }
    names = {"csrfmiddlewaretoken": token, "submission_id": str(uuid4()), "mrn": NUMBER, "family_name": NAME}
    result = reverse("enter_result", args=[patient.pk])
    with roles.as_owner(), connection.cursor() as cursor:  # a fault of the program: a rule of the table it knows not of
        cursor.execute(f"ALTER TABLE patients_laboratoryresult ADD CONSTRAINT canary_refused CHECK (value <> {VALUE})")
    told: list[tuple[int, Mapping[str, str], str]] = []
    for status, method, path, body, headers in (
        (500, "POST", result, typed, {"Cookie": cookie}),
        (403, "POST", result, typed | {"csrfmiddlewaretoken": "b" * 32}, {"Cookie": cookie}),
        (403, "POST", result, typed, {"Cookie": cookie, "Origin": "https://elsewhere.example"}),
        (403, "POST", reverse("sign", args=[patient.pk]), typed, {"Cookie": cookie}),
        (404, "POST", reverse("enter_result", args=[elsewhere.pk]), typed, {"Cookie": cookie}),
        (404, "GET", f"/patients/{NAME}/?mrn={NUMBER}", None, {"Cookie": cookie}),
        (400, "POST", result, typed | {"note": NAME * 100_000}, {"Cookie": cookie}),
        (400, "POST", result, typed | {f"{NAME}{number}": "1" for number in range(1001)}, {"Cookie": cookie}),
        (302, "POST", reverse("rename_patient", args=[patient.pk]), names, {"Cookie": cookie.split("; ")[1]}),
        (405, "POST", reverse("history", args=[patient.pk]), names, {"Cookie": cookie}),
        (422, "POST", result, typed | {"value": f"{VALUE}x"}, {"Cookie": cookie}),
    ):
        answer = served.ask(method, path, body, **headers)
        assert answer[0] == status, (path, answer)
        told.append(answer)
    for status, heads, page in told:
        assert (VALUE in page) is (status == 422)  # the form holds what was typed in it; nothing else does
        for canary in (NAME, NUMBER, VALUE):
            assert canary not in str(heads)
            assert status == 422 or canary not in page, (status, canary)
        if status in (400, 403, 404, 500):
            assert '<main id="main" class="narrow stack">' in page and "crsweb." in page  # a page of the house
            assert heads["cache-control"] == "no-store"
    assert not LaboratoryResult.objects.exists()
