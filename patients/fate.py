"""What became of the entry that a form sent, as far as it is known without asking the database?

An entry is an act under its submission id. It is «recorded» once PostgreSQL has said that it is committed; «not
recorded» where nothing of it can be in the record; and «checking» where a commit was sent and never answered, or where
an earlier try of the same form ended so. Nothing else is ever told of an entry.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from django.http import QueryDict
from django.utils.dateparse import parse_datetime

FIRST_SENT: Final = "first_sent"  # posted by the page that kept a form: when it was first sent, ISO 8601
IN_DOUBT: Final = "in_doubt"  # and whether a try of it was never answered
KEPT_FOR: Final = timedelta(hours=24)


class Fate(StrEnum):
    RECORDED = "recorded"
    NOT_RECORDED = "not-recorded"
    CHECKING = "checking"


_recorded: ContextVar[set[UUID] | None] = ContextVar("submissions known to be recorded", default=None)


@contextmanager
def learning() -> Iterator[set[UUID]]:
    """Within: which submissions are known to be in the record is remembered. Yields them."""
    known: set[UUID] = set()
    token = _recorded.set(known)
    try:
        yield known
    finally:
        _recorded.reset(token)


def is_recorded(submission: UUID) -> None:
    """PostgreSQL has said that this submission is committed."""
    known = _recorded.get()
    if known is not None:
        known.add(submission)


def submission_in(data: Mapping[str, str]) -> UUID | None:
    """The submission id of a posted form; None where it is no form of an entry."""
    try:
        return UUID(data.get("submission_id", ""))
    except ValueError:
        return None


def fate_of(data: QueryDict, recorded: set[UUID], *, in_doubt: bool) -> Fate:
    """What is known of the posted entry; `in_doubt`: a commit of this request was never answered."""
    if submission_in(data) in recorded:
        return Fate.RECORDED
    return Fate.CHECKING if in_doubt or IN_DOUBT in data else Fate.NOT_RECORDED


def first_sent(data: Mapping[str, str], now: datetime) -> datetime | None:
    """When the form was first sent, where it is sent again by the page that kept it; None for any other form."""
    try:
        moment = parse_datetime(data.get(FIRST_SENT, ""))
    except ValueError:  # well formed, and no such moment
        return None
    if moment is None or moment.tzinfo is None:
        return None
    return moment if now - KEPT_FOR <= moment <= now else None
