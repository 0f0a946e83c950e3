"""What became of one vasopressor: the same, a new rate, or stopped; or which agent is new?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django import forms

from grading import limits
from grading.record import Vasopressor
from grading.words import AGENTS, UNITS_OF_OTHERS, UNITS_OF_VASOPRESSIN, units_of
from patients.formats import shown_time
from patients.forms.fields import MomentField, NumberField, Refused, YesNoField
from patients.forms.limits import question, refused
from patients.forms.questions import Question
from patients.forms.standing import rate_words

PREFIX: Final = "vasopressors"
SAME, NEW, STOPPED = "same", "new", "stopped"
ANSWERS: Final = ((SAME, "Same"), (NEW, "New rate"), (STOPPED, "Stopped"))
_UNITS: Final = (("", "Unit"), *((unit, unit) for unit in (*UNITS_OF_OTHERS, *UNITS_OF_VASOPRESSIN)))


@dataclass(frozen=True, slots=True)
class InForce:
    """An agent in force as the row shows it. `token` names it exactly; `at` is null when it is in force no longer."""

    token: str
    running: Vasopressor
    at: datetime | None

    @property
    def words(self) -> str:
        return rate_words(self.running)

    @property
    def name(self) -> str:
        return AGENTS[self.running.agent]


class VasopressorRow(forms.Form):
    """One row. `in_force` is the agent it stands for, `None` in a row for a new agent."""

    answer = forms.ChoiceField(choices=ANSWERS, required=False, widget=forms.RadioSelect, label="Since then")
    agent = forms.ChoiceField(choices=(("", "Choose"), *AGENTS.items()), required=False, label="Agent")
    rate = NumberField(label="Rate")
    unit = forms.ChoiceField(choices=_UNITS, required=False, label="Unit")
    since = MomentField(label="At this rate or more since")
    for_hypotension = YesNoField(label="For hypotension")
    standing = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, data: Mapping[str, Any] | None, index: int, in_force: InForce | None, *, all_same: bool = False
    ) -> None:
        initial: dict[str, Any] = {}
        if in_force is not None:
            initial = {"standing": in_force.token, "agent": in_force.running.agent, "unit": in_force.running.unit}
        super().__init__(data, prefix=f"{PREFIX}-{index}", initial=initial, use_required_attribute=False)
        self.in_force = in_force
        self.all_same = all_same
        if in_force is not None:
            self.fields["agent"].widget = forms.HiddenInput()

    @property
    def details_typed(self) -> bool:
        """Is a rate, a since or a purpose typed? A unit alone stands there by itself in a row in force."""
        return any(self.data.get(self.add_prefix(name), "").strip() for name in ("rate", "since", "for_hypotension"))

    @property
    def touched(self) -> bool:
        if self.in_force is not None:
            return self.all_same or bool(self.data.get(self.add_prefix("answer"))) or self.details_typed
        return self.details_typed or bool(self.data.get(self.add_prefix("agent")))

    @property
    def answered(self) -> str:
        """The answer of a row in force: a typed rate by itself is a new rate, «unchanged» of all is same of each."""
        answer: str = self.cleaned_data.get("answer") or ""
        return answer or (NEW if self.details_typed else SAME if self.all_same else "")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.touched:
            return cleaned
        if self.in_force is not None and self.all_same and self.answered != SAME:
            self.add_error(
                "answer", Refused("«Unchanged» is ticked, yet this agent is changed: choose one of the two.")
            )
            return cleaned
        if self.in_force is not None and self.answered in (SAME, STOPPED):
            if self.details_typed:
                said = dict(ANSWERS)[self.answered]
                self.add_error(
                    "answer", Refused(f"«{said}» is chosen, yet more is typed: choose «New rate» or clear it.")
                )
            return cleaned
        agent = self.in_force.running.agent if self.in_force else cleaned.get("agent")
        if not agent and "agent" not in self.errors:
            self.add_error("agent", Refused("Choose the agent."))
        if agent and "rate" not in self.errors and "unit" not in self.errors:
            self._check_rate(agent, cleaned.get("rate"), cleaned.get("unit"))
        return cleaned

    def _check_rate(self, agent: str, rate: Decimal | None, unit: str | None) -> None:
        if rate is None:
            if self.in_force is not None:
                self.add_error("rate", Refused("Type the new rate."))
            return
        if not unit:
            self.add_error("unit", Refused(f"Choose the unit: {' or '.join(units_of(agent))}."))
        elif unit not in units_of(agent):
            self.add_error("unit", Refused(f"{AGENTS[agent]} is charted in {' or '.join(units_of(agent))}."))
        else:
            outcome = limits.check_rate(agent, rate, unit)
            if isinstance(outcome, limits.Refused):
                self.add_error("rate", refused(outcome, self._fills(outcome.meant)))

    def _fills(self, meant: limits.Meant | None) -> dict[str, str]:
        return {} if meant is None else {self.add_prefix("unit"): meant.unit}  # the same number in another unit

    def check_times(self, seen_at: datetime) -> None:
        since = self.cleaned_data.get("since")
        if since is not None and since > seen_at:
            self.add_error("since", Refused(f"This is after the moment of the assessment, {shown_time(seen_at)}."))

    def check_standing(self, standing: Mapping[str, InForce], seen_at: datetime) -> None:
        """Refuses «same» of what is not in force at the moment of the assessment."""
        shown = self.in_force
        if shown is not None and self.answered == SAME and shown.token not in standing:
            now = f"{shown.words}, charted {shown_time(shown.at)}" if shown.at else f"no {shown.name.lower()} in force"
            self.add_error("answer", Refused(f"At {shown_time(seen_at)} there is {now}: type the rate."))

    def vasopressor(self) -> Vasopressor | None:
        """The agent as charted; `None` where it was stopped or nothing is said. Of a row without errors."""
        typed = self.cleaned_data
        if self.in_force is not None and self.answered != NEW:
            return self.in_force.running if self.answered == SAME else None
        agent = self.in_force.running.agent if self.in_force else typed.get("agent")
        if not agent or not self.touched:
            return None
        rate = typed.get("rate")
        return Vasopressor(
            agent=agent,
            rate=rate,
            unit=typed.get("unit") if rate is not None else None,
            since=typed.get("since"),
            for_hypotension=typed.get("for_hypotension"),
        )

    def asked(self) -> Iterator[Question]:
        running = self.vasopressor() if self.answered not in (SAME, STOPPED) else None
        if running is None or running.rate is None or running.unit is None:
            return
        outcome = limits.check_rate(running.agent, running.rate, running.unit)
        if isinstance(outcome, limits.Asked):
            yield question(self.add_prefix("rate"), outcome, self._fills(outcome.meant))

    @property
    def asks_purpose(self) -> bool:
        """Vasopressin: whether it answers worsening hypotension is asked for (rules 1.3)."""
        running = self.vasopressor() if self.touched and not self.errors else None
        return running is not None and running.agent == "vasopressin" and running.for_hypotension is None
