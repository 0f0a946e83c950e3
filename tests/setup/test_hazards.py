"""Does each hazard say its cause, its guard, its test and what is left, and is everything that it names there?"""

import ast
import re
from pathlib import Path
from typing import Final

from django.conf import settings

BASE: Final = Path(settings.BASE_DIR)
CELLS: Final = ("hazard", "cause", "guard", "shown by", "left")
SIXTEEN: Final = (
    "Stale grade",
    "Wrong patient",
    "Entry lost",
    "Entered twice",
    "Wrong unit",
    "Wrong time",
    "Missing read as normal",
    "Double dose",
    "Wrong weight",
    "Rule typed wrong",
    "Rules version drift",
    "Alert not seen",
    "Alert fatigue",
    "Downtime",
    "Night theme misread",
    "Replica lag",
)


def hazards() -> list[dict[str, str]]:
    lines = (BASE / "docs" / "hazards.md").read_text(encoding="utf-8").splitlines()
    rows = [line for line in lines if line.startswith("| ") and not line.startswith(("| hazard |", "| --- |"))]
    cells = [[cell.strip() for cell in row.strip("| ").split(" | ")] for row in rows]
    return [dict(zip(CELLS, row, strict=True)) for row in cells]


def declared_in(file: str) -> set[str]:
    """The tests at the top of a file; none of a file that is not there."""
    tree = ast.parse((BASE / file).read_text(encoding="utf-8") if (BASE / file).is_file() else "")
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_the_sixteen_stand_first_and_no_hazard_leaves_a_cell_empty() -> None:
    found = hazards()
    assert tuple(one["hazard"].strip("*") for one in found[: len(SIXTEEN)]) == SIXTEEN
    assert [one for one in found if not all(one.values())] == []
    assert len({one["hazard"] for one in found}) == len(found) > 80


def test_every_test_that_a_hazard_names_is_run_by_pytest() -> None:
    missing = []
    for one in hazards():
        named = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", one["shown by"])
        assert named, one["hazard"]
        assert re.sub(r"`tests/[\w/]+\.py::test_\w+`|, ", "", one["shown by"]) == "", one["hazard"]
        missing += [f"{file}::{test}" for file, test in named if test not in declared_in(file)]
    assert missing == []


def test_every_guard_says_where_in_the_code_it_is() -> None:
    missing = []
    for one in hazards():
        named = re.findall(r"`((?:crsweb|grading|patients|static)/[\w/.-]+)`", one["guard"])
        assert named, one["hazard"]
        missing += [module for module in named if not (BASE / module).exists()]
    assert missing == []


def test_every_file_that_the_documents_for_a_site_name_is_there() -> None:
    named = set()
    for name in ("security", "regulatory"):
        text = (BASE / "docs" / f"{name}.md").read_text(encoding="utf-8")
        named |= set(re.findall(r"`((?:crsweb|grading|patients|static|tests|docs)/[\w/.-]+)`", text))
    assert len(named) > 20
    assert [file for file in sorted(named) if not (BASE / file).exists()] == []
