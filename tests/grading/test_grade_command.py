"""Does `manage.py grade` stream, name every error, grade the other lines, and need nothing of a site?"""

import csv
import io
import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
GRADE = (sys.executable, str(ROOT / "manage.py"), "grade")
FEVER = {"type": "assessment", "at": "2026-03-05T09:00:00+01:00", "temperature_c": 39.6}


def line(name: str = "a", *events: dict[str, Any], **top: Any) -> str:
    return json.dumps(
        {
            "case": name,
            "patient": {"age_years": 40, "weight_kg": 71, "height_cm": 180},
            "infusion": {"cause": "car-t", "started_at": "2026-03-01T10:00:00+00:00"},
            "events": list(events or (FEVER,)),
            **top,
        }
    )


BAD = line("b", {**FEVER, "temperature_c": 99})


def grade(
    *arguments: str, given: str | bytes = "", env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """The command as a shell runs it, from another folder, with nothing in its environment."""
    stdin = given.encode() if isinstance(given, str) else given
    run = subprocess.run([*GRADE, *arguments], input=stdin, capture_output=True, cwd="/", env=env or {}, timeout=120)
    return subprocess.CompletedProcess(run.args, run.returncode, run.stdout.decode(), run.stderr.decode())


def documents(run: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    return [json.loads(text) for text in run.stdout.splitlines()]


def test_it_needs_no_mode_no_key_no_database_and_no_settings_module() -> None:
    for env in ({}, {"CRSWEB_MODE": "no such mode", "DJANGO_SETTINGS_MODULE": "nowhere"}):
        run = grade(given=line(), env=env)
        assert (run.returncode, run.stderr) == (0, "")
        assert documents(run)[0]["assessments"][0]["grades"]["astct-2019"]["grade"] == 1


def test_standard_input_is_read_without_a_file_and_for_a_dash() -> None:
    assert grade(given=line()).stdout == grade("-", given=line()).stdout != ""


def test_the_output_has_the_shape_of_the_format() -> None:
    (document,) = documents(grade(given=line()))
    assert list(document) == ["case", "assessments", "course"]
    (assessment,) = document["assessments"]
    assert list(assessment) == ["at", "grades", "governing", "suggestions"]
    scales = ["astct-2019", "lee-2014", "ctcae-5", "ctcae-4", "icans-2019"]
    assert list(assessment["grades"]) == scales
    for verdict in assessment["grades"].values():
        assert list(verdict) == ["grade", "at_most", "met", "unknown", "pending"]
        assert all(isinstance(text, str) for text in verdict["met"] + verdict["unknown"])
    assert list(document["course"]) == [*scales, "episodes"]
    assert document["course"]["astct-2019"] == {"max_grade": 1, "max_grade_at": "2026-03-05T08:00:00+00:00"}
    assert document["course"]["icans-2019"] == {"max_grade": None, "max_grade_at": None}
    assert document["course"]["episodes"] == [{"onset_at": "2026-03-05T08:00:00+00:00", "resolved_at": None}]
    for suggestion in assessment["suggestions"]:
        assert list(suggestion) == ["id", "dose", "not_before", "because", "source"]


def test_times_go_out_in_utc() -> None:
    assert documents(grade(given=line()))[0]["assessments"][0]["at"] == "2026-03-05T08:00:00+00:00"


def test_an_assessment_from_before_the_infusion_is_not_graded() -> None:
    early = {**FEVER, "at": "2026-03-01T09:59:59+00:00"}
    (assessment,) = documents(grade(given=line("a", early)))[0]["assessments"]
    assert assessment["grades"] == {}
    assert assessment["suggestions"] == []


def severe(**extra: Any) -> dict[str, Any]:
    return {
        **FEVER,
        "systolic": 80,
        "diastolic": 40,
        "vasopressors": [{"agent": "norepinephrine", "rate": 5, "unit": "mcg/min"}],
        "oxygen": {"device": "room-air"},
        **extra,
    }


def suggestions(run: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    return {s["id"]: s for s in documents(run)[0]["assessments"][-1]["suggestions"]}


def test_doses_are_numbers_and_a_choice_of_glucocorticoids_stands_in_place_of_a_dose() -> None:
    steps = suggestions(grade(given=line("a", severe())))
    assert steps["tocilizumab"]["dose"] == {"amount": 568, "unit": "mg"}
    assert "dose" not in steps["glucocorticoid"]
    assert steps["glucocorticoid"]["choices"] == [
        {"drug": "hydrocortisone", "amount": 100, "unit": "mg", "every_h": 8},
        {"drug": "dexamethasone", "amount": 10, "unit": "mg", "every_h": 6},
        {"drug": "methylprednisolone", "amount": 71, "unit": "mg", "every_h": 24},
    ]


def test_a_dose_that_cannot_be_computed_says_what_to_chart() -> None:
    text = line("a", severe(), patient={"age_years": 40})
    assert suggestions(grade(given=text))["tocilizumab"]["dose"] == {"missing": ["weight_kg"]}


def test_an_error_names_line_path_and_what_is_allowed_and_the_others_are_graded() -> None:
    run = grade(given=f"{line('a')}\n{BAD}\n{line('c')}\n")
    first, second, third = documents(run)
    assert run.returncode == 1
    assert "assessments" in first
    assert "assessments" in third
    assert second == {
        "case": "b",
        "error": [
            {
                "path": "events[0].temperature_c",
                "message": "line 2: Temperature 99 °C is not possible: 25 to 45 °C; 37.2 °C, from 99 °F is meant?",
            }
        ],
    }
    assert run.stderr == "1 of 3 lines in error; each is named in the output\n"


def test_a_line_without_a_readable_name_is_answered_in_its_place() -> None:
    run = grade(given=b"{\n" + line("a").encode() + b'\n{"case": "\xff"}\n')
    broken, good, binary = documents(run)
    assert broken["case"] is None
    assert good["case"] == "a"
    assert binary["error"][0]["message"].startswith("line 3: not UTF-8")


def test_blank_lines_between_lines_are_errors_and_at_the_end_are_no_lines() -> None:
    run = grade(given=f"{line('a')}\n\n{line('c')}\n\n \n")
    assert [document["case"] for document in documents(run)] == ["a", None, "c"]
    assert documents(run)[1]["error"][0]["message"].startswith("line 2: ")


def test_an_empty_input_has_no_answers_and_no_errors() -> None:
    run = grade(given="")
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


def test_a_byte_order_mark_and_windows_line_ends_are_no_errors() -> None:
    run = grade(given=b"\xef\xbb\xbf" + f"{line('a')}\r\n{line('b')}\r\n".encode())
    assert run.returncode == 0
    assert [document["case"] for document in documents(run)] == ["a", "b"]


def test_with_several_files_an_error_names_its_file(tmp_path: Path) -> None:
    (tmp_path / "one.ndjson").write_text(line("a"))
    (tmp_path / "two.ndjson").write_text(BAD)
    run = grade(str(tmp_path / "one.ndjson"), str(tmp_path / "two.ndjson"))
    assert documents(run)[1]["error"][0]["message"].startswith(f"{tmp_path / 'two.ndjson'}, line 1: ")


def test_a_file_that_cannot_be_read_is_named_and_the_others_are_graded(tmp_path: Path) -> None:
    (tmp_path / "good.ndjson").write_text(line("a"))
    missing = tmp_path / "missing.ndjson"
    run = grade(str(missing), str(tmp_path), str(tmp_path / "good.ndjson"))
    assert run.returncode == 1
    assert f"cannot read {missing}: No such file or directory" in run.stderr
    assert f"cannot read {tmp_path}: Is a directory" in run.stderr
    assert [document["case"] for document in documents(run)] == ["a"]


def test_the_protocol_option_is_for_lines_that_name_none() -> None:
    given = f"{line('a')}\n{line('b', protocol='review-2024')}\n"
    governing = [d["assessments"][0]["governing"] for d in documents(grade("--protocol", "lee-2014", given=given))]
    assert governing == ["lee-2014", "astct-2019"]


def test_scale_narrows_grades_and_course() -> None:
    (document,) = documents(grade("--scale", "lee-2014", "--scale", "icans-2019", given=line()))
    assert list(document["assessments"][0]["grades"]) == ["lee-2014", "icans-2019"]
    assert list(document["course"]) == ["lee-2014", "icans-2019", "episodes"]
    assert document["assessments"][0]["governing"] == "astct-2019"


@pytest.mark.parametrize(
    "arguments", [("--scale", "astct"), ("--protocol", "lee"), ("--format", "xml"), ("--nothing",)]
)
def test_an_option_that_is_none_is_refused(arguments: tuple[str, ...]) -> None:
    run = grade(*arguments, given=line())
    assert run.returncode == 2
    assert run.stdout == ""


# --- A ward's settings


def test_a_wards_settings_file_moves_the_windows(tmp_path: Path) -> None:
    later = {"type": "assessment", "at": "2026-03-05T09:30:00+00:00", "spo2_percent": 97}
    given = line("a", FEVER, later)
    file = tmp_path / "ward.json"
    file.write_text('{"windows": {"temperature": 60}}')
    grades = [documents(grade(*a, given=given))[0]["assessments"][1] for a in ((), ("--settings", str(file)))]
    assert [g["grades"]["astct-2019"]["grade"] for g in grades] == [1, 0]
    assert grades[1]["grades"]["astct-2019"]["at_most"] == 4


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "not a JSON object"),
        ("[]", "a JSON object is needed"),
        ('{"window": {}}', "settings.window: not a setting"),
        ('{"windows": {"temperature": 0}}', "settings.windows.temperature: whole minutes"),
        ('{"spo2_limit_percent": "92"}', "settings.spo2_limit_percent: a number"),
    ],
)
def test_a_settings_file_in_error_is_named_with_its_key(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "ward.json"
    file.write_text(text)
    run = grade("--settings", str(file), given=line())
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr.startswith(f"CommandError: {file}: ")
    assert said in run.stderr


def test_a_settings_file_that_is_missing_is_named(tmp_path: Path) -> None:
    run = grade("--settings", str(tmp_path / "none.json"), given=line())
    assert run.stderr == f"CommandError: cannot read {tmp_path / 'none.json'}: No such file or directory\n"


# --- CSV


def rows(run: subprocess.CompletedProcess[str]) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(run.stdout)))


