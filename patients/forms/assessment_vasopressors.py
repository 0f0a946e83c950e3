"""Which vasopressors run, and what became of each one in force?

Rows: first every agent in force, each to be answered with same, a new rate or stopped; then blank ones for new agents.
If anything is said of vasopressors the list is to be complete: an agent in force that was not answered is an error at
its row. If nothing is, vasopressors are not charted here and what is in force carries on by its window.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from django.utils.datastructures import MultiValueDict

from grading.record import Vasopressor
from grading.words import AGENTS, INOTROPES
from patients.forms.fields import Refused
from patients.forms.questions import Question
from patients.forms.standing import Standing
from patients.forms.vasopressor_row import NEW, PREFIX, SAME, InForce, VasopressorRow

NONE_RUNNING: Final = "vasopressors_none"
ALL_SAME: Final = "vasopressors_same"  # every agent in force, unchanged: charted anew as seen now
BLANK_ROWS: Final = 3  # without a script; with one, rows are added as needed
MOST_ROWS: Final = 16
BLANK_INDEX: Final = 99  # of the row that the script copies
_ROW: Final = re.compile(rf"{PREFIX}-([0-9]{{1,2}})-(agent|rate|unit|since|for_hypotension|answer|standing)")


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
