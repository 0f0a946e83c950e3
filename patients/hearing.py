"""Who is at the other end of a stream, and may they still hear of what they asked for?

Read only: a stream never makes a session live longer. One look at all streams takes the same few queries as at one.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from crsweb.presence import is_over
from patients.displays import COOKIE as WALL_COOKIE
from patients.displays import standing_with, token_hash
from patients.models import BrokenGlass, Placement, User
from patients.permissions import READS
from patients.topics import Topic


class Answer(Enum):
    HEARS = "hears"
    SIGNED_OUT = "signed out"
    NOT_THEIRS = "not theirs"


@dataclass(frozen=True, slots=True)
class Asker:
    """A stream as it was asked for: the session of a person or the token of a wall display, and the topics."""

    session: str
    display: str  # the hash of the token
    topics: frozenset[Topic]


@dataclass(frozen=True, slots=True)
class Person:
    """The keys of somebody's wards, and of the patients of other wards whom they broke glass for."""

    wards: frozenset[int]
    opened: frozenset[int]


NOBODY: Final = Person(frozenset(), frozenset())


def asker(cookies: Mapping[str, str], topics: Collection[Topic]) -> Asker:
    token = cookies.get(WALL_COOKIE, "")
    return Asker(
        session=cookies.get(settings.SESSION_COOKIE_NAME, ""),
        display=token_hash(token) if token else "",
        topics=frozenset(topics),
    )


def hears(askers: Collection[Asker]) -> dict[Asker, Answer]:
    """What each of them may do now."""
    people = _people({one.session for one in askers if one.session})
    displays = {
        pairing.token_hash: pairing.display.ward_id
        for pairing in standing_with({one.display for one in askers if one.display})
    }
    lies_on = _lies_on({topic.pk for one in askers for topic in one.topics if topic.kind == "patient"})

    def answer(one: Asker) -> Answer:
        person = people.get(one.session, NOBODY)
        own = {Topic("ward", ward) for ward in person.wards}
        own |= {Topic("patient", patient) for patient, ward in lies_on.items() if ward in person.wards}
        own |= {Topic("patient", patient) for patient in person.opened}
        if one.display in displays:
            own.add(Topic("ward", displays[one.display]))
        elif one.session not in people:
            return Answer.SIGNED_OUT
        return Answer.HEARS if one.topics and one.topics <= own else Answer.NOT_THEIRS

    return {one: answer(one) for one in askers}


def _people(sessions: Collection[str]) -> dict[str, Person]:
    """Who is signed in, by session; a session that is over is not among them."""
    live = Session.objects.filter(session_key__in=sessions, expire_date__gt=timezone.now())
    decoded = {one.session_key: one.get_decoded() for one in live}
    of_session = {key: data[SESSION_KEY] for key, data in decoded.items() if SESSION_KEY in data}
    users = {
        str(user.pk): user
        for user in User.objects.filter(pk__in=of_session.values(), is_active=True).prefetch_related("wards")
    }
    opened: dict[int, set[int]] = defaultdict(set)
    openings = BrokenGlass.objects.open(timezone.now()).filter(entered_by__in=users.values())
    for person, patient in openings.values_list("entered_by", "patient"):
        opened[person].add(patient)
    return {
        key: _person(users[pk], opened[users[pk].pk])
        for key, pk in of_session.items()
        # As Django's own sign-in: a changed password ends the sessions from before.
        if pk in users
        and not is_over(decoded[key], timezone.now().timestamp())
        and constant_time_compare(decoded[key].get(HASH_SESSION_KEY, ""), users[pk].get_session_auth_hash())
    }


def _person(user: User, opened: Collection[int]) -> Person:
    """Who sees no patient hears of none."""
    if user.role not in READS:
        return NOBODY
    return Person(frozenset(ward.pk for ward in user.wards.all()), frozenset(opened))


def _lies_on(patients: Collection[int]) -> dict[int, int]:
    """The ward of each patient's latest placement."""
    if not patients:
        return {}
    of_patients = Placement.objects.standing().filter(patient__in=patients).order_by("patient_id", "-at", "-id")
    return dict(of_patients.distinct("patient_id").values_list("patient_id", "ward_id"))
