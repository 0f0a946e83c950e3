"""Which drugs have a meaning for CRS, and under which names? (rules 3.2)"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from grading.record import Treatment

TOCILIZUMAB: Final = "tocilizumab"
METHYLPREDNISOLONE: Final = "methylprednisolone"
BLINATUMOMAB: Final = "blinatumomab"

GLUCOCORTICOIDS: Final = frozenset(
    {"hydrocortisone", "dexamethasone", METHYLPREDNISOLONE, "prednisone", "prednisolone", "betamethasone"}
)
# Anticytokine drugs besides the glucocorticoids
ANTICYTOKINES: Final = frozenset(
    {
        TOCILIZUMAB,
        "sarilumab",
        "siltuximab",
        "clazakizumab",
        "anakinra",
        "etanercept",
        "infliximab",
        "emapalumab",
        "ruxolitinib",
    }
)
ANTIPYRETICS: Final = frozenset(
    {
        "acetaminophen",
        "paracetamol",
        "ibuprofen",
        "naproxen",
        "aspirin",
        "metamizole",
        "diclofenac",
        "ketorolac",
        "indomethacin",
        "celecoxib",
    }
)
# Brand and biosimilar names; a site extends the table in its settings (`brands`)
BRANDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "actemra": TOCILIZUMAB,
        "roactemra": TOCILIZUMAB,
        "tofidence": TOCILIZUMAB,
        "tyenne": TOCILIZUMAB,
        "avtozma": TOCILIZUMAB,
        "kineret": "anakinra",
        "sylvant": "siltuximab",
        "kevzara": "sarilumab",
        "jakafi": "ruxolitinib",
        "jakavi": "ruxolitinib",
        "gamifant": "emapalumab",
        "enbrel": "etanercept",
        "remicade": "infliximab",
        "solu-medrol": METHYLPREDNISOLONE,
        "decadron": "dexamethasone",
        "solu-cortef": "hydrocortisone",
        "tylenol": "acetaminophen",
        "ofirmev": "acetaminophen",
        "panadol": "acetaminophen",
        "blincyto": BLINATUMOMAB,
    }
)
_SYSTEMIC_ROUTES: Final = frozenset({"iv", "po", "im", None})
_TREATING: Final = frozenset({"crs", "icans", None})


def generic(name: str, site: Mapping[str, str]) -> str:
    """The generic name, lower case; a name of no table stands for itself. `site`: the ward's own names."""
    plain = " ".join(name.split()).lower()
    return site.get(plain) or BRANDS.get(plain, plain)


def is_treating_glucocorticoid(given: Treatment, site: Mapping[str, str]) -> bool:
    """A systemic glucocorticoid against CRS or ICANS. Premedication, replacement, stress and topical doses are not."""
    counts = given.route in _SYSTEMIC_ROUTES and given.purpose in _TREATING
    return counts and generic(given.drug, site) in GLUCOCORTICOIDS


def is_anticytokine(given: Treatment, site: Mapping[str, str]) -> bool:
    return generic(given.drug, site) in ANTICYTOKINES or is_treating_glucocorticoid(given, site)


def is_antipyretic(given: Treatment, site: Mapping[str, str]) -> bool:
    return generic(given.drug, site) in ANTIPYRETICS
