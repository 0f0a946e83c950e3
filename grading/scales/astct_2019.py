"""ASTCT 2019: the consensus grading of CRS by the support that the patient needs (rules 2.1)."""

from grading.fever import fever, fever_or_waiver
from grading.oxygen import beyond_low_flow, counted_oxygen, positive_pressure
from grading.pressure import hypotension, pressure_restored
from grading.situation import Situation
from grading.sources import A19, R24
from grading.terms import Criterion, NeverMet, Scale, Truth
from grading.vasopressors import at_least

ONE_VASOPRESSOR = at_least(1, astct=True)
TWO_VASOPRESSORS = at_least(2, astct=True, leaving_out_vasopressin=True)

_GRADING = R24.at("Grading CAR-T CRS")

ASTCT_2019 = Scale(
    id="astct-2019",
    edition="2019",
    source=A19,
    criteria=(
        Criterion("fever", 1, "Fever of 38.0 °C or more", A19, fever),
        Criterion("hypotension", 2, "Hypotension", A19, fever_or_waiver & hypotension),
        Criterion("oxygen", 2, "Oxygen for hypoxia", A19, fever_or_waiver & counted_oxygen),
        Criterion("one-vasopressor", 3, "At least one vasopressor", A19, fever_or_waiver & ONE_VASOPRESSOR),
        Criterion(
            "beyond-low-flow",
            3,
            "Oxygen beyond low flow: cannula over 6 L/min, high-flow cannula, mask or positive pressure",
            A19,
            fever_or_waiver & counted_oxygen & beyond_low_flow,
        ),
        Criterion(
            "pressure-not-restored",
            3,
            "Hypotension that fluids have not restored may require a vasopressor",
            _GRADING.with_house,
            NeverMet(
                fever_or_waiver & hypotension & ~ONE_VASOPRESSOR & ~pressure_restored,
                "whether fluids restored the pressure, or the vasopressor",
            ),
        ),
        Criterion(
            "two-vasopressors",
            4,
            "At least two vasopressors, vasopressin left out",
            A19,
            fever_or_waiver & TWO_VASOPRESSORS,
        ),
        Criterion(
            "positive-pressure",
            4,
            "Positive pressure for hypoxia: CPAP, BiPAP or invasive ventilation",
            A19,
            fever_or_waiver & counted_oxygen & positive_pressure,
        ),
    ),
)


def notices(s: Situation) -> tuple[str, ...]:
    """What to say of hypotension or hypoxia that is not graded because there is neither fever nor a waiver."""
    if fever_or_waiver.find(s).truth is not Truth.NO:
        return ()
    if Truth.YES not in (hypotension.find(s).truth, counted_oxygen.find(s).truth):
        return ()
    return (
        "Without fever, hypotension and hypoxia are not graded as CRS: look for another cause, "
        "or chart the antipyretic that masks the fever.",
    )
