"""Which sentences do several rows of the protocols share?"""

from typing import Final

from grading.protocols.row import Said
from grading.standing import Standing

TOCILIZUMAB_HOW: Final = "Intravenously over 1 hour"
WATCH_AFTER_TOCILIZUMAB: Final = "Known harms to watch: transaminases, neutrophils, platelets, infection [L14]"
FAILURE_HOURS: Final = (
    "The review calls a treatment failed after 8 to 24 hours once, 24 to 72 hours twice: 8 h prompts here [H]"
)
GRADE_IS_BLIND: Final = "the grade does not see a vasopressor or FiO2 that falls within it"


def say_taper(s: Standing) -> Said:
    """`taper-steroid` under both protocols."""
    long_term = s.situation.patient.long_term_glucocorticoid
    end = "To the long-term or stress dose: the patient is on long-term glucocorticoid" if long_term else ""
    return Said(
        headline="Taper the glucocorticoid over several days, once the improvement lasts",
        house=True,  # «running» is a dose in the last 24 hours
        steps=("The sources give no time for how long it should last", *((end,) if end else ())),
    )
