"""Is the generated page of scales what the tables say now?"""

from pathlib import Path

from grading.catalog import page

PAGE = Path(__file__).parents[2] / "docs" / "scales.md"


def test_the_page_of_scales_is_not_stale() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "docs/scales.md is stale: run make scales"
