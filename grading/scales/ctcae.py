"""CTCAE: cytokine release syndrome in versions 5.0 and 4.03 (rules 2.3, 2.4)."""

from grading.fever import constitutional, fever
from grading.oxygen import counted_oxygen, fio2_high, positive_pressure
from grading.pressure import hypotension, pressure_restored
from grading.result import Evidence
from grading.situation import Situation
from grading.sources import C4, C5, R24
from grading.terms import AskedWhen, Criterion, Fact, Finding, NeverMet, Scale, Truth, fact, no, unknown, yes
from grading.vasopressors import at_least
from grading.words import SYMPTOMATIC_RESPONSES, spoken

ONE_VASOPRESSOR = at_least(1)


@fact("judged life-threatening")
def life_threatening(s: Situation) -> Finding:
    """The clinician's judgement. Not charted means not judged so (rules 1)."""
    word = s.values.life_threatening
    if word is None:
        return no()
    return Finding(Truth.of(word.value), (Evidence(f"life-threatening: {'yes' if word.value else 'no'}", word.at),))


CTCAE_5 = Scale(
    id="ctcae-5",
    edition="5.0",
    source=C5,
    criteria=(
        Criterion("fever", 1, "Fever, with or without constitutional symptoms", C5, fever),
        Criterion("hypotension", 2, "Hypotension", C5, hypotension),
        Criterion("oxygen", 2, "Oxygen for hypoxia", C5, counted_oxygen),
        Criterion("one-vasopressor", 3, "At least one vasopressor", C5, ONE_VASOPRESSOR),
        Criterion("oxygen-40", 3, "Oxygen at or above 40%", C5, counted_oxygen & fio2_high),
        Criterion(
            "pressure-not-restored",
            3,
            "Hypotension that fluids have not restored may require a vasopressor",
            R24.at("Grading for other causes of CRS").with_house,
            NeverMet(
                hypotension & ~ONE_VASOPRESSOR & ~pressure_restored,
                "whether fluids restored the pressure, or the vasopressor",
            ),
        ),
        Criterion(
            "two-vasopressors",
            4,
            "At least two vasopressors, vasopressin left out",
            C5.with_house,
            at_least(2, leaving_out_vasopressin=True),
        ),
        Criterion(
            "positive-pressure", 4, "Positive pressure for hypoxia", C5.with_house, counted_oxygen & positive_pressure
        ),
        Criterion("life-threatening", 4, "Judged life-threatening", C5, life_threatening),
    ),
)


def _response(*answers: str) -> Fact:
    text = "response to symptomatic treatment: " + ", or ".join(spoken(SYMPTOMATIC_RESPONSES[a]) for a in answers)

    def look(s: Situation) -> Finding:
        charted = s.values.symptomatic_response
        if charted is None:
            return unknown("the response to symptomatic treatment")
        evidence = Evidence(f"response: {spoken(SYMPTOMATIC_RESPONSES[charted.value])}", charted.at)
        return yes(evidence) if charted.value in answers else no(evidence)

    return Fact(text, look)


@fact("the infusion is interrupted now")
def infusion_interrupted(s: Situation) -> Finding:
    return yes(Evidence("infusion interrupted", s.interrupted_at)) if s.interrupted_at else no()


_ROW_1 = fever | constitutional
_ROW_2 = (
    AskedWhen(_response("prompt", "prolonged-or-recurrent"), _ROW_1)
    | hypotension
    | counted_oxygen
    | infusion_interrupted
)

CTCAE_4 = Scale(
    id="ctcae-4",
    edition="4.03",
    source=C4,
    criteria=(
        Criterion("symptoms", 1, "Fever or any constitutional symptom", C4, _ROW_1),
        Criterion(
            "treatment-needed",
            2,
            "Treatment or interruption needed: response, hypotension, oxygen, or infusion interrupted",
            C4,
            _ROW_2,
        ),
        Criterion(
            "prolonged",
            3,
            "Prolonged or recurrent despite treatment",
            C4,
            AskedWhen(_response("prolonged-or-recurrent"), _ROW_1 | _ROW_2),
        ),
        Criterion("vasopressor", 4, "At least one vasopressor", C4, ONE_VASOPRESSOR),
        Criterion("positive-pressure", 4, "Positive pressure for hypoxia", C4, counted_oxygen & positive_pressure),
        Criterion("life-threatening", 4, "Judged life-threatening", C4, life_threatening),
    ),
)
