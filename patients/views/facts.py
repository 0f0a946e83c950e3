"""Which facts of a patient move grades or doses, in words?"""

from grading.words import PROTOCOLS
from patients.formats import shown_measurement, shown_moment
from patients.views.banner import NOT_KNOWN
from patients.views.bedside import Bedside


def facts_of(here: Bedside) -> list[tuple[str, str]]:
    """What is known of the patient and moves grades or doses; «Not charted» where it was not."""
    facts, patient = here.patient.facts, here.patient
    words = {True: "Yes", False: "No", None: "Not charted"}
    systolic, diastolic = facts.baseline_systolic, facts.baseline_diastolic
    baseline = "Not charted" if systolic is None else f"{shown_measurement(systolic)}"
    if systolic is not None:
        baseline += f"/{shown_measurement(diastolic)} mmHg" if diastolic is not None else " mmHg systolic"
    choice = patient.protocol_choice
    protocol = PROTOCOLS[here.protocol] + (
        f" (chosen: {choice.reason})" if choice and choice.protocol else " (the ward's)"
    )
    home = facts.home_oxygen_l_min
    height, weight = patient.height, patient.weight
    return [
        ("Weight", f"{shown_measurement(weight.weight_kg, 'kg')}, {shown_moment(weight.at)}" if weight else NOT_KNOWN),
        ("Height", f"{shown_measurement(height.height_cm, 'cm')}, {shown_moment(height.at)}" if height else NOT_KNOWN),
        ("Baseline pressure", baseline),
        ("Home oxygen", "Not charted" if home is None else shown_measurement(home, "L/min")),
        ("Extensive comorbidities", words[facts.extensive_comorbidities]),
        ("Long-term glucocorticoid", words[facts.long_term_glucocorticoid]),
        ("Neutropenic", words[facts.neutropenic]),
        ("Neurology before therapy", facts.neurology_baseline or "Not charted"),
        ("Ceilings of care", facts.ceilings_of_care or "Not charted"),
        ("Protocol", protocol),
    ]
