"""Do the documents say what the code does?"""

from pathlib import Path

from grading.casefile_events import ASSESSMENT_KEYS
from grading.limits import LIMITS
from grading.numbers import measurement
from grading.settings import WINDOWS

ROOT = Path(__file__).resolve().parents[2]
RULES = (ROOT / "docs" / "clinical-rules.md").read_text(encoding="utf-8")
FORMAT = (ROOT / "docs" / "case-format.md").read_text(encoding="utf-8")


def test_the_rules_print_the_possible_ranges_of_the_code() -> None:
    rows = {
        "temperature_c": "temperature",
        "systolic": "systolic, mmHg",
        "diastolic": "diastolic, mmHg",
        "mean": "mean, mmHg",
        "heart_rate": "heart rate",
        "respiratory_rate": "respiratory rate",
        "spo2_percent": "SpO2, percent",
        "fio2_percent": "FiO2, percent",
        "weight_kg": "weight, kg",
        "height_cm": "height, cm",
    }
    for field, words in rows.items():
        possible, usual = LIMITS[field].possible, LIMITS[field].usual
        (row,) = [line for line in RULES.splitlines() if line.startswith(f"| {words}") and " to " in line]
        assert f"{measurement(possible.low)} to {measurement(possible.high)}" in row
        if usual is not None:
            assert f"{measurement(usual.low)} to {measurement(usual.high)}" in row


def test_the_format_names_every_window_that_a_ward_may_set() -> None:
    for name in WINDOWS:
        assert f"`{name}`" in FORMAT


def test_the_format_names_every_key_of_an_assessment() -> None:
    for key in ASSESSMENT_KEYS:
        assert f'"{key}"' in FORMAT
