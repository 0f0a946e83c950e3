"""What does the 2024 review suggest, by the cause of the syndrome? (rules 4.2 to 4.4)"""

from __future__ import annotations

from typing import Final

from grading.protocols import review_antibodies, review_cells
from grading.protocols.review_every_cause import FAILING, JUDGE, WEANING
from grading.protocols.row import Row

BY_ASTCT: Final = frozenset({"car-t", "other-cells"})  # [R24]; other cells [H]. The rest goes by CTCAE v5

CELLS: Final = (JUDGE, *review_cells.STEPS, *FAILING, review_cells.LABEL, *WEANING)
ANTIBODIES: Final = (JUDGE, *review_antibodies.STEPS, *FAILING, *WEANING)


def rows(cause: str) -> tuple[Row, ...]:
    """The table for a cause: cells by ASTCT, the rest by CTCAE v5."""
    return CELLS if cause in BY_ASTCT else ANTIBODIES