def test_csv_is_a_row_an_assessment_with_the_columns_of_the_format() -> None:
    run = grade(
        "--format", "csv", "--scale", "lee-2014", given=f"{line('a', FEVER, severe(at='2026-03-05T10:00:00Z'))}\n"
    )
    assert run.stdout.splitlines()[0] == (
        "case,at,governing,lee-2014_grade,lee-2014_at_most,lee-2014_pending_grade,lee-2014_pending_at,"
        "suggestions,error_path,error_message"
    )
    first, second = rows(run)
    assert (first["case"], first["at"], first["governing"]) == ("a", "2026-03-05T08:00:00+00:00", "astct-2019")
    assert (first["lee-2014_grade"], first["lee-2014_at_most"]) == ("1", "4")
    assert (first["lee-2014_pending_grade"], first["error_path"], first["error_message"]) == ("", "", "")
    assert "tocilizumab" in second["suggestions"].split(" ")


def test_csv_shows_a_pending_grade_with_its_time() -> None:
    high = [{"agent": "norepinephrine", "rate": 20, "unit": "mcg/min"}]
    (row,) = rows(grade("--format", "csv", given=line("a", severe(vasopressors=high, pressure_restored=True))))
    assert (row["lee-2014_pending_grade"], row["lee-2014_pending_at"]) == ("3", "2026-03-05T11:00:00+00:00")


