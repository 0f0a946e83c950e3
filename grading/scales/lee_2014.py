"""Lee 2014: grading by treatment needed and organ toxicity, fever not required (rules 2.2)."""

from grading.fever import constitutional, fever
from grading.organs import organ_toxicity_at_least
from grading.oxygen import counted_oxygen, fio2_high, positive_pressure
from grading.pressure import hypotension, pressure_restored
from grading.sources import L14
from grading.terms import Criterion, NeverMet, Scale
from grading.vasopressors import at_least, high_dose

ONE_VASOPRESSOR = at_least(1)

_TABLE_2 = L14.at("Table 2")

LEE_2014 = Scale(
    id="lee-2014",
    edition="2014",
    source=_TABLE_2,
    criteria=(
        Criterion("symptoms", 1, "Fever or any constitutional symptom", _TABLE_2, fever | constitutional),
        Criterion("oxygen", 2, "Oxygen for hypoxia", _TABLE_2, counted_oxygen),
        Criterion("hypotension", 2, "Hypotension", _TABLE_2, hypotension),
        Criterion("organ-2", 2, "Organ toxicity of grade 2 or more", _TABLE_2, organ_toxicity_at_least(2)),
        Criterion("oxygen-40", 3, "Oxygen at or above 40%", _TABLE_2, counted_oxygen & fio2_high),
        Criterion(
            "high-dose",
            3,
            "A high dose of one vasopressor for 3 hours, or at least two vasopressors",
            L14.at("Tables 2, 3"),
            high_dose | at_least(2),
        ),
        Criterion(
            "vasopressor-not-enough",
            3,
            "Hypotension that fluids and one low-dose vasopressor do not restore",
            L14.at("Grading system, text"),
            (ONE_VASOPRESSOR & hypotension & ~pressure_restored)
            | NeverMet(
                hypotension & ~ONE_VASOPRESSOR & ~pressure_restored,
                "whether fluids restored the pressure, or the vasopressor",
            ),
        ),
        Criterion("organ-3", 3, "Organ toxicity of grade 3 or more", _TABLE_2, organ_toxicity_at_least(3)),
        Criterion(
            "ventilator",
            4,
            "Ventilator support: positive pressure for hypoxia",
            _TABLE_2.with_house,
            counted_oxygen & positive_pressure,
        ),
        Criterion(
            "organ-4",
            4,
            "Organ toxicity of grade 4, transaminitis left out",
            _TABLE_2,
            organ_toxicity_at_least(4, leaving_out=("transaminitis",)),
        ),
    ),
)
