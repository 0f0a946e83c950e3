"""Which vasopressors run, and what became of each one in force?

Rows: first every agent in force, each to be answered with same, a new rate or stopped; then blank ones for new agents.
If anything is said of vasopressors the list is to be complete: an agent in force that was not answered is an error at
its row. If nothing is, vasopressors are not charted here and what is in force carries on by its window.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.datastructures import MultiValueDict

from grading import limits
from grading.record import Vasopressor
from grading.words import AGENTS, INOTROPES, UNITS_OF_OTHERS, UNITS_OF_VASOPRESSIN, units_of
from patients.formats import shown_time
from patients.forms.fields import MomentField, NumberField, Refused, YesNoField
from patients.forms.limits import question, refused
from patients.forms.questions import Question
from patients.forms.standing import Standing, rate_words

PREFIX: Final = "vasopressors"
NONE_RUNNING: Final = "vasopressors_none"
ALL_SAME: Final = "vasopressors_same"  # every agent in force, unchanged: charted anew as seen now
SAME, NEW, STOPPED = "same", "new", "stopped"
ANSWERS: Final = ((SAME, "Same"), (NEW, "New rate"), (STOPPED, "Stopped"))
BLANK_ROWS: Final = 3  # without a script; with one, rows are added as needed
MOST_ROWS: Final = 16
BLANK_INDEX: Final = 99  # of the row that the script copies
_UNITS: Final = (("", "Unit"), *((unit, unit) for unit in (*UNITS_OF_OTHERS, *UNITS_OF_VASOPRESSIN)))
_ROW: Final = re.compile(rf"{PREFIX}-([0-9]{{1,2}})-(agent|rate|unit|since|for_hypotension|answer|standing)")


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


class VasopressorRows:
    """All rows of one form. `in_force` are the agents that stand now; a posted form keeps the rows it came with."""

    def __init__(self, data: MultiValueDict[str, str] | None, standing: Standing) -> None:
        self.in_force = {token: InForce(token, running, at) for token, running, at in standing.agents()}
        self.confirms = standing.vasopressors if self.in_force else None  # what «unchanged» would say again
        self.none_running = bool(data and data.get(NONE_RUNNING))
        self.all_same = bool(data and data.get(ALL_SAME))
        self.refused_same = ""  # why «unchanged» cannot be taken
        self.added: list[VasopressorRow] = []  # in force by now, and not in the form as it was posted
        self.rows = self._shown() if data is None else self._posted(data)

    def _shown(self) -> list[VasopressorRow]:
        rows = [VasopressorRow(None, index, one) for index, one in enumerate(self.in_force.values())]
        return rows + [VasopressorRow(None, len(rows) + extra, None) for extra in range(BLANK_ROWS)]

    def _posted(self, data: MultiValueDict[str, str]) -> list[VasopressorRow]:
        found = sorted({int(match[1]) for name in data if (match := _ROW.fullmatch(name))})[:MOST_ROWS]
        rows, left = [], dict(self.in_force)
        for index in found:
            token = data.get(f"{PREFIX}-{index}-standing", "")
            shown = left.pop(token, None)
            if shown is None and token:
                shown = _gone(token, data.get(f"{PREFIX}-{index}-agent", ""), self.in_force)
            rows.append(VasopressorRow(data, index, shown, all_same=self.all_same))
        if left and (
            self.all_same or any(row.touched for row in rows)
        ):  # entered by another since this form was opened
            shown_agents = {row.in_force.running.agent for row in rows if row.in_force}
            start = max(found, default=-1) + 1
            missing = [one for one in left.values() if one.running.agent not in shown_agents]
            self.added = [VasopressorRow(_unanswered(start + n, one), start + n, one) for n, one in enumerate(missing)]
        return rows + self.added

    @property
    def shows_in_force(self) -> bool:
        """Does any row stand for an agent in force?"""
        return any(row.in_force for row in self.rows)

    @property
    def blank(self) -> VasopressorRow:
        """A row for a further agent, to be numbered by the script."""
        return VasopressorRow(None, BLANK_INDEX, None)

    @property
    def charted(self) -> bool:
        """Is anything said of vasopressors?"""
        return self.none_running or self.all_same or any(row.touched for row in self.rows)

    def clean(self, seen_at: datetime) -> None:
        """Checks every row and the list as a whole."""
        for row in self.rows:
            row.full_clean()
        if not self.charted:
            return
        if self.all_same:
            self._clean_all_same()
        agents: set[str] = set()
        for row in self.rows:
            if row.in_force is not None:
                self._clean_in_force(row, seen_at)
            elif row.touched and self.none_running:
                row.add_error("agent", Refused("«None running» is ticked, yet an agent is charted."))
            row.check_times(seen_at)
            agent = row.in_force.running.agent if row.in_force else row.cleaned_data.get("agent")
            if agent and (row.touched or row.in_force) and agent in agents:
                row.add_error("agent", Refused(f"{AGENTS[agent]} stands in a row above: an agent is charted once."))
            agents.add(agent or "")

    def _clean_all_same(self) -> None:
        if not any(row.in_force for row in self.rows):  # an empty list would say that none is running
            self.refused_same = "No vasopressor is in force at that time: chart the agents, or that none is running."
        elif self.none_running:
            self.refused_same = "«Unchanged» and «None running» are both ticked: choose one of the two."
        elif any(row.in_force is None and row.touched for row in self.rows):
            self.refused_same = "«Unchanged» is ticked, yet another agent is charted: answer each agent by itself."

    def _clean_in_force(self, row: VasopressorRow, seen_at: datetime) -> None:
        if self.none_running:
            if row.answered in (SAME, NEW):
                row.add_error("answer", Refused("«None running» is ticked, yet this agent is charted as running."))
            return
        if not row.answered and not row.errors and row.in_force is not None:
            row.add_error("answer", Refused(f"{row.in_force.words} is in force: same, a new rate, or stopped?"))
        row.check_standing(self.in_force, seen_at)

    @property
    def errors(self) -> bool:
        return bool(self.refused_same) or any(row.is_bound and row.errors for row in self.rows)

    def vasopressors(self) -> tuple[Vasopressor, ...] | None:
        """What runs, as charted; empty for none running, `None` when nothing is said. Of rows without errors."""
        if not self.charted:
            return None
        if self.none_running:
            return ()
        running = (row.vasopressor() for row in self.rows)
        return tuple(one for one in running if one is not None)

    def for_hypotension(self) -> Vasopressor | None:
        """A vasopressor charted as running for hypotension; inotropes left out."""
        charted = self.vasopressors() or ()
        return next((v for v in charted if v.agent not in INOTROPES and v.for_hypotension is not False), None)

    def asked(self) -> Iterator[Question]:
        for row in self.rows:
            if row.is_bound and not row.errors and not self.none_running:
                yield from row.asked()


def _unanswered(index: int, one: InForce) -> dict[str, str]:
    """What a row in force posts before it is answered."""
    prefix = f"{PREFIX}-{index}"
    return {
        f"{prefix}-standing": one.token,
        f"{prefix}-agent": one.running.agent,
        f"{prefix}-unit": one.running.unit or "",
    }


def _gone(token: str, agent: str, in_force: Mapping[str, InForce]) -> InForce | None:
    """A row whose agent is no longer in force as it was shown: kept as a row, so that what was typed stays."""
    if agent not in AGENTS:
        return None
    now = next((one for one in in_force.values() if one.running.agent == agent), None)
    shown = now.running if now else Vasopressor(agent=agent)
    return InForce(token, shown, now.at if now else None)
