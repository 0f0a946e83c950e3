"""Which names does a free text field offer while it is typed in? Any other name is taken too."""

from typing import Final

from grading.drugs import ANTICYTOKINES, ANTIPYRETICS, BRANDS, GLUCOCORTICOIDS
from grading.words import ANALYTES

DRUGS: Final = tuple(sorted([*ANTICYTOKINES, *GLUCOCORTICOIDS, *ANTIPYRETICS, *BRANDS], key=str.casefold))
UNITS: Final = ("mg", "mcg", "g", "mg/kg", "mg/m²", "mL", "units", "cells", "cells/kg")
PRODUCTS: Final = (
    "axicabtagene ciloleucel",
    "blinatumomab",
    "brexucabtagene autoleucel",
    "ciltacabtagene autoleucel",
    "elranatamab",
    "epcoritamab",
    "glofitamab",
    "idecabtagene vicleucel",
    "lisocabtagene maraleucel",
    "mosunetuzumab",
    "obecabtagene autoleucel",
    "talquetamab",
    "tarlatamab",
    "tebentafusp",
    "teclistamab",
    "tisagenlecleucel",
)
ANALYTE_NAMES: Final = tuple(ANALYTES.values())
