"""What does the 2024 review suggest after CAR-T and other cells, graded by ASTCT? (rules 4.3)"""

from __future__ import annotations

from typing import Final

from grading.dosing import flat, per_kg
from grading.given import TOCILIZUMAB_DOSES
from grading.protocols import wording
from grading.protocols.common import severe
from grading.protocols.review_every_cause import review_dose, steroid_due
from grading.protocols.row import Row, Said
from grading.sources import R24
from grading.standing import Standing


def _tocilizumab_first(s: Standing) -> bool:
    return severe(s) and not s.tocilizumab_here and s.tocilizumab_left


def _say_tocilizumab(s: Standing) -> Said:
    return Said(
        headline=f"Tocilizumab with the glucocorticoid: dose {len(s.given.tocilizumab) + 1} of {TOCILIZUMAB_DOSES}",
        steps=(wording.TOCILIZUMAB_HOW, wording.WATCH_AFTER_TOCILIZUMAB),
        dose=review_dose(s),
        not_before=s.given.tocilizumab_next_from(),
    )


def _say_glucocorticoid(s: Standing) -> Said:
    methylprednisolone = per_kg("1", s.body, drug="methylprednisolone", every_h=24)
    adult = s.situation.age.adult
    flat_doses = (
        flat(100, "mg", drug="hydrocortisone", every_h=8),
        flat(10, "mg", drug="dexamethasone", every_h=6),
    )
    return Said(
        headline="Glucocorticoid with tocilizumab, until improved: one of the choices",
        steps=(
            "Hydrocortisone every 8 h; or dexamethasone every 6 h at most; or methylprednisolone daily; until improved",
            *(
                ()
                if adult
                else ("Under 18 years only methylprednisolone has a dose: the flat doses are adult ones [H]",)
            ),
        ),
        house=not adult,
        choices=(*flat_doses, methylprednisolone) if adult else (methylprednisolone,),
    )


def _consult_label(s: Standing) -> bool:
    return s.cause == "car-t" and s.grade >= 1


def _say_consult_label(s: Standing) -> Said:
    product = s.situation.infusion.product
    return Said(
        headline="The product's own label governs",
        steps=(
            f"Product: {product}" if product else "The product is not charted: name it",
            "The review's authors needed one, rarely two doses of tocilizumab after tisagenlecleucel, "
            "up to three or four after axicabtagene ciloleucel",
            "The review sends readers to the REMS programs; FDA ended those of the CAR-T products in June 2025",
        ),
    )


_CAR_T = R24.at("CAR-T cell-associated CRS")

STEPS: Final = (
    Row("tocilizumab", _CAR_T, _tocilizumab_first, _say_tocilizumab, drug=True),
    Row("glucocorticoid", _CAR_T, steroid_due, _say_glucocorticoid, drug=True),
)
LABEL: Final = Row("consult-label", _CAR_T, _consult_label, _say_consult_label)
