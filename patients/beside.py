"""What in the record speaks against a dose that a step offers, read of one patient and one course?

On the patient's card and in every handover alike: what a dose is shown with is asked in one place.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from grading.against import Fact, Recorded, beside, weighed_since
from grading.prescribing import drug_of
from grading.record import Laboratory, Treatment, Weight
from grading.result import Suggestion
from patients.models import Patient, PatientFacts
from patients.record import Charted


def recorded_of(
    patient: Patient, charted: Charted, points: Sequence[str], *, assessed_at: datetime, now: datetime
) -> Recorded:
    """What the record holds that may speak against a dose suggested at `assessed_at`; `points` are those of infection
    not yet ticked. The patient was read as `present()`."""
    facts = patient.facts
    states = PatientFacts.Allergies
    allergies = {states.KNOWN.value: tuple(facts.allergies_to), states.NONE_KNOWN.value: ()}.get(facts.allergies)
    return Recorded(
        now=now,
        allergies=allergies,
        results=tuple(e for e in charted.course.events if isinstance(e, Laboratory)),
        infection_open=points,
        ceilings=facts.ceilings_of_care,
        assessed_at=assessed_at,
        treatments=tuple(e for e in charted.course.events if isinstance(e, Treatment)),
        weights=tuple(e for e in charted.course.events if isinstance(e, Weight)),
    )


def facts_beside(suggestion: Suggestion, recorded: Recorded, site: Mapping[str, str]) -> tuple[Fact, ...]:
    """The facts beside the doses of a step, those that several of them share once; what the assessment does not know
    of stands first. `site`: the ward's own names of drugs."""
    doses = [dose for dose in (suggestion.dose, *suggestion.choices) if dose is not None]
    drugs = dict.fromkeys(drug for dose in doses if (drug := drug_of(suggestion, dose)) is not None)
    weighed = [fact for dose in doses if (fact := weighed_since(dose, recorded)) is not None]
    facts = dict.fromkeys([*weighed, *(fact for drug in drugs for fact in beside(drug, recorded, site))])
    return tuple(sorted(facts, key=lambda fact: (-fact.against, fact.since is None, fact.key)))
