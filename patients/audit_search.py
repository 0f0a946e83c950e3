"""Which entries does an auditor ask for? The latest first, read from where the page before ended.

An auditor reads the chains of the wards they belong to, and the site's. Each chain is asked by itself, so that an index
gives the entries in order whatever the search (`AuditEntry.Meta.indexes`), and a page costs the same in a chain of a
million.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Self

from django.db.models import Q, QuerySet

from patients.models import AuditEntry, Patient, User, Ward
from patients.models.audit import SITE, SITE_NAME
from patients.models.glass import BrokenGlass

PAGE: Final = 100
AT_ONCE: Final = 2000  # entries of an export read by one statement
SIGNIFICANT: Final = frozenset({"break-glass", "refused", "locked-out", "audit-exported", "exported"})


@dataclass(frozen=True, slots=True)
class Cursor:
    """The entry after which the next page begins: later ones were shown."""

    at: datetime
    id: int

    def __str__(self) -> str:
        return f"{self.at.isoformat()} {self.id}"

    @classmethod
    def of(cls, text: str) -> Self:
        """Raises `ValueError` for a text that is none."""
        at, _, key = text.partition(" ")
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is None or not (key.isascii() and key.isdigit() and len(key) < 19):
            raise ValueError("no place in the audit trail")
        return cls(moment, int(key))


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """`chains` are those that may be read and were asked for, `patients` the keys of those who have the number that was
    asked for: nobody's where nobody has it. None and empty: any."""

    chains: Sequence[int]
    patients: Sequence[int] | None = None
    person: User | None = None
    event: str = ""
    since: datetime | None = None
    until: datetime | None = None
    before: Cursor | None = None

    def entries(self, most: int) -> list[AuditEntry]:
        """The latest first, `most` of them."""
        parts = [part for chain in self.chains for part in self._of(chain, most)]
        if not parts:
            return []
        if len(parts) == 1:
            return list(parts[0])
        return list(parts[0].union(*parts[1:], all=True).order_by("-at", "-id")[:most])

    def _of(self, chain: int, most: int) -> Iterator[QuerySet[AuditEntry]]:
        """Of one chain: what the person did, and what was typed under their name."""
        found = AuditEntry.objects.filter(chain=chain)
        if self.patients is not None:
            found = found.filter(patient__in=self.patients)
        if self.event:
            found = found.filter(event=self.event)
        if self.since is not None:
            found = found.filter(at__gte=self.since)
        if self.until is not None:
            found = found.filter(at__lt=self.until)
        if self.before is not None:
            earlier = Q(at__lt=self.before.at) | Q(at=self.before.at, id__lt=self.before.id)
            found = found.filter(earlier, at__lte=self.before.at)  # the second, so that the index begins there
        if self.person is None:
            yield found.order_by("-at", "-id")[:most]
            return
        yield found.filter(by=self.person).order_by("-at", "-id")[:most]
        named = found.filter(name=self.person.username).exclude(name="").exclude(by=self.person)
        yield named.order_by("-at", "-id")[:most]

    def pages(self, most: int) -> Iterator[list[AuditEntry]]:
        """All of it, no more than `most` entries, a statement's worth at a time."""
        left, search = most, self
        while left > 0 and (found := search.entries(min(AT_ONCE, left))):
            yield found
            left -= len(found)
            search = replace(search, before=Cursor(found[-1].at, found[-1].pk))


@dataclass(frozen=True, slots=True)
class Line:
    """One entry as it is read: keys in words. Of a patient the number alone; empty is none."""

    entry: AuditEntry
    ward: str
    by: str
    username: str
    number: str
    glass: BrokenGlass | None  # by which the patient was open to them

    @property
    def significant(self) -> bool:
        return self.entry.event in SIGNIFICANT or self.glass is not None

    @property
    def what(self) -> str:
        """What is told besides the event: the act, the page, the reason of whoever broke glass."""
        if self.glass is not None and self.entry.event == "break-glass":
            return f"{self.glass.get_reason_display()}. {self.glass.text}"
        told = self.entry.details.get("act") or self.entry.details.get("page") or ""
        return str(told).replace("_", " ").capitalize()


def lines(entries: Sequence[AuditEntry]) -> list[Line]:
    """Four queries for any number of entries."""
    wards = Ward.objects.in_bulk({one.ward_id for one in entries if one.ward_id})
    people = User.objects.in_bulk({one.by_id for one in entries if one.by_id})
    patients = Patient.objects.in_bulk({one.patient_id for one in entries if one.patient_id})
    opened: dict[Any, BrokenGlass] = BrokenGlass.objects.in_bulk(
        {key for one in entries if isinstance(key := one.details.get("glass"), int)}
    )
    return [
        Line(
            entry=one,
            ward=str(wards[one.ward_id]) if one.ward_id else SITE_NAME,
            by=str(people[one.by_id]) if one.by_id else "",
            username=people[one.by_id].username if one.by_id else one.name,
            number=patients[one.patient_id].mrn if one.patient_id else "",
            glass=opened.get(one.details.get("glass")),
        )
        for one in entries
    ]


def chains_of(wards: Sequence[Ward]) -> list[int]:
    """The chains that somebody of these wards may read as an auditor."""
    return [SITE, *(ward.pk for ward in wards)]
