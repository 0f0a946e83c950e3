"""What was this course: onset, maximum on each scale, treatments and the times to them, duration, resolution?

Of what was charted, and of nothing else: an onset that could not be known is not «none», and what has not resolved by
the last assessment is not resolved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from grading.drugs import generic, is_anticytokine, is_antipyretic, is_treating_glucocorticoid
from grading.record import Assessment, Course, Death, Treatment
from grading.result import Episode, GradedAssessment, GradedCourse
from grading.settings import DEFAULT, Settings
from grading.words import ATTRIBUTABLE, GRADE_WORDS, INOTROPES, POSITIVE_PRESSURE, SCALES


class Onset(StrEnum):
    """Whether the course has an onset: a fever that is not attributed elsewhere (rules 3.1)."""

    KNOWN = "known"
    NONE = "none"  # at every assessment fever is known to be absent
    NOT_KNOWN = "not known"  # at some assessment nobody knows
    NOT_ASSESSED = "not assessed"


# Why there is no time of an onset
NO_ONSET: Final = {
    Onset.NONE: "No onset: known to be without fever at every assessment.",
    Onset.NOT_KNOWN: "Onset not known: no fever is charted, and at some assessments it is not known.",
    Onset.NOT_ASSESSED: "Onset not known: nothing has been charted since the infusion.",
}


@dataclass(frozen=True, slots=True)
class ScaleCourse:
    """One scale over the course so far. `at_most` is the highest that any assessment leaves possible."""

    scale: str
    first_at: datetime | None  # of grade 1 or more
    grade: int | None  # the maximum; null if never assessed
    grade_at: datetime | None  # the first time
    at_most: int | None
    left_out: tuple[str, ...]  # at any assessment, as attributed elsewhere

    @property
    def name(self) -> str:
        return SCALES[self.scale]

    @property
    def word(self) -> str:
        """The word of the maximum: «severe»; «not assessed» where there is none."""
        return "not assessed" if self.grade is None else GRADE_WORDS[self.grade]

    @property
    def certain(self) -> bool:
        """No assessment leaves more than the maximum possible."""
        return self.grade is not None and self.at_most is not None and self.at_most <= self.grade


@dataclass(frozen=True, slots=True)
class EpisodeCourse:
    """`lasted` is from the onset to the start of the quiet run; null while it is not resolved."""

    episode: Episode
    after_infusion: timedelta
    lasted: timedelta | None


@dataclass(frozen=True, slots=True)
class DrugCourse:
    """The doses of one drug with a meaning for CRS since the infusion started."""

    drug: str
    kind: str  # a key of `KINDS`
    doses: int
    first_at: datetime
    last_at: datetime
    after_infusion: timedelta
    after_onset: timedelta | None  # negative before the first onset; null without one


@dataclass(frozen=True, slots=True)
class SupportCourse:
    """A support while it was charted: the first and the last assessment with it, and when it was charted as gone."""

    what: str
    first_at: datetime
    last_at: datetime
    gone_at: datetime | None  # null: no later assessment charts it as gone
    after_infusion: timedelta
    after_onset: timedelta | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The whole course. `onset_at` is the first; `end_at` the last assessment."""

    started_at: datetime
    assessments: int
    first_at: datetime | None
    end_at: datetime | None
    onset: Onset
    onset_at: datetime | None
    episodes: tuple[EpisodeCourse, ...]
    scales: tuple[ScaleCourse, ...]
    governing: str | None
    drugs: tuple[DrugCourse, ...]
    supports: tuple[SupportCourse, ...]
    died_at: datetime | None
    due_to_crs: bool | None

    @property
    def resolved(self) -> bool | None:
        """Of the last episode; null where there is none."""
        return self.episodes[-1].episode.completed_at is not None if self.episodes else None

    def since_onset(self, at: datetime) -> timedelta | None:
        return at - self.onset_at if self.onset_at is not None else None


KINDS: Final = {"anticytokine": "Anticytokine", "glucocorticoid": "Glucocorticoid", "antipyretic": "Antipyretic"}


def summary(course: Course, graded: GradedCourse, settings: Settings = DEFAULT) -> Summary:
    """The course as known now. `graded` is `grade_course(course, settings)`."""
    seen = _seen(graded)
    onset_at = graded.episodes[0].onset_at if graded.episodes else None
    started_at = course.infusion.started_at
    died = next((event for event in course.events if isinstance(event, Death)), None)
    return Summary(
        started_at=started_at,
        assessments=len(seen),
        first_at=seen[0].at if seen else None,
        end_at=seen[-1].at if seen else None,
        onset=onset_of(graded),
        onset_at=onset_at,
        episodes=tuple(_episode(one, started_at) for one in graded.episodes),
        scales=tuple(scale_course(scale, graded) for scale in SCALES),
        governing=seen[-1].governing if seen else None,
        drugs=tuple(_drugs(course, onset_at, settings)),
        supports=tuple(_supports([one.assessment for one in seen], started_at, onset_at)),
        died_at=graded.died_at,
        due_to_crs=died.due_to_crs if died else None,
    )


