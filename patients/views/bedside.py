"""Who asks, for which patient, at what time, and what may they do? What every page of a patient starts from."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from grading.words import PROTOCOLS
from patients.glass import glass_of
from patients.models import BrokenGlass, Death, Infusion, Patient, Placement, User, Ward
from patients.permissions import MAY, may, patient_for, require
from patients.record import infusion_at
from patients.views.banner import banner_of, family_given, shown_glass
from patients.writes import writes_of

P = ParamSpec("P")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bedside:
    """One patient, the course that is open now, and who looks at it."""

    user: User
    patient: Patient
    infusion: Infusion | None
    death: Death | None  # the one that stands
    now: datetime
    written: int  # how many acts were recorded about the patient before anything of them was read
    glass: BrokenGlass | None  # what alone lets the user see a patient of another ward

    @property
    def ward(self) -> Ward:
        assert self.patient.ward is not None  # a patient without a ward is found by nobody
        return self.patient.ward

    @property
    def protocol(self) -> str:
        """The patient's own protocol, else the ward's."""
        choice = self.patient.protocol_choice
        return (choice.protocol if choice else None) or self.ward.current.default_protocol

    @property
    def open(self) -> bool:
        """May anything but facts still be charted here? Not after a discharge or a death."""
        return self.death is None and not self.patient.discharged

    def context(self) -> dict[str, Any]:
        """What the templates of every page of a patient take."""
        return {
            "patient": self.patient,
            "written": self.written,
            "banner": banner_of(self.patient, self.infusion, self.now),
            "infusion": self.infusion,
            "glass": shown_glass(self.glass, self.now),
            "may": allowed(self.user),
            "open": self.open,
            "protocol_name": PROTOCOLS[self.protocol],
            "back": reverse("patient_detail", args=[self.patient.pk]),
        }

    @property
    def last_placement(self) -> Placement:
        assert self.patient.placement is not None
        return self.patient.placement

    @property
    def name(self) -> str:
        return family_given(self.patient)


def signed_in(request: HttpRequest) -> User:
    """The user. A signed-out browser never gets to a view (`crsweb.middleware.SignInRequired`)."""
    assert isinstance(request.user, User)
    return request.user


def allowed(user: User) -> dict[str, bool]:
    """By act of `patients.permissions`: may this user do it?"""
    return {act: may(user, act) for act in MAY}


def bedside(
    act: str | None = None,
) -> Callable[
    [Callable[Concatenate[HttpRequest, Bedside, P], HttpResponse]],
    Callable[..., HttpResponse],
]:
    """A view of one patient in the ward's zone: 404 for another ward's patient, 403 without the right to `act`."""

    def decorate(
        view: Callable[Concatenate[HttpRequest, Bedside, P], HttpResponse],
    ) -> Callable[..., HttpResponse]:
        @wraps(view)
        def fetched(request: HttpRequest, pk: int, *args: P.args, **options: P.kwargs) -> HttpResponse:
            user = signed_in(request)
            written = writes_of([pk])[pk]
            patient = patient_for(user, pk)
            if act is not None:
                require(user, act)
            now = timezone.now()
            here = Bedside(
                user=user,
                patient=patient,
                infusion=infusion_at(patient, now),
                death=patient.deaths.standing().first(),
                now=now,
                written=written,
                glass=glass_of(user, patient, patient.ward, now),
            )
            with timezone.override(here.ward.zone):
                return view(request, here, *args, **options)

        fetched.__dict__["act"] = act  # the row of the page in `patients.pages` is held against it
        return fetched

    return decorate
