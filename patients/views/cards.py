"""What does the card of a suggestion show: its dose with what speaks against it, its checklist, who decided what?"""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from grading.against import Fact
from grading.prescribing import Offered, offered
from grading.result import GradedCourse, MissingDose, Suggestion
from grading.terms import Truth
from patients.beside import facts_beside, recorded_of
from patients.decisions import Suggested, Ticked, checklist, infection_open, missing_results, suggested, ticks_of
from patients.models import Treatment
from patients.record import Charted
from patients.views.bedside import Bedside

OF_THE_INFUSION: Final = frozenset({"interrupt-infusion", "discontinue-permanently", "resume-infusion"})
INCREASE_AFTER: Final = timedelta(days=7)  # blinatumomab, without recurrence [R24]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One suggestion as the patient's page shows it. `acts`: may it be answered here, on the course that is open?"""

    step: Suggested
    assessment: int
    acts: bool
    doses: tuple[Offered, ...] = ()
    facts: tuple[Fact, ...] = ()
    points: tuple[Ticked, ...] = ()
    increase_at: datetime | None = None  # `resume-infusion`: the second step, if resumed now
    ids: tuple[UUID, ...] = field(default_factory=lambda: tuple(uuid4() for _ in range(5)))

    @property
    def suggestion(self) -> Suggestion:
        return self.step.suggestion

    @property
    def against(self) -> tuple[Fact, ...]:
        return tuple(fact for fact in self.facts if fact.against is Truth.YES)

    @property
    def not_known(self) -> tuple[Fact, ...]:
        return tuple(fact for fact in self.facts if fact.against is Truth.UNKNOWN)

    @property
    def not_against(self) -> tuple[Fact, ...]:
        return tuple(fact for fact in self.facts if fact.against is Truth.NO)

    @property
    def basis(self) -> str:
        """What the card rests on, as its forms carry it."""
        return json.dumps(self.step.basis.document())

    @property
    def decided(self) -> int | None:
        """The key of the decision that the card shows, as its forms carry it."""
        return self.step.decision.pk if self.step.decision is not None else None

    @property
    def line(self) -> str:
        """The line of the accepted dose for the ordering system; empty where no dose was accepted."""
        decision = self.step.decision
        shown = decision.shown if decision is not None and decision.answer == "accepted" else {}
        return str(shown.get("line") or "")

    @property
    def given(self) -> tuple[Treatment, ...]:
        """What was given on the decision, as far as it stands."""
        return tuple(self.step.decision.treatments.all()) if self.step.decision is not None else ()

    @property
    def open_points(self) -> int:
        return sum(not point.done for point in self.points)

    @property
    def results_wanted(self) -> tuple[str, ...]:
        """The points that a result does, in words."""
        return tuple(one.point.words for one in self.points if one.point.analyte is not None)

    @property
    def about_infusion(self) -> bool:
        return self.suggestion.id in OF_THE_INFUSION

    @property
    def asks_severity(self) -> bool:
        """Under `review-2024` the physician answers here; under `lee-2014` comorbidities are to be charted."""
        return self.suggestion.id == "judge-severity" and self.step.basis.protocol == "review-2024"

    @property
    def missing(self) -> tuple[str, ...]:
        """What to chart for a dose that cannot be computed."""
        doses = (self.suggestion.dose, *self.suggestion.choices, self.suggestion.then)
        return tuple(dict.fromkeys(name for one in doses if isinstance(one, MissingDose) for name in one.missing))


def cards(here: Bedside, charted: Charted, graded: GradedCourse) -> tuple[Card, ...]:
    """The cards of the course's last assessment, in the protocol's order."""
    steps = suggested(charted, graded, here.now)
    if not steps or graded.latest is None:
        return ()
    ticks = ticks_of(charted.infusion, graded)
    missing = missing_results(charted.course, here.now)
    acts = here.open and charted.infusion == here.infusion
    recorded = recorded_of(here.patient, charted, infection_open(ticks), assessed_at=graded.latest.at, now=here.now)
    return tuple(
        Card(
            step=step,
            assessment=_key(graded.latest.assessment.ref),
            acts=acts,
            doses=offered(step.suggestion),
            facts=facts_beside(step.suggestion, recorded, charted.settings.brands),
            points=checklist(step.suggestion, ticks, missing),
            increase_at=here.now + INCREASE_AFTER if step.suggestion.id == "resume-infusion" else None,
        )
        for step in steps
    )


def _key(row: Any) -> int:
    return int(row.pk)