def _seen(graded: GradedCourse) -> list[GradedAssessment]:
    return [one for one in graded.assessments if one.verdicts]


def onset_of(graded: GradedCourse) -> Onset:
    """Has the course so far an onset? Only fever known to be absent at every assessment is none."""
    seen = _seen(graded)
    if graded.episodes:
        return Onset.KNOWN
    if not seen:
        return Onset.NOT_ASSESSED
    unknown = any(reason.key == "fever" for one in seen for reason in one.verdicts["ctcae-5"].unknown)
    return Onset.NOT_KNOWN if unknown else Onset.NONE


def _episode(episode: Episode, started_at: datetime) -> EpisodeCourse:
    over = episode.resolved_at if episode.completed_at is not None else None
    return EpisodeCourse(episode, episode.onset_at - started_at, over - episode.onset_at if over else None)


def scale_course(scale: str, graded: GradedCourse) -> ScaleCourse:
    """The maximum of one scale in the course so far, and how high it may have been."""
    verdicts = [(one.at, one.verdicts[scale]) for one in _seen(graded)]
    maximum = graded.maxima[scale]
    possible = [verdict.at_most for _, verdict in verdicts if verdict.at_most is not None]
    if maximum.grade is not None:
        possible.append(maximum.grade)  # a death due to CRS is above every verdict
    left_out = {what for _, verdict in verdicts for what in verdict.left_out}
    return ScaleCourse(
        scale=scale,
        first_at=next((at for at, verdict in verdicts if verdict.grade), None),
        grade=maximum.grade,
        grade_at=maximum.at,
        at_most=max(possible, default=None),
        left_out=tuple(what for what in ATTRIBUTABLE if what in left_out),
    )


def _drugs(course: Course, onset_at: datetime | None, settings: Settings) -> Iterator[DrugCourse]:
    """By drug, in the order of the first doses; none from before the infusion, and no premedication or stress dose."""
    started_at = course.infusion.started_at
    given: dict[tuple[str, str], list[datetime]] = {}
    doses = [event for event in course.events if isinstance(event, Treatment) and event.at >= started_at]
    for dose in sorted(doses, key=lambda dose: dose.at):
        kind = _kind(dose, settings)
        if kind is not None:
            given.setdefault((generic(dose.drug, settings.brands), kind), []).append(dose.at)
    for (drug, kind), times in given.items():
        after_onset = times[0] - onset_at if onset_at is not None else None
        yield DrugCourse(drug, kind, len(times), times[0], times[-1], times[0] - started_at, after_onset)


def _kind(dose: Treatment, settings: Settings) -> str | None:
    if is_treating_glucocorticoid(dose, settings.brands):
        return "glucocorticoid"
    if is_anticytokine(dose, settings.brands):
        return "anticytokine"
    return "antipyretic" if is_antipyretic(dose, settings.brands) else None


def _vasopressors(seen: Assessment) -> bool | None:
    if seen.vasopressors is None:
        return None
    return any(given.agent not in INOTROPES for given in seen.vasopressors)


def _oxygen(seen: Assessment) -> bool | None:
    return None if seen.oxygen is None else seen.oxygen.device != "room-air"


def _positive_pressure(seen: Assessment) -> bool | None:
    return None if seen.oxygen is None else seen.oxygen.device in POSITIVE_PRESSURE


# As charted, whatever it was for: whether it counted is the scales' to say
_SUPPORTS: Final[tuple[tuple[str, Callable[[Assessment], bool | None]], ...]] = (
    ("Oxygen", _oxygen),
    ("Positive pressure", _positive_pressure),
    ("Vasopressors", _vasopressors),
)


def _supports(seen: Sequence[Assessment], started_at: datetime, onset_at: datetime | None) -> Iterator[SupportCourse]:
    for what, has in _SUPPORTS:
        charted = [(one.at, has(one)) for one in seen if has(one) is not None]
        present = [at for at, there in charted if there]
        if not present:
            continue
        first, last = present[0], present[-1]
        gone = next((at for at, there in charted if at > last and not there), None)
        after_onset = first - onset_at if onset_at is not None else None
        yield SupportCourse(what, first, last, gone, first - started_at, after_onset)
