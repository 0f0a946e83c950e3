"""What does the assessment form need to know of the patient while it is filled in?

A view over the charted course: who the patient is, what stands from before (the agents and the device in force, with
when they were charted) and when the record ends. Which value is in force is asked of `grading.in_force`, nowhere else.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from grading.age import Age, age_at
from grading.in_force import Chart, Charted
from grading.numbers import dose, measurement
from grading.pressure import Pressure
from grading.record import Assessment, Course, Death, Oxygen, Vasopressor
from grading.settings import Settings
from grading.terms import Truth
from grading.words import AGENTS, DEVICES


@dataclass(frozen=True, slots=True)
class CourseSoFar:
    """The course as charted up to now, under the ward's settings. `course` is `None` before any infusion."""

    course: Course | None
    settings: Settings
    now: datetime

    def standing(self, moment: datetime) -> "Standing":
        """What is in force at `moment` from what was charted up to it."""
        if self.course is None:
            return Standing(None, None)
        started = self.course.infusion.started_at
        chart = Chart(self.settings)
        seen = [e for e in self.course.events if isinstance(e, Assessment) and started <= e.at <= moment]
        for assessment in sorted(seen, key=lambda a: a.at):
            chart.take(assessment, None)
        values = chart.at(moment)
        return Standing(values.vasopressors, values.oxygen)

    def age(self, moment: datetime) -> Age | None:
        """The age at `moment`; `None` before any infusion."""
        return None if self.course is None else age_at(self.course.patient, self.course.infusion, moment)

    def pressure_is_low(self, pressure: Pressure, moment: datetime) -> bool:
        """Is this pressure known to be low for the patient's age and baseline (rules 1.2)?"""
        age = self.age(moment)
        if age is None or self.course is None:
            return False
        return pressure.low(age, self.course.patient.baseline_systolic) is Truth.YES

    @property
    def died_at(self) -> datetime | None:
        if self.course is None:
            return None
        return next((event.at for event in self.course.events if isinstance(event, Death)), None)


@dataclass(frozen=True, slots=True)
class Standing:
    """The vasopressors and the oxygen in force, as charted. `None` is «not known»: nothing stands."""

    vasopressors: Charted[tuple[Vasopressor, ...]] | None
    oxygen: Charted[Oxygen] | None

    def agents(self) -> tuple[tuple[str, Vasopressor, datetime], ...]:
        """Each agent in force with its token and when it was charted."""
        if self.vasopressors is None:
            return ()
        at = self.vasopressors.at
        return tuple((agent_token(running, at), running, at) for running in self.vasopressors.value)

    @property
    def oxygen_token(self) -> str:
        """Names the device that a flow alone is read with; empty when none is in force."""
        if self.oxygen is None:
            return ""
        worn = self.oxygen.value
        parts = (worn.device, worn.flow_l_min, worn.fio2_percent, worn.for_hypoxia)
        return f"{' '.join(str(part) for part in parts)} {self.oxygen.at.isoformat()}"


def agent_token(running: Vasopressor, at: datetime) -> str:
    """Names one agent in force exactly as it was shown, so that «same» can mean nothing else."""
    parts = (running.agent, running.rate, running.unit, running.since, running.for_hypotension)
    return f"{' '.join(str(part) for part in parts)} {at.isoformat()}"


def rate_words(running: Vasopressor) -> str:
    """«Norepinephrine 0.1 mcg/kg/min», «Dopamine, rate not charted»."""
    name = AGENTS[running.agent]
    if running.rate is None:
        return f"{name}, rate not charted"
    return f"{name} {dose(running.rate)} {running.unit}"


def oxygen_words(worn: Oxygen, flow: Decimal | None = None) -> str:
    """«nasal cannula», «CPAP, FiO2 50%»: the device with what is read with it."""
    name = DEVICES[worn.device]
    words = name if name.isupper() or name[1:2].isupper() else name[:1].lower() + name[1:]
    if flow is not None:
        words = f"{words}, {measurement(flow)} L/min"
    if worn.fio2_percent is not None:
        words = f"{words}, FiO2 {measurement(worn.fio2_percent)}%"
    return words if worn.for_hypoxia is not False else f"{words}, not for hypoxia"