def test_csv_has_a_row_for_each_error_of_a_line() -> None:
    run = grade("--format", "csv", given=line("a", {**FEVER, "temperature_c": 99, "systolic": True}))
    assert run.returncode == 1
    assert {row["error_path"] for row in rows(run)} == {"events[0].temperature_c", "events[0].systolic"}
    assert all(row["error_message"].startswith("line 1: ") and row["at"] == "" for row in rows(run))


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "＝1"])
def test_csv_gives_a_spreadsheet_no_formula(name: str) -> None:
    (row,) = rows(grade("--format", "csv", given=line(name)))
    assert row["case"] == f"'{name}"
    (error,) = rows(grade("--format", "csv", given=json.dumps({**json.loads(line(name)), "=cmd": 1})))
    assert error["error_path"] == "'=cmd"


def test_csv_keeps_a_name_with_commas_quotes_and_line_ends() -> None:
    name = 'a,"b"\nc'
    assert rows(grade("--format", "csv", given=line(name)))[0]["case"] == name


# --- Running


def test_names_in_any_language_go_out_in_utf_8_whatever_the_locale() -> None:
    env = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}
    run = grade(given=line("Żółć 患者"), env=env)
    assert documents(run)[0]["case"] == "Żółć 患者"


def test_a_reader_that_leaves_early_ends_the_command_quietly(tmp_path: Path) -> None:
    file = tmp_path / "many.ndjson"
    file.write_text(f"{line()}\n" * 2000)
    run = subprocess.Popen([*GRADE, str(file)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={})
    assert run.stdout is not None
    assert run.stderr is not None
    run.stdout.readline()
    run.stdout.close()
    assert run.stderr.read() == b""
    assert run.wait(timeout=60) == 1
    run.stderr.close()


def test_answers_come_while_the_input_is_still_open() -> None:
    with subprocess.Popen(
        [*GRADE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={"PYTHONUNBUFFERED": "1"}
    ) as run:
        assert run.stdin is not None
        assert run.stdout is not None
        run.stdin.write(f"{line('first')}\n".encode())
        run.stdin.flush()
        assert json.loads(run.stdout.readline())["case"] == "first"
        run.stdin.close()
        assert run.wait(timeout=60) == 0


def peak(lines: int, tmp_path: Path) -> int:
    """The most memory a run over so many lines has held (KiB on Linux, bytes on macOS: only ever compared)."""
    file = tmp_path / f"{lines}.ndjson"
    file.write_text(f"{line('x', *[FEVER] * 3, note_free='y' * 10_000)}\n" * lines)  # an unknown key: read, not graded
    before = (
        "import resource, runpy, sys; sys.argv = sys.argv[1:];"
        "\ntry: runpy.run_path(sys.argv[0], run_name='__main__')"
        "\nexcept SystemExit: pass"
        "\nsys.stderr.write(str(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss))"
    )
    command = [sys.executable, "-c", before, str(ROOT / "manage.py"), "grade", str(file)]
    run = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=ROOT, env={}, timeout=300)
    return int(run.stderr.split()[-1])


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    assert peak(4000, tmp_path) < 1.2 * peak(20, tmp_path)  # the larger file is 40 MB


def test_progress_is_shown_on_a_terminal_only(tmp_path: Path) -> None:
    file = tmp_path / "many.ndjson"
    file.write_text(f"{line()}\n" * 1000)
    ours, theirs = pty.openpty()
    run = subprocess.run([*GRADE, str(file)], stdout=subprocess.DEVNULL, stderr=theirs, env={}, timeout=120)
    os.close(theirs)
    shown = os.read(ours, 100_000).decode()
    os.close(ours)
    assert run.returncode == 0
    assert "lines, 0 in error, " in shown
    assert shown.endswith("\r\x1b[K")
    assert grade(str(file)).stderr == ""
